#include "bots/liquidation/reversal.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace liquidation {

namespace {

constexpr double ratio_max = 1'000;  ///< the other side had next to nothing

/// 1 when the direction is up: longs were closed by force.
double up(const ReversalMeasure& m) { return m.side == market::PositionSide::long_side ? 1 : -1; }

std::optional<double> scored(std::optional<double> value, double full) {
  return value ? std::optional(std::clamp(*value / full, -1.0, 1.0)) : std::nullopt;
}

std::size_t known(const std::vector<desk::Factor>& all) {
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [](const auto& f) { return f.score; }));
}

}  // namespace

double ReversalMeasure::ratio() const {
  return other_usd * ratio_max <= liquidated_usd ? ratio_max : liquidated_usd / other_usd;
}

std::string_view to_string(ReversalLack lack) {
  static constexpr std::array<std::string_view, 5> words{"", "side_ratio", "price: not known", "factors_known",
                                                         "score"};
  return words.at(static_cast<std::size_t>(lack));
}

std::vector<desk::Factor> factors(const ReversalMeasure& m, const ReversalThresholds& t) {
  const auto turned = [&](std::optional<double> value) { return value ? std::optional(up(m) * *value) : std::nullopt; };
  const auto tilt = m.taker_buy_share ? std::optional(*m.taker_buy_share - 0.5) : std::nullopt;
  return {{"liquidated side", scored(std::log2(m.ratio() / t.ratio_min), 1)},
          {"taker flow", scored(turned(tilt), t.taker_tilt_full)},
          {"Bollinger band", scored(turned(m.band_position), -1)},
          {"depth", scored(turned(m.depth_lean), t.depth_lean_full)}};
}

double score_of(const std::vector<desk::Factor>& all) {
  double sum = 0;
  for (const auto& factor : all) sum += factor.score.value_or(0);
  return all.empty() ? 0 : sum / static_cast<double>(all.size());
}

std::string missing_in(const std::vector<desk::Factor>& all) {
  std::string out;
  for (const auto& factor : all)
    if (!factor.score) out += (out.empty() ? "" : ", ") + factor.name;
  return out;
}

ReversalLack decide(const ReversalMeasure& m, const ReversalThresholds& t) {
  const auto all = factors(m, t);
  if (!(m.ratio() >= t.ratio_min)) return ReversalLack::ratio;
  if (!m.price) return ReversalLack::price;
  if (known(all) < t.factors_min) return ReversalLack::factors;
  return score_of(all) >= t.score_min ? ReversalLack::nothing : ReversalLack::score;
}

std::vector<desk::Measured> evidence(const ReversalMeasure& m, const ReversalThresholds& t) {
  const auto all = factors(m, t);
  std::vector<desk::Measured> out;
  out.push_back({"side_ratio", m.ratio(), t.ratio_min});
  out.push_back({"factors_known", static_cast<double>(known(all)), static_cast<double>(t.factors_min)});
  out.push_back({"score", score_of(all), t.score_min});
  out.push_back({"liquidated_usd", m.liquidated_usd, std::nullopt});
  out.push_back({"other_side_usd", m.other_usd, std::nullopt});
  if (m.taker_buy_share) out.push_back({"taker_buy_share", *m.taker_buy_share, std::nullopt});
  if (m.band_position) out.push_back({"band_position", *m.band_position, std::nullopt});
  if (m.depth_lean) out.push_back({"depth_lean", *m.depth_lean, std::nullopt});
  return out;
}

}  // namespace liquidation
