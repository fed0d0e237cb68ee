#include "common/config/units.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace config {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t value;
};

constexpr std::array<Unit, 5> duration_units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<Unit, 4> size_units{{{"GiB", 1LL << 30U}, {"MiB", 1LL << 20U}, {"KiB", 1LL << 10U}, {"B", 1}}};
constexpr std::int64_t duration_max_ms = 100LL * 366 * 86'400'000;

/// Takes a whole number off the front of `text`.
std::optional<std::int64_t> take_number(std::string_view& text) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  std::int64_t value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::string_view take_letters(std::string_view& text) {
  const auto end = std::ranges::find_if(text, [](char c) { return c >= '0' && c <= '9'; });
  const auto size = static_cast<std::size_t>(end - text.begin());
  const auto letters = text.substr(0, size);
  text.remove_prefix(size);
  return letters;
}

}  // namespace

std::optional<base::Millis> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  auto smaller_than = duration_units.begin();  // "30m1h" and "1h2h" are mistakes
  while (!text.empty()) {
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    const auto name = take_letters(text);
    const auto unit = std::find_if(smaller_than, duration_units.end(), [&](const Unit& u) { return u.name == name; });
    if (unit == duration_units.end() || *number > (duration_max_ms - total) / unit->value) return std::nullopt;
    total += *number * unit->value;
    smaller_than = unit + 1;
  }
  return base::Millis{total};
}

std::string duration_text(base::Millis span) {
  auto rest = span.count();
  if (rest == 0) return "0s";
  std::string out = rest < 0 ? "-" : "";
  if (rest < 0) rest = -rest;
  for (const auto& unit : duration_units) {
    if (rest >= unit.value) {
      out += std::to_string(rest / unit.value);
      out += unit.name;
      rest %= unit.value;
    }
  }
  return out;
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  const auto unit = std::ranges::find(size_units, text, &Unit::name);
  if (unit == size_units.end() || *number > std::numeric_limits<std::int64_t>::max() / unit->value) return std::nullopt;
  return *number * unit->value;
}

std::string size_text(std::int64_t bytes) {
  if (bytes == 0) return "0B";
  for (const auto& unit : size_units) {
    if (bytes % unit.value == 0) return std::to_string(bytes / unit.value) + std::string(unit.name);
  }
  return {};
}

}  // namespace config
