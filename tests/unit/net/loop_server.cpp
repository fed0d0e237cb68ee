#include "tests/unit/net/loop_server.hpp"

#include <charconv>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

namespace test {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct Peer::Tls {
  Tls(tcp::socket& socket, const Certificate& certificate)
      : context(asio::ssl::context::tls_server), stream(socket, equip(context, certificate)) {}
  static asio::ssl::context& equip(asio::ssl::context& context, const Certificate& certificate) {
    context.use_certificate_chain(asio::buffer(certificate.certificate_pem));
    context.use_private_key(asio::buffer(certificate.key_pem), asio::ssl::context::pem);
    return context;
  }
  asio::ssl::context context;
  asio::ssl::stream<tcp::socket&> stream;
};

Peer::Peer(tcp::socket socket) : socket_(std::move(socket)) {}
Peer::~Peer() = default;

asio::awaitable<void> Peer::start_tls(const Certificate& certificate) {
  tls_ = std::make_unique<Tls>(socket_, certificate);
  co_await tls_->stream.async_handshake(asio::ssl::stream_base::server, asio::use_awaitable);
}

asio::awaitable<void> Peer::fill() {
  std::string room(16384, '\0');
  std::size_t count = 0;
  if (tls_)
    count = co_await tls_->stream.async_read_some(asio::buffer(room), asio::use_awaitable);
  else
    count = co_await socket_.async_read_some(asio::buffer(room), asio::use_awaitable);
  buffer_.append(room, 0, count);
}

asio::awaitable<std::string> Peer::read_exactly(std::size_t bytes) {
  while (buffer_.size() < bytes) co_await fill();
  std::string out = buffer_.substr(0, bytes);
  buffer_.erase(0, bytes);
  co_return out;
}

asio::awaitable<std::string> Peer::read_until(std::string end) {
  while (buffer_.find(end) == std::string::npos) co_await fill();
  co_return co_await read_exactly(buffer_.find(end) + end.size());
}

asio::awaitable<std::string> Peer::read_some() {
  if (buffer_.empty()) co_await fill();
  co_return std::exchange(buffer_, {});
}

asio::awaitable<std::string> Peer::read_request() {
  constexpr std::string_view length_name = "Content-Length: ";
  std::string request = co_await read_until("\r\n\r\n");
  const auto at = request.find(length_name);
  if (at != std::string::npos) {
    std::size_t length = 0;
    std::from_chars(request.data() + at + length_name.size(), request.data() + request.size(), length);
    request += co_await read_exactly(length);
  }
  co_return request;
}

asio::awaitable<void> Peer::write(std::string_view bytes) {
  if (tls_)
    co_await asio::async_write(tls_->stream, asio::buffer(bytes), asio::use_awaitable);
  else
    co_await asio::async_write(socket_, asio::buffer(bytes), asio::use_awaitable);
}

asio::awaitable<void> Peer::wait_for_the_end() {
  std::string room(16384, '\0');
  error_code ec;
  while (!ec) co_await socket_.async_read_some(asio::buffer(room), asio::redirect_error(asio::use_awaitable, ec));
}

void Peer::close() {
  error_code ec;
  socket_.close(ec);
}

void Peer::reset() {
  error_code ec;
  socket_.set_option(asio::socket_base::linger(true, 0), ec);
  socket_.close(ec);
}

Server::Server(asio::io_context& io, Script script)
    : io_(io),
      script_(std::move(script)),
      acceptor_(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      tasks_(io,
             [](const std::string&, const std::exception_ptr&) {}) {  // a client that hangs up ends a script: normal
  tasks_.spawn("accept", accept());
}

Server::Server(asio::io_context& io, const Certificate& certificate, Script script) : Server(io, std::move(script)) {
  certificate_ = std::make_unique<Certificate>(certificate);
}

Server::~Server() { stop_and_drain(io_, tasks_); }

std::string Server::port() const { return std::to_string(acceptor_.local_endpoint().port()); }
std::string Server::url(std::string_view target) const { return "http://127.0.0.1:" + port() + std::string(target); }

asio::awaitable<void> Server::accept() {
  for (;;) {
    auto socket = co_await acceptor_.async_accept(asio::use_awaitable);
    ++accepted_;
    tasks_.spawn("connection", serve(std::make_shared<Peer>(std::move(socket))));
  }
}

asio::awaitable<void> Server::serve(std::shared_ptr<Peer> peer) {
  struct Count {
    int& ended;
    ~Count() { ++ended; }
  } count{ended_};
  if (certificate_) co_await peer->start_tls(*certificate_);
  co_await script_(peer);
}

void stop_and_drain(asio::io_context& io, base::TaskGroup& tasks) {
  asio::post(io, [&tasks] { tasks.stop(); });
  io.restart();
  while (tasks.running() > 0 && io.run_one_for(std::chrono::seconds(5)) > 0) {
  }
  io.poll();  // what was stopped last still has its own clearing up to do
}

std::string ok_response(std::string_view body, std::string_view headers) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + std::string(headers) + "\r\n" +
         std::string(body);
}

std::string redirect_to(std::string_view location, int status) {
  return "HTTP/1.1 " + std::to_string(status) + " Moved\r\nLocation: " + std::string(location) +
         "\r\nContent-Length: 0\r\n\r\n";
}

Server::Script answering(std::function<std::string(const std::string& request)> answer) {
  return [answer = std::move(answer)](std::shared_ptr<Peer> peer) -> asio::awaitable<void> {
    for (;;) {
      const auto request = co_await peer->read_request();
      const auto bytes = answer(request);
      co_await peer->write(bytes);
    }
  };
}

}  // namespace test
