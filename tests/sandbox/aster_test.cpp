#include "tests/sandbox/played.hpp"

namespace sandbox {
namespace aster_test {

using exchange::Topic;

class AsterTest : public PlayedTest {
 protected:
  AsterTest() : PlayedTest(Venue::aster, {{"market", "/ws"}}) {}
};

TEST_F(AsterTest, ItsContractsAreWatched) { check_instruments(); }
TEST_F(AsterTest, ItsClockIsTheSandboxs) { check_server_time(); }
TEST_F(AsterTest, TickersAreTheMarket) { check_tickers("BTC"), check_tickers("PEPE"); }
TEST_F(AsterTest, FundingIsTheMarket) { check_funding("BTC"), check_funding("PEPE"); }
TEST_F(AsterTest, PastRatesAreTheMarket) { check_funding_history("BTC"), check_funding_history("SUI"); }
TEST_F(AsterTest, CandlesAreTheMarket) { check_candles("BTC"), check_candles("PEPE"); }
TEST_F(AsterTest, StreamedCandlesAreTheMarket) { check_candle_stream("BTC"); }
TEST_F(AsterTest, LiquidationsComeBackAsTheyWere) { check_liquidation_stream("BTC"), check_liquidation_stream("PEPE"); }

TEST_F(AsterTest, EveryIntervalIsListed) {
  const auto reply = sweep(Topic::funding_intervals, {}, start);
  const auto btc = of<market::Funding>(reply.events, "BTCUSDT");
  ASSERT_EQ(btc.size(), 1U) << "eight hours too";
  EXPECT_EQ(btc[0].interval, std::chrono::hours{8});
  EXPECT_EQ(of<market::Funding>(reply.events, "SUIUSDT").at(0).interval, std::chrono::hours{4});
}

TEST_F(AsterTest, AsksWhatItDoesNotTellOfNobody) {
  EXPECT_TRUE(exchange_->asks(Topic::open_interest, want_of(contract("BTC"))).empty());
  auto ask = exchange_->asks(Topic::funding, {}).at(0);
  ask.request.url = "http://127.0.0.1/aster/fapi/v3/openInterest?symbol=BTCUSDT";
  EXPECT_EQ(answered(ask, start).status, 404);
}

TEST_F(AsterTest, AFullPlanOfWeightIsRefusedAndItsEndIsRead) {
  const auto ask = exchange_->asks(Topic::tickers, {}).at(0);
  int good = 0;
  auto response = answered(ask, start);
  for (; response.status == 200 && good < 100; ++good) response = answered(ask, start);
  EXPECT_EQ(good, 59) << "2400, of which the contracts took 1, by 40 each";
  const auto verdict = exchange_->judge(response, base::from_ms(start));
  EXPECT_EQ(verdict.outcome, market::Outcome::soft_limit);
  ASSERT_TRUE(verdict.retry_after);
  EXPECT_EQ(exchange_->judge(answered(ask, start + verdict.retry_after->count()), base::from_ms(start)).outcome,
            market::Outcome::ok);
}

}  // namespace aster_test
}  // namespace sandbox
