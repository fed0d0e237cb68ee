// The guard's ledger over shared.db: bans live between the bots, breaker and limiter rows of this bot alone.
#pragma once
#include <string>

#include "common/guard/ledger.hpp"
#include "common/store/guard_rows.hpp"
#include "common/store/host_bans.hpp"
#include "common/store/turns.hpp"

namespace app {

class SharedLedger final : public guard::Ledger {
 public:
  SharedLedger(store::Database& shared, std::string bot)
      : bans_(shared), rows_(shared), turns_(shared), bot_(std::move(bot)) {}

  [[nodiscard]] base::Result<std::optional<guard::HostBan>> ban(const std::string& host) override;
  [[nodiscard]] base::Result<void> put_ban(const guard::HostBan& ban) override;
  [[nodiscard]] base::Result<void> clear_ban(const guard::HostBan& seen) override;
  [[nodiscard]] base::Result<std::vector<guard::BreakerRow>> load_breakers() override;
  [[nodiscard]] base::Result<void> save_breaker(const guard::BreakerRow& row) override;
  [[nodiscard]] base::Result<std::vector<guard::LimiterRow>> load_limiters() override;
  [[nodiscard]] base::Result<void> save_limiter(const guard::LimiterRow& row) override;
  [[nodiscard]] base::Result<base::Millis> book_turn(const std::string& exchange, const std::string& limit,
                                                     base::Millis every, base::WallTime now) override {
    return turns_.book(exchange + " " + limit, every, now);
  }

 private:
  store::HostBans bans_;
  store::GuardRows rows_;
  store::Turns turns_;
  std::string bot_;
};

}  // namespace app
