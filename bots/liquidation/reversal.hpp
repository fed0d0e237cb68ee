// The reversal setup (SIGNALS.md 2.4): after a cascade has closed, does the market lean back? Four facts, each scored
// between -1 (against) and 1 (for); what could not be measured counts 0 and is named (decision 0020).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bots/liquidation/settings.hpp"
#include "common/desk/finding.hpp"
#include "common/market/event.hpp"

namespace liquidation {

struct ReversalMeasure {
  market::PositionSide side{};  ///< that was liquidated: the direction is back to it
  double liquidated_usd{}, other_usd{};
  std::optional<double> taker_buy_share;  ///< of the minute after the cascade
  std::optional<double> band_position;    ///< of the price in the Bollinger band: -1 at its lower edge, 1 at its upper
  std::optional<double> depth_lean;       ///< (bids - asks) / (bids + asks) within 25 bps
  std::optional<double> price;            ///< per coin, of the market

  [[nodiscard]] double ratio() const;  ///< liquidated side to the other
};

enum class ReversalLack : std::uint8_t { nothing, ratio, price, factors, score };
[[nodiscard]] std::string_view to_string(ReversalLack lack);

[[nodiscard]] std::vector<desk::Factor> factors(const ReversalMeasure& measure, const ReversalThresholds& thresholds);
/// Mean of the four; missing ones count 0.
[[nodiscard]] double score_of(const std::vector<desk::Factor>& factors);
/// "depth, trades": names of what has no score; empty: nothing is missing.
[[nodiscard]] std::string missing_in(const std::vector<desk::Factor>& factors);
[[nodiscard]] ReversalLack decide(const ReversalMeasure& measure, const ReversalThresholds& thresholds);
[[nodiscard]] std::vector<desk::Measured> evidence(const ReversalMeasure& measure,
                                                   const ReversalThresholds& thresholds);

}  // namespace liquidation
