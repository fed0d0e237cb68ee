#include "common/desk/weekly_report.hpp"
#include "tests/unit/gallery/gallery.hpp"

namespace gallery {

namespace {
using namespace std::chrono_literals;

constexpr base::WallTime monday = base::from_ms(1'773'648'000'000);  // 2026-03-16 08:00 UTC

/// One trade every nine hours, the newest first: each third wins.
void add_trades(std::vector<desk::TradeRecord>& all, const std::string& rule, int count, bool placebo_of_all = false) {
  for (int i = 0; i < count; ++i) {
    desk::TradeRecord one;
    one.rule = rule;
    one.config = "c4f1";
    one.decided_at = monday - (5 + i * 9) * 1h;
    one.ended_at = one.decided_at + 3h;
    one.state = desk::OutcomeState::closed;
    one.result_r = i % 3 == 0 ? 1.9 : -1.05;
    if (i > 2 || placebo_of_all) one.placebo_r = -0.1;
    all.push_back(one);
  }
}

desk::WeeklyFacts facts() {
  desk::WeeklyFacts out;
  out.title = "Volume Bot";
  out.week = {monday - 7 * 24h, monday};
  out.configs_tried = 2;
  add_trades(out.records, "volume_spike", 42);
  auto odd = out.records.front();
  odd.state = desk::OutcomeState::voided;
  out.records.push_back(odd);
  odd.state = desk::OutcomeState::unobserved;
  out.records.push_back(odd);
  out.records[1].ambiguous = true;
  return out;
}

desk::WeeklyFacts of_many_rules() {
  auto out = facts();
  out.title = "Liquidation Bot";
  out.records.clear();
  for (const char* rule : {"reversal", "b", "c", "d", "e", "f", "g"}) add_trades(out.records, rule, 3, true);
  for (auto& record : out.records) {
    if (record.rule != "reversal") record.state = desk::OutcomeState::open, record.ended_at.reset();
    record.decided_at -= record.rule == "reversal" ? 30 * 24h : 0h;
    if (record.ended_at) *record.ended_at -= 30 * 24h;
    record.config.clear();
  }
  return out;
}

}  // namespace

Chapter weekly() {
  Chapter out{"The weekly report", "In the signals' chat, with a picture below.", {}};
  const auto report = desk::weekly_report(facts());
  out.messages.push_back({"the record of one rule", report->text.str(), true});
  out.messages.push_back({"below its picture", report->caption.str(), true, true});
  out.messages.push_back({"of many rules, after a calm week", desk::weekly_report(of_many_rules())->text.str(), true});
  std::vector<desk::RuleWeek> two(2);
  two[0].score.rule = "reversal", two[1].score.rule = "volume_spike";
  two[0].score.verdict = desk::RuleVerdict::edge;
  two[0].score.days = 1;
  const auto text = desk::weekly_words(facts(), two).str();
  out.messages.push_back({"its first line where one rule has an edge", text.substr(0, text.find('\n')), true});
  return out;
}

}  // namespace gallery
