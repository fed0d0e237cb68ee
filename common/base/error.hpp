// What the world may do to us travels as a value. An exception means a bug of ours, a failed start, or cancellation.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace base {

/// Why something failed. Decided from types, status numbers and error codes, never from text.
enum class ErrorKind : std::uint8_t {
  network,       ///< resolve, connect, TLS, reset
  timeout,       ///< a deadline of ours passed
  rate_limited,  ///< HTTP 429 or the server's own code for it
  banned,        ///< HTTP 418 or the server's own code for a ban of this address
  permission,    ///< 401, 403, 451: credentials or region
  not_found,     ///< unknown path, symbol or chat
  bad_data,      ///< bytes that are not what the documentation promises
  server,        ///< HTTP 5xx, "system busy"
  refused,       ///< our own guard did not let the call out (breaker open, ban, budget)
  storage,       ///< SQLite or a file
  config,        ///< a setting or a secret
  internal,      ///< a bug of ours, caught at the edge of a task
};

[[nodiscard]] std::string_view to_string(ErrorKind kind);  ///< "rate limit", "bad data", … as people read it
inline constexpr std::size_t error_kind_count = 12;

/// Did the request reach the other side? Decides between a plain retry and "possible repeat".
enum class Delivery : std::uint8_t {
  unknown,   ///< written at least in part: the other side may have acted
  not_sent,  ///< provably never written: resolve, connect or TLS failed
};

/// One failure: where, what, what to do. Has a constructor on purpose (docs/decisions/0002).
struct Error {
  Error() = default;  ///< boost::system::result<void, E>::error() (1.81) needs it
  Error(ErrorKind error_kind, std::string where, std::string what, std::string what_to_do = {})
      : kind(error_kind), place(std::move(where)), cause(std::move(what)), remedy(std::move(what_to_do)) {}

  ErrorKind kind{ErrorKind::internal};
  std::string place;   ///< "binance premiumIndex", "config/funding.toml:12:3"; one line, no secret
  std::string cause;   ///< what was found, in words of the cause; one line, no secret
  std::string remedy;  ///< what to do about it; may be empty
  Delivery delivery{Delivery::unknown};
  std::optional<std::chrono::milliseconds> retry_after;  ///< the server's own wish

  [[nodiscard]] std::string text() const;  ///< "place: cause; remedy"
};

}  // namespace base
