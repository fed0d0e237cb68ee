// Feeds that fail without a word: connected, acknowledged, answering pings or polls, and wrong. Each must be suspect
// within ten minutes of market time, and its recovery must be told. Every other exchange fails at once, then the rest:
// those that are well are the evidence, and nobody who is well may be doubted.
#include <span>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/several.hpp"

namespace silent_failures_test {
using health::FeedState;
using market::Topic;
using namespace simulation;
using namespace std::chrono_literals;

enum class Failure : std::uint8_t { ack_then_nothing, frozen, one_topic, wrong_path, half_open };
constexpr const char* names[] = {"AckThenNothing", "Frozen", "OneTopicOfMany", "WrongPath", "HalfOpen"};

/// One feed of one exchange, as the faults can hit it.
struct Place {
  const char* exchange;
  const char* title;
  const char* path;         ///< of its socket, or of its polls
  const char* match;        ///< what each push of it holds
  const char* one_topic;    ///< what each push of one contract holds; of polls: its path
  const char* nothing{""};  ///< of polls: the answer that has no rows
  const char* beside{""};   ///< of polls: a socket that tells the same, and falls silent with them
  [[nodiscard]] bool polled() const { return *nothing != '\0'; }
};
constexpr Place bars[] = {
    {"binance", "Binance", "/binance/market/ws", "kline", "SOLUSDT"},
    {"bybit", "Bybit", "/bybit/v5/public/linear", "kline.1.", "kline.1.SOLUSDT"},
    {"okx", "OKX", "/okx/ws/v5/*", "candle1m", "SOL-USDT-SWAP"},
    {"mexc", "MEXC", "/mexc/edge", "push.kline", "SOL_USDT"},
    {"gate", "Gate", "/gate/v4/ws/usdt", "futures.candlesticks", "1m_SOL_USDT"},
    {"bitget", "Bitget", "/bitget/v2/ws/public", "candle1m", "SOLUSDT"},
    {"htx", "HTX", "/htx/linear-swap-ws", "kline.1min", "market.SOL-USDT.kline"},
    {"kucoin", "KuCoin", "/kucoin/", "limitCandle", "SOLUSDTM_1min"},
    {"hyperliquid", "Hyperliquid", "/hyperliquid/ws", "\"candle\"", "\"s\":\"SOL\""},
    {"deribit", "Deribit", "/deribit/ws/api/v2", "chart.trades", "chart.trades.SOL_USDC-PERPETUAL"},
    {"kraken", "Kraken Futures", "/kraken/api/charts/*", "", "/kraken/api/charts/v1/trade/PF_SOLUSD/*",
     R"({"candles":[],"more_candles":false})"},
};
/// MEXC, KuCoin and Hyperliquid publish none.
constexpr Place liquidations[] = {
    {"binance", "Binance", "/binance/market/ws", "forceOrder", ""},
    {"bybit", "Bybit", "/bybit/v5/public/linear", "allLiquidation", ""},
    {"okx", "OKX", "/okx/ws/v5/*", "liquidation-orders", ""},
    {"gate", "Gate", "/gate/api/v4/futures/usdt/liq_orders", "", "", "[]", "/gate/v4/ws/usdt"},
    {"bitget", "Bitget", "/bitget/v3/ws/public", "liquidation", ""},
    {"htx", "HTX", "/htx/linear-swap-notification", "liquidation_orders", ""},
    {"deribit", "Deribit", "/deribit/ws/api/v2", "\"liquidation\"", ""},
    {"kraken", "Kraken Futures", "/kraken/ws/v1", "\"type\":\"liquidation\"", ""},
};

std::vector<std::string> exchanges_of(std::span<const Place> places) {
  std::vector<std::string> out;
  for (const auto& place : places) out.emplace_back(place.exchange);
  return out;
}

void plan(Several& bot, const Place& place, Failure failure) {
  const auto add = [&](sandbox::Json fault) {
    if (!fault.contains("path")) fault["path"] = place.path;
    bot.add_fault(fault);
  };
  if (*place.beside != '\0') add({{"kind", "ws_silence"}, {"path", place.beside}});
  if (place.polled()) {
    switch (failure) {
      case Failure::ack_then_nothing: return add({{"kind", "status"}, {"status", 200}, {"body", place.nothing}});
      case Failure::frozen: return add({{"kind", "repeat"}});
      case Failure::one_topic: return add({{"kind", "repeat"}, {"path", place.one_topic}});
      case Failure::wrong_path: return add({{"kind", "status"}, {"status", 404}, {"body", "not found"}});
      case Failure::half_open: return add({{"kind", "never"}});
    }
  }
  switch (failure) {
    case Failure::ack_then_nothing: add({{"kind", "ws_drop"}, {"to", 1}}); return add({{"kind", "ws_silence"}});
    case Failure::frozen: return add({{"kind", "ws_repeat"}, {"match", place.match}});
    case Failure::one_topic: return add({{"kind", "ws_silence"}, {"match", place.one_topic}});
    case Failure::wrong_path: add({{"kind", "ws_drop"}, {"to", 1}}); return add({{"kind", "ws_mute"}});
    case Failure::half_open: return add({{"kind", "ws_half_open"}});
  }
}

/// The evidence: longs of one asset are closed elsewhere, and the places that fail would have had some.
void others_liquidate(Several& bot, const std::vector<const Place*>& failing) {
  sandbox::Json others = sandbox::Json::array();
  for (const auto& other : liquidations)
    if (std::ranges::none_of(failing, [&](const Place* one) { return one->path == other.path; }))
      others.push_back(other.exchange);
  bot.act({{"kind", "cascade"},
           {"symbol", "ETH"},
           {"side", "long"},
           {"usd_total", 3e6},
           {"events", 200},
           {"seconds", 120},
           {"exchanges", others},
           {"move", 0.01}});
}

/// How often it was told that a feed, or its whole exchange, is back.
std::size_t told_back(const Several& bot, const Place& place) {
  const std::string title = place.title;
  std::size_t out = 0;
  for (const auto* action : {"send", "edit"})
    for (const auto* words : {"believed again", "live again"}) out += bot.count(action, title, words);
  return out;
}

struct Suspected {
  const Place* place;
  std::size_t told{};
  std::optional<base::Millis> after;
};

void expect_found_and_told(Several& bot, std::span<const Place> places, std::size_t half, Topic topic,
                           Failure failure) {
  std::vector<const Place*> failing;
  std::vector<Suspected> watched;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto& place = places[i];
    EXPECT_LE(bot.state(place.exchange, topic), FeedState::quiet) << place.exchange << bot.why(place.exchange, topic);
    if (i % 2 != half || (failure == Failure::one_topic && *place.one_topic == '\0')) continue;
    failing.push_back(&place);
    watched.push_back({&place, told_back(bot, place), {}});
  }
  for (const auto* place : failing) plan(bot, *place, failure);
  if (topic == Topic::liquidations) others_liquidate(bot, failing);
  const auto pending = [&] { return std::ranges::any_of(watched, [](const Suspected& one) { return !one.after; }); };
  for (base::Millis took{0}; pending() && took < 15min; took += 5s) {
    for (auto& one : watched) {
      if (one.after || bot.state(one.place->exchange, topic) < FeedState::suspect) continue;
      one.after = took;
      std::cout << names[static_cast<int>(failure)] << " " << one.place->exchange << " " << market::to_string(topic)
                << ": " << to_string(bot.state(one.place->exchange, topic)) << " after " << took.count() / 1'000
                << " s, " << bot.why(one.place->exchange, topic) << "\n";
    }
    bot.run_for(5s);
  }
  for (const auto& one : watched)
    EXPECT_LE(one.after.value_or(1h), 10min) << one.place->exchange << " " << names[static_cast<int>(failure)];
  for (const auto& place : places) {
    if (std::ranges::find(failing, &place) == failing.end()) {
      EXPECT_LE(bot.state(place.exchange, topic), FeedState::quiet)
          << place.exchange << " is well" << bot.why(place.exchange, topic);
    }
  }
  for (const auto& [name, fired] : bot.fired())
    EXPECT_GT(fired, 0) << name << ": a fault that never fired proves nothing";
  bot.run_for(1min);
  bot.clear_faults();
  for (const auto& one : watched)
    EXPECT_TRUE(bot.until(one.place->exchange, topic, FeedState::live, 10min))
        << one.place->exchange << bot.why(one.place->exchange, topic);
  // An exchange is live again when its last socket is: their turns to connect come up to a minute apart.
  const auto untold = [&](const Suspected& one) { return told_back(bot, *one.place) == one.told; };
  for (int waits = 0; std::ranges::any_of(watched, untold) && waits < 18; ++waits) bot.run_for(10s);
  for (const auto& one : watched) EXPECT_FALSE(untold(one)) << one.place->title << "\n" << bot.transcript();
  bot.run_for(30s);
}

struct Step {
  Failure failure;
  std::size_t half;  ///< of the exchanges: every other one
};
void PrintTo(const Step& one, std::ostream* out) {
  *out << names[static_cast<int>(one.failure)] << (one.half == 0 ? "First" : "Second");
}
/// What one bot meets, one after the other.
using Steps = std::vector<Step>;
std::string name_of(const testing::TestParamInfo<Steps>& one) {
  std::string out;
  for (const auto& step : one.param) out += testing::PrintToString(step);
  return out;
}
class SilentFailure : public testing::TestWithParam<Steps> {
 protected:
  static void meet(Several& bot, std::span<const Place> places, Topic topic) {
    for (const auto& [failure, half] : GetParam()) {
      SCOPED_TRACE(names[static_cast<int>(failure)]);
      expect_found_and_told(bot, places, half, topic, failure);
    }
  }
};

TEST_P(SilentFailure, OfBars) {
  Several bot("volume", exchanges_of(bars), 3);
  bot.run_for(18min);  // a topic is known after a quarter of an hour
  meet(bot, bars, Topic::candles);
}

/// Without the death of one topic, for which an asset's own gaps must be known: tests/unit/health/peers_test.cpp.
class SilentLiquidations : public SilentFailure {};

TEST_P(SilentLiquidations, OfThoseWhoPublishThem) {
  Several bot("liquidation", exchanges_of(liquidations), 4, "[watch]\ncontracts_max = 3\n");
  bot.run_for(40min);
  meet(bot, liquidations, Topic::liquidations);
}

std::vector<Steps> lives(std::initializer_list<Failure> failures) {
  std::vector<Steps> out;
#ifdef __SANITIZE_ADDRESS__  // a bot's first minutes cost the most: two or three failures each, the halves by turns
  std::size_t half = 0;
  for (const auto failure : failures) {
    if (half % 2 == 0 && (out.size() < 2)) out.emplace_back();
    out.back().push_back({failure, half++ % 2});
  }
#else
  for (const auto failure : failures)
    for (const std::size_t half : {0U, 1U}) out.push_back({{failure, half}});
#endif
  return out;
}

INSTANTIATE_TEST_SUITE_P(Each, SilentFailure,
                         testing::ValuesIn(lives({Failure::ack_then_nothing, Failure::frozen, Failure::one_topic,
                                                  Failure::wrong_path, Failure::half_open})),
                         name_of);

INSTANTIATE_TEST_SUITE_P(Each, SilentLiquidations,
                         testing::ValuesIn(lives({Failure::ack_then_nothing, Failure::frozen, Failure::wrong_path,
                                                  Failure::half_open})),
                         name_of);

TEST(LyingFeed, IsQuarantinedNamedAndKeptFromTheSignals) {
  Several bot("liquidation", {"binance", "bybit", "okx", "mexc"}, 5);
  const auto print = [&](const char* symbol) {
    bot.act({{"kind", "print"}, {"exchange", "bybit"}, {"symbol", symbol}, {"side", "long"}, {"usd", 20e6}});
    bot.run_for(20s);
    return bot.count("send", std::string(symbol) + " $");
  };
  bot.run_for(10min);
  ASSERT_EQ(print("SOL"), 1U) << "an honest print is told\n" << bot.transcript();
  bot.add_fault({{"kind", "ws_replace"}, {"path", "/bybit/*"}, {"match", "\"T\":17"}, {"with", "\"T\":27"}});
  bot.run_for(5min);
  EXPECT_GT(bot.fired().begin()->second, 0);
  EXPECT_EQ(bot.state("bybit", Topic::liquidations), FeedState::suspect);
  EXPECT_EQ(bot.count("send", "Bybit liquidations not believed"), 1U) << bot.transcript();
  EXPECT_EQ(print("ETH"), 0U) << bot.transcript();
  bot.clear_faults();
  EXPECT_TRUE(bot.until("bybit", Topic::liquidations, FeedState::live, 1h));
  bot.run_for(10s);
  EXPECT_EQ(bot.count("edit", "Bybit liquidations believed again"), 1U);
  EXPECT_EQ(print("XRP"), 1U) << bot.transcript();
}

}  // namespace silent_failures_test
