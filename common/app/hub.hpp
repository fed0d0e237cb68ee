// Everything that reports, in one place: guard, feed and sender tell the hub, the hub tells health, the journal and the
// log. It decides nothing.
#pragma once
#include <functional>
#include <string>

#include "common/app/logging.hpp"
#include "common/feed/tools.hpp"
#include "common/guard/observer.hpp"
#include "common/health/monitor.hpp"
#include "common/store/memory.hpp"
#include "common/telegram/sender.hpp"

namespace app {

class Hub final : public guard::Observer, public feed::Observer, public telegram::SenderObserver {
 public:
  Hub(health::Monitor& monitor, store::Database& bot, const base::Clock& clock, Log& log)
      : monitor_(monitor), journal_(bot), clock_(clock), log_(log) {}

  /// Of every kind: counted, kept and logged; the same line again is logged at the 1st, 2nd, 4th, 8th … time.
  void error(const base::Error& error);

  // guard
  void on_call(const guard::CallReport& report) override;
  void on_breaker(const guard::BreakerKey& key, const guard::BreakerChange& change) override;
  void on_ban(const guard::HostBan& ban) override;
  void on_wait(const std::string& exchange, const std::string& endpoint, base::Millis waited) override;
  void on_refused(const guard::BreakerKey& key, guard::Refusal why, std::optional<base::Millis> retry_after) override;
  void on_ledger_error(const base::Error& error) override;

  // feed
  void on_live(const std::string& exchange, market::Topic topic) override;
  void on_lost(const std::string& exchange, market::Topic topic, const base::Error& why) override;
  void on_data(const std::string& exchange, market::Topic topic, std::size_t events,
               std::optional<base::WallTime> newest) override;
  void on_content(const std::string& exchange, market::Topic topic, const market::Events& events) override;
  void on_evidence(const std::string& exchange, market::Topic topic, base::WallTime newest) override;
  void on_error(const std::string& place, const base::Error& error) override;
  void on_rows_skipped(const std::string& exchange, market::Topic topic, std::size_t rows) override;
  void on_contracts(const std::string& exchange, const std::vector<market::ContractChange>& changes) override {
    if (on_contracts_changed) on_contracts_changed(exchange, changes);
  }
  void on_server_time(const std::string& exchange, base::WallTime server, base::WallTime received,
                      base::Millis round_trip, base::Millis resolution) override;

  // sender
  void sent(const store::OutboxRow& row, base::Millis waited, base::Millis took) override;
  void failed(const store::OutboxRow& row, const telegram::Answer& answer, store::RowState became) override;
  void store_failed(const base::Error& error) override;

  /// Set by the program: Telegram said that the token is not valid (TG-3).
  std::function<void(const std::string& why)> on_token_refused;
  /// Set by the program: this bot met a ban.
  std::function<void(const guard::HostBan& ban)> on_banned;
  /// Set by the program: an exchange's list of contracts is another.
  std::function<void(const std::string& exchange, const std::vector<market::ContractChange>& changes)>
      on_contracts_changed;
  /// Set by the program: the bot's own database did not take what must be kept.
  std::function<void()> on_store_failed;

 private:
  [[nodiscard]] health::Moment now() const { return health::moment(clock_); }
  void log_error(const base::Error& error);
  health::Monitor& monitor_;
  store::ErrorJournal journal_;
  const base::Clock& clock_;
  Log& log_;
  std::map<std::string, std::uint64_t, std::less<>> seen_;  ///< how often a line came, for the throttle
};

}  // namespace app
