#include "tests/sandbox/encoding.hpp"
#include "tests/sandbox/played.hpp"

namespace sandbox {
namespace htx_test {

using exchange::Topic;

class HtxTest : public PlayedTest {
 protected:
  HtxTest() : PlayedTest(Venue::htx, {{"market", "/linear-swap-ws"}, {"public", "/linear-swap-notification"}}) {}
};

TEST_F(HtxTest, OnlySwapsAreWatched) { check_instruments(); }
TEST_F(HtxTest, ItsClockIsTheSandboxs) { check_server_time(); }
TEST_F(HtxTest, TickersAreTheMarket) { check_tickers("BTC"), check_tickers("PEPE"); }
TEST_F(HtxTest, FundingIsTheMarket) { check_funding("BTC"), check_funding("ETH"), check_funding("SOL"); }
TEST_F(HtxTest, SettledRatesAreTheMarket) { check_funding_history("BTC"); }
TEST_F(HtxTest, OpenInterestIsInCoins) { check_open_interest("BTC"), check_open_interest("PEPE"); }
TEST_F(HtxTest, CandlesAreTheMarket) { check_candles("BTC"), check_candles("DOGE"); }
TEST_F(HtxTest, StreamedCandlesAreTheMarket) { check_candle_stream("BTC"); }
TEST_F(HtxTest, LiquidationsComeBackAsTheyWere) { check_liquidation_stream("BTC"), check_liquidation_stream("PEPE"); }

TEST_F(HtxTest, BothWaysOfFundingAndInterestSayTheSame) {
  ASSERT_EQ(exchange_->ways(Topic::funding), 2);
  const auto& btc = contract("BTC");
  auto want = want_of(btc);
  for (want.way = 0; want.way < 2; ++want.way) {
    const auto rates = of<market::Funding>(sweep(Topic::funding, want, start).events, btc.symbol);
    ASSERT_EQ(rates.size(), 1U);
    EXPECT_NEAR(rates[0].rate.value_or(9), app_.world().funding(btc, start).rate, 1e-12);
    EXPECT_EQ(base::to_ms(*rates[0].settles_at), app_.world().funding(btc, start).next);
    const auto sizes = of<market::OpenInterest>(sweep(Topic::open_interest, want, start).events, btc.symbol);
    ASSERT_EQ(sizes.size(), 1U);
    EXPECT_NEAR(sizes[0].base.value_or(0) / app_.world().open_interest(btc, start), 1, 1e-3);
  }
}

TEST_F(HtxTest, AnOverrunIsASoftLimitInBothForms) {
  const auto ask = exchange_->asks(Topic::instruments, {}).at(0);
  auto response = answered(ask, start);
  int good = 1;
  for (; exchange_->judge(response, base::from_ms(start)).outcome == market::Outcome::ok; ++good)
    response = answered(ask, start);
  EXPECT_EQ(good, 240);  // one was asked before
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(exchange_->judge(response, base::from_ms(start)).outcome, market::Outcome::soft_limit);
  response = answered(ask, start);
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(exchange_->judge(response, base::from_ms(start)).outcome, market::Outcome::soft_limit);
}

TEST_F(HtxTest, AnUnknownContractIsSaidSo) {
  auto want = exchange::Want{};
  want.symbols = {"NO-USDT"};
  const auto response = answered(exchange_->asks(Topic::candles, want).at(0), start);
  EXPECT_EQ(exchange_->judge(response, base::from_ms(start)).outcome, market::Outcome::bad_symbol);
}

TEST_F(HtxTest, WhoIgnoresFiveHeartbeatsIsCut) {
  Request request;
  request.path = "/htx/linear-swap-notification";
  Response refusal;
  auto* service = app_.upgrade(request, refusal, start);
  Caller quiet(request);
  Caller awake(request);
  ASSERT_TRUE(service->ws_open(quiet, start) && service->ws_open(awake, start));
  for (Ms at = start; at <= start + 40 * second; at += 100) {
    app_.tick(at);
    for (; !awake.frames.empty(); awake.frames.pop_front()) {
      const auto frame = exchange_->decode_frame(awake.frames.front(), universe_, base::from_ms(at));
      ASSERT_TRUE(frame && frame->reply);
      service->ws_text(awake, *frame->reply, at);
    }
    EXPECT_EQ(quiet.closed, at >= start + 30 * second) << at - start;
  }
  EXPECT_EQ(quiet.frames.size(), 5U);
  EXPECT_FALSE(awake.closed);
}

TEST_F(HtxTest, ANarrowTopicAfterAWideOneIsRefused) {
  Request request;
  request.path = "/htx/linear-swap-notification";
  Response refusal;
  auto* service = app_.upgrade(request, refusal, start);
  Caller caller(request);
  ASSERT_TRUE(service->ws_open(caller, start));
  const auto refused = [&](const char* text) {
    service->ws_text(caller, text, start);
    const auto frame = exchange_->decode_frame(caller.frames.back(), universe_, base::from_ms(start));
    return frame && frame->kind == exchange::Frame::Kind::refused;
  };
  EXPECT_FALSE(refused(R"({"op":"sub","cid":"1","topic":"public.*.liquidation_orders"})"));
  EXPECT_TRUE(refused(R"({"op":"sub","cid":"2","topic":"public.BTC-USDT.liquidation_orders"})"));
  EXPECT_TRUE(refused(R"({"op":"sub","cid":"3","topic":"public.BTC-USDT.funding_rate","business_type":"swap"})"));
}

}  // namespace htx_test
}  // namespace sandbox
