// Probes, generations, operators, permits.
#include "common/guard/breaker.hpp"

#include <set>
#include <stdexcept>

#include "tests/unit/guard/breaker_harness.hpp"

namespace test {
namespace breaker_test {

void expect_totals(const BreakerHarness& h, const guard::BreakerTotals& want) {
  const auto& is = h.breaker.totals();
  EXPECT_EQ(is.permits, want.permits);
  EXPECT_EQ(is.succeeded, want.succeeded);
  EXPECT_EQ(is.slow, want.slow);
  EXPECT_EQ(is.failed, want.failed);
  EXPECT_EQ(is.excluded, want.excluded);
  EXPECT_EQ(is.late, want.late);
  EXPECT_EQ(is.lost, want.lost);
  EXPECT_EQ(is.not_permitted, want.not_permitted);
}

TEST(CircuitBreaker, CB4_TwoGoodProbesInARowClose) {
  BreakerHarness h;
  h.trip(t0);
  h.succeed(t0 + 15s);
  EXPECT_EQ(h.breaker.state(), BreakerState::half_open);
  h.succeed(t0 + 16s);
  EXPECT_EQ(h.breaker.state(), BreakerState::closed);
  EXPECT_EQ(h.changes.back().reason, BreakerReason::probes_succeeded);
  EXPECT_FALSE(h.breaker.open_until());
  for (int i = 0; i < 4; ++i) h.fail(t0 + 17s);
  EXPECT_EQ(h.breaker.state(), BreakerState::closed) << "the counts began at zero";
}

TEST(CircuitBreaker, CB4_ASecondTimeAgainTwoGoodProbesAreNeeded) {
  BreakerHarness h;
  h.trip(t0);
  h.succeed(t0 + 15s);
  h.fail(t0 + 15s);
  EXPECT_EQ(h.open_for(t0 + 15s), 30s);
  h.succeed(t0 + 45s);
  EXPECT_EQ(h.breaker.state(), BreakerState::half_open);
}

TEST(CircuitBreaker, CB4_OneProbeAtATimeAndItsPermitComesBackWhenExcludedOrDropped) {
  BreakerHarness h;
  h.trip(t0);
  auto probe = h.acquire(t0 + 15s);
  ASSERT_TRUE(probe);
  EXPECT_FALSE(h.acquire(t0 + 15s));
  EXPECT_EQ(h.rejection.state, BreakerState::half_open);
  EXPECT_EQ(h.rejection.retry_after, 17s);
  probe->exclude(t0 + 16s);
  {
    const auto dropped = h.acquire(t0 + 16s);
    ASSERT_TRUE(dropped);
  }
  EXPECT_TRUE(h.acquire(t0 + 16s));
  EXPECT_EQ(h.breaker.state(), BreakerState::half_open);
}

TEST(CircuitBreaker, CB4_AnExcludedProbeBetweenTwoGoodOnesChangesNothing) {
  BreakerHarness h;
  h.trip(t0);
  h.succeed(t0 + 15s);
  h.acquire(t0 + 15s)->exclude(t0 + 15s);
  h.succeed(t0 + 15s);
  EXPECT_EQ(h.breaker.state(), BreakerState::closed);
}

TEST(CircuitBreaker, CB4_ALostProbeReopensFromTheMomentItWasLost) {
  BreakerHarness h;
  h.trip(t0);
  auto lost = h.acquire(t0 + 15s);
  ASSERT_TRUE(lost);
  EXPECT_FALSE(h.acquire(t0 + 15s + 16'999ms));
  EXPECT_EQ(h.breaker.state(), BreakerState::half_open);
  EXPECT_FALSE(h.acquire(t0 + 15s + 17s));
  EXPECT_EQ(h.breaker.state(), BreakerState::open);
  EXPECT_EQ(h.changes.back().reason, BreakerReason::probe_lost);
  EXPECT_EQ(h.breaker.openings(t0), 2);
  EXPECT_EQ(h.breaker.open_until(), t0 + 32s + 30s);
  EXPECT_EQ(h.breaker.totals().lost, 1U);
  auto next = h.acquire(t0 + 62s);
  ASSERT_TRUE(next);
  lost->succeed(t0 + 62s, 1s);
  EXPECT_EQ(h.breaker.totals().late, 1U);
  EXPECT_FALSE(h.acquire(t0 + 62s)) << "the late one gave nobody's permit back";
}

TEST(CircuitBreaker, CB4_ALostProbeThatNobodyLookedForIsOverWhenSomebodyDoes) {
  BreakerHarness h;
  h.trip(t0);
  const auto lost = h.acquire(t0 + 15s);
  h.breaker.tick(t0 + 1h);
  EXPECT_EQ(h.breaker.state(), BreakerState::half_open);
  EXPECT_EQ(h.breaker.openings(t0), 2);
  EXPECT_TRUE(h.acquire(t0 + 1h));
}

TEST(CircuitBreaker, CB4_AProbeThatReportsTooLateIsLostAllTheSame) {
  BreakerHarness h;
  h.trip(t0);
  auto slow = h.acquire(t0 + 15s);
  slow->succeed(t0 + 32s, 17s);
  EXPECT_EQ(h.breaker.state(), BreakerState::open);
  EXPECT_EQ(h.breaker.totals().lost, 1U);
  EXPECT_EQ(h.breaker.totals().late, 1U);
}

TEST(CircuitBreaker, CB4_AProbeInLineIsNotLostAndItsTimeRunsFromTheRequest) {
  BreakerHarness h;
  h.trip(t0);
  auto got = h.breaker.acquire(t0 + 15s, t0 + 55s);
  auto* const probe = std::get_if<Breaker::Permit>(&got);
  ASSERT_NE(probe, nullptr);
  EXPECT_FALSE(h.acquire(t0 + 71'999ms));
  EXPECT_EQ(h.breaker.state(), BreakerState::half_open);
  probe->begin(t0 + 50s);
  EXPECT_FALSE(h.acquire(t0 + 66'999ms));
  EXPECT_EQ(h.rejection.retry_after, 1ms);
  EXPECT_FALSE(h.acquire(t0 + 67s));
  EXPECT_EQ(h.changes.back().reason, BreakerReason::probe_lost);
}

TEST(CircuitBreaker, CB4_TheBeginOfAnOldPermitDoesNotMoveTheProbe) {
  BreakerHarness h;
  auto old = h.acquire(t0);
  h.trip(t0);
  auto lost = h.acquire(t0 + 15s);
  h.breaker.tick(t0 + 32s);
  auto probe = h.acquire(t0 + 62s);
  ASSERT_TRUE(probe);
  old->begin(t0 + 70s);
  lost->begin(t0 + 70s);
  h.breaker.tick(t0 + 62s + 17s);
  EXPECT_EQ(h.changes.back().reason, BreakerReason::probe_lost);
  EXPECT_EQ(h.breaker.totals().lost, 2U);
}

TEST(CircuitBreaker, CB5_AResultFromBeforeAChangeHasNoEffect) {
  BreakerHarness h;
  auto old = h.acquire(t0);
  ASSERT_TRUE(old);
  EXPECT_FALSE(old->is_probe());
  h.trip(t0);
  h.succeed(t0 + 15s);
  h.succeed(t0 + 15s);
  ASSERT_EQ(h.breaker.state(), BreakerState::closed);
  for (int i = 0; i < 4; ++i) h.fail(t0 + 16s);
  old->fail(t0 + 16s);
  EXPECT_EQ(h.breaker.state(), BreakerState::closed);
  EXPECT_EQ(h.breaker.totals().late, 1U);
  EXPECT_EQ(h.breaker.totals().failed, 10U) << "the totals know of it";
}

TEST(CircuitBreaker, CB5_EachChangeIsANewGeneration) {
  BreakerHarness h;
  std::set<std::uint64_t> seen{h.breaker.generation()};
  h.trip(t0);
  EXPECT_TRUE(seen.insert(h.breaker.generation()).second);
  h.succeed(t0 + 15s);
  EXPECT_TRUE(seen.insert(h.breaker.generation()).second);
  h.succeed(t0 + 15s);
  EXPECT_TRUE(seen.insert(h.breaker.generation()).second);
  h.breaker.isolate("a", "b");
  EXPECT_TRUE(seen.insert(h.breaker.generation()).second);
}

TEST(CircuitBreaker, CB6_AHundredExcludedCallsLeaveItClosed) {
  BreakerHarness h;
  for (int i = 0; i < 100; ++i) h.acquire(t0 + i * 1s)->exclude(t0 + i * 1s, 30s);
  EXPECT_EQ(h.breaker.state(), BreakerState::closed);
  EXPECT_EQ(h.breaker.totals().excluded, 100U);
  EXPECT_TRUE(h.changes.empty());
}

TEST(CircuitBreaker, CB6_AnExcludedCallDoesNotBreakARowOfFailures) {
  BreakerHarness h;
  for (int i = 0; i < 4; ++i) h.fail(t0);
  h.acquire(t0)->exclude(t0);
  h.fail(t0);
  EXPECT_EQ(h.breaker.state(), BreakerState::open);
}

TEST(CircuitBreaker, CB7_IsolatedItStaysOpenUntilAnOperatorClosesIt) {
  BreakerHarness h;
  h.breaker.isolate("anna", "their maintenance");
  EXPECT_FALSE(h.acquire(t0 + 24h * 365));
  EXPECT_EQ(h.rejection.state, BreakerState::forced_open);
  EXPECT_FALSE(h.rejection.retry_after);
  EXPECT_EQ(h.breaker.who(), "anna");
  EXPECT_EQ(h.breaker.why(), "their maintenance");
  EXPECT_EQ(h.changes.back().reason, BreakerReason::isolated);
  EXPECT_EQ(h.changes.back().who, "anna");
  EXPECT_EQ(h.changes.back().why, "their maintenance");
  h.breaker.close(t0 + 24h, "ben", "done");
  EXPECT_EQ(h.breaker.state(), BreakerState::closed);
  EXPECT_EQ(h.changes.back().reason, BreakerReason::closed_by_hand);
  EXPECT_EQ(h.changes.back().who, "ben");
  EXPECT_TRUE(h.acquire(t0 + 24h));
}

TEST(CircuitBreaker, CB7_CloseKeepsTheOpeningsAndResetForgetsThem) {
  BreakerHarness h;
  h.trip(t0);
  h.fail(t0 + 15s);
  ASSERT_EQ(h.breaker.openings(t0), 2);
  h.breaker.close(t0 + 20s, "anna", "it is fixed");
  EXPECT_EQ(h.breaker.openings(t0 + 20s), 2);
  EXPECT_EQ(h.breaker.openings(t0 + 20s + 10min), 1);
  h.breaker.close(t0 + 20s + 10min, "anna", "again");
  EXPECT_EQ(h.breaker.openings(t0 + 20s + 10min), 1);
  for (int i = 0; i < 4; ++i) h.fail(t0 + 30min);
  h.breaker.reset(t0 + 30min, "anna", "from scratch");
  EXPECT_EQ(h.breaker.openings(t0 + 30min), 0);
  EXPECT_EQ(h.changes.back().reason, BreakerReason::reset);
  for (int i = 0; i < 4; ++i) h.fail(t0 + 30min);
  EXPECT_EQ(h.breaker.state(), BreakerState::closed) << "the window was cleared";
  h.fail(t0 + 30min);
  EXPECT_EQ(h.open_for(t0 + 30min), 15s);
}

TEST(CircuitBreaker, CB7_DisabledItLetsAllPassAndCounts) {
  BreakerHarness h;
  h.trip(t0);
  h.breaker.disable("anna", "an experiment");
  EXPECT_EQ(h.changes.back().reason, BreakerReason::disabled);
  for (int i = 0; i < 50; ++i) h.fail(t0);
  EXPECT_EQ(h.breaker.state(), BreakerState::disabled);
  EXPECT_EQ(h.breaker.totals().failed, 55U);
  EXPECT_EQ(h.breaker.totals().permits, 55U);
  auto one = h.acquire(t0);
  ASSERT_TRUE(one);
  EXPECT_FALSE(one->is_probe());
  EXPECT_TRUE(h.acquire(t0)) << "as many as come";
}

TEST(CircuitBreaker, CB8_ARejectionNamesTheKeyAndTheWaitAndIsCounted) {
  BreakerHarness h;
  h.trip(t0);
  EXPECT_FALSE(h.acquire(t0 + 1s));
  EXPECT_EQ(h.rejection.key.text(), "binance fapi.binance.com fapi/v1/premiumIndex");
  EXPECT_EQ(h.rejection.state, BreakerState::open);
  EXPECT_EQ(h.rejection.retry_after, 14s);
  h.breaker.isolate("anna", "");
  EXPECT_FALSE(h.acquire(t0 + 1s));
  EXPECT_EQ(h.breaker.totals().not_permitted, 2U);
}

TEST(CircuitBreaker, CB10_ACallThatEndsEarlyIsCountedOnce) {
  BreakerHarness h;
  { const auto returned_early = h.acquire(t0); }
  try {
    const auto thrown_over = h.acquire(t0);
    throw std::runtime_error("inside the call");
  } catch (const std::runtime_error&) {  // the permit is back by now
  }
  expect_totals(h, {.permits = 2, .excluded = 2});
  auto moved = h.acquire(t0);
  auto owner = std::move(*moved);
  owner.fail(t0);
  owner.fail(t0);
  owner.succeed(t0, 1s);
  owner.exclude(t0, 50s);
  owner.abandon();
  moved->succeed(t0, 1s);
  moved.reset();
  expect_totals(h, {.permits = 3, .failed = 1, .excluded = 2});
  EXPECT_LT(h.breaker.held_until(), t0) << "a second report says nothing";
}

TEST(CircuitBreaker, CB10_APermitThatIsAssignedOverIsGivenBack) {
  BreakerHarness h;
  h.trip(t0);
  BreakerHarness other;
  auto probe = h.acquire(t0 + 15s);
  auto fresh = other.acquire(t0);
  *probe = std::move(*fresh);
  EXPECT_EQ(h.breaker.totals().excluded, 1U);
  EXPECT_FALSE(probe->is_probe());
  EXPECT_TRUE(h.acquire(t0 + 15s)) << "the probe's place is free";
  for (int i = 0; i < 4; ++i) other.fail(t0);
  probe->fail(t0);
  EXPECT_EQ(other.breaker.state(), BreakerState::open) << "it reports for its new breaker, in its generation";
  auto& self = *probe;
  *probe = std::move(self);
  EXPECT_EQ(other.breaker.totals().excluded, 0U);
}

TEST(CircuitBreaker, EachStateAndReasonHasItsOwnWords) {
  std::set<std::string_view> words;
  for (int i = 0; i <= 4; ++i) words.insert(to_string(static_cast<BreakerState>(i)));
  for (int i = 0; i <= 10; ++i) words.insert(to_string(static_cast<BreakerReason>(i)));
  EXPECT_EQ(words.size(), 16U);
  EXPECT_FALSE(words.contains("?"));
  EXPECT_EQ(to_string(static_cast<BreakerState>(77)), "?");
  EXPECT_EQ(to_string(static_cast<BreakerReason>(77)), "?");
}

TEST(BreakerPolicy, DefaultsAreUsableAndEveryBadNumberIsNamed) {
  EXPECT_TRUE(guard::BreakerPolicy{}.problems().empty());
  guard::BreakerPolicy bad;
  bad.consecutive_failures = 0;
  bad.calls_min = 0;
  bad.failure_rate = 1.1;
  bad.slow_rate = 0;
  bad.window_calls = 0;
  bad.window_age = 0s;
  bad.slow_call = 0s;
  bad.open_first = 0s;
  bad.open_max = 25h;
  bad.jitter = -1;
  bad.calm = 0s;
  bad.probes_to_close = 0;
  bad.request_timeout = 0s;
  bad.probe_grace = -1s;
  EXPECT_EQ(bad.problems().size(), 14U);
}

}  // namespace breaker_test
}  // namespace test
