#include "common/stats/sliding_quantile.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace sliding_quantile_test {

using namespace std::chrono_literals;
constexpr base::WallTime start = base::from_ms(1'760'000'400'000);

TEST(SlidingQuantile, IsWithinHalfAPercentOfNearestRank) {
  std::mt19937_64 random(11);
  std::lognormal_distribution<double> amounts(9, 2);
  for (const std::size_t size : {1U, 2U, 19U, 400U, 5'000U}) {
    stats::SlidingQuantile sketch(168h);
    std::vector<double> all;
    for (std::size_t at = 0; at < size; ++at) {
      all.push_back(amounts(random));
      EXPECT_TRUE(sketch.add(start + at * 1min, all.back()));
    }
    std::sort(all.begin(), all.end());
    for (const double q : {0.01, 0.5, 0.95, 0.995, 1.0}) {
      const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(size) - 1e-9));
      const double exact = all[std::max<std::size_t>(rank, 1) - 1];
      EXPECT_NEAR(*sketch.quantile(q) / exact, 1, 0.0051) << q << " of " << size;
    }
  }
}

TEST(SlidingQuantile, OldHoursLeave) {
  stats::SlidingQuantile sketch(168h);
  for (int at = 0; at < 100; ++at) EXPECT_TRUE(sketch.add(start, 1e6));
  EXPECT_TRUE(sketch.add(start + 100h, 10));
  sketch.advance(start + 168h);
  EXPECT_EQ(sketch.count(), 101U);
  sketch.advance(start + 169h);
  EXPECT_EQ(sketch.count(), 1U);
  EXPECT_NEAR(*sketch.quantile(1), 10, 0.06);
  EXPECT_FALSE(sketch.add(start, 5)) << "older than the window";
}

TEST(SlidingQuantile, AgreesWithAnExactWindowWhateverTheOrder) {
  std::mt19937_64 random(5);
  std::lognormal_distribution<double> amounts(8, 1);
  std::uniform_int_distribution<int> minutes(0, 90);
  stats::SlidingQuantile sketch(24h);
  std::vector<std::pair<std::int64_t, double>> kept;  // hour, amount
  auto now = start;
  for (int at = 0; at < 3'000; ++at) {
    now += 1min;
    const auto when = now - minutes(random) * 1min;
    const double amount = amounts(random);
    EXPECT_TRUE(sketch.add(when, amount));
    kept.emplace_back(std::chrono::floor<std::chrono::hours>(when).time_since_epoch().count(), amount);
  }
  sketch.advance(now);
  const auto newest = std::chrono::floor<std::chrono::hours>(now).time_since_epoch().count();
  std::erase_if(kept, [&](const auto& item) { return item.first < newest - 24; });
  ASSERT_EQ(sketch.count(), kept.size());
  std::sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  const auto rank = static_cast<std::size_t>(std::ceil(0.95 * static_cast<double>(kept.size())));
  EXPECT_NEAR(*sketch.quantile(0.95) / kept[rank - 1].second, 1, 0.0051);
}

TEST(SlidingQuantile, RefusesWhatIsNoAmount) {
  stats::SlidingQuantile sketch(1h);
  for (const double bad :
       {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
    EXPECT_FALSE(sketch.add(start, bad));
  EXPECT_FALSE(sketch.quantile(0.5));
  EXPECT_TRUE(sketch.add(start, 1e300)) << "counts as the largest bound";
  EXPECT_FALSE(sketch.quantile(0));
  EXPECT_FALSE(sketch.quantile(1.1));
}

TEST(SlidingQuantile, SurvivesAStore) {
  constexpr stats::BlobKind kind{"TEST", 1};
  stats::SlidingQuantile sketch(168h);
  for (int at = 1; at <= 500; ++at) (void)sketch.add(start + at * 10min, at * 3.7);
  stats::BlobWriter writer;
  sketch.save(writer);
  const std::string blob = std::move(writer).seal(kind);
  auto reader = stats::BlobReader::open(blob, kind);
  auto again = stats::SlidingQuantile::load(*reader, 168h);
  ASSERT_TRUE(reader->finished());
  EXPECT_EQ(again.count(), sketch.count());
  EXPECT_EQ(again.quantile(0.95), sketch.quantile(0.95));
  again.advance(start + 5'000min + 200h);
  EXPECT_EQ(again.count(), 0U);
}

}  // namespace sliding_quantile_test
