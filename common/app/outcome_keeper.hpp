// Directional signals: their plan before they are said, their hypothetical trade afterwards, over restarts, and the
// reply that tells how it ended. Split in two files: plans, and what becomes of them.
#pragma once
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/desk/desk.hpp"
#include "common/desk/scoreboard.hpp"
#include "common/desk/trade_words.hpp"
#include "common/feed/candle_lookup.hpp"
#include "common/store/outcomes.hpp"

namespace app {

class OutcomeKeeper {
 public:
  using Bars = base::Result<std::vector<market::Candle>>;
  using Settlements = base::Result<std::vector<market::Funding>>;
  struct Hooks {
    std::function<boost::asio::awaitable<Bars>(std::string exchange, feed::CandleQuestion)> look_up;
    std::function<boost::asio::awaitable<Settlements>(std::string exchange, std::string symbol, base::WallTime from,
                                                      base::WallTime to)>
        settlements;
    std::function<const market::Instrument*(const std::string& exchange, const std::string& symbol)> find;
    /// Title of the exchange, link to the contract.
    std::function<std::pair<std::string, std::string>(const std::string& exchange, const std::string& symbol)> names;
    std::function<bool(const desk::Finding&)> would_publish;
    std::function<void(std::string name, boost::asio::awaitable<void>)> spawn;
    /// A finding that was held goes on to the desk.
    std::function<void(const desk::Finding&)> release;
    std::function<void(const base::Error&)> on_error;
    std::function<void()> on_accepted;  ///< a reply is in the outbox
  };
  OutcomeKeeper(store::Database& bot, store::Outbox& outbox, base::Clock& clock, std::string sink, Hooks hooks)
      : database_(bot), outbox_(outbox), rows_(bot), clock_(clock), sink_(std::move(sink)), hooks_(std::move(hooks)) {}

  void configure(const desk::TradeRules& rules, base::Millis late_after, std::string config_hash);
  /// What ran when the process ended, and the record so far. Once, before anything is found.
  base::Result<void> load();

  /// Of each finding that fires, before the desk: true means that it waits here for its ATR, and is released later.
  /// One with a direction gets the words of its trade.
  [[nodiscard]] bool hold(desk::Finding& finding);
  /// Once a second: who has waited long enough goes without an entry.
  void on_time();
  /// Nobody waits any longer.
  void release_all();

  /// For the desk: inside its transaction, and after it.
  base::Result<void> on_published(const desk::Finding& finding, const desk::Handled& handled, base::WallTime now);
  void on_handled(const desk::Finding& finding, const desk::Handled& handled);
  void survey(const desk::Finding& finding, desk::Surroundings& around) const;
  /// Closed bars that the feed brings lead the trades of their contract.
  void on_event(const market::Event& event);
  /// Catches up what the feed does not bring, and ends what has ended. Ends only by cancellation.
  [[nodiscard]] boost::asio::awaitable<void> run();
  void save_progress();
  base::Result<std::int64_t> prune(base::WallTime before) { return rows_.prune(before); }

  /// The plan of a signal that is being said or runs; nullptr: none.
  [[nodiscard]] const desk::TradePlan* plan_of(const std::string& key) const;
  /// All trades there are, oldest first.
  [[nodiscard]] std::vector<desk::TradeRecord> records() const;
  [[nodiscard]] base::Result<std::int64_t> configs_tried() { return rows_.configs_tried(); }
  [[nodiscard]] std::size_t running() const { return running_.size(); }
  [[nodiscard]] std::size_t waiting() const { return parked_.size(); }

  static constexpr base::Millis patience{20'000};       ///< for an ATR
  static constexpr base::Millis behind_max{300'000};    ///< then bars are looked up
  static constexpr base::Millis gone_after{1'800'000};  ///< a contract missing from the list for so long is delisted
  static constexpr base::Millis unseen_max{std::chrono::hours{48}};

 private:
  struct Parked {
    desk::Finding finding;
    std::vector<desk::Finding> later;  ///< of the same key
    base::SteadyTime until;
  };
  struct Running {
    store::OutcomeRow row;
    desk::Outcome trade;
    base::WallTime saved_until{};
    std::optional<base::SteadyTime> not_before;  ///< of the next look-up
    std::optional<base::WallTime> gone_since;
    int settle_failures{};
  };
  [[nodiscard]] base::Result<void> tell_replaced(const Running& fresh, base::WallTime now);
  void attach(desk::Finding& finding, std::optional<double> atr_1h);
  void go_on(const std::string& key, std::optional<double> atr_1h);
  [[nodiscard]] boost::asio::awaitable<void> find_atr(std::string key, std::string exchange,
                                                      feed::CandleQuestion question);
  [[nodiscard]] desk::TradeWords words_for(const std::string& rule, const desk::TradePlan& plan);
  [[nodiscard]] std::string record_of(const std::string& rule);
  void note_config();
  void remember(const store::OutcomeRow& row, std::optional<base::WallTime> ended_at);

  [[nodiscard]] boost::asio::awaitable<void> catch_up();
  [[nodiscard]] boost::asio::awaitable<void> catch_up(std::string exchange, std::string symbol,
                                                      std::vector<std::int64_t> ids);
  void after_look(Running& one, const Bars& bars);
  [[nodiscard]] boost::asio::awaitable<void> finish_ended();
  [[nodiscard]] boost::asio::awaitable<bool> settle(std::int64_t id);
  void commit(std::int64_t id);
  [[nodiscard]] boost::asio::awaitable<void> find_placebo();

  store::Database& database_;
  store::Outbox& outbox_;
  store::Outcomes rows_;
  base::Clock& clock_;
  std::string sink_;
  Hooks hooks_;
  desk::TradeRules rules_;
  base::Millis late_after_{std::chrono::minutes{5}};
  std::string config_hash_;
  bool runs_{};  ///< only then a configuration counts as tried

  std::map<std::string, Parked, std::less<>> parked_;          ///< by key
  std::map<std::string, desk::TradePlan, std::less<>> plans_;  ///< by key, from hold() to on_handled()
  std::map<std::string, base::Html, std::less<>> told_;        ///< by key: the words of episodes that go on
  std::optional<Running> fresh_;                               ///< of the transaction under way
  std::map<std::int64_t, Running> running_;                    ///< by row
  std::set<std::int64_t> placebos_tried_;                      ///< by row, since the start
  std::map<std::int64_t, desk::TradeRecord> records_;          ///< by row: all of them
  std::map<std::string, std::string, std::less<>> lines_;      ///< record lines by rule
};

}  // namespace app
