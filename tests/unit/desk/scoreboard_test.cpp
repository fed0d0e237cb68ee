#include "common/desk/scoreboard.hpp"

#include <gtest/gtest.h>

namespace scoreboard_test {
using desk::OutcomeState;
using desk::RuleVerdict;
using desk::TradeRecord;

constexpr base::WallTime first_day = base::from_ms(1'767'225'600'000);  // 2026-01-01

TradeRecord trade(int day, double result, OutcomeState state = OutcomeState::closed) {
  TradeRecord out;
  out.rule = "rule";
  out.config = "c1";
  out.decided_at = first_day + std::chrono::hours{24 * day + 5};
  if (state > OutcomeState::half) out.ended_at = out.decided_at + std::chrono::hours{3};
  out.state = state;
  out.result_r = result;
  return out;
}

TEST(Scoreboard, CountsEveryEndOfATradeForItself) {
  std::vector<TradeRecord> all{trade(0, 1),
                               trade(1, -1),
                               trade(2, 9, OutcomeState::waiting),
                               trade(2, 9, OutcomeState::open),
                               trade(2, 9, OutcomeState::half),
                               trade(3, 9, OutcomeState::voided),
                               trade(4, 9, OutcomeState::unobserved),
                               trade(5, 9, OutcomeState::unobserved)};
  all[1].ambiguous = all[5].ambiguous = true;
  const auto scores = desk::score(all);
  ASSERT_EQ(scores.size(), 1U);
  const auto& s = scores.front();
  EXPECT_EQ(s.closed, 2);
  EXPECT_EQ(s.running, 3);
  EXPECT_EQ(s.voided, 1);
  EXPECT_EQ(s.unobserved, 2);
  EXPECT_EQ(s.ambiguous, 1);
  EXPECT_EQ(s.days, 2U);
  EXPECT_DOUBLE_EQ(s.expectancy_r, 0) << "what is open, void or unobserved is no win and no loss";
  EXPECT_EQ(s.first, all.front().decided_at);
  EXPECT_EQ(s.last, all.back().decided_at);
  EXPECT_EQ(s.verdict, RuleVerdict::not_enough_data);
}

TEST(Scoreboard, WinsLossesFallAndPlaceboAreAsWorkedOutByHand) {
  std::vector<TradeRecord> all{trade(0, 2), trade(1, -1), trade(2, -0.5), trade(3, 1), trade(4, -1), trade(5, 0)};
  all[0].placebo_r = 0.1;
  all[1].placebo_r = -0.3;
  const auto s = desk::score_together(all);
  EXPECT_DOUBLE_EQ(s.worst_r, -1);
  EXPECT_DOUBLE_EQ(s.drawdown_r, 1.5) << "from 2 to 0.5; after the win at 1.5 only to 0.5 again";
  EXPECT_EQ(s.wins, 2);
  ASSERT_TRUE(s.break_even_rate);
  const double mean_loss = 2.5 / 4, mean_win = 1.5;  // a trade that came to nothing is no win
  EXPECT_DOUBLE_EQ(*s.break_even_rate, mean_loss / (mean_win + mean_loss));
  ASSERT_TRUE(s.win_interval);
  EXPECT_NEAR(s.win_interval->low, 0.0968, 1e-4);  // Wilson, 2 of 6
  EXPECT_NEAR(s.win_interval->high, 0.7000, 1e-4);
  EXPECT_EQ(s.placebo_trades, 2);
  EXPECT_NEAR(*s.placebo_r, -0.1, 1e-12);
  std::swap(all[3].ended_at, all[4].ended_at);
  EXPECT_DOUBLE_EQ(desk::score_together(all).drawdown_r, 1.5 + 1) << "in the order of the ends, not of the decisions";
}

TEST(Scoreboard, ADayIsThatOfTheDecision) {
  auto late = trade(3, 1);
  late.decided_at += std::chrono::hours{18};  // 23:00
  late.ended_at = late.decided_at + std::chrono::hours{3};
  EXPECT_EQ(desk::score_together({trade(3, -1), late}).days, 1U) << "what began together has a cause together";
}

TEST(Scoreboard, TheWorstOfWinsIsAWin) {
  EXPECT_DOUBLE_EQ(desk::score_together({trade(0, 2), trade(1, 0.5)}).worst_r, 0.5);
}

TEST(Scoreboard, SpeaksOnlyOfThirtyTradesOverTenDays) {
  const auto verdict = [](int trades, int days, double result) {
    std::vector<TradeRecord> all;
    for (int i = 0; i < trades; ++i) all.push_back(trade(i % days, result + (i % 2 == 0 ? 0.5 : -0.5)));
    return desk::score_together(all).verdict;
  };
  EXPECT_EQ(verdict(29, 15, 0.4), RuleVerdict::not_enough_data);
  EXPECT_EQ(verdict(30, 15, 0.4), RuleVerdict::edge);
  EXPECT_EQ(verdict(300, 9, 0.4), RuleVerdict::not_enough_data) << "a few days say little of other days";
  EXPECT_EQ(verdict(300, 10, 0.4), RuleVerdict::edge);
  EXPECT_EQ(verdict(300, 60, 0.0), RuleVerdict::no_evidence);
  EXPECT_EQ(verdict(300, 60, -0.4), RuleVerdict::no_evidence);
}

TEST(Scoreboard, ConfigurationsAreNotMixed) {
  std::vector<TradeRecord> all{trade(0, 1), trade(9, -1), trade(3, 2)};
  all[1].config = "c2";
  all[2].rule = "other";
  const auto scores = desk::score(all);
  ASSERT_EQ(scores.size(), 3U);
  EXPECT_EQ(scores[0].rule, "other");
  EXPECT_EQ(scores[1].config, "c2") << "the newest first";
  EXPECT_DOUBLE_EQ(scores[1].expectancy_r, -1);
  EXPECT_EQ(scores[2].config, "c1");
}

TEST(Scoreboard, SaysItInWords) {
  std::vector<TradeRecord> all;
  for (int i = 0; i < 40; ++i) all.push_back(trade(i % 20, i % 2 == 0 ? 1.2 : -1));
  all[3].placebo_r = -0.06;
  all[5].ambiguous = true;
  auto s = desk::score(all).front();
  ASSERT_TRUE(s.interval);
  s.interval = stats::Interval{-0.25, 0.44};  // the bootstrap has tests of its own
  EXPECT_EQ(desk::score_text(s, 2),
            "rule · config c1 · 2 configs tried\n"
            "  40 closed, 0 open, 0 void, 0 unobserved, 1 ambiguous · 2026-01-01 to 2026-01-20\n"
            "  expectancy +0.10 R (\u22120.25 to +0.44) a trade over 20 days: no evidence of an edge\n"
            "  worst \u22121.00 R, deepest fall 2.0 R\n"
            "  wins 20 of 40 (35 to 65 %), breaks even at 45 %; both only descriptive\n"
            "  placebo \u22120.06 R: random entries on the same symbols and days, for 1 trade\n");
  EXPECT_EQ(desk::record_line(s), "Record: 40 closed, +0.10 R (\u22120.25 to +0.44) each: no evidence of an edge");
  s.interval = stats::Interval{-0.9, -0.1};
  EXPECT_TRUE(desk::record_line(s).ends_with("no evidence of an edge, it loses"));
  EXPECT_EQ(desk::record_line(desk::RuleScore{}), "Record: no closed trade yet");
  EXPECT_EQ(desk::score_text(desk::score({trade(0, 1, OutcomeState::open)}).front(), 1),
            "rule · config c1 · 1 config tried\n"
            "  0 closed, 1 open, 0 void, 0 unobserved, 0 ambiguous · 2026-01-01 to 2026-01-01\n"
            "  not enough data\n");
}

}  // namespace scoreboard_test
