#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "common/stats/streaming_median.hpp"

namespace streaming_test {

constexpr stats::StreamingMedian::Pace pace{.memory = 1'440, .scale_min = 0.01};

TEST(StreamingMedian, FirstNineValuesGiveTheExactFigures) {
  stats::StreamingMedian stream;
  std::vector<double> seen;
  for (const double x : {5.0, 1.0, 9.0, 3.0, 7.0, 2.0, 8.0, 4.0, 6.0}) {
    EXPECT_TRUE(stream.add(x, pace));
    seen.push_back(x);
    const auto exact = stats::median_and_mad(seen);
    EXPECT_NEAR(stream.median(), exact->median, 1e-6);
    EXPECT_NEAR(stream.mad(), exact->mad, 1e-6);
  }
}

TEST(StreamingMedian, NonFiniteValuesAreRefused) {
  stats::StreamingMedian stream;
  EXPECT_TRUE(stream.add(2, pace));
  EXPECT_FALSE(stream.add(std::numeric_limits<double>::quiet_NaN(), pace));
  EXPECT_FALSE(stream.add(std::numeric_limits<double>::infinity(), pace));
  EXPECT_FALSE(stream.add(1e300, pace));
  EXPECT_EQ(stream.count(), 1U);
  EXPECT_DOUBLE_EQ(stream.median(), 2);
}

/// Random streams of three shapes: the estimates stay near the exact ones of all values.
TEST(StreamingMedian, FollowsTheExactFiguresOfRandomStreams) {
  double worst_median = 0;
  double worst_mad = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal(0, 1);
    const double centre = normal(random) * 5;
    const double sigma = std::exp(normal(random));
    stats::StreamingMedian stream;
    std::vector<double> all;
    for (int at = 0; at < 1'400; ++at) {
      double x = normal(random);
      if (seed % 3 == 1) x = x < 0 ? x : x * 2;    // skewed
      if (seed % 3 == 2 && at % 20 == 0) x += 25;  // one in twenty far off
      all.push_back(centre + sigma * x);
      EXPECT_TRUE(stream.add(all.back(), pace));
    }
    const auto exact = stats::median_and_mad(all);
    worst_median = std::max(worst_median, std::fabs(stream.median() - exact->median) / sigma);
    worst_mad = std::max(worst_mad, std::fabs(stream.mad() - exact->mad) / sigma);
  }
  EXPECT_LT(worst_median, 0.12);
  EXPECT_LT(worst_mad, 0.12);
}

TEST(StreamingMedian, MovesToANewLevelWithinItsMemory) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal(0, 1);
  stats::StreamingMedian stream;
  for (int at = 0; at < 5'000; ++at) (void)stream.add(normal(random), pace);
  EXPECT_NEAR(stream.median(), 0, 0.15);
  for (int at = 0; at < 5'000; ++at) (void)stream.add(4 + normal(random), pace);
  EXPECT_NEAR(stream.median(), 4, 0.3);
}

TEST(StreamingMedian, AConstantStreamCanStillMoveOn) {
  stats::StreamingMedian stream;
  for (int at = 0; at < 100; ++at) (void)stream.add(1, {.memory = 50, .scale_min = 0.1});
  EXPECT_DOUBLE_EQ(stream.median(), 1);
  EXPECT_DOUBLE_EQ(stream.mad(), 0);
  for (int at = 0; at < 2'000; ++at) (void)stream.add(2, {.memory = 50, .scale_min = 0.1});
  EXPECT_NEAR(stream.median(), 2, 0.01);
}

TEST(StreamingMedian, ShrinksToZeroWhileItHasFewValues) {
  stats::StreamingMedian stream;
  EXPECT_DOUBLE_EQ(stream.shrunk(30), 0);
  (void)stream.add(1, pace);
  EXPECT_DOUBLE_EQ(stream.shrunk(1), 0.5);
  EXPECT_LE(sizeof(stats::StreamingMedian), 52U);
}

}  // namespace streaming_test
