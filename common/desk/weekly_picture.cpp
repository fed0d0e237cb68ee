#include "common/desk/weekly_picture.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "common/base/text.hpp"
#include "common/base/utf8.hpp"

namespace desk {
using Point = ReportSpec::Point;

namespace {

constexpr double z_95 = 1.959963984540054;
constexpr std::size_t points_of_a_part = 4;  ///< its first, lowest, highest and last

bool is_of(const TradeRecord& record, const RuleWeek& rule) {
  return record.rule == rule.score.rule && record.config == rule.score.config;
}

/// Closed trades of these rules, in the order of their ends.
std::vector<TradeRecord> closed_of(const std::vector<TradeRecord>& records, const std::vector<RuleWeek>& rules) {
  std::vector<TradeRecord> out;
  for (const auto& record : records) {
    const bool wanted = std::any_of(rules.begin(), rules.end(), [&](const auto& rule) { return is_of(record, rule); });
    if (wanted && record.state == OutcomeState::closed && record.ended_at) out.push_back(record);
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.ended_at < b.ended_at; });
  return out;
}

ReportSpec::Line line_of(std::string name, const std::vector<TradeRecord>& closed) {
  ReportSpec::Line out{std::move(name), {}};
  double sum = 0;
  for (const auto& trade : closed) {
    sum += trade.result_r;
    if (!out.points.empty() && out.points.back().at == *trade.ended_at) {
      out.points.back().r = sum;
    } else {
      out.points.push_back({*trade.ended_at, sum});
    }
  }
  out.points = thinned(out.points, report_points_max);
  return out;
}

std::string name_of(const RuleWeek& rule, const std::vector<RuleWeek>& rules) {
  const auto same =
      std::count_if(rules.begin(), rules.end(), [&](const auto& one) { return one.score.rule == rule.score.rule; });
  return picture_text(rule_name(rule.score.rule) + (same > 1 ? " " + rule.score.config : ""));
}

base::WallTime first_decision(const std::vector<TradeRecord>& trades) {
  const auto earlier = [](const auto& a, const auto& b) { return a.decided_at < b.decided_at; };
  return std::min_element(trades.begin(), trades.end(), earlier)->decided_at;
}

/// Mean of squares of what whole days came to beside the mean, for one trade.
double variance_of(const std::vector<TradeRecord>& closed) {
  double sum = 0, squares = 0;
  for (const auto& trade : closed) sum += trade.result_r;
  const double mean = sum / static_cast<double>(closed.size());
  std::map<std::chrono::sys_days, double> days;
  for (const auto& trade : closed)
    days[std::chrono::floor<std::chrono::days>(trade.decided_at)] += trade.result_r - mean;
  for (const auto& [day, rest] : days) squares += rest * rest;
  return squares / static_cast<double>(closed.size());
}

}  // namespace

std::string rule_name(std::string kind) {
  std::replace(kind.begin(), kind.end(), '_', ' ');
  return kind;
}

std::vector<Point> thinned(const std::vector<Point>& line, std::size_t most) {
  if (line.size() <= most) return line;
  const std::size_t parts = most / points_of_a_part;
  std::vector<Point> out;
  for (std::size_t part = 0; part < parts; ++part) {
    const std::size_t from = line.size() * part / parts, to = line.size() * (part + 1) / parts;
    const auto by_r = [&](std::size_t a, std::size_t b) { return line[a].r < line[b].r; };
    std::vector<std::size_t> all;
    for (std::size_t i = from; i < to; ++i) all.push_back(i);
    const auto [low, high] = std::minmax_element(all.begin(), all.end(), by_r);
    std::vector<std::size_t> kept{from, *low, *high, to - 1};
    std::sort(kept.begin(), kept.end());
    kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
    for (const std::size_t i : kept) out.push_back(line[i]);
  }
  return out;
}

std::vector<ReportSpec::Band> placebo_band(const std::vector<TradeRecord>& closed) {
  double known_sum = 0, known = 0;
  for (const auto& trade : closed)
    if (trade.placebo_r) known_sum += *trade.placebo_r, ++known;
  if (closed.empty() || 2 * known < static_cast<double>(closed.size())) return {};
  const double usual = known_sum / known, variance = variance_of(closed);
  std::vector<ReportSpec::Band> out;
  out.push_back({first_decision(closed), 0, 0});
  double middle = 0, trades = 0;
  for (const auto& trade : closed) {
    middle += trade.placebo_r.value_or(usual);
    const double half = z_95 * std::sqrt(variance * ++trades);
    if (*trade.ended_at <= out.back().at) out.pop_back();  // of one moment the last
    out.push_back({*trade.ended_at, middle - half, middle + half});
  }
  const std::size_t step = (out.size() + report_points_max - 2) / (report_points_max - 1);
  std::vector<ReportSpec::Band> kept;
  for (std::size_t i = 0; i + 1 < out.size(); i += step) kept.push_back(out[i]);
  kept.push_back(out.back());
  return kept;
}

ReportSpec weekly_picture(const std::vector<TradeRecord>& records, const std::vector<RuleWeek>& rules) {
  ReportSpec out;
  const auto all = closed_of(records, rules);
  out.lines.push_back(line_of(rules.size() == 1 ? name_of(rules.front(), rules) : "all rules", all));
  auto largest = rules;
  std::stable_sort(largest.begin(), largest.end(),
                   [](const auto& a, const auto& b) { return a.score.closed > b.score.closed; });
  if (largest.size() > report_lines_max - 1) largest.resize(report_lines_max - 1);
  if (rules.size() > 1)
    for (const auto& rule : largest) out.lines.push_back(line_of(name_of(rule, rules), closed_of(records, {rule})));
  out.placebo = placebo_band(all);
  const auto days = std::chrono::ceil<std::chrono::days>(*all.back().ended_at - first_decision(all)).count();
  out.subtitle = verdict_of_all(rules) + " · " + std::to_string(all.size()) +
                 (all.size() == 1 ? " trade in " : " trades in ") + std::to_string(days) +
                 (days == 1 ? " day" : " days");
  out.footer = "Hypothetical trades, after fees and funding. Information, not advice";
  return out;
}

}  // namespace desk
