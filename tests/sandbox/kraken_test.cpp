// What Kraken Futures refuses and how it says so, without sockets.
#include "tests/sandbox/kraken.hpp"

#include "tests/sandbox/bots_view.hpp"

namespace sandbox {
namespace kraken_test {

constexpr Ms start = 1'780'000'020'000;  // a whole minute
const std::string root = "/kraken/derivatives/api/v3/";
const std::string trades_of_btc = R"({"event":"subscribe","feed":"trade","product_ids":["PF_XBTUSD"]})";

class KrakenTest : public testing::Test {
 protected:
  Json ask(const std::string& target, Ms now = start) {
    last_ = kraken_.http(get_request(target), now);
    return Json::parse(last_.body);
  }
  Json row(const std::string& list, const std::string& symbol) {
    const auto answer = ask(root + list);
    for (const auto& each : answer.at(list)) {
      if (each["symbol"] == symbol) return each;
    }
    return nullptr;
  }
  void pass(Ms from, Ms to) {
    for (Ms at = from; at <= to; at += 100) kraken_.tick(at);
  }

  World world_{7, start};
  Faults faults_{start};
  Kraken kraken_{world_, faults_};
  Contract& btc_ = *world_.find(Venue::kraken, "BTC");
  Response last_;
};

TEST_F(KrakenTest, EachAnswerSaysItsTimeAndMistakesAreNamed) {
  EXPECT_EQ(ask(root + "tickers")["serverTime"], "2026-05-28T20:27:00.000Z");
  EXPECT_EQ(ask(root + "history?symbol=PF_NOUSD")["error"], "contractNotFound");
  EXPECT_EQ(ask(root + "history")["error"], "requiredArgumentMissing");
  EXPECT_EQ(ask(root + "nothing")["result"], "error");
  EXPECT_EQ(last_.status, 404);
}

TEST_F(KrakenTest, RunningFundingIsAbsoluteAndSettledFundingIsBoth) {
  const double relative = world_.funding(btc_, start).rate;
  const auto linear = row("tickers", "PF_XBTUSD");
  EXPECT_NEAR(linear["fundingRate"].get<double>() / linear["markPrice"].get<double>(), relative, 1e-12);
  const auto inverse = row("tickers", "PI_XBTUSD");
  const auto& coin_margined = *world_.find(Venue::kraken, "PI_XBTUSD");
  EXPECT_NEAR(inverse["fundingRate"].get<double>() * inverse["markPrice"].get<double>(),
              world_.funding(coin_margined, start).rate, 1e-12);
  const auto rates = ask(root + "historical-funding-rates?symbol=PF_XBTUSD")["rates"];
  ASSERT_EQ(rates.size(), 60U * 24U);
  const auto newest = rates.back();
  EXPECT_EQ(newest["timestamp"], kraken_time(start / hour * hour));
  EXPECT_GT(std::abs(newest["fundingRate"].get<double>() / newest["relativeFundingRate"].get<double>()), 50'000);
}

TEST_F(KrakenTest, CandlesAreTextInSecondsWithoutAnEnvelope) {
  const auto path = std::string("/kraken/api/charts/v1/trade/PF_XBTUSD/1m");
  const auto few =
      ask(path + "?from=" + std::to_string(start / second - 120) + "&to=" + std::to_string(start / second));
  ASSERT_EQ(few["candles"].size(), 3U);
  EXPECT_EQ(few["candles"][0]["time"], start - 2 * minute);
  EXPECT_TRUE(few["candles"][0]["volume"].is_string());
  EXPECT_EQ(few["more_candles"], false);
  const auto all = ask(path);
  EXPECT_EQ(all["candles"].size(), 2'000U);
  EXPECT_EQ(all["more_candles"], true);
  EXPECT_TRUE(ask("/kraken/api/charts/v1/trade/PF_XBTUSD/2m").contains("errors"));
}

TEST_F(KrakenTest, FiveHundredRequestsInTenSeconds) {
  for (int i = 0; i < 500; ++i) (void)ask(root + "history?symbol=PF_NOUSD");
  EXPECT_EQ(kraken_.stats()["rejected"], 0);
  EXPECT_EQ(ask(root + "tickers")["error"], "apiLimitExceeded");
  EXPECT_EQ(ask(root + "tickers", start + 10 * second)["result"], "success");
}

TEST_F(KrakenTest, LiquidationsAreTradesOfTheirOwnType) {
  world_.liquidate(btc_, true, 2, start - minute);
  ViewPeer peer("/kraken/ws/v1");
  ASSERT_TRUE(kraken_.ws_open(peer, start));
  EXPECT_EQ(peer.last()["event"], "info");
  pass(start, start);
  kraken_.ws_text(peer, trades_of_btc, start);
  EXPECT_EQ(Json::parse(peer.texts.at(1))["event"], "subscribed");
  EXPECT_EQ(peer.last()["feed"], "trade_snapshot");
  (void)peer.take();
  world_.liquidate(btc_, false, 1, start + 200);
  pass(start + 100, start + 900);
  ASSERT_EQ(peer.texts.size(), 1U);
  EXPECT_EQ(peer.last()["type"], "liquidation");
  EXPECT_EQ(peer.last()["side"], "buy");  // the taker closed a short
  EXPECT_EQ(peer.last()["qty"], 1.0);
  pass(start + 1000, start + 2000);
  EXPECT_EQ(peer.last()["type"], "fill");
  const auto old = ask(root + "history?symbol=PF_XBTUSD", start + 2 * second)["history"];
  EXPECT_EQ(std::count_if(old.begin(), old.end(), [](const Json& each) { return each["type"] == "liquidation"; }), 2);
}

TEST_F(KrakenTest, WrongWordsAreErrors) {
  ViewPeer peer("/kraken/ws/v1");
  ASSERT_TRUE(kraken_.ws_open(peer, start));
  kraken_.ws_text(peer, R"({"event":"subscribe","feed":"trade","product_ids":["PF_XBTUSD","PF_NOUSD"]})", start);
  EXPECT_EQ(peer.last()["message"], "Invalid product id");
  kraken_.ws_text(peer, R"({"event":"subscribe","feed":"nothing","product_ids":["PF_XBTUSD"]})", start);
  EXPECT_EQ(peer.last()["message"], "Invalid feed");
  kraken_.ws_text(peer, "hello", start);
  EXPECT_EQ(peer.last()["event"], "alert");
  EXPECT_TRUE(kraken_.stats()["websocket"]["sessions"][0]["topics"].empty());
}

TEST_F(KrakenTest, WhoDoesNotPingIsCutAfterAMinute) {
  ViewPeer quiet("/kraken/ws/v1"), awake("/kraken/ws/v1");
  ASSERT_TRUE(kraken_.ws_open(quiet, start));
  ASSERT_TRUE(kraken_.ws_open(awake, start));
  kraken_.ws_text(awake, R"({"event":"ping"})", start + 50 * second);
  pass(start + minute, start + 66 * second);
  EXPECT_TRUE(quiet.closed);
  EXPECT_FALSE(awake.closed);
}

}  // namespace kraken_test
}  // namespace sandbox
