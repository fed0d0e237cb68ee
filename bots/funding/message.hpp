// The words of funding findings, for a telephone's lock screen first.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "bots/funding/clock.hpp"
#include "bots/funding/extreme.hpp"
#include "bots/funding/flip.hpp"
#include "bots/funding/spread.hpp"
#include "common/base/html.hpp"
#include "common/stats/robust.hpp"

namespace funding {

/// What every funding message shows, copied: nothing of the detector is kept alive.
struct RateDetails {
  std::string symbol, exchange_title;
  double rate{};
  std::chrono::minutes interval{};
  base::WallTime at{};                       ///< when it was seen
  std::optional<base::WallTime> settles_at;  ///< when it is charged
  bool settled{};
};

struct ExtremeDetails {
  RateDetails rate;
  ExtremeMeasure measure;
  ExtremeThresholds thresholds;
  stats::Spread usual_r8;
  bool rank_skipped{};
  std::optional<double> interest_change_24h;  ///< open interest in coins, a fraction
  std::vector<double> settled_r8;             ///< the newest settlements, oldest first
};

struct IntervalDetails {
  RateDetails rate;
  std::chrono::minutes before{};
};

struct LimitDetails {
  RateDetails rate;
  LimitMeasure measure;
};

struct CalmDetails {
  std::string symbol, exchange_title;
  CalmMeasure measure;
  ClockThresholds thresholds;
  base::WallTime settled_at{};  ///< the newest of them
  double rate{};                ///< its rate
};

struct FlipDetails {
  RateDetails rate;
  FlipMeasure measure;
  double r8_min{};
  std::vector<double> settled_r8;  ///< those before, oldest first
};

struct SpreadDetails {
  std::string asset, low_title, high_title;
  SpreadMeasure measure;
  SpreadThresholds thresholds;
  base::WallTime at{};
};

/// So many settlements a message draws: one line on a phone.
inline constexpr std::size_t drawn_settlements = 15;

[[nodiscard]] base::Html extreme_message(const ExtremeDetails& details);
[[nodiscard]] base::Html flip_message(const FlipDetails& details);
[[nodiscard]] base::Html spread_message(const SpreadDetails& details);
[[nodiscard]] base::Html interval_message(const IntervalDetails& details);
[[nodiscard]] base::Html limit_message(const LimitDetails& details);
[[nodiscard]] base::Html calm_message(const CalmDetails& details);

}  // namespace funding
