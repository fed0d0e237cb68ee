#include "common/stats/rolling_sums.hpp"

#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace rolling_sums_test {

using namespace std::chrono_literals;
constexpr base::WallTime start = base::from_ms(1'760'000'400'000);
stats::RollingSums sums() { return stats::RollingSums({10s, 60s, 300s}); }

TEST(RollingSums, ASpanHoldsWhatIsYoungerThanItIsLong) {
  auto rolling = sums();
  EXPECT_TRUE(rolling.add(start, 5));
  rolling.advance(start + 9'900ms);
  EXPECT_DOUBLE_EQ(rolling.total(0).sum, 5);
  rolling.advance(start + 10s);
  EXPECT_DOUBLE_EQ(rolling.total(0).sum, 0);
  EXPECT_DOUBLE_EQ(rolling.total(1).sum, 5);
  rolling.advance(start + 300s);
  EXPECT_EQ(rolling.total(2).count, 0U);
  EXPECT_EQ(rolling.slots(), 0U);
}

TEST(RollingSums, LateAmountsCountWhereTheyBelongAndTooLateOnesNowhere) {
  auto rolling = sums();
  EXPECT_TRUE(rolling.add(start + 100s, 1));
  EXPECT_TRUE(rolling.add(start + 70s, 2));
  EXPECT_DOUBLE_EQ(rolling.total(0).sum, 1);
  EXPECT_DOUBLE_EQ(rolling.total(1).sum, 3);
  EXPECT_TRUE(rolling.add(start + 500s, 4));
  EXPECT_FALSE(rolling.add(start + 200s, 8));
  EXPECT_DOUBLE_EQ(rolling.total(2).sum, 4);
}

TEST(RollingSums, RefusesWhatIsNoAmount) {
  auto rolling = sums();
  EXPECT_FALSE(rolling.add(start, std::numeric_limits<double>::quiet_NaN()));
  EXPECT_FALSE(rolling.add(start, -1));
  EXPECT_EQ(rolling.total(2).count, 0U);
}

TEST(RollingSums, AgreesWithRecountingForRandomOrders) {
  std::mt19937_64 random(23);
  std::exponential_distribution<double> steps(1.0 / 900);
  std::uniform_int_distribution<std::int64_t> late(0, 40'000);
  std::lognormal_distribution<double> amounts(8, 2);
  auto rolling = sums();
  std::vector<std::pair<std::int64_t, double>> all;  // slot, amount
  std::int64_t newest = 0;
  for (int at = 0; at < 4'000; ++at) {
    newest += static_cast<std::int64_t>(steps(random)) / 100;
    if (at % 500 == 499) newest += 4'000;  // long silence
    const std::int64_t slot = newest - (at % 7 == 0 ? late(random) / 100 : 0);
    const double amount = amounts(random);
    rolling.advance(start + newest * 100ms);
    if (rolling.add(start + slot * 100ms, amount)) all.emplace_back(slot, amount);
    for (const auto& [span, slots] : {std::pair{0U, 100}, {1U, 600}, {2U, 3'000}}) {
      double sum = 0;
      std::uint64_t count = 0;
      for (const auto& [when, value] : all) {
        if (when > newest - slots) sum += value, ++count;
      }
      ASSERT_EQ(rolling.total(span).count, count);
      if (count == 0) {
        ASSERT_EQ(rolling.total(span).sum, 0) << "nothing is left over of what was subtracted";
      }
      ASSERT_NEAR(rolling.total(span).sum, sum, 1e-6 * (sum + 1));
    }
    std::erase_if(all, [&](const auto& item) { return item.first <= newest - 3'000; });
  }
}

TEST(RollingSums, MemoryIsBoundedByTheLongestSpan) {
  auto rolling = sums();
  for (int at = 0; at < 100'000; ++at) (void)rolling.add(start + at * 7ms, 1);
  EXPECT_LE(rolling.slots(), 3'000U);
}

TEST(RollingSums, SaysWhenTheSumFallsBelowALevel) {
  auto rolling = sums();
  (void)rolling.add(start, 100);
  (void)rolling.add(start + 20s, 30);
  (void)rolling.add(start + 40s, 10);
  EXPECT_EQ(rolling.falls_below(1, 25), start + 80s);
  EXPECT_EQ(rolling.falls_below(1, 10), start + 100s);
  EXPECT_EQ(rolling.falls_below(1, 1'000), base::WallTime::min());
}

TEST(RollingSums, ATrickleBelowTheLevelDoesNotHoldTheSumUp) {
  auto rolling = sums();
  (void)rolling.add(start, 100);
  for (int second = 5; second <= 250; second += 5) (void)rolling.add(start + second * 1s, 1);
  EXPECT_EQ(rolling.falls_below(1, 25), start + 60s);
  EXPECT_EQ(rolling.falls_below(1, 12), start + 255s);
}

}  // namespace rolling_sums_test
