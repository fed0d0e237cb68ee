// Feeds that talk, and lie: each way of reading a payload wrong is caught, and honest feeds are not accused.
#include "common/health/audit.hpp"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/health/traffic.hpp"

namespace audit_test {

using health::Audit;
using health::Check;
using health_tests::at_minute;
using health_tests::quiet_feeds;
using testing::HasSubstr;
using namespace std::chrono_literals;

constexpr double month = 30 * health_tests::minutes_per_day;

struct Coin {
  const char* asset;
  double price, volume_24h, interest;
};
constexpr Coin coins[] = {{"BTC", 60'000, 9e9, 90'000}, {"ETH", 3'000, 5e9, 1'500'000}, {"SOL", 150, 2e9, 9e6},
                          {"DOGE", 0.1, 4e8, 3e9},      {"PEPE", 1e-5, 2e8, 2e13},      {"ARB", 0.5, 3e7, 1.5e8},
                          {"TINY", 0.02, 1.5e6, 4e8},   {"MICRO", 2, 4e5, 3e5}};
constexpr std::size_t coin_count = std::size(coins);

/// Four exchanges over one random walk with fat tails. Longs are closed when the price falls, shorts when it rises:
/// four times of five. Sizes are log-normal about a hundred-thousandth of a day's volume, never above a fiftieth of it.
class Honest {
 public:
  explicit Honest(std::uint64_t seed) : random_(seed) {
    for (std::size_t i = 0; i < coin_count; ++i) {
      price_.at(i) = coins[i].price;
      open_.at(i) = before_.at(i) = coins[i].price;
    }
  }
  /// What a wrong decoder makes of an event of its exchange.
  using Spoil = std::function<void(market::Liquidation&)>;
  void spoil(std::string exchange, Spoil how) {
    spoilt_ = std::move(exchange);
    how_ = std::move(how);
  }
  void live_until(double until) {
    for (; minute_ < until; ++minute_) live_a_minute();
  }
  /// Minutes until an exchange is quarantined.
  double minutes_to_verdict(std::string_view exchange, double most) {
    const double from = minute_;
    while (minute_ < from + most && !audit.verdict(exchange)) live_until(minute_ + 1);
    return minute_ - from;
  }
  [[nodiscard]] double minute() const { return minute_; }
  Audit audit;
  std::int64_t events{};

 private:
  void live_a_minute() {
    const auto now = at_minute(minute_);
    const bool hourly = static_cast<std::int64_t>(minute_) % 60 == 0;
    for (std::size_t i = 0; i < coin_count; ++i) {
      const double jump = uniform_(random_) < 0.003 ? 8 : 1;
      before_.at(i) = open_.at(i);
      open_.at(i) = price_.at(i);
      price_.at(i) *= std::exp(0.0008 * jump * normal_(random_));
      for (const auto& feed : quiet_feeds) tell_market(feed.exchange, i, hourly, now);
    }
    for (const auto& feed : quiet_feeds) {
      const int count = std::poisson_distribution<int>(feed.per_minute)(random_);
      for (int n = 0; n < count; ++n) liquidate(feed.exchange);
    }
  }
  void tell_market(const char* exchange, std::size_t i, bool hourly, health::Moment now) {
    market::Candle bar;
    bar.exchange = exchange;
    bar.symbol = coins[i].asset;
    bar.opened_at = now.wall;
    bar.open = open_.at(i);
    bar.close = price_.at(i);
    audit.on_candle(bar, now);
    if (!hourly) return;
    market::Ticker ticker;
    ticker.exchange = exchange;
    ticker.symbol = coins[i].asset;
    ticker.quote_volume_24h = coins[i].volume_24h;
    audit.on_ticker(ticker, now);
    market::OpenInterest interest;
    interest.exchange = exchange;
    interest.symbol = coins[i].asset;
    interest.base = coins[i].interest * (1 + 0.01 * std::sin(minute_));
    audit.on_open_interest(interest, now);
  }
  void liquidate(const char* exchange) {
    const double u = uniform_(random_);
    const auto i = static_cast<std::size_t>(static_cast<double>(coin_count) * u * u);
    const bool fell = price_.at(i) < before_.at(i);
    const bool closes_longs = uniform_(random_) < 0.8 ? fell : !fell;
    market::Liquidation event;
    event.exchange = exchange;
    event.symbol = coins[i].asset;
    event.side = closes_longs ? market::PositionSide::long_side : market::PositionSide::short_side;
    event.price = price_.at(i) * (1 + 0.005 * normal_(random_));
    event.usd = std::min(coins[i].volume_24h * 1e-5 * std::exp(1.5 * normal_(random_)), coins[i].volume_24h / 50);
    event.base = *event.usd / event.price;
    event.at = at_minute(minute_).wall + 20s;
    if (event.exchange == spoilt_) how_(event);
    audit.on_liquidation(event, coins[i].asset, {at_minute(minute_).wall + 21s, at_minute(minute_).steady + 21s});
    ++events;
  }

  std::mt19937_64 random_;
  std::normal_distribution<double> normal_{0, 1};
  std::uniform_real_distribution<double> uniform_{0, 1};
  std::array<double, coin_count> price_{}, open_{}, before_{};
  double minute_{};
  std::string spoilt_;
  Spoil how_;
};

TEST(Audit, FourHonestExchangesAreNotAccusedInThirtyDays) {
  constexpr int seeds = 2;
  std::int64_t events = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    Honest market(seed);
    for (double day = 1; day <= 30; ++day) {
      market.live_until(day * health_tests::minutes_per_day);
      for (const auto& feed : quiet_feeds) {
        const auto verdict = market.audit.verdict(feed.exchange);
        ASSERT_FALSE(verdict) << feed.exchange << ": " << verdict->why;
      }
    }
    events += market.events;
    for (const auto& view : market.audit.views("okx"))
      EXPECT_GT(view.looked_at, 100U) << "a check that never looked has proved nothing: " << to_string(view.check);
  }
  std::cout << "0 accusations in " << seeds << " months of four exchanges, " << events << " events\n";
}

struct Lie {
  const char* name;
  Honest::Spoil how;
  Check check;
  double minutes_max;
  const char* says;
};

void flip(market::Liquidation& event) {
  event.side = event.side == market::PositionSide::long_side ? market::PositionSide::short_side
                                                             : market::PositionSide::long_side;
}
void times(market::Liquidation& event, double factor) {
  event.usd = *event.usd * factor;
  event.base = *event.base * factor;
}

class ALie : public testing::TestWithParam<Lie> {};

TEST_P(ALie, IsCaughtAndNamedAndNobodyElseIsAccused) {
  for (const auto* liar : {"okx", "bybit"}) {
    Honest market(7);
    market.live_until(60);
    market.spoil(liar, GetParam().how);
    const double took = market.minutes_to_verdict(liar, 2 * GetParam().minutes_max);
    const auto verdict = market.audit.verdict(liar);
    ASSERT_TRUE(verdict) << liar;
    EXPECT_LE(took, GetParam().minutes_max) << liar;
    EXPECT_EQ(verdict->check, GetParam().check) << verdict->why;
    EXPECT_THAT(verdict->why, HasSubstr(GetParam().says));
    std::cout << liar << " after " << took << " min: " << to_string(verdict->check) << ": " << verdict->why << '\n';
    market.live_until(market.minute() + 120);
    for (const auto& feed : quiet_feeds) {
      if (feed.exchange == std::string(liar)) continue;
      EXPECT_FALSE(market.audit.verdict(feed.exchange)) << feed.exchange;
    }
    market.spoil("", {});
    market.live_until(market.minute() + 240);
    EXPECT_FALSE(market.audit.verdict(liar)) << "honest again for hours: " << market.audit.verdict(liar)->why;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Audit, ALie,
    testing::Values(
        Lie{"FlippedSide", flip, Check::side, 180, "minutes the liquidated side ran against the price; chance 1 in "},
        Lie{"ContractSizeTimes1000", [](auto& event) { times(event, 1'000); }, Check::size, 30, "times larger than"},
        Lie{"ContractSizeOver1000", [](auto& event) { times(event, 0.001); }, Check::size, 30, "times smaller than"},
        Lie{"SecondsForMilliseconds", [](auto& event) { event.at = base::from_ms(base::to_ms(event.at) / 1'000); },
            Check::time, 10, "is dated 1970-"},
        Lie{"MicrosecondsForMilliseconds", [](auto& event) { event.at = base::from_ms(base::to_ms(event.at) * 1'000); },
            Check::time, 10, "which is yet to come"},
        Lie{"PriceOfAThousandUnits", [](auto& event) { event.price *= 1'000; }, Check::price, 10,
            ", where its price was "}),
    [](const auto& lie) { return lie.param.name; });

TEST(SignTest, AsksHowLikelyAFairCoinDisagreesSoOften) {
  health::SignTest coin;
  std::int64_t minute = 0;
  const auto throws = [&](int agree, int against) {
    for (int i = 0; i < agree; ++i) coin.vote(true, ++minute);
    for (int i = 0; i < against; ++i) coin.vote(false, ++minute);
  };
  throws(5, 5);
  coin.vote(true, ++minute);
  EXPECT_EQ(coin.p_value(), 1) << "ten votes say nothing";
  throws(10, 10);
  coin.vote(false, ++minute);  // closes the minute before
  EXPECT_EQ(coin.votes(), 31);
  EXPECT_EQ(coin.against(), 15);
  EXPECT_NEAR(coin.p_value(), 0.6399, 1e-3);
}

TEST(SignTest, SidesThatTellNothingAreNotAccusedInAMonthOfMinutes) {
  std::mt19937_64 random(3);
  health::SignTest coin;
  double least = 1;
  for (std::int64_t minute = 0; minute < 43'200; ++minute) {
    coin.vote(random() % 2 == 0, minute);
    least = std::min(least, coin.p_value());
  }
  EXPECT_LT(least, 1e-3) << "looked at so often, it comes close";
  EXPECT_GE(least, Audit::p_value_max);
}

TEST(SignTest, OrdersOfOneMinuteAreOneVote) {
  health::SignTest coin;
  for (int i = 0; i < 1'000; ++i) coin.vote(false, 7);
  coin.vote(false, 8);
  EXPECT_EQ(coin.votes(), 1);
}

}  // namespace audit_test
