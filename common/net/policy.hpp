// What may leave this machine: decided before any packet, the same for HTTP and WebSocket.
#pragma once
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/net/http.hpp"

namespace net {

enum class Family : std::uint8_t { http, websocket };

/// What both kinds of request have in common, by reference.
struct Departure {
  Departure(Family a_family, std::string_view said_as, std::string_view to_url, const Headers& with_headers,
            std::string_view through_proxy)
      : family(a_family), label(said_as), url(to_url), headers(with_headers), proxy(through_proxy) {}
  Family family;
  std::string_view label;
  std::string_view url;
  const Headers& headers;
  std::string_view proxy;
};

/// The parsed URL of a request that may leave. Errors (all not_sent, none shows the URL or the proxy): permission for
/// an unencrypted scheme to a host that is not loopback; config for a proxy that is not http, socks5 or socks5h;
/// internal for a URL that does not parse and for a header that would break out of its line.
[[nodiscard]] base::Result<Url> check_departure(const Departure& departure);

/// "host:port", an IPv6 host in brackets; without the port when it is the scheme's own.
[[nodiscard]] std::string authority(const Url& url);
/// The URL written from its parts: what is checked is then exactly what is sent.
[[nodiscard]] std::string to_string(const Url& url);

}  // namespace net
