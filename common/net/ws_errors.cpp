#include "common/net/ws_errors.hpp"

#include <algorithm>
#include <charconv>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/websocket/error.hpp>

#include "common/base/utf8.hpp"

namespace net {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using base::ErrorKind;

namespace {

ErrorKind kind_of_status(unsigned status) {
  if (status == 418) return ErrorKind::banned;
  if (status == 429) return ErrorKind::rate_limited;
  if (status == 401 || status == 403 || status == 451) return ErrorKind::permission;
  if (status == 404) return ErrorKind::not_found;
  return status >= 500 ? ErrorKind::server : ErrorKind::bad_data;
}

std::string one_line(std::string_view text) {
  auto out = base::clean_utf8(text);
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

}  // namespace

base::Error handshake_error(const WsEndpoint& endpoint, std::string_view step, const boost::system::error_code& ec) {
  const bool late = ec == beast::error::timeout;
  const bool nonsense = ec == websocket::condition::handshake_failed;
  const auto kind = late ? ErrorKind::timeout : nonsense ? ErrorKind::bad_data : ErrorKind::network;
  base::Error error(kind, endpoint.label, std::string(step) + " failed: " + (late ? "timed out" : ec.message()));
  error.delivery = base::Delivery::not_sent;
  return error;
}

base::Error declined_error(const WsEndpoint& endpoint, unsigned status, std::string_view retry_after) {
  base::Error error(kind_of_status(status), endpoint.label,
                    "the server refused the WebSocket with status " + std::to_string(status));
  int seconds = 0;
  const auto* end = retry_after.data() + retry_after.size();
  const auto parsed = std::from_chars(retry_after.data(), end, seconds);
  if (parsed.ec == std::errc{} && parsed.ptr == end && seconds >= 0) error.retry_after = std::chrono::seconds(seconds);
  return error;
}

base::Error end_error(const std::string& label, const boost::system::error_code& ec,
                      const websocket::close_reason& reason) {
  if (ec == websocket::error::closed) {
    std::string cause = "closed by the server";
    cause += reason.code == websocket::close_code::none ? " without a code" : ", code " + std::to_string(reason.code);
    if (!reason.reason.empty()) cause += ": " + one_line(std::string_view(reason.reason.data(), reason.reason.size()));
    return base::Error(ErrorKind::network, label, std::move(cause));
  }
  if (ec == websocket::error::message_too_big || ec == websocket::error::buffer_overflow)
    return base::Error(ErrorKind::bad_data, label, "a message is larger than allowed");
  if (ec == websocket::condition::protocol_violation)
    return base::Error(ErrorKind::bad_data, label, "the server broke the WebSocket protocol: " + ec.message());
  return base::Error(ErrorKind::network, label, "the connection broke: " + ec.message());
}

asio::awaitable<void> throw_if_cancelled() {
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none)
    throw boost::system::system_error(asio::error::operation_aborted);
}

}  // namespace net
