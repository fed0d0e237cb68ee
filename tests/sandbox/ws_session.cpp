#include "tests/sandbox/ws_session.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

namespace sandbox {
namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

namespace {
constexpr std::size_t queue_most = 20'000;
constexpr std::uint16_t abnormal = 1006;  ///< never sent: the connection just ends

/// The service forgets the peer however the session ends, cancellation included.
class Farewell {
 public:
  Farewell(Service& service, Peer& peer) : service_(service), peer_(peer) {}
  ~Farewell() { service_.ws_closed(peer_); }
  Farewell(const Farewell&) = delete;
  Farewell& operator=(const Farewell&) = delete;
  Farewell(Farewell&&) = delete;
  Farewell& operator=(Farewell&&) = delete;

 private:
  Service& service_;
  Peer& peer_;
};
}  // namespace

WsSession::WsSession(beast::tcp_stream stream, Request request, Service& service, std::function<Ms()> now)
    : ws_(std::move(stream)),
      request_(std::move(request)),
      service_(service),
      now_(std::move(now)),
      wake_(ws_.get_executor()) {}

asio::awaitable<void> WsSession::run(const UpgradeRequest& upgrade) {
  using asio::experimental::awaitable_operators::operator||;
  ws_.read_message_max(1U << 20U);
  co_await ws_.async_accept(upgrade, asio::use_awaitable);
  if (service_.ws_open(*this, now_())) {
    const Farewell farewell(service_, *this);
    co_await (read() || write());
  } else {
    error_code ignored;
    co_await ws_.async_close(beast::websocket::close_code::policy_error,
                             asio::redirect_error(asio::use_awaitable, ignored));
  }
}

asio::awaitable<void> WsSession::read() {
  beast::flat_buffer buffer;
  while (true) {
    error_code error;
    co_await ws_.async_read(buffer, asio::redirect_error(asio::use_awaitable, error));
    if (vanished_) co_await hold();
    if (error) co_return;
    const auto text = beast::buffers_to_string(buffer.data());
    buffer.consume(buffer.size());
    service_.ws_text(*this, text, now_());
  }
}

/// Until the server stops: the connection stays open, and nobody is behind it.
asio::awaitable<void> WsSession::hold() {
  asio::steady_timer never(ws_.get_executor(), asio::steady_timer::time_point::max());
  co_await never.async_wait(asio::use_awaitable);
}

std::optional<WsSession::Item> WsSession::next_item() {
  if (!queue_.empty()) {
    Item item = std::move(queue_.front());
    queue_.pop_front();
    return item;
  }
  auto text = poured_ ? poured_() : std::nullopt;
  if (text) return Item{Item::Kind::text, std::move(*text), 0};
  poured_ = nullptr;
  return std::nullopt;
}

asio::awaitable<void> WsSession::write() {
  while (true) {
    error_code error;
    for (auto next = next_item(); next; next = next_item()) {
      const Item& item = *next;
      auto token = asio::redirect_error(asio::use_awaitable, error);
      if (item.kind == Item::Kind::text || item.kind == Item::Kind::binary) {
        ws_.binary(item.kind == Item::Kind::binary);
        co_await ws_.async_write(asio::buffer(item.text), token);
      } else if (item.kind == Item::Kind::ping) {
        const beast::websocket::ping_data nothing;
        co_await ws_.async_ping(nothing, token);
      } else if (item.code == abnormal) {
        beast::get_lowest_layer(ws_).socket().close(error);
        co_return;
      } else {
        const beast::websocket::close_reason reason(static_cast<beast::websocket::close_code>(item.code), item.text);
        co_await ws_.async_close(reason, token);
        co_return;
      }
      if (vanished_) co_await hold();
      if (error) co_return;
    }
    wake_.expires_at(asio::steady_timer::time_point::max());
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, error));  // cancelled by enqueue
    if (queue_.empty() && !poured_) co_return;                                    // cancelled by the end of the session
  }
}

void WsSession::enqueue(Item item) {
  if (vanished_) return;
  if (queue_.size() >= queue_most) item = Item{Item::Kind::close, {}, abnormal};  // nobody reads
  queue_.push_back(std::move(item));
  wake_.cancel();
}

void WsSession::send(std::string text) { enqueue(Item{Item::Kind::text, std::move(text), 0}); }

void WsSession::send_binary(std::string bytes) { enqueue(Item{Item::Kind::binary, std::move(bytes), 0}); }

void WsSession::pour(std::function<std::optional<std::string>()> next) {
  if (vanished_) return;
  poured_ = std::move(next);
  wake_.cancel();
}

void WsSession::ping() { enqueue(Item{Item::Kind::ping, {}, 0}); }

void WsSession::close(std::uint16_t code, std::string reason) {
  enqueue(Item{Item::Kind::close, std::move(reason), code});
}

void WsSession::vanish() {
  vanished_ = true;
  error_code ignored;
  beast::get_lowest_layer(ws_).socket().cancel(ignored);  // the pending read would go on answering pings
}

}  // namespace sandbox
