#include "common/stats/robust.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "common/stats/atr.hpp"

namespace robust_test {

TEST(Robust, MedianOfOddAndEvenSamples) {
  EXPECT_DOUBLE_EQ(*stats::median({3, 1, 2}), 2);
  EXPECT_DOUBLE_EQ(*stats::median({4, 1, 3, 2}), 2.5);
  EXPECT_DOUBLE_EQ(*stats::median({7}), 7);
}

TEST(Robust, EmptyAndNonFiniteSamplesHaveNoMedian) {
  EXPECT_FALSE(stats::median({}));
  EXPECT_FALSE(stats::median({1, std::numeric_limits<double>::quiet_NaN()}));
  EXPECT_FALSE(stats::median_and_mad({1, std::numeric_limits<double>::infinity()}));
}

TEST(Robust, MadIsTheMedianDistanceFromTheMedian) {
  const auto spread = stats::median_and_mad({1, 2, 3, 4, 100});
  EXPECT_DOUBLE_EQ(spread->median, 3);
  EXPECT_DOUBLE_EQ(spread->mad, 1);
}

TEST(Robust, ZIsScaledAndFloored) {
  EXPECT_NEAR(*stats::robust_z(5, {.median = 3, .mad = 1}, 0.1), 1.349, 1e-12);
  EXPECT_NEAR(*stats::robust_z(5, {.median = 3, .mad = 0}, 0.1), 13.49, 1e-12);
  EXPECT_FALSE(stats::robust_z(5, {.median = 3, .mad = 0}, 0));
  EXPECT_FALSE(stats::robust_z(std::numeric_limits<double>::quiet_NaN(), {.median = 3, .mad = 1}, 0.1));
}

TEST(Robust, MedianAgreesWithSortingForRandomSamples) {
  std::mt19937_64 random(7);
  std::uniform_int_distribution<std::size_t> sizes(1, 60);
  std::normal_distribution<double> values(0, 10);
  for (int round = 0; round < 300; ++round) {
    std::vector<double> sample(sizes(random));
    for (double& x : sample) x = values(random);
    const double found = *stats::median(sample);
    std::sort(sample.begin(), sample.end());
    const std::size_t n = sample.size();
    const double naive = n % 2 == 1 ? sample[n / 2] : (sample[n / 2 - 1] + sample[n / 2]) / 2;
    EXPECT_NEAR(found, naive, 1e-12);
  }
}

TEST(Atr, FirstIsTheMeanOfTrueRangesThenWilderSmooths) {
  stats::Atr atr(3);
  EXPECT_TRUE(atr.add(11, 10, 10.5));  // range 1
  EXPECT_TRUE(atr.add(12, 11, 12));    // the close before counts: 1.5
  EXPECT_FALSE(atr.value());
  EXPECT_TRUE(atr.add(12.5, 12, 12));  // 0.5
  EXPECT_DOUBLE_EQ(*atr.value(), 1);
  EXPECT_TRUE(atr.add(16, 12, 15));  // 4
  EXPECT_DOUBLE_EQ(*atr.value(), 2);
}

TEST(Atr, AnInterruptionForgetsTheCloseBefore) {
  stats::Atr atr(1);
  EXPECT_TRUE(atr.add(10, 10, 10));
  atr.interrupt();
  EXPECT_TRUE(atr.add(21, 20, 20));
  EXPECT_DOUBLE_EQ(*atr.value(), 1);
}

TEST(Atr, ImpossiblePricesAreRefused) {
  stats::Atr atr(1);
  EXPECT_FALSE(atr.add(std::numeric_limits<double>::quiet_NaN(), 1, 1));
  EXPECT_FALSE(atr.add(1, 2, 1));
  EXPECT_FALSE(atr.add(1, 0, 1));
  EXPECT_EQ(atr.count(), 0U);
}

}  // namespace robust_test
