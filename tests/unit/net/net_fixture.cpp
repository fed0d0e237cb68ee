#include "tests/unit/net/net_fixture.hpp"

#include <fstream>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace test {
namespace asio = boost::asio;

NetTest::NetTest() : tasks(io, [](const std::string&, const std::exception_ptr&) {}) {
  ca_file = (folder.path() / "ca.pem").string();
  std::ofstream(ca_file) << authority.pem();
  net::HttpClientOptions http_options;
  http_options.ca_file = ca_file;
  http = net::make_http_client(io, http_options);
  net::WsClientOptions ws_options;
  ws_options.ca_file = ca_file;
  ws = net::make_ws_client(io, ws_options);
}

NetTest::~NetTest() {
  stop_and_drain(io, tasks);
  EXPECT_EQ(tasks.running(), 0U);
}

void NetTest::play(const std::function<asio::awaitable<void>()>& story) {
  bool ended = false;
  std::exception_ptr failure;
  const auto on_end = [&](const std::exception_ptr& error) {
    ended = true;
    failure = error;
  };
  asio::co_spawn(io, story(), on_end);
  io.restart();
  while (!ended && io.run_one_for(std::chrono::seconds(10)) > 0) {
  }
  if (!ended) throw std::runtime_error("nothing happened for ten seconds");
  if (failure) std::rethrow_exception(failure);
}

bool NetTest::eventually(const std::function<bool()>& condition, base::Millis limit) {
  const auto deadline = clock.steady_now() + limit;
  while (!condition() && clock.steady_now() < deadline) {
    io.restart();
    io.run_one_for(base::Millis(10));
  }
  return condition();
}

bool NetTest::aborts(asio::awaitable<void> task, const std::function<bool()>& when) {
  std::optional<boost::system::error_code> seen;
  const auto observe = [](asio::awaitable<void> inner,
                          std::optional<boost::system::error_code>& code) -> asio::awaitable<void> {
    try {
      co_await std::move(inner);
      code = boost::system::error_code();
    } catch (const boost::system::system_error& error) {
      code = error.code();
    }
  };
  tasks.spawn("to be cancelled", observe(std::move(task), seen));
  EXPECT_TRUE(eventually(when));
  EXPECT_FALSE(seen.has_value());
  stop_and_drain(io, tasks);
  EXPECT_TRUE(seen.has_value());
  return seen == boost::system::error_code(asio::error::operation_aborted);
}

net::Request NetTest::get(std::string url) {
  net::Request request(std::move(url), "test request");
  request.total_timeout = base::Millis(5000);
  return request;
}

base::Result<net::Response> NetTest::send(const net::Request& request) {
  base::Result<net::Response> result = base::Error();
  play([&]() -> asio::awaitable<void> { result = co_await http->send(request); });
  return result;
}

base::Result<std::unique_ptr<net::WsConnection>> NetTest::open(const net::WsEndpoint& endpoint) {
  base::Result<std::unique_ptr<net::WsConnection>> result = base::Error();
  play([&]() -> asio::awaitable<void> { result = co_await ws->open(endpoint); });
  return result;
}

base::Result<std::string> NetTest::read(net::WsConnection& connection) {
  base::Result<std::string> text = base::Error();
  play([&]() -> asio::awaitable<void> {
    const auto message = co_await connection.read();
    if (message)
      text = std::string(message->data);
    else
      text = message.error();
  });
  return text;
}

}  // namespace test
