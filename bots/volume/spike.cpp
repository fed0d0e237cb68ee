#include "bots/volume/spike.hpp"

#include <array>
#include <cmath>

namespace volume {

std::string_view to_string(Lack lack) {
  static constexpr std::array<std::string_view, 7> words{
      "", "z", "relative_volume", "floor_usd", "flow (taker share or return)", "late: only learned from", "warm-up"};
  return words.at(static_cast<std::size_t>(lack));
}

Decision decide(const Measure& measure, const Thresholds& thresholds) {
  Decision out;
  for (const double tier : thresholds.z_tiers) out.tier += measure.z >= tier ? 1 : 0;
  const bool tilted = measure.taker_buy_share && std::fabs(*measure.taker_buy_share - 0.5) >= thresholds.taker_tilt_min;
  const bool moved = measure.move_atr && *measure.move_atr >= thresholds.return_atr_min;
  if (out.tier == 0) {
    out.lack = Lack::z;
  } else if (!(measure.relative_volume >= thresholds.relative_volume_min)) {
    out.lack = Lack::relative_volume;
  } else if (!(measure.volume_usd >= thresholds.floor_usd)) {
    out.lack = Lack::floor;
  } else {
    out.above = true;
    if (!tilted && !moved) out.lack = Lack::flow;
  }
  return out;
}

std::vector<desk::Measured> evidence(const Measure& measure, const Thresholds& thresholds) {
  std::array<desk::Measured, 8> all;  // one step into the vector: this is done for each bar of thousands of contracts
  std::size_t count = 0;
  const auto add = [&](std::string_view name, double value, std::optional<double> threshold) {
    all.at(count++) = {name, value, threshold};
  };
  add("z", measure.z, thresholds.z_tiers[0]);
  add("relative_volume", measure.relative_volume, thresholds.relative_volume_min);
  add("volume_usd", measure.volume_usd, thresholds.floor_usd);
  add("expected_usd", measure.expected_usd, std::nullopt);
  if (measure.taker_buy_share) add("taker_tilt", std::fabs(*measure.taker_buy_share - 0.5), thresholds.taker_tilt_min);
  if (measure.move_atr) add("return_atr", *measure.move_atr, thresholds.return_atr_min);
  add("return", measure.move, std::nullopt);
  add("window_bars", static_cast<double>(measure.bars), std::nullopt);
  return {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace volume
