// Hypothetical trades over recorded events: what `backtest` counts. Pure; the same gates, plans and rules as in a
// running bot, with market time for a clock.
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "common/desk/gates.hpp"
#include "common/desk/outcome.hpp"
#include "common/desk/scoreboard.hpp"
#include "common/stats/atr.hpp"
#include "common/stats/intervals.hpp"

namespace desk {

/// ATR(14) of 1 h bars out of closed bars of an hour at most.
class HourlyAtr {
 public:
  void add(const market::Candle& bar);
  [[nodiscard]] std::optional<double> value() const { return atr_.value(); }

 private:
  stats::Atr atr_{14};
  std::optional<base::WallTime> hour_;
  double high_{}, low_{}, close_{};
};

/// A trade of the book, with what its record needs.
struct BookedTrade {
  std::string rule;
  std::string event_id;  ///< seeds its placebos
  base::WallTime decided_at{};
  Outcome outcome;
  std::optional<double> placebo_r;
};

class TradeBook {
 public:
  TradeBook(const TradeRules& rules, const GatePolicy& policy)
      : rules_(rules), policy_(policy), gates_(make_gates(policy_)) {}
  TradeBook(const TradeBook&) = delete;  // the gates look at its policy
  TradeBook& operator=(const TradeBook&) = delete;
  TradeBook(TradeBook&&) = delete;
  TradeBook& operator=(TradeBook&&) = delete;
  ~TradeBook() = default;

  /// Before the detector sees it: a bar leads the trades that were open, not those it makes.
  void on_event(const market::Event& event);
  /// A finding of the detector: opens a trade where it would be said with a direction.
  void take(const Finding& finding);
  [[nodiscard]] const std::vector<BookedTrade>& trades() const { return trades_; }
  [[nodiscard]] std::vector<BookedTrade>& trades() { return trades_; }
  /// Findings with a direction that were said without a trade, by reason.
  [[nodiscard]] const std::map<std::string, int>& left_out() const { return left_out_; }
  [[nodiscard]] std::vector<TradeRecord> records(const std::string& config) const;

 private:
  struct Contract {
    HourlyAtr atr;
    std::optional<double> close;  ///< the newest bar's
    std::deque<Settlement> settlements;
    std::vector<std::size_t> running;  ///< of trades_
  };
  [[nodiscard]] Surroundings surroundings(const Finding& finding, const std::optional<TradePlan>& plan) const;

  TradeRules rules_;
  GatePolicy policy_;
  std::vector<std::unique_ptr<Gate>> gates_;
  std::map<std::string, Said, std::less<>> said_;
  std::map<std::pair<std::string, std::string>, Contract> contracts_;
  std::vector<BookedTrade> trades_;
  std::map<std::string, int> left_out_;
};

/// The same trades at random times of the same UTC days: symbol, direction and barriers (as shares of the price) stay.
/// Told the same bars once more, it says what chance alone would have got, before funding.
class Placebos {
 public:
  Placebos(const std::vector<BookedTrade>& trades, const TradeRules& rules, int of_each = 20);
  void on_bar(const market::Candle& bar);
  /// Means of those that ended, into the trades that they were made from.
  void tell(std::vector<BookedTrade>& trades) const;

 private:
  struct One {
    std::size_t of{};
    base::WallTime decided_at{};
    std::optional<Outcome> outcome;
  };
  struct Contract {
    std::vector<One> all;  ///< by time
    std::size_t next{};    ///< the first that has not begun
    std::vector<std::size_t> running;
  };
  TradeRules rules_;
  std::vector<TradePlan> plans_;
  std::map<std::pair<std::string, std::string>, Contract> contracts_;
};

}  // namespace desk
