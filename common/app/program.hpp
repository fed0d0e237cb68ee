// One running bot: the parts, the loops that drive them, and an orderly end.
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "common/app/bot.hpp"
#include "common/app/chart_keeper.hpp"
#include "common/app/crash_window.hpp"
#include "common/app/hub.hpp"
#include "common/app/notify.hpp"
#include "common/app/outcome_keeper.hpp"
#include "common/app/pipeline.hpp"
#include "common/app/report_keeper.hpp"
#include "common/app/settings.hpp"
#include "common/app/shared_ledger.hpp"
#include "common/app/stores.hpp"
#include "common/app/unsaved.hpp"
#include "common/app/world.hpp"
#include "common/feed/heard.hpp"
#include "common/health/monitor.hpp"
#include "common/store/suite.hpp"
#include "common/telegram/sender.hpp"

namespace app {

/// Where messages go. Without a token: to the terminal.
struct Destination {
  std::optional<telegram::Account> account;
  std::string signals_chat, operators_chat;
};

struct ProgramOptions {
  Settings settings;
  Destination destination;
  std::string config_hash;                                    ///< of the effective settings: kept with each signal
  std::function<void(const std::string&)> on_candidate_line;  ///< --jsonl; set: nothing is said to anybody
  /// Hears every finding and what became of it, after the fact; a replay explains itself with it.
  std::function<void(const desk::Finding&, const desk::Handled&)> on_handled;
};

class Program {
 public:
  Program(World world, const BotSpec& spec, ProgramOptions options, std::unique_ptr<BotLogic> logic, Stores& stores,
          Log& log);
  ~Program();  ///< after finished(), with the context run dry
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  Program(Program&&) = delete;
  Program& operator=(Program&&) = delete;

  /// Replays what the last run left: outbox, guard, baselines. Part of start(); commands that do not start call it.
  [[nodiscard]] base::Result<store::Outbox::Recovered> recover();
  /// recover(), hello, and the loops. An error: the store.
  [[nodiscard]] base::Result<void> start();
  /// Ends in order: the cycle, the feeds, state to disk, goodbye, the outbox within 10 s. Idempotent.
  void request_stop(const std::string& why);
  [[nodiscard]] bool finished() const { return finished_; }
  [[nodiscard]] int exit_code() const { return exit_code_; }

  /// One cycle without loops, for `once`; then waits at most `history_limit` for history.
  [[nodiscard]] boost::asio::awaitable<feed::CycleReport> once(base::Millis history_limit);

  /// Runs the sender's lanes until the outbox is empty, at most so long; returns what is left. For send-test and once.
  [[nodiscard]] boost::asio::awaitable<std::int64_t> flush_only(base::Millis limit);
  /// Only when there is a token.
  [[nodiscard]] boost::asio::awaitable<base::Result<telegram::Identity>> who_am_i();

  [[nodiscard]] feed::MarketFeed& market() { return *feed_; }
  [[nodiscard]] health::Monitor& monitor() { return monitor_; }
  [[nodiscard]] guard::Gate& gate() { return *gate_; }
  [[nodiscard]] telegram::Sender& sender() { return *sender_; }
  [[nodiscard]] telegram::Painter* painter() const { return world_.painter.get(); }  ///< null: no picture is made
  [[nodiscard]] BotLogic& logic() { return *logic_; }
  [[nodiscard]] const desk::Desk& desk() const { return *desk_; }
  /// Puts a message into the outbox for the operators' or the signals' chat; `silent` orders those that do not ring.
  base::Result<std::int64_t> tell(store::Chat chat, const base::Html& html, const std::string& key, bool rings,
                                  store::Priority silent = store::Priority::reply);
  /// What a reload may change while running: periods, gates, watchlist, log level, and the bot's own settings.
  void apply(const Settings& settings, const BotLogic& fresh, const std::string& config_hash);

  static constexpr base::Millis flush_max{10'000};

 private:
  class FileLease;
  void build_gate();
  void build_feed();
  void build_desk();
  void build_outcomes();
  void build_charts();
  void build_reports();
  void build_truth();
  void hear(const market::Event& event);
  void pass_time();
  [[nodiscard]] bool is_doubted(const desk::Finding& finding) const;
  void tell_digests(bool ending);
  void save_scores();
  [[nodiscard]] std::string coverage_of(const desk::Finding& finding) const;
  void expect_feeds(const feed::Venue& venue);
  void restore_baselines();
  void save_baselines(bool all);
  void restore_contracts();  ///< the lists of the run before
  void log_remembered();
  void save_contracts();
  void restore_learned();  ///< of the feeds' silences
  void save_learned();
  void prune(base::WallTime now);
  void spawn_all();
  void spawn_forever(const std::string& name, std::function<boost::asio::awaitable<void>()> make);
  void on_crash(const std::string& name, const std::exception_ptr& error);
  void say_hello(const store::Outbox::Recovered& recovered);
  void on_alert(const health::AlertChange& change);
  void on_banned(const guard::HostBan& ban);
  void on_contracts(const std::string& exchange, const std::vector<market::ContractChange>& changes);
  void on_unsaved(const desk::Finding& finding);
  void on_handled(const desk::Finding& finding, const desk::Handled& handled);
  void on_store_trouble();
  void look_at_store();
  void fold_log();
  [[nodiscard]] boost::asio::awaitable<void> cycles();
  [[nodiscard]] boost::asio::awaitable<void> ticks();
  [[nodiscard]] boost::asio::awaitable<void> heartbeats();
  [[nodiscard]] boost::asio::awaitable<void> minutes();
  [[nodiscard]] boost::asio::awaitable<void> watch();
  [[nodiscard]] boost::asio::awaitable<void> watchdog(base::Millis period);
  [[nodiscard]] boost::asio::awaitable<void> identify();
  [[nodiscard]] boost::asio::awaitable<void> after_crash(std::function<boost::asio::awaitable<void>()> make);
  [[nodiscard]] boost::asio::awaitable<void> shut_down(std::string why);
  [[nodiscard]] health::Outside outside();
  [[nodiscard]] health::HealthReport report();
  [[nodiscard]] std::string title_of(const std::string& subject) const;  ///< "okx liquidations" -> "OKX liquidations"
  [[nodiscard]] health::Moment moment() const { return health::moment(world_.clock); }

  World world_;
  std::string name_, title_;
  ExchangeTitles exchange_titles_;
  ProgramOptions options_;
  std::unique_ptr<BotLogic> logic_;
  Stores& stores_;
  Log& log_;
  Notify notify_;
  store::Outbox outbox_;
  store::Facts facts_;
  store::Baselines baselines_;
  store::Told told_;  ///< by any of the bots
  health::Monitor monitor_;
  Hub hub_;
  SharedLedger ledger_;
  std::unique_ptr<guard::Gate> gate_;
  std::unique_ptr<telegram::Sink> sink_;
  telegram::TelegramSink* telegram_{};  ///< the sink, when it is Telegram
  std::unique_ptr<FileLease> lease_;
  std::unique_ptr<telegram::Sender> sender_;
  std::unique_ptr<Unsaved> unsaved_;
  std::unique_ptr<desk::Desk> desk_;
  std::unique_ptr<OutcomeKeeper> outcomes_;
  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<feed::Recorder> recorder_;  ///< null: nothing is recorded
  std::unique_ptr<feed::HeardWriter> heard_;  ///< with it
  std::unique_ptr<feed::MarketFeed> feed_;
  std::unique_ptr<ChartKeeper> charts_;  ///< null: no picture is made
  std::unique_ptr<ReportKeeper> reports_;
  CrashWindow crashes_;
  std::map<std::string, base::WallTime> saved_lists_;  ///< of contracts, by exchange
  struct ToldBan {
    base::WallTime until{};
    std::int64_t post{};
  };
  std::map<std::string, ToldBan, std::less<>> told_bans_;  ///< by host
  std::map<std::string, std::function<boost::asio::awaitable<void>()>, std::less<>> forever_;
  bool in_cycle_{}, stopping_{}, finished_{};
  std::optional<base::SteadyTime> store_failed_at_;  ///< the disk takes nothing (CR-2): the last failure
  bool log_lengthened_{false};                       ///< the log has its room on the disk
  int exit_code_{0};
  std::unique_ptr<base::TaskGroup> tasks_;  ///< last: its coroutines use all of the above
};

}  // namespace app
