// What Gate refuses and how it says so, without sockets.
#include "tests/sandbox/gate.hpp"

#include "tests/sandbox/bots_view.hpp"

namespace sandbox {
namespace gate_test {

constexpr Ms start = 1'780'000'020'000;  // a whole minute
const std::string root = "/gate/api/v4/futures/usdt/";
const Params decimals{{"x-gate-size-decimal", "1"}};

class GateTest : public testing::Test {
 protected:
  Json ask(const std::string& target, Params headers = decimals, Ms now = start) {
    last_ = gate_.http(get_request(root + target, std::move(headers)), now);
    return Json::parse(last_.body);
  }
  Json say(ViewPeer& peer, const std::string& text) {
    gate_.ws_text(peer, text, start);
    return peer.last();
  }
  void pass(Ms from, Ms to) {
    for (Ms at = from; at <= to; at += 100) gate_.tick(at);
  }

  World world_{7, start};
  Faults faults_{start};
  Gate gate_{world_, faults_};
  Contract& sol_ = *world_.find(Venue::gate, "SOL");
  Response last_;
};

std::string subscribe(const std::string& channel, const std::string& payload) {
  return R"({"time":1780000020,"channel":")" + channel + R"(","event":"subscribe","payload":)" + payload + "}";
}

TEST_F(GateTest, SizesAreCutToIntegersForThoseWhoDoNotAskForDecimals) {
  world_.liquidate(sol_, true, 124.5 * sol_.contract_size, start);
  EXPECT_EQ(ask("liq_orders", {}).at(0)["size"], 124);
  EXPECT_EQ(ask("liq_orders").at(0)["size"], "124.5");
  EXPECT_EQ(ask("liq_orders").at(0)["left"], "0.0");
}

TEST_F(GateTest, AShortThatWasClosedHasASizeBelowZero) {
  world_.liquidate(*world_.find(Venue::gate, "BTC"), false, 1.0, start);
  const auto row = ask("liq_orders?contract=BTC_USDT").at(0);
  EXPECT_EQ(row["size"], "-10000");
  EXPECT_LT(std::stod(row["fill_price"].get<std::string>()), std::stod(row["order_price"].get<std::string>()));
  EXPECT_TRUE(ask("liq_orders?contract=ETH_USDT").empty());
}

TEST_F(GateTest, AskingForMoreThanAnHourOfLiquidationsIsRefused) {
  EXPECT_EQ(ask("liq_orders?from=" + std::to_string(start / second - 3'601))["label"], "INVALID_PARAM_VALUE");
  EXPECT_EQ(last_.status, 400);
  EXPECT_TRUE(ask("liq_orders?from=" + std::to_string(start / second - 3'600)).is_array());
}

TEST_F(GateTest, CandlesTakeALimitOrBoundsAndNotBoth) {
  EXPECT_EQ(ask("candlesticks?contract=BTC_USDT&interval=1m&limit=5").size(), 5U);
  const auto bounds = "&from=" + std::to_string(start / second - 120) + "&to=" + std::to_string(start / second);
  const auto rows = ask("candlesticks?contract=BTC_USDT&interval=1m" + bounds);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_LT(rows[0]["t"], rows[2]["t"]);
  EXPECT_EQ(ask("candlesticks?contract=BTC_USDT&interval=1m&limit=5" + bounds)["label"], "INVALID_PARAM_VALUE");
  EXPECT_EQ(ask("candlesticks?contract=BTC_USDT&interval=1m&from=0")["label"], "INVALID_PARAM_VALUE");
  EXPECT_FALSE(ask("candlesticks?contract=mark_BTC_USDT&interval=1m").at(0).contains("v"));
}

TEST_F(GateTest, UnknownContractsAreNamedSo) {
  EXPECT_EQ(ask("trades?contract=NO_USDT")["label"], "CONTRACT_NOT_FOUND");
  EXPECT_EQ(last_.status, 400);
}

TEST_F(GateTest, TwoHundredRequestsInTenSecondsAndTheHeadersCountThem) {
  for (int i = 0; i < 200; ++i) (void)ask("tickers");
  EXPECT_EQ(last_.status, 200);
  EXPECT_EQ(last_.headers.at(0), (std::pair<std::string, std::string>{"X-Gate-RateLimit-Requests-Remain", "0"}));
  EXPECT_EQ(ask("tickers")["label"], "TOO_MANY_REQUESTS");
  EXPECT_EQ(last_.status, 429);
  EXPECT_EQ(last_.headers.at(2).second, std::to_string(start / second + 10));
  (void)ask("contracts");
  EXPECT_EQ(last_.status, 200);  // each endpoint has its own
  (void)ask("tickers", decimals, start + 10 * second);
  EXPECT_EQ(last_.status, 200);
}

TEST_F(GateTest, ANewListingHasNoIndexForAMinute) {
  (void)world_.add(Venue::gate, "NEW_USDT", start);
  EXPECT_EQ(ask("tickers?contract=NEW_USDT").at(0)["index_price"], "nan");
}

TEST_F(GateTest, ForcedOrdersComeOnceASecondInArraysOfOneContract) {
  ViewPeer peer("/gate/v4/ws/usdt", decimals);
  ASSERT_TRUE(gate_.ws_open(peer, start));
  EXPECT_EQ(say(peer, subscribe("futures.public_liquidates", R"(["!all"])"))["result"]["status"], "success");
  for (int i = 0; i < 25; ++i) world_.liquidate(sol_, true, 10, start + 100);
  peer.texts.clear();
  pass(start, start + 2 * second);
  ASSERT_EQ(peer.texts.size(), 2U);
  const auto first = Json::parse(peer.texts[0]);
  EXPECT_EQ(first["result"].size(), 20U);
  EXPECT_EQ(first["result"][0]["size"].get<std::string>().at(0), '-');
  EXPECT_EQ(first["result"][0]["time"], start + 100);  // in milliseconds
}

TEST_F(GateTest, WhatCannotBeSubscribedIsAnErrorAndPingsAreAnswered) {
  ViewPeer peer("/gate/v4/ws/usdt", decimals);
  ASSERT_TRUE(gate_.ws_open(peer, start));
  EXPECT_EQ(say(peer, subscribe("futures.candlesticks", R"(["1m","NO_USDT"])"))["error"]["code"], 2);
  EXPECT_EQ(say(peer, subscribe("futures.nothing", R"(["BTC_USDT"])"))["error"]["code"], 2);
  EXPECT_EQ(say(peer, R"({"channel":"futures.ping"})")["error"]["code"], 1);  // without a time
  EXPECT_EQ(say(peer, R"({"time":1780000020,"channel":"futures.ping"})")["channel"], "futures.pong");
  EXPECT_TRUE(gate_.stats()["websocket"]["sessions"][0]["topics"].empty());
}

TEST_F(GateTest, AnAddressHasThreeHundredConnections) {
  std::vector<std::unique_ptr<ViewPeer>> peers;
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(gate_.ws_open(*peers.emplace_back(std::make_unique<ViewPeer>("/gate/v4/ws/usdt")), start));
  }
  ViewPeer last("/gate/v4/ws/usdt");
  EXPECT_FALSE(gate_.ws_open(last, start));
  ViewPeer elsewhere("/gate/v4/ws/btc");
  EXPECT_FALSE(gate_.ws_open(elsewhere, start));
}

TEST_F(GateTest, SilenceWithholdsDataAndADropEndsTheConnection) {
  (void)faults_.add({{"kind", "ws_silence"}, {"path", "/gate/v4/*"}, {"to", 2}}, false, start);
  (void)faults_.add({{"kind", "ws_drop"}, {"path", "/gate/v4/*"}, {"from", 3}}, false, start);
  ViewPeer peer("/gate/v4/ws/usdt");
  ASSERT_TRUE(gate_.ws_open(peer, start));
  (void)say(peer, subscribe("futures.tickers", R"(["BTC_USDT"])"));
  pass(start, start + 1900);
  EXPECT_EQ(peer.texts.size(), 1U);
  pass(start + 2 * second, start + 2900);
  EXPECT_EQ(peer.texts.size(), 2U);
  pass(start + 3 * second, start + 4 * second);
  EXPECT_TRUE(peer.closed);
}

}  // namespace gate_test
}  // namespace sandbox
