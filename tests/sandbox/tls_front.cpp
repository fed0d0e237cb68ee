#include "tests/sandbox/tls_front.hpp"

#include <array>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace sandbox {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

/// Carries bytes one way until either side ends.
template <class From, class To>
asio::awaitable<void> pump(From& from, To& to) {
  std::array<char, 1U << 16U> chunk{};
  while (true) {
    error_code error;
    const auto size =
        co_await from.async_read_some(asio::buffer(chunk), asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    const auto part = asio::buffer(chunk.data(), size);
    co_await asio::async_write(to, part, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
  }
}

}  // namespace

TlsFront::TlsFront(asio::io_context& io, base::TaskGroup& tasks, const std::string& certificate, const std::string& key)
    : io_(io),
      tasks_(tasks),
      tls_(asio::ssl::context::tls_server),
      acceptor_(io, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)) {
  tls_.use_certificate_chain_file(certificate);
  tls_.use_private_key_file(key, asio::ssl::context::pem);
}

std::uint16_t TlsFront::start(std::uint16_t plain_port) {
  tasks_.spawn("accept tls", accept(plain_port));
  return acceptor_.local_endpoint().port();
}

asio::awaitable<void> TlsFront::accept(std::uint16_t plain_port) {
  while (true) {
    error_code error;
    auto socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    socket.set_option(tcp::no_delay(true), error);
    tasks_.spawn("carry", carry(std::move(socket), plain_port));
  }
}

asio::awaitable<void> TlsFront::carry(tcp::socket socket, std::uint16_t plain_port) {
  using asio::experimental::awaitable_operators::operator||;
  asio::ssl::stream<tcp::socket> secure(std::move(socket), tls_);
  error_code error;
  co_await secure.async_handshake(asio::ssl::stream_base::server, asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return;
  tcp::socket plain(io_);
  const tcp::endpoint to(asio::ip::make_address("127.0.0.1"), plain_port);
  co_await plain.async_connect(to, asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return;
  plain.set_option(tcp::no_delay(true), error);
  co_await (pump(secure, plain) || pump(plain, secure));
}

}  // namespace sandbox
