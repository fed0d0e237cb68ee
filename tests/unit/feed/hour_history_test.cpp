#include "common/feed/hour_history.hpp"

#include "tests/unit/feed/world.hpp"

namespace hour_history_test {
using base::Millis;
using test::ToyExchange;

constexpr Millis hour{std::chrono::hours{1}};

class HourHistoryTest : public test::FeedTest {
 protected:
  HourHistoryTest() { clock.advance(Millis{10'000}); }
  ~HourHistoryTest() override {
    tasks.stop();
    clock.advance(Millis{5'000});
  }
  void start() {
    hours = std::make_unique<feed::HourHistory>(fetcher, clock, log, pace, sink, 28 * 24 * hour);
    hours->hooks.known = [this](const std::string& symbol) { return symbol == known; };
    hours->hooks.may_go = [this] { return may_go; };
    tasks.spawn("hours", hours->run());
  }
  /// "SYMBOL HOUR", in the order of receipt.
  [[nodiscard]] std::vector<std::string> bars() const {
    std::vector<std::string> out;
    for (const auto& event : heard)
      if (const auto* bar = std::get_if<market::Candle>(&event); bar != nullptr && bar->length == hour)
        out.push_back(bar->symbol + " " + std::to_string((bar->opened_at - test::toy_start) / hour));
    return out;
  }
  feed::Fetcher fetcher{venue, gate, clock, log};
  feed::LookPace pace{clock};
  std::unique_ptr<feed::HourHistory> hours;
  std::string known;
  bool may_go{true};
};

TEST_F(HourHistoryTest, EachContractIsAskedForItsWeeksOnceTheMostImportantFirst) {
  // Newest first, one twice, one that is still open.
  http.answer_with([](const net::Request&) { return test::response(200, "-60 1\n-120 1\n-120 1\n-180 1\n0 1"); });
  start();
  hours->follow({"ETH", "BTC"});
  hours->follow({"ETH", "BTC"});
  clock.advance(Millis{120'000});
  EXPECT_EQ(bars(), (std::vector<std::string>{"ETH -3", "ETH -2", "ETH -1", "BTC -3", "BTC -2", "BTC -1"}));
  ASSERT_EQ(http.sent().size(), 2U);
  const auto from = base::to_ms(test::toy_start - 28 * 24 * hour + hour);
  EXPECT_NE(http.sent()[0].request.url.find("from=" + std::to_string(from)), std::string::npos)
      << http.sent()[0].request.url;
  EXPECT_EQ(hours->waiting(), 0U);
}

TEST_F(HourHistoryTest, WhatIsStoredIsNotAskedForAgain) {
  http.answer_with([](const net::Request&) { return test::response(200, "-60 1"); });
  known = "BTC";
  start();
  hours->follow({"BTC", "ETH"});
  clock.advance(Millis{120'000});
  EXPECT_EQ(bars(), std::vector<std::string>{"ETH -1"});
}

TEST_F(HourHistoryTest, EverythingElseGoesFirst) {
  http.answer_with([](const net::Request&) { return test::response(200, "-60 1"); });
  may_go = false;  // bars of the minute are being fetched
  start();
  hours->follow({"BTC", "ETH"});
  clock.advance(Millis{60'000});
  EXPECT_TRUE(http.sent().empty());
  may_go = true;
  clock.advance(Millis{2'000});
  EXPECT_EQ(http.sent().size(), 1U);
  // Looks that somebody waits for take every turn for a minute.
  int looks = 0;
  const auto look = [&]() -> boost::asio::awaitable<void> {
    for (; looks < 6; ++looks) (void)co_await pace.turn(false, std::nullopt);
  };
  tasks.spawn("looks", look());
  clock.advance(Millis{52'000});
  EXPECT_GE(looks, 5);
  EXPECT_EQ(http.sent().size(), 1U);
  clock.advance(Millis{30'000});
  EXPECT_EQ(http.sent().size(), 2U);
}

TEST_F(HourHistoryTest, ItKeepsThePaceOfTheLooks) {
  http.answer_with([](const net::Request&) { return test::response(200, "-60 1"); });
  std::vector<std::string> symbols;
  std::vector<market::Instrument> listed;
  for (int i = 0; i < 100; ++i) {
    symbols.push_back("C" + std::to_string(i));
    listed.push_back(ToyExchange::instrument(symbols.back()));
  }
  venue.universe = market::Universe(listed);
  start();
  hours->follow(symbols);
  clock.advance(Millis{600'000});
  EXPECT_GE(http.sent().size(), 50U);
  EXPECT_LE(http.sent().size(), 60U) << "six a minute";
}

TEST_F(HourHistoryTest, AFailureIsTriedAgainLaterAndAContractThatIsGoneIsNot) {
  int status = 503;
  http.answer_with([&](const net::Request& request) {
    const bool gone = request.url.find("symbol=BTC") != std::string::npos;
    return gone ? test::response(404, "") : test::response(status, "-60 1");
  });
  start();
  hours->follow({"ETH", "BTC"});
  clock.advance(Millis{250'000});
  const auto first = http.sent().size();
  EXPECT_TRUE(bars().empty());
  EXPECT_FALSE(log.errors.empty());
  status = 200;
  clock.advance(std::chrono::minutes{10});
  EXPECT_EQ(bars(), std::vector<std::string>{"ETH -1"});
  EXPECT_GT(http.sent().size(), first);
  EXPECT_EQ(std::count_if(http.sent().begin(), http.sent().end(),
                          [](const auto& sent) { return sent.request.url.find("symbol=BTC") != std::string::npos; }),
            1);
}

TEST(HourHistoryOfExchanges, EachOpenOneGivesFourWeeksInAFewRequests) {
  for (const auto name : exchange::exchange_names()) {
    const auto description = exchange::make_exchange(name, {});
    if (!description->traits().closed.empty()) continue;
    EXPECT_EQ(feed::HourHistory::dearest(*description, 28 * 24 * hour).size(), 1U) << name;
    exchange::Want want;
    want.symbols = {"A"};
    want.bar_length = hour;
    want.to = test::toy_start;
    want.from = test::toy_start - 28 * 24 * hour;
    EXPECT_LE(description->asks(market::Topic::candles, want).size(), 7U) << name;
  }
}

}  // namespace hour_history_test
