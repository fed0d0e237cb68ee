// Decimal text to double, correctly rounded, as std::from_chars reads it; quick for what exchanges write.
#pragma once
#include <array>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>

namespace exchange {

namespace detail {

// Sixteen characters at once, as two words: a number's lengths before and after the dot change from row to row, and a
// loop over its digits would be mispredicted each time.
inline constexpr std::size_t word_bytes = 8;
inline constexpr std::size_t decimal_bytes = 2 * word_bytes;
inline constexpr std::uint64_t ones = 0x0101010101010101;
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
inline constexpr std::uint64_t exact_max = std::uint64_t{1} << 53U;  ///< whole numbers up to here are doubles
inline constexpr std::array<double, decimal_bytes> powers{1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                          1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

struct Words {
  std::uint64_t low{}, high{};  ///< the first eight characters and the last eight; the first one in the lowest byte
};

/// By length, the bytes that belong to a text which ends with the last one.
inline constexpr auto own_bytes = [] {
  std::array<Words, decimal_bytes + 1> out{};
  for (std::size_t length = 1; length <= decimal_bytes; ++length) {
    const auto last = length < word_bytes ? length : word_bytes;
    out[length].high = ~std::uint64_t{0} << (8 * (word_bytes - last));
    if (length > word_bytes) out[length].low = ~std::uint64_t{0} << (8 * (decimal_bytes - length));
  }
  return out;
}();

[[nodiscard]] inline std::uint64_t load(const char* bytes) {
  std::uint64_t out{};
  std::memcpy(&out, bytes, sizeof out);
  return out;
}

/// Of bytes that were characters ^ '0': 0x80 where there was no digit.
[[nodiscard]] inline std::uint64_t no_digits(std::uint64_t bytes) {
  return ((bytes + 0x76 * ones) | bytes) & (0x80 * ones);
}

/// Eight digits' number.
[[nodiscard]] inline std::uint64_t number_of(std::uint64_t digits) {
  digits = digits * (1 + (10U << 8U)) >> 8U;
  digits = (digits & 0x00FF00FF00FF00FF) * (1 + (100ULL << 16U)) >> 16U;
  return (digits & 0x0000FFFF0000FFFF) * (1 + (10'000ULL << 32U)) >> 32U;
}

/// Takes a dot out, the only character that is no digit; returns how many follow it. nullopt: it is something else.
[[nodiscard]] inline std::optional<std::size_t> take_dot(Words& words, const Words& odd) {
  constexpr std::uint64_t dot = '.' ^ '0';
  const bool behind = odd.high != 0;
  const auto found = behind ? odd.high : odd.low;
  auto& word = behind ? words.high : words.low;
  const auto bit = static_cast<unsigned>(std::countr_zero(found)) & ~7U;
  if ((found & (found - 1)) != 0 || (behind && odd.low != 0) || ((word >> bit) & 0xFFU) != dot) return std::nullopt;
  // What stands before the dot moves up into its place.
  const auto before = (std::uint64_t{1} << bit) - 1;
  word = (word & ~((before << 8U) | 0xFFU)) | ((word & before) << 8U);
  if (behind) {
    words.high |= words.low >> 56U;
    words.low <<= 8U;
  }
  return (behind ? word_bytes : decimal_bytes) - 1 - bit / 8;
}

[[nodiscard]] inline double decimal_slow(std::string_view text) {
  double value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return not_a_number;
  return value;
}

}  // namespace detail

/// NaN for what is no number from its first to its last byte. `room_before` bytes before it may be read too: with
/// them up to 16 characters are taken at once.
[[nodiscard]] inline double decimal(std::string_view text, std::size_t room_before = 0) {
  // Signs change from row to row: arithmetic instead of a branch.
  const std::uint64_t negative = !text.empty() && text.front() == '-' ? 1 : 0;
  const auto length = text.size() - negative;
  const bool in_reach = length - 1 < detail::decimal_bytes && room_before + text.size() >= detail::decimal_bytes;
  if (!in_reach || std::endian::native != std::endian::little) return detail::decimal_slow(text);
  constexpr std::uint64_t zeros = '0' * detail::ones;
  const char* const end = text.data() + text.size();
  const auto& own = detail::own_bytes[length];
  detail::Words words{(detail::load(end - detail::decimal_bytes) ^ zeros) & own.low,
                      (detail::load(end - detail::word_bytes) ^ zeros) & own.high};
  const detail::Words odd{detail::no_digits(words.low), detail::no_digits(words.high)};
  std::size_t decimals = 0;
  if ((odd.low | odd.high) != 0) {
    const auto after = detail::take_dot(words, odd);
    if (!after || length == 1) return detail::decimal_slow(text);
    decimals = *after;
  }
  const auto digits = detail::number_of(words.low) * 100'000'000 + detail::number_of(words.high);
  if (digits > detail::exact_max) return detail::decimal_slow(text);
  // Both are exact, and IEEE 754 rounds a division correctly.
  const double value = static_cast<double>(digits) / detail::powers[decimals];
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(value) | negative << 63U);
}

}  // namespace exchange
