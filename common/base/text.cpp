#include "common/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace base {

namespace {

struct Calendar {
  int year, month, day, hour, minute, second;
};

Calendar calendar(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(clock.hours().count()),
          static_cast<int>(clock.minutes().count()),
          static_cast<int>(clock.seconds().count())};
}

template <class... T>
std::string print(const char* format, T... values) {
  std::array<char, 400> buffer{};  // wide enough for the longest double in %.0f
  const int size = std::snprintf(buffer.data(), buffer.size(), format, values...);
  return std::string(buffer.data(), static_cast<std::size_t>(std::clamp(size, 0, 399)));
}

/// Decimals that leave three significant digits of a value in [1, 1000), also when rounding carries (9.996 -> 10.0).
int decimals_for(double value) { return value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2; }

}  // namespace

std::string utc_stamp(WallTime time) {
  const auto c = calendar(time);
  return print("%04d-%02d-%02d %02d:%02d:%02d UTC", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

std::string utc_date(WallTime time) { return utc_stamp(time).substr(0, 10); }

std::string utc_clock(WallTime time) {
  const auto c = calendar(time);
  return print("%02d:%02d:%02d", c.hour, c.minute, c.second);
}

std::string duration_words(Millis span) {
  const auto ms = span.count();
  if (ms < 0) return "0s";
  if (ms > 0 && ms < 1'000) return print("%lld ms", static_cast<long long>(ms));
  const long long seconds = ms / 1'000;
  if (seconds < 60) return print("%llds", seconds);
  if (seconds < 3'600)
    return seconds % 60 == 0 ? print("%lldm", seconds / 60) : print("%lldm %llds", seconds / 60, seconds % 60);
  const bool days = seconds >= 86'400;
  const long long large = days ? seconds / 86'400 : seconds / 3'600;
  const long long small = days ? seconds / 3'600 % 24 : seconds / 60 % 60;
  const char* unit = days ? "d" : "h";
  return small == 0 ? print("%lld%s", large, unit) : print("%lld%s %lld%s", large, unit, small, days ? "h" : "m");
}

std::string usd(double value) {
  if (!std::isfinite(value)) return "n/a";
  const char* sign = value <= -0.005 ? "-" : "";  // what is shown as zero has no sign
  double size = std::fabs(value);
  static constexpr std::array<const char*, 5> suffixes{"", "k", "M", "B", "T"};
  std::size_t step = 0;
  while (size >= 999.5 && step + 1 < suffixes.size()) {
    size /= 1'000;
    ++step;
  }
  const int decimals = step == 0 ? (size < 99.995 ? 2 : 0) : decimals_for(size);
  return print("%s$%.*f%s", sign, decimals, size, suffixes[step]);
}

std::string percent(double fraction, int decimals) {
  const double value = fraction * 100;
  return std::isfinite(value) ? print("%.*f%%", decimals, value) : "n/a";
}

std::string signed_percent(double fraction, int decimals) {
  if (!std::isfinite(fraction * 100)) return "n/a";
  return (fraction < 0 ? "\u2212" : "+") + percent(std::fabs(fraction), decimals);
}

std::string price(double value, std::optional<double> tick_size) {
  if (!std::isfinite(value)) return "n/a";
  int decimals = 0;
  if (tick_size && *tick_size > 0 && std::isfinite(*tick_size)) {
    for (double tick = *tick_size; decimals < 12 && std::fabs(tick - std::round(tick)) > 1e-9 * tick; ++decimals)
      tick *= 10;
  } else if (value != 0) {
    decimals = std::clamp(4 - static_cast<int>(std::floor(std::log10(std::fabs(value)))), 0, 14);
  }
  return print("%.*f", decimals, value);
}

std::string fixed(double value, int decimals) { return std::isfinite(value) ? print("%.*f", decimals, value) : "n/a"; }

std::string plain_number(double value) {
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} ? std::string(text.data(), end) : "n/a";
}

std::string grouped(std::int64_t value) {
  std::string digits = std::to_string(value);
  const std::ptrdiff_t first = value < 0 ? 1 : 0;
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > first; at -= 3)
    digits.insert(digits.begin() + at, ',');
  return digits;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace base
