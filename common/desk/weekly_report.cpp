#include "common/desk/weekly_report.hpp"

#include <algorithm>

#include "common/base/text.hpp"
#include "common/base/words.hpp"
#include "common/desk/trade.hpp"
#include "common/desk/weekly_picture.hpp"

namespace desk {
using base::Html;

namespace {

/// As it stood when the week ended: what was decided later is not there yet, what ended later still runs. So a report
/// that comes late is the same report.
std::vector<TradeRecord> as_of(const std::vector<TradeRecord>& records, base::WallTime to) {
  std::vector<TradeRecord> out;
  for (const auto& record : records) {
    if (record.decided_at >= to) continue;
    out.push_back(record);
    if (!record.ended_at || *record.ended_at < to) continue;
    out.back().state = OutcomeState::open;
    out.back().ended_at.reset();
  }
  return out;
}

bool is_closed_within(const TradeRecord& record, const ReportWeek& week) {
  return record.state == OutcomeState::closed && record.ended_at && *record.ended_at >= week.from &&
         *record.ended_at < week.to;
}

std::vector<RuleWeek> rules_of(const std::vector<TradeRecord>& records, const ReportWeek& week) {
  std::vector<RuleWeek> out;
  std::string before;
  for (const auto& score : desk::score(records)) {
    const bool newest = score.rule != before;
    before = score.rule;
    RuleWeek one{score, 0, 0};
    for (const auto& record : records) {
      if (record.rule != score.rule || record.config != score.config || !is_closed_within(record, week)) continue;
      ++one.closed;
      one.sum_r += record.result_r;
    }
    if (newest || one.closed > 0) out.push_back(std::move(one));
  }
  return out;
}

/// Lines that fit a phone; what each number means stands in docs/operations.md.
Html rule_words(const RuleWeek& rule, bool several, std::size_t configs_tried) {
  const auto& s = rule.score;
  const bool any = s.closed > 0;
  const bool calm = rule.closed == 0;
  return base::words(
      "report.rule",
      {{"rule", rule_name(s.rule)},
       {"alone", !several},
       {"verdict", several ? verdict_words(s) : ""},
       {"calm", calm},
       {"closed_within", calm ? "" : std::to_string(rule.closed)},
       {"sum", r_words(rule.sum_r)},
       {"expectancy", any ? expectancy_words(s) : ""},
       {"placebo", any && s.placebo_r ? r_words(*s.placebo_r) : ""},
       {"placebo_trades", s.placebo_trades < s.closed ? std::to_string(s.placebo_trades) : ""},
       {"worst", any ? r_words(s.worst_r) : ""},
       {"fall", base::fixed(s.drawdown_r, 1)},
       {"wins", s.wins},
       {"closed", s.closed},
       {"win_interval", any && s.win_interval ? percents(*s.win_interval) : ""},
       {"break_even", any && s.break_even_rate ? base::fixed(100 * *s.break_even_rate, 0) : ""},
       {"open", s.running},
       {"void", s.voided},
       {"unobserved", s.unobserved},
       {"ambiguous", s.ambiguous},
       {"first", s.first && s.last ? base::utc_date(*s.first) : ""},
       {"last", s.last ? base::utc_date(*s.last) : ""},
       {"days", any ? std::to_string(s.days) + " " + base::word("words.count", s.days == 1 ? "day" : "days") : ""},
       {"config", s.config.empty() ? base::word("words.count", "not_known") : s.config},
       {"tried", configs_tried}});
}

}  // namespace

std::string verdict_of_all(const std::vector<RuleWeek>& rules) {
  if (rules.size() == 1) return verdict_words(rules.front().score);
  const auto count = [&](RuleVerdict verdict) {
    return std::count_if(rules.begin(), rules.end(), [&](const RuleWeek& one) { return one.score.verdict == verdict; });
  };
  const auto edges = count(RuleVerdict::edge);
  if (edges > 0)
    return base::visible_text(base::words("report.edges", {{"edges", edges}, {"rules", rules.size()}}).str());
  return std::string(
      to_string(count(RuleVerdict::no_evidence) > 0 ? RuleVerdict::no_evidence : RuleVerdict::not_enough_data));
}

Html weekly_words(const WeeklyFacts& facts, const std::vector<RuleWeek>& rules) {
  std::vector<Html> parts{base::words("report.weekly", {{"bot", facts.title},
                                                        {"verdict", verdict_of_all(rules)},
                                                        {"until", facts.times.words(facts.week.to)},
                                                        {"zone", facts.times.zone()}})};
  for (std::size_t i = 0; i < std::min(rules.size(), report_rules_max); ++i)
    parts.push_back(rule_words(rules[i], rules.size() > 1, facts.configs_tried));
  if (rules.size() > report_rules_max)
    parts.push_back(base::words("report.more", {{"more", rules.size() - report_rules_max}}));
  parts.push_back(base::words("report.end", {}));
  return base::joined(parts, "\n\n");
}

std::optional<WeeklyReport> weekly_report(const WeeklyFacts& facts) {
  const auto records = as_of(facts.records, facts.week.to);
  auto rules = rules_of(records, facts.week);
  const auto has_closed = [](const RuleWeek& one) { return one.score.closed > 0; };
  if (std::none_of(rules.begin(), rules.end(), has_closed)) return std::nullopt;
  WeeklyReport out;
  out.text = weekly_words(facts, rules);
  std::erase_if(rules, [&](const RuleWeek& one) { return !has_closed(one); });
  out.picture = weekly_picture(records, rules);
  const auto title = base::words("report.title", {{"bot", facts.title}, {"day", facts.times.day_words(facts.week.to)}});
  out.picture.title = base::visible_text(title.str());
  out.caption = base::words("report.caption", {{"title", title}, {"verdict", verdict_of_all(rules)}});
  return out;
}

}  // namespace desk
