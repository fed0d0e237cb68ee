#include "bots/funding/settings.hpp"

#include <cmath>

#include "common/base/text.hpp"

namespace funding {

namespace {

class Problems {
 public:
  void range(const std::string& key, double found, double least, double most) {
    if (std::isfinite(found) && found >= least && found <= most) return;
    lines_.push_back(key + ": " + base::fixed(found, 6) + "; allowed: " + base::fixed(least, 6) + " to " +
                     base::fixed(most, 6));
  }
  [[nodiscard]] std::vector<std::string> lines() && { return std::move(lines_); }

 private:
  std::vector<std::string> lines_;
};

void check(Problems& problems, const std::string& prefix, const ExtremeThresholds& t) {
  problems.range(prefix + "apr_min", t.apr_min, 0.01, 100);
  problems.range(prefix + "z_min", t.z_min, 0.5, 100);
  problems.range(prefix + "mad_floor_r8", t.mad_floor_r8, 1e-8, 0.01);
  problems.range(prefix + "settlements_min", t.settlements_min, 5, 1'000);
  problems.range(prefix + "top_share", t.top_share, 0.001, 1);
  problems.range(prefix + "contracts_min", t.contracts_min, 1, 10'000);
  problems.range(prefix + "r8_threshold", t.r8_threshold, 0.00001, 0.5);
  problems.range(prefix + "rearm_share", t.rearm_share, 0.1, 1);
  problems.range(prefix + "oi_change_min", t.oi_change_min, 0.001, 10);
}

}  // namespace

std::vector<std::string> Settings::validate() const {
  Problems problems;
  check(problems, "extreme.", extreme);
  problems.range("spread.taker_fee", spread.taker_fee, 0, 0.01);
  problems.range("spread.break_even_h_max", spread.break_even_h_max, 1, 8'760);
  problems.range("spread.oi_min_usd", spread.oi_min_usd, 0, 1e12);
  problems.range("spread.r8_threshold", spread.r8_threshold, 0.00001, 0.5);
  problems.range("spread.rearm_share", spread.rearm_share, 0.1, 1);
  problems.range("clock.stale_after (seconds)", static_cast<double>(clock.stale_after.count()) / 1'000, 10, 3'600);
  problems.range("clock.calm_periods", clock.calm_periods, 2, 1'000);
  problems.range("clock.calm_tell_from", clock.calm_tell_from, 1, clock.calm_periods - 1.0);
  problems.range("clock.calm_rate", clock.calm_rate, 0, 0.01);
  problems.range("flip_r8_min", flip_r8_min, 0, 0.1);
  problems.range("history (days)", static_cast<double>(history.count()) / 86'400'000, 1, 90);
  problems.range("late_after (seconds)", static_cast<double>(late_after.count()) / 1'000, 5, 86'400);
  problems.range("contracts_max", static_cast<double>(contracts_max), 1, 100'000);
  for (const auto& [symbol, unused] : symbols) check(problems, "symbols." + symbol + ".", extreme_for(symbol));
  return std::move(problems).lines();
}

ExtremeThresholds Settings::extreme_for(std::string_view symbol) const {
  ExtremeThresholds out = extreme;
  const auto own = symbols.find(symbol);
  if (own == symbols.end()) return out;
  out.apr_min = own->second.apr_min.value_or(out.apr_min);
  out.z_min = own->second.z_min.value_or(out.z_min);
  out.r8_threshold = own->second.r8_threshold.value_or(out.r8_threshold);
  return out;
}

std::string Settings::title_of(const std::string& exchange) const {
  const auto title = exchange_titles.find(exchange);
  return title == exchange_titles.end() ? exchange : title->second;
}

}  // namespace funding
