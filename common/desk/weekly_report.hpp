// What a week of hypothetical trades came to, for the signals' chat: a text for a phone, and its picture. The same
// numbers as `stats`, which has the detail. Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "common/base/html.hpp"
#include "common/desk/chart_spec.hpp"
#include "common/desk/report_times.hpp"
#include "common/desk/scoreboard.hpp"

namespace desk {

struct WeeklyFacts {
  std::string title;  ///< "Volume Bot"
  ReportTimes times;
  ReportWeek week;
  std::vector<TradeRecord> records;  ///< all there are; what happened after the week is left out
  std::size_t configs_tried{1};
};

/// One rule under one configuration.
struct RuleWeek {
  RuleScore score;  ///< of its whole record, up to the end of the week
  int closed{};     ///< within the week
  double sum_r{};   ///< of those
};

struct WeeklyReport {
  base::Html text;
  base::Html caption;  ///< of the picture
  ReportSpec picture;
};

/// The newest configuration of each rule, and every other one that closed a trade within the week: a changed setting
/// hides nothing. nullopt: no trade was ever closed, there is nothing to tell.
[[nodiscard]] std::optional<WeeklyReport> weekly_report(const WeeklyFacts& facts);

/// The words alone. `rules`: not empty.
[[nodiscard]] base::Html weekly_words(const WeeklyFacts& facts, const std::vector<RuleWeek>& rules);
/// "no evidence of an edge"; of several rules what holds for all, "edge in 1 of 3 rules" where some have one.
[[nodiscard]] std::string verdict_of_all(const std::vector<RuleWeek>& rules);

inline constexpr std::size_t report_rules_max = 6;  ///< told in the text; the picture has room for fewer

}  // namespace desk
