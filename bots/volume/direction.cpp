#include "bots/volume/direction.hpp"

#include <algorithm>
#include <cmath>

namespace volume {

namespace {

constexpr double taker_tilt_full = 0.25;  ///< three quarters one way is a full point
constexpr double break_atr_full = 3;      ///< so many ATR(1 m) beyond the edge is one too

const ProfileView::Range* holding(const std::vector<ProfileView::Range>& nodes, double price) {
  const auto at = std::find_if(nodes.begin(), nodes.end(), [&](const auto& node) { return node.holds(price); });
  return at == nodes.end() ? nullptr : &*at;
}

}  // namespace

ProfileLook look_at(const ProfileView& view, double open, double close) {
  ProfileLook out;
  out.step = step_of(view, open, close);
  out.busiest = view.busiest;
  out.value = view.value;
  const auto* from = holding(view.high_nodes, open);
  const auto* to = holding(view.high_nodes, close);
  if (from != nullptr && from != to) out.leaves = *from;
  if (to != nullptr && from != to) out.reaches = *to;
  if (const auto* thin = holding(view.low_nodes, close)) out.thin = *thin;
  return out;
}

void add_evidence(const ProfileLook& look, std::vector<desk::Measured>& out) {
  out.push_back({"value_area_low", look.value.low, std::nullopt});
  out.push_back({"value_area_high", look.value.high, std::nullopt});
  out.push_back({"busiest_price", look.busiest, std::nullopt});
}

desk::Direction direction_of(const Measure& m, const std::optional<ProfileLook>& look, const Thresholds& t) {
  if (!look || !m.taker_buy_share) return desk::Direction::none;
  const double tilt = *m.taker_buy_share - 0.5;
  if (look->step == Step::breaks_up && tilt >= t.taker_tilt_min) return desk::Direction::long_side;
  if (look->step == Step::breaks_down && -tilt >= t.taker_tilt_min) return desk::Direction::short_side;
  return desk::Direction::none;
}

std::vector<desk::Factor> factors(const Measure& m, const ProfileLook& look, desk::Direction direction,
                                  std::optional<double> atr_1m) {
  const double way = direction == desk::Direction::short_side ? -1 : 1;
  const auto scored = [](double value) { return std::optional(std::clamp(value, -1.0, 1.0)); };
  std::optional<double> flow, distance;
  if (m.taker_buy_share) flow = scored(way * (*m.taker_buy_share - 0.5) / taker_tilt_full);
  const double beyond = way > 0 ? m.close - look.value.high : look.value.low - m.close;
  if (atr_1m && *atr_1m > 0) distance = scored(beyond / *atr_1m / break_atr_full);
  // Where much was traded a price is held up; where little was, nothing stops it.
  const double road = look.thin ? 1 : look.reaches ? -1 : 0;
  return {{"taker flow", flow}, {"break of the value area", distance}, {"volume node", road}};
}

}  // namespace volume
