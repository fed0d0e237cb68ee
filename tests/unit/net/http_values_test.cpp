#include <gtest/gtest.h>

#include "common/net/http.hpp"
#include "common/net/policy.hpp"

namespace http_values_test {

using net::Family;

struct UrlCase {
  const char* text;
  const char* scheme;
  const char* host;
  int port;
  const char* target;
};

TEST(ParseUrl, TakesAbsoluteUrlsOfTheFourSchemes) {
  for (const auto& c : {
           UrlCase{"https://fapi.binance.com/fapi/v1/time", "https", "fapi.binance.com", 443, "/fapi/v1/time"},
           UrlCase{"HTTPS://API.Bybit.com", "https", "api.bybit.com", 443, "/"},
           UrlCase{"http://127.0.0.1:8080?a=1", "http", "127.0.0.1", 8080, "/?a=1"},
           UrlCase{"wss://ws.okx.com:8443/ws/v5/public", "wss", "ws.okx.com", 8443, "/ws/v5/public"},
           UrlCase{"ws://localhost:65535/x", "ws", "localhost", 65535, "/x"},
           UrlCase{"https://[2001:DB8::1]:99/x?y#z", "https", "2001:db8::1", 99, "/x?y"},
           UrlCase{"https://[::1]", "https", "::1", 443, "/"},
           UrlCase{"https://h#only", "https", "h", 443, "/"},
           UrlCase{"https://h/a%20b?c=%E5%B8%81", "https", "h", 443, "/a%20b?c=%E5%B8%81"},
       }) {
    const auto url = net::parse_url(c.text);
    ASSERT_TRUE(url) << c.text;
    EXPECT_EQ(url->scheme, c.scheme) << c.text;
    EXPECT_EQ(url->host, c.host) << c.text;
    EXPECT_EQ(url->port, c.port) << c.text;
    EXPECT_EQ(url->target, c.target) << c.text;
  }
}

TEST(ParseUrl, RefusesEverythingElse) {
  for (const char* text : {"",
                           "https",
                           "https:",
                           "https:/h",
                           "https://",
                           "https:///path",
                           "https://:443/",
                           "ftp://h/",
                           "file:///etc/passwd",
                           "//h/x",
                           "/x",
                           "https://user@h/",
                           "https://user:word@h/",
                           "https://h:0/",
                           "https://h:65536/",
                           "https://h:8a/",
                           "https://h:/",
                           "https://h:-1/",
                           "https://h h/",
                           "https://h/a b",
                           "https://h/\r\nHost: x",
                           "https://h/\x01",
                           "https://h/\xe5\xb8\x81",
                           "https://h\\x/",
                           "https://[::1",
                           "https://[::1]x/",
                           "https://[zz]/",
                           "https://::1/",
                           "https://h%41/",
                           "ht tps://h/",
                           " https://h/"})
    EXPECT_FALSE(net::parse_url(text)) << text;
  EXPECT_FALSE(net::parse_url(std::string_view("https://h/\0x", 12)));
}

TEST(IsLoopback, KnowsThisMachineAndNothingThatOnlyLooksLikeIt) {
  for (const char* host : {"localhost", "127.0.0.1", "127.255.255.254", "::1", "0:0:0:0:0:0:0:1"})
    EXPECT_TRUE(net::is_loopback(host)) << host;
  for (const char* host : {"", "128.0.0.1", "0.0.0.0", "127.1", "0127.0.0.1", "127.0.0.1.example.com",
                           "localhost.example.com", "::2", "::", "192.168.0.1", "10.0.0.1", "example.com", "[::1]"})
    EXPECT_FALSE(net::is_loopback(host)) << host;
}

TEST(EncodeComponent, KeepsTheUnreservedAndEncodesEveryOtherByte) {
  EXPECT_EQ(net::encode_component(""), "");
  EXPECT_EQ(net::encode_component("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(net::encode_component("a b&c=d/e?f#g+h%"), "a%20b%26c%3Dd%2Fe%3Ff%23g%2Bh%25");
  EXPECT_EQ(net::encode_component("\xe5\xb8\x81"), "%E5%B8%81");
  EXPECT_EQ(net::encode_component(std::string_view("\0\n\xff", 3)), "%00%0A%FF");
}

TEST(ParseHttpDate, TakesTheThreeFormsOfRfc9110) {
  constexpr auto expected = base::from_ms(784'111'777'000);
  EXPECT_EQ(net::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), expected);
  EXPECT_EQ(net::parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"), expected);
  EXPECT_EQ(net::parse_http_date("Sun Nov  6 08:49:37 1994"), expected);
  EXPECT_EQ(net::parse_http_date("Wed Nov 16 08:49:37 1994"), expected + std::chrono::days(10));
  EXPECT_EQ(net::parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT"), base::from_ms(0));
  EXPECT_EQ(net::parse_http_date("Wednesday, 01-Jan-69 00:00:00 GMT"), base::from_ms(3'124'224'000'000));
  EXPECT_EQ(net::parse_http_date("Thu, 29 Feb 2024 23:59:60 GMT"), base::from_ms(1'709'251'200'000));
}

TEST(ParseHttpDate, RefusesEverythingElse) {
  for (const char* text : {"",
                           "120",
                           "Sun",
                           "Sun,",
                           "Sun, 6 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 08:49:37",
                           "Sun, 06 Nov 1994 08:49:37 UTC",
                           "Sun, 06 Nov 1994 08:49:37 GMT ",
                           " Sun, 06 Nov 1994 08:49:37 GMT",
                           "sun, 06 nov 1994 08:49:37 gmt",
                           "Sun, 31 Nov 1994 08:49:37 GMT",
                           "Sun, 00 Nov 1994 08:49:37 GMT",
                           "Thu, 29 Feb 2023 00:00:00 GMT",
                           "Sun, 06 Nov 1994 24:00:00 GMT",
                           "Sun, 06 Nov 1994 08:60:37 GMT",
                           "Sun, 06 Nov 1994 08:49:61 GMT",
                           "Sun, 06 Nov 1994 -8:49:37 GMT",
                           "Sun, 06 Foo 1994 08:49:37 GMT",
                           "Sunday, 06-Nov-1994 08:49:37 GMT",
                           "Monkey, 06-Nov-94 08:49:37 GMT",
                           "Sun Nov 06 08:49:37 94",
                           "1994-11-06T08:49:37Z"})
    EXPECT_FALSE(net::parse_http_date(text)) << text;
}

TEST(Header, IsEmptyWhenAbsentAndTheFirstOfSeveral) {
  net::Response response;
  response.headers = {{"retry-after", "7"}, {"date", "x"}, {"date", "y"}};
  EXPECT_EQ(net::header(response, "retry-after"), "7");
  EXPECT_EQ(net::header(response, "date"), "x");
  EXPECT_EQ(net::header(response, "Date"), "");
}

struct DepartureCase {
  Family family;
  const char* url;
  const char* proxy;
  const char* header_value;
  std::optional<base::ErrorKind> refused;
};

TEST(CheckDeparture, F14_OnlyEncryptedOrLoopbackLeaves) {
  using base::ErrorKind;
  const std::optional<ErrorKind> none;
  for (const auto& c : {
           DepartureCase{Family::http, "https://h/", "", "v", none},
           DepartureCase{Family::http, "http://127.0.0.1/", "", "v", none},
           DepartureCase{Family::http, "http://localhost:1/", "", "v", none},
           DepartureCase{Family::http, "http://[::1]/", "", "v", none},
           DepartureCase{Family::websocket, "wss://h/", "", "v", none},
           DepartureCase{Family::websocket, "ws://localhost/", "", "v", none},
           DepartureCase{Family::http, "https://h/", "http://p:1", "v", none},
           DepartureCase{Family::http, "https://h/", "socks5://p:1", "v", none},
           DepartureCase{Family::http, "https://h/", "socks5h://u:w@p:1", "", none},
           DepartureCase{Family::http, "http://h/", "", "v", ErrorKind::permission},
           DepartureCase{Family::http, "http://10.0.0.1/", "", "v", ErrorKind::permission},
           DepartureCase{Family::websocket, "ws://h/", "", "v", ErrorKind::permission},
           DepartureCase{Family::websocket, "https://h/", "", "v", ErrorKind::permission},
           DepartureCase{Family::http, "wss://h/", "", "v", ErrorKind::permission},
           DepartureCase{Family::http, "file:///etc/passwd", "", "v", ErrorKind::internal},
           DepartureCase{Family::http, "https://h/", "", "v\r\nX: y", ErrorKind::internal},
           DepartureCase{Family::http, "https://h/", "ftp://p", "v", ErrorKind::config},
           DepartureCase{Family::http, "https://h/", "p:1", "v", ErrorKind::config},
       }) {
    const net::Headers headers{{"X-Test", c.header_value}};
    const auto url = net::check_departure(net::Departure(c.family, "a label", c.url, headers, c.proxy));
    ASSERT_EQ(url.has_error(), c.refused.has_value()) << c.url << " " << c.proxy;
    if (!c.refused) continue;
    EXPECT_EQ(url.error().kind, *c.refused) << c.url << " " << c.proxy;
    EXPECT_EQ(url.error().delivery, base::Delivery::not_sent);
    EXPECT_EQ(url.error().place, "a label");
  }
}

TEST(CheckDeparture, AHeaderNameThatIsNoTokenStays) {
  for (const char* name : {"", "X Y", "X:", "X\n"}) {
    const net::Headers headers{{name, "v"}};
    EXPECT_TRUE(net::check_departure(net::Departure(Family::http, "l", "https://h/", headers, "")).has_error()) << name;
  }
}

TEST(CheckDeparture, TheErrorShowsNeitherPathNorProxy) {
  const net::Headers none;
  const auto secret_path = net::check_departure(net::Departure(Family::http, "l", "http://h/botSECRET/x", none, ""));
  EXPECT_EQ(secret_path.error().text().find("SECRET"), std::string::npos);
  const auto secret_proxy =
      net::check_departure(net::Departure(Family::http, "l", "https://h/", none, "x://u:SECRET@p"));
  EXPECT_EQ(secret_proxy.error().text().find("SECRET"), std::string::npos);
}

TEST(Authority, LeavesTheUsualPortOutAndBracketsIpv6) {
  EXPECT_EQ(net::authority(*net::parse_url("https://h:443/")), "h");
  EXPECT_EQ(net::authority(*net::parse_url("https://h:80/")), "h:80");
  EXPECT_EQ(net::authority(*net::parse_url("ws://[::1]/")), "[::1]");
  EXPECT_EQ(net::to_string(*net::parse_url("wss://H:8443/a?b#c")), "wss://h:8443/a?b");
}

}  // namespace http_values_test
