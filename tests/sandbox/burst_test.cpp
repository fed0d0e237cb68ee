#include "tests/sandbox/burst.hpp"

#include <iostream>

#include <gtest/gtest.h>

namespace sandbox {
namespace burst_test {

/// A sanitizer keeps what was freed for a while: its resident memory says nothing.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool memory_counts = false;
#else
constexpr bool memory_counts = true;
#endif
constexpr long grown_max_kb = 64L * 1'024;

void expect_all_counted(std::uint64_t events) {
  const auto report = burst(events);
  EXPECT_EQ(report.received, events);
  EXPECT_EQ(report.judged, events);
  EXPECT_EQ(report.refused, 0U);
  if (memory_counts) {
    EXPECT_LT(report.resident_peak_kb - report.resident_before_kb, grown_max_kb);
  }
  std::cout << as_json(report) << '\n';
}

TEST(Burst, TwoHundredLiquidationsAtOnceReachTheDetector) { expect_all_counted(200); }

/// A million of them takes a minute and more with sanitizers: `./dev bench --only burst`.
TEST(Burst, AHundredThousandAsFastAsTheSocketGivesThemReachTheDetector) { expect_all_counted(100'000); }

}  // namespace burst_test
}  // namespace sandbox
