#include "common/health/clock_offsets.hpp"

#include <algorithm>
#include <cstdlib>

namespace health {
namespace {

constexpr base::Millis round_trip_max{60'000};
constexpr base::Millis step_min{5'000};  ///< no network jitter: one of the two clocks was set

base::Millis distance(base::Millis left, base::Millis right) { return std::chrono::abs(left - right); }

template <class T, class Get>
base::Millis median_of(std::vector<T> values, Get get) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::ranges::nth_element(values, middle, {}, get);
  return get(*middle);
}

}  // namespace

bool OffsetView::worth_showing() const {
  return std::chrono::abs(offset) > ClockOffsets::shown_over && std::chrono::abs(offset) > uncertainty;
}

bool OffsetView::suspect() const { return std::chrono::abs(offset) > ClockOffsets::suspect_over; }

void ClockOffsets::add(std::string_view exchange, base::WallTime server, base::WallTime received,
                       base::Millis round_trip, base::Millis resolution) {
  if (round_trip < base::Millis{0} || round_trip > round_trip_max || resolution < base::Millis{0}) return;
  // The stamp was cut, and was taken somewhere during the round trip: on average in the middle of both.
  const Sample sample{(server + resolution / 2) - (received - round_trip / 2), round_trip, resolution};
  const auto found = samples_.try_emplace(std::string(exchange)).first;
  auto& samples = found->second;
  samples.push_back(sample);
  if (samples.size() > samples_max) samples.pop_front();
  forget_before_a_step(samples);
}

/// Two new samples that agree with each other and not with what was known: a clock was set (F-21). The median would
/// need eight more to notice.
void ClockOffsets::forget_before_a_step(std::deque<Sample>& samples) {
  if (samples.size() < 3) return;
  const auto& last = samples[samples.size() - 1];
  const auto& before = samples[samples.size() - 2];
  if (distance(last.offset, before.offset) >= step_min) return;
  const std::vector<Sample> known(samples.begin(), samples.end() - 2);
  const auto median = median_of(known, [](const Sample& s) { return s.offset; });
  if (distance(last.offset, median) < step_min || distance(before.offset, median) < step_min) return;
  samples.erase(samples.begin(), samples.end() - 2);
}

OffsetView ClockOffsets::judge(const std::string& exchange, const std::deque<Sample>& samples) {
  const auto finest = std::ranges::min(samples, {}, &Sample::resolution).resolution;
  std::vector<Sample> good;
  std::ranges::copy_if(samples, std::back_inserter(good), [&](const Sample& s) { return s.resolution == finest; });
  const auto usual_trip = median_of(good, [](const Sample& s) { return s.round_trip; });
  std::erase_if(good, [&](const Sample& s) { return s.round_trip > usual_trip; });
  const auto offset = median_of(good, [](const Sample& s) { return s.offset; });
  return {exchange, offset, usual_trip / 2 + finest / 2, samples.size()};
}

std::optional<OffsetView> ClockOffsets::view(std::string_view exchange) const {
  const auto found = samples_.find(exchange);
  if (found == samples_.end()) return std::nullopt;
  return judge(found->first, found->second);
}

std::vector<OffsetView> ClockOffsets::views() const {
  std::vector<OffsetView> out;
  for (const auto& [exchange, samples] : samples_) out.push_back(judge(exchange, samples));
  return out;
}

base::WallTime ClockOffsets::exchange_now(std::string_view exchange, base::WallTime wall_now) const {
  const auto known = view(exchange);
  return known ? wall_now + known->offset : wall_now;
}

}  // namespace health
