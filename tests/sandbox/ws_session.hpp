// One accepted WebSocket: a reader that hands texts to the service, a writer that empties a queue.
#pragma once
#include <deque>
#include <functional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "tests/sandbox/types.hpp"

namespace sandbox {

using UpgradeRequest = boost::beast::http::request<boost::beast::http::string_body>;

class WsSession final : public Peer {
 public:
  WsSession(boost::beast::tcp_stream stream, Request request, Service& service, std::function<Ms()> now);

  /// Accepts the upgrade and lives until either side ends it.
  [[nodiscard]] boost::asio::awaitable<void> run(const UpgradeRequest& upgrade);

  void send(std::string text) override;
  void send_binary(std::string bytes) override;
  void pour(std::function<std::optional<std::string>()> next) override;
  void ping() override;
  void close(std::uint16_t code, std::string reason) override;
  void vanish() override;
  [[nodiscard]] const Request& request() const override { return request_; }

 private:
  struct Item {
    enum class Kind : std::uint8_t { text, binary, ping, close };
    Kind kind{};
    std::string text;
    std::uint16_t code{};
  };

  [[nodiscard]] boost::asio::awaitable<void> read();
  [[nodiscard]] boost::asio::awaitable<void> write();
  [[nodiscard]] boost::asio::awaitable<void> hold();
  void enqueue(Item item);
  [[nodiscard]] std::optional<Item> next_item();

  boost::beast::websocket::stream<boost::beast::tcp_stream> ws_;
  Request request_;
  Service& service_;
  std::function<Ms()> now_;
  std::deque<Item> queue_;
  std::function<std::optional<std::string>()> poured_;  ///< asked when the queue is empty
  boost::asio::steady_timer wake_;
  bool vanished_{};
};

}  // namespace sandbox
