// Redirects, and the question "did the request reach the other side?".
#include "tests/unit/net/net_fixture.hpp"

namespace http_delivery_test {

namespace asio = boost::asio;
using base::Delivery;
using base::ErrorKind;
using test::error_of;
using test::ok_response;
using test::Peer;
using test::redirect_to;
using test::Server;

class HttpDelivery : public test::NetTest {};

TEST_F(HttpDelivery, F14_ThreeRedirectsOnTheSameHostAreFollowed) {
  std::vector<std::string> seen;
  Server server(io, test::answering([&](const std::string& request) {
                  seen.push_back(request.substr(0, request.find(" HTTP")));
                  if (request.starts_with("GET /0 ")) return redirect_to("/dir/1");
                  if (request.starts_with("GET /dir/1 ")) return redirect_to("2?x=y", 301);
                  if (request.starts_with("GET /dir/2?x=y ")) return redirect_to(server.url("/3"), 307);
                  return ok_response("here");
                }));
  const auto response = send(get(server.url("/0")));
  ASSERT_TRUE(response) << error_of(response).text();
  EXPECT_EQ(response->body, "here");
  EXPECT_EQ(seen, (std::vector<std::string>{"GET /0", "GET /dir/1", "GET /dir/2?x=y", "GET /3"}));
  EXPECT_EQ(server.accepted(), 1);
}

TEST_F(HttpDelivery, F14_TheFourthRedirectIsRefused) {
  int count = 0;
  Server server(io, test::answering([&](const std::string&) { return redirect_to("/" + std::to_string(++count)); }));
  const auto error = error_of(send(get(server.url("/"))));
  EXPECT_EQ(error.kind, ErrorKind::permission) << error.text();
  EXPECT_EQ(count, 4);
}

TEST_F(HttpDelivery, F14_ARedirectElsewhereIsRefused) {
  Server other(io, test::answering([](const std::string&) { return ok_response("never"); }));
  for (const auto& location :
       {other.url("/secret"), std::string("http://localhost/secret"), std::string("https://127.0.0.1/secret"),
        std::string("file:///etc/passwd"), std::string("//example.com/secret"), std::string("gopher://127.0.0.1/"),
        std::string("http://u:secret@127.0.0.1/")}) {
    Server server(io, test::answering([&](const std::string&) { return redirect_to(location); }));
    const auto error = error_of(send(get(server.url("/botSECRET"))));
    EXPECT_EQ(error.kind, ErrorKind::permission) << location << ": " << error.text();
    EXPECT_EQ(error.text().find("SECRET"), std::string::npos);
    EXPECT_EQ(error.text().find("secret"), std::string::npos);
  }
  EXPECT_EQ(other.accepted(), 0);
}

TEST_F(HttpDelivery, ARedirectStatusWithoutALocationIsAResponse) {
  Server server(io,
                test::answering([](const std::string&) { return "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"; }));
  const auto response = send(get(server.url("/")));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 302);
}

TEST_F(HttpDelivery, APostIsRepeatedByA307AndBecomesAGetByA303) {
  std::vector<std::string> seen;
  Server server(
      io, test::answering([&](const std::string& request) {
        seen.push_back(request.substr(0, request.find(' ')) + "|" + request.substr(request.find("\r\n\r\n") + 4));
        if (request.find(" /307 ") != std::string::npos) return redirect_to("/303", 307);
        if (request.find(" /303 ") != std::string::npos) return redirect_to("/end", 303);
        return ok_response("");
      }));
  auto request = get(server.url("/307"));
  request.method = "POST";
  request.body = "payload";
  ASSERT_TRUE(send(request));
  EXPECT_EQ(seen, (std::vector<std::string>{"POST|payload", "POST|payload", "GET|"}));
}

TEST_F(HttpDelivery, ARefusedConnectionWasNotSent) {
  std::string url;
  {
    Server gone(io, test::answering([](const std::string&) { return ok_response(""); }));
    url = gone.url("/botSECRET/x");
  }
  const auto error = error_of(send(get(url)));
  EXPECT_EQ(error.kind, ErrorKind::network);
  EXPECT_EQ(error.delivery, Delivery::not_sent);
  EXPECT_EQ(error.place, "test request");
  EXPECT_EQ(error.text().find("SECRET"), std::string::npos) << error.text();
}

TEST_F(HttpDelivery, AnUnknownHostWasNotSent) {
  const auto error = error_of(send(get("https://no-such-host.invalid/")));  // RFC 6761: never resolves
  EXPECT_TRUE(error.kind == ErrorKind::network || error.kind == ErrorKind::timeout) << error.text();
  EXPECT_EQ(error.delivery, Delivery::not_sent);
}

TEST_F(HttpDelivery, F14_UnencryptedToAnotherHostLeavesNoPacket) {
  Server proxy(io, test::answering([](const std::string&) { return ok_response(""); }));
  auto request = get("http://192.0.2.1/");
  request.proxy = proxy.url("");  // a packet would show here
  const auto error = error_of(send(request));
  EXPECT_EQ(error.kind, ErrorKind::permission);
  EXPECT_EQ(error.delivery, Delivery::not_sent);
  EXPECT_EQ(proxy.accepted(), 0);
}

/// Answers one request, takes the next one and drops the connection without a word.
Server::Script dropping_the_second(std::vector<std::string>& seen) {
  return [&seen](std::shared_ptr<Peer> peer) -> asio::awaitable<void> {
    seen.push_back(co_await peer->read_request());
    co_await peer->write(ok_response("first"));
    seen.push_back(co_await peer->read_request());
    peer->close();
  };
}

TEST_F(HttpDelivery, CR5_APostThatDiedOnAReusedConnectionIsNeverRepeated) {
  for (const std::string body : {"text=hello", ""}) {
    std::vector<std::string> seen;
    Server server(io, dropping_the_second(seen));
    ASSERT_TRUE(send(get(server.url("/"))));
    auto post = get(server.url("/sendMessage"));
    post.method = "POST";
    post.body = body;
    const auto result = send(post);
    if (!body.empty()) {
      EXPECT_EQ(error_of(result).kind, ErrorKind::network);
      EXPECT_EQ(error_of(result).delivery, Delivery::unknown);
    } else {
      EXPECT_TRUE(result) << "without a body it goes over a connection of its own";
      EXPECT_EQ(server.accepted(), 2);
    }
    EXPECT_EQ(seen.size(), 2U) << "one GET, one POST";
  }
}

TEST_F(HttpDelivery, CR5_ARefusedSecondAttemptDoesNotHideThatTheFirstWasSent) {
  for (const char* method : {"GET", "POST"}) {
    std::vector<std::string> seen;
    std::unique_ptr<Server> server;
    server = std::make_unique<Server>(io, [&](std::shared_ptr<Peer> peer) -> asio::awaitable<void> {
      (void)co_await peer->read_request();
      co_await peer->write(ok_response("first"));
      (void)co_await peer->read_request();
      server->stop_listening();
      peer->close();
    });
    ASSERT_TRUE(send(get(server->url("/"))));
    auto request = get(server->url("/sendMessage"));
    request.method = method;
    if (request.method == "POST") request.body = "text";
    const auto error = error_of(send(request));
    EXPECT_EQ(error.kind, ErrorKind::network) << method;
    EXPECT_EQ(error.delivery, Delivery::unknown) << method << ": " << error.text();
  }
}

TEST_F(HttpDelivery, AGetThatDiedOnAReusedConnectionIsRepeated) {
  std::vector<std::string> seen;
  Server server(io, dropping_the_second(seen));
  ASSERT_TRUE(send(get(server.url("/1"))));
  EXPECT_TRUE(send(get(server.url("/2"))));
  EXPECT_EQ(server.accepted(), 2);
}

}  // namespace http_delivery_test
