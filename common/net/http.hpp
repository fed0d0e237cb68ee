// Plain values: an exchange can describe a request and judge a response without knowing any network library.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/time.hpp"

namespace net {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// Has constructors on purpose (docs/decisions/0002). The url may hold a secret (Telegram's token), so nothing but the
/// client ever prints it: logs, errors and metrics name `label`.
struct Request {
  Request(std::string to_url, std::string said_as) : url(std::move(to_url)), label(std::move(said_as)) {}
  std::string method{"GET"};
  std::string url;    ///< absolute; https, or http when the host is loopback; anything else is refused
  std::string label;  ///< "binance premiumIndex"
  Headers headers;
  std::string body;
  std::string content_type;  ///< sent when there is a body
  std::string proxy;         ///< "http://host:port", "socks5h://host:port"; empty: none (the environment is ignored)
  base::Millis connect_timeout{5'000};
  base::Millis total_timeout{15'000};      ///< the whole exchange, redirects included
  base::Millis low_speed_timeout{10'000};  ///< slower than low_speed_bytes for this long: given up (F-11)
  std::int64_t low_speed_bytes{100};       ///< a second
  std::size_t body_max{16U << 20U};        ///< decoded bytes (F-13)
  int redirects_max{3};                    ///< on the same scheme, host and port only (F-14)
};

struct Response {
  int status{};
  Headers headers;   ///< names in lower case, of the last response
  std::string body;  ///< decoded
  base::Millis elapsed{};
  std::int64_t wire_bytes{};
  bool new_connection{};
};

[[nodiscard]] std::string_view header(const Response& response, std::string_view lower_case_name);  ///< "" when absent

struct Url {
  std::string scheme;  ///< lower case
  std::string host;    ///< lower case, without brackets
  std::uint16_t port{};
  std::string target;  ///< path and query, at least "/"
};
/// nullopt for what is no absolute http, https, ws or wss URL, or carries user info.
[[nodiscard]] std::optional<Url> parse_url(std::string_view url);
[[nodiscard]] bool is_loopback(std::string_view host);             ///< 127.0.0.0/8, ::1, localhost
[[nodiscard]] std::string encode_component(std::string_view any);  ///< RFC 3986 unreserved kept, the rest %XX
/// RFC 9110 HTTP-date (IMF-fixdate; the two obsolete forms too); nullopt for anything else.
[[nodiscard]] std::optional<base::WallTime> parse_http_date(std::string_view text);

}  // namespace net
