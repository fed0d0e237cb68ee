// Counts crashes of tasks: too many in a short time and the process gives up, so that the supervisor starts it afresh.
#pragma once
#include <cstddef>
#include <deque>

#include "common/base/time.hpp"

namespace app {

class CrashWindow {
 public:
  CrashWindow(std::size_t crashes_max, base::Millis window) : crashes_max_(crashes_max), window_(window) {}
  /// True: this crash is one too many.
  [[nodiscard]] bool on_crash(base::SteadyTime now) {
    crashes_.push_back(now);
    while (now - crashes_.front() > window_) crashes_.pop_front();
    return crashes_.size() >= crashes_max_;
  }

 private:
  std::size_t crashes_max_;
  base::Millis window_;
  std::deque<base::SteadyTime> crashes_;
};

}  // namespace app
