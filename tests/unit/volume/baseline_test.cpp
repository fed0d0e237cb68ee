#include "bots/volume/baseline.hpp"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace baseline_test {

using namespace std::chrono_literals;
using volume::Baseline;

constexpr base::WallTime monday = base::from_ms(1'759'708'800'000);  // 2025-10-06 00:00 UTC

/// Learns `bars` one-minute bars whose x is given by `shape` plus noise; returns the next open time.
template <class Shape>
base::WallTime teach(Baseline& baseline, base::WallTime from, int bars, double noise, Shape shape) {
  std::mt19937_64 random(9);
  std::normal_distribution<double> normal(0, noise);
  for (int at = 0; at < bars; ++at, from += 1min) {
    baseline.learn(from, 1min, shape(from) + normal(random), baseline.expected(from));
  }
  return from;
}

TEST(VolumeBaseline, FollowsTheRecentLevel) {
  Baseline baseline;
  EXPECT_DOUBLE_EQ(baseline.expected(monday), 0);
  auto at = teach(baseline, monday, 300, 0.3, [](auto) { return 10.0; });
  EXPECT_NEAR(baseline.expected(at), 10, 0.15);
  at = teach(baseline, at, 240, 0.3, [](auto) { return 12.0; });
  EXPECT_NEAR(baseline.expected(at), 12, 0.3);
}

TEST(VolumeBaseline, TellsTheNewestVolumesFreedOfWhatTheirMinuteUsuallyAdds) {
  Baseline baseline;
  EXPECT_EQ(baseline.recent_volumes(3, monday, std::log1p(500.0)).size(), 1U) << "the one that is asked about";
  const auto full_hour = [](base::WallTime at) { return base::to_ms(at) / 60'000 % 60 == 0; };
  auto at = teach(baseline, monday, 5 * 1'440, 0, [&](auto t) { return full_hour(t) ? 11.5 : 10.0; });
  ASSERT_TRUE(full_hour(at));
  at = teach(baseline, at, 1, 0, [](auto) { return 11.5; });
  at = teach(baseline, at, 1, 0, [](auto) { return 12.0; });
  const auto volumes = baseline.recent_volumes(3, at, 10.0);
  ASSERT_EQ(volumes.size(), 4U);
  EXPECT_NEAR(std::log1p(volumes[0]), 10, 0.01) << "oldest first";
  EXPECT_NEAR(std::log1p(volumes[1]), 10, 0.2) << "a full hour is no burst";
  EXPECT_NEAR(std::log1p(volumes[2]), 12, 0.01);
  EXPECT_NEAR(std::log1p(volumes[3]), 10, 0.01);
}

TEST(VolumeBaseline, LearnsThatFullHoursTradeMore) {
  Baseline baseline;
  const auto minute_of = [](base::WallTime at) { return base::to_ms(at) / 60'000 % 60; };
  const auto at = teach(baseline, monday, 5 * 1'440, 0.2, [&](auto t) { return minute_of(t) == 0 ? 11.5 : 10.0; });
  ASSERT_EQ(minute_of(at), 0);
  EXPECT_GT(baseline.expected(at), 11);
  EXPECT_NEAR(baseline.expected(at + 1min), 10, 0.2);
}

TEST(VolumeBaseline, LearnsTheHourOfTheWeekBeforeItComes) {
  Baseline baseline;
  const auto shape = [](base::WallTime at) { return base::to_ms(at) / 3'600'000 % 24 == 14 ? 11.5 : 10.0; };
  auto at = teach(baseline, monday, 4 * 7 * 1'440, 0.3, shape);
  at = teach(baseline, at, 14 * 60, 0.3, shape);  // Monday 14:00 comes next
  EXPECT_GT(baseline.expected(at), 10.6);
  EXPECT_LT(baseline.expected(at - 1min), 10.4);
}

TEST(VolumeBaseline, HourBarsTeachTheHourOfTheWeekAlone) {
  Baseline baseline;
  for (int hour = 0; hour < 28 * 24; ++hour) baseline.learn_hour(monday + hour * 1h, hour % 24 == 14 ? 15.5 : 14.0);
  EXPECT_EQ(baseline.bars(), 0U);
  const auto at = teach(baseline, monday + 28 * 24h + 12h, 120, 0.2, [](auto) { return 10.0; });
  EXPECT_GT(baseline.expected(at), 10.5) << "14:00 is known to be busy";
  EXPECT_LT(baseline.expected(at + 1h), 10.5);
}

TEST(VolumeBaseline, AnHourBarIsLearnedOnce) {
  Baseline once;
  Baseline twice;
  for (int hour = 0; hour < 200; ++hour) {
    once.learn_hour(monday + hour * 1h, hour % 24);
    twice.learn_hour(monday + hour * 1h, hour % 24);
    twice.learn_hour(monday + hour * 1h, hour % 24);
  }
  EXPECT_EQ(once.save(), twice.save());
}

TEST(VolumeBaseline, OneWildBarMovesNothingMuch) {
  Baseline baseline;
  const auto at = teach(baseline, monday, 600, 0.3, [](auto) { return 10.0; });
  const double before = baseline.expected(at + 1min);
  const double mad = baseline.residual(0).mad;
  baseline.learn(at, 1min, 25, baseline.expected(at));
  EXPECT_NEAR(baseline.expected(at + 1min), before, 0.05);
  EXPECT_NEAR(baseline.residual(0).mad, mad, 0.02);
}

TEST(VolumeBaseline, MadIsThatOfTheNoise) {
  Baseline baseline;
  (void)teach(baseline, monday, 3'000, 0.5, [](auto) { return 10.0; });
  EXPECT_NEAR(baseline.residual(0).mad, 0.6745 * 0.5, 0.06);
}

TEST(VolumeBaseline, BlobIsSmallAndGoesOnAsIfNothingHadHappened) {
  for (const int bars : {0, 5, 119, 3'000}) {
    Baseline baseline;
    auto at = teach(baseline, monday, bars, 0.4, [](auto) { return 9.0; });
    baseline.learn_sum(2, 0.3);
    const std::string blob = baseline.save();
    EXPECT_LE(blob.size(), Baseline::blob_size_max);
    auto again = Baseline::load(blob);
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(again->bars(), baseline.bars());
    EXPECT_EQ(again->last_opened_at(), baseline.last_opened_at());
    (void)teach(baseline, at, 90, 0.4, [](auto) { return 9.5; });
    at = teach(*again, at, 90, 0.4, [](auto) { return 9.5; });
    EXPECT_EQ(again->expected(at), baseline.expected(at)) << bars;
    EXPECT_EQ(again->save(), baseline.save()) << bars;
  }
}

TEST(VolumeBaseline, ACorruptBlobIsRefused) {
  Baseline baseline;
  (void)teach(baseline, monday, 200, 0.4, [](auto) { return 9.0; });
  const std::string blob = baseline.save();
  for (std::size_t at = 0; at < blob.size(); at += 17) {
    std::string changed = blob;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(Baseline::load(changed));
  }
  EXPECT_FALSE(Baseline::load(""));
  EXPECT_FALSE(Baseline::load(blob.substr(0, 900)));
}

}  // namespace baseline_test
