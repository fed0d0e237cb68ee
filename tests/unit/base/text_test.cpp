#include "common/base/text.hpp"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace text_test {

using namespace std::chrono_literals;
using base::from_ms;
using base::Millis;

constexpr double infinity = std::numeric_limits<double>::infinity();
const double not_a_number = std::nan("");

template <class Input>
struct Case {
  Input input;
  const char* expected;
};

TEST(Text, TimesAreUtcAndTruncatedToTheSecond) {
  static const std::vector<Case<std::int64_t>> cases{
      {0, "1970-01-01 00:00:00 UTC"},
      {1'767'225'600'000, "2026-01-01 00:00:00 UTC"},
      {1'765'246'020'999, "2025-12-09 02:07:00 UTC"},
      {1'709'164'799'000, "2024-02-28 23:59:59 UTC"},
      {1'709'164'800'000, "2024-02-29 00:00:00 UTC"},
      {-1, "1969-12-31 23:59:59 UTC"},
  };
  for (const auto& [ms, expected] : cases) {
    EXPECT_EQ(base::utc_stamp(from_ms(ms)), expected);
    EXPECT_EQ(base::utc_clock(from_ms(ms)), std::string(expected).substr(11, 8));
  }
}

TEST(Text, DurationsShowTheirTwoLargestUnits) {
  static const std::vector<Case<Millis>> cases{
      {0ms, "0s"},          {120ms, "120 ms"}, {999ms, "999 ms"},   {1'999ms, "1s"}, {45s, "45s"},
      {60s, "1m"},          {90s, "1m 30s"},   {3'599s, "59m 59s"}, {3'600s, "1h"},  {2h + 15min, "2h 15m"},
      {86'399s, "23h 59m"}, {24h, "1d"},       {48h + 59min, "2d"}, {76h, "3d 4h"},  {-5s, "0s"},
  };
  for (const auto& [span, expected] : cases) EXPECT_EQ(base::duration_words(span), expected);
}

TEST(Text, MoneyHasThreeSignificantDigitsAndASuffix) {
  static const std::vector<Case<double>> cases{
      {0.0, "$0.00"},          {12.4, "$12.40"},          {99.99, "$99.99"},
      {99.996, "$100"},        {812.4, "$812"},           {999.4, "$999"},
      {999.5, "$1.00k"},       {9'996.0, "$10.0k"},       {99'960.0, "$100k"},
      {812'345.0, "$812k"},    {999'499.0, "$999k"},      {999'500.0, "$1.00M"},
      {4'131'000.0, "$4.13M"}, {2.5e9, "$2.50B"},         {7.25e12, "$7.25T"},
      {1.5e15, "$1500T"},      {-4'131'000.0, "-$4.13M"}, {-0.001, "$0.00"},
      {-0.0, "$0.00"},         {infinity, "n/a"},         {not_a_number, "n/a"},
  };
  for (const auto& [value, expected] : cases) EXPECT_EQ(base::usd(value), expected);
}

TEST(Text, MoneyReadBackIsWithinHalfAPercent) {
  static constexpr std::string_view suffixes = "kMBT";
  std::mt19937 random(3);
  std::uniform_real_distribution<double> exponent(0.0, 14.9);
  for (int round = 0; round < 20'000; ++round) {
    const double value = std::pow(10.0, exponent(random));
    const auto text = base::usd(value);
    const auto step = suffixes.find(text.back());
    const double scale = step == std::string_view::npos ? 1.0 : std::pow(1'000.0, static_cast<double>(step) + 1.0);
    ASSERT_NEAR(std::strtod(text.c_str() + 1, nullptr) * scale / value, 1.0, 0.005 + 1e-9) << text;
    ASSERT_LE(text.size(), 7U) << text;
  }
}

TEST(Text, PercentTakesAFraction) {
  EXPECT_EQ(base::percent(0.0123), "1.23%");
  EXPECT_EQ(base::percent(-0.5, 0), "-50%");
  EXPECT_EQ(base::percent(0.0001, 4), "0.0100%");
  EXPECT_EQ(base::signed_percent(0.0123), "+1.23%");
  EXPECT_EQ(base::signed_percent(-0.0123), "\u22121.23%");
  EXPECT_EQ(base::signed_percent(0.0), "+0.00%");
  for (const double value : {infinity, -infinity, not_a_number, 1e307}) {
    EXPECT_EQ(base::percent(value), "n/a");
    EXPECT_EQ(base::signed_percent(value), "n/a");
  }
}

struct Price {
  double value;
  std::optional<double> tick;
  const char* expected;
};

TEST(Text, PricesHaveTheDecimalsOfTheirTick) {
  static const std::vector<Price> cases{
      {64'123.4, 0.1, "64123.4"}, {64'123.0, 0.1, "64123.0"}, {64'123.0, 1.0, "64123"},
      {64'125.0, 5.0, "64125"},   {2.5, 0.25, "2.50"},        {0.00001234, 1e-8, "0.00001234"},
      {0.5, 0.0001, "0.5000"},    {7.0, 10.0, "7"},           {1.0, 1e-13, "1.000000000000"},
  };
  for (const auto& [value, tick, expected] : cases) EXPECT_EQ(base::price(value, tick), expected) << *tick;
}

TEST(Text, PricesWithoutAUsableTickShowFiveSignificantDigits) {
  static const std::vector<Price> cases{
      {64'123.4, {}, "64123"},
      {1.23456789, {}, "1.2346"},
      {0.000012345, {}, "0.000012345"},
      {250'000.0, {}, "250000"},
      {0.0, {}, "0"},
      {1.23456789, 0.0, "1.2346"},
      {1.23456789, -1.0, "1.2346"},
      {1.23456789, infinity, "1.2346"},
      {not_a_number, 0.1, "n/a"},
      {infinity, {}, "n/a"},
  };
  for (const auto& [value, tick, expected] : cases) EXPECT_EQ(base::price(value, tick), expected) << value;
}

TEST(Text, NoNumberIsEverShownScientificOrNotFinite) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 10'000; ++round) {
    const auto bits = random();
    double value = 0;
    static_assert(sizeof value == sizeof bits);
    std::memcpy(&value, &bits, sizeof value);
    for (const auto& text : {base::usd(value), base::percent(value), base::signed_percent(value), base::price(value),
                             base::price(value, 0.01), base::fixed(value, 3)}) {
      ASSERT_FALSE(text.empty());
      ASSERT_TRUE(text == "n/a" || text.find_first_of("einf") == std::string::npos) << text;
    }
  }
}

TEST(Text, FixedAndGrouped) {
  EXPECT_EQ(base::fixed(3.14159, 2), "3.14");
  EXPECT_EQ(base::fixed(not_a_number, 2), "n/a");
  static const std::vector<Case<std::int64_t>> cases{
      {0, "0"},
      {999, "999"},
      {1'000, "1,000"},
      {1'234'567, "1,234,567"},
      {-999, "-999"},
      {-1'000, "-1,000"},
      {-123'456, "-123,456"},
      {std::numeric_limits<std::int64_t>::min(), "-9,223,372,036,854,775,808"},
  };
  for (const auto& [value, expected] : cases) EXPECT_EQ(base::grouped(value), expected);
}

}  // namespace text_test
