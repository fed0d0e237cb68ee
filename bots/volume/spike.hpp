// The spike rule (SIGNALS.md 4.2) for one bar or a sum of bars: measured values in, a decision with its reason out.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "bots/volume/settings.hpp"
#include "common/desk/finding.hpp"

namespace volume {

/// One bar, or the last 2, 3 or 5 together.
struct Measure {
  std::uint32_t bars{1};
  double z{};
  double relative_volume{};
  double volume_usd{};
  double expected_usd{};
  std::optional<double> taker_buy_share;  ///< absent where the exchange does not say
  double open{}, close{};
  double move{};                   ///< close / open - 1
  std::optional<double> move_atr;  ///< |close - open| in ATR(1 m, 30); absent before 30 bars
};

/// Why it does not fire: the first condition that is not met, in this order.
enum class Lack : std::uint8_t { nothing, z, relative_volume, floor, flow, late, warm_up };
[[nodiscard]] std::string_view to_string(Lack lack);

struct Decision {
  Lack lack{Lack::nothing};
  bool above{};  ///< z, relative volume and floor hold: an open episode goes on; flow only opens one
  int tier{};    ///< 1 to 3; 0 below the first
};
[[nodiscard]] Decision decide(const Measure& measure, const Thresholds& thresholds);

/// Every measured value with its threshold.
[[nodiscard]] std::vector<desk::Measured> evidence(const Measure& measure, const Thresholds& thresholds);

}  // namespace volume
