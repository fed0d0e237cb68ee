#include "tests/sandbox/played.hpp"

namespace sandbox {
namespace kucoin_test {

using exchange::Topic;

class KucoinTest : public PlayedTest {
 protected:
  KucoinTest() : PlayedTest(Venue::kucoin, {{"public", ""}}) {}
};

TEST_F(KucoinTest, OnlyLinearPerpetualsAreWatched) { check_instruments(); }
TEST_F(KucoinTest, ItsClockIsTheSandboxs) { check_server_time(); }
TEST_F(KucoinTest, TickersAreTheMarket) { check_tickers("BTC"), check_tickers("PEPE"); }
TEST_F(KucoinTest, FundingIsTheMarket) { check_funding("BTC"), check_funding("WIF"); }
TEST_F(KucoinTest, SettledRatesAreTheMarket) { check_funding_history("BTC"); }
TEST_F(KucoinTest, OpenInterestIsInCoins) { check_open_interest("BTC"), check_open_interest("PEPE"); }
TEST_F(KucoinTest, CandlesAreTheMarket) { check_candles("BTC"), check_candles("DOGE"); }
TEST_F(KucoinTest, StreamedCandlesAreTheMarket) { check_candle_stream("BTC"); }

TEST_F(KucoinTest, AnOverrunIsASoftLimitAndThenABan) {
  const auto ask = exchange_->asks(Topic::funding, {}).at(0);
  auto response = answered(ask, start);
  for (int i = 0; response.status == 200 && i < 1'000; ++i) response = answered(ask, start);
  EXPECT_EQ(exchange_->judge(response, base::from_ms(start)).outcome, market::Outcome::soft_limit);
  EXPECT_EQ(net::header(response, "gw-ratelimit-reset"), "30000");
  for (int i = 0; i < 10; ++i) response = answered(ask, start);
  const auto verdict = exchange_->judge(response, base::from_ms(start));
  EXPECT_EQ(verdict.outcome, market::Outcome::banned);
  EXPECT_EQ(answered(ask, start + 30 * second).status, 200);
}

TEST_F(KucoinTest, AnUnknownSymbolIsSaidSo) {
  auto want = exchange::Want{};
  want.symbols = {"NOUSDTM"};
  const auto response = answered(exchange_->asks(Topic::candles, want).at(0), start);
  EXPECT_EQ(exchange_->judge(response, base::from_ms(start)).outcome, market::Outcome::bad_symbol);
}

TEST_F(KucoinTest, WithoutATokenNobodyIsLetIn) {
  Request request;
  request.path = "/kucoin/";
  Response refusal;
  auto* service = app_.upgrade(request, refusal, start);
  Caller caller(request);
  EXPECT_FALSE(service->ws_open(caller, start));
}

TEST_F(KucoinTest, WhoDoesNotPingIsCut) {
  Request request;
  request.method = "POST";
  request.path = "/kucoin/api/v1/bullet-public";
  const auto bullet = Json::parse(app_.http(request, start).body);
  request.path = "/kucoin/";
  request.query["token"] = bullet["data"]["token"];
  Response refusal;
  auto* service = app_.upgrade(request, refusal, start);
  Caller quiet(request);
  Caller awake(request);
  ASSERT_TRUE(service->ws_open(quiet, start) && service->ws_open(awake, start));
  EXPECT_EQ(Json::parse(awake.frames.front())["type"], "welcome");
  service->ws_text(awake, R"({"id":"1","type":"ping"})", start + 18 * second);
  EXPECT_EQ(Json::parse(awake.frames.back())["type"], "pong");
  service->ws_text(awake, R"({"id":"2","type":"subscribe","topic":"/contractMarket/liquidations:XBTUSDTM"})",
                   start + 18 * second);
  EXPECT_EQ(Json::parse(awake.frames.back())["code"], 404);
  app_.tick(start + 29 * second);
  EXPECT_TRUE(quiet.closed);
  EXPECT_FALSE(awake.closed);
  for (int i = 0; i < 101; ++i) service->ws_text(awake, R"({"id":"1","type":"ping"})", start + 30 * second);
  EXPECT_TRUE(awake.closed);
}

}  // namespace kucoin_test
}  // namespace sandbox
