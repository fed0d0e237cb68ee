// What became of a directional signal: one hypothetical trade with stated rules, led bar by bar (SIGNALS.md 6). Pure
// and a plain value: written down after each bar and taken up again, it ends the same.
//
// The rules, where a bar leaves room (docs/decisions/0018):
//   entry    the open of the first bar that opens at or after the decision + 2 s
//   order    a bar's open comes first, then its extremes in the order that is worse for the trade
//   stop     at its price, or at the open where that is beyond it; with it a target in the same bar: stop, ambiguous
//   targets  at their price, never better; after the first one the stop stands at the entry
//   funding  of settlements while it was open: a bar that opens at the settlement's time is lived through it
#pragma once
#include <optional>
#include <span>
#include <string>

#include "common/base/result.hpp"
#include "common/desk/trade.hpp"

namespace desk {

enum class OutcomeState : std::uint8_t {
  waiting,     ///< for its entry
  open,        ///< all of it
  half,        ///< the first target was reached: half is off, the stop stands at the entry
  closed,      ///< counts
  voided,      ///< the contract was delisted
  unobserved,  ///< what happened cannot be known
};
enum class EndReason : std::uint8_t { none, stop, stop_at_entry, tp2, time_stop, delisted, unobserved };
[[nodiscard]] std::string_view to_string(OutcomeState state);
[[nodiscard]] std::string_view to_string(EndReason reason);

struct Settlement {
  base::WallTime at{};
  double rate{};                ///< of this settlement; positive: longs pay
  std::optional<double> price;  ///< what it was charged on, where known; absent: the entry's
};

struct Outcome {
  // What was decided.
  TradePlan plan;
  base::WallTime enters_from{};  ///< decision + delay
  base::Millis time_stop{};
  double taker_fee{};

  // What was lived.
  OutcomeState state{OutcomeState::waiting};
  EndReason reason{EndReason::none};
  base::WallTime seen_until{};  ///< bars that open before this are known
  std::optional<base::WallTime> entered_at;
  double entry{};
  std::optional<base::WallTime> tp1_in, ended_in;  ///< opening times of the bars that reached the barriers
  std::optional<base::WallTime> tp1_at, ended_at;  ///< their ends, or the very moment where it is the bar's open
  bool ambiguous{};
  double mfe_r{}, mae_r{};  ///< the best and the worst excursion, both >= 0

  // What it came to, in R of the plan.
  double gross_r{}, fees_r{}, funding_r{};  ///< funding_r: negative was paid
  bool funding_known{};
  [[nodiscard]] double result_r() const { return gross_r - fees_r + funding_r; }
  [[nodiscard]] bool is_running() const { return state <= OutcomeState::half; }
};

/// A trade that waits for its entry.
[[nodiscard]] Outcome open_outcome(const TradePlan& plan, const TradeRules& rules, base::WallTime decided_at);

/// Bars may be missing where nobody traded; a longer hole may hide anything.
inline constexpr base::Millis hole_max{std::chrono::minutes{5}};

/// As its exchange says it, else by the time it was received.
[[nodiscard]] bool has_closed(const market::Candle& bar);
/// The next closed bar of the contract, of any one length. Bars from before seen_until are ignored; after a hole longer
/// than hole_max the trade is unobserved: fill holes first. Changes nothing once it has ended.
void advance(Outcome& outcome, const market::Candle& bar);
void end_delisted(Outcome& outcome, base::WallTime at);
void end_unobserved(Outcome& outcome, base::WallTime at);
/// Once it has ended: what was paid or received while it was open. `known`: the list is complete.
void settle(Outcome& outcome, std::span<const Settlement> settlements, bool known);

/// As JSON, for a row of the store; and back (bad_data).
[[nodiscard]] std::string outcome_json(const Outcome& outcome);
[[nodiscard]] base::Result<Outcome> outcome_from_json(const std::string& text);

}  // namespace desk
