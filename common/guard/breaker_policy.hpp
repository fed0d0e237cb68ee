// The numbers of the circuit breaker (CB-2 … CB-4).
#pragma once
#include <string>
#include <vector>

#include "common/base/time.hpp"

namespace guard {

struct BreakerPolicy {
  int consecutive_failures{5};           ///< opens
  int calls_min{10};                     ///< before the two rates count
  double failure_rate{0.5};              ///< opens
  double slow_rate{0.8};                 ///< opens
  int window_calls{20};                  ///< the rates look at so many last calls…
  base::Millis window_age{10 * 60'000};  ///< …not older than this
  base::Millis slow_call{5'000};         ///< a good answer that took longer is slow
  base::Millis open_first{15'000};       ///< doubled at each opening in a row…
  base::Millis open_max{300'000};        ///< …up to this
  double jitter{0.1};                    ///< of the open time, either way, before open_max
  base::Millis calm{10 * 60'000};        ///< so long closed, and one opening is forgotten
  int probes_to_close{2};                ///< good ones in a row
  base::Millis request_timeout{15'000};  ///< no request takes longer: Gate sees to it
  base::Millis probe_grace{2'000};       ///< a probe that says nothing so much longer is lost

  /// Everything that is out of range, one line each; empty: usable.
  [[nodiscard]] std::vector<std::string> problems() const;
};

}  // namespace guard
