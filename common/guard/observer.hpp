// Who hears what the guard does: counters, the error journal, the log. Called in the guard's thread; must not call
// back.
#pragma once
#include <optional>
#include <string>

#include "common/base/error.hpp"
#include "common/guard/breaker.hpp"
#include "common/guard/host_ban.hpp"
#include "common/market/verdict.hpp"

namespace guard {

/// One request that left, and what came of it.
struct CallReport {
  std::string exchange, host, endpoint;
  market::Outcome outcome{};
  std::optional<base::ErrorKind> kind;  ///< of every outcome but ok
  int status{};                         ///< 0: no response
  std::string code;                     ///< the exchange's own
  base::Millis elapsed{};
  int attempt{1};
  std::string message;  ///< for people
};

/// Why a call did not leave.
enum class Refusal : std::uint8_t {
  ban,          ///< the host has banned our address, or blocks our region
  host_probe,   ///< another call is the host's one probe
  breaker,      ///< the circuit is open
  too_long,     ///< its turn comes, or came, when the deadline is over
  crowded_out,  ///< the line was full, and this call the oldest
  bad_call,     ///< it names an unknown limit, or costs more than ever passes
  ledger,       ///< the bans cannot be read
};

[[nodiscard]] constexpr std::string_view to_string(Refusal why) {
  switch (why) {
    case Refusal::ban: return "ban";
    case Refusal::host_probe: return "host probe";
    case Refusal::breaker: return "breaker";
    case Refusal::too_long: return "too long a wait";
    case Refusal::crowded_out: return "crowded out";
    case Refusal::bad_call: return "bad call";
    case Refusal::ledger: return "ledger";
  }
  return "?";
}

class Observer {
 public:
  Observer() = default;
  virtual ~Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  Observer(Observer&&) = delete;
  Observer& operator=(Observer&&) = delete;

  virtual void on_call(const CallReport& report) = 0;
  virtual void on_breaker(const BreakerKey& key, const BreakerChange& change) = 0;
  virtual void on_ban(const HostBan& ban) = 0;
  virtual void on_wait(const std::string& exchange, const std::string& endpoint, base::Millis waited) = 0;
  virtual void on_refused(const BreakerKey& key, Refusal why, std::optional<base::Millis> retry_after) = 0;
  virtual void on_ledger_error(const base::Error& error) = 0;  ///< the guard goes on with what it has in memory
};

}  // namespace guard
