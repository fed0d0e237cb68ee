// The WebSocket side of each exchange, without sockets: what is said, and what comes back.
#include <functional>

#include <gtest/gtest.h>

#include "tests/sandbox/binance.hpp"
#include "tests/sandbox/bybit.hpp"
#include "tests/sandbox/director.hpp"
#include "tests/sandbox/mexc.hpp"
#include "tests/sandbox/okx.hpp"

namespace sandbox {
namespace streams_test {

constexpr Ms start = 1'780'000'020'000;  // a whole minute

class FakePeer final : public Peer {
 public:
  int vanished{};
  explicit FakePeer(const std::string& path, Params query = {}) {
    request_.path = path;
    request_.label = path;
    request_.host = "127.0.0.1";
    request_.client = "127.0.0.1";
    request_.query = std::move(query);
  }
  void send(std::string text) override { texts.push_back(std::move(text)); }
  void vanish() override { ++vanished; }
  void ping() override { ++pings; }
  void close(std::uint16_t, std::string) override { closed = true; }
  [[nodiscard]] const Request& request() const override { return request_; }
  /// Everything that came since the last call, as JSON.
  std::vector<Json> take() {
    std::vector<Json> out;
    for (const auto& text : std::exchange(texts, {})) out.push_back(Json::parse(text, nullptr, false));
    return out;
  }

  std::vector<std::string> texts;
  int pings{};
  bool closed{};

 private:
  Request request_;
};

class StreamsTest : public testing::Test {
 protected:
  void pass(Exchange& exchange, Ms from, Ms to) {
    for (Ms at = from; at <= to; at += 100) {
      director_.tick(at);
      exchange.tick(at);
    }
  }
  void cascade(int events) {
    director_.perform({{"kind", "cascade"}, {"symbol", "BTC"}, {"usd_total", 1e6}, {"events", events}, {"seconds", 0}},
                      start);
  }
  static std::vector<Json> with(const std::vector<Json>& all, const std::function<bool(const Json&)>& wanted) {
    std::vector<Json> out;
    std::ranges::copy_if(all, std::back_inserter(out), wanted);
    return out;
  }

  World world_{7, start};
  Faults faults_{start};
  Director director_{world_, "."};
};

bool is_btc(const Json& message) {
  return message.is_object() && message.contains("o") && message["o"]["s"] == "BTCUSDT";
}

TEST_F(StreamsTest, BinanceAcknowledgesAndPushesMarksEachSecond) {
  Binance exchange(world_, faults_);
  FakePeer peer("/binance/market/ws");
  ASSERT_TRUE(exchange.ws_open(peer, start));
  exchange.ws_text(peer, R"({"method":"SUBSCRIBE","params":["!markPrice@arr@1s"],"id":7})", start);
  EXPECT_EQ(peer.texts.at(0), R"({"id":7,"result":null})");
  (void)peer.take();
  pass(exchange, start, start + 3 * second);
  const auto marks = peer.take();
  ASSERT_EQ(marks.size(), 3U);
  EXPECT_EQ(marks[0][0]["e"], "markPriceUpdate");
  EXPECT_GE(marks[0].size(), 12U);
}

TEST_F(StreamsTest, BinanceShowsOnlyTheNewestOrderOfASymbolEachSecond) {
  Binance exchange(world_, faults_);
  FakePeer peer("/binance/market/ws/!forceOrder@arr");
  ASSERT_TRUE(exchange.ws_open(peer, start));
  director_.perform({{"kind", "cascade"},
                     {"symbol", "BTC"},
                     {"usd_total", 1e6},
                     {"events", 40},
                     {"seconds", 4},
                     {"exchanges", {"binance"}}},
                    start);
  pass(exchange, start, start + 4 * second);
  const auto orders = with(peer.take(), is_btc);
  EXPECT_GE(orders.size(), 4U);
  EXPECT_LE(orders.size(), 5U);
  EXPECT_EQ(orders[0]["o"]["S"], "SELL");
}

TEST_F(StreamsTest, BinancesRetiredPathAcknowledgesAndStaysSilent) {
  Binance exchange(world_, faults_);
  FakePeer peer("/binance/ws");
  ASSERT_TRUE(exchange.ws_open(peer, start));
  exchange.ws_text(peer, R"({"method":"SUBSCRIBE","params":["!markPrice@arr@1s"],"id":1})", start);
  pass(exchange, start, start + 5 * second);
  EXPECT_EQ(peer.texts.size(), 1U);
}

TEST_F(StreamsTest, BinanceClosesTheBarRightAfterTheMinute) {
  Binance exchange(world_, faults_);
  FakePeer peer("/binance/market/stream", {{"streams", "btcusdt@kline_1m"}});
  ASSERT_TRUE(exchange.ws_open(peer, start + 50 * second));
  pass(exchange, start + 50 * second, start + 61 * second);
  const auto closed = with(peer.take(), [](const Json& message) { return message["data"]["k"]["x"] == true; });
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0]["stream"], "btcusdt@kline_1m");
  EXPECT_EQ(closed[0]["data"]["k"]["t"], start);
  EXPECT_LE(closed[0]["data"]["E"].get<Ms>(), start + minute + 200);
}

TEST_F(StreamsTest, BinanceEndsATalkativeConnection) {
  Binance exchange(world_, faults_);
  FakePeer peer("/binance/market/ws");
  ASSERT_TRUE(exchange.ws_open(peer, start));
  for (int i = 0; i < 11; ++i) exchange.ws_text(peer, R"({"method":"LIST_SUBSCRIPTIONS","id":1})", start);
  EXPECT_TRUE(peer.closed);
}

TEST_F(StreamsTest, BybitFailsTheWholeRequestForOneBadTopic) {
  Bybit exchange(world_, faults_);
  FakePeer peer("/bybit/v5/public/linear");
  ASSERT_TRUE(exchange.ws_open(peer, start));
  exchange.ws_text(
      peer, R"({"req_id":"1","op":"subscribe","args":["allLiquidation.BTCUSDT","allLiquidation.PEPEUSDT"]})", start);
  const auto refusal = peer.take().at(0);
  EXPECT_EQ(refusal["success"], false);
  EXPECT_EQ(refusal["ret_msg"], "error:handler not found,topic:allLiquidation.PEPEUSDT");
  cascade(20);
  pass(exchange, start, start + 2 * second);
  EXPECT_TRUE(peer.take().empty());
}

TEST_F(StreamsTest, BybitPushesAllLiquidationsInBatches) {
  Bybit exchange(world_, faults_);
  FakePeer peer("/bybit/v5/public/linear");
  ASSERT_TRUE(exchange.ws_open(peer, start));
  exchange.ws_text(peer, R"({"req_id":"1","op":"subscribe","args":["allLiquidation.BTCUSDT"]})", start);
  EXPECT_EQ(peer.take().at(0)["success"], true);
  director_.perform({{"kind", "cascade"},
                     {"symbol", "BTC"},
                     {"usd_total", 1e6},
                     {"events", 40},
                     {"seconds", 2},
                     {"exchanges", {"bybit"}}},
                    start);
  pass(exchange, start, start + 3 * second);
  const auto batches = peer.take();
  std::size_t events = 0;
  for (const auto& batch : batches) events += batch["data"].size();
  EXPECT_EQ(events, 40U);
  EXPECT_LE(batches.size(), 5U);
  EXPECT_EQ(batches[0]["data"][0]["S"], "Buy");  // the position that was closed
  exchange.ws_text(peer, R"({"op":"ping"})", start);
  EXPECT_EQ(peer.take().at(0)["ret_msg"], "pong");
}

TEST_F(StreamsTest, BybitCapsTheTopicsOfAConnection) {
  Bybit exchange(world_, faults_);
  FakePeer peer("/bybit/v5/public/linear");
  ASSERT_TRUE(exchange.ws_open(peer, start));
  Json args = Json::array();
  for (int i = 0; i < 1'000; ++i) args.push_back("allLiquidation.BTCUSDT");
  exchange.ws_text(peer, Json{{"op", "subscribe"}, {"args", args}}.dump(), start);
  EXPECT_EQ(peer.take().at(0)["success"], false);
}

TEST_F(StreamsTest, OkxStartsWithOldNewsAndKeepsOneOrderASecond) {
  Okx exchange(world_, faults_);
  FakePeer peer("/okx/ws/v5/public");
  ASSERT_TRUE(exchange.ws_open(peer, start));
  exchange.ws_text(peer, R"({"op":"subscribe","args":[{"channel":"liquidation-orders","instType":"SWAP"}]})", start);
  const auto first = peer.take();
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0]["event"], "subscribe");
  EXPECT_LT(std::stoll(first[1]["data"][0]["details"][0]["ts"].get<std::string>()), start);
  director_.perform({{"kind", "cascade"},
                     {"symbol", "BTC"},
                     {"usd_total", 1e6},
                     {"events", 40},
                     {"seconds", 4},
                     {"exchanges", {"okx"}}},
                    start);
  pass(exchange, start, start + 4 * second);
  const auto orders =
      with(peer.take(), [](const Json& message) { return message["data"][0]["instId"] == "BTC-USDT-SWAP"; });
  EXPECT_GE(orders.size(), 4U);
  EXPECT_LE(orders.size(), 5U);
  EXPECT_EQ(orders[0]["data"][0]["details"][0]["posSide"], "long");
}

TEST_F(StreamsTest, OkxCutsTheIdleAndAnswersTextPings) {
  Okx exchange(world_, faults_);
  FakePeer quiet("/okx/ws/v5/public");
  FakePeer awake("/okx/ws/v5/public");
  ASSERT_TRUE(exchange.ws_open(quiet, start));
  ASSERT_TRUE(exchange.ws_open(awake, start));
  exchange.ws_text(awake, "ping", start + 20 * second);
  EXPECT_EQ(awake.texts.at(0), "pong");
  pass(exchange, start, start + 31 * second);
  EXPECT_TRUE(quiet.closed);
  EXPECT_FALSE(awake.closed);
}

TEST_F(StreamsTest, OkxKeepsCandlesOnTheBusinessPath) {
  Okx exchange(world_, faults_);
  FakePeer open("/okx/ws/v5/public");
  FakePeer business("/okx/ws/v5/business");
  ASSERT_TRUE(exchange.ws_open(open, start));
  ASSERT_TRUE(exchange.ws_open(business, start));
  const auto* subscribe = R"({"op":"subscribe","args":[{"channel":"candle1m","instId":"BTC-USDT-SWAP"}]})";
  exchange.ws_text(open, subscribe, start);
  exchange.ws_text(business, subscribe, start);
  EXPECT_EQ(open.take().at(0)["code"], "60018");
  EXPECT_EQ(business.take().at(0)["event"], "subscribe");
}

TEST_F(StreamsTest, MexcAnswersPingsAndRefusesUnknownContracts) {
  Mexc exchange(world_, faults_);
  FakePeer peer("/mexc/edge");
  ASSERT_TRUE(exchange.ws_open(peer, start));
  exchange.ws_text(peer, R"({"method":"ping"})", start);
  EXPECT_EQ(peer.take().at(0)["channel"], "pong");
  exchange.ws_text(peer, R"({"method":"sub.kline","param":{"symbol":"NO_USDT","interval":"Min1"}})", start);
  EXPECT_EQ(peer.take().at(0)["channel"], "rs.error");
  exchange.ws_text(peer, R"({"method":"sub.tickers","param":{}})", start);
  (void)peer.take();
  pass(exchange, start, start + 2 * second);
  EXPECT_EQ(peer.take().at(0)["channel"], "push.tickers");
}

TEST_F(StreamsTest, SilenceKeepsDataBackAndPongsComing) {
  (void)faults_.add({{"kind", "ws_silence"}, {"path", "/bybit/*"}}, false, start);
  Bybit exchange(world_, faults_);
  FakePeer peer("/bybit/v5/public/linear");
  ASSERT_TRUE(exchange.ws_open(peer, start));
  exchange.ws_text(peer, R"({"op":"subscribe","args":["tickers.BTCUSDT"]})", start);
  exchange.ws_text(peer, R"({"op":"ping"})", start);
  pass(exchange, start, start + 3 * second);
  EXPECT_EQ(peer.texts.size(), 2U);
  EXPECT_GT(faults_.report()[0]["fired"], 0);
}

TEST_F(StreamsTest, ADropEndsEachConnectionOnce) {
  (void)faults_.add({{"kind", "ws_drop"}, {"path", "/mexc/*"}, {"from", 1}, {"to", 2}}, false, start);
  Mexc exchange(world_, faults_);
  FakePeer peer("/mexc/edge");
  ASSERT_TRUE(exchange.ws_open(peer, start));
  pass(exchange, start, start + 3 * second);
  EXPECT_TRUE(peer.closed);
  EXPECT_EQ(faults_.report()[0]["fired"], 1);
}

}  // namespace streams_test
}  // namespace sandbox
