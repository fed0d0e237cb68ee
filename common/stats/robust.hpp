// Exact median and MAD of a small sample, and the robust z of one value against them.
#pragma once
#include <optional>
#include <span>
#include <vector>

namespace stats {

/// Absent for an empty sample and when a value is not finite. Takes its own copy: it reorders.
[[nodiscard]] std::optional<double> median(std::vector<double> sample);

struct Spread {
  double median{};
  double mad{};  ///< median of |x - median|, not scaled
};
[[nodiscard]] std::optional<Spread> median_and_mad(std::vector<double> sample);

/// 0.6745 (x - median) / max(MAD, mad_floor): what a z is for normal data. Absent when something is not finite or the
/// divisor is not positive.
[[nodiscard]] std::optional<double> robust_z(double x, const Spread& spread, double mad_floor);

}  // namespace stats
