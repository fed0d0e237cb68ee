// The flip rule (SIGNALS.md 3.2): the sign of the rate changed, and neither side of the change is noise.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "common/desk/finding.hpp"

namespace funding {

enum class FlipLack : std::uint8_t { nothing, sign, size_before, size_now, said, late };
[[nodiscard]] std::string_view to_string(FlipLack lack);

struct FlipMeasure {
  double r8_before{}, r8_now{};
  bool predicted{};  ///< the running rate, not a settled one
  bool said_this_interval{};
  bool late{};  ///< settled too long ago to be news
};
[[nodiscard]] FlipLack decide(const FlipMeasure& measure, double r8_min);
/// "predicted" is 1 for the running rate: the desk sends it silently.
[[nodiscard]] std::vector<desk::Measured> evidence(const FlipMeasure& measure, double r8_min);

}  // namespace funding
