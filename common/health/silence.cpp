#include "common/health/silence.hpp"

#include <algorithm>
#include <cmath>

namespace health {

namespace {

constexpr double memory_days = 14;  // whole weeks: weekends are quieter
constexpr double week_days = 7;
constexpr double days_per_year = 365.25;
constexpr double activity_max = 4;

base::Millis millis(double minutes) { return base::Millis(static_cast<std::int64_t>(minutes * 60'000)); }

}  // namespace

SilenceModel::SilenceModel(SilenceRules rules) : rules_(rules) {
  tail_rules_.memory = memory_days * minutes_per_day;
  tail_rules_.seen_after = week_days * minutes_per_day;
  tail_rules_.looked_at = rules.feed_years * days_per_year * minutes_per_day;
  tail_rules_.poisson_looked_at = rules.poisson_days * minutes_per_day;
  tail_rules_.chance = rules.chance;
  tail_rules_.prior_mean = rules.prior_per_minute > 0 ? 1 / rules.prior_per_minute : 0;
}

double SilenceModel::market_minutes(base::SteadyTime now) const {
  return running_ ? gap_ + activity_ * minutes(span(counted_to_, now)) : 0.0;
}

void SilenceModel::on_activity(double index, base::SteadyTime now) {
  gap_ = market_minutes(now);
  counted_to_ = now;
  tail_rules_.hours_told = true;
  activity_ = std::isfinite(index) ? std::clamp(index, 1 / activity_max, activity_max) : 1;
}

void SilenceModel::restart(base::SteadyTime now) {
  running_ = true;
  since_ = counted_to_ = now;
  gap_ = 0;
  acted_at_.reset();
}

void SilenceModel::on_action(base::SteadyTime now) {
  if (running_ && !acted_at_) acted_at_ = market_minutes(now);
}

void SilenceModel::on_data(base::SteadyTime now) {
  const double gap = market_minutes(now);
  const bool cured = acted_at_ && gap - *acted_at_ < cured_within * tail_.mean(tail_rules_).value_or(0);
  if (running_ && !cured) tail_.learn(gap, tail_rules_);
  restart(now);
}

SilenceModel::View SilenceModel::view(base::SteadyTime now) const {
  View out;
  if (running_) out.silent = span(since_, now);
  const auto bound = tail_.bound(tail_rules_);
  const auto mean = tail_.mean(tail_rules_);
  if (!bound || !mean) return out;
  const double gap = market_minutes(now);
  out.missing = gap / *mean;
  out.allowed = std::max(rules_.floor, millis(*bound / activity_));
  out.suspicious = running_ && gap >= *bound && out.silent >= rules_.floor;
  return out;
}

std::optional<base::Millis> SilenceModel::mean_gap() const {
  const auto mean = tail_.mean(tail_rules_);
  return mean ? std::optional(millis(*mean / activity_)) : std::nullopt;
}

}  // namespace health
