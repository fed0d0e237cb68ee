// Where things go on a picture: ticks, ranges, labels that make room for each other. Pure.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "common/base/time.hpp"

namespace charts {

/// A range of values along pixels; `low` is drawn at `at_low`, which for heights is the larger pixel.
struct Scale {
  double low{}, high{};
  double at_low{}, at_high{};
  [[nodiscard]] double operator()(double value) const {
    return high > low ? at_low + (value - low) / (high - low) * (at_high - at_low) : (at_low + at_high) / 2;
  }
};

/// Multiples of 1, 2 or 5 times a power of ten within the range: at most `most`, and never closer together than
/// `least_step`.
[[nodiscard]] std::vector<double> ticks(double low, double high, int most, double least_step = 0);
/// The fewest decimals that say each of these ticks exactly.
[[nodiscard]] int decimals_of(const std::vector<double>& ticks);

[[nodiscard]] std::string date_label(base::WallTime at);  ///< "21 Nov"

struct TimeTick {
  base::WallTime at{};
  std::string label;  ///< "14:30"; "21 Nov" where a day begins, or when the steps are days
};
/// Round times of UTC within the range, at most `most`.
[[nodiscard]] std::vector<TimeTick> time_ticks(base::WallTime from, base::WallTime to, int most);

/// The part of the range [low, high] of the candles and as many of the levels that the candles keep at least
/// `share_least` of its height: the nearest levels first.
struct Range {
  double low{}, high{};
  [[nodiscard]] bool holds(double value) const { return value >= low && value <= high; }
};
[[nodiscard]] Range range_with(double low, double high, std::vector<double> levels, double share_least);

/// Middles of labels of equal height, moved as little as needed so that none overlaps another and all lie within
/// [from, to], in their old order. When there is no room for all they overlap evenly.
[[nodiscard]] std::vector<double> spread(const std::vector<double>& middles, double height, double from, double to);

}  // namespace charts
