#include "bots/volume/baseline.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "common/stats/robust.hpp"

namespace volume {

namespace {

constexpr double fixed_point = 1024;
constexpr double hour_step_max = 1.5;  // of ln: one wild hour counts as 4.5 times the usual at most
constexpr double effect_max = 20;      // of ln: fits the fixed point
constexpr std::uint16_t weeks_max = 8;
constexpr std::uint32_t slow_hours_max = 168;
constexpr double weeks_weight = 2;  // shrinkage
constexpr double minutes_weight = 8;
constexpr stats::StreamingMedian::Pace minute_pace{.memory = 2'016, .scale_min = 0.05};
constexpr stats::StreamingMedian::Pace residual_pace{.memory = 1'440, .scale_min = 0.02};

std::int64_t hour_since_epoch(base::WallTime at) {
  return std::chrono::floor<std::chrono::hours>(at).time_since_epoch().count();
}

std::size_t hour_of_week(std::int64_t hour) {
  const std::int64_t since_monday = (hour + 3 * 24) % 168;  // 1970 began on a Thursday
  return static_cast<std::size_t>(since_monday < 0 ? since_monday + 168 : since_monday);
}

std::size_t minute_class(base::WallTime opened_at) {
  const auto minute = std::chrono::floor<std::chrono::minutes>(opened_at).time_since_epoch().count() % 60;
  if (minute % 5 != 0) return 3;
  if (minute == 0) return 0;
  return minute % 15 == 0 ? 1 : 2;
}

}  // namespace

double Baseline::hour_effect(std::size_t hour) const {
  const HourEffect& effect = hours_.at(hour);
  return effect.fixed / fixed_point * effect.weeks / (effect.weeks + weeks_weight);
}

double Baseline::minute_effect(base::WallTime opened_at) const {
  return minutes_.at(minute_class(opened_at)).shrunk(minutes_weight);
}

double Baseline::expected(base::WallTime opened_at) const {
  if (bars_ == 0) return 0;
  const double x = freed_.median() + hour_effect(hour_of_week(hour_since_epoch(opened_at))) + minute_effect(opened_at);
  return std::max(0.0, x);
}

void Baseline::learn(base::WallTime opened_at, base::Millis bar_length, double x, double expected) {
  const std::int64_t hour = hour_since_epoch(opened_at);
  if (bars_ > 0 && hour != hour_since_epoch(last_opened_at_)) {
    end_hour(bar_length);
    bars_of_hour_ = 0;
  }
  last_opened_at_ = opened_at;
  const double of_hour = hour_effect(hour_of_week(hour));
  const double of_minute = minute_effect(opened_at);
  if (bars_ >= level_bars / 4) {  // before, the level itself is not known well enough to learn from what differs
    (void)residuals_[0].add(x - expected, residual_pace);
    (void)minutes_.at(minute_class(opened_at)).add(x - expected + of_minute, minute_pace);
  }
  (void)freed_.add(static_cast<float>(x - of_hour - of_minute));
  ++bars_of_hour_;
  if (bars_ < UINT32_MAX) ++bars_;
}

void Baseline::learn_sum(std::size_t window, double difference) {
  (void)residuals_.at(window).add(difference, residual_pace);
}

void Baseline::end_hour(base::Millis bar_length) {
  const auto whole = static_cast<std::uint32_t>(std::max<std::int64_t>(1, std::chrono::hours(1) / bar_length));
  const auto held = std::min<std::size_t>(bars_of_hour_, freed_.size());
  if (held * 2 < whole) return;  // half an hour missing: its median is another hour's
  std::vector<double> bars;
  bars.reserve(held);
  for (std::size_t back = 1; back <= held; ++back) bars.push_back(freed_.back(back));
  const std::size_t hour = hour_of_week(hour_since_epoch(last_opened_at_));
  move_hour(hour, stats::median(std::move(bars)).value_or(0) + hour_effect(hour), slow_);
}

void Baseline::learn_hour(base::WallTime opened_at, double x) {
  if (opened_at <= last_hour_opened_at_) return;
  last_hour_opened_at_ = opened_at;
  move_hour(hour_of_week(hour_since_epoch(opened_at)), x, slow_hour_);
}

void Baseline::move_hour(std::size_t hour, double figure, SlowLevel& slow) {
  HourEffect& effect = hours_.at(hour);
  if (slow.hours >= 24) {  // the slow level has seen a day: what differs from it is the hour's own
    const double known = effect.fixed / fixed_point;
    if (effect.weeks < weeks_max) ++effect.weeks;
    const double step = std::clamp(figure - slow.value - known, -hour_step_max, hour_step_max) / effect.weeks;
    effect.fixed =
        static_cast<std::int16_t>(std::lround(std::clamp(known + step, -effect_max, effect_max) * fixed_point));
  }
  if (slow.hours < slow_hours_max) ++slow.hours;
  slow.value = static_cast<float>(slow.value + (figure - hour_effect(hour) - slow.value) / slow.hours);
}

std::string Baseline::save() const {
  stats::BlobWriter out;
  out.put(bars_);
  out.put(bars_of_hour_);
  out.put(base::to_ms(last_opened_at_));
  out.put(base::to_ms(last_hour_opened_at_));
  for (auto back = level_bars; back > 0; --back) out.put(back <= freed_.size() ? freed_.back(back) : 0.0F);
  for (const HourEffect& effect : hours_) {
    out.put(effect.fixed);
    out.put(static_cast<std::uint8_t>(effect.weeks));
  }
  for (const auto& minute : minutes_) minute.save(out);
  for (const auto& residual : residuals_) residual.save(out);
  for (const SlowLevel& slow : {slow_, slow_hour_}) {
    out.put(slow.value);
    out.put(slow.hours);
  }
  return std::move(out).seal(blob_kind);
}

base::Result<Baseline> Baseline::load(std::string_view blob) {
  auto opened = stats::BlobReader::open(blob, blob_kind);
  if (!opened) return opened.error();
  stats::BlobReader& in = *opened;
  Baseline out;
  out.bars_ = in.get<std::uint32_t>();
  out.bars_of_hour_ = in.get<std::uint32_t>();
  out.last_opened_at_ = base::from_ms(in.get<std::int64_t>());
  out.last_hour_opened_at_ = base::from_ms(in.get<std::int64_t>());
  for (auto back = level_bars; back > 0; --back) {
    const float freed = in.finite();
    if (back <= out.bars_) (void)out.freed_.add(freed);
  }
  for (HourEffect& effect : out.hours_) {
    effect.fixed = in.get<std::int16_t>();
    effect.weeks = in.get<std::uint8_t>();
    if (effect.weeks > weeks_max) in.fail();
  }
  for (auto& minute : out.minutes_) minute = stats::StreamingMedian::load(in);
  for (auto& residual : out.residuals_) residual = stats::StreamingMedian::load(in);
  for (SlowLevel* slow : {&out.slow_, &out.slow_hour_}) {
    slow->value = in.finite();
    slow->hours = in.count(slow_hours_max);
  }
  if (!in.finished()) {
    return base::Error(base::ErrorKind::bad_data, "stored volume baseline", "a value is out of its range",
                       "it is dropped and learned anew");
  }
  return out;
}

}  // namespace volume
