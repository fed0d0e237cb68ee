#include "bots/volume/surprise.hpp"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace surprise_test {

using base::Millis;

struct Market {
  std::mt19937_64 engine{3};
  std::normal_distribution<double> noise{0, 0.3};
  volume::Surprise surprise;
  base::WallTime at{};
  double range{0.001};

  double bar(double times = 1) {
    at += Millis{60'000};
    return surprise.add(at, 1e6 * std::exp(noise(engine)) * times, 100 * (1 + range), 100, 100);
  }
};

TEST(Surprise, ABurstIsStrongerThanEveryQuietBarOfADay) {
  Market market;
  double most = 0;
  for (int bar = 0; bar < 1'500; ++bar) most = std::max(most, market.bar());
  EXPECT_LT(most, 6);
  EXPECT_GT(market.bar(8), most);
}

TEST(Surprise, ASlowBurstCountsByItsSum) {
  Market market;
  for (int bar = 0; bar < 1'500; ++bar) (void)market.bar();
  double most = 0;
  for (int bar = 0; bar < 5; ++bar) most = std::max(most, market.bar(3.5));
  EXPECT_GT(most, 3);
}

TEST(Surprise, WhatEveryHourBringsIsNone) {
  Market market;
  double first = 0, last = 0;
  for (int bar = 0; bar < 60 * 24 * 10; ++bar) {
    const bool burst = bar % 60 == 17;
    const double strength = market.bar(burst ? 6 : 1);
    if (burst && bar > 60 && first == 0) first = strength;
    if (burst) last = strength;
  }
  EXPECT_GT(first, 4);
  EXPECT_LT(last, 2.5);
}

TEST(Surprise, VolumeBehindAMoveIsLessOfOne) {
  Market still, moving;
  for (int bar = 0; bar < 1'500; ++bar) (void)still.bar(), (void)moving.bar();
  moving.range = 0.02;
  EXPECT_GT(still.bar(8), moving.bar(8) + 1);
}

TEST(Surprise, AfterAGapItBeginsAnew) {
  Market market;
  for (int bar = 0; bar < 1'500; ++bar) (void)market.bar();
  market.surprise.interrupt();
  for (int bar = 0; bar < 30; ++bar) EXPECT_EQ(market.bar(50), 0);
  EXPECT_NE(market.bar(), 0);
}

}  // namespace surprise_test
