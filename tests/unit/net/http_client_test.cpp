// What a good server gets and what a bad one cannot do.
#include <zlib.h>

#include "tests/unit/net/net_fixture.hpp"

namespace http_client_test {

namespace asio = boost::asio;
using base::Delivery;
using base::ErrorKind;
using base::Millis;
using test::error_of;
using test::ok_response;
using test::Peer;
using test::Server;

class HttpClient : public test::NetTest {};

std::string gzip(const std::string& plain) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, plain.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

/// Reads one request, says `bytes`, and then nothing more until the client leaves.
Server::Script saying(std::string bytes) {
  return [bytes = std::move(bytes)](std::shared_ptr<Peer> peer) -> asio::awaitable<void> {
    const auto request = co_await peer->read_request();
    co_await peer->write(bytes);
    co_await peer->wait_for_the_end();
  };
}

/// The same, then the connection ends: politely or by a reset.
Server::Script saying_and_leaving(std::string bytes, bool reset) {
  return [bytes = std::move(bytes), reset](std::shared_ptr<Peer> peer) -> asio::awaitable<void> {
    const auto request = co_await peer->read_request();
    if (!bytes.empty()) co_await peer->write(bytes);
    if (reset)
      peer->reset();
    else
      peer->close();
  };
}

TEST_F(HttpClient, GetsStatusLowerCaseHeadersAndBody) {
  std::string seen;
  Server server(io, test::answering([&](const std::string& request) {
                  seen = request;
                  return "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\nHTTP/1.1 429 Slow down\r\nRetry-After:  7 \r\n"
                         "X-MBX-Used-Weight: 12\r\nContent-Length: 2\r\n\r\n{}";
                }));
  auto request = get(server.url("/a?b=1"));
  request.headers = {{"X-Key", "value"}, {"X-Empty", ""}};
  const auto response = send(request);
  ASSERT_TRUE(response) << error_of(response).text();
  EXPECT_EQ(response->status, 429);
  EXPECT_EQ(response->body, "{}");
  EXPECT_EQ(header(*response, "retry-after"), "7");
  EXPECT_EQ(header(*response, "x-mbx-used-weight"), "12");
  EXPECT_EQ(header(*response, "x-interim"), "");
  EXPECT_EQ(response->wire_bytes, 2);
  EXPECT_EQ(seen.substr(0, 20), "GET /a?b=1 HTTP/1.1\r");
  EXPECT_NE(seen.find("\r\nX-Key: value\r\n"), std::string::npos);
  EXPECT_NE(seen.find("\r\nX-Empty:\r\n"), std::string::npos);
  EXPECT_NE(seen.find("\r\nUser-Agent: Perpwatch/0.1\r\n"), std::string::npos);
  EXPECT_NE(seen.find("\r\nAccept-Encoding: gzip\r\n"), std::string::npos);
}

TEST_F(HttpClient, PostsTheBodyWithItsType) {
  std::string seen;
  Server server(io, test::answering([&](const std::string& request) {
                  seen = request;
                  return ok_response("done");
                }));
  auto request = get(server.url("/post"));
  request.method = "POST";
  request.content_type = "application/json";
  request.body = std::string(300'000, 'x') + "end";
  const auto response = send(request);
  ASSERT_TRUE(response) << error_of(response).text();
  EXPECT_EQ(seen.substr(0, 11), "POST /post ");
  EXPECT_NE(seen.find("\r\nContent-Type: application/json\r\n"), std::string::npos);
  EXPECT_NE(seen.find("\r\nContent-Length: 300003\r\n"), std::string::npos);
  EXPECT_EQ(seen.find("Expect:"), std::string::npos);
  EXPECT_EQ(seen.substr(seen.size() - 4), "xend");
}

TEST_F(HttpClient, OtherMethodsWorkToo) {
  std::string seen;
  Server server(io, test::answering([&](const std::string& request) {
                  seen = request;
                  return request.starts_with("HEAD") ? "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"
                                                     : ok_response("ok");
                }));
  for (const char* method : {"PUT", "DELETE", "HEAD", "POST"}) {
    auto request = get(server.url("/"));
    request.method = method;
    const auto response = send(request);
    ASSERT_TRUE(response) << method << ": " << error_of(response).text();
    EXPECT_EQ(seen.substr(0, seen.find(' ')), method);
    EXPECT_EQ(seen.find("Content-Type"), std::string::npos) << method;
  }
}

TEST_F(HttpClient, KeepsTheConnection) {
  Server server(io, test::answering([](const std::string&) { return ok_response("x"); }));
  for (int i = 0; i < 3; ++i) {
    const auto response = send(get(server.url("/")));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->new_connection, i == 0);
  }
  EXPECT_EQ(server.accepted(), 1);
}

TEST_F(HttpClient, ManyAtOnceAllComeBack) {
  Server server(io, test::answering([](const std::string& request) { return ok_response(request.substr(0, 8)); }));
  int done = 0;
  const auto one = [&](std::string target) -> asio::awaitable<void> {
    const auto request = get(server.url(target));
    const auto response = co_await http->send(request);
    done += response && response->body == "GET " + target ? 1 : 0;
  };
  for (int i = 100; i < 120; ++i) tasks.spawn("one", one("/" + std::to_string(i)));
  EXPECT_TRUE(eventually([&] { return done == 20; }));
}

TEST_F(HttpClient, DecodesGzipAndCountsTheWire) {
  const std::string plain(100'000, 'a');
  const auto packed = gzip(plain);
  Server server(io, saying(ok_response(packed, "Content-Encoding: gzip\r\n")));
  const auto response = send(get(server.url("/")));
  ASSERT_TRUE(response) << error_of(response).text();
  EXPECT_EQ(response->body, plain);
  EXPECT_EQ(response->wire_bytes, static_cast<std::int64_t>(packed.size()));
}

TEST_F(HttpClient, F13_AGzipBombStopsAtTheCap) {
  const auto bomb = gzip(std::string(32U << 20U, '\0'));
  ASSERT_LT(bomb.size(), 100'000U);
  Server server(io, saying(ok_response(bomb, "Content-Encoding: gzip\r\n")));
  auto request = get(server.url("/"));
  request.body_max = 1'000'000;
  const auto error = error_of(send(request));
  EXPECT_EQ(error.kind, ErrorKind::bad_data) << error.text();
  EXPECT_EQ(error.place, "test request");
  EXPECT_NE(error.cause.find("1000000"), std::string::npos);
}

TEST_F(HttpClient, F13_ABodyOfExactlyTheCapPassesAndOneByteMoreDoesNot) {
  Server server(io, test::answering([](const std::string& request) {
                  return ok_response(std::string(request.starts_with("GET /fits") ? 1000 : 1001, 'x'));
                }));
  auto fits = get(server.url("/fits"));
  fits.body_max = 1000;
  EXPECT_TRUE(send(fits));
  auto larger = get(server.url("/larger"));
  larger.body_max = 1000;
  EXPECT_EQ(error_of(send(larger)).kind, ErrorKind::bad_data);
}

TEST_F(HttpClient, F13_EndlessChunksStopAtTheCap) {
  Server server(io, [](std::shared_ptr<Peer> peer) -> asio::awaitable<void> {
    const auto request = co_await peer->read_request();
    co_await peer->write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "1000\r\n" + std::string(4096, 'x') + "\r\n";
    for (;;) co_await peer->write(chunk);
  });
  auto request = get(server.url("/"));
  request.body_max = 100'000;
  EXPECT_EQ(error_of(send(request)).kind, ErrorKind::bad_data);
  EXPECT_TRUE(eventually([&] { return server.ended() == 1; }));
}

TEST_F(HttpClient, F14_HugeHeadersAreRefused) {
  std::string headers;
  for (int i = 0; i < 100; ++i) headers += "X-" + std::to_string(i) + ": " + std::string(1000, 'h') + "\r\n";
  Server server(io, saying(ok_response("", headers)));
  const auto error = error_of(send(get(server.url("/"))));
  EXPECT_EQ(error.kind, ErrorKind::bad_data) << error.text();
}

TEST_F(HttpClient, F12_ABodyCutShortIsAnErrorOfUnknownDelivery) {
  const std::string short_body = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this";
  const std::string cut_chunk = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nonly this";
  const std::string bad_chunk = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx";
  for (const auto& bytes : {short_body, cut_chunk, bad_chunk, std::string("HTTP/1.1 20"), std::string()}) {
    for (const bool reset : {false, true}) {
      Server server(io, saying_and_leaving(bytes, reset));
      const auto error = error_of(send(get(server.url("/"))));
      EXPECT_EQ(error.kind, ErrorKind::network) << bytes << reset << error.text();
      EXPECT_EQ(error.delivery, Delivery::unknown) << bytes << reset;
    }
  }
}

TEST_F(HttpClient, WhatIsNoHttpIsBadData) {
  Server server(io, saying_and_leaving("hello, I am no web server\r\n", false));
  const auto error = error_of(send(get(server.url("/"))));
  EXPECT_EQ(error.kind, ErrorKind::bad_data) << error.text();
}

TEST_F(HttpClient, F9_TotalTimeoutIsOfUnknownDeliveryOnceTheRequestWent) {
  Server server(io, saying(""));
  auto request = get(server.url("/"));
  request.total_timeout = Millis(150);
  const auto begin = clock.steady_now();
  const auto error = error_of(send(request));
  EXPECT_EQ(error.kind, ErrorKind::timeout) << error.text();
  EXPECT_EQ(error.delivery, Delivery::unknown);
  EXPECT_LT(clock.steady_now() - begin, Millis(1500));
}

TEST_F(HttpClient, F11_ADrippingBodyIsGivenUp) {
  Server server(io, [this](std::shared_ptr<Peer> peer) -> asio::awaitable<void> {
    const auto request = co_await peer->read_request();
    co_await peer->write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    for (;;) {
      co_await peer->write("x");
      co_await clock.sleep_for(Millis(200));
    }
  });
  auto request = get(server.url("/"));
  request.low_speed_timeout = Millis(1000);
  request.total_timeout = Millis(30'000);
  const auto begin = clock.steady_now();
  const auto error = error_of(send(request));
  EXPECT_EQ(error.kind, ErrorKind::timeout) << error.text();
  EXPECT_EQ(error.delivery, Delivery::unknown);
  EXPECT_LT(clock.steady_now() - begin, Millis(5000));
}

TEST_F(HttpClient, ACancelledCoroutineAbortsTheTransfer) {
  bool under_way = false;
  Server server(io, [&](std::shared_ptr<Peer> peer) -> asio::awaitable<void> {
    const auto request = co_await peer->read_request();
    co_await peer->write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nfirst bytes");
    under_way = true;
    co_await peer->wait_for_the_end();
  });
  const auto request = get(server.url("/"));
  const auto task = [&]() -> asio::awaitable<void> { (void)co_await http->send(request); };
  EXPECT_TRUE(aborts(task(), [&] { return under_way; }));
  EXPECT_TRUE(eventually([&] { return server.ended() == 1; })) << "the connection must be gone";
}

TEST_F(HttpClient, ElapsedIsMeasured) {
  Server server(io, [this](std::shared_ptr<Peer> peer) -> asio::awaitable<void> {
    const auto request = co_await peer->read_request();
    co_await clock.sleep_for(Millis(60));
    co_await peer->write(ok_response(""));
  });
  const auto response = send(get(server.url("/")));
  ASSERT_TRUE(response);
  EXPECT_GE(response->elapsed, Millis(60));
  EXPECT_LT(response->elapsed, Millis(3000));
}

}  // namespace http_client_test
