// The words of liquidation findings, for a telephone's lock screen first.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "bots/liquidation/cascade.hpp"
#include "bots/liquidation/coverage.hpp"
#include "bots/liquidation/interest.hpp"
#include "bots/liquidation/large_print.hpp"
#include "bots/liquidation/reversal.hpp"
#include "bots/liquidation/sample.hpp"
#include "common/base/html.hpp"

namespace liquidation {

/// Everything a message needs, copied: nothing of the detector is kept alive.
struct PrintDetails {
  std::string asset, symbol, exchange_title;
  std::optional<market::PositionSide> side;
  double usd{}, price{};
  std::optional<double> base_units, tick_size;
  std::string base;
  base::WallTime at{};
  PrintMeasure measure;
  PrintThresholds thresholds;
};

struct CascadeDetails {
  struct Share {
    std::string exchange_title;
    double usd{};
    std::uint64_t events{};
  };
  std::string asset;
  desk::Phase phase{desk::Phase::open};
  int tier{1};
  double level_usd{};
  base::WallTime since{}, until{};  ///< first and last event
  CascadeMeasure now;
  double total_usd{};  ///< of the liquidated side since then
  std::uint64_t events{};
  double other_side_usd{};
  std::vector<Share> by_exchange;  ///< largest first
  double peak_60s_usd{};
  base::WallTime peak_at{};
  double largest_usd{};
  std::string largest_exchange_title;
  PriceSource price_source{};
  double price_from{}, price_extreme{}, price_to{};  ///< per coin
  CoverageView coverage;                             ///< exchanges by title
  CascadeThresholds thresholds;
  std::optional<InterestChange> interest;  ///< since before it began
  Sample sample;
  std::string sample_title;  ///< of its exchange; empty: no sample came
  std::string note;          ///< what could not be checked, or why it ended blind
};

struct ReversalDetails {
  std::string asset, exchange_title, symbol;  ///< of the largest contract
  ReversalMeasure measure;
  ReversalThresholds thresholds;
  double price{};  ///< of that contract
  std::optional<double> tick_size;
  base::WallTime since{}, closed_at{}, at{};  ///< of the cascade, and of the look back
};

[[nodiscard]] base::Html print_message(const PrintDetails& details);
[[nodiscard]] base::Html cascade_message(const CascadeDetails& details);
[[nodiscard]] base::Html reversal_message(const ReversalDetails& details);

}  // namespace liquidation
