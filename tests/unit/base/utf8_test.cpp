#include "common/base/utf8.hpp"

#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/base/telegram_html.hpp"

namespace utf8_test {

using test::is_valid_utf8;

/// The encoder of the definition (RFC 3629, section 3).
std::string encoded(char32_t value) {
  std::string out;
  const auto put = [&](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  const auto tail = [&](unsigned shift) { put(0x80U | ((value >> shift) & 0x3FU)); };
  if (value < 0x80) {
    put(value);
  } else if (value < 0x800) {
    put(0xC0U | (value >> 6U)), tail(0);
  } else if (value < 0x10000) {
    put(0xE0U | (value >> 12U)), tail(6), tail(0);
  } else {
    put(0xF0U | (value >> 18U)), tail(12), tail(6), tail(0);
  }
  return out;
}

std::string random_bytes(std::mt19937& random, std::size_t size_max) {
  std::string out(random() % (size_max + 1), '\0');
  // High bytes more often than not: ASCII is easy.
  for (char& byte : out)
    byte = static_cast<char>(static_cast<unsigned char>(random() % 3 == 0 ? random() % 128 : 128 + random() % 128));
  return out;
}

TEST(Utf8, EveryCodePointIsReadWithItsSizeAndSurrogatesAreNot) {
  for (char32_t value = 0; value <= 0x10FFFF; ++value) {
    const auto bytes = encoded(value);
    const auto point = base::first_code_point(bytes + "x");
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    ASSERT_EQ(point.valid, !surrogate) << static_cast<unsigned>(value);
    ASSERT_EQ(point.value, surrogate ? U'\uFFFD' : value);
    ASSERT_EQ(point.bytes, surrogate ? 1U : bytes.size());
  }
}

TEST(Utf8, EveryPairOfBytesIsJudgedAsTheStandardsTableDoes) {
  for (unsigned first = 0; first < 256; ++first) {
    for (unsigned second = 0; second < 256; ++second) {
      const std::string bytes{static_cast<char>(first), static_cast<char>(second)};
      const auto point = base::first_code_point(bytes);
      ASSERT_EQ(point.valid, is_valid_utf8(bytes.substr(0, point.bytes))) << first << ' ' << second;
      ASSERT_EQ(point.valid, is_valid_utf8(bytes) || is_valid_utf8(bytes.substr(0, 1))) << first << ' ' << second;
    }
  }
}

struct Clean {
  std::string bytes;
  std::string expected;
};

TEST(Utf8, CleanKeepsTextReplacesInvalidBytesAndDropsControls) {
  static const std::vector<Clean> cases{
      {"plain \u2212 \u20AC \U0001F4A5", "plain \u2212 \u20AC \U0001F4A5"},
      {"tab\tline\n", "tab\tline\n"},
      {std::string("nul\0l", 5), "null"},
      {"bell\a, escape\x1B[31m, delete\x7F, C1\u0085", "bell, escape[31m, delete, C1"},
      {"line\r\n", "line\n"},
      {"\xC0\x80", "\uFFFD\uFFFD"},                      // overlong NUL
      {"\xE0\x80\xAF", "\uFFFD\uFFFD\uFFFD"},            // overlong slash
      {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},            // a surrogate
      {"\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},  // above U+10FFFF
      {"cut \xF0\x9F\x92", "cut \uFFFD\uFFFD\uFFFD"},    // the text ended inside a character
      {"\xE2\x82z", "\uFFFD\uFFFDz"},                    // what follows the broken character stays
      {"\xFF\xFE", "\uFFFD\uFFFD"},
      {"", ""},
  };
  for (const auto& [bytes, expected] : cases) EXPECT_EQ(base::clean_utf8(bytes), expected) << expected;
}

TEST(Utf8, AnyBytesBecomeValidUtf8WithoutControlsAndCleaningTwiceChangesNothing) {
  std::mt19937 random(7);
  for (int round = 0; round < 50'000; ++round) {
    const auto bytes = random_bytes(random, 24);
    const auto clean = base::clean_utf8(bytes);
    ASSERT_TRUE(is_valid_utf8(clean));
    ASSERT_EQ(base::clean_utf8(clean), clean);
    for (const char c : clean) {
      ASSERT_TRUE(c == '\n' || c == '\t' || static_cast<unsigned char>(c) >= 0x20);
      ASSERT_NE(c, '\x7F');
    }
  }
}

TEST(Utf8, ReadingCodePointByCodePointConsumesAnyBytesExactly) {
  std::mt19937 random(8);
  for (int round = 0; round < 50'000; ++round) {
    const auto bytes = random_bytes(random, 16);
    std::string_view rest = bytes;
    bool all_valid = true;
    while (!rest.empty()) {
      const auto point = base::first_code_point(rest);
      ASSERT_GE(point.bytes, 1U);
      ASSERT_LE(point.bytes, rest.size());
      all_valid = all_valid && point.valid;
      rest.remove_prefix(point.bytes);
    }
    ASSERT_EQ(all_valid, is_valid_utf8(bytes));
  }
}

TEST(Utf8, TG4_LengthIsCountedInUtf16Units) {
  EXPECT_EQ(base::utf16_units(""), 0U);
  EXPECT_EQ(base::utf16_units("abc"), 3U);
  EXPECT_EQ(base::utf16_units("\u20AC\u2212"), 2U);
  EXPECT_EQ(base::utf16_units("\U0001F4A5"), 2U);                  // outside the basic plane: a surrogate pair
  EXPECT_EQ(base::utf16_units("\U0001F468\u200D\U0001F469"), 5U);  // pair, joiner, pair
  EXPECT_EQ(base::utf16_units("\uFFFF\U00010000"), 3U);
  EXPECT_EQ(base::utf16_units("\xFFx"), 2U);  // an invalid byte counts as U+FFFD
}

}  // namespace utf8_test
