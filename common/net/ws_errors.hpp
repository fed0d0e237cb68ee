// What went wrong on a WebSocket, as an Error. Only sources of this folder include this.
#pragma once
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/system/error_code.hpp>

#include "common/base/error.hpp"
#include "common/net/ws_client.hpp"

namespace net {

/// A TLS or upgrade step that failed.
[[nodiscard]] base::Error handshake_error(const WsEndpoint& endpoint, std::string_view step,
                                          const boost::system::error_code& ec);
/// An upgrade that the server answered with another status than 101.
[[nodiscard]] base::Error declined_error(const WsEndpoint& endpoint, unsigned status, std::string_view retry_after);
/// The end of an open connection; `reason` counts when a close frame came.
[[nodiscard]] base::Error end_error(const std::string& label, const boost::system::error_code& ec,
                                    const boost::beast::websocket::close_reason& reason);

/// Throws operation_aborted when the coroutine that awaits this was cancelled: then that, not ec, is what happened.
[[nodiscard]] boost::asio::awaitable<void> throw_if_cancelled();

}  // namespace net
