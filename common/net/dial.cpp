#include "common/net/dial.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/net/curl_multi.hpp"
#include "common/net/policy.hpp"

namespace net {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

base::Error no_socket(const WsEndpoint& endpoint, const std::string& why) {
  base::Error error(base::ErrorKind::network, endpoint.label, "connected, but the socket cannot be taken: " + why);
  error.delivery = base::Delivery::not_sent;
  return error;
}

/// libcurl closes its descriptor when the handle is removed: a copy stays ours.
base::Result<tcp::socket> take_socket(asio::io_context& io, curl_socket_t theirs, const WsEndpoint& endpoint) {
  const int ours = ::fcntl(theirs, F_DUPFD_CLOEXEC, 0);
  if (ours < 0)
    return no_socket(endpoint, boost::system::error_code(errno, boost::system::system_category()).message());
  int family = AF_INET;
  socklen_t size = sizeof family;
  ::getsockopt(ours, SOL_SOCKET, SO_DOMAIN, &family, &size);
  tcp::socket socket(io);
  boost::system::error_code ec;
  socket.assign(family == AF_INET6 ? tcp::v6() : tcp::v4(), ours, ec);
  if (ec) {
    ::close(ours);
    return no_socket(endpoint, ec.message());
  }
  socket.set_option(tcp::no_delay(true), ec);  // a wish: without it frames only wait a little
  return socket;
}

}  // namespace

asio::awaitable<base::Result<Dialled>> dial(std::shared_ptr<CurlMulti> multi, const WsEndpoint& endpoint,
                                            const Url& url) {
  Url plain = url;
  plain.scheme = "http";  // no TLS here: Beast does it
  plain.target = "/";
  Transfer transfer(multi, endpoint.label);
  transfer.set_common(to_string(plain), endpoint.proxy, endpoint.connect_timeout, endpoint.connect_timeout);
  transfer.set(CURLOPT_CONNECT_ONLY, 1L);
  co_await multi->perform(transfer);
  if (!transfer.ok()) {
    auto error = transfer.error();
    error.delivery = base::Delivery::not_sent;
    co_return error;
  }
  auto socket = take_socket(multi->io(), transfer.info<curl_socket_t>(CURLINFO_ACTIVESOCKET), endpoint);
  if (!socket) co_return socket.error();
  co_return Dialled(*std::move(socket), transfer.elapsed());
}

}  // namespace net
