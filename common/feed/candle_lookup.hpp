// One contract's closed bars of a stretch of time, when somebody asks for them: an ATR before a signal goes out, what
// happened to an open outcome, a chart. Few requests a minute, so that the plan of requests holds whatever the market
// does.
#pragma once
#include <string>
#include <vector>

#include "common/feed/fetcher.hpp"
#include "common/feed/look_pace.hpp"

namespace feed {

/// Bars that open in [from, to).
struct CandleQuestion {
  CandleQuestion(std::string of_symbol, base::Millis of_length, base::WallTime begin, base::WallTime end)
      : symbol(std::move(of_symbol)), bar(of_length), from(begin), to(end) {}
  std::string symbol;
  base::Millis bar;
  base::WallTime from, to;
  bool urgent{};  ///< a message waits for it: goes before those that can wait, and a little ahead of the pace
  std::optional<base::SteadyTime> not_after{};  ///< what has not been asked by then is not asked any more
};

class CandleLookup {
 public:
  static constexpr int rows_max = 100;  ///< of one request: some exchanges charge by rows
  static constexpr std::size_t pages_max = 40;
  /// The exchange's time for a wall time of ours: it decides which bars are closed.
  using ExchangeTime = std::function<base::WallTime(base::WallTime)>;

  CandleLookup(Fetcher& fetcher, base::Clock& clock, Observer& observer, LookPace& pace, ExchangeTime exchange_time)
      : fetcher_(fetcher), clock_(clock), observer_(observer), pace_(pace), exchange_time_(std::move(exchange_time)) {}

  /// A full request, for the plan. Empty: the exchange gives no bars of that length over REST.
  [[nodiscard]] static std::vector<exchange::Ask> dearest(const exchange::Exchange& exchange, base::Millis bar);
  /// Closed bars, oldest first, each once; none where the exchange has none. Errors: not_found (a contract that is not
  /// listed), refused (no list of contracts yet, no such bars, too long a stretch, too late), and those of the request.
  /// Many may ask at the same time.
  [[nodiscard]] boost::asio::awaitable<base::Result<std::vector<market::Candle>>> ask(CandleQuestion question);

  /// What was settled from `from` to `to`, both included, oldest first, at the same pace.
  [[nodiscard]] boost::asio::awaitable<base::Result<std::vector<market::Funding>>> ask_settlements(std::string symbol,
                                                                                                   base::WallTime from,
                                                                                                   base::WallTime to);
  /// A request of each way to them, for the plan.
  [[nodiscard]] static std::vector<exchange::Ask> dearest_settlements(const exchange::Exchange& exchange);

 private:
  [[nodiscard]] base::Result<std::vector<exchange::Ask>> asks_of(const CandleQuestion& question) const;
  [[nodiscard]] base::Result<void> is_listed(const std::string& symbol) const;
  Fetcher& fetcher_;
  base::Clock& clock_;
  Observer& observer_;
  LookPace& pace_;
  ExchangeTime exchange_time_;
};

}  // namespace feed
