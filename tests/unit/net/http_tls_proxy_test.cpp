// Certificates and proxies.
#include <cstdlib>

#include "tests/unit/net/net_fixture.hpp"

namespace http_tls_proxy_test {

namespace asio = boost::asio;
using base::Delivery;
using base::ErrorKind;
using test::error_of;
using test::Flaw;
using test::ok_response;
using test::Peer;
using test::Server;

class HttpTls : public test::NetTest {
 protected:
  static Server::Script hello() {
    return test::answering([](const std::string&) { return ok_response("hello"); });
  }
};
class HttpProxy : public HttpTls {};

TEST_F(HttpTls, ACertificateOfOurAuthorityIsTrustedAndTheConnectionKept) {
  Server server(io, authority.issue("DNS:localhost"), hello());
  for (int i = 0; i < 2; ++i) {
    const auto response = send(get("https://localhost:" + server.port() + "/"));
    ASSERT_TRUE(response) << error_of(response).text();
    EXPECT_EQ(response->body, "hello");
  }
  EXPECT_EQ(server.accepted(), 1);
}

TEST_F(HttpTls, F18_EveryFlawOfACertificateIsRefusedBeforeTheRequestLeaves) {
  struct Case {
    const char* name;
    Flaw flaw;
    const char* host;
  };
  for (const auto& c :
       {Case{"DNS:localhost", Flaw::expired, "localhost"}, Case{"DNS:localhost", Flaw::self_signed, "localhost"},
        Case{"DNS:example.com", Flaw::none, "localhost"}, Case{"DNS:localhost", Flaw::none, "127.0.0.1"}}) {
    bool read = false;
    Server server(io, authority.issue(c.name, c.flaw), [&](std::shared_ptr<Peer> peer) -> asio::awaitable<void> {
      (void)co_await peer->read_some();
      read = true;
    });
    const auto error = error_of(send(get("https://" + std::string(c.host) + ":" + server.port() + "/botSECRET")));
    EXPECT_EQ(error.kind, ErrorKind::network) << c.name << c.host << ": " << error.text();
    EXPECT_EQ(error.delivery, Delivery::not_sent);
    EXPECT_FALSE(error.remedy.empty());
    EXPECT_EQ(error.text().find("SECRET"), std::string::npos);
    EXPECT_FALSE(read);
  }
}

TEST_F(HttpTls, F18_AHandshakeThatStallsIsATimeoutThatWasNotSent) {
  Server server(io, [](std::shared_ptr<Peer> peer) -> asio::awaitable<void> { co_await peer->wait_for_the_end(); });
  auto request = get("https://127.0.0.1:" + server.port() + "/");
  request.connect_timeout = base::Millis(150);
  const auto error = error_of(send(request));
  EXPECT_EQ(error.kind, ErrorKind::timeout) << error.text();
  EXPECT_EQ(error.delivery, Delivery::not_sent);
}

TEST_F(HttpTls, AMissingCaFileIsAMatterOfConfiguration) {
  net::HttpClientOptions options;
  options.ca_file = (folder.path() / "absent.pem").string();
  http = net::make_http_client(io, options);
  Server server(io, authority.issue("DNS:localhost"), hello());
  const auto error = error_of(send(get("https://localhost:" + server.port() + "/")));
  EXPECT_EQ(error.kind, ErrorKind::config) << error.text();
  EXPECT_EQ(error.delivery, Delivery::not_sent);
}

TEST_F(HttpProxy, CarriesHttpsThroughConnect) {
  std::vector<std::string> seen;
  Server server(io, authority.issue("DNS:localhost"), hello());
  Server proxy(io, test::connect_proxy(io, tasks, seen));
  auto request = get("https://localhost:" + server.port() + "/");
  request.proxy = proxy.url("");
  request.headers = {{"X-Key", "for the server alone"}};
  const auto response = send(request);
  ASSERT_TRUE(response) << error_of(response).text();
  EXPECT_EQ(response->body, "hello");
  EXPECT_EQ(header(*response, "x-proxy"), "");
  EXPECT_EQ(seen, std::vector<std::string>{"localhost:" + server.port()});
}

TEST_F(HttpProxy, CarriesHttpThroughSocksWhichResolvesTheName) {
  std::vector<std::string> seen;
  Server server(io, hello());
  Server proxy(io, test::socks5_proxy(io, tasks, seen));
  auto request = get("http://localhost:" + server.port() + "/");
  request.proxy = "socks5h://127.0.0.1:" + proxy.port();
  const auto response = send(request);
  ASSERT_TRUE(response) << error_of(response).text();
  EXPECT_EQ(seen, std::vector<std::string>{"localhost"});
}

TEST_F(HttpProxy, ARefusingProxyIsNamedAndNothingWasSent) {
  struct Case {
    const char* answer;
    ErrorKind kind;
  };
  for (const auto& c :
       {Case{"HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n", ErrorKind::permission},
        Case{"HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n", ErrorKind::network}}) {
    Server proxy(io, test::answering([&](const std::string&) { return std::string(c.answer); }));
    auto request = get("https://example.invalid/botSECRET");
    request.proxy = "http://user:WORD@127.0.0.1:" + proxy.port();
    const auto error = error_of(send(request));
    EXPECT_EQ(error.kind, c.kind) << error.text();
    EXPECT_EQ(error.delivery, Delivery::not_sent);
    EXPECT_NE(error.text().find("proxy"), std::string::npos) << error.text();
    EXPECT_EQ(error.text().find("SECRET"), std::string::npos);
    EXPECT_EQ(error.text().find("WORD"), std::string::npos);
  }
}

TEST_F(HttpProxy, TheEnvironmentIsIgnored) {
  struct Environment {
    explicit Environment(const std::string& value) {
      for (const char* name : {"http_proxy", "https_proxy", "all_proxy"}) ::setenv(name, value.c_str(), 1);
      ::setenv("no_proxy", "*", 1);
    }
    ~Environment() {
      for (const char* name : {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}) ::unsetenv(name);
    }
  };
  std::vector<std::string> seen;
  Server server(io, hello());
  Server proxy(io, test::connect_proxy(io, tasks, seen));
  const Environment environment(proxy.url(""));
  EXPECT_TRUE(send(get(server.url("/"))));
  EXPECT_EQ(proxy.accepted(), 0);
  auto request = get(server.url("/"));
  request.proxy = proxy.url("");
  EXPECT_TRUE(send(request));
  EXPECT_EQ(proxy.accepted(), 1) << "no_proxy must not switch a configured proxy off";
}

}  // namespace http_tls_proxy_test
