// Times for the tests of this room: both clocks run together from a start that is easy to read.
#pragma once
#include <chrono>

#include "common/health/moment.hpp"

namespace health_tests {

using namespace std::chrono_literals;

inline const health::Moment start{base::from_ms(1'765'245'600'000), base::SteadyTime{std::chrono::hours{5}}};

[[nodiscard]] inline health::Moment at(base::Millis after) { return {start.wall + after, start.steady + after}; }
/// The wall clock was stepped by `step`; steady time knows nothing of it.
[[nodiscard]] inline health::Moment at(base::Millis after, base::Millis step) {
  return {start.wall + after + step, start.steady + after};
}

}  // namespace health_tests
