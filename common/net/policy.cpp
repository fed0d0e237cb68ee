#include "common/net/policy.hpp"

#include <algorithm>
#include <array>

namespace net {

namespace {

base::Error never_sent(base::ErrorKind kind, std::string_view place, std::string cause, std::string remedy = {}) {
  base::Error error(kind, std::string(place), std::move(cause), std::move(remedy));
  error.delivery = base::Delivery::not_sent;
  return error;
}

bool is_token(std::string_view name) {  // RFC 9110, 5.6.2
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           marks.find(c) != std::string_view::npos;
  });
}

bool stays_in_its_line(std::string_view value) {
  return value.find_first_of(std::string_view("\r\n\0", 3)) == value.npos;
}

bool is_known_proxy(std::string_view proxy) {
  constexpr std::array<std::string_view, 3> schemes{"http://", "socks5://", "socks5h://"};
  return proxy.empty() ||
         std::any_of(schemes.begin(), schemes.end(), [&](auto scheme) { return proxy.starts_with(scheme); });
}

std::string bracketed(const std::string& host) { return host.find(':') == std::string::npos ? host : "[" + host + "]"; }

}  // namespace

base::Result<Url> check_departure(const Departure& departure) {
  auto url = parse_url(departure.url);
  if (!url) return never_sent(base::ErrorKind::internal, departure.label, "the request's URL does not parse");
  const bool http = departure.family == Family::http;
  const bool secure = url->scheme == (http ? "https" : "wss");
  if (!secure && url->scheme != (http ? "http" : "ws"))
    return never_sent(base::ErrorKind::permission, departure.label, "a " + url->scheme + " URL is refused here",
                      http ? "use https" : "use wss");
  if (!secure && !is_loopback(url->host))
    return never_sent(base::ErrorKind::permission, departure.label,
                      "unencrypted " + url->scheme + " to " + url->host + " is refused",
                      http ? "use https" : "use wss");
  for (const auto& [name, value] : departure.headers)
    if (!is_token(name) || !stays_in_its_line(value))
      return never_sent(base::ErrorKind::internal, departure.label, "a request header holds forbidden characters");
  if (!is_known_proxy(departure.proxy))
    return never_sent(base::ErrorKind::config, departure.label, "the proxy's scheme is unknown",
                      "write http://host:port, socks5://host:port or socks5h://host:port");
  return *std::move(url);
}

std::string authority(const Url& url) {
  const bool secure = url.scheme == "https" || url.scheme == "wss";
  const bool usual = url.port == (secure ? 443 : 80);
  return usual ? bracketed(url.host) : bracketed(url.host) + ":" + std::to_string(url.port);
}

std::string to_string(const Url& url) { return url.scheme + "://" + authority(url) + url.target; }

}  // namespace net
