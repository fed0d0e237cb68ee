// The two fakes behave as the clients they stand for.
#include <gtest/gtest.h>

#include "common/base/task_group.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/net/scripted_http.hpp"
#include "tests/support/net/scripted_ws.hpp"

namespace scripted_test {

namespace asio = boost::asio;
using base::ErrorKind;
using base::Millis;

class Scripted : public ::testing::Test {
 protected:
  ~Scripted() override {
    tasks.stop();
    clock.advance(Millis(0));
  }
  asio::io_context io{1};
  test::FakeClock clock{io};
  base::TaskGroup tasks{io, [](const std::string& name, const std::exception_ptr&) { ADD_FAILURE() << name; }};
};

TEST_F(Scripted, HttpAnswersAfterItsLatencyAndRemembers) {
  test::ScriptedHttp http(clock, [](const net::Request& request) { return test::response(200, request.url); });
  http.latency = Millis(40);
  std::vector<base::Result<net::Response>> results;
  const auto ask = [&](Millis total) -> asio::awaitable<void> {
    net::Request request("https://h/x", "h x");
    request.total_timeout = total;
    results.push_back(co_await http.send(request));
  };
  const auto begin = clock.steady_now();
  tasks.spawn("fits", ask(Millis(50)));
  tasks.spawn("late", ask(Millis(30)));
  clock.advance(Millis(39));
  EXPECT_EQ(http.in_flight_max(), 2);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].error().kind, ErrorKind::timeout);
  clock.advance(Millis(1));
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[1]->body, "https://h/x");
  EXPECT_EQ(results[1]->elapsed, Millis(40));
  EXPECT_EQ(http.count("h "), 2U);
  EXPECT_EQ(http.sent()[0].at, begin);
  EXPECT_EQ(http.in_flight(), 0);
}

TEST_F(Scripted, WsDeliversWhatWasPushedThenTheEnd) {
  test::ScriptedWs ws(clock);
  ws.on_open = [](test::ScriptedSocket& socket) { socket.push("welcome"); };
  ws.on_write = [](test::ScriptedSocket& socket, const std::string& text) { socket.push("ack " + text); };
  std::vector<std::string> seen;
  const auto client = [&]() -> asio::awaitable<void> {
    const net::WsEndpoint endpoint("wss://h/", "h");
    const auto connection = co_await ws.open(endpoint);
    const std::string hello = "hello";
    EXPECT_TRUE(co_await (*connection)->write(hello));
    for (;;) {
      const auto message = co_await (*connection)->read();
      if (!message) {
        seen.push_back(message.error().cause);
        co_return;
      }
      seen.emplace_back(message->data);
    }
  };
  tasks.spawn("client", client());
  clock.advance(Millis(1));
  ASSERT_EQ(ws.sockets().size(), 1U);
  auto& socket = *ws.sockets()[0];
  EXPECT_TRUE(socket.open());
  socket.push("news");
  socket.close(1001, "bye");
  clock.advance(Millis(1));
  EXPECT_EQ(seen, (std::vector<std::string>{"welcome", "ack hello", "news", "closed by the server, code 1001: bye"}));
  EXPECT_EQ(socket.written().at(0).text, "hello");
  EXPECT_FALSE(socket.open());
  EXPECT_EQ(ws.open_now(), 0U);
}

TEST_F(Scripted, WsRefusesVanishesAndCanBeCancelled) {
  test::ScriptedWs ws(clock);
  std::vector<base::ErrorKind> seen;
  const auto client = [&]() -> asio::awaitable<void> {
    const net::WsEndpoint endpoint("wss://h/", "h");
    const auto connection = co_await ws.open(endpoint);
    if (!connection) {
      seen.push_back(connection.error().kind);
      co_return;
    }
    const auto message = co_await (*connection)->read();
    if (!message) seen.push_back(message.error().kind);
  };
  ws.refusal = base::Error(ErrorKind::permission, "h", "no");
  tasks.spawn("refused", client());
  clock.advance(Millis(1));
  EXPECT_EQ(seen, std::vector<ErrorKind>{ErrorKind::permission});

  ws.refusal.reset();
  tasks.spawn("vanished", client());
  clock.advance(Millis(1));
  ws.sockets()[0]->vanish();
  clock.advance(Millis(29'999));
  EXPECT_EQ(seen.size(), 1U);
  clock.advance(Millis(1));
  EXPECT_EQ(seen.back(), ErrorKind::timeout);

  tasks.spawn("cancelled", client());
  clock.advance(Millis(1));
  EXPECT_EQ(tasks.running(), 1U);
  tasks.stop();
  clock.advance(Millis(1));
  EXPECT_EQ(tasks.running(), 0U);
  EXPECT_EQ(ws.attempts(), 3U);
}

}  // namespace scripted_test
