#include <gtest/gtest.h>

#include "bots/liquidation/cascade.hpp"
#include "bots/liquidation/large_print.hpp"
#include "common/market/seen.hpp"

namespace rules_test {

using liquidation::CascadeLack;
using liquidation::CascadeMeasure;
using liquidation::CascadeThresholds;
using liquidation::PriceSource;
using market::PositionSide;

constexpr double cascade_floor = 1'000'000;

CascadeThresholds thresholds() {
  CascadeThresholds t;
  t.floor_usd = cascade_floor;
  return t;
}

CascadeMeasure good() {
  CascadeMeasure m;
  m.sum_60s_usd = 1'500'000;
  m.events_60s = 12;
  m.exchanges_60s = 1;
  m.side = PositionSide::long_side;
  m.price = {.source = PriceSource::market, .from = 100, .to = 98, .atr = 1.0};
  return m;
}

struct Case {
  const char* sentence;
  void (*change)(CascadeMeasure&);
  CascadeLack lack;
  bool unchecked;
};
class CascadeRule : public testing::TestWithParam<Case> {};

TEST_P(CascadeRule, SIG22_EachConditionDecidesAlone) {
  CascadeMeasure measure = good();
  GetParam().change(measure);
  const auto decision = liquidation::decide(measure, thresholds());
  EXPECT_EQ(decision.lack, GetParam().lack) << GetParam().sentence;
  EXPECT_EQ(!decision.unchecked.empty(), GetParam().unchecked) << GetParam().sentence;
}

void own(CascadeMeasure& m, std::uint64_t minutes, double p95) { m.minutes = minutes, m.quantile95 = p95; }

INSTANTIATE_TEST_SUITE_P(
    Table, CascadeRule,
    testing::Values(
        Case{"all hold", [](CascadeMeasure&) {}, CascadeLack::nothing, false},
        Case{"the floor is reached", [](CascadeMeasure& m) { m.sum_60s_usd = 1e6; }, CascadeLack::nothing, false},
        Case{"the floor is missed", [](CascadeMeasure& m) { m.sum_60s_usd = 999'999; }, CascadeLack::sum, false},
        Case{"49 minutes: the floor alone", [](CascadeMeasure& m) { own(m, 49, 9e6); }, CascadeLack::nothing, false},
        Case{"50 minutes: three times p95", [](CascadeMeasure& m) { own(m, 50, 500'001); }, CascadeLack::sum, false},
        Case{"three times p95 reached", [](CascadeMeasure& m) { own(m, 50, 500'000); }, CascadeLack::nothing, false},
        Case{"a low p95 does not lower the floor", [](CascadeMeasure& m) { own(m, 99, 10), m.sum_60s_usd = 9e5; },
             CascadeLack::sum, false},
        Case{"five events of one exchange", [](CascadeMeasure& m) { m.events_60s = 5; }, CascadeLack::nothing, false},
        Case{"four of one exchange", [](CascadeMeasure& m) { m.events_60s = 4; }, CascadeLack::breadth, false},
        Case{"two of two exchanges", [](CascadeMeasure& m) { m.events_60s = 2, m.exchanges_60s = 2; },
             CascadeLack::nothing, false},
        Case{"the move at its threshold", [](CascadeMeasure& m) { m.price.to = 98.5; }, CascadeLack::nothing, false},
        Case{"the move too small", [](CascadeMeasure& m) { m.price.to = 98.6; }, CascadeLack::price_move, false},
        Case{"the move the other way", [](CascadeMeasure& m) { m.price.to = 103; }, CascadeLack::price_move, false},
        Case{"shorts are forced upwards",
             [](CascadeMeasure& m) { m.side = PositionSide::short_side, m.price.to = 102; }, CascadeLack::nothing,
             false},
        Case{"shorts while it falls", [](CascadeMeasure& m) { m.side = PositionSide::short_side; },
             CascadeLack::price_move, false},
        Case{"no price: missing, not false", [](CascadeMeasure& m) { m.price = {}; }, CascadeLack::nothing, true},
        Case{"no ATR: the direction alone", [](CascadeMeasure& m) { m.price.atr.reset(), m.price.to = 99.99; },
             CascadeLack::nothing, true},
        Case{"no ATR, wrong direction", [](CascadeMeasure& m) { m.price.atr.reset(), m.price.to = 101; },
             CascadeLack::price_move, true}));

TEST(CascadeRule, SIG22_TiersAreMultiplesOfTheOpeningLevel) {
  const auto t = thresholds();
  EXPECT_EQ(liquidation::tier_of(999, 1'000, t), 0);
  EXPECT_EQ(liquidation::tier_of(1'000, 1'000, t), 1);
  EXPECT_EQ(liquidation::tier_of(2'999, 1'000, t), 1);
  EXPECT_EQ(liquidation::tier_of(3'000, 1'000, t), 2);
  EXPECT_EQ(liquidation::tier_of(10'000, 1'000, t), 3);
}

TEST(LargePrintRule, SIG21_LevelTable) {
  liquidation::PrintThresholds t;
  t.floor_usd = 100'000;
  EXPECT_DOUBLE_EQ(liquidation::print_level({.usd = 0, .events = 399, .quantile995 = 900'000}, t), 100'000);
  EXPECT_DOUBLE_EQ(liquidation::print_level({.usd = 0, .events = 400, .quantile995 = 900'000}, t), 1'800'000);
  EXPECT_DOUBLE_EQ(liquidation::print_level({.usd = 0, .events = 400, .quantile995 = 1'000}, t), 100'000);
  EXPECT_DOUBLE_EQ(liquidation::print_level({.usd = 0, .events = 0, .quantile995 = std::nullopt}, t), 100'000);
}

TEST(LiquidationSeen, ARepeatIsKnownAndMemoryIsBounded) {
  market::Seen seen;
  EXPECT_TRUE(seen.first_time("a"));
  EXPECT_FALSE(seen.first_time("a"));
  for (std::size_t at = 0; at < market::Seen::remembered_max + 10; ++at) (void)seen.first_time(std::to_string(at));
  EXPECT_EQ(seen.size(), market::Seen::remembered_max);
  EXPECT_TRUE(seen.first_time("a")) << "long forgotten";
}

TEST(LiquidationSettings, DefaultsAreValidNonsenseIsNamedAndAnAssetMayDiffer) {
  liquidation::Settings settings;
  EXPECT_TRUE(settings.validate().empty());
  EXPECT_DOUBLE_EQ(settings.cascade_for("BTC").floor_usd, 2'000'000);
  EXPECT_DOUBLE_EQ(settings.cascade_for("SOL").floor_usd, 500'000);
  EXPECT_DOUBLE_EQ(settings.print_for("PEPE").floor_usd, 50'000);
  settings.assets["PEPE"].cascade_floor_usd = 7;
  EXPECT_DOUBLE_EQ(settings.cascade_for("PEPE").floor_usd, 7);
  EXPECT_DOUBLE_EQ(settings.print_for("PEPE").floor_usd, 50'000);
  settings.cascade.tiers = {1, 1, 10};
  settings.cascade.close_share = 2;
  settings.print.own_factor = 0;
  EXPECT_EQ(settings.validate().size(), 3U);
}

}  // namespace rules_test
