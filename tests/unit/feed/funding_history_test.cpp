#include "common/feed/funding_history.hpp"

#include <algorithm>

#include "tests/unit/feed/world.hpp"

namespace funding_history_test {
using base::Millis;
using namespace std::chrono_literals;

class FundingHistoryTest : public test::FeedTest {
 protected:
  void answer(const std::string& rows) {
    http.answer_with([rows](const net::Request&) { return base::Result<net::Response>(test::response(200, rows)); });
  }
  void start(feed::FundingHistory::KnownUntil known = {}) {
    history = std::make_unique<feed::FundingHistory>(fetcher, clock, log, sink, std::move(known));
    tasks.spawn("funding history", history->run());
  }
  /// A running rate that settles so many minutes after the start.
  void running(int settles_minute, std::optional<std::chrono::minutes> interval = 8h,
               const std::string& symbol = "BTC") {
    market::Funding rate;
    rate.exchange = "toy";
    rate.symbol = symbol;
    rate.rate = 0.0001;
    rate.interval = interval;
    rate.settles_at = test::toy_start + std::chrono::minutes{settles_minute};
    history->on_funding(rate);
  }
  std::vector<int> settled_minutes() const {
    std::vector<int> out;
    for (const auto& event : heard)
      if (const auto* rate = std::get_if<market::Funding>(&event))
        out.push_back(static_cast<int>((*rate->settles_at - test::toy_start) / 1min));
    return out;
  }
  std::size_t asked(const std::string& part) const {
    return static_cast<std::size_t>(std::count_if(http.sent().begin(), http.sent().end(), [&](const auto& sent) {
      return sent.request.url.find(part) != std::string::npos;
    }));
  }
  feed::Fetcher fetcher{venue, gate, clock, log};
  std::unique_ptr<feed::FundingHistory> history;
};

TEST_F(FundingHistoryTest, AContractIsAskedOnceAndItsRatesComeOldestFirst) {
  answer("-960 0.3\n-480 0.2\n0 0.1");
  start();
  running(480);
  running(480);
  clock.advance(Millis{60'000});
  EXPECT_EQ(settled_minutes(), (std::vector<int>{-960, -480, 0}));
  EXPECT_EQ(http.sent().size(), 1U);
}

TEST_F(FundingHistoryTest, WhatIsKnownAndCompleteIsNotAskedForAgain) {
  start([](const std::string&) { return test::toy_start; });
  running(480);
  clock.advance(Millis{60'000});
  EXPECT_TRUE(http.sent().empty());
}

TEST_F(FundingHistoryTest, AnIntervalThatIsListedApartCountsToo) {
  start([](const std::string&) { return test::toy_start; });
  market::Funding listed;
  listed.symbol = "BTC";
  listed.interval = 8h;
  history->on_funding(listed);
  running(480, std::nullopt);
  clock.advance(Millis{60'000});
  EXPECT_TRUE(http.sent().empty());
}

TEST_F(FundingHistoryTest, WithoutAnIntervalAskingIsTheSafeSide) {
  answer("0 0.1");
  start([](const std::string&) { return test::toy_start; });
  running(480, std::nullopt);
  clock.advance(Millis{60'000});
  EXPECT_EQ(http.sent().size(), 1U);
}

TEST_F(FundingHistoryTest, WhatSettledSinceTheStoredStateIsAskedFromThereOn) {
  answer("-480 0.2\n0 0.1");
  start([](const std::string&) { return test::toy_start - 480min; });
  running(480);
  clock.advance(Millis{60'000});
  ASSERT_EQ(http.sent().size(), 1U);
  const auto from = base::to_ms(test::toy_start - 480min) + 1;
  EXPECT_NE(http.sent()[0].request.url.find("from=" + std::to_string(from)), std::string::npos);
  EXPECT_EQ(settled_minutes(), std::vector<int>{0});
}

TEST_F(FundingHistoryTest, ASettlementIsFetchedSomeSecondsAfterIt) {
  answer("0 0.1");
  start();
  running(480);
  clock.advance(Millis{60'000});
  answer("480 0.5");
  clock.advance(8h);
  running(960);  // it settled
  clock.advance(Millis{10'000});
  EXPECT_EQ(http.sent().size(), 1U) << "the exchange has not published it yet";
  clock.advance(Millis{20'000});
  EXPECT_EQ(settled_minutes(), (std::vector<int>{0, 480}));
}

TEST_F(FundingHistoryTest, OneRequestBringsTheSettlementOfAllContractsWhereTheExchangeGivesThat) {
  dynamic_cast<test::ToyExchange&>(*venue.description).gives_all_settlements = true;
  std::string all = "BTC 480 0.5 ETH 480 0.6";
  http.answer_with([&](const net::Request& request) {
    const bool of_all = request.url.find("settlements") != std::string::npos;
    return base::Result<net::Response>(test::response(200, of_all ? all : "0 0.1"));
  });
  start();
  for (const char* symbol : {"BTC", "ETH", "SOL"}) running(480, 8h, symbol);
  clock.advance(Millis{60'000});
  EXPECT_EQ(http.sent().size(), 3U) << "the month before, one request each";
  clock.advance(8h);
  for (const char* symbol : {"BTC", "ETH", "SOL", "NEW"}) running(960, 8h, symbol);
  clock.advance(Millis{60'000});
  EXPECT_EQ(http.count("settlements"), 1U);
  EXPECT_EQ(settled_minutes(), (std::vector<int>{0, 0, 0, 0, 480, 480}));
  EXPECT_EQ(http.count("funding"), 5U) << "what the answer left out (SOL) and what is new are asked for by themselves";
}

TEST_F(FundingHistoryTest, WhenThatFailsEachContractIsAskedForByItself) {
  dynamic_cast<test::ToyExchange&>(*venue.description).gives_all_settlements = true;
  answer("0 0.1");
  start();
  running(480);
  clock.advance(Millis{60'000});
  http.answer_with([](const net::Request& request) {
    const bool of_all = request.url.find("settlements") != std::string::npos;
    return base::Result<net::Response>(test::response(200, of_all ? "garbage" : "480 0.5"));
  });
  clock.advance(8h);
  running(960);
  clock.advance(Millis{120'000});
  EXPECT_EQ(settled_minutes(), (std::vector<int>{0, 480}));
}

TEST_F(FundingHistoryTest, AfterFailuresItIsTriedAgainAndThenLeft) {
  http.answer_with([](const net::Request&) { return base::Result<net::Response>(test::response(200, "garbage")); });
  start();
  running(480);
  clock.advance(6h);
  const auto tries = http.sent().size();
  EXPECT_GE(tries, 5U);
  EXPECT_EQ(history->waiting(), 0U);
  clock.advance(6h);
  EXPECT_EQ(http.sent().size(), tries) << "not for ever";
  EXPECT_FALSE(log.errors.empty());
}

/// HTX: nobody can say which of the two calls lives.
TEST_F(FundingHistoryTest, WhereOneWayIsDeadTheOtherIsTakenAndKept) {
  dynamic_cast<test::ToyExchange&>(*venue.description).history_ways = 2;
  http.answer_with([](const net::Request& request) {
    const bool other = request.url.find("other-") != std::string::npos;
    return base::Result<net::Response>(test::response(200, other ? "0 0.1" : "garbage"));
  });
  start();
  for (const char* symbol : {"BTC", "ETH", "SOL"}) running(480, 8h, symbol);
  clock.advance(Millis{60'000});
  EXPECT_EQ(settled_minutes(), (std::vector<int>{0, 0, 0}));
  EXPECT_GE(asked("/funding?symbol=BTC"), 1U);
  EXPECT_EQ(asked("/funding?symbol=ETH") + asked("/funding?symbol=SOL"), 0U) << "what is dead is asked for once";
  EXPECT_EQ(asked("other-funding"), 3U);
  const auto before = asked("/funding?symbol=BTC");
  clock.advance(25h);
  running(960);
  clock.advance(Millis{60'000});
  EXPECT_GT(asked("/funding?symbol=BTC"), before) << "a day later the first one is tried again";
}

TEST_F(FundingHistoryTest, AContractThatIsNowhereIsLeftAndDoesNotMoveTheOthers) {
  dynamic_cast<test::ToyExchange&>(*venue.description).history_ways = 2;
  http.answer_with([](const net::Request& request) {
    const bool gone = request.url.find("GONE") != std::string::npos;
    return base::Result<net::Response>(test::response(gone ? 404 : 200, gone ? "" : "0 0.1"));
  });
  start();
  for (const char* symbol : {"GONE", "BTC"}) running(480, 8h, symbol);
  clock.advance(1h);
  EXPECT_EQ(settled_minutes(), std::vector<int>{0});
  EXPECT_EQ(asked("GONE"), 2U) << "one each way";
  EXPECT_EQ(asked("other-"), 1U);
}

/// Deribit: funding is paid all the time, what can be compared is what the last hours of it came to.
TEST_F(FundingHistoryTest, WithoutASettlementTimeThereIsAFigureEachHour) {
  answer("-60 0.2\n0 0.1");
  start();
  const auto accrued = [&] {
    market::Funding rate;
    rate.exchange = "toy";
    rate.symbol = "BTC";
    rate.rate = 0.0001;
    rate.interval = 8h;
    history->on_funding(rate);
  };
  accrued();
  clock.advance(Millis{60'000});
  accrued();
  clock.advance(Millis{60'000});
  EXPECT_EQ(settled_minutes(), (std::vector<int>{-60, 0}));
  EXPECT_EQ(http.sent().size(), 1U);
  answer("60 0.3");
  clock.advance(58min);
  accrued();
  clock.advance(Millis{10'000});
  EXPECT_EQ(http.sent().size(), 1U) << "not yet published";
  clock.advance(Millis{20'000});
  EXPECT_EQ(settled_minutes(), (std::vector<int>{-60, 0, 60}));
}

TEST_F(FundingHistoryTest, WhatIsKnownUntilThisHourIsNotAskedForAgain) {
  start([](const std::string&) { return test::toy_start; });
  market::Funding rate;
  rate.exchange = "toy";
  rate.symbol = "BTC";
  rate.rate = 0.0001;
  history->on_funding(rate);
  clock.advance(Millis{60'000});
  EXPECT_TRUE(http.sent().empty());
}

}  // namespace funding_history_test
