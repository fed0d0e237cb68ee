// What an exchange's answer means for the guard: decided from status numbers and error codes, never from text
// (RESILIENCE.md 1.2, EXCHANGES.md 14.6).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/error.hpp"
#include "common/base/time.hpp"

namespace market {

enum class Outcome : std::uint8_t {
  ok,
  transient,     ///< 5xx, 408, "system busy": backoff; counts for the breaker
  malformed,     ///< 2xx that is HTML, cut off or not of the promised shape; counts for the breaker
  soft_limit,    ///< 429 or its code: wait; not the breaker's business
  banned,        ///< 418, Bybit's 403: the host is left alone until the ban ends
  blocked,       ///< 451, 403 with HTML: region or WAF; the host gate closes for hours
  bad_symbol,    ///< unknown contract: drop it, ask for the list again
  bad_request,   ///< any other 4xx: a mistake of ours
  unauthorised,  ///< 401
};

[[nodiscard]] std::string_view to_string(Outcome outcome);
[[nodiscard]] base::ErrorKind error_kind(Outcome outcome);  ///< of every outcome but ok

struct Verdict {
  Outcome outcome{Outcome::ok};
  int status{};
  std::string code;     ///< the exchange's own, "-1003"; empty when it gave none
  std::string message;  ///< cleaned and cut to 200 bytes; for people only
  std::optional<base::Millis> retry_after;
  std::optional<base::WallTime> banned_until;
};

}  // namespace market
