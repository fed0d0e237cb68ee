// Closed bars of one exchange, each contract's in order and without holes: history first, then the stream, and history
// again after every gap. Bars that close while history is being fetched wait for it.
#pragma once
#include <deque>
#include <map>

#include "common/feed/bar_closer.hpp"
#include "common/feed/fetcher.hpp"

namespace feed {

struct CandleFeedOptions {
  base::Millis bar{60'000};
  base::Millis history{std::chrono::hours{24}};  ///< how far back a contract without any bar is warmed up
  bool pass_forming{};  ///< bars that are not closed too, as they come, once the contract's history is there
  bool polled{};        ///< no stream brings them: history is asked for after each bar's end
};

class CandleFeed {
 public:
  /// The open time of the newest bar that is already known of a contract (from a stored baseline), if any.
  using KnownUntil = std::function<std::optional<base::WallTime>(const std::string& symbol)>;
  CandleFeed(Fetcher& fetcher, base::Clock& clock, Observer& observer, Sink sink, CandleFeedOptions options,
             KnownUntil known_until);

  /// Contracts to follow, most important first. New ones are warmed up in this order.
  void follow(const std::vector<std::string>& symbols);
  /// Everything a candle stream says: open and closed bars, gaps.
  void on_event(const market::Event& event, base::WallTime exchange_now);
  /// Closes bars by time; about once a second.
  void on_time(base::WallTime exchange_now);
  /// Fetches history as the guard lets it out. Ends only by cancellation.
  [[nodiscard]] boost::asio::awaitable<void> run();

  [[nodiscard]] std::size_t followed() const { return tracks_.size(); }
  [[nodiscard]] std::size_t waiting() const { return queue_.size(); }  ///< contracts still without their history
  /// Set by the app: the exchange's time for a wall time of ours.
  std::function<base::WallTime(base::WallTime)> exchange_time;

  static constexpr std::size_t held_max =
      240;  ///< bars that wait for history; then the oldest go, and history fetches them

 private:
  struct Track {
    std::optional<base::WallTime> last;  ///< open time of the newest bar passed on
    bool fetching{true};
    std::deque<market::Candle> held;
    int failures{};
  };
  void on_closed(const market::Candle& candle);
  void on_forming(const market::Candle& candle);
  void ask_history(const std::string& symbol, Track& track);
  void pass_on(Track& track, const market::Candle& candle);
  void release(Track& track);
  [[nodiscard]] boost::asio::awaitable<bool> fetch(const std::string& symbol);
  void show_polled(market::Events events, const std::vector<market::Candle>& closed, base::WallTime now);
  [[nodiscard]] base::WallTime exchange_now() const;

  Fetcher& fetcher_;
  base::Clock& clock_;
  Observer& observer_;
  Sink sink_;
  CandleFeedOptions options_;
  KnownUntil known_until_;
  BarCloser closer_;
  std::optional<base::WallTime> polled_bar_;  ///< open time of the newest bar that was asked for
  std::map<std::string, Track, std::less<>> tracks_;
  std::deque<std::string> queue_;
};

}  // namespace feed
