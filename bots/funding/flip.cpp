#include "bots/funding/flip.hpp"

#include <array>
#include <cmath>

namespace funding {

std::string_view to_string(FlipLack lack) {
  static constexpr std::array<std::string_view, 6> words{
      "", "sign change", "r8_before", "r8_now", "said already this interval", "late: history only"};
  return words.at(static_cast<std::size_t>(lack));
}

FlipLack decide(const FlipMeasure& m, double r8_min) {
  if (!(m.r8_before * m.r8_now < 0)) return FlipLack::sign;
  if (!(std::fabs(m.r8_before) >= r8_min)) return FlipLack::size_before;
  if (!(std::fabs(m.r8_now) >= r8_min)) return FlipLack::size_now;
  if (m.said_this_interval) return FlipLack::said;
  return m.late ? FlipLack::late : FlipLack::nothing;
}

std::vector<desk::Measured> evidence(const FlipMeasure& m, double r8_min) {
  return {{"r8_before", m.r8_before, r8_min, desk::Holds::by_size},
          {"r8", m.r8_now, r8_min, desk::Holds::by_size},
          {"predicted", m.predicted ? 1.0 : 0.0, std::nullopt}};
}

}  // namespace funding
