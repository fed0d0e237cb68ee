// The large-print rule (SIGNALS.md 2.1): one event against its asset's own sizes of 7 days.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "bots/liquidation/settings.hpp"
#include "common/desk/finding.hpp"

namespace liquidation {

struct PrintMeasure {
  double usd{};
  std::uint64_t events{};             ///< of the asset in 7 days, before this one
  std::optional<double> quantile995;  ///< of their sizes
};

/// What it must reach: the floor, and twice the own quantile once enough events are known.
[[nodiscard]] double print_level(const PrintMeasure& measure, const PrintThresholds& thresholds);
[[nodiscard]] std::vector<desk::Measured> evidence(const PrintMeasure& measure, const PrintThresholds& thresholds);

}  // namespace liquidation
