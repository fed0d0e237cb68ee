#include "common/guard/gcra.hpp"

#include <cmath>
#include <deque>
#include <random>

#include <gtest/gtest.h>

#include "common/guard/limit_plan.hpp"

namespace gcra_test {

using namespace std::chrono_literals;
using base::SteadyTime;
using guard::Gcra;
using guard::plan_limit;

const SteadyTime t0{100h};

struct Step {
  std::chrono::milliseconds at;
  std::int64_t units;
  bool allowed;
  std::int64_t remaining;
  std::chrono::milliseconds reset_after;
  std::optional<std::chrono::milliseconds> retry_after;
};

TEST(Gcra, RL1_FollowsTheNumbersOfRedisCell) {
  Gcra gcra(1s, 5);
  const std::vector<Step> steps{
      {0ms, 6, false, 5, 0ms, {}},  {0ms, 1, true, 4, 1s, {}},    {0ms, 1, true, 3, 2s, {}},
      {0ms, 1, true, 2, 3s, {}},    {0ms, 1, true, 1, 4s, {}},    {0ms, 1, true, 0, 5s, {}},
      {0ms, 1, false, 0, 5s, 1s},   {3000ms, 1, true, 2, 3s, {}}, {3100ms, 1, true, 1, 3900ms, {}},
      {4000ms, 1, true, 1, 4s, {}}, {8000ms, 1, true, 4, 1s, {}}, {9500ms, 1, true, 4, 1s, {}},
      {9500ms, 0, true, 4, 1s, {}}, {9500ms, 2, true, 2, 3s, {}}, {9500ms, 5, false, 2, 3s, 3s},
  };
  for (const auto& step : steps) {
    SCOPED_TRACE(std::to_string(step.at.count()) + " ms, " + std::to_string(step.units) + " units");
    const auto answer = gcra.take(step.units, t0 + step.at);
    EXPECT_EQ(answer.allowed, step.allowed);
    EXPECT_EQ(answer.remaining, step.remaining);
    EXPECT_EQ(answer.reset_after, step.reset_after);
    EXPECT_EQ(answer.retry_after, step.retry_after);
  }
}

TEST(Gcra, RL1_PeekTakesNothing) {
  Gcra gcra(1s, 2);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(gcra.peek(2, t0).allowed);
  EXPECT_TRUE(gcra.take(2, t0).allowed);
  EXPECT_FALSE(gcra.peek(1, t0).allowed);
}

TEST(Gcra, RL1_NothingPassesABlockAndTheBlockIsNeverShortened) {
  Gcra gcra(1s, 5);
  gcra.block_until(t0 + 10s);
  gcra.block_until(t0 + 3s);
  EXPECT_EQ(gcra.take(1, t0).retry_after, 10s);
  EXPECT_EQ(gcra.peek(0, t0).remaining, 0);
  EXPECT_FALSE(gcra.take(1, t0 + 9999ms).allowed);
  EXPECT_TRUE(gcra.take(5, t0 + 10s).allowed);
}

TEST(Gcra, RL3_AStretchedLimiterChargesTwiceAndStillLetsALargeCostPass) {
  Gcra gcra(1s, 4);
  gcra.stretch_until(t0 + 60s);
  EXPECT_TRUE(gcra.take(4, t0).allowed);
  EXPECT_EQ(gcra.take(1, t0).retry_after, 6s);  // charged 8 s; one unit needs 2 s of the 4 s tolerance
  EXPECT_TRUE(gcra.take(1, t0 + 6s).allowed);
  EXPECT_EQ(gcra.peek(4, t0 + 6s).retry_after, 4s);  // when it is idle
  EXPECT_TRUE(gcra.take(4, t0 + 10s).allowed);
}

TEST(Gcra, RL3_TheEndOfTheStretchEndsAWaitForIt) {
  Gcra gcra(1s, 4);
  EXPECT_TRUE(gcra.take(4, t0).allowed);
  gcra.stretch_until(t0 + 1500ms);
  EXPECT_EQ(gcra.ready_at(0, 1, t0), t0 + 1500ms);
}

TEST(Gcra, WithoutABurstTheFirstUnitWaitsOneInterval) {
  Gcra gcra(1s, 5);
  gcra.drain(t0);
  EXPECT_EQ(gcra.take(1, t0).retry_after, 1s);
  EXPECT_EQ(gcra.peek(0, t0).remaining, 0);
}

TEST(LimitPlan, RL2_PlansSeventyPercentAndABurstThatFillsTheRest) {
  const auto plan = plan_limit("binance", {2400, 60s, {}, {}}, 0.5);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->share_max, 1200);
  EXPECT_EQ(plan->burst, 360);
  EXPECT_EQ(plan->interval, Gcra::Nanos(71'428'572));  // 60 s / 840
}

TEST(LimitPlan, RL2_AWholeUnitMustBeLeftForTheShare) {
  const guard::DocumentedLimit one_in_five{1, 5s, {}, {}};
  const auto alone = plan_limit("mexc", one_in_five, 1.0);
  ASSERT_TRUE(alone);
  EXPECT_EQ(alone->burst, 1);
  EXPECT_GT(alone->interval, 5s);
  const auto third = plan_limit("mexc detail", one_in_five, 0.33);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().kind, base::ErrorKind::config);
  EXPECT_EQ(third.error().place, "mexc detail");
}

TEST(LimitPlan, RL2_RefusesNumbersOutOfRange) {
  const double nan = std::nan("");
  EXPECT_FALSE(plan_limit("x", {0, 1s, {}, {}}, 1));
  EXPECT_FALSE(plan_limit("x", {10, 0s, {}, {}}, 1));
  EXPECT_FALSE(plan_limit("x", {10, 25h, {}, {}}, 1));
  EXPECT_FALSE(plan_limit("x", {2'000'000'000, 1s, {}, {}}, 1));
  for (const double bad : {0.0, -0.1, 1.1, nan}) {
    EXPECT_FALSE(plan_limit("x", {100, 1s, {}, {}}, bad));
    EXPECT_FALSE(plan_limit("x", {100, 1s, {}, {}}, 1, bad));
  }
}

TEST(LimitPlan, RL2_SharesOfAllBotsAddUpToOneAtMost) {
  EXPECT_TRUE(guard::share_problems({{"a", 1.0 / 3}, {"b", 1.0 / 3}, {"c", 1.0 / 3}}).empty());
  EXPECT_EQ(guard::share_problems({{"a", 0.5}, {"b", 0.51}}).size(), 1U);
  EXPECT_EQ(guard::share_problems({{"a", 0.0}, {"b", 1.5}, {"c", std::nan("")}}).size(), 3U);
}

/// What one window of the exchange sees at most: any that slides, and those that begin at multiples of its length.
struct Windows {
  std::chrono::nanoseconds per;
  std::deque<std::pair<SteadyTime, std::int64_t>> sliding;
  std::int64_t sliding_sum{}, sliding_most{}, fixed_sum{}, fixed_most{}, fixed_number{-1};

  void add(SteadyTime at, std::int64_t units) {
    sliding.emplace_back(at, units);
    sliding_sum += units;
    while (at - sliding.front().first > per) {
      sliding_sum -= sliding.front().second;
      sliding.pop_front();
    }
    sliding_most = std::max(sliding_most, sliding_sum);
    const auto number = at.time_since_epoch() / per;
    fixed_sum = number == fixed_number ? fixed_sum + units : units;
    fixed_number = number;
    fixed_most = std::max(fixed_most, fixed_sum);
  }
};

struct Documented {
  std::int64_t units;
  base::Millis per;
  double share;
};

class LimitProperty : public testing::TestWithParam<Documented> {};

TEST_P(LimitProperty, RL2_NoWindowEverSeesMoreThanTheShare) {
  const auto [units, per, share] = GetParam();
  const auto plan = plan_limit("x", {units, per, {}, {}}, share);
  ASSERT_TRUE(plan);
  EXPECT_GE(plan->burst, 1);
  EXPECT_LE(static_cast<double>(plan->share_max), static_cast<double>(units) * share + 1e-6);
  Gcra gcra(plan->interval, plan->burst);
  Windows seen{per, {}};
  std::mt19937_64 rng(42);
  auto now = t0;
  for (int i = 0; i < 100'000; ++i) {
    // Crowds, lulls, and the very moment at which the limiter opens again.
    const auto mode = rng() % 4;
    const auto cost = 1 + static_cast<std::int64_t>(rng()) % std::max<std::int64_t>(1, plan->burst / 2);
    const auto wanted = std::clamp<std::int64_t>(cost, 1, plan->burst);
    if (mode == 1) now += std::chrono::nanoseconds(rng() % static_cast<std::uint64_t>(plan->interval.count() * 2));
    if (mode == 2) now = gcra.ready_at(0, wanted, now);
    if (mode == 3 && i % 50 == 0) now += per;
    if (mode == 0 && i % 1000 == 0) gcra.stretch_until(now + per / 2);
    if (gcra.take(wanted, now).allowed) seen.add(now, wanted);
  }
  EXPECT_LE(seen.sliding_most, plan->share_max);
  EXPECT_LE(seen.fixed_most, plan->share_max);
  EXPECT_GE(seen.sliding_most * 10, plan->share_max * 5) << "the plan wastes half of the share";
}

INSTANTIATE_TEST_SUITE_P(Exchanges, LimitProperty,
                         testing::Values(Documented{2400, 60s, 1.0}, Documented{2400, 60s, 1.0 / 3},
                                         Documented{600, 5s, 1.0 / 3}, Documented{20, 2s, 1.0 / 3},
                                         Documented{10, 2s, 1.0 / 3}, Documented{200, 10s, 0.25},
                                         Documented{1, 5s, 1.0}, Documented{3, 2s, 1.0}, Documented{2000, 30s, 0.2},
                                         Documented{800, 1s, 0.5}, Documented{240, 3s, 0.9}));

}  // namespace gcra_test
