#include "common/net/ws_upgrade.hpp"

#include <algorithm>
#include <memory>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <openssl/ssl.h>

#include "common/net/policy.hpp"
#include "common/net/ws_errors.hpp"
#include "common/net/ws_stream.hpp"

namespace net {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// The stream and its pulse. Beast pings at half of its idle time only, and does not see a write that hangs; so silence
/// is counted here, in small steps: a ping leaves after ping_every without a byte, the connection is dead after
/// ping_every + pong_timeout, each up to one step late. Silence counts only while somebody reads, because only then are
/// bytes taken from the socket. Beast also ends a connection politely, after a close frame or a broken one, and waits
/// for the server to hang up first: a server that does not is left after two steps.
class WsCore : public std::enable_shared_from_this<WsCore> {
 public:
  template <class... Args>
  explicit WsCore(const WsEndpoint& endpoint, Args&&... args)
      : stream(std::forward<Args>(args)...),
        label(endpoint.label),
        ping_every_(endpoint.ping_every),
        silence_max_(endpoint.ping_every + endpoint.pong_timeout),
        step_(std::clamp(std::min(endpoint.ping_every, endpoint.pong_timeout) / 4, base::Millis(1), step_max)),
        timer_(stream.get_executor()) {}

  void start() {
    stream.auto_fragment(false);  // some servers take a command only in one frame
    stream.control_callback([this](auto kind, auto) {
      heard = true;
      close_came = close_came || kind == boost::beast::websocket::frame_type::close;
    });
    wait();
  }
  void shut() {
    timer_.cancel();
    boost::beast::get_lowest_layer(stream).close();
  }
  /// Why the connection is over: what this class did to it hides the code that Beast would have given.
  [[nodiscard]] base::Error error(error_code ec) const {
    if (dead) return dead_error();
    if (left && !close_came)
      return base::Error(base::ErrorKind::bad_data, label, "a message is larger than allowed or breaks the protocol");
    if (left) ec = boost::beast::websocket::error::closed;
    return end_error(label, ec, stream.reason());
  }
  [[nodiscard]] base::Error dead_error() const {
    return base::Error(base::ErrorKind::timeout, label,
                       "dead: nothing came or nothing could be written for " + std::to_string(silence_max_.count()) +
                           " ms, in spite of a ping");
  }

  boost::beast::websocket::stream<WsStream, false> stream;  // false: permessage-deflate is never offered
  boost::beast::flat_buffer buffer;
  std::string label;
  bool heard{};  ///< any byte since the last step
  bool reading{};
  bool writing{};
  bool dead{};
  bool close_came{};  ///< a close frame of the server
  bool left{};        ///< the server did not hang up after the end

 private:
  static constexpr base::Millis step_max{500};

  void wait() {
    timer_.expires_after(step_);
    timer_.async_wait([weak = weak_from_this()](error_code ec) {
      const auto self = weak.lock();
      if (self && !ec) self->beat();
    });
  }
  void beat() {
    silent_ = heard || !reading ? base::Millis(0) : silent_ + step_;
    stuck_ = writing ? stuck_ + step_ : base::Millis(0);
    heard = false;
    if (silent_ >= silence_max_ || stuck_ >= silence_max_) {
      dead = true;
      shut();
      return;
    }
    const bool ended = reading && !stream.is_open();
    if (ended && ending_) {
      left = true;
      shut();
      return;
    }
    ending_ = ended;
    if (silent_ < ping_every_) pinged_ = false;
    if (silent_ >= ping_every_ && !ended && !pinged_ && !pinging_) ping();
    wait();
  }
  void ping() {
    pinged_ = true;
    pinging_ = true;
    stream.async_ping({}, [self = shared_from_this()](error_code) { self->pinging_ = false; });
  }

  base::Millis ping_every_;
  base::Millis silence_max_;
  base::Millis step_;
  base::Millis silent_{};
  base::Millis stuck_{};
  bool ending_{};   ///< the connection had ended at the step before
  bool pinged_{};   ///< in this silence
  bool pinging_{};  ///< a ping is being written
  asio::steady_timer timer_;
};

/// Says that an operation is under way, also to whoever looks after a cancelled coroutine.
class WhileTrue {
 public:
  explicit WhileTrue(bool& flag) : flag_(flag) { flag_ = true; }
  ~WhileTrue() { flag_ = false; }
  WhileTrue(const WhileTrue&) = delete;
  WhileTrue& operator=(const WhileTrue&) = delete;
  WhileTrue(WhileTrue&&) = delete;
  WhileTrue& operator=(WhileTrue&&) = delete;

 private:
  bool& flag_;
};

class BeastConnection final : public WsConnection {
 public:
  explicit BeastConnection(std::shared_ptr<WsCore> core) : core_(std::move(core)) { core_->start(); }
  ~BeastConnection() override { core_->shut(); }
  BeastConnection(const BeastConnection&) = delete;
  BeastConnection& operator=(const BeastConnection&) = delete;
  BeastConnection(BeastConnection&&) = delete;
  BeastConnection& operator=(BeastConnection&&) = delete;

  asio::awaitable<base::Result<WsMessage>> read() override {
    constexpr std::size_t kept_capacity_max = 1U << 20U;
    auto& core = *core_;
    core.buffer.clear();
    if (core.buffer.capacity() > kept_capacity_max) core.buffer.shrink_to_fit();  // one large snapshot must not stay
    const WhileTrue reading(core.reading);
    error_code ec;
    do {
      // Piece by piece, so that a large message on a slow line counts as life.
      co_await core.stream.async_read_some(core.buffer, 0, asio::redirect_error(asio::use_awaitable, ec));
      core.heard = true;
    } while (!ec && !core.stream.is_message_done());
    if (ec) {
      co_await throw_if_cancelled();
      co_return core.error(ec);
    }
    const auto bytes = core.buffer.cdata();
    WsMessage message;
    message.data = std::string_view(static_cast<const char*>(bytes.data()), bytes.size());
    message.binary = core.stream.got_binary();
    co_return message;
  }

  asio::awaitable<base::Result<void>> write(const std::string& text) override {
    auto& core = *core_;
    const WhileTrue writing(core.writing);
    error_code ec;
    core.stream.text(true);
    co_await core.stream.async_write(asio::buffer(text), asio::redirect_error(asio::use_awaitable, ec));
    if (ec) {
      co_await throw_if_cancelled();
      co_return core.error(ec);
    }
    co_return base::Result<void>();
  }

  asio::awaitable<void> close(base::Millis limit) override {
    namespace websocket = boost::beast::websocket;
    auto& core = *core_;
    websocket::stream_base::timeout limits{};
    limits.handshake_timeout = limit;  // Beast's name for the time a close may take as well
    limits.idle_timeout = websocket::stream_base::none();
    core.stream.set_option(limits);
    const websocket::close_reason reason(websocket::close_code::normal);
    error_code ec;
    co_await core.stream.async_close(reason, asio::redirect_error(asio::use_awaitable, ec));
    core.shut();
  }

 private:
  std::shared_ptr<WsCore> core_;
};

/// Asks for the host by name and checks that the certificate is its own. OpenSSL checks, so that it can say why not.
bool expect_host(SSL* ssl, const std::string& host) {
  auto* const param = SSL_get0_param(ssl);
  if (X509_VERIFY_PARAM_set1_ip_asc(param, host.c_str()) == 1) return true;  // an address: it has no SNI
  X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return X509_VERIFY_PARAM_set1_host(param, host.c_str(), 0) == 1 && SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
}

base::Error tls_error(const Upgrade& upgrade, SSL* ssl, const error_code& ec) {
  auto error = handshake_error(upgrade.endpoint, "the TLS handshake", ec);
  const auto verdict = SSL_get_verify_result(ssl);
  if (verdict != X509_V_OK) {
    error.cause += std::string(" (") + X509_verify_cert_error_string(verdict) + ")";
    error.remedy = "check the host, this machine's clock and its CA certificates";
  }
  return error;
}

asio::awaitable<base::Result<void>> secure(WsStream::Tls& tls, const Upgrade& upgrade) {
  SSL* const ssl = tls.native_handle();
  error_code ec;
  if (!expect_host(ssl, upgrade.url.host)) ec = asio::error::invalid_argument;
  if (!ec) co_await tls.async_handshake(asio::ssl::stream_base::client, asio::redirect_error(asio::use_awaitable, ec));
  if (!ec) co_return base::Result<void>();
  co_await throw_if_cancelled();
  co_return tls_error(upgrade, ssl, ec);
}

/// The upgrade on a stream whose lower layers are ready; their deadline runs on the TCP stream.
asio::awaitable<OpenedWs> shake_hands(std::shared_ptr<WsCore> core, const Upgrade& upgrade) {
  namespace websocket = boost::beast::websocket;
  auto& stream = core->stream;
  const auto dress = [&upgrade](websocket::request_type& request) {
    request.set(boost::beast::http::field::user_agent, upgrade.user_agent);
    for (const auto& [name, value] : upgrade.endpoint.headers) request.set(name, value);
  };
  stream.set_option(websocket::stream_base::decorator(dress));
  stream.read_message_max(upgrade.endpoint.message_max);
  websocket::response_type response;
  const std::string host = authority(upgrade.url);
  error_code ec;
  co_await stream.async_handshake(response, host, upgrade.url.target, asio::redirect_error(asio::use_awaitable, ec));
  if (ec) co_await throw_if_cancelled();
  if (ec == websocket::error::upgrade_declined) {
    const auto wish = response[boost::beast::http::field::retry_after];
    co_return declined_error(upgrade.endpoint, response.result_int(), std::string_view(wish.data(), wish.size()));
  }
  if (ec) co_return handshake_error(upgrade.endpoint, "the WebSocket upgrade", ec);
  boost::beast::get_lowest_layer(stream).expires_never();  // from here on the pulse keeps the time
  std::unique_ptr<WsConnection> connection = std::make_unique<BeastConnection>(std::move(core));
  co_return connection;
}

}  // namespace

asio::awaitable<OpenedWs> upgrade_to_ws(Dialled dialled, asio::ssl::context* tls, const Upgrade& upgrade) {
  const auto left = upgrade.endpoint.connect_timeout - dialled.elapsed;
  std::shared_ptr<WsCore> core;
  if (tls != nullptr)
    core = std::make_shared<WsCore>(upgrade.endpoint, std::move(dialled.socket), *tls);
  else
    core = std::make_shared<WsCore>(upgrade.endpoint, std::move(dialled.socket));
  auto& stream = core->stream.next_layer();
  stream.next_layer().expires_after(left);
  if (auto* over_tls = stream.tls()) {
    const auto secured = co_await secure(*over_tls, upgrade);
    if (!secured) co_return secured.error();
  }
  co_return co_await shake_hands(std::move(core), upgrade);
}

}  // namespace net
