#include "bots/volume/spike.hpp"

#include <gtest/gtest.h>

namespace spike_test {

using volume::Lack;
using volume::Measure;

Measure good() {
  Measure m;
  m.z = 3.5;
  m.relative_volume = 4;
  m.volume_usd = 500'000;
  m.expected_usd = 125'000;
  m.taker_buy_share = 0.65;
  m.open = 100;
  m.close = 101;
  m.move = 0.01;
  m.move_atr = 1.5;
  return m;
}

struct Case {
  const char* sentence;
  void (*change)(Measure&);
  Lack lack;
  bool above;
  int tier;
};

class SpikeRule : public testing::TestWithParam<Case> {};

TEST_P(SpikeRule, SIG42_EachConditionDecidesAlone) {
  Measure measure = good();
  GetParam().change(measure);
  const auto decision = volume::decide(measure, volume::Thresholds{});
  EXPECT_EQ(decision.lack, GetParam().lack) << GetParam().sentence;
  EXPECT_EQ(decision.above, GetParam().above) << GetParam().sentence;
  EXPECT_EQ(decision.tier, GetParam().tier) << GetParam().sentence;
}

INSTANTIATE_TEST_SUITE_P(
    Table, SpikeRule,
    testing::Values(
        Case{"all hold", [](Measure&) {}, Lack::nothing, true, 1},
        Case{"z at its threshold holds", [](Measure& m) { m.z = 3; }, Lack::nothing, true, 1},
        Case{"z just below does not", [](Measure& m) { m.z = 2.999; }, Lack::z, false, 0},
        Case{"tier 2", [](Measure& m) { m.z = 4; }, Lack::nothing, true, 2},
        Case{"tier 3", [](Measure& m) { m.z = 5; }, Lack::nothing, true, 3},
        Case{"relative volume at its threshold", [](Measure& m) { m.relative_volume = 3; }, Lack::nothing, true, 1},
        Case{"relative volume below", [](Measure& m) { m.relative_volume = 2.99; }, Lack::relative_volume, false, 1},
        Case{"floor reached", [](Measure& m) { m.volume_usd = 100'000; }, Lack::nothing, true, 1},
        Case{"floor missed", [](Measure& m) { m.volume_usd = 99'999; }, Lack::floor, false, 1},
        Case{"takers alone", [](Measure& m) { m.move_atr = 0.2; }, Lack::nothing, true, 1},
        Case{"sellers count as much", [](Measure& m) { m.move_atr = 0, m.taker_buy_share = 0.39; }, Lack::nothing, true,
             1},
        Case{"the move alone", [](Measure& m) { m.taker_buy_share = 0.5; }, Lack::nothing, true, 1},
        Case{"no taker data: the move decides", [](Measure& m) { m.taker_buy_share.reset(); }, Lack::nothing, true, 1},
        Case{"no taker data, no move", [](Measure& m) { m.taker_buy_share.reset(), m.move_atr = 0.99; }, Lack::flow,
             true, 1},
        Case{"no ATR yet, takers even", [](Measure& m) { m.taker_buy_share = 0.5, m.move_atr.reset(); }, Lack::flow,
             true, 1},
        Case{"neither flow nor move", [](Measure& m) { m.taker_buy_share = 0.55, m.move_atr = 0.5; }, Lack::flow, true,
             1}));

TEST(SpikeRuleEvidence, NamesEveryValueWithItsThreshold) {
  const auto lines = volume::evidence(good(), volume::Thresholds{});
  std::size_t with_threshold = 0;
  for (const auto& line : lines) with_threshold += line.threshold ? 1U : 0U;
  EXPECT_EQ(with_threshold, 5U);
  EXPECT_EQ(lines.front().name, "z");
}

TEST(VolumeSettings, DefaultsAreValidAndNonsenseIsNamed) {
  volume::Settings settings;
  EXPECT_TRUE(settings.validate().empty());
  settings.spike.z_tiers = {3, 2, 5};
  settings.spike.floor_usd = -1;
  settings.symbols["BTCUSDT"].relative_volume_min = 0.2;
  const auto problems = settings.validate();
  EXPECT_EQ(problems.size(), 5U);  // two for all; the same two and its own for the symbol
}

TEST(VolumeSettings, ASymbolMayDiffer) {
  volume::Settings settings;
  settings.symbols["BTCUSDT"].z_min = 4;
  settings.symbols["BTCUSDT"].floor_usd = 5e6;
  EXPECT_DOUBLE_EQ(settings.thresholds_for("ETHUSDT").floor_usd, 100'000);
  const auto own = settings.thresholds_for("BTCUSDT");
  EXPECT_DOUBLE_EQ(own.z_tiers[0], 4);
  EXPECT_DOUBLE_EQ(own.z_tiers[2], 6);
  EXPECT_DOUBLE_EQ(own.floor_usd, 5e6);
  EXPECT_DOUBLE_EQ(own.relative_volume_min, 3);
}

}  // namespace spike_test
