#include "bots/volume/baseline.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "common/stats/robust.hpp"

namespace volume {

namespace {

constexpr double minutes_weight = 8;
constexpr stats::StreamingMedian::Pace minute_pace{.memory = 2'016, .scale_min = 0.05};
constexpr stats::StreamingMedian::Pace residual_pace{.memory = 1'440, .scale_min = 0.02};

std::size_t minute_class(base::WallTime opened_at) {
  const auto minute = std::chrono::floor<std::chrono::minutes>(opened_at).time_since_epoch().count() % 60;
  if (minute % 5 != 0) return 3;
  if (minute == 0) return 0;
  return minute % 15 == 0 ? 1 : 2;
}

}  // namespace

double Baseline::minute_effect(base::WallTime opened_at) const {
  return minutes_.at(minute_class(opened_at)).shrunk(minutes_weight);
}

std::vector<double> Baseline::recent_volumes(std::size_t bars_max, base::WallTime opened_at, double x) const {
  std::vector<double> out;
  const std::size_t held = std::min(bars_max, freed_.size());
  out.reserve(held + 1);
  for (std::size_t back = held; back > 0; --back) out.push_back(std::expm1(freed_.back(back)));
  out.push_back(std::expm1(x - hours_.effect(hour_of(opened_at)) - minute_effect(opened_at)));
  return out;
}

double Baseline::expected(base::WallTime opened_at) const {
  if (bars_ == 0) return 0;
  const double x = freed_.median() + hours_.effect(hour_of(opened_at)) + minute_effect(opened_at);
  return std::max(0.0, x);
}

void Baseline::learn(base::WallTime opened_at, base::Millis bar_length, double x, double expected) {
  const std::int32_t hour = hour_of(opened_at);
  if (bars_ == 0) first_hour_ = hour;
  if (bars_ > 0 && hour != hour_of(last_opened_at_)) {
    end_hour(bar_length);
    bars_of_hour_ = 0;
  }
  last_opened_at_ = opened_at;
  const double of_hour = hours_.effect(hour), of_minute = minute_effect(opened_at);
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
  const std::int32_t hour = hour_of(last_opened_at_);
  const double figure = stats::median(std::move(bars)).value_or(0) + hours_.effect(hour);
  const auto judged = around_bars_.add(hour, figure);
  if (judged && judged->hour > judged_of_hours_) hours_.learn(judged->hour, judged->difference);
}

void Baseline::learn_hour(base::WallTime opened_at, double x) {
  if (opened_at <= last_hour_opened_at_) return;
  last_hour_opened_at_ = opened_at;
  const auto judged = around_hours_.add(hour_of(opened_at), x);
  if (!judged || (bars_ > 0 && judged->hour >= first_hour_)) return;
  judged_of_hours_ = judged->hour;
  const auto before = newest_effects();
  hours_.learn(judged->hour, judged->difference);
  free_again(before);
}

/// Of the hours that the ring reaches into, the newest first.
std::array<double, 3> Baseline::newest_effects() const {
  const std::int32_t newest = hour_of(last_opened_at_);
  return {hours_.effect(newest), hours_.effect(newest - 1), hours_.effect(newest - 2)};
}

/// Weeks that are learned at once change what an hour adds; the bars of the ring were freed of what it was said to add.
void Baseline::free_again(const std::array<double, 3>& effects_before) {
  const auto effects = newest_effects();
  if (bars_ == 0 || effects == effects_before) return;
  const auto freed_before = freed_;
  for (std::size_t back = freed_before.size(); back > 0; --back) {
    // Whole hours before the newest one: where bars are missing, a few count to the hour beside theirs.
    const std::size_t hour = back <= bars_of_hour_ ? 0 : std::min<std::size_t>(1 + (back - bars_of_hour_ - 1) / 60, 2);
    (void)freed_.add(freed_before.back(back) + static_cast<float>(effects_before.at(hour) - effects.at(hour)));
  }
}

std::string Baseline::save() const {
  stats::BlobWriter out;
  out.put(bars_);
  out.put(bars_of_hour_);
  out.put(base::to_ms(last_opened_at_));
  out.put(base::to_ms(last_hour_opened_at_));
  for (auto back = level_bars; back > 0; --back) out.put(back <= freed_.size() ? freed_.back(back) : 0.0F);
  hours_.save(out);
  for (const auto& minute : minutes_) minute.save(out);
  for (const auto& residual : residuals_) residual.save(out);
  out.put(first_hour_);
  out.put(judged_of_hours_);
  around_bars_.save(out);
  around_hours_.save(out);
  return std::move(out).seal(blob_kind);
}

base::Result<Baseline> Baseline::load(std::string_view blob) {
  auto opened = stats::BlobReader::open(blob, blob_kind);
  const bool v1 = !opened;
  if (v1) {
    auto older = stats::BlobReader::open(blob, blob_kind_v1);
    if (!older) return opened.error();
    opened = std::move(older);
  }
  stats::BlobReader& in = *opened;
  Baseline out;
  out.bars_ = in.get<std::uint32_t>();
  out.bars_of_hour_ = in.get<std::uint32_t>();
  out.last_opened_at_ = base::from_ms(in.get<std::int64_t>());
  out.last_hour_opened_at_ = base::from_ms(in.get<std::int64_t>());
  std::array<float, level_bars> freed{};
  for (float& one : freed) one = in.finite();
  const std::size_t held = std::min<std::size_t>(out.bars_, level_bars);
  for (std::size_t nth = 0; nth < held; ++nth) {
    const std::size_t of_ring = held < level_bars ? nth : (out.bars_ + nth) % level_bars;  // the first layout
    (void)out.freed_.add(freed.at(v1 ? of_ring : level_bars - held + nth));
  }
  out.hours_ = v1 ? HourOfWeek::load_v1(in) : HourOfWeek::load(in);
  for (auto& minute : out.minutes_) minute = stats::StreamingMedian::load(in);
  for (auto& residual : out.residuals_) residual = stats::StreamingMedian::load(in);
  if (v1) {
    // Two slow levels, of no use any more; and its hours are those of its bars.
    for (int slow = 0; slow < 2; ++slow) (void)in.finite(), (void)in.get<std::uint32_t>();
    out.first_hour_ = hour_of(out.last_opened_at_) - static_cast<std::int32_t>(out.bars_ / 60);
  } else {
    out.first_hour_ = in.get<std::int32_t>();
    out.judged_of_hours_ = in.get<std::int32_t>();
    out.around_bars_ = DayAround::load(in);
    out.around_hours_ = DayAround::load(in);
  }
  if (!in.finished()) {
    return base::Error(base::ErrorKind::bad_data, "stored volume baseline", "a value is out of its range",
                       "it is dropped and learned anew");
  }
  return out;
}

}  // namespace volume
