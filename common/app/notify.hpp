// The service manager's side channel: sd_notify. Does nothing when nobody listens (no NOTIFY_SOCKET).
#pragma once
#include <optional>
#include <string>

#include "common/base/time.hpp"

namespace app {

class Notify {
 public:
  void ready(const std::string& status) const;
  void status(const std::string& line) const;
  void watchdog() const;
  void reloading() const;
  void stopping(const std::string& status) const;
  /// How often the manager wants to hear watchdog(), halved; nullopt: it does not.
  [[nodiscard]] static std::optional<base::Millis> watchdog_period();
};

}  // namespace app
