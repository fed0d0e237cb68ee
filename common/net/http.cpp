#include "common/net/http.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <arpa/inet.h>

namespace net {

namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

std::optional<std::uint16_t> default_port(std::string_view scheme) {
  if (scheme == "http" || scheme == "ws") return std::uint16_t{80};
  if (scheme == "https" || scheme == "wss") return std::uint16_t{443};
  return std::nullopt;
}

std::optional<std::uint16_t> parse_port(std::string_view digits) {
  std::uint16_t port = 0;
  const auto* end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, port);
  if (parsed.ec != std::errc{} || parsed.ptr != end || port == 0) return std::nullopt;
  return port;
}

bool is_ipv6(const std::string& host) {
  in6_addr address{};
  return ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool is_name_or_ipv4(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
  });
}

/// "host", "host:port", "[::1]:port" into `url`; false for anything else, user info included.
bool read_authority(std::string_view authority, Url& url) {
  std::string_view port;
  bool has_port = false;
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == std::string_view::npos) return false;
    url.host = lowered(authority.substr(1, end - 1));
    const auto rest = authority.substr(end + 1);
    has_port = rest.starts_with(':');
    if (!rest.empty() && !has_port) return false;
    if (has_port) port = rest.substr(1);
    if (!is_ipv6(url.host)) return false;
  } else {
    const auto colon = authority.find(':');
    has_port = colon != std::string_view::npos;
    if (has_port) port = authority.substr(colon + 1);
    url.host = lowered(authority.substr(0, colon));
    if (!is_name_or_ipv4(url.host)) return false;
  }
  const auto number = has_port ? parse_port(port) : default_port(url.scheme);
  if (!number) return false;
  url.port = *number;
  return true;
}

/// Eats a date from the left; the first thing that does not fit makes everything after it fail.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : rest_(text) {}

  void literal(std::string_view expected) {
    ok_ = ok_ && rest_.starts_with(expected);
    if (ok_) rest_.remove_prefix(expected.size());
  }
  int number(std::size_t digits) {
    int value = 0;
    ok_ = ok_ && rest_.size() >= digits &&
          std::all_of(rest_.begin(), rest_.begin() + static_cast<long>(digits), is_digit);
    if (!ok_) return 0;
    std::from_chars(rest_.data(), rest_.data() + digits, value);
    rest_.remove_prefix(digits);
    return value;
  }
  /// asctime's day: two places, the first a blank for a single digit
  int padded_number() {
    if (!rest_.starts_with(' ')) return number(2);
    literal(" ");
    return number(1);
  }
  /// The index of the name that stands here.
  template <std::size_t size>
  unsigned one_of(const std::array<std::string_view, size>& names) {
    const auto found = std::find_if(names.begin(), names.end(), [&](auto name) { return rest_.starts_with(name); });
    ok_ = ok_ && found != names.end();
    if (!ok_) return 0;
    rest_.remove_prefix(found->size());
    return static_cast<unsigned>(found - names.begin());
  }
  [[nodiscard]] bool at_end() const { return ok_ && rest_.empty(); }
  [[nodiscard]] bool next_is(char c) const { return ok_ && rest_.starts_with(c); }

 private:
  std::string_view rest_;
  bool ok_{true};
};

constexpr std::array<std::string_view, 7> day_names{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::array<std::string_view, 7> day_name_ends{"day", "sday", "nesday", "rsday", "day", "urday", "day"};
constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct DateFields {
  int year{};
  unsigned month{};
  int day{};
  int hour{};
  int minute{};
  int second{};
};

void read_time(DateReader& in, DateFields& date) {
  date.hour = in.number(2);
  in.literal(":");
  date.minute = in.number(2);
  in.literal(":");
  date.second = in.number(2);
}

/// "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT" or "Sun Nov  6 08:49:37 1994"
bool read_date(DateReader& in, DateFields& date) {
  const auto weekday = in.one_of(day_names);
  if (in.next_is(' ')) {
    in.literal(" ");
    date.month = in.one_of(month_names) + 1;
    in.literal(" ");
    date.day = in.padded_number();
    in.literal(" ");
    read_time(in, date);
    in.literal(" ");
    date.year = in.number(4);
    return in.at_end();
  }
  const bool imf = in.next_is(',');
  if (!imf) in.literal(day_name_ends.at(weekday));
  in.literal(", ");
  date.day = in.number(2);
  in.literal(imf ? " " : "-");
  date.month = in.one_of(month_names) + 1;
  in.literal(imf ? " " : "-");
  date.year = in.number(imf ? 4 : 2);
  if (!imf) date.year += date.year < 70 ? 2000 : 1900;  // two digits as POSIX reads them: no "now" is needed
  in.literal(" ");
  read_time(in, date);
  in.literal(" GMT");
  return in.at_end();
}

}  // namespace

std::string_view header(const Response& response, std::string_view lower_case_name) {
  const auto found = std::find_if(response.headers.begin(), response.headers.end(),
                                  [&](const auto& pair) { return pair.first == lower_case_name; });
  return found == response.headers.end() ? std::string_view{} : std::string_view{found->second};
}

std::optional<Url> parse_url(std::string_view text) {
  // A blank or a line end could smuggle a header into the request; other bytes must have been encoded by the caller.
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; })) return std::nullopt;
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  Url url;
  url.scheme = lowered(text.substr(0, colon));
  if (!default_port(url.scheme)) return std::nullopt;
  const auto rest = text.substr(colon + 3);
  const auto end = std::min(rest.find_first_of("/?#"), rest.size());
  if (!read_authority(rest.substr(0, end), url)) return std::nullopt;
  const auto target = rest.substr(end, rest.find('#') - end);  // a fragment is never sent
  url.target = target.starts_with('/') ? std::string(target) : "/" + std::string(target);
  return url;
}

bool is_loopback(std::string_view host) {
  if (host == "localhost") return true;
  const std::string text(host);
  in_addr v4{};
  if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24U) == 127U;
  in6_addr v6{};
  return ::inet_pton(AF_INET6, text.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

std::string encode_component(std::string_view any) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out;
  out.reserve(any.size());
  for (const char c : any) {
    if (is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += hex[byte >> 4U];
    out += hex[byte & 0x0fU];
  }
  return out;
}

std::optional<base::WallTime> parse_http_date(std::string_view text) {
  DateReader in(text);
  DateFields date;
  if (!read_date(in, date)) return std::nullopt;
  const std::chrono::year_month_day day(std::chrono::year(date.year), std::chrono::month(date.month),
                                        std::chrono::day(static_cast<unsigned>(date.day)));
  if (!day.ok() || date.hour > 23 || date.minute > 59 || date.second > 60) return std::nullopt;  // 60: a leap second
  const auto time =
      std::chrono::hours(date.hour) + std::chrono::minutes(date.minute) + std::chrono::seconds(date.second);
  return base::WallTime(std::chrono::sys_days(day).time_since_epoch() + time);
}

}  // namespace net
