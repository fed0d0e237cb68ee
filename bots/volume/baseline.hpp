// What an instrument usually trades in a bar at this time of the week (SIGNALS.md 4.1), in x = ln(1 + quote volume):
// expected x = recent level + hour-of-week effect + minute-class effect.
//  level         median of the last 120 bars, freed of both effects; streaming: the oldest bar leaves
//  hour effect   how an hour differs from the median of the day around it, in bounded steps of 1/n (n <= 8 weeks), used
//                as far as it stands out of chance (HourOfWeek); the figure of an hour is the median of its judged
//                bars, or of the warm-up's 1 h bars ln(1 + quote volume of a mean bar)
//  minute class  streaming median of what is left in {0; 15,30,45; other multiples of 5; rest}, used at n/(n+8): a
//  third of a day for full hours dispersion    streaming MAD of x - expected, memory one day of 1 m bars
// Sums of 2, 3 and 5 bars have their own dispersion and offset: the median of a sum is not the sum of medians.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "bots/volume/hour_of_week.hpp"
#include "common/base/time.hpp"
#include "common/stats/blob.hpp"
#include "common/stats/sliding_median.hpp"
#include "common/stats/streaming_median.hpp"

namespace volume {

/// The bars that are summed and tested the same way.
inline constexpr std::array<std::uint32_t, 4> window_bars{1, 2, 3, 5};

class Baseline {
 public:
  static constexpr stats::BlobKind blob_kind{"PWVB", 2}, blob_kind_v1{"PWVB", 1};
  static constexpr std::size_t blob_size_max = 2'048;

  /// Of a bar that opens then. 0 before the first bar.
  [[nodiscard]] double expected(base::WallTime opened_at) const;
  /// Of x - expected (or of a sum of bars), by index into window_bars: centre and MAD.
  [[nodiscard]] stats::Spread residual(std::size_t window) const { return residuals_.at(window).spread(); }

  /// Learns one closed bar. `expected` is what expected() said before it.
  void learn(base::WallTime opened_at, base::Millis bar_length, double x, double expected);
  /// Learns how a sum of bars differed from the sum of its expectations.
  void learn_sum(std::size_t window, double difference);
  /// Learns the hour-of-week effect from a whole hour's bar: the 28 days of 1 h bars of the warm-up, before or after
  /// the bars of its last day; `x` is of a mean bar of the hour. A repeat or one that is older than the last is
  /// ignored, and what the judged bars have taught is not counted again.
  void learn_hour(base::WallTime opened_at, double x);

  /// Quote volumes of the newest bars and of one that opens then, oldest first, freed of what their hour and minute
  /// usually add: what is left is the contract's own ups and downs.
  [[nodiscard]] std::vector<double> recent_volumes(std::size_t bars_max, base::WallTime opened_at, double x) const;

  [[nodiscard]] std::uint32_t bars() const { return bars_; }
  [[nodiscard]] base::WallTime last_opened_at() const {
    return last_opened_at_;
  }  ///< of the bars; min() before the first
  [[nodiscard]] bool knows_hours() const { return last_hour_opened_at_ > base::WallTime::min(); }

  [[nodiscard]] std::string save() const;
  [[nodiscard]] static base::Result<Baseline> load(std::string_view blob);

 private:
  static constexpr std::size_t level_bars = 120;
  [[nodiscard]] double minute_effect(base::WallTime opened_at) const;
  void end_hour(base::Millis bar_length);
  void free_again(const std::array<double, 3>& effects_before);
  [[nodiscard]] std::array<double, 3> newest_effects() const;

  stats::SlidingMedian<level_bars> freed_;  ///< x without the effects: their median is the level
  std::uint32_t bars_{};
  std::uint32_t bars_of_hour_{};
  base::WallTime last_opened_at_{base::WallTime::min()};
  base::WallTime last_hour_opened_at_{base::WallTime::min()};
  std::int32_t first_hour_{-1};  ///< of the bars
  HourOfWeek hours_;
  std::array<stats::StreamingMedian, 4> minutes_;
  std::array<stats::StreamingMedian, window_bars.size()> residuals_;
  DayAround around_bars_;   ///< of hours put together from bars
  DayAround around_hours_;  ///< of 1 h bars: a mean is another scale than a median
  std::int32_t judged_of_hours_{-1};
};
static_assert(sizeof(Baseline) <= Baseline::blob_size_max, "the promise of 2 KB an instrument");

}  // namespace volume
