// What an operator may change about the funding bot. The defaults are SIGNALS.md section 3. Rates are fractions.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/time.hpp"

namespace funding {

enum class Mode : std::uint8_t {
  statistical,  ///< annual rate, z and rank together
  threshold,    ///< the 8 h equivalent alone, re-armed below 0.8 of it
};

/// What one symbol ("BTCUSDT", on every exchange) has different; what is absent stays as it is for all.
struct SymbolSettings {
  std::optional<double> apr_min, z_min, r8_threshold;
};

struct ExtremeThresholds {
  Mode mode{Mode::statistical};
  double apr_min{0.50};
  double z_min{3.5};
  double mad_floor_r8{0.00002};
  std::uint32_t settlements_min{30};
  double top_share{0.10};           ///< |r8| must be within this share of its exchange's contracts…
  std::uint32_t contracts_min{30};  ///< …when at least so many are known; else this is skipped, and said
  double r8_threshold{0.001};       ///< mode threshold: fires at this |r8|…
  double rearm_share{0.8};          ///< …and again after falling below this share of it
  double oi_change_min{0.05};       ///< open interest that grew so much in 24 h confirms in full
};

struct ClockThresholds {
  base::Millis stale_after{120'000};  ///< the same next settlement so long after it was due: the feed stands still
  /// Binance: contracts that settle hourly settle every 4 h again after so many settlements in a row of at most this
  /// size (announcement of 2026-01-02 as panewslab.com/ja/articles/13be25f4-ae90-4812-b940-840838c27305 tells it).
  std::uint32_t calm_periods{16};
  double calm_rate{0.00025};
  std::uint32_t calm_tell_from{12};  ///< said once, from so many on
};

struct SpreadThresholds {
  Mode mode{Mode::statistical};
  double taker_fee{0.0005};      ///< one side of one trade, a fraction
  double break_even_h_max{72};   ///< fires when the difference pays four fees within so many hours
  double oi_min_usd{1e6};        ///< of each contract that is compared
  base::Millis fresh{90'000};    ///< a running rate older than this is not compared
  double r8_threshold{0.0005};   ///< mode threshold: fires at this difference of settled 8 h equivalents…
  double fresh_intervals{1.25};  ///< …each settled at most so many of its intervals ago
  double rearm_share{0.8};       ///< both: said again after falling below this share
};

struct Settings {
  ExtremeThresholds extreme;
  SpreadThresholds spread;
  ClockThresholds clock;
  double flip_r8_min{0.00005};  ///< both |r8| of a sign change
  base::Millis history{std::chrono::hours{30 * 24}};
  base::Millis late_after{300'000};   ///< a settlement told so long after it happened is history: it never fires
  std::size_t contracts_max{10'000};  ///< 1 to 6 KB each; further ones are not watched
  std::map<std::string, SymbolSettings, std::less<>> symbols;
  std::map<std::string, std::string, std::less<>> exchange_titles;  ///< "okx" -> "OKX"; a missing one is shown as it is

  /// One line for each value that makes no sense: which key, what was found, what is allowed. Empty: all well.
  [[nodiscard]] std::vector<std::string> validate() const;
  [[nodiscard]] ExtremeThresholds extreme_for(std::string_view symbol) const;
  [[nodiscard]] std::string title_of(const std::string& exchange) const;
};

}  // namespace funding
