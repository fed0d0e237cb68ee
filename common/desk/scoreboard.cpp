#include "common/desk/scoreboard.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "common/base/text.hpp"
#include "common/base/words.hpp"

namespace desk {

namespace {

void count_ends(const std::vector<const TradeRecord*>& trades, RuleScore& out) {
  for (const auto* trade : trades) {
    out.first = std::min(out.first.value_or(trade->decided_at), trade->decided_at);
    out.last = std::max(out.last.value_or(trade->decided_at), trade->decided_at);
    switch (trade->state) {
      case OutcomeState::waiting:
      case OutcomeState::open:
      case OutcomeState::half: ++out.running; break;
      case OutcomeState::closed: ++out.closed; break;
      case OutcomeState::voided: ++out.voided; break;
      case OutcomeState::unobserved: ++out.unobserved; break;
    }
    if (trade->state == OutcomeState::closed && trade->ambiguous) ++out.ambiguous;
  }
}

void measure_sum(std::vector<const TradeRecord*> closed, RuleScore& out) {
  std::stable_sort(closed.begin(), closed.end(),
                   [](const auto* a, const auto* b) { return a->ended_at < b->ended_at; });
  double sum = 0, top = 0;
  out.worst_r = closed.front()->result_r;
  for (const auto* trade : closed) {
    sum += trade->result_r;
    top = std::max(top, sum);
    out.drawdown_r = std::max(out.drawdown_r, top - sum);
    out.worst_r = std::min(out.worst_r, trade->result_r);
  }
}

void measure_wins(const std::vector<const TradeRecord*>& closed, RuleScore& out) {
  double won = 0, lost = 0;
  for (const auto* trade : closed) {
    const bool win = trade->result_r > 0;
    out.wins += win ? 1 : 0;
    (win ? won : lost) += std::fabs(trade->result_r);
  }
  out.win_interval = stats::wilson_95(out.wins, out.closed);
  const int losses = out.closed - out.wins;
  if (out.wins == 0 || losses == 0) return;
  const double mean_win = won / out.wins, mean_loss = lost / losses;
  out.break_even_rate = mean_loss / (mean_win + mean_loss);
}

void measure_placebo(const std::vector<const TradeRecord*>& closed, RuleScore& out) {
  double sum = 0;
  for (const auto* trade : closed) {
    if (!trade->placebo_r) continue;
    sum += *trade->placebo_r;
    ++out.placebo_trades;
  }
  if (out.placebo_trades > 0) out.placebo_r = sum / out.placebo_trades;
}

RuleScore score_of(const std::vector<const TradeRecord*>& trades) {
  RuleScore out;
  count_ends(trades, out);
  std::vector<const TradeRecord*> closed;
  std::copy_if(trades.begin(), trades.end(), std::back_inserter(closed),
               [](const auto* trade) { return trade->state == OutcomeState::closed; });
  if (closed.empty()) return out;
  std::vector<stats::Clustered> results;
  std::vector<std::int64_t> days;
  double sum = 0;
  for (const auto* trade : closed) {
    days.push_back(base::utc_day(trade->decided_at));
    results.push_back({days.back(), trade->result_r});
    sum += trade->result_r;
  }
  std::sort(days.begin(), days.end());
  out.days = static_cast<std::size_t>(std::unique(days.begin(), days.end()) - days.begin());
  out.expectancy_r = sum / out.closed;
  if (const auto mean = stats::clustered_mean_95(results)) out.interval = mean->interval;
  measure_sum(closed, out);
  measure_wins(closed, out);
  measure_placebo(closed, out);
  if (out.closed >= trades_min && out.interval)
    out.verdict = out.interval->low > 0 ? RuleVerdict::edge : RuleVerdict::no_evidence;
  return out;
}

}  // namespace

std::string percents(const stats::Interval& share) {
  return base::fixed(100 * share.low, 0) + " to " + base::fixed(100 * share.high, 0) + " %";
}

std::string counted(int count, std::string_view what) { return std::to_string(count) + " " + std::string(what); }

std::string_view to_string(RuleVerdict verdict) {
  switch (verdict) {
    case RuleVerdict::not_enough_data: return "not enough data";
    case RuleVerdict::no_evidence: return "no evidence of an edge";
    case RuleVerdict::edge: return "edge";
  }
  return "?";
}

RuleScore score_together(const std::vector<TradeRecord>& trades) {
  std::vector<const TradeRecord*> all;
  for (const auto& trade : trades) all.push_back(&trade);
  return score_of(all);
}

std::vector<RuleScore> score(const std::vector<TradeRecord>& trades) {
  std::map<std::pair<std::string, std::string>, std::vector<const TradeRecord*>> groups;
  for (const auto& trade : trades) groups[{trade.rule, trade.config}].push_back(&trade);
  std::vector<RuleScore> out;
  for (const auto& [name, group] : groups) {
    out.push_back(score_of(group));
    out.back().rule = name.first;
    out.back().config = name.second;
  }
  std::stable_sort(out.begin(), out.end(), [](const RuleScore& a, const RuleScore& b) {
    return a.rule != b.rule ? a.rule < b.rule : a.last > b.last;
  });
  return out;
}

std::string expectancy_words(const RuleScore& s) {
  std::string out = r_words(s.expectancy_r) + " R";
  if (s.interval) out += " (" + r_words(s.interval->low) + " to " + r_words(s.interval->high) + ")";
  return out;
}

std::string verdict_words(const RuleScore& s) {
  std::string out(to_string(s.verdict));
  if (s.verdict == RuleVerdict::no_evidence && s.interval->high < 0) out += ", it loses";
  return out;
}

std::string score_text(const RuleScore& s, std::size_t configs_tried) {
  std::string out = s.rule + " · config " + (s.config.empty() ? "not known" : s.config) + " · " +
                    std::to_string(configs_tried) + (configs_tried == 1 ? " config tried" : " configs tried") + "\n";
  out += "  " + counted(s.closed, "closed, ") + counted(s.running, "open, ") + counted(s.voided, "void, ") +
         counted(s.unobserved, "unobserved, ") + counted(s.ambiguous, "ambiguous");
  if (s.first && s.last) out += " · " + base::utc_date(*s.first) + " to " + base::utc_date(*s.last);
  out += "\n";
  if (s.closed == 0) return out + "  " + verdict_words(s) + "\n";
  out += "  expectancy " + expectancy_words(s) + " a trade over " + std::to_string(s.days) +
         (s.days == 1 ? " day: " : " days: ") + verdict_words(s) + "\n";
  out += "  worst " + r_words(s.worst_r) + " R, deepest fall " + base::fixed(s.drawdown_r, 1) + " R\n";
  out +=
      "  wins " + std::to_string(s.wins) + " of " + std::to_string(s.closed) + " (" + percents(*s.win_interval) + ")";
  if (s.break_even_rate) out += ", breaks even at " + base::fixed(100 * *s.break_even_rate, 0) + " %";
  out += "; both only descriptive\n";
  if (s.placebo_r)
    out += "  placebo " + r_words(*s.placebo_r) + " R: random entries on the same symbols and days, for " +
           counted(s.placebo_trades, s.placebo_trades == 1 ? "trade\n" : "trades\n");
  return out;
}

std::string record_line(const RuleScore& s) {
  const bool any = s.closed > 0;
  return base::visible_text(base::words("trade.record", {{"none", !any},
                                                         {"closed", any ? std::to_string(s.closed) : ""},
                                                         {"each", any ? expectancy_words(s) : ""},
                                                         {"verdict", any ? verdict_words(s) : ""}})
                                .str());
}

}  // namespace desk
