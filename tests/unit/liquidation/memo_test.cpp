#include "bots/liquidation/memo.hpp"

#include <gtest/gtest.h>

namespace memo_test {

using namespace std::chrono_literals;

constexpr base::WallTime start = base::from_ms(1'759'708'800'000);

liquidation::Episode episode() {
  liquidation::Episode e;
  e.level_usd = 123'456.789;
  e.tier = 2;
  e.count({"bybit", start, 1.0 / 3, "XUSDT"});
  e.count({"okx", start + 3s, 70'000, "X-USDT-SWAP"});
  e.count({"bybit", start + 1s, 5e9, "XUSDC"});
  e.other_side_usd = 12;
  e.peak_60s_usd = 77;
  e.peak_at = start + 2s;
  e.price_source = liquidation::PriceSource::market;
  e.price_from = 1e-9;
  e.price_extreme = 2;
  e.price_to = 3;
  e.unchecked = "price move: no ATR yet, only its direction was checked";
  return e;
}

TEST(CascadeMemo, HoldsAllThatTheMessageSays) {
  const auto memo = liquidation::memo_of(episode());
  const auto read = liquidation::read_memo(memo);
  ASSERT_TRUE(read);
  EXPECT_EQ(liquidation::memo_of(*read), memo);
  EXPECT_EQ(read->total_usd, episode().total_usd);
  EXPECT_EQ(read->events, 3U);
  EXPECT_EQ(read->tier, 2);
  EXPECT_EQ(read->since, start);
  EXPECT_EQ(read->until, start + 3s);
  EXPECT_EQ(read->by_exchange.at("bybit").events, 2U);
  EXPECT_EQ(read->by_exchange.at("bybit").newest, start + 1s);
  EXPECT_EQ((read->by_contract.at({"okx", "X-USDT-SWAP"})), 70'000);
  EXPECT_EQ(read->largest.usd, 5e9);
  EXPECT_EQ(read->largest.symbol, "XUSDC");
  EXPECT_EQ(read->price_from, 1e-9);
  EXPECT_EQ(read->unchecked, episode().unchecked);
}

TEST(CascadeMemo, WhatIsNoneIsRefused) {
  const auto memo = liquidation::memo_of(episode());
  for (std::size_t at = 0; at < memo.size(); ++at) EXPECT_FALSE(liquidation::read_memo(memo.substr(0, at))) << at;
  EXPECT_FALSE(liquidation::read_memo(memo + "x\n"));
  EXPECT_FALSE(liquidation::read_memo("cascade 2" + memo.substr(9)));
  EXPECT_FALSE(liquidation::read_memo("{}"));
}

}  // namespace memo_test
