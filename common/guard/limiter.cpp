#include "common/guard/limiter.hpp"

#include <charconv>

#include "common/guard/retry_after.hpp"

namespace guard {

namespace {

constexpr std::int64_t stretch_percent = 80;
constexpr std::int64_t stop_percent = 95;
constexpr base::Millis saved_ahead{2'000};

}  // namespace

Limiter::Limiter(std::string exchange, std::string name, LimitPlan plan)
    : exchange_(std::move(exchange)),
      name_(std::move(name)),
      plan_(std::move(plan)),
      gcra_(plan_.interval, plan_.burst) {}

bool Limiter::take(std::int64_t units, base::SteadyTime now, base::WallTime wall) {
  if (!gcra_.take(units, now).allowed) return false;
  window_taken_ = taken_in_window(wall) + units;
  window_ = base::to_ms(wall) / plan_.documented.per.count();
  return true;
}

std::int64_t Limiter::taken_in_window(base::WallTime wall) const {
  return window_ == base::to_ms(wall) / plan_.documented.per.count() ? window_taken_ : 0;
}

void Limiter::block_until(base::SteadyTime until) {
  if (until <= gcra_.blocked_until()) return;
  gcra_.block_until(until);
  block_unsaved_ = true;
}

void Limiter::on_usage(std::string_view header_value, base::SteadyTime now, base::WallTime wall) {
  std::int64_t count = 0;
  const auto* const end = header_value.data() + header_value.size();
  const auto [stopped, problem] = std::from_chars(header_value.data(), end, count);
  const auto limit = plan_.documented.units;
  if (problem != std::errc{} || stopped != end || count < 0) return;
  count = std::min(count, 2 * limit);
  const auto told = plan_.documented.usage_counts == UsageCounts::used ? count : limit - count;
  const auto used = std::max(told, taken_in_window(wall));
  const auto per = plan_.documented.per;
  const auto window_end = now + (per - base::Millis{base::to_ms(wall) % per.count()});
  if (used * 100 > limit * stop_percent) return block_until(window_end);
  if (used * 100 > limit * stretch_percent) gcra_.stretch_until(window_end);
}

bool Limiter::must_save() const { return block_unsaved_ || gcra_.busy_until() > saved_busy_; }

LimiterRow Limiter::save(base::SteadyTime now, base::WallTime wall, const base::BootTime& boot) {
  const auto left = [now](base::SteadyTime until) {
    return until <= now ? base::Millis{0} : std::chrono::ceil<base::Millis>(until - now);
  };
  saved_busy_ = std::max(now, gcra_.busy_until()) + saved_ahead;
  block_unsaved_ = false;
  return LimiterRow{exchange_, name_, save_wait(left(saved_busy_), wall, boot),
                    save_wait(left(gcra_.blocked_until()), wall, boot)};
}

void Limiter::restore(const LimiterRow& row, base::SteadyTime now, base::WallTime wall, const base::BootTime& boot) {
  const auto busy_max = std::chrono::ceil<base::Millis>(gcra_.busy_max());
  gcra_.busy_until(now + remaining(row.busy, wall, boot, busy_max));
  gcra_.block_until(now + remaining(row.blocked, wall, boot, server_wait_max + server_wait_margin));
}

}  // namespace guard
