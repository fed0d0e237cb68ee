// The interface of the one WebSocket client: Beast over a socket that libcurl dialled (one set of proxy settings).
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/net/http.hpp"

namespace net {

struct WsEndpoint {
  WsEndpoint(std::string to_url, std::string said_as) : url(std::move(to_url)), label(std::move(said_as)) {}
  std::string url;    ///< wss://…, or ws://… when the host is loopback
  std::string label;  ///< "bybit liquidations 2/3"
  Headers headers;
  std::string proxy;
  base::Millis connect_timeout{10'000};  ///< dial, TLS and upgrade together
  base::Millis ping_every{20'000};       ///< protocol ping when idle…
  base::Millis pong_timeout{10'000};  ///< …and the connection is dead without any byte for this long after it (F-10)
  std::size_t message_max{16U << 20U};
};

struct WsMessage {
  std::string_view data;  ///< valid until the next read
  bool binary{};
};

/// One open WebSocket. One read and one write may be outstanding. Destroying it closes the socket.
class WsConnection {
 public:
  WsConnection() = default;
  virtual ~WsConnection() = default;
  WsConnection(const WsConnection&) = delete;
  WsConnection& operator=(const WsConnection&) = delete;
  WsConnection(WsConnection&&) = delete;
  WsConnection& operator=(WsConnection&&) = delete;

  /// The next whole message. An error ends the connection; its cause names the close code and reason, if one came.
  [[nodiscard]] virtual boost::asio::awaitable<base::Result<WsMessage>> read() = 0;
  [[nodiscard]] virtual boost::asio::awaitable<base::Result<void>> write(const std::string& text) = 0;
  /// Says goodbye (close frame, at most `limit`), then closes the socket. Never fails.
  [[nodiscard]] virtual boost::asio::awaitable<void> close(base::Millis limit) = 0;
};

class WsClient {
 public:
  WsClient() = default;
  virtual ~WsClient() = default;
  WsClient(const WsClient&) = delete;
  WsClient& operator=(const WsClient&) = delete;
  WsClient(WsClient&&) = delete;
  WsClient& operator=(WsClient&&) = delete;

  [[nodiscard]] virtual boost::asio::awaitable<base::Result<std::unique_ptr<WsConnection>>> open(
      const WsEndpoint& endpoint) = 0;
};

}  // namespace net
