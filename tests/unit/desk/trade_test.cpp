#include "common/desk/trade.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace trade_test {
using base::Millis;
using desk::Direction;
using desk::NoPlan;

constexpr Millis late_after{300'000};

desk::Finding finding(Direction direction = Direction::long_side, double price = 100,
                      std::optional<double> atr = std::nullopt) {
  desk::Finding out;
  out.kind = "test";
  out.direction = direction;
  out.setup.emplace();
  out.setup->exchange = "okx";
  out.setup->symbol = "BTC-USDT-SWAP";
  out.setup->price = price;
  out.setup->atr_1h = atr;
  return out;
}
desk::Planned planned(const desk::Finding& of, std::optional<double> atr = 2, Millis age = Millis{0},
                      const desk::TradeRules& rules = {}) {
  return desk::plan_trade(of, atr, rules, age, late_after);
}

TEST(Trade, LevelsStandAtTheirDistancesOnTheirSides) {
  const auto up = planned(finding());
  ASSERT_TRUE(up.plan);
  EXPECT_EQ(up.reason, NoPlan::planned);
  EXPECT_EQ(up.plan->exchange, "okx");
  EXPECT_EQ(up.plan->symbol, "BTC-USDT-SWAP");
  EXPECT_DOUBLE_EQ(up.plan->entry, 100);
  EXPECT_DOUBLE_EQ(up.plan->risk, 3);  // 1.5 ATR
  EXPECT_DOUBLE_EQ(up.plan->stop, 97);
  EXPECT_DOUBLE_EQ(up.plan->tp1, 104.5);  // 1.5 R
  EXPECT_DOUBLE_EQ(up.plan->tp2, 109);    // 3 R
  EXPECT_DOUBLE_EQ(up.plan->cost_r, 2 * 0.0005 * 100 / 3);
  const auto down = planned(finding(Direction::short_side));
  ASSERT_TRUE(down.plan);
  EXPECT_DOUBLE_EQ(down.plan->stop, 103);
  EXPECT_DOUBLE_EQ(down.plan->tp1, 95.5);
  EXPECT_DOUBLE_EQ(down.plan->tp2, 91);
}

TEST(Trade, TheSizeLosesTheStatedRiskAtTheStop) {
  desk::TradeRules rules;
  rules.account_risk = 0.02;
  const auto share = planned(finding(), 2, Millis{0}, rules);
  ASSERT_TRUE(share.plan);
  EXPECT_FALSE(share.plan->usd);
  EXPECT_DOUBLE_EQ(share.plan->size_of_account * 3 / 100, 0.02);
  rules.account_usd = 5'000;
  const auto usd = planned(finding(), 2, Millis{0}, rules);
  ASSERT_TRUE(usd.plan && usd.plan->usd);
  EXPECT_DOUBLE_EQ(*usd.plan->usd * 3 / 100, 100);
}

TEST(Trade, WhatTheDetectorKnowsOfTheAtrCountsFirst) {
  EXPECT_DOUBLE_EQ(planned(finding(Direction::long_side, 100, 4), 2).plan->risk, 6);
  EXPECT_DOUBLE_EQ(planned(finding(Direction::long_side, 100, 4), std::nullopt).plan->risk, 6);
}

TEST(Trade, EachReasonForNoPlanHasItsName) {
  const double infinite = std::numeric_limits<double>::infinity();
  auto bare = finding();
  bare.setup.reset();
  struct Case {
    const char* name;
    desk::Planned got;
    NoPlan reason;
  };
  const Case cases[] = {
      {"no direction", planned(finding(Direction::none)), NoPlan::no_direction},
      {"no setup", planned(bare), NoPlan::no_direction},
      {"no price", planned(finding(Direction::long_side, 0)), NoPlan::no_price},
      {"no number", planned(finding(Direction::long_side, infinite)), NoPlan::no_price},
      {"no ATR", planned(finding(), std::nullopt), NoPlan::no_atr},
      {"an ATR of nothing", planned(finding(), 0), NoPlan::no_atr},
      {"a stop below zero", planned(finding(), 67), NoPlan::no_atr},
      {"a target below zero", planned(finding(Direction::short_side), 23), NoPlan::no_atr},
      {"on time", planned(finding(), 2, late_after), NoPlan::planned},
      {"late", planned(finding(), 2, late_after + Millis{1}), NoPlan::late},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(one.got.reason, one.reason) << one.name << ": " << desk::to_string(one.got.reason);
    EXPECT_EQ(one.got.plan.has_value(), one.reason == NoPlan::planned) << one.name;
  }
}

TEST(Trade, TheAtrNeedsFourteenBars) {
  std::vector<market::Candle> bars(13);
  for (auto& bar : bars) bar.high = 102, bar.low = 100, bar.close = 101;
  EXPECT_FALSE(desk::atr_14(bars));
  bars.push_back(bars.back());
  EXPECT_DOUBLE_EQ(desk::atr_14(bars).value_or(0), 2);
}

TEST(Trade, MultiplesOfRHaveTheirSigns) {
  EXPECT_EQ(desk::r_words(0.214), "+0.21");
  EXPECT_EQ(desk::r_words(-1.0495), "\u22121.05");
  EXPECT_EQ(desk::r_words(-0.001), "0.00");
}

}  // namespace trade_test
