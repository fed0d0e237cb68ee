#include "common/base/sparkline.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace base {

namespace {

constexpr std::array<const char*, 8> blocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr double unseen = std::numeric_limits<double>::quiet_NaN();

double average(std::span<const double> values) {
  double mean = 0;  // running: a sum of the largest values would not be finite
  int seen = 0;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    ++seen;
    mean += value / seen - mean / seen;
  }
  return seen == 0 ? unseen : mean;
}

std::vector<double> shares(std::span<const double> values, std::size_t count) {
  std::vector<double> out;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t from = values.size() * i / count;
    out.push_back(average(values.subspan(from, values.size() * (i + 1) / count - from)));
  }
  return out;
}

std::size_t block_of(double value, double low, double high) {
  const double span = high / 8 - low / 8;  // an eighth: high - low itself may not be finite
  if (!(span > 0)) return 0;
  const double at = std::floor((value / 8 - low / 8) / span * 8);
  return static_cast<std::size_t>(std::clamp(at, 0.0, 7.0));
}

}  // namespace

std::string sparkline(std::span<const double> values, std::size_t width, SparkFloor floor) {
  const auto shown = shares(values, std::min(width, values.size()));
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const double value : shown) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  if (floor == SparkFloor::zero) low = std::min(low, 0.0);
  std::string out;
  for (const double value : shown) out += std::isfinite(value) ? blocks[block_of(value, low, high)] : "·";
  return out;
}

}  // namespace base
