#include "common/stats/sliding_median.hpp"

#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "common/stats/robust.hpp"

namespace {

TEST(SlidingMedian, IsThatOfTheLastValuesWhateverComes) {
  for (const std::uint32_t seed : {1U, 2U, 3U, 4U}) {
    std::mt19937 random(seed);
    std::uniform_int_distribution<int> coarse(0, seed % 2 == 0 ? 5 : 100'000);  // many ties, or nearly none
    stats::SlidingMedian<7> seven;
    stats::SlidingMedian<120> many;
    std::vector<double> all;
    EXPECT_EQ(seven.median(), 0);
    for (int n = 0; n < 1'000; ++n) {
      const auto x = static_cast<float>(coarse(random)) / 8;
      ASSERT_TRUE(seven.add(x));
      ASSERT_TRUE(many.add(x));
      all.push_back(x);
      const auto last = [&](std::size_t count) {
        return std::vector<double>(all.end() - static_cast<std::ptrdiff_t>(std::min(count, all.size())), all.end());
      };
      ASSERT_EQ(seven.median(), stats::median(last(7)).value()) << "value " << n;
      ASSERT_EQ(many.median(), stats::median(last(120)).value()) << "value " << n;
      ASSERT_EQ(many.size(), std::min<std::size_t>(all.size(), 120));
      for (std::size_t back = 1; back <= seven.size(); ++back)
        ASSERT_EQ(static_cast<double>(seven.back(back)), all.at(all.size() - back));
    }
  }
}

TEST(SlidingMedian, RefusesWhatIsNoNumber) {
  stats::SlidingMedian<3> three;
  ASSERT_TRUE(three.add(2));
  EXPECT_FALSE(three.add(std::numeric_limits<float>::quiet_NaN()));
  EXPECT_FALSE(three.add(std::numeric_limits<float>::infinity()));
  EXPECT_EQ(three.size(), 1U);
  EXPECT_EQ(three.median(), 2);
}

}  // namespace
