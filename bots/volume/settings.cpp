#include "bots/volume/settings.hpp"

#include <cmath>

#include "common/base/text.hpp"

namespace volume {

namespace {

class Problems {
 public:
  void range(const std::string& key, double found, double least, double most) {
    if (std::isfinite(found) && found >= least && found <= most) return;
    lines_.push_back(key + ": " + base::fixed(found, 4) + "; allowed: " + base::fixed(least, 4) + " to " +
                     base::fixed(most, 4));
  }
  void rising(const std::string& key, bool rises) {
    if (!rises) lines_.push_back(key + ": each tier must be above the one before");
  }
  [[nodiscard]] std::vector<std::string> lines() && { return std::move(lines_); }

 private:
  std::vector<std::string> lines_;
};

void check(Problems& problems, const std::string& prefix, const Thresholds& t) {
  problems.range(prefix + "z_min", t.z_tiers[0], 1, 50);
  problems.rising(prefix + "z_tiers", t.z_tiers[0] < t.z_tiers[1] && t.z_tiers[1] < t.z_tiers[2]);
  problems.range(prefix + "relative_volume_min", t.relative_volume_min, 1, 1'000);
  problems.range(prefix + "floor_usd", t.floor_usd, 0, 1e12);
  problems.range(prefix + "taker_tilt_min", t.taker_tilt_min, 0, 0.5);
  problems.range(prefix + "return_atr_min", t.return_atr_min, 0, 100);
  problems.range(prefix + "mad_floor", t.mad_floor, 0.001, 10);
}

}  // namespace

std::vector<std::string> Settings::validate() const {
  Problems problems;
  const auto seconds = [](base::Millis span) { return static_cast<double>(span.count()) / 1'000; };
  problems.range("bar_length (seconds)", seconds(bar_length), 60, 86'400);
  problems.range("warm_up_bars", warm_up_bars, 30, 10'000);
  problems.range("late_after (seconds)", seconds(late_after), 5, 86'400);
  problems.range("silence_close (seconds)", seconds(silence_close), 60, 86'400);
  problems.range("instruments_max", static_cast<double>(instruments_max), 1, 100'000);
  check(problems, "spike.", spike);
  for (const auto& [symbol, unused] : symbols) check(problems, "symbols." + symbol + ".", thresholds_for(symbol));
  return std::move(problems).lines();
}

Thresholds Settings::thresholds_for(std::string_view symbol) const {
  Thresholds out = spike;
  const auto own = symbols.find(symbol);
  if (own == symbols.end()) return out;
  if (own->second.z_min) {
    const double shift = *own->second.z_min - out.z_tiers[0];
    for (double& tier : out.z_tiers) tier += shift;
  }
  out.relative_volume_min = own->second.relative_volume_min.value_or(out.relative_volume_min);
  out.floor_usd = own->second.floor_usd.value_or(out.floor_usd);
  return out;
}

std::string Settings::title_of(const std::string& exchange) const {
  const auto title = exchange_titles.find(exchange);
  return title == exchange_titles.end() ? exchange : title->second;
}

}  // namespace volume
