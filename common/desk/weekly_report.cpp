#include "common/desk/weekly_report.hpp"

#include <algorithm>

#include "common/base/text.hpp"
#include "common/desk/trade.hpp"
#include "common/desk/weekly_picture.hpp"

namespace desk {
using base::Html;
using base::operator""_html;

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
Html rule_words(const RuleWeek& rule, std::size_t configs_tried) {
  const auto& s = rule.score;
  std::string out = "\nThis week: ";
  out += rule.closed == 0 ? "no trade closed" : counted(rule.closed, "closed, ") + r_words(rule.sum_r) + " R in sum";
  if (s.closed > 0) {
    out += "\nExpectancy " + expectancy_words(s);
    if (s.placebo_r) out += "\nRandom entries " + r_words(*s.placebo_r) + " R";
    if (s.placebo_r && s.placebo_trades < s.closed) out += " (known for " + counted(s.placebo_trades, "trades)");
    out += "\nWorst " + r_words(s.worst_r) + " R, deepest fall " + base::fixed(s.drawdown_r, 1) + " R";
    out +=
        "\nWins " + std::to_string(s.wins) + " of " + std::to_string(s.closed) + " (" + percents(*s.win_interval) + ")";
    if (s.break_even_rate) out += "\nBreaks even at " + base::fixed(100 * *s.break_even_rate, 0) + " % wins";
  }
  out += "\n" + counted(s.closed, "closed, ") + counted(s.running, "open, ") + counted(s.voided, "void");
  out += "\n" + counted(s.unobserved, "unobserved, ") + counted(s.ambiguous, "ambiguous");
  if (s.first && s.last) out += "\n" + base::utc_date(*s.first) + " to " + base::utc_date(*s.last);
  if (s.closed > 0) out += ", trades on " + std::to_string(s.days) + (s.days == 1 ? " day" : " days");
  out += "\nConfig " + (s.config.empty() ? "not known" : s.config) + ", " + std::to_string(configs_tried) + " tried";
  return Html::text(out);
}

}  // namespace

std::string verdict_of_all(const std::vector<RuleWeek>& rules) {
  if (rules.size() == 1) return verdict_words(rules.front().score);
  const auto count = [&](RuleVerdict verdict) {
    return std::count_if(rules.begin(), rules.end(), [&](const RuleWeek& one) { return one.score.verdict == verdict; });
  };
  const auto edges = count(RuleVerdict::edge);
  if (edges > 0) return "edge in " + std::to_string(edges) + " of " + std::to_string(rules.size()) + " rules";
  return std::string(
      to_string(count(RuleVerdict::no_evidence) > 0 ? RuleVerdict::no_evidence : RuleVerdict::not_enough_data));
}

Html weekly_words(const WeeklyFacts& facts, const std::vector<RuleWeek>& rules) {
  Html out = "📊 "_html + Html::bold(facts.title + ": " + verdict_of_all(rules));
  out += Html::text("\nWeek to " + facts.times.words(facts.week.to) + " " + facts.times.zone());
  for (std::size_t i = 0; i < std::min(rules.size(), report_rules_max); ++i) {
    const auto& score = rules[i].score;
    out += "\n\n"_html + Html::bold(rule_name(score.rule));
    if (rules.size() > 1) out += Html::text(": " + verdict_words(score));
    out += rule_words(rules[i], facts.configs_tried);
  }
  if (rules.size() > report_rules_max)
    out += Html::text("\n\n… and " + std::to_string(rules.size() - report_rules_max) + " more: see stats");
  return out + "\n\n"_html + Html::italic("Hypothetical trades after fees and funding. Information, not advice");
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
  out.picture.title = facts.title + " until " + facts.times.day_words(facts.week.to);
  out.caption = Html::text(out.picture.title + ": " + verdict_of_all(rules));
  return out;
}

}  // namespace desk
