// Feeds that fail without a word: connected, acknowledged, answering pings, and wrong. Each must be suspect within ten
// minutes of market time, and its recovery must be told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/four.hpp"

namespace silent_failures_test {
using health::FeedState;
using market::Topic;
using namespace simulation;
using namespace std::chrono_literals;

struct Place {
  const char* exchange;
  const char* path;         ///< of its socket
  const char* liquidation;  ///< what a push of one holds
  const char* candle;
  const char* one_topic;
};
constexpr Place places[] = {
    {"binance", "/binance/market/ws", "forceOrder", "kline", "SOLUSDT"},
    {"bybit", "/bybit/v5/public/linear", "allLiquidation", "kline.1.", "kline.1.SOLUSDT"},
    {"okx", "/okx/ws/v5/*", "liquidation-orders", "candle1m", "SOL-USDT-SWAP"},
    {"mexc", "/mexc/edge", "", "push.kline", "SOL_USDT"},
};

enum class Failure : std::uint8_t { ack_then_nothing, frozen, one_topic, wrong_path, half_open };
constexpr const char* names[] = {"AckThenNothing", "Frozen", "OneTopicOfMany", "WrongPath", "HalfOpen"};

class SilentFailure : public testing::TestWithParam<Failure> {
 protected:
  void plan(Four& four, const Place& place, bool candles) {
    const auto add = [&](sandbox::Json fault) {
      fault["path"] = place.path;
      four.add_fault(fault);
    };
    switch (GetParam()) {
      case Failure::ack_then_nothing: add({{"kind", "ws_drop"}, {"to", 1}}); return add({{"kind", "ws_silence"}});
      case Failure::frozen: return add({{"kind", "ws_repeat"}, {"match", candles ? place.candle : place.liquidation}});
      case Failure::one_topic: return add({{"kind", "ws_silence"}, {"match", place.one_topic}});
      case Failure::wrong_path: add({{"kind", "ws_drop"}, {"to", 1}}); return add({{"kind", "ws_mute"}});
      case Failure::half_open: return add({{"kind", "ws_half_open"}});
    }
  }
  /// The evidence: longs of one asset are closed elsewhere, and the place that fails would have had some.
  static void others_liquidate(Four& four, const Place& place) {
    sandbox::Json others = sandbox::Json::array();
    for (const auto& other : places)
      if (*other.liquidation != '\0' && other.path != place.path) others.push_back(other.exchange);
    four.act({{"kind", "cascade"},
              {"symbol", "ETH"},
              {"side", "long"},
              {"usd_total", 3e6},
              {"events", 120},
              {"seconds", 120},
              {"exchanges", others},
              {"move", 0.01}});
  }
  void expect_found_and_announced(Four& four, const Place& place, Topic topic) {
    ASSERT_LE(four.state(place.exchange, topic), FeedState::quiet) << place.exchange << four.why(place.exchange, topic);
    const auto announced = [&] {
      return four.count("send", "believed again") + four.count("edit", "believed again") +
             four.count("send", "live again") + four.count("edit", "live again");
    };
    const auto before = announced();
    plan(four, place, topic == Topic::candles);
    if (topic == Topic::liquidations) others_liquidate(four, place);
    base::Millis took{0};
    while (four.state(place.exchange, topic) < FeedState::suspect && took < 15min) {
      four.run_for(5s);
      took += 5s;
    }
    EXPECT_LE(took, 10min) << place.exchange;
    EXPECT_GT(four.fired(), 0) << "a fault that never fired has proved nothing";
    std::cout << names[static_cast<int>(GetParam())] << " " << place.exchange << " " << market::to_string(topic) << ": "
              << to_string(four.state(place.exchange, topic)) << " after " << took.count() / 1'000 << " s, "
              << four.why(place.exchange, topic) << "\n";
    four.run_for(1min);
    four.clear_faults();
    EXPECT_TRUE(four.until(place.exchange, topic, FeedState::live, 10min)) << four.why(place.exchange, topic);
    // An exchange is live again when its last socket is: their turns to connect come up to a minute apart.
    for (int waits = 0; announced() == before && waits < 18; ++waits) four.run_for(10s);
    EXPECT_GT(announced(), before) << four.transcript();
    four.run_for(30s);
  }
};

TEST_P(SilentFailure, OfTheCandlesOfFourExchanges) {
  Four four("volume", 3);
  four.run_for(16min);
  for (const auto& place : places) expect_found_and_announced(four, place, Topic::candles);
}

/// Without the death of one topic, for which an asset's own gaps must be known: tests/unit/health/peers_test.cpp.
class SilentLiquidations : public SilentFailure {};

TEST_P(SilentLiquidations, OfThreeExchanges) {
  Four four("liquidation", 4);
  four.run_for(60min);
  for (const auto& place : places)
    if (*place.liquidation != '\0') expect_found_and_announced(four, place, Topic::liquidations);
}

INSTANTIATE_TEST_SUITE_P(Each, SilentFailure,
                         testing::Values(Failure::ack_then_nothing, Failure::frozen, Failure::one_topic,
                                         Failure::wrong_path, Failure::half_open),
                         [](const auto& failure) { return names[static_cast<int>(failure.param)]; });

INSTANTIATE_TEST_SUITE_P(Each, SilentLiquidations,
                         testing::Values(Failure::ack_then_nothing, Failure::frozen, Failure::wrong_path,
                                         Failure::half_open),
                         [](const auto& failure) { return names[static_cast<int>(failure.param)]; });

TEST(LyingFeed, IsQuarantinedNamedAndKeptFromTheSignals) {
  Four four("liquidation", 5);
  const auto print = [&](const char* symbol) {
    four.act({{"kind", "print"}, {"exchange", "bybit"}, {"symbol", symbol}, {"side", "long"}, {"usd", 20e6}});
    four.run_for(20s);
    return four.count("send", std::string(symbol) + " $");
  };
  four.run_for(10min);
  ASSERT_EQ(print("SOL"), 1U) << "an honest print is told\n" << four.transcript();
  four.add_fault({{"kind", "ws_replace"}, {"path", "/bybit/*"}, {"match", "\"T\":17"}, {"with", "\"T\":27"}});
  four.run_for(5min);
  EXPECT_GT(four.fired(), 0);
  EXPECT_EQ(four.state("bybit", Topic::liquidations), FeedState::suspect);
  EXPECT_EQ(four.count("send", "Bybit liquidations not believed"), 1U) << four.transcript();
  EXPECT_EQ(print("ETH"), 0U) << four.transcript();
  four.clear_faults();
  EXPECT_TRUE(four.until("bybit", Topic::liquidations, FeedState::live, 1h));
  four.run_for(10s);
  EXPECT_EQ(four.count("edit", "Bybit liquidations believed again"), 1U);
  EXPECT_EQ(print("XRP"), 1U) << four.transcript();
}

}  // namespace silent_failures_test
