// A connected TCP socket, through the proxy when there is one. For the WebSocket client: libcurl knows proxies,
// look-ups and deadlines already. Only sources of this folder include this.
#pragma once
#include <memory>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "common/base/result.hpp"
#include "common/net/ws_client.hpp"

namespace net {

class CurlMulti;

struct Dialled {
  Dialled(boost::asio::ip::tcp::socket connected, base::Millis took) : socket(std::move(connected)), elapsed(took) {}
  boost::asio::ip::tcp::socket socket;
  base::Millis elapsed;
};

/// Errors are not_sent. Cancelling throws operation_aborted.
[[nodiscard]] boost::asio::awaitable<base::Result<Dialled>> dial(std::shared_ptr<CurlMulti> multi,
                                                                 const WsEndpoint& endpoint, const Url& url);

}  // namespace net
