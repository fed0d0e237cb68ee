#include "common/guard/saved_wait.hpp"

#include <algorithm>

namespace guard {

namespace {

constexpr base::Millis clock_step_tolerated{5'000};

/// Differences of absurd values must not overflow: nothing beyond 140'000 years counts.
std::int64_t sane(std::int64_t ms) { return std::clamp<std::int64_t>(ms, 0, std::int64_t{1} << 52U); }

}  // namespace

SavedWait save_wait(base::Millis remaining, base::WallTime wall, const base::BootTime& boot) {
  return SavedWait{wall + remaining, remaining, wall, boot.boot_id, boot.since_boot};
}

base::Millis remaining(const SavedWait& saved, base::WallTime wall, const base::BootTime& boot, base::Millis max) {
  const auto most = std::clamp(saved.remaining, base::Millis{0}, max);
  if (!boot.boot_id.empty() && boot.boot_id == saved.boot_id) {
    const base::Millis passed{sane(boot.since_boot.count()) - sane(saved.since_boot.count())};
    return std::clamp(most - passed, base::Millis{0}, most);
  }
  const auto now = sane(base::to_ms(wall));
  if (now < sane(base::to_ms(saved.saved_at)) - clock_step_tolerated.count()) return most;
  return std::clamp(base::Millis{sane(base::to_ms(saved.until)) - now}, base::Millis{0}, most);
}

}  // namespace guard
