#include "common/guard/retry_after.hpp"

#include <cctype>

#include "common/net/http.hpp"

namespace guard {

namespace {

constexpr std::int64_t far_ms = 1'000'000'000'000;  // far beyond every clamp, far below every overflow

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// [+-] digits [ . digits ]: milliseconds, saturated.
std::optional<base::Millis> seconds(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  std::int64_t ms = 0;
  std::size_t at = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) ms = std::min(ms * 10 + (text[at] - '0') * 1000, far_ms);
  if (at < text.size()) {
    if (text[at++] != '.') return std::nullopt;
    for (std::int64_t unit = 100; at < text.size(); ++at, unit /= 10) {
      if (!is_digit(text[at])) return std::nullopt;
      ms += (text[at] - '0') * unit;
    }
  }
  return base::Millis{negative ? -ms : ms};
}

}  // namespace

std::optional<base::Millis> parse_retry_after(std::string_view value, base::WallTime now) {
  const auto text = trimmed(value);
  if (const auto wait = seconds(text)) return wait;
  const auto date = net::parse_http_date(text);
  if (!date) return std::nullopt;
  return *date - now;
}

}  // namespace guard
