#include "tests/sandbox/played.hpp"

namespace sandbox {
namespace hyperliquid_test {

using exchange::Topic;

class HyperliquidTest : public PlayedTest {
 protected:
  HyperliquidTest() : PlayedTest(Venue::hyperliquid, {{"public", "/ws"}}) {}

  Response info(const Json& body) {
    Request request;
    request.method = "POST";
    request.path = "/hyperliquid/info";
    request.headers["content-type"] = "application/json";
    request.body = body.dump();
    return app_.http(request, start);
  }
};

TEST_F(HyperliquidTest, WhatWasDelistedIsNotWatched) { check_instruments(); }
TEST_F(HyperliquidTest, TickersAreTheMarket) { check_tickers("BTC"), check_tickers("PEPE"); }
TEST_F(HyperliquidTest, FundingIsTheMarket) { check_funding("BTC"), check_funding("PEPE"); }
TEST_F(HyperliquidTest, SettledRatesAreTheMarket) { check_funding_history("BTC"); }
TEST_F(HyperliquidTest, OpenInterestIsInUnits) { check_open_interest("BTC"), check_open_interest("PEPE"); }
TEST_F(HyperliquidTest, CandlesAreTheMarket) { check_candles("BTC"), check_candles("PEPE"); }
TEST_F(HyperliquidTest, StreamedCandlesAreTheMarket) { check_candle_stream("BTC"), check_candle_stream("PEPE"); }

TEST_F(HyperliquidTest, TheWeightOfAMinuteIsEnforced) {
  EXPECT_EQ(info(Json{{"type", "meta"}}).status, 200);
  const auto ask = exchange_->asks(Topic::funding, {}).at(0);
  auto response = answered(ask, start + minute);
  int good = 0;
  for (; response.status == 200; ++good) response = answered(ask, start + minute);
  EXPECT_EQ(good, 60);  // of 20 each
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.body, "null");
  EXPECT_EQ(exchange_->judge(response, base::from_ms(start)).outcome, market::Outcome::soft_limit);
  EXPECT_EQ(answered(ask, start + 2 * minute).status, 200);
}

TEST_F(HyperliquidTest, BadRequestsAreNotAnsweredAsIfGood) {
  EXPECT_EQ(info(Json{{"kind", "meta"}}).status, 422);
  EXPECT_EQ(info(Json{{"type", "l2Book"}, {"coin", "NO"}}).status, 500);
  EXPECT_EQ(info(Json{{"type", "l2Book"}, {"coin", "BTC"}}).status, 200);
  Request request;
  request.method = "GET";
  request.path = "/hyperliquid/info";
  EXPECT_EQ(app_.http(request, start).status, 404);
}

TEST_F(HyperliquidTest, TheSilentAreCutAndTheEleventhConnectionIsRefused) {
  Request request;
  request.path = "/hyperliquid/ws";
  Response refusal;
  auto* service = app_.upgrade(request, refusal, start);
  std::deque<Caller> callers;
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(service->ws_open(callers.emplace_back(request), start));
  Caller eleventh(request);
  EXPECT_FALSE(service->ws_open(eleventh, start));
  service->ws_text(callers[0], R"({"method":"ping"})", start + 50 * second);
  EXPECT_EQ(callers[0].frames.back(), R"({"channel":"pong"})");
  service->ws_text(callers[0], R"({"method":"subscribe","subscription":{"type":"trades","coin":"NO"}})",
                   start + 50 * second);
  EXPECT_EQ(Json::parse(callers[0].frames.back())["channel"], "error");
  app_.tick(start + 61 * second);
  EXPECT_FALSE(callers[0].closed);
  EXPECT_TRUE(callers[1].closed);
}

}  // namespace hyperliquid_test
}  // namespace sandbox
