#include "common/net/ws_connection.hpp"

namespace net {
namespace asio = boost::asio;

asio::awaitable<OpenedWs> upgrade_plain(Dialled dialled, const Upgrade& upgrade) {
  using Next = boost::beast::tcp_stream;
  const auto left = upgrade.endpoint.connect_timeout - dialled.elapsed;
  auto core = std::make_shared<WsCore<Next>>(upgrade.endpoint, std::move(dialled.socket));
  core->stream.next_layer().expires_after(left);
  co_return co_await finish_upgrade<Next>(std::move(core), upgrade);
}

}  // namespace net
