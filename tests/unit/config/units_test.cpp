#include "common/config/units.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace units_test {

using base::Millis;
using config::duration_text;
using config::parse_duration;
using config::parse_size;
using config::size_text;

TEST(Units, DurationsAreReadAndWritten) {
  struct Row {
    const char* text;
    std::int64_t ms;
    const char* shortest;
  };
  for (const auto& row : {Row{"90s", 90'000, "1m30s"}, Row{"15m", 900'000, "15m"}, Row{"1h30m", 5'400'000, "1h30m"},
                          Row{"250ms", 250, "250ms"}, Row{"0s", 0, "0s"}, Row{"28d", 2'419'200'000, "28d"},
                          Row{"1d2h3m4s5ms", 93'784'005, "1d2h3m4s5ms"}, Row{"60m", 3'600'000, "1h"}}) {
    ASSERT_TRUE(parse_duration(row.text)) << row.text;
    EXPECT_EQ(parse_duration(row.text)->count(), row.ms) << row.text;
    EXPECT_EQ(duration_text(Millis{row.ms}), row.shortest);
    EXPECT_EQ(parse_duration(row.shortest)->count(), row.ms);
  }
  EXPECT_EQ(duration_text(Millis{-1500}), "-1s500ms");
}

TEST(Units, WhatIsNoDurationIsRefused) {
  for (const auto* text : {"", " ", "90", "s", "-1s", "+1s", "1.5h", "1 h", "30m1h", "1h1h", "1S", "1sec",
                           "99999999999999999999s", "36601d", "9223372036854775807ms", "1h ", "1h30"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Units, SizesAreReadAndWritten) {
  EXPECT_EQ(parse_size("16MiB"), 16 << 20);
  EXPECT_EQ(parse_size("0B"), 0);
  EXPECT_EQ(parse_size("1000B"), 1'000);
  EXPECT_EQ(parse_size("3GiB"), 3LL << 30);
  EXPECT_EQ(size_text(16 << 20), "16MiB");
  EXPECT_EQ(size_text(1'025), "1025B");
  EXPECT_EQ(size_text(0), "0B");
  for (const auto* text : {"", "16", "16MB", "1.5MiB", "-1B", "16 MiB", "8589934592GiB", "16MiB "}) {
    EXPECT_FALSE(parse_size(text)) << text;
  }
}

}  // namespace units_test
