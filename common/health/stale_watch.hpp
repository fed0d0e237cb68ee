// Two questions that a loop cannot be trusted to ask about itself: does it still turn, and does it mostly fail?
#pragma once
#include <atomic>
#include <cstdint>

#include "common/health/alert_board.hpp"

namespace health {

/// F-27: the loop only stamps; somebody else judges. The stamps are atomic, so that the judge may be the watchdog's
/// thread when the loop's own thread hangs.
class StaleWatch {
 public:
  StaleWatch(base::Millis stale_after, Moment started);
  void cycle_started(Moment now);
  void cycle_finished(Moment now);
  [[nodiscard]] std::uint64_t cycles() const { return cycles_.load(); }  ///< finished ones
  [[nodiscard]] bool stale(Moment now) const;  ///< no cycle finished for stale_after, the start counted as one
  [[nodiscard]] Condition judge(Moment now) const;

 private:
  using Ticks = base::SteadyTime::rep;
  [[nodiscard]] base::Millis since_finished(Moment now) const;
  base::Millis stale_after_;
  std::atomic<Ticks> finished_;
  std::atomic<Ticks> started_{};  ///< of the cycle under way; 0: none
  std::atomic<std::uint64_t> cycles_{0};
};

/// Bad from `max` errors a minute on, good again at half of it: no flutter at the edge.
class ErrorRateWatch {
 public:
  explicit ErrorRateWatch(double per_minute_max) : per_minute_max_(per_minute_max) {}
  [[nodiscard]] Condition judge(std::uint64_t errors_in_window, base::Millis window);

 private:
  double per_minute_max_;
  bool bad_{};
};

}  // namespace health
