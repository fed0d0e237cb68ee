// All exchanges of one bot: sweeps in cycles, streams kept open, history behind them. Everything it hears goes to one
// sink, in the order of receipt.
#pragma once
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "common/feed/candle_feed.hpp"
#include "common/feed/candle_lookup.hpp"
#include "common/feed/contract_list.hpp"
#include "common/feed/funding_history.hpp"
#include "common/feed/hour_history.hpp"
#include "common/feed/needs.hpp"
#include "common/feed/stream.hpp"
#include "common/feed/watchlist.hpp"

namespace feed {

/// What one cycle did, for the log and the service manager's status line.
struct CycleReport {
  int exchanges{};
  int exchanges_ok{};
  int asked{};
  int failed{};
};

struct MarketFeedTools {
  MarketFeedTools(boost::asio::io_context& with_io, base::Clock& with_clock, guard::Gate& with_gate,
                  guard::Ledger& with_ledger, net::WsClient& with_ws, Observer& with_observer,
                  std::function<double()> with_random)
      : io(with_io),
        clock(with_clock),
        gate(with_gate),
        ledger(with_ledger),
        ws(with_ws),
        observer(with_observer),
        random(std::move(with_random)) {}
  boost::asio::io_context& io;
  base::Clock& clock;
  guard::Gate& gate;
  guard::Ledger& ledger;
  net::WsClient& ws;
  Observer& observer;
  std::function<double()> random;
};

class MarketFeed {
 public:
  /// The newest bar or settlement of a contract that a detector knows from stored state; nullopt: none.
  using KnownUntil =
      std::function<std::optional<base::WallTime>(const std::string& exchange, const std::string& symbol)>;
  /// The exchange's time for a wall time of ours.
  using ExchangeTime = std::function<base::WallTime(const std::string& exchange, base::WallTime)>;
  using OnCrash = base::TaskGroup::OnFailure;

  MarketFeed(MarketFeedTools tools, std::vector<std::unique_ptr<Venue>> venues, FeedNeeds needs, WatchSettings watch,
             Sink sink, KnownUntil known_until, ExchangeTime exchange_time, OnCrash on_crash);
  ~MarketFeed();  ///< all tasks must have ended: stop(), then run the context until idle()
  MarketFeed(const MarketFeed&) = delete;
  MarketFeed& operator=(const MarketFeed&) = delete;
  MarketFeed(MarketFeed&&) = delete;
  MarketFeed& operator=(MarketFeed&&) = delete;

  /// Does a detector know the hours of past weeks of a contract from stored state? Set by the app; absent: of none.
  std::function<bool(const std::string& exchange, const std::string& symbol)> knows_hours;

  /// A list of contracts from an earlier run, in force until the exchange answers. Before the first cycle; one that is
  /// older than remembered_max is not believed.
  void remember(const std::string& exchange, const ContractList& list, base::WallTime listed_at);
  static constexpr base::Millis remembered_max{std::chrono::hours{24 * 7}};
  [[nodiscard]] ContractList contract_list(const std::string& exchange) const;
  /// Of which time the list is, and whether of an earlier run; absent: there is none.
  [[nodiscard]] std::optional<Venue::Listed> listed(const std::string& exchange) const;

  /// One sweep of every exchange, side by side, at most `limit` long; who is not done goes on and is not asked twice.
  /// Then streams are opened for what is newly watched. `everything`: also what is not due.
  [[nodiscard]] boost::asio::awaitable<CycleReport> cycle(bool everything, base::Millis limit);
  /// Once a second: bars that close by time.
  void on_time();
  /// From now on; what is newly watched is followed from the next cycle.
  void watch(WatchSettings settings) { watchlist_.configure(std::move(settings)); }
  /// What the judge of feeds asks for, on every socket of the topic.
  void apply(const std::string& exchange, market::Topic topic, health::Remedy remedy);
  /// And one question over REST while a stream is silent; what is answered goes to the observer.
  void ask_evidence(const std::string& exchange, market::Topic topic);
  [[nodiscard]] bool has_alternative(const std::string& exchange, market::Topic topic) const;
  /// A look at the asset's largest contract, where the exchange gives trades and depth.
  void sample(const std::string& asset);
  /// Closed bars of one contract (CandleLookup::ask). Without an exchange of that name: refused.
  [[nodiscard]] boost::asio::awaitable<base::Result<std::vector<market::Candle>>> look_up(std::string exchange,
                                                                                          CandleQuestion question);
  /// What was settled meanwhile (CandleLookup::ask_settlements).
  [[nodiscard]] boost::asio::awaitable<base::Result<std::vector<market::Funding>>> look_up_settlements(
      std::string exchange, std::string symbol, base::WallTime from, base::WallTime to);
  void stop();
  [[nodiscard]] bool idle() const;
  [[nodiscard]] std::vector<std::string> running() const;  ///< names of tasks, for a log line

  [[nodiscard]] const market::Instrument* find(const std::string& exchange, const std::string& symbol) const;
  [[nodiscard]] bool watches(const std::string& exchange, const std::string& symbol) const;
  [[nodiscard]] bool watches_asset(const std::string& asset) const;
  [[nodiscard]] std::string link(const std::string& exchange, const std::string& symbol) const;  ///< for people
  [[nodiscard]] std::vector<std::string> exchange_names() const;
  [[nodiscard]] std::size_t contracts(const std::string& exchange) const;  ///< that are listed
  /// Contracts whose bars are followed, and those of them still without history; by exchange.
  struct Followed {
    std::size_t contracts{}, without_history{};
    std::size_t without_hours{};  ///< of past weeks; nothing waits for them
    std::size_t polled_of{};      ///< bars by polls, of the largest ones of so many; 0: a stream brings them
  };
  [[nodiscard]] std::map<std::string, Followed> followed() const;

 private:
  struct Lane;  ///< everything that belongs to one exchange
  [[nodiscard]] boost::asio::awaitable<void> sweep_one(Lane& lane, bool everything);
  void hear(Lane& lane, const market::Event& event);
  void judge_prices();
  [[nodiscard]] std::vector<const market::Instrument*> followed_in(const Lane& lane) const;
  [[nodiscard]] boost::asio::awaitable<void> poll_liquidations(Lane& lane);
  void open_streams(Lane& lane);
  void open(Lane& lane, market::Topic topic, const std::vector<const market::Instrument*>& instruments);
  void spawn_forever(const std::string& name, std::function<boost::asio::awaitable<void>()> make);
  [[nodiscard]] boost::asio::awaitable<void> again_after_crash(std::function<boost::asio::awaitable<void>()> make);

  MarketFeedTools tools_;
  FeedNeeds needs_;
  Watchlist watchlist_;
  market::AssetPrices prices_;
  Sink sink_;
  KnownUntil known_until_;
  ExchangeTime exchange_time_;
  OnCrash on_crash_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::map<std::string, std::function<boost::asio::awaitable<void>()>, std::less<>> forever_;
  bool stopping_{};
  std::unique_ptr<base::TaskGroup> tasks_;  ///< last: its coroutines use all of the above
};

}  // namespace feed
