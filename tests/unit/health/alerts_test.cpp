// Staleness, the error rate, and the board that holds what is open.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/health/stale_watch.hpp"
#include "tests/unit/health/support.hpp"

namespace alerts_test {

using health::AlertBoard;
using health::AlertChange;
using health::AlertKind;
using health::Condition;
using health::ErrorRateWatch;
using health::StaleWatch;
using health_tests::at;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

TEST(StaleWatch, F27_ALoopThatHangsInACycleIsFoundByWhoeverJudges) {
  StaleWatch watch(180s, at(0s));
  watch.cycle_started(at(10s));
  watch.cycle_finished(at(12s));
  watch.cycle_started(at(60s));  // and nothing more is ever stamped
  EXPECT_FALSE(watch.judge(at(191s)).bad);
  const auto found = watch.judge(at(192s));
  EXPECT_TRUE(found.bad);
  EXPECT_EQ(found.kind, AlertKind::stale_cycle);
  EXPECT_THAT(found.facts, ElementsAre("the last cycle finished 3m ago", "a cycle has been under way for 2m 12s"));
}

TEST(StaleWatch, F27_StartingCyclesOverAndOverIsNoProgress) {
  StaleWatch watch(180s, at(0s));
  for (int i = 0; i < 30; ++i) watch.cycle_started(at(i * 10s));
  EXPECT_TRUE(watch.stale(at(300s)));
  EXPECT_THAT(watch.judge(at(300s)).facts[0], HasSubstr("no cycle has finished since the start, 5m ago"));
}

TEST(StaleWatch, F27_ALoopThatEndedIsFoundToo) {
  StaleWatch watch(180s, at(0s));
  watch.cycle_started(at(1s));
  watch.cycle_finished(at(2s));
  EXPECT_THAT(watch.judge(at(1h)).facts, ElementsAre(HasSubstr("finished 59m"), "no cycle is under way"));
}

TEST(StaleWatch, RecoversWithTheNextFinishedCycle) {
  StaleWatch watch(180s, at(0s));
  EXPECT_TRUE(watch.stale(at(200s)));
  watch.cycle_finished(at(201s));
  EXPECT_FALSE(watch.stale(at(202s)));
  EXPECT_EQ(watch.cycles(), 1U);
  EXPECT_THAT(watch.judge(at(202s)).facts, IsEmpty());
}

TEST(StaleWatch, F21_AStepOfTheWallClockRaisesNothingAndHidesNothing) {
  StaleWatch watch(180s, at(0s));
  watch.cycle_finished(at(10s));
  EXPECT_FALSE(watch.stale(at(20s, 1h)));
  EXPECT_FALSE(watch.stale(at(20s, 24h)));
  EXPECT_TRUE(watch.stale(at(200s, -24h)));
}

TEST(ErrorRateWatch, RaisesAtTheLimitAndClearsAtHalfOfIt) {
  ErrorRateWatch watch(30);
  EXPECT_FALSE(watch.judge(149, 5min).bad);
  EXPECT_TRUE(watch.judge(150, 5min).bad);
  EXPECT_TRUE(watch.judge(149, 5min).bad);
  EXPECT_TRUE(watch.judge(76, 5min).bad);
  EXPECT_FALSE(watch.judge(75, 5min).bad);
  EXPECT_FALSE(watch.judge(149, 5min).bad);
  EXPECT_THAT(watch.judge(600, 5min).facts, ElementsAre("120.0 errors a minute, of 30 at most"));
}

Condition down(bool bad, std::string fact = "connection reset") {
  return {AlertKind::exchange_down, "bybit", bad, {std::move(fact)}};
}

TEST(AlertBoard, IsRaisedOnceAndClearedOnceWithThePostToEdit) {
  AlertBoard board;
  EXPECT_FALSE(board.report(down(false), at(0s)));
  const auto raised = board.report(down(true), at(10s));
  ASSERT_TRUE(raised);
  EXPECT_EQ(raised->kind, AlertChange::Kind::raised);
  EXPECT_EQ(raised->alert.key(), "exchange_down/bybit");
  EXPECT_EQ(raised->alert.since, at(10s).wall);
  EXPECT_FALSE(board.report(down(true, "timeout"), at(20s)));
  board.posted("exchange_down/bybit", 4'711);
  const auto cleared = board.report(down(false, ""), at(70s, -1h));
  ASSERT_TRUE(cleared);
  EXPECT_EQ(cleared->kind, AlertChange::Kind::cleared);
  EXPECT_EQ(cleared->alert.post, 4'711);
  EXPECT_EQ(cleared->alert.lasted, 60s);
  EXPECT_FALSE(cleared->alert.open);
  EXPECT_THAT(cleared->alert.facts, ElementsAre("timeout"));  // what was wrong, not the good moment's facts
  EXPECT_FALSE(board.report(down(false), at(80s)));
}

TEST(AlertBoard, OpenOnesAreListedTheOldestFirst) {
  AlertBoard board;
  EXPECT_TRUE(board.report({AlertKind::stale_cycle, "", true, {}}, at(0s)));
  EXPECT_TRUE(board.report(down(true), at(5s)));
  EXPECT_TRUE(board.report({AlertKind::clock_offset, "okx", true, {}}, at(6s)));
  const auto open = board.open(at(10s));
  ASSERT_EQ(open.size(), 3U);
  EXPECT_EQ(open[0].key(), "stale_cycle");
  EXPECT_EQ(open[0].lasted, 10s);
  EXPECT_EQ(open[1].key(), "exchange_down/bybit");
  EXPECT_EQ(open[2].key(), "clock_offset/okx");
}

TEST(AlertBoard, APostForAnAlertThatIsOverIsIgnored) {
  AlertBoard board;
  board.posted("exchange_down/bybit", 1);
  EXPECT_THAT(board.open(at(0s)), IsEmpty());
}

}  // namespace alerts_test
