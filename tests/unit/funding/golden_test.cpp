// The golden table: contracts of exchanges that settle every 1, 2, 4 and 8 h, each figure computed by hand.
#include <gtest/gtest.h>

#include "tests/unit/funding/bench.hpp"

namespace golden_test {

using namespace funding_test;

/// `count` settlements whose rates take turns; the median of their 8 h equivalents is the middle, the MAD half of what
/// is between them.
struct History {
  int count{};
  double rate, other;
  minutes interval{};
};
struct Row {
  const char* sentence;
  Contract contract;
  std::vector<History> history;  ///< oldest first; the newest settles at `start`
  double rate;
  std::optional<minutes> interval;
  double r8, apr;
  std::optional<double> z;
  bool fires;
  std::string missing;
};

std::vector<Row> table() {
  const std::string skipped = "top share of the exchange: too few contracts known, skipped";
  return {{"8 h, usual",
           {"binance", "A"},
           {{90, 0.00008, 0.00012, 480min}},
           0.0001,
           480min,
           0.0001,
           0.1095,
           0.0,
           false,
           "apr"},
          {"8 h, extreme",
           {"binance", "B"},
           {{90, 0.00008, 0.00012, 480min}},
           0.0005,
           480min,
           0.0005,
           0.5475,
           13.49,
           true,
           skipped},
          {"8 h, half a percent of a year below",
           {"binance", "C"},
           {{90, 0.00008, 0.00012, 480min}},
           0.000456,
           480min,
           0.000456,
           0.49932,
           12.0061,
           false,
           "apr"},
          {"8 h, just above",
           {"binance", "D"},
           {{90, 0.00008, 0.00012, 480min}},
           0.000457,
           480min,
           0.000457,
           0.500415,
           12.039825,
           true,
           skipped},
          {"4 h: twice the rate in 8 h",
           {"bybit", "E"},
           {{180, 0.00004, 0.00006, 240min}},
           0.0005,
           240min,
           0.001,
           1.095,
           30.3525,
           true,
           skipped},
          {"2 h, negative: four times",
           {"okx", "F"},
           {{200, 0.00002, 0.00004, 120min}},
           -0.00015,
           120min,
           -0.0006,
           -0.657,
           -12.141,
           true,
           skipped},
          {"1 h: eight times; a dispersion of 0 counts as 0.00002",
           {"hyperliquid", "G"},
           {{400, 0.0000125, 0.0000125, 60min}},
           0.00006,
           60min,
           0.00048,
           0.5256,
           12.8155,
           true,
           skipped},
          {"1 h, as wild as ever",
           {"hyperliquid", "H"},
           {{400, -0.0001, 0.0002, 60min}},
           0.0004,
           60min,
           0.0032,
           3.504,
           1.573833333333,
           false,
           "z"},
          {"too young",
           {"bybit", "I"},
           {{28, 0.00008, 0.00012, 480min}},
           0.003,
           480min,
           0.003,
           3.285,
           97.8025,
           false,
           "settlements"},
          {"never settled", {"bybit", "J"}, {}, 0.003, 480min, 0.003, 3.285, std::nullopt, false, "settlements"},
          // 0.04 % of 8 h and 0.02 % of 4 h are the same: read as 4 h all along, the median would be another.
          {"every 8 h, then every 4 h",
           {"mexc", "K"},
           {{45, 0.0004, 0.0004, 480min}, {45, 0.0002, 0.0002, 240min}},
           0.0004,
           240min,
           0.0008,
           0.876,
           13.49,
           true,
           skipped},
          {"every 4 h, then every hour",
           {"gate", "L"},
           {{40, 0.0002, 0.0002, 240min}, {60, 0.00005, 0.00005, 60min}},
           -0.0002,
           60min,
           -0.0016,
           -1.752,
           -67.45,
           true,
           skipped},
          {"no interval known: no comparison",
           {"htx", "M"},
           {{1, 0.0001, 0.0001, 480min}},
           0.01,
           std::nullopt,
           0,
           0,
           std::nullopt,
           false,
           "refused"}};
}

void warm(Bench& bench, const Row& row) {
  auto at = start;
  for (auto part = row.history.rbegin(); part != row.history.rend(); ++part) {
    for (int n = 0; n < part->count; ++n, at -= part->interval) {
      auto event = settled(row.contract, at, n % 2 == 0 ? part->rate : part->other);
      event.received_at = start + 1h;
      EXPECT_TRUE(bench.feed(event).empty()) << "history says nothing";
    }
  }
}

TEST(FundingGolden, MixedIntervals) {
  const auto rows = table();
  Bench bench;
  for (const Row& row : rows) warm(bench, row);
  for (const Row& row : rows) (void)bench.feed(running(row.contract, start + 2min, 0.00001, row.interval));
  for (const Row& row : rows) {
    SCOPED_TRACE(row.sentence);
    const auto found = bench.feed(running(row.contract, start + 7min, row.rate, row.interval), "funding_extreme");
    if (row.missing == "refused") {
      EXPECT_FALSE(found);
      continue;
    }
    ASSERT_TRUE(found);
    EXPECT_NEAR(*measured(found->evidence, "r8"), row.r8, 1e-12);
    EXPECT_NEAR(*measured(found->evidence, "apr"), row.apr, 1e-9);
    EXPECT_NEAR(found->strength, std::fabs(row.r8), 1e-12);
    const auto z = measured(found->evidence, "z");
    ASSERT_EQ(z.has_value(), row.z.has_value());
    if (z) {
      EXPECT_NEAR(*z, *row.z, 1e-6);
    }
    EXPECT_EQ(found->fires, row.fires);
    EXPECT_EQ(found->missing, row.missing);
    EXPECT_EQ(found->direction, row.rate > 0 ? desk::Direction::short_side : desk::Direction::long_side);
  }
}

TEST(FundingGolden, WhatIsRefusedSaysSo) {
  const auto rows = table();
  Bench bench;
  for (const Row& row : rows) warm(bench, row);
  (void)bench.feed(running(rows.back().contract, start + 7min, 0.01, std::nullopt));
  const auto why = bench.detector.last_evaluations("M");
  ASSERT_EQ(why.size(), 1U);
  EXPECT_EQ(why[0].exchange, "htx");
  EXPECT_EQ(why[0].missing, "interval not known: it takes part in no comparison");
}

}  // namespace golden_test
