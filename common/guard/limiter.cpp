#include "common/guard/limiter.hpp"

#include <charconv>
#include <utility>

#include "common/guard/retry_after.hpp"

namespace guard {

namespace {

constexpr std::int64_t stretch_percent = 80;
constexpr std::int64_t stop_percent = 95;
constexpr base::Millis saved_ahead{2'000};

}  // namespace

Limiter::Limiter(std::string exchange, std::string name, LimitPlan plan)
    : gcra_(plan.interval, plan.burst),
      plan_(std::move(plan)),
      exchange_(std::move(exchange)),
      name_(std::move(name)) {}

bool Limiter::take(std::int64_t units, base::SteadyTime now, base::WallTime wall) {
  if (!gcra_.take(units, now).allowed) return false;
  const auto window = window_at(wall);
  if (std::exchange(window_, window) != window) window_taken_ = 0;
  window_taken_ += units;
  return true;
}

std::int64_t Limiter::window_at(base::WallTime wall) const { return base::to_ms(wall) / plan_.documented.per.count(); }

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
  const auto used = std::max(told, window_ == window_at(wall) ? window_taken_ : 0);
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
