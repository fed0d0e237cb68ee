#include "common/app/notify.hpp"

#include <systemd/sd-daemon.h>

namespace app {

namespace {
void send(const std::string& text) { (void)sd_notify(0, text.c_str()); }  // nobody to tell of a failure

std::string one_line(std::string text) {
  for (char& c : text)
    if (c == '\n') c = ' ';
  return text;
}
}  // namespace

void Notify::ready(const std::string& status) const { send("READY=1\nSTATUS=" + one_line(status)); }
void Notify::status(const std::string& line) const { send("STATUS=" + one_line(line)); }
void Notify::watchdog() const { send("WATCHDOG=1"); }
void Notify::reloading() const { send("RELOADING=1"); }
void Notify::stopping(const std::string& status) const { send("STOPPING=1\nSTATUS=" + one_line(status)); }

std::optional<base::Millis> Notify::watchdog_period() {
  std::uint64_t usec = 0;
  if (sd_watchdog_enabled(0, &usec) <= 0 || usec == 0) return std::nullopt;
  return base::Millis(static_cast<std::int64_t>(usec / 2'000));
}

}  // namespace app
