#include <gtest/gtest.h>

#include "bots/funding/extreme.hpp"
#include "bots/funding/flip.hpp"

namespace rules_test {

using funding::ExtremeMeasure;
using funding::FlipLack;
using funding::FlipMeasure;
using funding::Lack;

ExtremeMeasure good() {
  ExtremeMeasure m;
  m.r8 = 0.002;
  m.apr = 2.19;
  m.settlements = 90;
  m.z = 6;
  m.contracts = 500;
  m.above = 10;
  return m;
}

struct Case {
  const char* sentence;
  void (*change)(ExtremeMeasure&);
  Lack lack;
};
class ExtremeRule : public testing::TestWithParam<Case> {};

TEST_P(ExtremeRule, SIG31_EachConditionDecidesAlone) {
  ExtremeMeasure measure = good();
  GetParam().change(measure);
  EXPECT_EQ(funding::decide(measure, {}).lack, GetParam().lack) << GetParam().sentence;
}

INSTANTIATE_TEST_SUITE_P(
    Table, ExtremeRule,
    testing::Values(
        Case{"all hold", [](ExtremeMeasure&) {}, Lack::nothing},
        Case{"negative rates count alike", [](ExtremeMeasure& m) { m.apr = -0.6, m.z = -4; }, Lack::nothing},
        Case{"apr at its threshold", [](ExtremeMeasure& m) { m.apr = 0.5; }, Lack::nothing},
        Case{"apr below", [](ExtremeMeasure& m) { m.apr = 0.499; }, Lack::apr},
        Case{"29 settlements", [](ExtremeMeasure& m) { m.settlements = 29; }, Lack::settlements},
        Case{"30 settlements", [](ExtremeMeasure& m) { m.settlements = 30; }, Lack::nothing},
        Case{"no z", [](ExtremeMeasure& m) { m.z.reset(); }, Lack::settlements},
        Case{"z below", [](ExtremeMeasure& m) { m.z = 3.49; }, Lack::z},
        Case{"just within the top decile", [](ExtremeMeasure& m) { m.above = 49; }, Lack::nothing},
        Case{"just outside", [](ExtremeMeasure& m) { m.above = 50; }, Lack::rank},
        Case{"29 contracts: skipped", [](ExtremeMeasure& m) { m.contracts = 29, m.above = 28; }, Lack::nothing},
        Case{"30 contracts: checked", [](ExtremeMeasure& m) { m.contracts = 30, m.above = 3; }, Lack::rank},
        Case{"first sweep", [](ExtremeMeasure& m) { m.ranking_complete = false; }, Lack::first_sweep},
        Case{"said already", [](ExtremeMeasure& m) { m.said_this_interval = true; }, Lack::said}));

TEST(ExtremeRuleThreshold, OnlyTheRateAndTheReArmCount) {
  funding::ExtremeThresholds thresholds;
  thresholds.mode = funding::Mode::threshold;
  ExtremeMeasure m;
  m.r8 = -0.001;
  EXPECT_EQ(funding::decide(m, thresholds).lack, Lack::nothing);
  m.disarmed = true;
  EXPECT_EQ(funding::decide(m, thresholds).lack, Lack::armed);
  m.disarmed = false;
  m.r8 = 0.00099;
  EXPECT_EQ(funding::decide(m, thresholds).lack, Lack::r8);
}

TEST(ExtremeRuleEvidence, SkippedRankIsSaid) {
  ExtremeMeasure m = good();
  EXPECT_FALSE(funding::decide(m, {}).rank_skipped);
  m.contracts = 12;
  EXPECT_TRUE(funding::decide(m, {}).rank_skipped);
  EXPECT_EQ(funding::evidence(m, {}).back().name, "contracts_known");
}

TEST(FlipRule, SIG32_Table) {
  struct Row {
    double before, now;
    bool said;
    FlipLack lack;
  };
  for (const Row& row :
       {Row{0.0001, -0.0001, false, FlipLack::nothing}, Row{-0.0001, 0.0001, false, FlipLack::nothing},
        Row{0.00005, -0.00005, false, FlipLack::nothing}, Row{0.0001, 0.0002, false, FlipLack::sign},
        Row{0.0001, 0, false, FlipLack::sign}, Row{0.00004, -0.0001, false, FlipLack::size_before},
        Row{0.0001, -0.00004, false, FlipLack::size_now}, Row{0.0001, -0.0001, true, FlipLack::said}}) {
    EXPECT_EQ(funding::decide(FlipMeasure{row.before, row.now, false, row.said}, 0.00005), row.lack)
        << row.before << " to " << row.now;
  }
}

TEST(Ranking, CountsWhatIsGreater) {
  funding::Ranking ranking;
  for (const double size : {3.0, 1.0, 2.0, 2.0}) ranking.add(size);
  EXPECT_EQ(ranking.above(2), 1U);
  EXPECT_EQ(ranking.above(0), 4U);
  ranking.remove(3);
  ranking.remove(9);
  EXPECT_EQ(ranking.above(2), 0U);
  EXPECT_EQ(ranking.size(), 3U);
}

TEST(FundingSettings, DefaultsAreValidNonsenseIsNamedAndASymbolMayDiffer) {
  funding::Settings settings;
  EXPECT_TRUE(settings.validate().empty());
  settings.symbols["BTCUSDT"].apr_min = 0.2;
  EXPECT_TRUE(settings.validate().empty());
  EXPECT_DOUBLE_EQ(settings.extreme_for("BTCUSDT").apr_min, 0.2);
  EXPECT_DOUBLE_EQ(settings.extreme_for("ETHUSDT").apr_min, 0.5);
  settings.extreme.rearm_share = 1.5;
  settings.flip_r8_min = -1;
  EXPECT_EQ(settings.validate().size(), 3U);
}

}  // namespace rules_test
