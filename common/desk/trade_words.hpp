// The words of a trade: below its signal, and in the reply that tells how it ended. Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "common/base/html.hpp"
#include "common/desk/outcome.hpp"

namespace desk {

/// What the words need beside the trade itself.
struct TradeWords {
  std::optional<double> tick_size;
  std::string exchange_title;  ///< "OKX"
  std::string link;            ///< of the contract on its exchange; empty: none
  std::string record;          ///< record_line() of its rule
};

/// Entry, stop, targets, size, costs, factors, the record so far, the link, and that it is no advice.
[[nodiscard]] base::Html plan_words(const TradePlan& plan, const std::vector<Factor>& factors, const TradeRules& rules,
                                    const TradeWords& words);
/// Why a finding with a direction comes without an entry.
[[nodiscard]] base::Html no_plan_words(NoPlan reason, const std::vector<Factor>& factors);
/// A whole message without its entry: said when it can only be sent too late.
[[nodiscard]] base::Html without_entry_words(const Finding& finding, std::int64_t number);
/// The reply to an open signal that a newer one contradicts.
[[nodiscard]] base::Html replaced_words(std::int64_t number, std::int64_t by, Direction points);
/// The reply to the signal: how its trade ended. Of one that has ended.
[[nodiscard]] base::Html outcome_words(const Outcome& outcome, const TradeWords& words);

}  // namespace desk
