#include "common/feed/candle_feed.hpp"

#include "tests/unit/feed/world.hpp"

namespace candle_feed_test {
using base::Millis;
using test::ToyExchange;

class CandleFeedTest : public test::FeedTest {
 protected:
  CandleFeedTest() { clock.advance(Millis{10'000}); }  // the bar before is closed beyond doubt
  /// History that the exchange gives: minutes [first, last], close = minute.
  void history(int first, int last) {
    http.answer_with([=](const net::Request&) {
      std::string body;
      for (int minute = first; minute <= last; ++minute)
        body += std::to_string(minute) + " " + std::to_string(minute) + "\n";
      return base::Result<net::Response>(test::response(200, body));
    });
  }
  void start(feed::CandleFeed::KnownUntil known = {}, bool pass_forming = false, bool polled = false) {
    candles = std::make_unique<feed::CandleFeed>(
        fetcher, clock, log, sink,
        feed::CandleFeedOptions{Millis{60'000}, std::chrono::hours{24}, pass_forming, polled}, known);
    tasks.spawn("candles", candles->run());
  }
  void live(int minute, bool closed = true) {
    candles->on_event(ToyExchange::bar("BTC", minute, minute, closed, clock.wall_now()), clock.wall_now());
  }
  std::vector<int> closes() const {
    std::vector<int> out;
    for (const auto& event : heard)
      if (const auto* bar = std::get_if<market::Candle>(&event)) out.push_back(static_cast<int>(bar->close));
    return out;
  }
  feed::Fetcher fetcher{venue, gate, clock, log};
  std::unique_ptr<feed::CandleFeed> candles;
};

TEST_F(CandleFeedTest, HistoryComesFirstAndLiveBarsWaitForIt) {
  http.latency = Millis{500};
  history(-3, -1);
  start();
  candles->follow({"BTC"});
  clock.advance(Millis{100});
  live(0);  // closes while the history is on its way
  clock.advance(Millis{2'000});
  EXPECT_EQ(closes(), (std::vector<int>{-3, -2, -1, 0}));
  EXPECT_EQ(log.live, 0) << "history says nothing about the stream";
}

TEST_F(CandleFeedTest, AnOpenBarOfTheHistoryIsNotPassedOn) {
  history(-2, 0);  // bar 0 is still forming
  start();
  candles->follow({"BTC"});
  clock.advance(Millis{2'000});
  EXPECT_EQ(closes(), (std::vector<int>{-2, -1}));
}

TEST_F(CandleFeedTest, FormingBarsArePassedOnlyWhereTheyAreWantedAndNeverBeforeHistory) {
  http.latency = Millis{500};
  history(-2, -1);
  start({}, true);
  candles->follow({"BTC"});
  clock.advance(Millis{100});
  live(0, false);  // history is still on its way
  clock.advance(Millis{2'000});
  live(0, false);
  live(0, false);
  live(0, true);
  live(0, false);  // late: the bar is closed
  EXPECT_EQ(closes(), (std::vector<int>{-2, -1, 0, 0, 0}));
}

TEST_F(CandleFeedTest, FormingBarsAreNotPassedToOthers) {
  history(-1, -1);
  start();
  candles->follow({"BTC"});
  clock.advance(Millis{2'000});
  live(0, false);
  EXPECT_EQ(closes(), std::vector<int>{-1});
}

TEST_F(CandleFeedTest, AHoleIsFilledFromHistoryBeforeTheBarThatShowedIt) {
  history(-1, -1);
  start();
  candles->follow({"BTC"});
  clock.advance(Millis{2'000});
  live(0);
  clock.advance(Millis{240'000});
  history(1, 3);
  live(4);  // 1 to 3 were lost
  clock.advance(Millis{2'000});
  EXPECT_EQ(closes(), (std::vector<int>{-1, 0, 1, 2, 3, 4}));
}

TEST_F(CandleFeedTest, AfterAGapEveryContractIsFilled) {
  history(-1, -1);
  start();
  candles->follow({"BTC"});
  clock.advance(Millis{185'000});
  history(0, 2);
  market::Gap gap;
  gap.exchange = "toy";
  gap.topic = market::Topic::candles;
  candles->on_event(gap, clock.wall_now());
  clock.advance(Millis{2'000});
  EXPECT_EQ(closes(), (std::vector<int>{-1, 0, 1, 2}));
}

TEST_F(CandleFeedTest, AKnownBaselineAsksOnlyForWhatIsNewer) {
  history(-1, -1);
  start([](const std::string&) { return test::toy_start - Millis{120'000}; });
  candles->follow({"BTC"});
  clock.advance(Millis{1'000});
  ASSERT_EQ(http.sent().size(), 1U);
  EXPECT_NE(http.sent()[0].request.url.find("from=" + std::to_string(base::to_ms(test::toy_start) - 60'000)),
            std::string::npos)
      << http.sent()[0].request.url;
}

TEST_F(CandleFeedTest, AContractThatIsGoneDoesNotHoldUpTheOthers) {
  http.answer_with([](const net::Request& request) {
    const bool gone = request.url.find("symbol=GONE") != std::string::npos;
    return base::Result<net::Response>(gone ? test::response(404, "") : test::response(200, "-1 1"));
  });
  start();
  candles->follow({"GONE", "BTC"});
  clock.advance(Millis{5'000});
  EXPECT_EQ(closes(), std::vector<int>{1});
  EXPECT_EQ(candles->waiting(), 0U);
}

TEST_F(CandleFeedTest, WithoutHistoryTheLiveBarsGoOnAfterSomeTries) {
  http.answer_with([](const net::Request&) { return base::Result<net::Response>(test::response(200, "garbage")); });
  start();
  candles->follow({"BTC"});
  clock.advance(Millis{1'000});
  live(0);
  clock.advance(std::chrono::hours{1});
  EXPECT_EQ(closes(), std::vector<int>{0});
}

TEST_F(CandleFeedTest, EachBarIsPassedOnce) {
  history(-2, -1);
  start();
  candles->follow({"BTC"});
  clock.advance(Millis{2'000});
  live(-1);
  live(0);
  live(0);
  EXPECT_EQ(closes(), (std::vector<int>{-2, -1, 0}));
}

/// No stream: three seconds after each bar's end its contract is asked for once.
TEST_F(CandleFeedTest, PolledBarsAreAskedForAfterTheirEnd) {
  int newest = -1;
  http.answer_with([&](const net::Request&) {
    std::string body;
    for (int minute = -2; minute <= newest; ++minute)
      body += std::to_string(minute) + " " + std::to_string(minute) + "\n";
    return base::Result<net::Response>(test::response(200, body));
  });
  start({}, false, true);
  candles->follow({"BTC"});
  const auto seconds = [&](int count) {
    for (; count > 0; --count) {
      candles->on_time(clock.wall_now());
      clock.advance(Millis{1'000});
    }
  };
  seconds(10);  // 10 s to 20 s of minute 0
  EXPECT_EQ(closes(), (std::vector<int>{-2, -1}));
  const auto first = http.sent().size();
  newest = 1;   // bar 1 forms
  seconds(43);  // 0:20 to 1:03
  EXPECT_EQ(http.sent().size(), first) << "not before the bar is closed beyond doubt";
  seconds(2);
  EXPECT_EQ(closes(), (std::vector<int>{-2, -1, 0}));
  newest = 2;
  seconds(60);
  EXPECT_EQ(closes(), (std::vector<int>{-2, -1, 0, 1}));
  EXPECT_GT(log.live, 0) << "nobody else says that they come";
  EXPECT_GT(log.data, 0U);
  EXPECT_GT(log.content, 0U) << "the judge of feeds must see whether they are always the same";
  http.answer_with([](const net::Request&) { return test::response(503, ""); });
  seconds(120);
  EXPECT_FALSE(log.lost.empty()) << "nor that they do not";
}

}  // namespace candle_feed_test
