#include "common/desk/weekly_report.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "common/base/text.hpp"
#include "common/desk/weekly_picture.hpp"

namespace weekly_report_test {
using desk::OutcomeState;
using desk::ReportSpec;
using desk::RuleVerdict;
using desk::RuleWeek;
using desk::TradeRecord;
using namespace std::chrono_literals;

constexpr base::WallTime monday = base::from_ms(1'795'420'800'000);  // 2026-11-23 08:00

TradeRecord trade(base::Millis before, double result, OutcomeState state = OutcomeState::closed) {
  TradeRecord out;
  out.rule = "volume_spike";
  out.config = "c1";
  out.decided_at = monday - before;
  if (state > OutcomeState::half) out.ended_at = out.decided_at + 3h;
  out.state = state;
  out.result_r = state == OutcomeState::closed ? result : 0;
  return out;
}

desk::WeeklyFacts facts(std::vector<TradeRecord> records) {
  desk::WeeklyFacts out;
  out.title = "Volume Bot";
  out.week = {monday - 7 * 24h, monday};
  out.records = std::move(records);
  out.configs_tried = 2;
  return out;
}

std::string words(const desk::WeeklyFacts& of) {
  const auto report = desk::weekly_report(of);
  return report ? base::visible_text(report->text.str()) : "nothing";
}

TEST(WeeklyReport, SaysTheVerdictFirstAndThenTheNumbersInShortLines) {
  std::vector<TradeRecord> all{trade(240h, 1.5),
                               trade(100h, -1),
                               trade(90h, -1.2),
                               trade(80h, 2),
                               trade(70h, 0, OutcomeState::voided),
                               trade(60h, 0, OutcomeState::unobserved),
                               trade(2h, 0, OutcomeState::half)};
  all[0].placebo_r = 0.1;
  all[1].placebo_r = -0.2;
  all[2].ambiguous = true;
  EXPECT_EQ(words(facts(all)),
            "📊 Volume Bot: not enough data\n"
            "Week to Mon 23 Nov 08:00 UTC\n"
            "\n"
            "volume spike\n"
            "This week: 3 closed, −0.20 R in sum\n"
            "Expectancy +0.33 R\n"
            "Random entries −0.05 R (known for 2 trades)\n"
            "Worst −1.20 R, deepest fall 2.2 R\n"
            "Wins 2 of 4 (15 to 85 %)\n"
            "Breaks even at 39 % wins\n"
            "4 closed, 1 open, 1 void\n"
            "1 unobserved, 1 ambiguous\n"
            "2026-11-13 to 2026-11-23, trades on 3 days\n"
            "Config c1, 2 tried\n"
            "\n"
            "Hypothetical trades after fees and funding. Information, not advice");
  const auto said = words(facts(all));
  for (std::string_view rest = std::string_view(said).substr(0, said.find("Hypothetical")); !rest.empty();) {
    const auto line = rest.substr(0, rest.find('\n'));
    EXPECT_LE(line.size(), 46U) << "two lines on a phone: " << line;
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
}

TEST(WeeklyReport, HasTheSameNumbersAsTheScoreboard) {
  std::vector<TradeRecord> all;
  for (int i = 0; i < 60; ++i) all.push_back(trade(i * 10h + 5h, i % 3 == 0 ? 1.9 : -1.05));
  const auto score = desk::score(all).front();
  ASSERT_TRUE(score.interval);
  const auto said = words(facts(all));
  EXPECT_TRUE(said.starts_with("📊 Volume Bot: " + desk::verdict_words(score) + "\n")) << said;
  EXPECT_NE(said.find("\nExpectancy " + desk::expectancy_words(score) + "\n"), std::string::npos) << said;
}

TEST(WeeklyReport, WithoutAClosedTradeThereIsNothingToTell) {
  EXPECT_FALSE(desk::weekly_report(facts({})));
  EXPECT_FALSE(desk::weekly_report(facts(
      {trade(5h, 0, OutcomeState::open), trade(9h, 0, OutcomeState::unobserved), trade(9h, 0, OutcomeState::voided)})));
  EXPECT_FALSE(desk::weekly_report(facts({trade(-1h, 2)}))) << "decided after the week";
  EXPECT_TRUE(desk::weekly_report(facts({trade(300h, 2)}))) << "the record is told in a calm week too";
  EXPECT_NE(words(facts({trade(300h, 2)})).find("\nThis week: no trade closed\n"), std::string::npos);
}

TEST(WeeklyReport, ThatComesLateIsTheSameReport) {
  std::vector<TradeRecord> in_time{trade(100h, 1), trade(3h, 0, OutcomeState::open), trade(4h, -1)};
  auto late = in_time;
  late[1] = trade(3h, 2);  // ended in the moment in which the week does: of the next one
  late.push_back(trade(-1h, 2));
  late.push_back(trade(0h, 0, OutcomeState::open));  // decided in that moment
  EXPECT_EQ(words(facts(late)), words(facts(in_time)));
  EXPECT_EQ(desk::to_json(desk::weekly_report(facts(late))->picture),
            desk::to_json(desk::weekly_report(facts(in_time))->picture));
  EXPECT_NE(words(facts(in_time)).find("This week: 2 closed, 0.00 R in sum"), std::string::npos)
      << words(facts(in_time));
}

TEST(WeeklyReport, TheFirstMomentOfAWeekBelongsToIt) {
  auto first = trade(7 * 24h + 3h, 1), before = first;
  before.ended_at = *before.ended_at - 1ms;
  EXPECT_NE(words(facts({first})).find("This week: 1 closed"), std::string::npos);
  EXPECT_NE(words(facts({before})).find("This week: no trade closed"), std::string::npos);
}

TEST(WeeklyReport, AChangedSettingHidesNoLoss) {
  std::vector<TradeRecord> all{trade(400h, 1), trade(100h, -1), trade(90h, -1), trade(10h, 0, OutcomeState::open)};
  all[0].config = "c0";
  all[3].config = "c2";
  const auto report = desk::weekly_report(facts(all));
  const auto said = base::visible_text(report->text.str());
  EXPECT_NE(said.find("Config c2,"), std::string::npos) << "the newest";
  EXPECT_NE(said.find("Config c1,"), std::string::npos) << "which lost within the week";
  EXPECT_EQ(said.find("Config c0,"), std::string::npos) << "stats has it";
  EXPECT_NE(said.find("This week: 2 closed, −2.00 R in sum"), std::string::npos);
  ASSERT_EQ(report->picture.lines.size(), 1U);
  EXPECT_EQ(report->picture.lines[0].points.back().r, -2) << "and the picture shows what has closed";
}

RuleWeek of(RuleVerdict verdict) {
  RuleWeek out;
  out.score.verdict = verdict;
  return out;
}

TEST(WeeklyReport, OneVerdictForAllRulesClaimsNoMoreThanTheyDo) {
  const auto none = of(RuleVerdict::not_enough_data), no = of(RuleVerdict::no_evidence), edge = of(RuleVerdict::edge);
  auto loses = no;
  loses.score.interval = stats::Interval{-0.5, -0.1};
  EXPECT_EQ(desk::verdict_of_all({none}), "not enough data");
  EXPECT_EQ(desk::verdict_of_all({loses}), "no evidence of an edge, it loses");
  EXPECT_EQ(desk::verdict_of_all({none, none}), "not enough data");
  EXPECT_EQ(desk::verdict_of_all({none, no}), "no evidence of an edge");
  EXPECT_EQ(desk::verdict_of_all({none, edge, no}), "edge in 1 of 3 rules");
}

TEST(WeeklyReport, ManyRulesAreCutWhereStatsGoesOn) {
  std::vector<TradeRecord> all;
  for (int i = 0; i < 9; ++i) {
    all.push_back(trade(10h, 1));
    all.back().rule = "rule_" + std::to_string(i);
  }
  const auto report = desk::weekly_report(facts(all));
  const auto said = base::visible_text(report->text.str());
  EXPECT_NE(said.find("rule 5: not enough data"), std::string::npos) << said;
  EXPECT_EQ(said.find("rule 6"), std::string::npos);
  EXPECT_NE(said.find("… and 3 more: see stats"), std::string::npos);
  EXPECT_LT(said.size(), 4'000U) << "one message";
  EXPECT_EQ(report->picture.lines.size(), desk::report_lines_max);
  EXPECT_EQ(report->picture.lines[0].points.back().r, 9) << "the total is of all of them";
  EXPECT_TRUE(desk::check(report->picture));
}

TEST(WeeklyPicture, SumsTheTradesInTheOrderOfTheirEnds) {
  std::vector<TradeRecord> all{trade(100h, 1), trade(90h, -1), trade(80h, 2)};
  all[0].ended_at = monday - 50h;  // decided first, ended last
  all[2].ended_at = all[1].ended_at;
  const auto picture = desk::weekly_report(facts(all))->picture;
  ASSERT_TRUE(desk::check(picture));
  EXPECT_EQ(picture.title, "Volume Bot until 23 Nov");
  EXPECT_EQ(picture.subtitle, "not enough data · 3 trades in 3 days");
  ASSERT_EQ(picture.lines.size(), 1U);
  EXPECT_EQ(picture.lines[0].name, "volume spike") << "one rule needs no total beside it";
  ASSERT_EQ(picture.lines[0].points.size(), 2U) << "one moment has one point";
  EXPECT_EQ(picture.lines[0].points[0].r, 1);
  EXPECT_EQ(picture.lines[0].points[1].r, 2);
  EXPECT_TRUE(picture.placebo.empty()) << "no placebo is known";
}

TEST(WeeklyPicture, ThePlaceboBandIsAsWorkedOutByHand) {
  std::vector<TradeRecord> all{trade(100h, 1), trade(99h, 1), trade(70h, -2), trade(40h, 0)};
  all[0].placebo_r = -0.2;
  all[2].placebo_r = 0.1;
  const auto band = desk::placebo_band(all);
  ASSERT_EQ(band.size(), 5U);
  EXPECT_EQ(band[0].at, all[0].decided_at);
  EXPECT_EQ(band[0].low_r, 0);
  EXPECT_EQ(band[0].high_r, 0);
  const double variance =
      (2.0 * 2.0 + 2.0 * 2.0) / 4;                 // 2 on the first day, -2 on the second, 0 on the third; 4 trades
  const double middle = -0.2 - 0.05 + 0.1 - 0.05;  // who has no placebo yet counts with the mean of the others
  EXPECT_NEAR(band[4].low_r, middle - 1.96 * std::sqrt(4 * variance), 1e-3);
  EXPECT_NEAR(band[4].high_r, middle + 1.96 * std::sqrt(4 * variance), 1e-3);
  EXPECT_NEAR(band[1].high_r - band[1].low_r, 2 * 1.96 * std::sqrt(variance), 1e-3);
  all[2].placebo_r.reset();
  EXPECT_TRUE(desk::placebo_band(all).empty()) << "of fewer than half of the trades nothing is claimed";
}

TEST(WeeklyPicture, AYearOfTradesKeepsItsHighestItsLowestAndItsDeepestFall) {
  std::vector<TradeRecord> all;
  for (int i = 0; i < 9'000; ++i) {
    all.push_back(trade(9'500h - i * 1h, std::sin(i * 0.7) + (i % 997 == 500 ? -40.0 : 0.0)));
    all.back().placebo_r = 0;
  }
  const auto picture = desk::weekly_report(facts(all))->picture;
  ASSERT_TRUE(desk::check(picture)) << desk::check(picture).error().text();
  EXPECT_LE(desk::to_json(picture).size(), desk::picture_json_max);
  EXPECT_TRUE(desk::picture_from_json(desk::to_json(picture)));
  const auto fall = [](const auto& points) {
    double top = 0, deepest = 0;
    for (const auto& point : points) {
      top = std::max(top, point.r);
      deepest = std::max(deepest, top - point.r);
    }
    return deepest;
  };
  const auto score = desk::score_together(all);
  EXPECT_NEAR(fall(picture.lines[0].points), score.drawdown_r, 1e-9);
  EXPECT_NEAR(picture.lines[0].points.back().r, score.expectancy_r * score.closed, 1e-6);
  EXPECT_EQ(picture.placebo.back().at, picture.lines[0].points.back().at);
}

}  // namespace weekly_report_test
