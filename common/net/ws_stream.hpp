// What is below a WebSocket: a TCP stream, with TLS over it or without. One type for both: Beast's WebSocket is large,
// and instantiated twice it was 0.3 MB more code in every bot and half a minute more to compile. Heavy: for one source.
#pragma once
#include <utility>
#include <variant>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/teardown.hpp>

namespace net {

/// Beast's AsyncStream, for the handlers of composed operations.
class WsStream {
 public:
  using Tcp = boost::beast::tcp_stream;
  using Tls = boost::beast::ssl_stream<Tcp>;
  using executor_type = Tcp::executor_type;

  explicit WsStream(boost::asio::ip::tcp::socket socket) : layers_(std::in_place_type<Tcp>, std::move(socket)) {}
  WsStream(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context& tls)
      : layers_(std::in_place_type<Tls>, std::move(socket), tls) {}

  [[nodiscard]] executor_type get_executor() noexcept { return next_layer().get_executor(); }
  /// Where Beast keeps deadlines, and what it closes.
  [[nodiscard]] Tcp& next_layer() noexcept {
    auto* secure = tls();
    return secure != nullptr ? secure->next_layer() : *std::get_if<Tcp>(&layers_);
  }
  /// nullptr: there is none.
  [[nodiscard]] Tls* tls() noexcept { return std::get_if<Tls>(&layers_); }

  template <class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    std::visit([&](auto& layer) { layer.async_read_some(buffers, std::forward<Handler>(handler)); }, layers_);
  }
  template <class Buffers, class Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    std::visit([&](auto& layer) { layer.async_write_some(buffers, std::forward<Handler>(handler)); }, layers_);
  }

 private:
  std::variant<Tcp, Tls> layers_;
};

/// Beast asks for it by this name when a connection ends.
template <class Handler>
void async_teardown(boost::beast::role_type role, WsStream& stream, Handler&& handler) {
  using boost::beast::websocket::async_teardown;
  if (auto* secure = stream.tls())
    async_teardown(role, *secure, std::forward<Handler>(handler));
  else
    async_teardown(role, stream.next_layer(), std::forward<Handler>(handler));
}

}  // namespace net
