// How unusual a bar's volume is beside the bars right before it: what candidates are ranked by (SIGNALS.md 7: every
// evaluated bar is one). The spike rule, against the expectation of hours and weeks, decides what is told.
//
// y = ln(1 + quote volume), less what this minute of the hour usually adds, less 0.3 ln(range): a bar that trades much
// because its price runs is less of a surprise than one whose price stands. r = y less the mean of the 30 bars before.
// The strength is the largest mean of r over the last 1, 3 and 5 bars, each times what it is worth, in units of r's own
// dispersion: the geometric mean of that of a day and that of two hours.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/time.hpp"
#include "common/stats/blob.hpp"

namespace volume {

class Surprise {
 public:
  /// Of the bar that is learned with this call; 0 while fewer than 30 bars are known.
  [[nodiscard]] double add(base::WallTime opened_at, double quote_volume, double high, double low, double close);
  /// Bars are missing: those before are not the ones right before.
  void interrupt() { run_ = 0; }

  static constexpr stats::BlobKind blob_kind{"PWVU", 1};
  [[nodiscard]] std::string save() const;
  [[nodiscard]] static base::Result<Surprise> load(std::string_view blob);

 private:
  static constexpr std::size_t mean_bars = 30;
  static constexpr std::size_t longest = 5;

  std::array<float, mean_bars> recent_{};  ///< y of the bars before, a ring
  std::array<float, longest> rise_{};      ///< r of the newest bars, newest first
  std::array<float, 60> minute_{};         ///< what a minute of the hour adds
  std::array<std::uint16_t, 60> hours_{};  ///< it was seen
  float day_variance_{}, hours_variance_{};
  std::uint32_t bars_{}, run_{};
  std::uint32_t at_{};  ///< of the oldest in recent_
};

}  // namespace volume
