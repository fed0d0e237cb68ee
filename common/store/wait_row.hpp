// A wait as it stands on disk: by both clocks, so that it can be judged after a restart, a reboot or a step (CB-9).
#pragma once
#include <string>

#include "common/base/time.hpp"

namespace store {

struct WaitRow {
  base::WallTime until;
  base::Millis remaining{};  ///< at saved_at
  base::WallTime saved_at;
  std::string boot_id;
  base::Millis since_boot{};  ///< CLOCK_BOOTTIME at saved_at
};

}  // namespace store
