#include "common/exchange/decimal.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace exchange {
namespace decimal_test {

/// What std::from_chars says of the whole text; NaN for what is no number.
double judge(std::string_view text) {
  double value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole ? value : std::nan("");
}

/// Read in the middle of other bytes, as in a document, and where there is nothing before it.
void expect_same(const std::string& text) {
  const std::string before = "{\"a\":\"9.9-8\",\"b\":\"";
  const std::string document = before + text;
  const double expected = judge(text);
  for (const double got : {decimal(std::string_view(document).substr(before.size()), before.size()), decimal(text)}) {
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(got)) << text;
    } else {
      EXPECT_EQ(std::bit_cast<std::uint64_t>(got), std::bit_cast<std::uint64_t>(expected)) << text;
    }
  }
}

TEST(Decimal, F16_KnownTexts) {
  for (const char* text : {"",
                           "-",
                           ".",
                           "-.",
                           "0",
                           "-0",
                           "0.0",
                           "-0.0",
                           "1",
                           "9",
                           "10",
                           ".5",
                           "5.",
                           "-.5",
                           "1.2.3",
                           "1..2",
                           "12345678",
                           "1234567.",
                           ".1234567",
                           "123.4567",
                           "99999999",
                           "123456789",
                           "12345678.9",
                           "1.23456789",
                           "1234567890123456",
                           "9007199254740992",
                           "9007199254740993",
                           "0.1",
                           "0.3",
                           "1e5",
                           "1E-5",
                           "5.2E-5",
                           "1e999",
                           "-1e999",
                           "1e-999",
                           "inf",
                           "nan",
                           "0x10",
                           "12abc",
                           "abc",
                           " 1",
                           "1 ",
                           "+1",
                           "1,5",
                           "--1",
                           "1-",
                           "00012",
                           "000000000000000012",
                           "123456789012345678901234567890",
                           "0.00000000000000000001",
                           "1/2",
                           "1:2",
                           "\x80",
                           "1\xFF",
                           "12345\xAE"
                           "78",
                           "............",
                           "1234567890.12345"}) {
    expect_same(text);
  }
}

TEST(Decimal, F16_RandomTextsAreRoundedAsFromCharsDoes) {
  std::mt19937 random(5);
  const auto below = [&](std::size_t end) { return static_cast<std::size_t>(random() % end); };
  for (int count = 0; count < 200'000; ++count) {
    std::string text = below(3) == 0 ? "-" : "";
    const auto digits = 1 + below(18);
    for (std::size_t at = 0; at < digits; ++at) text += static_cast<char>('0' + below(10));
    if (below(4) != 0) text.insert(below(text.size() + 1), ".");
    expect_same(text);
    if (HasFailure()) return;
  }
}

TEST(Decimal, F16_OneWrongByteAnywhereIsNoNumber) {
  std::mt19937 random(6);
  for (const std::string good : {"12345678", "1234.5678", "123456.789012345", "-0.00012345", "7", "12.5"}) {
    for (std::size_t at = 0; at < good.size(); ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        auto text = good;
        text[at] = static_cast<char>(byte);
        expect_same(text);
      }
    }
  }
}

}  // namespace decimal_test
}  // namespace exchange
