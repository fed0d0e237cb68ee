// One instant on both clocks. Health measures spans in steady time, so that a step of the wall clock (F-21) neither
// raises nor hides an alert, and stamps what people read in wall time.
#pragma once
#include <algorithm>

#include "common/base/clock.hpp"

namespace health {

struct Moment {
  base::WallTime wall{};
  base::SteadyTime steady{};
};

[[nodiscard]] inline Moment moment(const base::Clock& clock) { return {clock.wall_now(), clock.steady_now()}; }

/// From `then` to `now`, never negative.
[[nodiscard]] inline base::Millis span(base::SteadyTime then, base::SteadyTime now) {
  return std::max(base::Millis{0}, std::chrono::duration_cast<base::Millis>(now - then));
}

inline constexpr double minutes_per_day = 24 * 60;
[[nodiscard]] inline double minutes(base::Millis span) { return static_cast<double>(span.count()) / 60'000.0; }

}  // namespace health
