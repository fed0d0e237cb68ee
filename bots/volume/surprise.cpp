#include "bots/volume/surprise.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace volume {

namespace {

constexpr std::uint32_t bars_min = 30;
constexpr double range_weight = 0.3;
constexpr double range_floor = 1e-5;
constexpr double day_bars = 1'440, hours_bars = 120;
constexpr double minute_memory = 168;  ///< hours
constexpr double deviation_floor = 0.05;
/// Bars, and what their mean is worth: near the square root of their number, by which noise would shrink it.
struct Span {
  std::size_t bars;
  double worth;
};
constexpr std::array<Span, 3> spans{{{1, 1.0}, {3, 1.64}, {5, 2.06}}};

/// Moves a variance towards the square of one more value, evenly while few were seen.
float moved(float variance, double r, std::uint32_t seen, double memory) {
  const double rate = 1 / std::min(memory, static_cast<double>(seen) + 1);
  return static_cast<float>(variance + rate * (r * r - variance));
}

}  // namespace

double Surprise::add(base::WallTime opened_at, double quote_volume, double high, double low, double close) {
  const auto minute = static_cast<std::size_t>(base::to_ms(opened_at) / 60'000 % 60);
  const double raw = std::log1p(quote_volume) - range_weight * std::log((high - low) / close + range_floor);
  const double y = raw - minute_.at(minute);
  double strength = 0;
  if (run_ >= mean_bars) {
    const double mean = std::accumulate(recent_.begin(), recent_.end(), 0.0) / mean_bars;
    const double r = y - mean;
    std::rotate(rise_.begin(), rise_.end() - 1, rise_.end());
    rise_.front() = static_cast<float>(r);
    const auto deviation_of = [](float variance) {
      return std::max(deviation_floor, std::sqrt(static_cast<double>(variance)));
    };
    const double deviation = std::sqrt(deviation_of(day_variance_) * deviation_of(hours_variance_));
    double best = -1e9, sum = 0;
    std::size_t bar = 0;
    for (const auto& span : spans) {
      for (; bar < span.bars; ++bar) sum += rise_.at(bar);
      best = std::max(best, span.worth * sum / static_cast<double>(span.bars));
    }
    if (bars_ >= bars_min) strength = best / deviation;
    day_variance_ = moved(day_variance_, r, bars_, day_bars);
    hours_variance_ = moved(hours_variance_, r, bars_, hours_bars);
    auto& hours = hours_.at(minute);
    minute_.at(minute) += static_cast<float>(r / std::min(minute_memory, hours + 8.0));
    if (hours < UINT16_MAX) ++hours;
    ++bars_;
  } else {
    rise_ = {};
  }
  recent_.at(at_) = static_cast<float>(y);
  at_ = static_cast<std::uint32_t>((at_ + 1) % mean_bars);
  run_ = std::min<std::uint32_t>(run_ + 1, mean_bars);
  return strength;
}

std::string Surprise::save() const {
  stats::BlobWriter out;
  for (const float one : recent_) out.put(one);
  for (const float one : rise_) out.put(one);
  for (const float one : minute_) out.put(one);
  for (const auto seen : hours_) out.put(seen);
  out.put(day_variance_);
  out.put(hours_variance_);
  for (const auto count : {bars_, run_, at_}) out.put(count);
  return std::move(out).seal(blob_kind);
}

base::Result<Surprise> Surprise::load(std::string_view blob) {
  auto opened = stats::BlobReader::open(blob, blob_kind);
  if (!opened) return opened.error();
  stats::BlobReader& in = *opened;
  Surprise out;
  for (float& one : out.recent_) one = in.finite();
  for (float& one : out.rise_) one = in.finite();
  for (float& one : out.minute_) one = in.finite();
  for (auto& seen : out.hours_) seen = in.get<std::uint16_t>();
  out.day_variance_ = in.finite();
  out.hours_variance_ = in.finite();
  out.bars_ = in.get<std::uint32_t>();
  out.run_ = in.count(mean_bars);
  out.at_ = in.count(mean_bars - 1);
  if (out.day_variance_ < 0 || out.hours_variance_ < 0) in.fail();
  if (!in.finished())
    return base::Error(base::ErrorKind::bad_data, "stored ranking of volume candidates", "a value is out of its range",
                       "it is dropped and learned anew");
  return out;
}

}  // namespace volume
