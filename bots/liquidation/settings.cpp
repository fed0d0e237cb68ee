#include "bots/liquidation/settings.hpp"

#include <cmath>

#include "common/base/text.hpp"

namespace liquidation {

namespace {

class Problems {
 public:
  void range(const std::string& key, double found, double least, double most) {
    if (std::isfinite(found) && found >= least && found <= most) return;
    lines_.push_back(key + ": " + base::fixed(found, 4) + "; allowed: " + base::fixed(least, 4) + " to " +
                     base::fixed(most, 4));
  }
  void must(const std::string& key, bool holds, const std::string& rule) {
    if (!holds) lines_.push_back(key + ": " + rule);
  }
  void floors(const std::string& key, const Floors& f) {
    range(key + ".major_usd", f.major_usd, 0, 1e12);
    range(key + ".large_usd", f.large_usd, 0, 1e12);
    range(key + ".rest_usd", f.rest_usd, 0, 1e12);
  }
  [[nodiscard]] std::vector<std::string> lines() && { return std::move(lines_); }

 private:
  std::vector<std::string> lines_;
};

double seconds(base::Millis span) { return static_cast<double>(span.count()) / 1'000; }

double floor_of(const Settings& settings, const Floors& floors, std::string_view asset) {
  if (settings.major_assets.contains(asset)) return floors.major_usd;
  return settings.large_assets.contains(asset) ? floors.large_usd : floors.rest_usd;
}

}  // namespace

std::vector<std::string> Settings::validate() const {
  Problems problems;
  problems.floors("print_floors", print_floors);
  problems.floors("cascade_floors", cascade_floors);
  problems.range("print.own_factor", print.own_factor, 0.1, 1'000);
  problems.range("print.events_min", static_cast<double>(print.events_min), 1, 1e6);
  problems.range("cascade.own_factor", cascade.own_factor, 0.1, 1'000);
  problems.range("cascade.minutes_min", static_cast<double>(cascade.minutes_min), 1, 10'080);
  problems.range("cascade.events_min", static_cast<double>(cascade.events_min), 1, 10'000);
  problems.range("cascade.exchanges_min", static_cast<double>(cascade.exchanges_min), 1, 100);
  problems.range("cascade.move_atr_min", cascade.move_atr_min, 0, 100);
  problems.range("cascade.close_share", cascade.close_share, 0.01, 0.99);
  problems.range("cascade.close_after (seconds)", seconds(cascade.close_after), 10, 200);
  problems.range("cascade.lull (seconds)", seconds(cascade.lull), 5, 86'400);
  problems.range("cascade.blind_close (seconds)", seconds(cascade.blind_close), 60, 86'400);
  problems.range("reversal.ratio_min", reversal.ratio_min, 0.1, 1'000);
  problems.range("reversal.score_min", reversal.score_min, 0, 1);
  problems.range("reversal.factors_min", static_cast<double>(reversal.factors_min), 1, 4);
  problems.range("reversal.band_width", reversal.band_width, 0.1, 10);
  problems.range("reversal.taker_tilt_full", reversal.taker_tilt_full, 0.01, 0.5);
  problems.range("reversal.depth_lean_full", reversal.depth_lean_full, 0.01, 1);
  problems.range("reversal.sample_within (seconds)", seconds(reversal.sample_within), 5, 300);
  problems.must("cascade.tiers",
                cascade.tiers[0] >= 1 && cascade.tiers[0] < cascade.tiers[1] && cascade.tiers[1] < cascade.tiers[2],
                "each tier must be above the one before, the first at least 1");
  problems.range("late_after (seconds)", seconds(late_after), 5, 86'400);
  problems.range("assets_max", static_cast<double>(assets_max), 1, 100'000);
  for (const auto& [asset, own] : assets) {
    problems.range("assets." + asset + ".print_floor_usd", own.print_floor_usd.value_or(0), 0, 1e12);
    problems.range("assets." + asset + ".cascade_floor_usd", own.cascade_floor_usd.value_or(0), 0, 1e12);
  }
  return std::move(problems).lines();
}

PrintThresholds Settings::print_for(std::string_view asset) const {
  PrintThresholds out = print;
  out.floor_usd = floor_of(*this, print_floors, asset);
  const auto own = assets.find(asset);
  if (own != assets.end()) out.floor_usd = own->second.print_floor_usd.value_or(out.floor_usd);
  return out;
}

CascadeThresholds Settings::cascade_for(std::string_view asset) const {
  CascadeThresholds out = cascade;
  out.floor_usd = floor_of(*this, cascade_floors, asset);
  const auto own = assets.find(asset);
  if (own != assets.end()) out.floor_usd = own->second.cascade_floor_usd.value_or(out.floor_usd);
  return out;
}

std::string Settings::title_of(const std::string& exchange) const {
  const auto title = exchange_titles.find(exchange);
  return title == exchange_titles.end() ? exchange : title->second;
}

}  // namespace liquidation
