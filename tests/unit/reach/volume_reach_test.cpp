#include "bots/volume/direction.hpp"
#include "bots/volume/spike.hpp"
#include "tests/unit/reach/reach.hpp"

namespace volume_reach_test {

using namespace volume;
using reach::Side;

reach::Rule<Measure> rule_by(const char* flow) {
  reach::Rule<Measure> rule;
  const bool takers = std::string_view(flow) == "taker_tilt";
  rule.base = [takers] {
    Measure m;
    m.expected_usd = 1;
    if (*rc::gen::arbitrary<bool>()) m.taker_buy_share = 0.5 + *rc::gen::inRange(-9, 10) * 0.01;
    m.move_atr = takers ? std::optional(*rc::gen::inRange(0, 100) * 0.0099) : std::nullopt;
    return m;
  };
  rule.missing = [](const Measure& m) { return std::string(to_string(decide(m, {}).lack)); };
  rule.evidence = [](const Measure& m) { return evidence(m, {}); };
  rule.conditions = {
      {"z", 3, Side::at_least, [](Measure& m, double x) { m.z = x; }, "z"},
      {"relative_volume", 3, Side::at_least, [](Measure& m, double x) { m.relative_volume = x; }, "relative_volume"},
      {"floor_usd", 100'000, Side::at_least, [](Measure& m, double x) { m.volume_usd = x; }, "volume_usd"}};
  if (takers) {
    rule.conditions.push_back({"flow (taker share or return)", 0.10, Side::by_size,
                               [](Measure& m, double x) {
                                 const double tilt =
                                     std::fabs(x) >= 0.1 ? 0.1 + 1e-9 + std::fabs(x) * 0.1 : std::fabs(x) - 1e-12;
                                 m.taker_buy_share = 0.5 + std::copysign(tilt, x);
                               },
                               "taker_tilt"});
  } else {
    rule.conditions.push_back({"flow (taker share or return)", 1, Side::at_least,
                               [](Measure& m, double x) { m.move_atr = x; }, "return_atr"});
  }
  return rule;
}

TEST(Reach, SIG42_VolumeSpikeByTakers) { reach::check("spike by takers", rule_by("taker_tilt")); }
TEST(Reach, SIG42_VolumeSpikeByItsMove) { reach::check("spike by its move", rule_by("return_atr")); }

TEST(Reach, SIG42_EveryTierOfASpike) {
  EXPECT_TRUE(rc::check("tiers at z 3, 4 and 5", [] {
    Measure m;
    m.z = *rc::gen::element(0.0, 2.0, 3.0, 4.0, 5.0) + *rc::gen::element(0.0, 0.001, 0.5, 0.999);
    const int tier = m.z >= 5 ? 3 : m.z >= 4 ? 2 : m.z >= 3 ? 1 : 0;
    RC_CLASSIFY(tier == 3, "3");
    RC_ASSERT(decide(m, {}).tier == tier);
  }));
}

TEST(Reach, SIG45_DirectionFollowsABreakWithFlow) {
  EXPECT_TRUE(rc::check("up, down and nowhere", [] {
    ProfileView view;
    view.value = {98, 102};
    Measure m;
    m.open = *rc::gen::element(97.9, 98.0, 100.0, 102.0, 102.1);
    m.close = *rc::gen::element(97.9, 98.0, 100.0, 102.0, 102.1);
    m.taker_buy_share = *rc::gen::element(0.3, 0.3999, 0.4001, 0.5, 0.5999, 0.6001, 0.7);
    const bool up = m.open <= 102 && m.close > 102 && *m.taker_buy_share >= 0.6;
    const bool down = m.open >= 98 && m.close < 98 && *m.taker_buy_share <= 0.4;
    const auto way = direction_of(m, look_at(view, m.open, m.close), {});
    RC_CLASSIFY(up, "up");
    RC_CLASSIFY(down, "down");
    RC_ASSERT((way == desk::Direction::long_side) == up);
    RC_ASSERT((way == desk::Direction::short_side) == down);
  }));
}

}  // namespace volume_reach_test
