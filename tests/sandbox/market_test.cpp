#include <cmath>

#include <gtest/gtest.h>

#include "tests/sandbox/director.hpp"
#include "tests/sandbox/market/path.hpp"
#include "tests/sandbox/market/tape.hpp"

namespace sandbox {
namespace market_test {

constexpr Ms start = 1'780'000'027'000;  // 7 s into a minute
constexpr Ms this_minute = start / minute * minute;

class MarketTest : public testing::Test {
 protected:
  World world_{7, start};
  Director director_{world_, "."};
  Contract& btc_ = *world_.find(Venue::binance, "BTC");

  void run_until(Ms from, Ms to) {
    for (Ms at = from; at <= to; at += 100) director_.tick(at);
  }
};

TEST_F(MarketTest, TheSameSeedTellsTheSame) {
  const World twin(7, start + hour);
  const World other(8, start);
  const auto& same = *twin.find(Venue::binance, "BTC");
  EXPECT_EQ(world_.last(btc_, start), twin.last(same, start));
  EXPECT_NE(world_.last(btc_, start), other.last(*other.find(Venue::binance, "BTC"), start));
}

TEST_F(MarketTest, HistoryAgreesWithTheLiveBar) {
  const auto live = world_.bar(btc_, this_minute, minute, this_minute + minute);
  ASSERT_TRUE(live && live->closed);
  const auto later = world_.bars(btc_, minute, 0, start + day, 1500, start + day);
  ASSERT_EQ(later.size(), 1500U);
  for (std::size_t i = 1; i < later.size(); ++i) {
    EXPECT_EQ(later[i].open_time - later[i - 1].open_time, minute);
    EXPECT_EQ(later[i].open, later[i - 1].close);
    EXPECT_LE(later[i].low, std::min(later[i].open, later[i].close));
    EXPECT_GE(later[i].high, std::max(later[i].open, later[i].close));
  }
  const auto again = world_.bar(btc_, this_minute, minute, start + day);
  EXPECT_EQ(again->quote, live->quote);
  EXPECT_EQ(again->close, live->close);
}

TEST_F(MarketTest, AContractListedLikeACoinHasItsPriceAPastAndATurnoverOfItsOwn) {
  director_.perform(Json::parse(R"({"kind":"list","exchange":"binance","symbol":"N001USDT","like":"SOL",
                                    "turnover_usd":20000000})"),
                    start);
  const auto& listed = *world_.find(Venue::binance, "N001USDT");
  const auto& sol = *world_.find(Venue::binance, "SOL");
  EXPECT_NEAR(world_.last(listed, start) / world_.last(sol, start), 1.0, 0.001);
  const auto stats = world_.day_stats(listed, start);
  EXPECT_NEAR(stats.quote / 2e7, 1.0, 0.2);
  EXPECT_NE(world_.day_stats(sol, start).quote, stats.quote);
  EXPECT_EQ(world_.bars(listed, minute, 0, start, 1'500, start).size(), 1'500U);
}

TEST_F(MarketTest, AMinuteMovesAsMuchAsItsCoinDoes) {
  double sum = 0;
  const int minutes = 2'000;
  for (int i = 0; i < minutes; ++i) {
    const Ms at = start - i * minute;
    const double change = std::log(world_.last(btc_, at) / world_.last(btc_, at - minute));
    sum += change * change;
  }
  const double sigma = std::sqrt(sum / minutes);
  EXPECT_NEAR(sigma / coins()[0].minute_sigma, 1.0, 0.25);
}

TEST_F(MarketTest, FortyDaysOfFundingAreSettled) {
  const auto rows = world_.settlements(btc_, start - 40 * day, start, start);
  EXPECT_EQ(rows.size(), 120U);
  for (const auto& row : rows) EXPECT_LT(std::abs(row.rate), 0.0003);
  const auto funding = world_.funding(btc_, start);
  EXPECT_EQ(funding.next, (start / (8 * hour) + 1) * 8 * hour);
  EXPECT_EQ(funding.settled_rate, rows.back().rate);
}

TEST_F(MarketTest, ABurstMultipliesTheVolumeOfItsBars) {
  const auto before = world_.bar(btc_, this_minute, minute, this_minute + minute)->quote;
  director_.perform({{"kind", "burst"}, {"exchange", "binance"}, {"symbol", "BTC"}, {"factor", 8}, {"return", 0.01}},
                    start);
  const auto bar = *world_.bar(btc_, this_minute, minute, this_minute + minute);
  EXPECT_NEAR(bar.quote / before, 8, 0.01);
  EXPECT_NEAR(bar.close / bar.open, 1.01, 0.005);
}

TEST_F(MarketTest, ABurstWaitsForABarThatCanBeSeen) {
  const auto quote = [&](Ms open) { return world_.bar(btc_, open, minute, open + minute)->quote; };
  const double first = quote(this_minute);
  const double next = quote(this_minute + minute);
  director_.perform({{"kind", "burst"}, {"exchange", "binance"}, {"symbol", "BTC"}, {"closes_after", 55}}, start);
  EXPECT_EQ(quote(this_minute), first);  // closes after 53 s
  EXPECT_NEAR(quote(this_minute + minute) / next, 8, 0.01);
}

TEST_F(MarketTest, ACascadeSpreadsItsTotalAndMovesThePrice) {
  const double before = world_.last(btc_, start);
  director_.perform(
      {{"kind", "cascade"}, {"symbol", "BTC"}, {"usd_total", 30e6}, {"events", 60}, {"seconds", 20}, {"move", 0.02}},
      start);
  run_until(start, start + 21 * second);
  std::map<Venue, double> usd;
  for (const auto& event : world_.liquidations()) {
    if (event.contract->coin == "BTC" && event.long_closed) usd[event.contract->venue] += event.size * event.price;
  }
  EXPECT_EQ(usd.size(), 3U);
  EXPECT_NEAR(usd[Venue::binance] + usd[Venue::bybit] + usd[Venue::okx], 30e6, 0.6e6);
  EXPECT_NEAR(world_.last(btc_, start + 20 * second) / before, 0.98, 0.006);
}

TEST_F(MarketTest, AFlipIsPaidAndTheScheduleMoves) {
  director_.perform({{"kind", "flip"}, {"exchange", "binance"}, {"symbol", "BTC"}, {"rate", -0.0006}, {"in", 10}},
                    start);
  EXPECT_EQ(world_.funding(btc_, start).next, start + 10 * second);
  run_until(start, start + 11 * second);
  const auto after = world_.funding(btc_, start + 11 * second);
  EXPECT_EQ(after.settled_rate, -0.0006);
  EXPECT_EQ(after.next, start + 10 * second + 8 * hour) << "the stated interval stays true";
  EXPECT_EQ(world_.settlements(btc_, start, start + minute, start + minute).back().time, start + 10 * second);
  std::vector<Ms> times;
  for (const auto& one : world_.settlements(btc_, start - 8 * hour, start + 17 * hour, start + 17 * hour))
    times.push_back(one.time);
  const Ms moved = start + 10 * second;
  EXPECT_EQ(times, (std::vector<Ms>{start / (8 * hour) * (8 * hour), moved, moved + 8 * hour, moved + 16 * hour}));
}

TEST_F(MarketTest, ASetRateRunsUntilItIsPaid) {
  director_.perform({{"kind", "funding"}, {"exchange", "binance"}, {"symbol", "BTC"}, {"rate", 0.004}}, start);
  EXPECT_EQ(world_.funding(btc_, start).rate, 0.004);
  const Ms paid = world_.funding(btc_, start).next;
  director_.tick(start);
  director_.tick(paid);
  EXPECT_EQ(world_.funding(btc_, paid).settled_rate, 0.004);
  EXPECT_LT(world_.funding(btc_, paid).rate, 0.001);
}

TEST_F(MarketTest, NonsenseIsRefused) {
  EXPECT_THROW(director_.perform({{"kind", "burst"}, {"exchange", "nowhere"}, {"symbol", "BTC"}}, start),
               std::runtime_error);
  EXPECT_THROW(director_.load(Json::array({{{"kind", "typo"}}}), start), std::runtime_error);
}

}  // namespace market_test
}  // namespace sandbox
