#include <array>
#include <random>

#include <gtest/gtest.h>

#include "common/guard/backoff.hpp"
#include "common/guard/retry_after.hpp"
#include "common/guard/retry_budget.hpp"

namespace retry_test {

using namespace std::chrono_literals;
using base::Millis;

TEST(RetryAfter, RL4_ReadsSecondsAndDates) {
  const auto now = base::from_ms(784'111'777'000);  // Sun, 06 Nov 1994 08:49:37 GMT
  struct Case {
    const char* text;
    std::optional<Millis> wait;
  };
  const std::vector<Case> cases{
      {"0", 0s},
      {"30", 30s},
      {" 7\t", 7s},
      {"1.5", 1500ms},
      {"0.25", 250ms},
      {"+2", 2s},
      {"-1", -1s},
      {"1000000000", Millis{1'000'000'000'000}},
      {"99999999999999999999999999999999999999", Millis{1'000'000'000'000}},
      {"Sun, 06 Nov 1994 08:50:37 GMT", 60s},
      {"Sun, 06 Nov 1994 08:48:37 GMT", -60s},
      {"", {}},
      {"-", {}},
      {"nan", {}},
      {"inf", {}},
      {"5s", {}},
      {"1.2.3", {}},
      {".5", {}},
      {"soon", {}},
  };
  for (const auto& c : cases) EXPECT_EQ(guard::parse_retry_after(c.text, now), c.wait) << '"' << c.text << '"';
}

TEST(RetryAfter, RL4_AWaitIsClampedAndHalfASecondLonger) {
  EXPECT_EQ(guard::server_wait(30s), 30'500ms);
  EXPECT_EQ(guard::server_wait(0s), 1'500ms);
  EXPECT_EQ(guard::server_wait(-1s), 1'500ms);
  EXPECT_EQ(guard::server_wait(Millis::min()), 1'500ms);
  EXPECT_EQ(guard::server_wait(72h), 72h + 500ms);
  EXPECT_EQ(guard::server_wait(Millis::max()), 72h + 500ms);
}

TEST(RetryAfter, RL4_RepeatedBansDoubleUpToTheCap) {
  EXPECT_EQ(guard::doubled(2min, 0, 72h), 2min);
  EXPECT_EQ(guard::doubled(2min, 5, 72h), 64min);
  EXPECT_EQ(guard::doubled(2min, 12, 72h), 72h);
  EXPECT_EQ(guard::doubled(2min, 1'000'000, 72h), 72h);
  EXPECT_EQ(guard::doubled(2min, -3, 72h), 2min);
}

TEST(Backoff, RL5_FullJitterStaysInsideTheDoublingWindow) {
  const guard::Backoff backoff;
  EXPECT_EQ(backoff.delay(0, 0.0), 0ms);
  EXPECT_EQ(backoff.delay(0, 0.5), 250ms);
  EXPECT_EQ(backoff.delay(2, 0.5), 1s);
  EXPECT_EQ(backoff.delay(6, 1.0), 30s);
  EXPECT_EQ(backoff.delay(100, 1.0), 30s);
}

TEST(Backoff, RL5_TheJitterIsUniform) {
  const guard::Backoff backoff;
  std::mt19937_64 rng(7);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::array<int, 10> bins{};
  constexpr int draws = 100'000;
  for (int i = 0; i < draws; ++i) {
    const auto delay = backoff.delay(3, uniform(rng));  // 0 … 4 s
    ASSERT_GE(delay, 0ms);
    ASSERT_LE(delay, 4s);
    ++bins.at(std::min<std::size_t>(9, static_cast<std::size_t>(delay / 400ms)));
  }
  double chi_square = 0;
  for (const int hits : bins) chi_square += (hits - draws / 10.0) * (hits - draws / 10.0) / (draws / 10.0);
  EXPECT_LT(chi_square, 27.9);  // 9 degrees of freedom, 0.1 %
}

TEST(RetryBudget, RL6_FollowsTheNumbersOfGrpc) {
  guard::RetryBudget budget;
  EXPECT_DOUBLE_EQ(budget.tokens(), 10);
  for (int i = 0; i < 4; ++i) budget.on_failure();
  EXPECT_TRUE(budget.allows());
  budget.on_failure();
  EXPECT_FALSE(budget.allows()) << "five tokens are not over half";
  budget.on_success();
  EXPECT_TRUE(budget.allows());
  for (int i = 0; i < 100; ++i) budget.on_failure();
  EXPECT_DOUBLE_EQ(budget.tokens(), 0);
  for (int i = 0; i < 50; ++i) budget.on_success();
  EXPECT_FALSE(budget.allows());
  budget.on_success();
  EXPECT_TRUE(budget.allows());
  for (int i = 0; i < 1000; ++i) budget.on_success();
  EXPECT_DOUBLE_EQ(budget.tokens(), 10);
}

TEST(RetryBudget, F20_AStormOfFailuresIsAmplifiedByATenthAtMost) {
  guard::RetryBudget budget;
  int calls = 1000;
  int retries = 0;
  for (int i = 0; i < calls; ++i) {
    budget.on_failure();
    if (budget.allows()) {
      ++retries;
      budget.on_failure();
    }
  }
  EXPECT_LE(retries, calls / 10);
}

}  // namespace retry_test
