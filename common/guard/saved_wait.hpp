// A wait that outlives its process: how long is left after a restart, a reboot or a step of the wall clock (CB-9).
#pragma once
#include <string>

#include "common/base/time.hpp"

namespace guard {

/// A wait as it stands on disk. Every field may hold anything after a reading: remaining() never trusts it.
struct SavedWait {
  base::WallTime until{};     ///< for people, and for the time after a reboot
  base::Millis remaining{};   ///< at saved_at
  base::WallTime saved_at{};  ///< when it was written…
  std::string boot_id;        ///< …in which boot…
  base::Millis since_boot{};  ///< …and at what CLOCK_BOOTTIME
};

[[nodiscard]] SavedWait save_wait(base::Millis remaining, base::WallTime wall, const base::BootTime& boot);

/// What is left, 0 … max. In the same boot by CLOCK_BOOTTIME, whatever the wall clock did; in another boot by the wall
/// clock, but never more than was left when saved, and all of that when the wall clock stepped back over the saving.
[[nodiscard]] base::Millis remaining(const SavedWait& saved, base::WallTime wall, const base::BootTime& boot,
                                     base::Millis max);

}  // namespace guard
