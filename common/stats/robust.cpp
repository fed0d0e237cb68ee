#include "common/stats/robust.hpp"

#include <algorithm>
#include <cmath>

namespace stats {

namespace {

double median_of(std::vector<double>& sample) {
  const auto middle = sample.begin() + static_cast<std::ptrdiff_t>(sample.size() / 2);
  std::nth_element(sample.begin(), middle, sample.end());
  if (sample.size() % 2 == 1) return *middle;
  const double below = *std::max_element(sample.begin(), middle);
  return below + (*middle - below) / 2;
}

bool usable(const std::vector<double>& sample) {
  return !sample.empty() && std::all_of(sample.begin(), sample.end(), [](double x) { return std::isfinite(x); });
}

}  // namespace

std::optional<double> median(std::vector<double> sample) {
  if (!usable(sample)) return std::nullopt;
  return median_of(sample);
}

std::optional<Spread> median_and_mad(std::vector<double> sample) {
  if (!usable(sample)) return std::nullopt;
  Spread spread{.median = median_of(sample), .mad = 0};
  for (double& x : sample) x = std::fabs(x - spread.median);
  spread.mad = median_of(sample);
  return spread;
}

std::optional<double> robust_z(double x, const Spread& spread, double mad_floor) {
  const double divisor = std::max(spread.mad, mad_floor);
  if (!(divisor > 0)) return std::nullopt;
  const double z = 0.6745 * (x - spread.median) / divisor;
  return std::isfinite(z) ? std::optional(z) : std::nullopt;
}

}  // namespace stats
