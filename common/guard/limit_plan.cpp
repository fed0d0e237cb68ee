#include "common/guard/limit_plan.hpp"

#include <algorithm>
#include <cmath>

#include "common/base/text.hpp"

namespace guard {

namespace {

constexpr double rounding = 1e-9;  // three shares of 1/3 are one whole
constexpr std::int64_t units_max = 1'000'000'000;
constexpr base::Millis per_max{std::chrono::days{1}};

bool in_unit_range(double value) { return value > 0 && value <= 1 + rounding; }  // false for NaN

std::int64_t whole(double value) { return static_cast<std::int64_t>(std::floor(value + rounding)); }

}  // namespace

base::Result<LimitPlan> plan_limit(const std::string& place, const DocumentedLimit& documented, double share,
                                   double headroom) {
  using base::ErrorKind;
  if (documented.units < 1 || documented.units > units_max || documented.per < base::Millis{1} ||
      documented.per > per_max)
    return base::Error(ErrorKind::config, place, "the limit is no number of units over a time",
                       "units 1 to 1000000000, per 1 ms to 1 day");
  if (!in_unit_range(share) || !in_unit_range(headroom))
    return base::Error(ErrorKind::config, place, "the share or the headroom is out of range", "over 0, at most 1");
  const double mine = static_cast<double>(documented.units) * (documented.undivided ? 1.0 : share);
  LimitPlan plan{documented, {}, 1, whole(mine)};
  if (plan.share_max < 1)
    return base::Error(ErrorKind::config, place,
                       "a share of " + base::fixed(share, 3) + " of " + base::grouped(documented.units) +
                           " units is less than one unit in a window",
                       "raise this bot's share of it, or leave it to one bot");
  // In any window at most burst + per / interval units pass; both are whole, so the quotient may be rounded down.
  plan.burst = std::max<std::int64_t>(1, whole(mine * (1 - headroom)));
  const auto window = std::chrono::duration_cast<Gcra::Nanos>(documented.per);
  plan.interval =
      Gcra::Nanos{static_cast<std::int64_t>(std::ceil(static_cast<double>(window.count()) / (mine * headroom)))};
  const auto steady_max = plan.share_max - plan.burst;  // the slower rate, where the burst leaves less
  if (window / plan.interval > steady_max) plan.interval = window / (steady_max + 1) + Gcra::Nanos{1};
  return plan;
}

std::vector<std::string> share_problems(const std::map<std::string, double>& shares) {
  std::vector<std::string> out;
  double sum = 0;
  for (const auto& [bot, share] : shares) {
    if (!in_unit_range(share)) out.push_back("the share of " + bot + " is not over 0 and at most 1");
    sum += share;
  }
  if (out.empty() && sum > 1 + rounding)
    out.push_back("the bots' shares add up to " + base::fixed(sum, 3) + ", over 1");
  return out;
}

}  // namespace guard
