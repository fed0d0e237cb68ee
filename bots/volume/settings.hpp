// What an operator may change about the volume bot. The defaults are SIGNALS.md section 4.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/time.hpp"

namespace volume {

/// What one symbol ("BTCUSDT", on every exchange) has different; what is absent stays as it is for all.
struct SymbolSettings {
  std::optional<double> z_min;  ///< the higher tiers move with it
  std::optional<double> relative_volume_min;
  std::optional<double> floor_usd;
};

/// What a bar, or a sum of bars, must reach.
struct Thresholds {
  std::array<double, 3> z_tiers{3, 4, 5};  ///< the first opens an episode
  double relative_volume_min{3};           ///< times the expected quote volume
  double floor_usd{100'000};               ///< quote volume
  double taker_tilt_min{0.10};             ///< |taker buy share - 0.5|
  double return_atr_min{1};                ///< |price move| in ATR(1 m, 30); either this or the tilt
  double mad_floor{0.1};                   ///< of ln(1 + quote volume)
};

struct Settings {
  base::Millis bar_length{60'000};  ///< bars that are judged; longer ones of 1 h only teach the hour-of-week effect
  Thresholds spike;
  std::uint32_t warm_up_bars{120};
  base::Millis late_after{300'000};     ///< a bar received so long after its end teaches, and never fires
  base::Millis silence_close{300'000};  ///< an episode without bars for so long ends, and says so
  std::size_t instruments_max{10'000};  ///< about 6 KB each; further ones are not watched
  std::map<std::string, SymbolSettings, std::less<>> symbols;
  std::map<std::string, std::string, std::less<>> exchange_titles;  ///< "okx" -> "OKX"; a missing one is shown as it is

  /// One line for each value that makes no sense: which key, what was found, what is allowed. Empty: all well.
  [[nodiscard]] std::vector<std::string> validate() const;
  [[nodiscard]] Thresholds thresholds_for(std::string_view symbol) const;
  [[nodiscard]] std::string title_of(const std::string& exchange) const;
};

}  // namespace volume
