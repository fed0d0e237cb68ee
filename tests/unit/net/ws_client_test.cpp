#include "tests/unit/net/net_fixture.hpp"

namespace ws_client_test {

namespace asio = boost::asio;
using base::ErrorKind;
using base::Millis;
using test::error_of;
using test::Peer;
using test::Server;
using test::ws_frame;

class WsClient : public test::NetTest {
 protected:
  static net::WsEndpoint endpoint(const Server& server, const std::string& scheme = "ws") {
    const std::string host = scheme == "wss" ? "localhost" : "127.0.0.1";
    net::WsEndpoint out(scheme + "://" + host + ":" + server.port() + "/stream?botSECRET", "test stream");
    out.connect_timeout = Millis(3000);
    return out;
  }
  std::unique_ptr<net::WsConnection> opened(const net::WsEndpoint& to) {
    auto result = open(to);
    if (!result) throw std::runtime_error(result.error().text());
    return *std::move(result);
  }
};

/// Upgrades, says `bytes`, and hangs up when the client says goodbye.
Server::Script saying(std::string bytes) {
  return [bytes = std::move(bytes)](std::shared_ptr<Peer> peer) -> asio::awaitable<void> {
    (void)co_await test::accept_websocket(*peer);
    co_await peer->write(bytes);
    (void)co_await test::read_ws_frame(*peer);
    peer->close();
  };
}

/// The same, but the server never hangs up.
Server::Script saying_and_staying(std::string bytes) {
  return [bytes = std::move(bytes)](std::shared_ptr<Peer> peer) -> asio::awaitable<void> {
    (void)co_await test::accept_websocket(*peer);
    co_await peer->write(bytes);
    co_await peer->wait_for_the_end();
  };
}

Server::Script echo(std::string& head) {
  return [&head](std::shared_ptr<Peer> peer) -> asio::awaitable<void> {
    head = co_await test::accept_websocket(*peer);
    for (;;) {
      const auto frame = co_await test::read_ws_frame(*peer);
      co_await peer->write(ws_frame(frame.opcode, frame.payload));
      if (frame.opcode == 8) co_return;
    }
  };
}

TEST_F(WsClient, EchoesAndSaysGoodbye) {
  std::string head;
  Server server(io, echo(head));
  auto to = endpoint(server);
  to.headers = {{"X-Key", "value"}};
  const auto connection = opened(to);
  for (const auto& text : {std::string("hello"), std::string(70'000, 'x'), std::string()}) {
    play([&]() -> asio::awaitable<void> { EXPECT_TRUE(co_await connection->write(text)); });
    const auto back = read(*connection);
    ASSERT_TRUE(back) << error_of(back).text();
    EXPECT_EQ(*back, text);
  }
  EXPECT_EQ(head.substr(0, head.find('\r')), "GET /stream?botSECRET HTTP/1.1");
  EXPECT_NE(head.find("\r\nHost: 127.0.0.1:" + server.port() + "\r\n"), std::string::npos) << head;
  EXPECT_NE(head.find("\r\nX-Key: value\r\n"), std::string::npos);
  EXPECT_NE(head.find("\r\nUser-Agent: Perpwatch/0.1\r\n"), std::string::npos);
  EXPECT_EQ(head.find("permessage-deflate"), std::string::npos);
  play([&]() -> asio::awaitable<void> { co_await connection->close(Millis(1000)); });
  EXPECT_TRUE(eventually([&] { return server.ended() == 1; })) << "the close frame must have come";
}

TEST_F(WsClient, JoinsFragmentsAndAnswersPingsBetweenThem) {
  std::string pong;
  Server server(io, [&](std::shared_ptr<Peer> peer) -> asio::awaitable<void> {
    (void)co_await test::accept_websocket(*peer);
    const auto bytes = ws_frame(1, "one ", false) + ws_frame(9, "ping!") + ws_frame(0, "two ", false) +
                       ws_frame(0, "three") + ws_frame(2, "raw");
    co_await peer->write(bytes);
    const auto frame = co_await test::read_ws_frame(*peer);
    pong = std::to_string(frame.opcode) + frame.payload;
    co_await peer->wait_for_the_end();
  });
  const auto connection = opened(endpoint(server));
  EXPECT_EQ(*read(*connection), "one two three");
  play([&]() -> asio::awaitable<void> {
    const auto message = co_await connection->read();
    EXPECT_TRUE(message && message->binary && message->data == "raw");
  });
  EXPECT_TRUE(eventually([&] { return pong == "10ping!"; }));
}

TEST_F(WsClient, F25_ATooLargeMessageEndsTheConnection) {
  for (const auto& bytes :
       {ws_frame(1, std::string(1001, 'x')),
        ws_frame(1, std::string(600, 'x'), false) + ws_frame(0, std::string(600, 'x')),
        std::string("\x81\x7f\x00\x00\x00\x10\x00\x00\x00\x00", 10)}) {  // the last announces 64 GiB
    Server server(io, saying(bytes));
    auto to = endpoint(server);
    to.message_max = 1000;
    const auto connection = opened(to);
    const auto error = error_of(read(*connection));
    EXPECT_EQ(error.kind, ErrorKind::bad_data) << error.text();
    EXPECT_EQ(error.place, "test stream");
  }
}

TEST_F(WsClient, F25_BrokenFramesAreBadData) {
  for (const auto& bytes : {ws_frame(1, "\xff\xfe"), ws_frame(3, "reserved"), ws_frame(0, "continues nothing")}) {
    Server server(io, saying(bytes));
    const auto connection = opened(endpoint(server));
    const auto error = error_of(read(*connection));
    EXPECT_EQ(error.kind, ErrorKind::bad_data) << error.text();
  }
}

TEST_F(WsClient, TheErrorNamesTheCloseCodeAndReason) {
  Server server(io, saying(ws_frame(1, "last words") + test::ws_close(4003, "too many\nsubscriptions")));
  const auto connection = opened(endpoint(server));
  EXPECT_EQ(*read(*connection), "last words");
  const auto error = error_of(read(*connection));
  EXPECT_EQ(error.kind, ErrorKind::network);
  EXPECT_EQ(error.cause, "closed by the server, code 4003: too many subscriptions");
}

TEST_F(WsClient, AServerThatDoesNotHangUpAfterTheEndIsLeft) {
  struct Case {
    std::string bytes;
    ErrorKind kind;
    const char* word;
  };
  const std::vector<Case> cases{{test::ws_close(1008, "policy"), ErrorKind::network, "code 1008: policy"},
                                {ws_frame(3, "reserved"), ErrorKind::bad_data, "protocol"}};
  for (const auto& c : cases) {
    Server server(io, saying_and_staying(c.bytes));
    const auto connection = opened(endpoint(server));
    const auto begin = clock.steady_now();
    const auto error = error_of(read(*connection));
    EXPECT_EQ(error.kind, c.kind) << error.text();
    EXPECT_NE(error.cause.find(c.word), std::string::npos) << error.text();
    EXPECT_LT(clock.steady_now() - begin, Millis(5000));
  }
}

TEST_F(WsClient, AConnectionThatIsCutIsANetworkError) {
  for (const bool reset : {false, true}) {
    Server server(io, [reset](std::shared_ptr<Peer> peer) -> asio::awaitable<void> {
      (void)co_await test::accept_websocket(*peer);
      if (reset)
        peer->reset();
      else
        peer->close();
    });
    const auto connection = opened(endpoint(server));
    const auto error = error_of(read(*connection));
    EXPECT_EQ(error.kind, ErrorKind::network) << error.text();
  }
}

TEST_F(WsClient, F10_ASilentPeerIsPingedOnceAndThenDead) {
  int pings = 0;
  Server server(io, [&](std::shared_ptr<Peer> peer) -> asio::awaitable<void> {
    (void)co_await test::accept_websocket(*peer);
    for (;;) {
      const auto frame = co_await test::read_ws_frame(*peer);
      pings += frame.opcode == 9 ? 1 : 0;
    }
  });
  auto to = endpoint(server);
  to.ping_every = Millis(200);
  to.pong_timeout = Millis(200);
  const auto connection = opened(to);
  const auto begin = clock.steady_now();
  const auto error = error_of(read(*connection));
  const auto took = clock.steady_now() - begin;
  EXPECT_EQ(error.kind, ErrorKind::timeout) << error.text();
  EXPECT_GE(took, Millis(350));
  EXPECT_LT(took, Millis(1500));
  EXPECT_TRUE(eventually([&] { return server.ended() == 1; }));
  EXPECT_EQ(pings, 1);
}

TEST_F(WsClient, F10_APeerThatOnlyAnswersPingsStaysAlive) {
  int pings = 0;
  Server server(io, [&](std::shared_ptr<Peer> peer) -> asio::awaitable<void> {
    (void)co_await test::accept_websocket(*peer);
    while (pings < 4) {
      const auto frame = co_await test::read_ws_frame(*peer);
      pings += frame.opcode == 9 ? 1 : 0;
      co_await peer->write(ws_frame(10, frame.payload));
    }
    co_await peer->write(ws_frame(1, "still here"));
    co_await peer->wait_for_the_end();
  });
  auto to = endpoint(server);
  to.ping_every = Millis(100);
  to.pong_timeout = Millis(400);
  const auto connection = opened(to);
  const auto text = read(*connection);
  ASSERT_TRUE(text) << error_of(text).text();
  EXPECT_EQ(*text, "still here");
}

TEST_F(WsClient, F10_AWriteThatHangsEndsTheConnection) {
  Server server(io, [this](std::shared_ptr<Peer> peer) -> asio::awaitable<void> {
    (void)co_await test::accept_websocket(*peer);
    for (;;) co_await clock.sleep_for(Millis(1000));  // takes nothing more from the socket
  });
  auto to = endpoint(server);
  to.ping_every = Millis(100);
  to.pong_timeout = Millis(100);
  const auto connection = opened(to);
  base::Error error;
  const std::string much(20U << 20U, 'x');
  play([&]() -> asio::awaitable<void> { error = error_of(co_await connection->write(much)); });
  EXPECT_EQ(error.kind, ErrorKind::timeout) << error.text();
}

TEST_F(WsClient, ARefusedUpgradeSaysTheStatus) {
  struct Case {
    const char* status;
    ErrorKind kind;
  };
  for (const auto& c : {Case{"403 No", ErrorKind::permission}, Case{"404 Where", ErrorKind::not_found},
                        Case{"429 Slow", ErrorKind::rate_limited}, Case{"418 Teapot", ErrorKind::banned},
                        Case{"503 Later", ErrorKind::server}, Case{"200 OK", ErrorKind::bad_data}}) {
    Server server(io, test::answering([&](const std::string&) {
                    return "HTTP/1.1 " + std::string(c.status) + "\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n";
                  }));
    const auto error = error_of(open(endpoint(server)));
    EXPECT_EQ(error.kind, c.kind) << error.text();
    EXPECT_NE(error.cause.find(std::string(c.status).substr(0, 3)), std::string::npos);
    EXPECT_EQ(error.retry_after, std::chrono::seconds(30));
    EXPECT_EQ(error.text().find("SECRET"), std::string::npos);
  }
}

TEST_F(WsClient, NothingThatIsRefusedOrUnreachableThrows) {
  EXPECT_EQ(error_of(open(net::WsEndpoint("ws://192.0.2.1/", "l"))).kind, ErrorKind::permission);
  std::string url;
  {
    Server gone(io, saying(""));
    url = "ws://127.0.0.1:" + gone.port() + "/";
  }
  const auto error = error_of(open(net::WsEndpoint(url, "l")));
  EXPECT_EQ(error.kind, ErrorKind::network);
  EXPECT_EQ(error.delivery, base::Delivery::not_sent);
}

TEST_F(WsClient, ConnectTimeoutCoversTlsAndUpgrade) {
  for (const char* scheme : {"ws", "wss"}) {
    Server server(io, [](std::shared_ptr<Peer> peer) -> asio::awaitable<void> { co_await peer->wait_for_the_end(); });
    auto to = endpoint(server, scheme);
    to.connect_timeout = Millis(200);
    const auto begin = clock.steady_now();
    const auto error = error_of(open(to));
    EXPECT_EQ(error.kind, ErrorKind::timeout) << error.text();
    EXPECT_LT(clock.steady_now() - begin, Millis(2000));
  }
}

TEST_F(WsClient, TlsWorksAndCertificatesAreChecked) {
  {
    Server server(io, authority.issue("DNS:localhost"), saying(ws_frame(1, "safe")));
    const auto connection = opened(endpoint(server, "wss"));
    EXPECT_EQ(*read(*connection), "safe");
    play([&]() -> asio::awaitable<void> { co_await connection->close(Millis(100)); });
  }
  for (const auto& flawed : {authority.issue("DNS:localhost", test::Flaw::expired), authority.issue("DNS:example.com"),
                             authority.issue("DNS:localhost", test::Flaw::self_signed)}) {
    Server server(io, flawed, saying(""));
    const auto error = error_of(open(endpoint(server, "wss")));
    EXPECT_EQ(error.kind, ErrorKind::network);
    EXPECT_EQ(error.delivery, base::Delivery::not_sent);
    EXPECT_NE(error.text().find("certificate"), std::string::npos) << error.text();
  }
}

TEST_F(WsClient, GoesThroughProxies) {
  std::vector<std::string> seen;
  Server server(io, authority.issue("DNS:localhost"), saying(ws_frame(1, "through")));
  Server connect(io, test::connect_proxy(io, tasks, seen));
  Server socks(io, test::socks5_proxy(io, tasks, seen));
  for (const auto& proxy : {connect.url(""), "socks5h://127.0.0.1:" + socks.port()}) {
    auto to = endpoint(server, "wss");
    to.proxy = proxy;
    const auto connection = opened(to);
    EXPECT_EQ(*read(*connection), "through");
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"localhost:" + server.port(), "localhost"}));
}

TEST_F(WsClient, ACancelledReadThrowsAndDestructionClosesTheSocket) {
  Server server(io, saying(ws_frame(1, "one")));
  auto connection = opened(endpoint(server));
  EXPECT_EQ(*read(*connection), "one");
  const auto task = [&]() -> asio::awaitable<void> { (void)co_await connection->read(); };
  EXPECT_TRUE(aborts(task(), [] { return true; }));
  connection.reset();
  EXPECT_TRUE(eventually([&] { return server.ended() == 1; })) << "no copy of the descriptor may stay open";
}

TEST_F(WsClient, ACancelledOpenThrowsInEveryPhase) {
  Server silent(io, [](std::shared_ptr<Peer> peer) -> asio::awaitable<void> { co_await peer->wait_for_the_end(); });
  for (const char* scheme : {"ws", "wss"}) {
    const auto to = endpoint(silent, scheme);
    const int before = silent.accepted();
    const auto task = [&]() -> asio::awaitable<void> { (void)co_await ws->open(to); };
    EXPECT_TRUE(aborts(task(), [&] { return silent.accepted() > before; })) << scheme;
  }
  EXPECT_TRUE(eventually([&] { return silent.ended() == silent.accepted(); }));
}

TEST_F(WsClient, CloseGivesUpAtItsLimit) {
  Server server(io, saying_and_staying(""));
  const auto connection = opened(endpoint(server));
  const auto begin = clock.steady_now();
  play([&]() -> asio::awaitable<void> { co_await connection->close(Millis(150)); });
  EXPECT_LT(clock.steady_now() - begin, Millis(1500));
  EXPECT_TRUE(eventually([&] { return server.ended() == 1; }));
}

}  // namespace ws_client_test
