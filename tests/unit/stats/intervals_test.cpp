#include "common/stats/intervals.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace intervals_test {
using stats::Clustered;

TEST(Wilson, IsTheScoreIntervalOfTheBooks) {
  struct Case {
    std::int64_t hits, trials;
    double low, high;
  };
  // Newcombe, Two-sided confidence intervals for the single proportion (1998), table I, method 3.
  for (const auto& one : {Case{81, 263, 0.2552711, 0.3661652}, Case{15, 148, 0.0624271, 0.1605345},
                          Case{0, 20, 0, 0.1611252}, Case{20, 20, 0.8388748, 1}, Case{1, 29, 0.0061113, 0.1717552}}) {
    const auto got = stats::wilson_95(one.hits, one.trials);
    ASSERT_TRUE(got);
    EXPECT_NEAR(got->low, one.low, 1e-4) << one.hits << "/" << one.trials;
    EXPECT_NEAR(got->high, one.high, 1e-4) << one.hits << "/" << one.trials;
  }
  EXPECT_FALSE(stats::wilson_95(0, 0));
  EXPECT_FALSE(stats::wilson_95(3, 2));
}

std::vector<Clustered> sample(int clusters, int each, std::uint64_t seed) {
  stats::Draws draws(seed);
  std::vector<Clustered> out;
  for (int day = 0; day < clusters; ++day)
    for (int i = 0; i < each; ++i) out.push_back({day, draws.uniform() + draws.uniform() + draws.uniform() - 1.5});
  return out;
}

TEST(ClusteredMean, WithManyAlikeClustersItIsTheIntervalOfTheNormalLaw) {
  const auto all = sample(2'000, 1, 3);
  const auto got = stats::clustered_mean_95(all);
  ASSERT_TRUE(got);
  const double error = 0.5 / std::sqrt(2'000.0);  // the variance of three uniform numbers is 1/4
  EXPECT_EQ(got->clusters, 2'000U);
  EXPECT_NEAR(got->mean, 0, 4 * error);
  EXPECT_NEAR(got->interval.high - got->mean, 1.96 * error, 0.15 * error);
  EXPECT_NEAR(got->mean - got->interval.low, 1.96 * error, 0.15 * error);
}

TEST(ClusteredMean, WhatHappensTogetherCountsOnce) {
  const auto apart = sample(60, 1, 5);
  std::vector<Clustered> copied, copies;
  for (const auto& one : apart)
    for (int i = 0; i < 10; ++i) {
      copied.push_back(one);
      copies.push_back({one.cluster * 10 + i, one.value});
    }
  const auto wide = stats::clustered_mean_95(copied), plain = stats::clustered_mean_95(apart),
             naive = stats::clustered_mean_95(copies);
  ASSERT_TRUE(wide && plain && naive);
  EXPECT_NEAR(wide->interval.low, plain->interval.low, 1e-9) << "ten copies say no more than one";
  EXPECT_LT((naive->interval.high - naive->interval.low) * 2.5, wide->interval.high - wide->interval.low);
}

TEST(ClusteredMean, IsTheSameEachTimeAndInAnyOrder) {
  auto all = sample(40, 5, 9);
  const auto first = stats::clustered_mean_95(all), again = stats::clustered_mean_95(all);
  ASSERT_TRUE(first && again);
  EXPECT_EQ(first->interval.low, again->interval.low);
  std::reverse(all.begin(), all.end());
  const auto turned = stats::clustered_mean_95(all);
  EXPECT_NEAR(first->interval.low, turned->interval.low, 1e-12);
}

TEST(ClusteredMean, KnowsWhereItKnowsNothing) {
  EXPECT_TRUE(stats::clustered_mean_95(sample(10, 3, 1)));
  EXPECT_FALSE(stats::clustered_mean_95(sample(9, 30, 1))) << "too few days, however many trades";
  EXPECT_FALSE(stats::clustered_mean_95({}));
  auto broken = sample(20, 2, 1);
  broken[3].value = std::nan("");
  EXPECT_FALSE(stats::clustered_mean_95(broken));
}

TEST(ClusteredMean, OfAlikeValuesHasNoWidthAndOfAllButOneASaneOne) {
  std::vector<Clustered> all;
  for (int day = 0; day < 30; ++day) all.push_back({day, 0.7});
  const auto alike = stats::clustered_mean_95(all);
  ASSERT_TRUE(alike);
  EXPECT_EQ(alike->interval.low, alike->interval.high);
  all[4].value = -1;
  const auto odd = stats::clustered_mean_95(all);
  ASSERT_TRUE(odd);
  EXPECT_GT(odd->interval.high, odd->mean);
  EXPECT_GT(odd->interval.low, -1.1) << "a number, though a third of the draws have no spread";
}

}  // namespace intervals_test
