// From a connected socket to an open WebSocket, with TLS or without. Its source is the slowest of the house.
#pragma once
#include <memory>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>

#include "common/base/result.hpp"
#include "common/net/dial.hpp"
#include "common/net/ws_client.hpp"

namespace net {

/// What an upgrade needs, by reference: it lives in the frame of WsClient::open.
struct Upgrade {
  Upgrade(const WsEndpoint& to, const Url& at, const std::string& agent) : endpoint(to), url(at), user_agent(agent) {}
  const WsEndpoint& endpoint;
  const Url& url;
  const std::string& user_agent;
};

using OpenedWs = base::Result<std::unique_ptr<WsConnection>>;

/// Over TLS if there is a context for it.
[[nodiscard]] boost::asio::awaitable<OpenedWs> upgrade_to_ws(Dialled dialled, boost::asio::ssl::context* tls,
                                                             const Upgrade& upgrade);

}  // namespace net
