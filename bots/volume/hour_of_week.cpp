#include "bots/volume/hour_of_week.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "common/stats/robust.hpp"

namespace volume {

namespace {

constexpr double fixed_point = 1024;
constexpr double step_max = 1.5;            // of ln: one wild hour counts as 4.5 times the usual at most
constexpr double effect_max = 20;           // of ln: fits the fixed point
constexpr std::uint8_t weeks_max = 8;       // then old weeks fade
constexpr double errors_min = 2;            // standard errors that an effect must stand out by
constexpr std::uint32_t first_counts = 24;  // hours, by which the first guess of the variance counts
constexpr std::uint32_t memory = 1'344;     // hours: eight weeks

std::size_t slot_of(std::int32_t hour) {
  return static_cast<std::size_t>((hour + 3 * 24) % 168);  // from Monday: 1970 began on a Thursday
}

}  // namespace

std::int32_t hour_of(base::WallTime at) {
  const auto hour = std::chrono::floor<std::chrono::hours>(at).time_since_epoch().count();
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(hour, 0, 1'000'000'000));
}

std::optional<DayAround::Judged> DayAround::add(std::int32_t hour, double figure) {
  if (hour <= newest_) return std::nullopt;
  if (newest_ < 0 || hour - newest_ >= hours)
    figures_.fill(none);
  else
    for (std::int32_t missing = newest_ + 1; missing < hour; ++missing) at(missing) = none;
  newest_ = hour;
  at(hour) = static_cast<float>(figure);
  const std::int32_t middle = hour - hours / 2;
  if (middle < 0 || at(middle) <= none) return std::nullopt;
  std::vector<double> held;
  held.reserve(hours);
  for (const float one : figures_)
    if (one > none) held.push_back(one);
  if (held.size() < held_min) return std::nullopt;
  return Judged{middle, at(middle) - stats::median(std::move(held)).value_or(0)};
}

void DayAround::save(stats::BlobWriter& out) const {
  out.put(newest_);
  for (const float figure : figures_) out.put(figure);
}

DayAround DayAround::load(stats::BlobReader& in) {
  DayAround out;
  out.newest_ = in.get<std::int32_t>();
  if (out.newest_ < -1) in.fail();
  for (float& figure : out.figures_) figure = in.finite();
  return out;
}

void HourOfWeek::learn(std::int32_t hour, double difference) {
  const auto slot = slot_of(hour);
  auto& weeks = weeks_.at(slot);
  const double known = fixed_.at(slot) / fixed_point;
  if (weeks < weeks_max) ++weeks;
  const double step = std::clamp(difference - known, -step_max, step_max);
  if (weeks > 1) {
    if (seen_ < memory) ++seen_;
    variance_ += static_cast<float>((step * step * (weeks - 1) / weeks - variance_) / (seen_ + first_counts));
  }
  const double moved = std::clamp(known + step / weeks, -effect_max, effect_max);
  fixed_.at(slot) = static_cast<std::int16_t>(std::lround(moved * fixed_point));
}

double HourOfWeek::effect(std::int32_t hour) const {
  const auto slot = slot_of(hour);
  const double mean = fixed_.at(slot) / fixed_point;
  if (fixed_.at(slot) == 0) return 0;
  const double error = variance_ / weeks_.at(slot);  // of the mean, squared
  return mean * std::max(0.0, 1 - errors_min * errors_min * error / (mean * mean));
}

void HourOfWeek::save(stats::BlobWriter& out) const {
  for (std::size_t slot = 0; slot < hours; ++slot) {
    out.put(fixed_.at(slot));
    out.put(weeks_.at(slot));
  }
  out.put(variance_);
  out.put(seen_);
}

HourOfWeek HourOfWeek::load_v1(stats::BlobReader& in) {
  HourOfWeek out;
  for (std::size_t slot = 0; slot < hours; ++slot) {
    out.fixed_.at(slot) = in.get<std::int16_t>();
    out.weeks_.at(slot) = in.get<std::uint8_t>();
    if (out.weeks_.at(slot) > weeks_max || (out.weeks_.at(slot) == 0 && out.fixed_.at(slot) != 0)) in.fail();
  }
  return out;
}

HourOfWeek HourOfWeek::load(stats::BlobReader& in) {
  HourOfWeek out = load_v1(in);
  out.variance_ = in.finite();
  out.seen_ = in.count(memory);
  if (out.variance_ < 0) in.fail();
  return out;
}

}  // namespace volume
