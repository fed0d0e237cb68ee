// The record of each rule, told so that nobody is fooled by it (SIGNALS.md 6). Pure: trades in, numbers and words out.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "common/desk/outcome.hpp"
#include "common/stats/intervals.hpp"

namespace desk {

/// One hypothetical trade, as the scoreboard reads it.
struct TradeRecord {
  std::string rule;    ///< the finding's kind
  std::string config;  ///< hash of the settings that decided it
  base::WallTime decided_at{};
  std::optional<base::WallTime> ended_at;
  OutcomeState state{OutcomeState::waiting};
  bool ambiguous{};
  double result_r{};                ///< of a closed one
  std::optional<double> placebo_r;  ///< mean of its placebos, where they are known
};

enum class RuleVerdict : std::uint8_t {
  not_enough_data,  ///< under trades_min trades or stats::clusters_min days
  no_evidence,      ///< the interval of the expectancy is not wholly above 0
  edge,
};
[[nodiscard]] std::string_view to_string(RuleVerdict verdict);
[[nodiscard]] std::string percents(const stats::Interval& share);     ///< "12 to 34 %"
[[nodiscard]] std::string counted(int count, std::string_view what);  ///< "3 closed"
inline constexpr int trades_min = 30;

struct RuleScore {
  std::string rule, config;
  int closed{}, running{}, voided{}, unobserved{}, ambiguous{};
  std::size_t days{};                         ///< with a closed trade, by the UTC day of the decision
  std::optional<base::WallTime> first, last;  ///< decisions
  double expectancy_r{};                      ///< mean of the closed ones; 0 without any
  std::optional<stats::Interval> interval;    ///< 95 %, of that; absent: too few days
  double worst_r{}, drawdown_r{};             ///< the worst trade, the deepest fall of the sum in order of the ends
  int wins{};
  std::optional<stats::Interval> win_interval;  ///< Wilson, 95 %
  std::optional<double> break_even_rate;        ///< mean loss / (mean win + mean loss); absent without both
  std::optional<double> placebo_r;              ///< mean over the trades whose placebos are known
  int placebo_trades{};
  RuleVerdict verdict{RuleVerdict::not_enough_data};
};

/// One score a rule and configuration, the newest configuration of a rule first.
[[nodiscard]] std::vector<RuleScore> score(const std::vector<TradeRecord>& trades);
/// One score of all these trades, whatever their rule.
[[nodiscard]] RuleScore score_together(const std::vector<TradeRecord>& trades);

/// Five lines of text, for `stats` and `backtest`. `configs_tried`: how many configurations this rule ran under; the
/// best of many looks good by chance.
[[nodiscard]] std::string score_text(const RuleScore& score, std::size_t configs_tried);
/// "+0.12 R (−0.20 to +0.45)"; without an interval where there is none.
[[nodiscard]] std::string expectancy_words(const RuleScore& score);
[[nodiscard]] std::string verdict_words(const RuleScore& score);  ///< "no evidence of an edge, it loses"
/// One line for a message: "Record: 41 closed, +0.12 R each (−0.20 to +0.45): no evidence of an edge".
[[nodiscard]] std::string record_line(const RuleScore& score);

}  // namespace desk
