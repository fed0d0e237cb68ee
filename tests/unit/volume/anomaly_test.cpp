#include "bots/volume/anomaly.hpp"

#include <cmath>
#include <numbers>
#include <random>

#include <gtest/gtest.h>

namespace anomaly_test {

constexpr std::int64_t step = 300, rows_of_day = 288;

/// Five-minute values of a day's wave with noise.
struct Series {
  std::mt19937_64 engine{7};
  std::normal_distribution<double> noise{0, 1};
  double at(std::int64_t row) {
    return 100 + 30 * std::sin(2 * std::numbers::pi * static_cast<double>(row % rows_of_day) / rows_of_day) +
           noise(engine);
  }
};

TEST(Anomaly, IsWithinZeroAndOneAndASpikeStandsOut) {
  volume::Anomaly anomaly;
  Series series;
  double most = 0, spike = 0;
  for (std::int64_t row = 0; row < 10 * rows_of_day; ++row) {
    const bool planted = row == 9 * rows_of_day + 40;
    const double score = anomaly.score(row * step, series.at(row) + (planted ? 150 : 0));
    ASSERT_GE(score, 0);
    ASSERT_LT(score, 1);
    if (planted) spike = score;
    if (!planted && row > 3 * rows_of_day) most = std::max(most, score);
  }
  EXPECT_GT(spike, most + 0.05);
}

/// 30 above the usual of this hour is nothing unusual for the day as a whole.
TEST(Anomaly, TheTimeOfDayCounts) {
  volume::Anomaly anomaly;
  Series series;
  double most = 0, out_of_season = 0;
  for (std::int64_t row = 0; row < 10 * rows_of_day; ++row) {
    const bool planted = row == 9 * rows_of_day + 216;  // the trough
    const double score = anomaly.score(row * step, planted ? 105 : series.at(row));
    if (planted) out_of_season = score;
    if (!planted && row > 5 * rows_of_day) most = std::max(most, score);
  }
  EXPECT_GT(out_of_season, most);
}

TEST(Anomaly, AStretchIsOneEvent) {
  volume::Anomaly anomaly;
  Series series;
  int loud = 0;
  for (std::int64_t row = 0; row < 6 * rows_of_day; ++row) {
    const bool planted = row >= 5 * rows_of_day && row < 5 * rows_of_day + 100;
    if (anomaly.score(row * step, series.at(row) + (planted ? 300 : 0)) > 0.85) ++loud;
  }
  EXPECT_GE(loud, 1);
  EXPECT_LE(loud, 10);
}

TEST(Anomaly, WhatIsNoNumberIsNotJudged) {
  volume::Anomaly anomaly, without;
  for (int row = 0; row < 500; ++row) {
    if (row % 50 == 7) {
      EXPECT_EQ(anomaly.score(row * step, std::nan("")), 0);
    }
    const double value = row % 13;
    EXPECT_EQ(anomaly.score(row * step, value), without.score(row * step, value));
  }
}

/// Every value was seen a thousand times; only that they are all on one side is new.
TEST(Anomaly, ASlowDriftIsFoundThoughNoValueAloneIsUnusual) {
  for (const double side : {1.0, -1.0}) {
    volume::Anomaly anomaly;
    const auto score = [&](std::int64_t second, double value) { return anomaly.score(second, 100 + side * value); };
    double most = 0, drift = 0;
    std::int64_t second = 0;  // all within one day: what is usual at this time of the day is not known
    for (; second < 3'000; ++second) {
      const double found = score(second, second % 2 == 0 ? 10 : -10);
      if (second > 200) most = std::max(most, found);
    }
    for (; second < 3'150; ++second) drift = std::max(drift, score(second, 10));
    EXPECT_LT(most, 0.51);
    EXPECT_GT(drift, 0.56);
  }
}

}  // namespace anomaly_test
