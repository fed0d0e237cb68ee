#include "tests/sandbox/server.hpp"

#include <algorithm>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "tests/sandbox/encoding.hpp"
#include "tests/sandbox/text.hpp"
#include "tests/sandbox/ws_session.hpp"

namespace sandbox {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t body_most = 64U * 1024 * 1024;
constexpr base::Millis poll_again{20};
constexpr base::Millis accept_again{100};

Request request_of(const UpgradeRequest& message, const tcp::socket& socket) {
  Request out;
  out.method = std::string(message.method_string());
  const std::string target(message.target());
  const auto question = target.find('?');
  out.path = url_decode(target.substr(0, question), false);
  if (question != std::string::npos) out.query = parse_form(target.substr(question + 1));
  for (const auto& field : message) out.headers[lower(field.name_string())] = std::string(field.value());
  out.body = message.body();
  error_code error;
  const auto remote = socket.remote_endpoint(error);
  if (!error) out.client = remote.address().to_string();
  const auto local = socket.local_endpoint(error);
  if (!error) out.host = local.address().to_string();
  return out;
}

std::string bytes_of(const Response& response, bool keep_alive, Ms now) {
  if (response.wire.raw) return response.body;
  const bool teapot = response.status == 418;  // which Beast does not know
  const std::string reason(teapot ? "I'm a teapot" : http::obsolete_reason(static_cast<http::status>(response.status)));
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + " " + reason + "\r\n";
  out += "Date: " + http_date(now) + "\r\nServer: sandbox\r\nContent-Type: " + response.type + "\r\n";
  for (const auto& [name, value] : response.headers) out += name + ": " + value + "\r\n";
  out += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
  out += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return out + response.body;
}

asio::awaitable<bool> write_bytes(beast::tcp_stream& stream, const std::string& bytes, const Wire& wire,
                                  base::Clock& clock) {
  const auto size = wire.cut_after == 0 ? bytes.size() : std::min(bytes.size(), wire.cut_after);
  std::size_t at = 0;
  while (at < size) {
    const auto part = wire.bytes_per_second == 0
                          ? size
                          : std::max<std::size_t>(1, static_cast<std::size_t>(wire.bytes_per_second) / 10);
    const auto chunk = asio::buffer(bytes.data() + at, std::min(part, size - at));
    error_code error;
    at += co_await asio::async_write(stream, chunk, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return false;
    const base::Millis pause(wire.bytes_per_second >= 10 ? 100 : 1000 / std::max(1, wire.bytes_per_second));
    if (wire.bytes_per_second > 0) co_await clock.sleep_for(pause);
  }
  co_return wire.cut_after == 0 && !wire.raw;
}

/// Writes the answer as its wire says. False: the connection is over.
asio::awaitable<bool> write_response(beast::tcp_stream& stream, const Response& response, bool keep_alive, Ms now,
                                     base::Clock& clock) {
  const auto& wire = response.wire;
  const base::Millis delay(wire.delay);
  if (wire.delay > 0) co_await clock.sleep_for(delay);
  if (wire.reset) {
    error_code ignored;
    stream.socket().set_option(asio::socket_base::linger(true, 0), ignored);
    stream.socket().close(ignored);
    co_return false;
  }
  if (wire.close) co_return false;
  if (wire.never) {
    char byte{};
    error_code error;
    while (!error)
      co_await stream.async_read_some(asio::buffer(&byte, 1), asio::redirect_error(asio::use_awaitable, error));
    co_return false;
  }
  const auto bytes = bytes_of(response, keep_alive, now);
  const bool whole = co_await write_bytes(stream, bytes, wire, clock);
  co_return whole&& keep_alive;
}

}  // namespace

std::uint16_t Server::listen(const std::string& address, std::uint16_t port) {
  const tcp::endpoint endpoint(asio::ip::make_address(address), port);
  return acceptors_.emplace_back(io_, endpoint).local_endpoint().port();
}

void Server::start(double speed) {
  speed_ = speed;
  for (auto& acceptor : acceptors_) tasks_.spawn("accept", accept(acceptor));
  // Ten ticks a second of sandbox time, but at most two hundred a second of real time.
  tasks_.spawn("ticks", ticks(base::Millis{std::max(100, static_cast<int>(5 * speed))}));
}

asio::awaitable<void> Server::accept(tcp::acceptor& acceptor) {
  while (true) {
    error_code error;
    auto socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) co_return;
    if (error) {
      co_await clock_.sleep_for(accept_again);  // out of descriptors: some connection will end
      continue;
    }
    socket.set_option(tcp::no_delay(true), error);
    tasks_.spawn("serve", serve(std::move(socket)));
  }
}

asio::awaitable<void> Server::ticks(base::Millis period) {
  while (true) {
    app_.tick(now());
    co_await clock_.sleep_for(period);
  }
}

asio::awaitable<Response> Server::answer(Request& request) {
  Response response = app_.http(request, now());
  const base::Millis pause{static_cast<int>(static_cast<double>(poll_again.count()) * std::max(1.0, speed_))};
  while (response.again) {
    const auto ready = response.again(now());
    if (ready) co_return *ready;
    co_await clock_.sleep_for(pause);
  }
  co_return response;
}

asio::awaitable<void> Server::serve(tcp::socket socket) {
  beast::tcp_stream stream(std::move(socket));
  beast::flat_buffer buffer;
  bool alive = true;
  while (alive) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(body_most);
    error_code error;
    co_await http::async_read(stream, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
    if (error) break;
    auto request = request_of(parser.get(), stream.socket());
    const bool keep_alive = parser.get().keep_alive();
    Response response;
    if (beast::websocket::is_upgrade(parser.get())) {
      auto* service = app_.upgrade(request, response, now());
      if (service != nullptr) {
        const auto upgrade = parser.release();
        WsSession session(std::move(stream), std::move(request), *service, [this] { return now(); });
        co_await session.run(upgrade);
        co_return;
      }
    } else {
      response = co_await answer(request);
      if (gzip_) encode(request, response);
    }
    alive = co_await write_response(stream, response, keep_alive, now(), clock_);
  }
  error_code ignored;
  stream.socket().shutdown(tcp::socket::shutdown_both, ignored);
}

}  // namespace sandbox
