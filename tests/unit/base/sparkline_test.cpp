#include "common/base/sparkline.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "common/base/utf8.hpp"

namespace sparkline_test {
using base::SparkFloor;
using base::sparkline;

constexpr double infinity = std::numeric_limits<double>::infinity();
const double not_a_number = std::nan("");

std::string zero(const std::vector<double>& values, std::size_t width = 30) {
  return sparkline(values, width, SparkFloor::zero);
}
std::string lowest(const std::vector<double>& values, std::size_t width = 30) {
  return sparkline(values, width, SparkFloor::lowest);
}

TEST(Sparkline, EightBlocksFromTheFloorToTheHighest) {
  EXPECT_EQ(lowest({0, 1, 2, 3, 4, 5, 6, 7}), "▁▂▃▄▅▆▇█");
  EXPECT_EQ(lowest({107, 100}), "█▁");
  EXPECT_EQ(zero({107, 100}), "██");  // from nothing: seven in a hundred hardly show
  EXPECT_EQ(zero({0, 50, 100}), "▁▅█");
}

TEST(Sparkline, NegativeValuesHaveAFloorOfTheirOwn) {
  EXPECT_EQ(lowest({-2, -1, 0}), "▁▅█");
  EXPECT_EQ(zero({-2, -1, 0}), "▁▅█");
}

TEST(Sparkline, WhatIsAllAlikeIsTheSameBlock) {
  EXPECT_EQ(lowest({3, 3, 3}), "▁▁▁");
  EXPECT_EQ(zero({0, 0}), "▁▁");
  EXPECT_EQ(zero({}), "");
}

TEST(Sparkline, MoreValuesThanPlacesAreAveraged) {
  EXPECT_EQ(lowest({0, 0, 7, 7}, 2), "▁█");
  EXPECT_EQ(lowest({0, 14, 0, 0, 7, 7}, 3), "█▁█");
  EXPECT_EQ(lowest({1, 2, 3}, 0), "");
  std::vector<double> day(1'440);
  for (std::size_t i = 0; i < day.size(); ++i) day[i] = static_cast<double>(i);
  const auto line = lowest(day, 24);
  EXPECT_EQ(base::utf16_units(line), 24U);
  EXPECT_EQ(line.substr(0, 9), "▁▁▁");
}

TEST(Sparkline, WhatWasNotSeenIsADotAndNoZero) {
  EXPECT_EQ(lowest({1, not_a_number, 8}), "▁·█");
  EXPECT_EQ(lowest({infinity, 1, 8}), "·▁█");
  EXPECT_EQ(lowest({8, not_a_number, 1, 1}, 2), "█▁");  // a share's average is of what was seen
  EXPECT_EQ(lowest({not_a_number, not_a_number}), "··");
}

TEST(Sparkline, TheLargestNumbersDoNotOverflow) {
  constexpr double largest = std::numeric_limits<double>::max();
  EXPECT_EQ(lowest({-largest, 0, largest}), "▁▅█");
  EXPECT_EQ(lowest({largest, largest, -largest, -largest}, 2), "█▁");
}

}  // namespace sparkline_test
