#include <cmath>

#include "tests/sandbox/played.hpp"

namespace sandbox {
namespace deribit_test {

using exchange::Topic;

class DeribitTest : public PlayedTest {
 protected:
  DeribitTest() : PlayedTest(Venue::deribit, {{"public", "/ws/api/v2"}}, "/api/v2") {}
  /// Sizes are coins all the same.
  [[nodiscard]] double stated_contract_size(const Contract& contract) const override {
    if (contract.kind == Contract::Kind::inverse) return contract.coin == "BTC" ? 10 : 1;
    return std::pow(10.0, -contract.size_decimals);
  }
};

TEST_F(DeribitTest, PerpetualsAreWatchedAndDatedOnesNot) { check_instruments(); }
TEST_F(DeribitTest, ItsClockIsTheSandboxs) { check_server_time(); }
TEST_F(DeribitTest, TickersAreTheMarket) { check_tickers("BTC"), check_tickers("DOGE"); }
TEST_F(DeribitTest, FundingIsTheMarket) { check_funding("BTC"), check_funding("SOL"); }
TEST_F(DeribitTest, PastRatesAreTheMarket) { check_funding_history("BTC"); }
TEST_F(DeribitTest, OpenInterestIsInCoins) { check_open_interest("BTC"), check_open_interest("DOGE"); }
TEST_F(DeribitTest, CandlesAreTheMarket) { check_candles("BTC"), check_candles("DOGE"); }
TEST_F(DeribitTest, StreamedCandlesAreTheMarket) { check_candle_stream("BTC"); }
TEST_F(DeribitTest, LiquidationsComeBackAsTheyWere) {
  check_liquidation_stream("BTC"), check_liquidation_stream("DOGE");
}

TEST_F(DeribitTest, AnInverseContractIsTheMarketInCoinsAndDollars) {
  const std::string inverse = "ETH-PERPETUAL";
  check_tickers(inverse), check_funding(inverse), check_funding_history(inverse), check_open_interest(inverse);
  check_candles(inverse), check_candle_stream(inverse), check_liquidation_stream(inverse);
}

TEST_F(DeribitTest, AnInverseContractCountsDollars) {
  const auto* inverse = app_.world().find(Venue::deribit, "BTC-PERPETUAL");
  ASSERT_NE(inverse, nullptr);
  const auto sizes = of<market::OpenInterest>(sweep(Topic::open_interest, {}, start).events, "BTC-PERPETUAL");
  ASSERT_EQ(sizes.size(), 1U);
  const double coins = app_.world().open_interest(*inverse, start);
  EXPECT_NEAR(sizes[0].quote.value_or(0) / (coins * app_.world().mark(*inverse, start)), 1, 1e-3);
}

TEST_F(DeribitTest, AnOverrunIsASoftLimit) {
  const auto ask = exchange_->asks(Topic::instruments, {}).at(0);
  auto response = answered(ask, start + 5 * second);
  int good = 0;
  for (; response.status == 200; ++good) response = answered(ask, start + 5 * second);
  EXPECT_EQ(good, 100);
  EXPECT_EQ(Json::parse(response.body)["error"]["code"], 10'028);
  EXPECT_EQ(exchange_->judge(response, base::from_ms(start)).outcome, market::Outcome::soft_limit);
}

TEST_F(DeribitTest, AnUnknownInstrumentIsSaidSo) {
  auto want = exchange::Want{};
  want.symbols = {"NO_USDC-PERPETUAL"};
  want.from = base::from_ms(start - hour);
  want.to = base::from_ms(start);
  const auto response = answered(exchange_->asks(Topic::candles, want).at(0), start);
  EXPECT_EQ(exchange_->judge(response, base::from_ms(start)).outcome, market::Outcome::bad_symbol);
}

TEST_F(DeribitTest, WhoMissesAHeartbeatIsCut) {
  Request request;
  request.path = "/deribit/ws/api/v2";
  Response refusal;
  auto* service = app_.upgrade(request, refusal, start);
  Caller quiet(request);
  Caller awake(request);
  for (auto* caller : {&quiet, &awake}) {
    ASSERT_TRUE(service->ws_open(*caller, start));
    service->ws_text(*caller, R"({"jsonrpc":"2.0","id":1,"method":"public/set_heartbeat","params":{"interval":10}})",
                     start);
    EXPECT_EQ(Json::parse(caller->frames.back())["result"], "ok");
    caller->frames.clear();
  }
  for (Ms at = start; at <= start + 25 * second; at += 100) {
    app_.tick(at);
    for (; !awake.frames.empty(); awake.frames.pop_front()) {
      const auto frame = exchange_->decode_frame(awake.frames.front(), universe_, base::from_ms(at));
      ASSERT_TRUE(frame);
      if (frame->reply) service->ws_text(awake, *frame->reply, at);
    }
    EXPECT_EQ(quiet.closed, at >= start + 20 * second) << at - start;
  }
  EXPECT_FALSE(awake.closed);
}

}  // namespace deribit_test
}  // namespace sandbox
