// Bars of one hour of the past weeks, once a contract: the rhythm of a week, before a bot has lived one. Nothing waits
// for them: they are asked for after everything else, and at the pace of the looks, so that the plan of requests counts
// them.
#pragma once
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/feed/fetcher.hpp"
#include "common/feed/look_pace.hpp"

namespace feed {

class HourHistory {
 public:
  struct Hooks {
    /// Of a contract from stored state: what is known is not asked for again.
    std::function<bool(const std::string& symbol)> known;
    std::function<bool()> may_go;  ///< nothing is waiting that is needed now
    std::function<base::WallTime(base::WallTime)> exchange_time;
  };
  HourHistory(Fetcher& fetcher, base::Clock& clock, Observer& observer, LookPace& pace, Sink sink, base::Millis reach);

  /// Contracts, most important first; each is asked for once.
  void follow(const std::vector<std::string>& symbols);
  /// All of a contract's closed bars go out at once, oldest first. Ends only by cancellation.
  [[nodiscard]] boost::asio::awaitable<void> run();
  [[nodiscard]] std::size_t waiting() const { return queue_.size() + (fetching_ ? 1 : 0); }
  Hooks hooks;  ///< set before run()

  /// The dearest request, for the plan. Empty: the exchange gives no bars of an hour over REST.
  [[nodiscard]] static std::vector<exchange::Ask> dearest(const exchange::Exchange& exchange, base::Millis reach);

 private:
  [[nodiscard]] bool may_go() const { return !hooks.may_go || hooks.may_go(); }
  [[nodiscard]] boost::asio::awaitable<void> wait_for_turn();
  [[nodiscard]] boost::asio::awaitable<bool> fetch(const std::string& symbol);  ///< true: nothing to try again
  Fetcher& fetcher_;
  base::Clock& clock_;
  Observer& observer_;
  LookPace& pace_;
  Sink sink_;
  base::Millis reach_;
  std::set<std::string, std::less<>> followed_;
  std::deque<std::string> queue_;
  bool fetching_{};
  std::map<std::string, int, std::less<>> failures_;
};

}  // namespace feed
