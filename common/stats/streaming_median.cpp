#include "common/stats/streaming_median.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace stats {

namespace {

// The step that settles fastest is 1 / (2 f): f is the density at the median, here of a normal one, in units of the
// MAD.
constexpr double median_gain = 1.858;
constexpr double mad_gain = 1.166;

}  // namespace

bool StreamingMedian::add(double x, const Pace& pace) {
  if (!std::isfinite(x) || std::fabs(x) > 1e30) return false;
  if (count_ < first_size) {
    first_[count_++] = static_cast<float>(x);
    const auto exact = median_and_mad(std::vector<double>(first_.begin(), first_.begin() + count_));
    median_ = static_cast<float>(exact->median);
    mad_ = static_cast<float>(exact->mad);
    return true;
  }
  const double rate = 1.0 / std::min(count_ + 1, std::max(pace.memory, first_size));
  const double scale = std::max<double>(mad_, pace.scale_min);
  const double away = x - median_;
  const auto step = [&](double gain, double distance) {  // never past the value that pulls
    return std::clamp(distance, -gain * scale * rate, gain * scale * rate);
  };
  const double deviation = std::fabs(away);
  median_ = static_cast<float>(median_ + step(median_gain, away));
  mad_ = static_cast<float>(std::max(0.0, mad_ + step(mad_gain, deviation - mad_)));
  if (count_ < UINT32_MAX) ++count_;
  return true;
}

void StreamingMedian::save(BlobWriter& out) const {
  out.put(count_);
  out.put(median_);
  out.put(mad_);
  if (count_ > first_size) return;  // the first ones have done their work
  for (std::uint32_t at = 0; at < count_; ++at) out.put(first_[at]);
}

StreamingMedian StreamingMedian::load(BlobReader& in) {
  StreamingMedian out;
  out.count_ = in.get<std::uint32_t>();
  out.median_ = in.finite();
  out.mad_ = in.finite();
  if (out.mad_ < 0) in.fail();
  if (in.ok() && out.count_ <= first_size) {
    for (std::uint32_t at = 0; at < out.count_; ++at) out.first_[at] = in.finite();
  }
  return out;
}

}  // namespace stats
