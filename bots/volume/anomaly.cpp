#include "bots/volume/anomaly.hpp"

#include <algorithm>
#include <cmath>

#include "common/stats/robust.hpp"

namespace volume {

namespace {

constexpr std::int64_t day_s = 86'400;
constexpr std::int64_t slot_s = 300;
constexpr std::size_t days_max = 7, days_min = 2;
constexpr std::size_t rows_min = 2;
constexpr std::size_t season_rows_min = 288;
constexpr double season_floor = 0.05;  ///< of the level's standard deviation
constexpr double season_weight = 1.4, drift_weight = 1.5;
constexpr std::uint64_t event_rows = 150;

}  // namespace

void Window::add(double x) {
  if (values_.empty()) shift_ = x;  // sums of squares far from zero lose their digits
  values_.push_back(x);
  sum_ += x - shift_;
  squares_ += (x - shift_) * (x - shift_);
  if (values_.size() <= most_) return;
  const double old = values_.front() - shift_;
  values_.pop_front();
  sum_ -= old;
  squares_ -= old * old;
}

double Window::mean() const { return values_.empty() ? 0 : shift_ + sum_ / static_cast<double>(values_.size()); }

double Window::deviation() const {
  if (values_.empty()) return 0;
  const auto n = static_cast<double>(values_.size());
  return std::sqrt(std::max(0.0, squares_ / n - (sum_ / n) * (sum_ / n)));
}

std::optional<double> Anomaly::usual_now(std::int64_t unix_seconds) const {
  const auto known = by_time_of_day_.find(unix_seconds % day_s / slot_s);
  if (known == by_time_of_day_.end()) return std::nullopt;
  std::vector<double> values;
  for (const auto& seen : known->second)
    if (seen.day < unix_seconds / day_s && seen.day >= unix_seconds / day_s - static_cast<std::int64_t>(days_max))
      values.push_back(seen.value);
  return values.size() < days_min ? std::nullopt : stats::median(std::move(values));
}

void Anomaly::learn_day(std::int64_t unix_seconds, double value) {
  auto& days = by_time_of_day_[unix_seconds % day_s / slot_s];
  days.push_back({unix_seconds / day_s, value});
  if (days.size() > days_max) days.pop_front();
}

double Anomaly::score(std::int64_t unix_seconds, double value) {
  if (!std::isfinite(value)) return 0;
  const double deviation = level_.deviation();
  double z = 0;
  recent_.add(value);
  if (level_.size() >= rows_min && deviation > 0) {
    z = std::fabs(value - level_.mean()) / deviation;
    if (recent_.size() >= 72) z = std::max(z, drift_weight * std::fabs(recent_.mean() - level_.mean()) / deviation);
  }
  const auto usual = usual_now(unix_seconds);
  if (usual) {
    const double off = value - *usual;
    const double own = std::max(off_season_.deviation(), season_floor * deviation);
    if (off_season_.size() >= season_rows_min && own > 0) z = std::max(z, season_weight * std::fabs(off) / own);
    off_season_.add(off);
  }
  level_.add(value);
  learn_day(unix_seconds, value);
  // A stretch counts once, at its strongest so far.
  while (!records_.empty() && records_.front().first + event_rows < rows_) records_.pop_front();
  const bool record = records_.empty() || z > records_.front().second;
  while (!records_.empty() && records_.back().second <= z) records_.pop_back();
  records_.emplace_back(rows_++, z);
  return record ? z / (1 + z) : 0;
}

}  // namespace volume
