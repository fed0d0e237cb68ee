// Decimal text to double, correctly rounded, as std::from_chars reads it; quick for what exchanges write.
#pragma once
#include <array>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>

namespace exchange {

namespace detail {

// Eight or sixteen characters at once: a number's lengths before and after the dot change from row to row, and a loop
// over its digits would be mispredicted each time. The first character stands in the lowest byte of a word.
using Word = std::uint64_t;
inline constexpr std::size_t word_bytes = sizeof(Word);
inline constexpr Word ones = 0x0101010101010101;
inline constexpr Word zeros = '0' * ones;
inline constexpr Word dot = '.' ^ '0';
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
inline constexpr std::array<double, 2 * word_bytes> powers{1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                           1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/// The last `count` (1 to 8) of the characters that end at `end`, each ^ '0'; zeros before them.
[[nodiscard]] inline Word load(const char* end, std::size_t count) {
  Word out{};
  std::memcpy(&out, end - word_bytes, sizeof out);
  return (out ^ zeros) & (~Word{0} << (8 * (word_bytes - count)));
}

/// 0x80 where there is no digit.
[[nodiscard]] inline Word no_digits(Word word) { return ((word + 0x76 * ones) | word) & (0x80 * ones); }

[[nodiscard]] inline Word number_of(Word digits) {
  digits = digits * (1 + (10U << 8U)) >> 8U;
  digits = (digits & 0x00FF00FF00FF00FF) * (1 + (100ULL << 16U)) >> 16U;
  return (digits & 0x0000FFFF0000FFFF) * (1 + (10'000ULL << 32U)) >> 32U;
}

/// Is the one character that is no digit a dot? `at` becomes its place in bits.
[[nodiscard]] inline bool is_dot(Word word, Word odd, unsigned& at) {
  at = static_cast<unsigned>(std::countr_zero(odd)) - 7;
  return (odd & (odd - 1)) == 0 && ((word >> at) & 0xFFU) == dot;
}

/// What stands before the dot moves up into its place.
[[nodiscard]] inline Word without_dot(Word word, unsigned at) {
  const Word before = word & ((Word{1} << at) - 1);
  return (word ^ (dot << at)) - before + (before << 8U);
}

/// Beside a dot there is room for 15 digits: both numbers are exact, and IEEE 754 rounds the division correctly. 16
/// digits have none, and are rounded once, by the conversion. Signs change from row to row: no branch for them.
[[nodiscard]] inline double quotient(Word digits, std::size_t decimals, Word negative) {
  const double value = static_cast<double>(static_cast<std::int64_t>(digits)) / powers[decimals];
  return std::bit_cast<double>(std::bit_cast<Word>(value) | negative << 63U);
}

[[nodiscard]] inline double decimal_slow(std::string_view text) {
  double value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return not_a_number;
  return value;
}

/// Of 9 to 16 characters and perhaps a sign.
[[nodiscard]] inline double decimal_long(std::string_view text, std::size_t length, Word negative) {
  const char* const end = text.data() + text.size();
  Word high = load(end, word_bytes);
  Word low = load(end - word_bytes, length - word_bytes);
  const Word odd_high = no_digits(high);
  const Word odd_low = no_digits(low);
  std::size_t decimals = 0;
  unsigned at = 0;
  if (odd_high != 0) {
    if (odd_low != 0 || !is_dot(high, odd_high, at)) return decimal_slow(text);
    decimals = word_bytes - 1 - at / 8;
    high = without_dot(high, at) | low >> 56U;
    low <<= 8U;
  } else if (odd_low != 0) {
    if (!is_dot(low, odd_low, at)) return decimal_slow(text);
    decimals = 2 * word_bytes - 1 - at / 8;
    low = without_dot(low, at);
  }
  const Word digits = number_of(low) * 100'000'000 + number_of(high);
  return quotient(digits, decimals, negative);
}

}  // namespace detail

/// NaN for what is no number from its first to its last byte. `room_before` bytes before it may be read too: without 16
/// of them, text included, it takes the slow way.
[[nodiscard]] inline double decimal(std::string_view text, std::size_t room_before = 0) {
  const detail::Word negative = !text.empty() && text.front() == '-' ? 1 : 0;
  const auto length = text.size() - negative;
  const bool room = room_before + text.size() >= 2 * detail::word_bytes;
  if (length == 0 || !room || std::endian::native != std::endian::little) return detail::decimal_slow(text);
  if (length > detail::word_bytes) {
    if (length > 2 * detail::word_bytes) return detail::decimal_slow(text);
    return detail::decimal_long(text, length, negative);
  }
  auto word = detail::load(text.data() + text.size(), length);
  const auto odd = detail::no_digits(word);
  std::size_t decimals = 0;
  if (odd != 0) {
    unsigned at = 0;
    if (length == 1 || !detail::is_dot(word, odd, at)) return detail::decimal_slow(text);
    decimals = detail::word_bytes - 1 - at / 8;
    word = detail::without_dot(word, at);
  }
  return detail::quotient(detail::number_of(word), decimals, negative);
}

}  // namespace exchange
