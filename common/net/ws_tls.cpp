#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <openssl/ssl.h>

#include "common/net/ws_connection.hpp"

namespace net {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

using Tls = boost::beast::ssl_stream<boost::beast::tcp_stream>;

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

}  // namespace

asio::awaitable<OpenedWs> upgrade_tls(Dialled dialled, asio::ssl::context& tls, const Upgrade& upgrade) {
  const auto left = upgrade.endpoint.connect_timeout - dialled.elapsed;
  auto core = std::make_shared<WsCore<Tls>>(upgrade.endpoint, std::move(dialled.socket), tls);
  auto& secure = core->stream.next_layer();
  secure.next_layer().expires_after(left);
  SSL* const ssl = secure.native_handle();
  error_code ec;
  if (!expect_host(ssl, upgrade.url.host)) ec = asio::error::invalid_argument;
  if (!ec)
    co_await secure.async_handshake(asio::ssl::stream_base::client, asio::redirect_error(asio::use_awaitable, ec));
  if (ec) {
    co_await throw_if_cancelled();
    co_return tls_error(upgrade, ssl, ec);
  }
  co_return co_await finish_upgrade<Tls>(std::move(core), upgrade);
}

}  // namespace net
