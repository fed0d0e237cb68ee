// What the guard writes down. The bans are one table for all bots, live between them; the rows of breakers and limiters
// are each bot's own, for its restart and for display (RL-7, CB-9).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "common/guard/breaker.hpp"
#include "common/guard/host_ban.hpp"
#include "common/guard/limiter.hpp"

namespace guard {

class Ledger {
 public:
  Ledger() = default;
  virtual ~Ledger() = default;
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;
  Ledger(Ledger&&) = delete;
  Ledger& operator=(Ledger&&) = delete;

  /// The row of a host, whether its time is over or not. Asked before every request: at most some 20 µs.
  [[nodiscard]] virtual base::Result<std::optional<HostBan>> ban(const std::string& host) = 0;
  /// On disk, and seen by the other bots, when it returns. A row that outlasts() the new one stays as it is.
  [[nodiscard]] virtual base::Result<void> put_ban(const HostBan& ban) = 0;
  /// Removes the row if it is still the same_ban() that the caller saw.
  [[nodiscard]] virtual base::Result<void> clear_ban(const HostBan& seen) = 0;

  [[nodiscard]] virtual base::Result<std::vector<BreakerRow>> load_breakers() = 0;
  [[nodiscard]] virtual base::Result<void> save_breaker(const BreakerRow& row) = 0;
  [[nodiscard]] virtual base::Result<std::vector<LimiterRow>> load_limiters() = 0;
  [[nodiscard]] virtual base::Result<void> save_limiter(const LimiterRow& row) = 0;

  /// Of a limit that the bots cannot split (one request in 5 s for all three): zero when it is this call's turn, and
  /// the turn is booked on disk for all bots to see; else how long to wait before asking again. A ledger of one process
  /// alone has nobody to share with.
  [[nodiscard]] virtual base::Result<base::Millis> book_turn(const std::string& exchange, const std::string& limit,
                                                             base::Millis every, base::WallTime now) {
    (void)exchange, (void)limit, (void)every, (void)now;
    return base::Millis{0};
  }
};

}  // namespace guard
