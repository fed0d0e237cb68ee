#include "common/stats/bollinger.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace bollinger_test {

TEST(Bollinger, SaysWhereAPriceStandsInTheBandOfTwentyCloses) {
  stats::Bollinger band;
  for (int n = 0; n < 19; ++n) band.add(n % 2 == 0 ? 101 : 99);
  EXPECT_FALSE(band.position(100, 2)) << "19 are known";
  band.add(99);  // ten of each: mean 100, deviation 1
  EXPECT_DOUBLE_EQ(*band.position(100, 2), 0);
  EXPECT_DOUBLE_EQ(*band.position(98, 2), -1);
  EXPECT_DOUBLE_EQ(*band.position(103, 2), 1.5);
  EXPECT_DOUBLE_EQ(*band.position(103, 3), 1);
}

TEST(Bollinger, OldClosesLeaveAndAHoleBeginsAnew) {
  stats::Bollinger band;
  for (int n = 0; n < 20; ++n) band.add(1'000);
  for (int n = 0; n < 20; ++n) band.add(n % 2 == 0 ? 101 : 99);
  EXPECT_DOUBLE_EQ(*band.position(98, 2), -1);
  band.add(std::nan(""));
  EXPECT_DOUBLE_EQ(*band.position(98, 2), -1);
  band.interrupt();
  EXPECT_FALSE(band.position(98, 2));
  for (int n = 0; n < 20; ++n) band.add(n % 2 == 0 ? 51 : 49);
  EXPECT_DOUBLE_EQ(*band.position(48, 2), -1);
}

TEST(Bollinger, APriceThatStandsStillHasNoBand) {
  stats::Bollinger band;
  for (int n = 0; n < 20; ++n) band.add(0.1);
  EXPECT_FALSE(band.position(0.2, 2));
}

}  // namespace bollinger_test
