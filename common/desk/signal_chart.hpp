// Which chart a finding gets, out of what was looked up for it. Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "common/desk/chart_spec.hpp"
#include "common/desk/trade.hpp"

namespace desk {

/// What is planned on a finding, as far as it is known.
struct ChartLevels {
  std::optional<double> entry, stop, tp1, tp2;
};

/// Of the plan that was made on this finding; of none, and of an older one of its key that still runs, nothing.
[[nodiscard]] ChartLevels chart_levels(const Finding& finding, const TradePlan* plan);

/// The stretch of bars that a finding's chart shows: one request of any exchange.
struct ChartStretch {
  base::Millis bar{};
  base::WallTime from{}, to{};  ///< bars that open in [from, to)
};
/// Funding moves over a day, everything else within two hours.
[[nodiscard]] ChartStretch chart_stretch(const Finding& finding);

struct ChartSources {
  std::vector<market::Candle> candles;
  std::vector<ChartLiquidations> liquidations;
  std::optional<double> tick_size;
  std::string exchange_title;  ///< "OKX"
};
/// nullopt: there is nothing to draw: no setup, no candle.
[[nodiscard]] std::optional<ChartSpec> signal_chart(const Finding& finding, const ChartLevels& levels,
                                                    const ChartSources& sources);
/// Below the picture, and what a terminal prints: "BTCUSDT · OKX · 1 m candles until 14:32 UTC".
[[nodiscard]] base::Html chart_caption(const ChartSpec& spec);

}  // namespace desk
