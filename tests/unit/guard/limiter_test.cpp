#include "common/guard/limiter.hpp"

#include <gtest/gtest.h>

namespace limiter_test {

using namespace std::chrono_literals;
using guard::Limiter;

const base::SteadyTime t0{100h};
const base::WallTime w0 = base::from_ms(1'767'225'600'000);  // begins a minute
const base::BootTime boot0{"boot-1", 1h};

base::BootTime boot_at(base::Millis later) { return {"boot-1", 1h + later}; }

guard::LimitPlan plan_of(guard::UsageCounts counts = guard::UsageCounts::used) {
  return *guard::plan_limit("binance weight", {1000, 60s, "x-used", counts}, 0.5);  // interval 171 ms, burst 150
}

struct Usage {
  const char* what;
  const char* header;
  base::Millis into_window;
  base::Millis blocked_for;  // 0: not
  bool stretched;
};

TEST(Limiter, RL3_TheExchangesOwnCountSlowsDownAndStops) {
  const std::vector<Usage> table{
      {"little used", "100", 20s, 0ms, false},
      {"eighty percent is not over eighty", "800", 20s, 0ms, false},
      {"over eighty halves the rate", "801", 20s, 0ms, true},
      {"ninety-five still only halves it", "950", 20s, 0ms, true},
      {"over ninety-five stops until the window ends", "951", 20s, 40s, false},
      {"at the start of a window", "960", 0s, 60s, false},
      {"far over the limit", "9223372036854775807", 20s, 40s, false},
      {"no number", "many", 20s, 0ms, false},
      {"a number and more", "999x", 20s, 0ms, false},
      {"negative", "-999", 20s, 0ms, false},
      {"too large for any integer", "99999999999999999999", 20s, 0ms, false},
      {"empty", "", 20s, 0ms, false},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.what);
    Limiter limiter("binance", "weight", plan_of());
    const auto now = t0 + row.into_window;
    limiter.on_usage(row.header, now, w0 + row.into_window);
    EXPECT_EQ(limiter.ready_at(0, 1, now) - now, row.blocked_for);
    ASSERT_EQ(limiter.take(1, now + row.blocked_for, w0 + row.into_window + row.blocked_for), true);
    const auto charged = limiter.peek(now + row.blocked_for).reset_after;
    EXPECT_EQ(charged, plan_of().interval * (row.stretched ? 2 : 1));
  }
}

TEST(Limiter, RL3_ACountOfWhatIsLeftIsTurnedRound) {
  Limiter limiter("kucoin", "weight", plan_of(guard::UsageCounts::remaining));
  limiter.on_usage("100", t0, w0);
  EXPECT_EQ(limiter.blocked_until() > t0, false);
  limiter.on_usage("49", t0 + 1s, w0 + 1s);
  EXPECT_EQ(limiter.ready_at(0, 1, t0 + 1s), t0 + 60s);
}

TEST(Limiter, RL3_AHeaderLowerThanOurOwnCountRaisesNothing) {
  auto plan = *guard::plan_limit("x", {10, 60s, "x-used", guard::UsageCounts::used}, 1.0);
  Limiter limiter("x", "weight", plan);
  auto now = t0;
  auto wall = w0;
  int taken = 0;
  while (wall < w0 + 58s) {
    if (limiter.take(1, now, wall)) ++taken;
    now += 500ms;
    wall += 500ms;
  }
  ASSERT_GE(taken, 9);
  limiter.on_usage("1", now, wall);  // the server says one, we know better
  ASSERT_TRUE(limiter.take(1, now + 30s, wall + 30s));
  const auto before = limiter.peek(now + 30s).remaining;
  limiter.on_usage("0", now + 30s, wall + 30s);
  EXPECT_EQ(limiter.peek(now + 30s).remaining, before);
}

TEST(Limiter, RL3_OurOwnCountAloneSlowsDownToo) {
  const auto plan = *guard::plan_limit("x", {1000, 60s, "x-used", guard::UsageCounts::used}, 1.0);
  Limiter limiter("x", "weight", plan);
  int taken = 0;
  auto at = 0ms;
  for (; taken <= 800; at += 10ms) taken += limiter.take(1, t0 + at, w0 + at) ? 1 : 0;
  ASSERT_LT(at, 55s);
  limiter.on_usage("0", t0 + at, w0 + at);
  at += 1s;
  const auto before = limiter.peek(t0 + at).reset_after;
  ASSERT_TRUE(limiter.take(1, t0 + at, w0 + at));
  EXPECT_EQ(limiter.peek(t0 + at).reset_after - before, plan.interval * 2);
}

TEST(Limiter, RL7_WhatWasTakenIsHonouredAfterARestart) {
  Limiter before("binance", "weight", plan_of());
  ASSERT_TRUE(before.take(150, t0, w0));
  ASSERT_TRUE(before.must_save());
  const auto row = before.save(t0, w0, boot0);
  EXPECT_FALSE(before.must_save());

  Limiter after("binance", "weight", plan_of());
  const base::SteadyTime restarted{5s};  // another process, other steady times
  after.restore(row, restarted, w0 + 1s, boot_at(1s));
  EXPECT_GT(after.ready_at(0, 1, restarted), restarted);
  EXPECT_GE(after.ready_at(0, 150, restarted), restarted + plan_of().interval * 150 - 1s);
}

TEST(Limiter, RL7_ASaveReachesAheadSoThatFewAreNeeded) {
  Limiter limiter("binance", "weight", plan_of());
  int saves = 0;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(limiter.take(1, t0, w0));
    if (!limiter.must_save()) continue;
    const auto row = limiter.save(t0, w0, boot0);
    EXPECT_GE(row.busy.remaining, 171ms * (i + 1));
    ++saves;
  }
  EXPECT_LE(saves, 10);  // 17 s of work, one write for each 2 s
}

TEST(Limiter, RL7_ABlockIsHonouredAfterARestartWhateverTheClockDid) {
  Limiter before("binance", "weight", plan_of());
  before.block_until(t0 + 100s);
  ASSERT_TRUE(before.must_save());
  const auto row = before.save(t0, w0, boot0);
  struct Case {
    const char* what;
    base::WallTime wall;
    base::BootTime boot;
    base::Millis left;
  };
  const std::vector<Case> cases{{"same boot", w0 + 40s, boot_at(40s), 60s},
                                {"same boot, wall clock a year on", w0 + 24h * 365, boot_at(40s), 60s},
                                {"another boot", w0 + 40s, {"boot-2", 5s}, 60s},
                                {"another boot, wall clock a day back", w0 - 24h, {"boot-2", 5s}, 100s},
                                {"over", w0 + 101s, boot_at(101s), 0s}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    Limiter after("binance", "weight", plan_of());
    after.restore(row, t0, c.wall, c.boot);
    EXPECT_EQ(std::max(after.blocked_until(), t0), t0 + c.left);
  }
}

TEST(Limiter, RL7_AnAbsurdRowNeverBlocksForEver) {
  guard::LimiterRow row{"x", "y", {}, {}};
  const auto most = base::Millis::max();
  row.busy = {base::WallTime::max(), most, base::WallTime::max(), "boot-1", base::Millis::min()};
  row.blocked = {base::WallTime::min(), most, base::WallTime::max(), "", most};
  Limiter limiter("x", "y", plan_of());
  limiter.restore(row, t0, w0, boot0);
  EXPECT_LE(limiter.ready_at(0, 1, t0), t0 + 72h + 1s);
  EXPECT_LE(limiter.peek(t0).reset_after, plan_of().interval * 300 + 1ms);
}

}  // namespace limiter_test
