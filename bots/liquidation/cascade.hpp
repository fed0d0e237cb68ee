// The cascade rule (SIGNALS.md 2.2): measured values of one asset and side in, a decision with its reason out.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bots/liquidation/price_path.hpp"
#include "bots/liquidation/settings.hpp"
#include "common/desk/finding.hpp"
#include "common/market/event.hpp"

namespace liquidation {

struct CascadeMeasure {
  double sum_10s_usd{}, sum_60s_usd{}, sum_300s_usd{};
  std::uint64_t events_60s{}, exchanges_60s{};
  std::uint64_t minutes{};           ///< with an event, of the asset in 7 days, before this one
  std::optional<double> quantile95;  ///< of their sums
  PriceMove price;
  market::PositionSide side{};  ///< that is liquidated: longs push the price down
};

enum class CascadeLack : std::uint8_t { nothing, sum, breadth, price_move, late };
[[nodiscard]] std::string_view to_string(CascadeLack lack);

struct CascadeDecision {
  CascadeLack lack{CascadeLack::nothing};
  std::string unchecked;  ///< a condition that could not be checked: missing is not false
};

/// "cascade/BTC/long": what its message and its cooldown hang on.
[[nodiscard]] std::string cascade_key(const std::string& asset, market::PositionSide side);
/// The 60 s sum that opens an episode.
[[nodiscard]] double opening_level(const CascadeMeasure& measure, const CascadeThresholds& thresholds);
/// 1 to 3; 0 below the opening level.
[[nodiscard]] int tier_of(double sum_60s_usd, double level, const CascadeThresholds& thresholds);
/// Price move in the forced direction, as a fraction; absent without any price.
[[nodiscard]] std::optional<double> forced_move(const CascadeMeasure& measure);
/// The same in ATR; absent without an ATR.
[[nodiscard]] std::optional<double> forced_move_atr(const CascadeMeasure& measure);
[[nodiscard]] CascadeDecision decide(const CascadeMeasure& measure, const CascadeThresholds& thresholds);
[[nodiscard]] std::vector<desk::Measured> evidence(const CascadeMeasure& measure, const CascadeThresholds& thresholds,
                                                   double level);

}  // namespace liquidation
