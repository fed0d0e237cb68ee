#include "tests/support/net/scripted_ws.hpp"

#include <algorithm>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace test {
namespace asio = boost::asio;

/// The client's end.
class ScriptedConnection final : public net::WsConnection {
 public:
  ScriptedConnection(base::Clock& clock, std::shared_ptr<ScriptedSocket> socket)
      : clock_(clock), socket_(std::move(socket)) {}
  ~ScriptedConnection() override { socket_->open_ = false; }
  ScriptedConnection(const ScriptedConnection&) = delete;
  ScriptedConnection& operator=(const ScriptedConnection&) = delete;
  ScriptedConnection(ScriptedConnection&&) = delete;
  ScriptedConnection& operator=(ScriptedConnection&&) = delete;

  asio::awaitable<base::Result<net::WsMessage>> read() override {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);  // a busy reader must yield
    auto& socket = *socket_;
    while (socket.inbox_.empty() && !socket.end_) {
      if (socket.vanished_)
        co_await wait_for_the_pulse();
      else
        co_await wait_for_news();
    }
    if (socket.inbox_.empty()) co_return *socket.end_;
    current_ = std::move(socket.inbox_.front().data);
    net::WsMessage message;
    message.data = current_;
    message.binary = socket.inbox_.front().binary;
    socket.inbox_.pop_front();
    co_return message;
  }

  asio::awaitable<base::Result<void>> write(const std::string& text) override {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    auto& socket = *socket_;
    if (socket.end_) co_return *socket.end_;
    if (socket.vanished_) co_return base::Result<void>();
    socket.written_.emplace_back(text, clock_.steady_now());
    if (socket.on_write_) socket.on_write_(socket, text);
    co_return base::Result<void>();
  }

  asio::awaitable<void> close(base::Millis) override {
    socket_->goodbye_ = !socket_->vanished_;
    socket_->open_ = false;
    socket_->fail(base::Error(base::ErrorKind::network, socket_->endpoint.label, "closed here"));
    co_return;
  }

 private:
  asio::awaitable<void> wait_for_news() {
    asio::steady_timer news(co_await asio::this_coro::executor, base::SteadyTime::max());
    struct Leave {
      ScriptedSocket& socket;
      ~Leave() { socket.reader_ = nullptr; }
    } leave{*socket_};
    socket_->reader_ = &news;
    boost::system::error_code ec;
    co_await news.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
      throw boost::system::system_error(asio::error::operation_aborted);
  }
  asio::awaitable<void> wait_for_the_pulse() {
    co_await clock_.sleep_for(socket_->endpoint.ping_every + socket_->endpoint.pong_timeout);
    if (!socket_->end_)
      socket_->fail(base::Error(base::ErrorKind::timeout, socket_->endpoint.label, "dead: no byte came"));
  }

  base::Clock& clock_;
  std::shared_ptr<ScriptedSocket> socket_;
  std::string current_;
};

void ScriptedSocket::wake() {
  if (reader_ != nullptr) reader_->cancel();
}

void ScriptedSocket::push(std::string_view data, bool binary) {
  inbox_.emplace_back(data, binary);
  wake();
}

void ScriptedSocket::close(std::uint16_t code, std::string_view reason) {
  std::string cause = "closed by the server, code " + std::to_string(code);
  if (!reason.empty()) cause += ": " + std::string(reason);
  fail(base::Error(base::ErrorKind::network, endpoint.label, std::move(cause)));
}

void ScriptedSocket::fail(base::Error error) {
  end_ = std::move(error);
  wake();
}

void ScriptedSocket::vanish() {
  vanished_ = true;
  wake();
}

asio::awaitable<base::Result<std::unique_ptr<net::WsConnection>>> ScriptedWs::open(const net::WsEndpoint& endpoint) {
  attempts_.push_back(clock_.steady_now());
  const base::Millis takes = latency;
  co_await clock_.sleep_for(std::min(takes, endpoint.connect_timeout));
  if (takes >= endpoint.connect_timeout) co_return base::Error(base::ErrorKind::timeout, endpoint.label, "timed out");
  if (refusal) co_return *refusal;
  auto socket = std::make_shared<ScriptedSocket>(endpoint, clock_.steady_now());
  socket->on_write_ = on_write;
  sockets_.push_back(socket);
  if (on_open) on_open(*socket);
  std::unique_ptr<net::WsConnection> connection = std::make_unique<ScriptedConnection>(clock_, std::move(socket));
  co_return connection;
}

std::size_t ScriptedWs::open_now() const {
  const auto found = std::count_if(sockets_.begin(), sockets_.end(), [](const auto& socket) { return socket->open(); });
  return static_cast<std::size_t>(found);
}

}  // namespace test
