// Settled funding rates of one exchange's contracts: the last 30 days once, then the newest after each settlement;
// those of all contracts with one request, where the exchange gives that. An exchange that pays all the time (Deribit)
// or does not say when (Kraken) has a figure on each full hour.
#pragma once
#include <deque>
#include <map>

#include "common/feed/fetcher.hpp"

namespace feed {

class FundingHistory {
 public:
  /// The time of the newest settlement that is already known of a contract (from stored state), if any.
  using KnownUntil = std::function<std::optional<base::WallTime>(const std::string& symbol)>;
  FundingHistory(Fetcher& fetcher, base::Clock& clock, Observer& observer, Sink sink, KnownUntil known_until);

  /// Every running rate passes here: it names the contract and when it settles.
  void on_funding(const market::Funding& funding);
  /// Fetches as the guard lets it out. Ends only by cancellation.
  [[nodiscard]] boost::asio::awaitable<void> run();
  [[nodiscard]] std::size_t waiting() const { return queue_.size(); }

  static constexpr base::Millis history{std::chrono::hours{24 * 30}};

 private:
  struct Track {
    std::optional<base::WallTime> last;            ///< newest settlement passed on
    bool known{};                                  ///< a running rate was heard
    std::optional<base::WallTime> settles_at;      ///< of the running rate
    base::Millis interval{std::chrono::hours{1}};  ///< of the contract, where known: how many rows a page must hold
    base::SteadyTime not_before{};
    bool queued{};
    int failures{};
  };
  enum class Outcome : std::uint8_t {
    answered,
    unknown,     ///< no such contract, or endpoint
    unreadable,  ///< not of the shape that it had
    lost,
  };
  [[nodiscard]] static Outcome outcome_of(const base::Error& error);
  [[nodiscard]] boost::asio::awaitable<bool> fetch(const std::string& symbol);  ///< true: nothing to try again
  [[nodiscard]] boost::asio::awaitable<Outcome> fetch_by(const std::string& symbol, int way);
  /// Of every contract since `from`. What it brings needs no request of its own any more.
  [[nodiscard]] boost::asio::awaitable<void> fetch_all(base::WallTime from);
  void deliver(const std::string& symbol, std::vector<market::Funding> rates);
  [[nodiscard]] bool gives_all() const;
  void enqueue(const std::string& symbol, Track& track, bool first);
  Fetcher& fetcher_;
  base::Clock& clock_;
  Observer& observer_;
  Sink sink_;
  KnownUntil known_until_;
  std::map<std::string, Track, std::less<>> tracks_;
  std::deque<std::string> queue_;
  int way_{};  ///< of Exchange::ways(), that answered last
  std::optional<base::SteadyTime> other_way_since_;
  struct Settled {
    base::WallTime first;         ///< the oldest settlement that is due
    base::SteadyTime not_before;  ///< when the exchange has published it
  };
  std::optional<Settled> settled_;  ///< for fetch_all()
};

}  // namespace feed
