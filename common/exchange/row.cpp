#include "common/exchange/row.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "common/base/text.hpp"
#include "common/exchange/decimal.hpp"

namespace exchange {

namespace {

bool means_absent(std::string_view text) { return text.empty() || text == "null" || text == "nan" || text == "NaN"; }

template <class Number>
std::optional<Number> parsed(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// ms since 1970 of a number that counts s, ms, us or ns.
std::optional<std::int64_t> scaled_ms(double number, std::string_view text) {
  if (number < 1e11) return static_cast<std::int64_t>(std::llround(number * 1e3));
  if (number < 1e14) return static_cast<std::int64_t>(number + 0.5);
  const auto exact = parsed<std::int64_t>(text);
  if (!exact) return std::nullopt;
  return number < 1e17 ? *exact / 1'000 : *exact / 1'000'000;
}

/// What no spelling of a contract has: blanks, control characters, quotes.
constexpr auto unclean = [] {
  std::array<bool, 256> out{};
  for (std::size_t byte = 0; byte < out.size(); ++byte)
    out[byte] = byte <= ' ' || byte == 0x7F || byte == '"' || byte == '\\';
  return out;
}();

constexpr double absent = std::numeric_limits<double>::quiet_NaN();
constexpr base::WallTime earliest_listing{std::chrono::sys_days{std::chrono::year{2009} / 1 / 1}};
constexpr base::WallTime latest{std::chrono::sys_days{std::chrono::year{2100} / 1 / 1}};

}  // namespace

double Row::read_number(Value value) {
  const auto text = value.text();
  const double number = decimal(text, value.room_before(text));
  return std::isfinite(number) ? number : read_unusual(value, text);
}

/// What is no number as it stands: blanks around one, nothing, or a fault.
double Row::read_unusual(Value value, std::string_view text) {
  text = base::trimmed(text);
  const double number = detail::decimal_slow(text);
  if (std::isfinite(number)) return number;
  if (value.is_object() || value.is_array() || !means_absent(text)) refuse();
  return absent;
}

double Row::read_amount(Value value) {
  const double read = read_number(value);
  if (read < 0) refuse();
  return read;
}

double Row::needed_amount(Value value) {
  const double read = read_amount(value);
  if (!std::isnan(read)) return read;
  refuse();
  return 0;
}

double Row::needed_price(Value value) {
  const double read = needed_amount(value);
  if (read <= 0) refuse();
  return read;
}

std::optional<std::int64_t> Row::integer(Value value) {
  const auto read = number(value);
  if (!read) return std::nullopt;
  if (const auto exact = parsed<std::int64_t>(base::trimmed(value.text()))) return exact;
  constexpr double whole_max = 9'007'199'254'740'992.0;  // 2^53: above it doubles skip whole numbers
  if (std::abs(*read) <= whole_max && std::trunc(*read) == *read) return static_cast<std::int64_t>(*read);
  refuse();
  return std::nullopt;
}

base::WallTime Row::read_time(Value value) {
  const double read = read_number(value);
  if (std::isnan(read) || read == 0) return no_time;
  if (read > 0 && read < 9e18) {
    const auto ms = scaled_ms(read, base::trimmed(value.text()));
    if (ms && base::from_ms(*ms) >= earliest_listing && base::from_ms(*ms) < latest) return base::from_ms(*ms);
  }
  refuse();
  return no_time;
}

base::WallTime Row::needed_time(Value value) {
  const auto read = read_time(value);
  if (read == no_time) refuse();
  return read;
}

std::string Row::symbol(Value value) {
  const auto text = value.text();
  const bool clean =
      std::none_of(text.begin(), text.end(), [](char c) { return unclean[static_cast<unsigned char>(c)]; });
  if (!value.is_string() || text.empty() || text.size() > 64 || !clean) refuse();
  return ok_ ? std::string(text) : std::string{};
}

}  // namespace exchange
