// Seeded market traffic for the tests of this room: Poisson arrivals whose rate may change with the hour, and bursts.
#pragma once
#include <cmath>
#include <numbers>
#include <random>

#include "tests/unit/health/support.hpp"

namespace health_tests {

inline constexpr double minutes_per_day = 24 * 60;

[[nodiscard]] inline health::Moment at_minute(double minutes) {
  return at(base::Millis(static_cast<std::int64_t>(minutes * 60'000)));
}

struct Flow {
  double per_minute{};
  double swing{};  ///< 0.7: between 30 % and 170 % of it, within each day
  double burst{};  ///< mean number of further events that follow one within seconds
};

/// 1 is the day's mean.
[[nodiscard]] inline double hour_factor(double swing, double minute) {
  return 1 + swing * std::sin(2 * std::numbers::pi * minute / minutes_per_day);
}

class Arrivals {
 public:
  Arrivals(Flow flow, std::uint64_t seed) : flow_(flow), random_(seed) {}

  /// The minute of the next event.
  double next() {
    if (left_ > 0) {
      --left_;
      now_ += exponential_(random_) * 0.05;
      return now_;
    }
    const double rate = flow_.per_minute / (1 + flow_.burst);
    const double most = rate * (1 + flow_.swing);
    do {
      now_ += exponential_(random_) / most;
    } while (uniform_(random_) * most > rate * hour_factor(flow_.swing, now_));
    if (flow_.burst > 0) left_ = std::poisson_distribution<int>(flow_.burst)(random_);
    return now_;
  }

 private:
  Flow flow_;
  std::mt19937_64 random_;
  std::exponential_distribution<double> exponential_{1.0};
  std::uniform_real_distribution<double> uniform_{0.0, 1.0};
  double now_{};
  int left_{};
};

/// EXCHANGES.md 1.2, observed on a quiet afternoon; the priors a fresh bot starts with are half of them.
struct QuietFeed {
  const char* exchange;
  double per_minute;
  int seeds;  ///< the livelier, the more events a seed has
};
inline constexpr QuietFeed quiet_feeds[] = {{"okx", 4.5, 3}, {"bybit", 2.2, 4}, {"gate", 1.8, 4}, {"htx", 0.23, 100}};

}  // namespace health_tests
