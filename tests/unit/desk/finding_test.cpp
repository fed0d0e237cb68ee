#include "common/desk/finding.hpp"

#include <gtest/gtest.h>

namespace finding_test {

using desk::Holds;

TEST(Measured, SaysHowFarItIsFromHolding) {
  EXPECT_EQ(desk::distance({"z", 3, 3}), 0) << "at its threshold it holds";
  EXPECT_EQ(desk::distance({"z", 5, 3}), 0);
  EXPECT_EQ(desk::distance({"z", 1.5, 3}), 0.5);
  EXPECT_EQ(desk::distance({"forced_move_atr", -3, 1.5}), 3) << "the wrong way is further away";
  EXPECT_EQ(desk::distance({"r8", -0.002, 0.001, Holds::by_size}), 0);
  EXPECT_EQ(desk::distance({"r8", -0.0005, 0.001, Holds::by_size}), 0.5);
  EXPECT_EQ(desk::distance({"break_even_h", 144, 72, Holds::at_most}), 1);
  EXPECT_EQ(desk::distance({"break_even_h", 72, 72, Holds::at_most}), 0);
  EXPECT_FALSE(desk::distance({"return", 1, std::nullopt}));
  EXPECT_FALSE(desk::distance({"move", -1, 0})) << "no unit to count in";
}

}  // namespace finding_test
