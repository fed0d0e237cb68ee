// sd_notify(3) without libsystemd, as its manual advises: the protocol is stable and this small, and the library brings
// five others along into a process that faces the network (decision 0025).
#include "common/app/notify.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace app {

namespace {

std::string_view from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

/// One datagram to the socket that NOTIFY_SOCKET names: a path, or a name in the abstract space behind an '@'. There is
/// nobody to tell of a failure.
void send(const std::string& text) {
  const auto name = from_environment("NOTIFY_SOCKET");
  sockaddr_un address{};
  if (name.empty() || (name[0] != '/' && name[0] != '@') || name.size() >= sizeof address.sun_path) return;
  address.sun_family = AF_UNIX;
  std::copy(name.begin(), name.end(), &address.sun_path[0]);
  if (name[0] == '@') address.sun_path[0] = '\0';
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  (void)::sendto(fd, text.data(), text.size(), MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&address), size);
  ::close(fd);
}

std::optional<std::int64_t> number_from_environment(const char* name) {
  const auto text = from_environment(name);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace

void Notify::ready(const std::string& status) const { send("READY=1\nSTATUS=" + one_line(status)); }
void Notify::status(const std::string& line) const { send("STATUS=" + one_line(line)); }
void Notify::watchdog() const { send("WATCHDOG=1"); }
void Notify::reloading() const { send("RELOADING=1"); }
void Notify::stopping(const std::string& status) const { send("STOPPING=1\nSTATUS=" + one_line(status)); }

std::optional<base::Millis> Notify::watchdog_period() {
  const auto pid = number_from_environment("WATCHDOG_PID");  // of whom it means; absent: of whoever reads
  const auto usec = number_from_environment("WATCHDOG_USEC");
  if ((pid && *pid != ::getpid()) || !usec || *usec <= 0) return std::nullopt;
  return base::Millis(*usec / 2'000);
}

}  // namespace app
