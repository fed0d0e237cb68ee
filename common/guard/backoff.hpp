// Retries of one call: when, and whether at all. Pure; the caller draws the random number.
#pragma once
#include <algorithm>
#include <cmath>

#include "common/guard/retry_after.hpp"

namespace guard {

/// Full jitter (RL-5): uniform in [0, min(cap, base · 2^n)].
struct Backoff {
  base::Millis first{500};
  base::Millis cap{30'000};

  /// `tried`: retries made since the start or the server's last push-back; `random` in [0, 1).
  [[nodiscard]] base::Millis delay(int tried, double random) const {
    const auto most = static_cast<double>(doubled(first, tried, cap).count());
    return base::Millis{std::llround(most * std::clamp(random, 0.0, 1.0))};
  }
};

}  // namespace guard
