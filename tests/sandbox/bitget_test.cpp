// What Bitget refuses and how it says so, without sockets.
#include "tests/sandbox/bitget.hpp"

#include "tests/sandbox/bots_view.hpp"

namespace sandbox {
namespace bitget_test {

constexpr Ms start = 1'780'000'020'000;  // a whole minute
const std::string v2 = "/bitget/api/v2/mix/market/";
const std::string forced_of_all = R"({"op":"subscribe","args":[{"instType":"usdt-futures","topic":"liquidation"}]})";

class BitgetTest : public testing::Test {
 protected:
  Json ask(const std::string& target, Ms now = start) {
    last_ = bitget_.http(get_request(target), now);
    return Json::parse(last_.body);
  }
  void pass(Ms from, Ms to) {
    for (Ms at = from; at <= to; at += 100) bitget_.tick(at);
  }

  World world_{7, start};
  Faults faults_{start};
  Bitget bitget_{world_, faults_};
  Contract& btc_ = *world_.find(Venue::bitget, "BTC");
  Response last_;
};

TEST_F(BitgetTest, MistakesAreHttp400WithACode) {
  EXPECT_EQ(ask(v2 + "tickers")["code"], "40019");
  EXPECT_EQ(last_.status, 400);
  EXPECT_EQ(ask(v2 + "tickers?productType=COIN-FUTURES")["code"], "400172");
  EXPECT_EQ(ask(v2 + "candles?productType=usdt-futures&symbol=NOUSDT&granularity=1m")["code"], "40034");
  EXPECT_EQ(ask("/bitget/api/v3/market/liquidations?category=USDT-FUTURES&symbol=NOUSDT")["code"], "25100");
  EXPECT_TRUE(ask("/bitget/api/mix/v1/market/tickers?productType=umcbl")["data"].is_null());
  EXPECT_EQ(last_.status, 400);
  EXPECT_EQ(ask(v2 + "nothing?productType=usdt-futures")["code"], "40404");
  EXPECT_EQ(last_.status, 404);
}

TEST_F(BitgetTest, TwentyRequestsASecondAtEachEndpoint) {
  const auto tickers = v2 + "tickers?productType=USDT-FUTURES";
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ask(tickers)["code"], "00000");
  const auto refused = ask(tickers);
  EXPECT_EQ(refused["code"], "429");
  EXPECT_TRUE(refused["data"].is_null());
  EXPECT_EQ(last_.status, 429);
  EXPECT_EQ(ask(v2 + "contracts?productType=USDT-FUTURES")["code"], "00000");
  EXPECT_EQ(ask(tickers, start + second)["code"], "00000");
}

TEST_F(BitgetTest, SixThousandRequestsAMinuteFromOneAddress) {
  int good = 0;
  const std::array<std::string, 6> endpoints{"tickers", "contracts", "fills", "candles", "merge-depth", "ticker"};
  for (int i = 0; i < 6'060; ++i) {  // each endpoint stays below its own limit
    (void)bitget_.http(get_request(v2 + endpoints[static_cast<std::size_t>(i % 6)]), start + i / 102 * second);
    good = i + 1;
  }
  EXPECT_EQ(good, 6'060);
  EXPECT_EQ(bitget_.stats()["rejected"], 60);
}

TEST_F(BitgetTest, CandlesAreOldestFirstAndTakeBounds) {
  const auto target = v2 + "candles?productType=usdt-futures&symbol=BTCUSDT&granularity=1m";
  EXPECT_EQ(ask(target)["data"].size(), 100U);
  const auto rows = ask(target + "&startTime=" + std::to_string(start - 2 * minute) +
                        "&endTime=" + std::to_string(start - minute))["data"];
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0][0], std::to_string(start - 2 * minute));
  EXPECT_EQ(ask(target + "&limit=5000")["data"].size(), 1'000U);
}

TEST_F(BitgetTest, LiquidationsComeInPagesByACursor) {
  for (int i = 0; i < 5; ++i) world_.liquidate(btc_, i % 2 == 0, 1.0 + i, start + i);
  const auto target = std::string("/bitget/api/v3/market/liquidations?category=USDT-FUTURES&limit=3");
  const auto first = ask(target)["data"];
  ASSERT_EQ(first["list"].size(), 3U);
  EXPECT_EQ(first["list"][0]["ts"], std::to_string(start + 4));
  EXPECT_EQ(first["list"][0]["side"], "buy");  // the long that was closed
  EXPECT_NEAR(std::stod(first["list"][0]["amount"].get<std::string>()),
              5 * std::stod(first["list"][0]["price"].get<std::string>()), 1);  // USDT, not coins
  const auto second_page = ask(target + "&cursor=" + first["cursor"].get<std::string>())["data"];
  EXPECT_EQ(second_page["list"].size(), 2U);
  EXPECT_EQ(second_page["cursor"], "");
}

TEST_F(BitgetTest, OneLiquidationOfAContractIsPushedASecond) {
  ViewPeer peer("/bitget/v3/ws/public");
  ASSERT_TRUE(bitget_.ws_open(peer, start));
  bitget_.ws_text(peer, forced_of_all, start);
  EXPECT_EQ(peer.last()["event"], "subscribe");
  (void)peer.take();
  for (int i = 0; i < 5; ++i) world_.liquidate(btc_, true, 1.0 + i, start + 100);
  pass(start, start + 2 * second);
  ASSERT_EQ(peer.texts.size(), 1U);
  EXPECT_EQ(peer.last()["data"].size(), 1U);
}

TEST_F(BitgetTest, EachVersionKnowsItsOwnWordsAlone) {
  ViewPeer old("/bitget/v2/ws/public"), unified("/bitget/v3/ws/public");
  ASSERT_TRUE(bitget_.ws_open(old, start));
  ASSERT_TRUE(bitget_.ws_open(unified, start));
  bitget_.ws_text(old, forced_of_all, start);
  EXPECT_EQ(old.last()["code"], 30'001);
  const auto* bars =
      R"({"op":"subscribe","args":[{"instType":"USDT-FUTURES","channel":"candle1m","instId":"BTCUSDT"}]})";
  bitget_.ws_text(unified, bars, start);
  EXPECT_EQ(unified.last()["event"], "error");
  bitget_.ws_text(old, bars, start);
  EXPECT_EQ(Json::parse(old.texts.at(1))["event"], "subscribe");
  EXPECT_EQ(old.last()["action"], "snapshot");
  EXPECT_EQ(old.last()["data"].size(), 60U);
}

TEST_F(BitgetTest, WhoDoesNotPingIsCutAfterTwoMinutes) {
  ViewPeer quiet("/bitget/v2/ws/public"), awake("/bitget/v2/ws/public");
  ASSERT_TRUE(bitget_.ws_open(quiet, start));
  ASSERT_TRUE(bitget_.ws_open(awake, start));
  bitget_.ws_text(awake, "ping", start + minute);
  EXPECT_EQ(awake.texts.at(0), "pong");
  pass(start + 2 * minute, start + 2 * minute + second);
  EXPECT_TRUE(quiet.closed);
  EXPECT_FALSE(awake.closed);
}

TEST_F(BitgetTest, ADayEndsEveryConnection) {
  ViewPeer peer("/bitget/v2/ws/public");
  ASSERT_TRUE(bitget_.ws_open(peer, start));
  bitget_.ws_text(peer, "ping", start + day - second);
  bitget_.tick(start + day - 100);
  EXPECT_FALSE(peer.closed);
  bitget_.tick(start + day);
  EXPECT_TRUE(peer.closed);
}

TEST_F(BitgetTest, TheCapsOfAConnectionAreKept) {
  ViewPeer talker("/bitget/v2/ws/public");
  ASSERT_TRUE(bitget_.ws_open(talker, start));
  for (int i = 0; i < 10; ++i) bitget_.ws_text(talker, "ping", start);
  EXPECT_FALSE(talker.closed);
  bitget_.ws_text(talker, "ping", start);
  EXPECT_TRUE(talker.closed);
  ViewPeer eager("/bitget/v3/ws/public");
  ASSERT_TRUE(bitget_.ws_open(eager, start));
  const Ms whole_hour = start / hour * hour + hour;
  for (int i = 0; i < 241; ++i) bitget_.ws_text(eager, forced_of_all, whole_hour + i * 200);
  EXPECT_EQ(eager.last()["code"], 30'006);
  EXPECT_EQ(Json::parse(eager.texts.at(239))["event"], "subscribe");
}

TEST_F(BitgetTest, AnAddressHasAHundredConnectionsAndOpensThreeHundredInFiveMinutes) {
  const Ms begin = start / (5 * minute) * 5 * minute;
  std::vector<std::unique_ptr<ViewPeer>> peers;
  const auto open = [&] {
    return bitget_.ws_open(*peers.emplace_back(std::make_unique<ViewPeer>("/bitget/v2/ws/public")), begin);
  };
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(open());
  EXPECT_FALSE(open());
  for (const auto& peer : peers) bitget_.ws_closed(*peer);
  for (int i = 0; i < 199; ++i) {
    ASSERT_TRUE(open());
    bitget_.ws_closed(*peers.back());
  }
  EXPECT_FALSE(open());
}

}  // namespace bitget_test
}  // namespace sandbox
