// The words of a volume spike, for a telephone's lock screen first.
#pragma once
#include <optional>
#include <span>
#include <string>

#include "bots/volume/direction.hpp"
#include "bots/volume/spike.hpp"
#include "common/base/html.hpp"
#include "common/desk/finding.hpp"

namespace volume {

/// Everything a message needs, copied: nothing of the detector is kept alive.
struct SpikeDetails {
  std::string symbol, exchange_title;
  desk::Phase phase{desk::Phase::open};
  Measure now;   ///< what the newest bar showed
  Measure peak;  ///< the highest z of the episode
  base::WallTime peak_at{};
  int tier{1};             ///< the highest so far
  base::WallTime since{};  ///< open of the first window
  base::WallTime until{};  ///< end of the last bar above
  double total_usd{};      ///< of all bars since
  double expected_usd{};   ///< of the same bars
  double open{}, high{}, low{}, close{};
  base::Millis bar_length{};
  Thresholds thresholds;
  desk::Direction direction{};         ///< it opened with
  std::optional<ProfileLook> profile;  ///< of the newest bars; absent while the day is not known
  std::string note;                    ///< why it ended, when not because the volume fell
};

/// So many bars before the newest one a message draws: one line on a phone.
inline constexpr std::size_t drawn_bars = 15;

/// `volumes`: of the newest bars, oldest first; empty: none are drawn.
[[nodiscard]] base::Html spike_message(const SpikeDetails& details, std::span<const double> volumes = {});

}  // namespace volume
