#include "common/stats/bollinger.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace stats {

void Bollinger::add(double close) {
  if (!std::isfinite(close)) return;
  closes_.at(next_) = close;
  next_ = (next_ + 1) % bars;
  held_ = std::min(held_ + 1, bars);
}

std::optional<double> Bollinger::position(double price, double width) const {
  if (held_ < bars) return std::nullopt;
  const double mean = std::accumulate(closes_.begin(), closes_.end(), 0.0) / bars;
  double squares = 0;
  for (const double close : closes_) squares += (close - mean) * (close - mean);
  const double edge = width * std::sqrt(squares / bars);
  if (!(edge > 1e-12 * mean)) return std::nullopt;
  return (price - mean) / edge;
}

}  // namespace stats
