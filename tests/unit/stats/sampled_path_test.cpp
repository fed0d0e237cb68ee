#include "common/stats/sampled_path.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace sampled_path_test {
using namespace std::chrono_literals;
constexpr base::WallTime start = base::from_ms(1'759'708'800'000);

TEST(SampledPath, KeepsTheNewestOfEachStep) {
  stats::SampledPath path(1h, 10);
  EXPECT_FALSE(path.newest());
  EXPECT_FALSE(path.before(start, 100h));
  EXPECT_TRUE(path.add(start, 1));
  EXPECT_TRUE(path.add(start + 59min, 2));
  EXPECT_TRUE(path.add(start + 60min, 3));
  EXPECT_EQ(path.newest()->value, 3);
  EXPECT_EQ(path.before(start + 59min, 0min)->value, 2);
  EXPECT_FALSE(path.before(start + 58min, 100h)) << "the first of the step gave way";
  EXPECT_FALSE(path.add(start + 30min, 9)) << "older than the newest";
  EXPECT_FALSE(path.add(start + 3h, std::nan("")));
  EXPECT_EQ(path.newest()->value, 3);
}

TEST(SampledPath, WhatIsTooOldIsNotTheValueOfThen) {
  stats::SampledPath path(1h, 10);
  EXPECT_TRUE(path.add(start, 1));
  EXPECT_EQ(path.before(start + 2h, 2h)->value, 1);
  EXPECT_FALSE(path.before(start + 2h + 1ms, 2h));
}

TEST(SampledPath, IsBounded) {
  stats::SampledPath path(1h, 3);
  for (int at = 0; at < 5; ++at) EXPECT_TRUE(path.add(start + at * 1h, at));
  EXPECT_FALSE(path.before(start + 1h, 100h));
  EXPECT_EQ(path.before(start + 2h, 100h)->value, 2);
}

}  // namespace sampled_path_test
