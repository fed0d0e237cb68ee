#include "common/market/event.hpp"

#include <set>

#include <gtest/gtest.h>

#include "common/market/verdict.hpp"

namespace event_test {
using market::Candle;
using market::Liquidation;

Liquidation liquidation() {
  Liquidation out;
  out.exchange = "bybit";
  out.symbol = "BTCUSDT";
  out.side = market::PositionSide::long_side;
  out.price = 100;
  out.raw_quantity = 2;
  out.at = base::from_ms(1'700'000'000'000);
  return out;
}

TEST(Identity, IsTheSameForTheSameEventReadTwice) {
  auto again = liquidation();
  again.received_at = base::from_ms(1'800'000'000'000);  // read later, elsewhere
  EXPECT_EQ(market::identity(liquidation()), market::identity(again));
}

TEST(Identity, TellsTwoLiquidationsOfOneMillisecondApart) {
  auto other_size = liquidation();
  other_size.raw_quantity = 3;
  auto other_side = liquidation();
  other_side.side = market::PositionSide::short_side;
  auto other_price = liquidation();
  other_price.price = 100.5;
  auto other_exchange = liquidation();
  other_exchange.exchange = "okx";
  const std::set<std::string> ids{market::identity(liquidation()), market::identity(other_size),
                                  market::identity(other_side), market::identity(other_price),
                                  market::identity(other_exchange)};
  EXPECT_EQ(ids.size(), 5U);
}

TEST(Identity, OfASettledRateDoesNotDependOnWhenItWasRead) {
  market::Funding settled;
  settled.exchange = "okx";
  settled.symbol = "BTC-USDT-SWAP";
  settled.settled = true;
  settled.settles_at = base::from_ms(1'700'000'000'000);
  auto later = settled;
  later.received_at = base::from_ms(1'700'000'100'000);
  EXPECT_EQ(market::identity(settled), market::identity(later));
  auto running = settled;
  running.settled = false;
  EXPECT_NE(market::identity(settled), market::identity(running));
}

TEST(ClosedBar, EndsTwoSecondsBeforeTheExchangesNow) {
  Candle bar;
  bar.opened_at = base::from_ms(1'700'000'000'000);
  bar.length = base::Millis{60'000};
  EXPECT_FALSE(market::is_closed(bar, bar.opened_at + base::Millis{61'999}));
  EXPECT_TRUE(market::is_closed(bar, bar.opened_at + base::Millis{62'000}));
}

TEST(Verdict, EveryOutcomeHasAWordAndEveryFailureAKind) {
  using market::Outcome;
  for (const auto outcome : {Outcome::transient, Outcome::malformed, Outcome::soft_limit, Outcome::banned,
                             Outcome::blocked, Outcome::bad_symbol, Outcome::bad_request, Outcome::unauthorised}) {
    EXPECT_NE(market::to_string(outcome), "?");
    EXPECT_FALSE(base::to_string(market::error_kind(outcome)).empty());
  }
  EXPECT_EQ(market::error_kind(Outcome::soft_limit), base::ErrorKind::rate_limited);
  EXPECT_EQ(market::error_kind(Outcome::banned), base::ErrorKind::banned);
}

}  // namespace event_test
