#include "common/stats/atr.hpp"

#include <algorithm>
#include <cmath>

namespace stats {

bool Atr::add(double high, double low, double close) {
  const auto price = [](double x) { return std::isfinite(x) && x > 0; };
  if (!price(high) || !price(low) || !price(close) || low > high) return false;
  const double top = close_before_ > 0 ? std::max(high, close_before_) : high;
  const double bottom = close_before_ > 0 ? std::min(low, close_before_) : low;
  if (count_ < bars_) ++count_;
  mean_ += (top - bottom - mean_) / count_;
  close_before_ = close;
  return true;
}

std::optional<double> Atr::value() const { return count_ >= bars_ ? std::optional(mean_) : std::nullopt; }

void Atr::save(BlobWriter& out) const {
  out.put(count_);
  out.put(mean_);
}

Atr Atr::load(BlobReader& in, std::uint32_t bars) {
  Atr out(bars);
  out.count_ = in.count(bars);
  out.mean_ = in.get<double>();
  if (!std::isfinite(out.mean_) || out.mean_ < 0) in.fail();
  return out;
}

}  // namespace stats
