#include "common/exchange/iso_time.hpp"

#include <algorithm>

namespace exchange {

namespace {

/// Takes the digits off the front of `text`; nullopt when they are not that many.
std::optional<int> take_digits(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  const auto number = whole_number(text.substr(0, digits));
  if (!number || *number < 0 || text[0] == '+') return std::nullopt;
  text.remove_prefix(digits);
  return static_cast<int>(*number);
}

bool take(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(1);
  return true;
}

constexpr base::WallTime earliest{std::chrono::sys_days{std::chrono::year{2000} / 1 / 1}};

}  // namespace

std::optional<base::WallTime> iso_time(std::string_view text) {
  using namespace std::chrono;
  const auto year_number = take_digits(text, 4);
  if (!year_number || !take(text, '-')) return std::nullopt;
  const auto month_number = take_digits(text, 2);
  if (!month_number || !take(text, '-')) return std::nullopt;
  const auto day_number = take_digits(text, 2);
  if (!day_number || (!take(text, 'T') && !take(text, ' '))) return std::nullopt;
  const auto hour_number = take_digits(text, 2);
  if (!hour_number || !take(text, ':')) return std::nullopt;
  const auto minute_number = take_digits(text, 2);
  if (!minute_number || !take(text, ':')) return std::nullopt;
  const auto second_number = take_digits(text, 2);
  if (!second_number) return std::nullopt;
  milliseconds fraction{0};
  if (take(text, '.')) {
    const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
    if (end == 0) return std::nullopt;
    std::string ms(text.substr(0, std::min<std::size_t>(end, 3)));
    ms.resize(3, '0');
    fraction = milliseconds{*whole_number(ms)};
    text.remove_prefix(end);
  }
  if (!text.empty() && text != "Z" && text != "+00:00") return std::nullopt;
  const year_month_day date{year{*year_number}, month{static_cast<unsigned>(*month_number)},
                            day{static_cast<unsigned>(*day_number)}};
  if (!date.ok() || *hour_number > 23 || *minute_number > 59 || *second_number > 60) return std::nullopt;
  const base::WallTime out =
      sys_days{date} + hours{*hour_number} + minutes{*minute_number} + seconds{*second_number} + fraction;
  return out >= earliest ? std::optional(out) : std::nullopt;
}

std::optional<base::WallTime> read_iso(Row& row, Value value) {
  const auto text = value.text();
  if (text.empty() && !value.is_object() && !value.is_array()) return std::nullopt;
  if (text.size() > 4 && text[4] == '-') {
    const auto read = iso_time(text);
    if (!read) row.refuse();
    return read;
  }
  return row.time(value);
}

base::WallTime needed_iso(Row& row, Value value) {
  const auto read = read_iso(row, value);
  if (!read) row.refuse();
  return read.value_or(base::WallTime{});
}

}  // namespace exchange
