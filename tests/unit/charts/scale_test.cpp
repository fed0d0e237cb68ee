#include "charts/scale.hpp"

#include <cmath>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace scale_test {
using charts::range_with;
using charts::spread;
using charts::ticks;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::Pointwise;
using namespace std::chrono_literals;

constexpr base::WallTime noon = base::from_ms(1'767'268'800'000);  // 2026-01-01 12:00

TEST(Ticks, AreRoundAndFew) {
  EXPECT_THAT(ticks(0.7, 10.2, 5), ElementsAre(2, 4, 6, 8, 10));
  EXPECT_THAT(ticks(64'011, 64'980, 4), ElementsAre(64'200, 64'400, 64'600, 64'800));
  EXPECT_THAT(ticks(64'011, 64'980, 3), ElementsAre(64'500));
  EXPECT_THAT(ticks(64'011, 64'980, 5), ElementsAre(64'200, 64'400, 64'600, 64'800));
  EXPECT_THAT(ticks(-3, 3, 3), ElementsAre(-2, 0, 2));
  EXPECT_THAT(ticks(0.00001231, 0.00001249, 4), Pointwise(DoubleNear(1e-12), {0.00001235, 0.0000124, 0.00001245}));
}

TEST(Ticks, AreNotFinerThanTheContractTrades) {
  EXPECT_THAT(ticks(1.0, 1.03, 10, 0.01), Pointwise(DoubleNear(1e-12), {1.0, 1.01, 1.02, 1.03}));
}

TEST(Ticks, OfNothingAreNone) {
  EXPECT_TRUE(ticks(5, 5, 4).empty());
  EXPECT_TRUE(ticks(5, 4, 4).empty());
  EXPECT_TRUE(ticks(std::nan(""), 4, 4).empty());
}

TEST(Ticks, DecimalsTellThemApart) {
  EXPECT_EQ(charts::decimals_of({64'200, 64'400}), 0);
  EXPECT_EQ(charts::decimals_of({0.5, 1.0}), 1);
  EXPECT_EQ(charts::decimals_of({0.25, 0.5}), 2);
  EXPECT_EQ(charts::decimals_of({1.5}), 1) << "one tick says itself, not the next whole number";
  EXPECT_EQ(charts::decimals_of({0.00001235, 0.0000124}), 8);
  EXPECT_EQ(charts::decimals_of({}), 0);
}

TEST(Ticks, ManyRangesKeepTheBound) {
  std::mt19937_64 luck(7);
  std::uniform_real_distribution<double> power(-9, 9), span(1e-6, 2);
  for (int i = 0; i < 5'000; ++i) {
    const double low = std::pow(10, power(luck));
    const double high = low * (1 + span(luck));
    const auto found = ticks(low, high, 6);
    EXPECT_LE(found.size(), 6U);
    EXPECT_GE(found.size(), 1U) << low << " to " << high;
    for (const double tick : found) {
      EXPECT_GE(tick, low * (1 - 1e-9));
      EXPECT_LE(tick, high * (1 + 1e-9));
    }
  }
}

std::vector<std::string> labels(base::WallTime from, base::WallTime to, int most) {
  std::vector<std::string> out;
  for (const auto& tick : charts::time_ticks(from, to, most)) out.push_back(tick.label);
  return out;
}

TEST(TimeTicks, AreRoundTimesOfUtc) {
  EXPECT_THAT(labels(noon + 3min, noon + 93min, 4), ElementsAre("12:30", "13:00", "13:30"));
  EXPECT_THAT(labels(noon, noon + 16h, 5), ElementsAre("12:00", "16:00", "20:00", "2 Jan", "04:00"));
  EXPECT_THAT(labels(noon, noon + 24h * 5, 5), ElementsAre("2 Jan", "3 Jan", "4 Jan", "5 Jan", "6 Jan"));
  EXPECT_THAT(labels(noon, noon + 40s, 4), ElementsAre("12:00:00", "12:00:15", "12:00:30"));
  EXPECT_TRUE(labels(noon, noon, 4).empty());
}

TEST(Range, TakesInTheLevelsThatLeaveRoomForTheCandles) {
  const auto near = range_with(100, 110, {98, 125}, 0.3);
  EXPECT_EQ(near.low, 98);
  EXPECT_EQ(near.high, 125);
  const auto far = range_with(100, 110, {98, 125, 200}, 0.3);
  EXPECT_EQ(far.low, 98);
  EXPECT_EQ(far.high, 125);
  EXPECT_FALSE(far.holds(200));
  EXPECT_TRUE(far.holds(98));
}

TEST(Range, APriceThatStoodStillHasAHeight) {
  const auto range = range_with(5, 5, {}, 0.3);
  EXPECT_LT(range.low, 5);
  EXPECT_GT(range.high, 5);
}

TEST(Spread, LabelsThatDoNotTouchStay) { EXPECT_THAT(spread({50, 100, 20}, 30, 0, 200), ElementsAre(50, 100, 20)); }

TEST(Spread, LabelsThatTouchShareTheWay) {
  EXPECT_THAT(spread({100, 100}, 30, 0, 200), ElementsAre(85, 115));
  EXPECT_THAT(spread({110, 100}, 30, 0, 200), ElementsAre(120, 90));
}

TEST(Spread, TheEdgeIsKept) {
  EXPECT_THAT(spread({0, 0}, 30, 0, 200), ElementsAre(15, 45));
  EXPECT_THAT(spread({200, 200}, 30, 0, 200), ElementsAre(155, 185));
  EXPECT_THAT(spread({500, -500}, 30, 0, 200), ElementsAre(185, 15));
}

TEST(Spread, AnyWishesEndWithoutOverlapInTheirOrder) {
  std::mt19937_64 luck(11);
  std::uniform_real_distribution<double> wish(-50, 450);
  for (int round = 0; round < 5'000; ++round) {
    std::vector<double> wishes(1 + static_cast<std::size_t>(round) % 8);
    for (double& one : wishes) one = wish(luck);
    const auto places = spread(wishes, 42, 0, 400);
    for (std::size_t i = 0; i < wishes.size(); ++i) {
      EXPECT_GE(places[i], 21 - 1e-6);
      EXPECT_LE(places[i], 379 + 1e-6);
      for (std::size_t j = 0; j < i; ++j) {
        EXPECT_GE(std::fabs(places[i] - places[j]), 42 - 1e-6);
        EXPECT_EQ(wishes[i] < wishes[j], places[i] < places[j]);
      }
    }
  }
}

TEST(Spread, TooManyOverlapEvenly) {
  const auto places = spread({1, 2, 3, 4, 5, 6, 7, 8}, 42, 0, 200);
  for (std::size_t i = 1; i < places.size(); ++i) EXPECT_NEAR(places[i] - places[i - 1], 25, 1e-9);
}

}  // namespace scale_test
