#include "common/guard/gcra.hpp"

#include <cassert>

namespace guard {

Gcra::Gcra(Nanos interval, std::int64_t burst) : interval_(interval), burst_(burst) {
  assert(interval.count() > 0 && burst > 0 && burst <= Nanos::max() / interval / 1024);
}

base::SteadyTime Gcra::ready_at(std::int64_t ahead, std::int64_t units, base::SteadyTime now) const {
  assert(fits(units));
  const auto start = std::max(now, blocked_until_);
  const auto busy = std::max(start, busy_until_);
  const auto plain = std::max(start, busy + interval_ * (ahead + units - burst_));
  if (start >= stretched_until_) return plain;
  // A cost over half the burst passes a stretched limiter too: when it is idle.
  const auto tolerance = interval_ * std::max(burst_, 2 * units);
  const auto stretched = std::max(start, busy + interval_ * (2 * (ahead + units)) - tolerance);
  return std::min(stretched, std::max(plain, stretched_until_));
}

Gcra::Answer Gcra::peek(std::int64_t units, base::SteadyTime now) const {
  Answer out;
  auto busy = std::max(now, busy_until_);
  if (fits(units)) {
    const auto ready = ready_at(0, units, now);
    out.allowed = ready <= now;
    if (out.allowed) {
      busy += interval_ * (units * charge_factor(now));
    } else {
      out.retry_after = ready - now;
    }
  }
  out.reset_after = busy - now;
  out.remaining = std::max<std::int64_t>(0, (interval_ * burst_ - out.reset_after) / (interval_ * charge_factor(now)));
  if (now < blocked_until_) out.remaining = 0;
  return out;
}

Gcra::Answer Gcra::take(std::int64_t units, base::SteadyTime now) {
  const auto out = peek(units, now);
  if (out.allowed && units > 0) busy_until_ = now + out.reset_after;
  return out;
}

}  // namespace guard
