// When the circuit opens, and for how long.
#include "tests/unit/guard/breaker_harness.hpp"

namespace test {
namespace breaker_trip_test {

TEST(CircuitBreaker, CB2_FiveFailuresInARowOpenAndASuccessBetweenDoesNot) {
  guard::BreakerPolicy policy;
  policy.failure_rate = 1;  // only the row counts here
  BreakerHarness h(policy);
  for (int i = 0; i < 4; ++i) h.fail(t0);
  h.succeed(t0);
  for (int i = 0; i < 4; ++i) h.fail(t0);
  EXPECT_EQ(h.breaker.state(), BreakerState::closed);
  h.fail(t0);
  EXPECT_EQ(h.breaker.state(), BreakerState::open);
  ASSERT_EQ(h.changes.size(), 1U);
  EXPECT_EQ(h.changes[0].from, BreakerState::closed);
  EXPECT_EQ(h.changes[0].to, BreakerState::open);
  EXPECT_EQ(h.changes[0].reason, BreakerReason::consecutive_failures);
  EXPECT_EQ(h.changes[0].openings, 1);
  EXPECT_EQ(h.changes[0].open_until, t0 + 15s);
}

TEST(CircuitBreaker, CB2_HalfOfTenCallsOpensOnTheTenth) {
  BreakerHarness h;
  for (int i = 0; i < 9; ++i) i % 2 == 0 ? h.fail(t0) : h.succeed(t0);
  EXPECT_EQ(h.breaker.state(), BreakerState::closed);
  h.succeed(t0);
  EXPECT_EQ(h.breaker.state(), BreakerState::open);
  EXPECT_EQ(h.changes.back().reason, BreakerReason::failure_rate);
}

TEST(CircuitBreaker, CB2_LessThanHalfDoesNotOpen) {
  BreakerHarness h;
  for (int i = 0; i < 40; ++i) i % 5 > 2 ? h.fail(t0) : h.succeed(t0);
  EXPECT_EQ(h.breaker.state(), BreakerState::closed);
}

TEST(CircuitBreaker, CB2_TenSlowAnswersOpenAndNineDoNot) {
  BreakerHarness h;
  for (int i = 0; i < 9; ++i) h.succeed(t0, 5'001ms);
  EXPECT_EQ(h.breaker.state(), BreakerState::closed);
  h.succeed(t0, 5'001ms);
  EXPECT_EQ(h.breaker.state(), BreakerState::open);
  EXPECT_EQ(h.changes.back().reason, BreakerReason::slow_rate);
  EXPECT_EQ(h.breaker.totals().slow, 10U);
}

TEST(CircuitBreaker, CB2_EightOfTenSlowOpenSevenDoNotAndTheThresholdItselfIsNotSlow) {
  BreakerHarness seven, eight, edge;
  for (int i = 0; i < 10; ++i) {
    seven.succeed(t0, i < 7 ? 6s : 1s);
    edge.succeed(t0, 5s);
  }
  for (int i = 0; i < 10; ++i) eight.succeed(t0, i < 8 ? 6s : 1s);
  EXPECT_EQ(seven.breaker.state(), BreakerState::closed);
  EXPECT_EQ(eight.breaker.state(), BreakerState::open);
  EXPECT_EQ(edge.breaker.state(), BreakerState::closed);
}

TEST(CircuitBreaker, CB2_ASlowAnswerIsASuccessForTheRowOfFailures) {
  guard::BreakerPolicy policy;
  policy.failure_rate = 1;
  BreakerHarness h(policy);
  for (int i = 0; i < 4; ++i) h.fail(t0);
  h.succeed(t0, 6s);
  h.fail(t0);
  EXPECT_EQ(h.breaker.state(), BreakerState::closed);
}

TEST(CircuitBreaker, CB2_TheWindowForgetsWhatIsOlderThanTenMinutes) {
  BreakerHarness kept, gone;
  for (auto* const h : {&kept, &gone}) {
    for (int i = 0; i < 4; ++i) h->fail(t0);
    h->succeed(t0);
  }
  for (int i = 0; i < 4; ++i) kept.succeed(t0 + 10min);
  kept.fail(t0 + 10min);
  EXPECT_EQ(kept.breaker.state(), BreakerState::open) << "ten minutes old is not older";
  for (int i = 0; i < 4; ++i) gone.succeed(t0 + 10min + 1ms);
  gone.fail(t0 + 10min + 1ms);
  EXPECT_EQ(gone.breaker.state(), BreakerState::closed);
}

TEST(CircuitBreaker, CB2_TheWindowHoldsTwentyCalls) {
  BreakerHarness h;
  for (int i = 0; i < 14; ++i) h.succeed(t0);
  for (int i = 0; i < 4; ++i) h.fail(t0);
  h.succeed(t0);
  for (int i = 0; i < 4; ++i) h.fail(t0);  // 8 of the last 20, 8 of 23
  h.succeed(t0);
  h.fail(t0);
  EXPECT_EQ(h.breaker.state(), BreakerState::closed);
  h.fail(t0);
  EXPECT_EQ(h.breaker.state(), BreakerState::open) << "10 of the last 20";
}

TEST(CircuitBreaker, CB3_RejectsUntilTheWaitIsOverAndLetsAProbeThroughAtThatVeryMoment) {
  BreakerHarness h;
  h.trip(t0);
  EXPECT_FALSE(h.acquire(t0 + 14'999ms));
  EXPECT_EQ(h.rejection.retry_after, 1ms);
  EXPECT_EQ(h.breaker.state(), BreakerState::open);
  const auto probe = h.acquire(t0 + 15s);
  ASSERT_TRUE(probe);
  EXPECT_TRUE(probe->is_probe());
  EXPECT_EQ(h.breaker.state(), BreakerState::half_open);
  EXPECT_EQ(h.changes.back().reason, BreakerReason::wait_over);
}

TEST(CircuitBreaker, CB3_TheWaitDoublesUpToFiveMinutes) {
  BreakerHarness h;
  h.trip(t0);
  auto now = t0;
  for (const auto wait : {15s, 30s, 60s, 120s, 240s, 300s, 300s}) {
    EXPECT_EQ(h.open_for(now), wait);
    now = *h.breaker.open_until();
    h.fail(now);
    EXPECT_EQ(h.changes.back().reason, BreakerReason::probe_failed);
  }
  EXPECT_EQ(h.breaker.openings(now), 8);
}

TEST(CircuitBreaker, CB3_TenThousandOpeningsOverflowNothing) {
  BreakerHarness h;
  h.trip(t0);
  auto now = t0;
  for (int i = 1; i < 10'000; ++i) {
    now = *h.breaker.open_until();
    h.fail(now);
  }
  EXPECT_EQ(h.breaker.openings(now), 10'000);
  EXPECT_EQ(h.open_for(now), 300s);
}

TEST(CircuitBreaker, CB3_JitterIsTenPercentEitherWayAndNeverOverTheCap) {
  BreakerHarness low, high;
  low.random = 0;
  high.random = 1;
  low.trip(t0);
  high.trip(t0);
  EXPECT_EQ(low.open_for(t0), 13'500ms);
  EXPECT_EQ(high.open_for(t0), 16'500ms);
  auto now = t0;
  for (int i = 1; i < 6; ++i) {
    now = *low.breaker.open_until();
    low.fail(now);
  }
  EXPECT_EQ(low.open_for(now), 300s) << "432 s, then the cap";
  now = t0;
  for (int i = 1; i < 6; ++i) {
    now = *high.breaker.open_until();
    high.fail(now);
  }
  EXPECT_EQ(high.open_for(now), 300s);
}

TEST(CircuitBreaker, CB3_NeverOpenForLessThanTheServerAskedFor) {
  BreakerHarness h;
  for (int i = 0; i < 4; ++i) h.fail(t0);
  h.fail(t0, 60s);
  EXPECT_EQ(h.open_for(t0), 60'500ms);
  BreakerHarness longer;
  for (int i = 0; i < 4; ++i) longer.fail(t0);
  longer.fail(t0, 2s);
  EXPECT_EQ(longer.open_for(t0), 15s);
  BreakerHarness excluded;
  {
    auto permit = excluded.acquire(t0);
    permit->exclude(t0, 100s);
  }
  EXPECT_EQ(excluded.breaker.held_until(), t0 + 100'500ms);
  excluded.trip(t0 + 1s);
  EXPECT_EQ(excluded.breaker.open_until(), t0 + 100'500ms);
  auto probe = excluded.acquire(t0 + 100'500ms);
  ASSERT_TRUE(probe);
  probe->exclude(t0 + 100'500ms, 1s);
  EXPECT_EQ(excluded.breaker.held_until(), t0 + 102s);
}

TEST(CircuitBreaker, CB3_AShorterWishDoesNotShortenALongerOne) {
  BreakerHarness h;
  h.fail(t0, 100s);
  h.fail(t0, 10s);
  EXPECT_EQ(h.breaker.held_until(), t0 + 100'500ms);
}

TEST(CircuitBreaker, CB3_OneOpeningIsForgottenForEachTenMinutesClosed) {
  BreakerHarness h;
  h.trip(t0);
  auto now = t0;
  for (int i = 0; i < 3; ++i) {
    now = *h.breaker.open_until();
    h.fail(now);
  }
  ASSERT_EQ(h.breaker.openings(now), 4);
  now = *h.breaker.open_until();
  EXPECT_EQ(h.breaker.openings(now + 24h), 4) << "only closed time counts";
  h.succeed(now);
  h.succeed(now);
  ASSERT_EQ(h.breaker.state(), BreakerState::closed);
  EXPECT_EQ(h.breaker.openings(now), 4);
  EXPECT_EQ(h.breaker.openings(now + 10min - 1ms), 4);
  EXPECT_EQ(h.breaker.openings(now + 10min), 3);
  EXPECT_EQ(h.breaker.openings(now + 30min), 1);
  EXPECT_EQ(h.breaker.openings(now + 24h), 0);
  h.trip(now + 20min);
  EXPECT_EQ(h.open_for(now + 20min), 60s) << "the third";
}

}  // namespace breaker_trip_test
}  // namespace test
