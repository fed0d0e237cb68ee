// The limiter's arithmetic (RL-1): the generic cell rate algorithm. Its whole memory is one time point, in integer
// nanoseconds, so nothing drifts. It never sleeps; it says when.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "common/base/time.hpp"

namespace guard {

class Gcra {
 public:
  using Nanos = std::chrono::nanoseconds;

  struct Answer {
    bool allowed{};
    std::int64_t remaining{};          ///< units that could be taken right after
    Nanos reset_after{};               ///< until the burst is whole again
    std::optional<Nanos> retry_after;  ///< when refused; nullopt: such a cost never passes
  };

  /// One unit each `interval` (over 0), and at most `burst` (over 0) at once. In every window of length W the accepted
  /// cost is at most burst + W / interval.
  Gcra(Nanos interval, std::int64_t burst);

  [[nodiscard]] Answer take(std::int64_t units, base::SteadyTime now);  ///< takes when allowed
  [[nodiscard]] Answer peek(std::int64_t units, base::SteadyTime now) const;
  [[nodiscard]] bool fits(std::int64_t units) const { return units >= 0 && units <= burst_; }  ///< can ever pass
  /// When a cost passes that waits behind `ahead` units; exact for ahead = 0. The cost must fit.
  [[nodiscard]] base::SteadyTime ready_at(std::int64_t ahead, std::int64_t units, base::SteadyTime now) const;

  void block_until(base::SteadyTime until) { blocked_until_ = std::max(blocked_until_, until); }
  void stretch_until(base::SteadyTime until) { stretched_until_ = std::max(stretched_until_, until); }  ///< half rate
  void drain(base::SteadyTime now) { busy_until_ = std::max(busy_until_, now + interval_ * burst_); }   ///< no burst

  /// The theoretical arrival time: idle from then on. Settable, to go on after a restart; never moved back.
  [[nodiscard]] base::SteadyTime busy_until() const { return busy_until_; }
  void busy_until(base::SteadyTime until) { busy_until_ = std::max(busy_until_, until); }
  [[nodiscard]] base::SteadyTime blocked_until() const { return blocked_until_; }
  [[nodiscard]] Nanos busy_max() const { return interval_ * burst_ * 2; }  ///< busy_until is never further off

 private:
  [[nodiscard]] int charge_factor(base::SteadyTime now) const { return now < stretched_until_ ? 2 : 1; }

  Nanos interval_;
  std::int64_t burst_;
  base::SteadyTime busy_until_{base::SteadyTime::min()};
  base::SteadyTime blocked_until_{base::SteadyTime::min()};
  base::SteadyTime stretched_until_{base::SteadyTime::min()};
};

}  // namespace guard
