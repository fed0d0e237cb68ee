#include <optional>

#include "common/net/clients.hpp"
#include "common/net/curl_multi.hpp"
#include "common/net/policy.hpp"
#include "common/net/trust.hpp"
#include "common/net/ws_client.hpp"
#include "common/net/ws_upgrade.hpp"

namespace net {
namespace asio = boost::asio;

namespace {

void trust_system(asio::ssl::context& tls) {
  const std::string folder = hashed_certificates();
  folder.empty() ? tls.set_default_verify_paths() : tls.add_verify_path(folder);
}

class BeastClient final : public WsClient {
 public:
  BeastClient(asio::io_context& io, WsClientOptions options)
      : options_(std::move(options)), multi_(std::make_shared<CurlMulti>(io, 0)) {
    if (!options_.ca_file.empty()) tls();  // a file that cannot be read is found out now
  }

  asio::awaitable<OpenedWs> open(const WsEndpoint& endpoint) override {
    const Departure departure(Family::websocket, endpoint.label, endpoint.url, endpoint.headers, endpoint.proxy);
    const auto url = check_departure(departure);
    if (!url) co_return url.error();
    auto dialled = co_await dial(multi_, endpoint, *url);
    if (!dialled) co_return dialled.error();
    const Upgrade upgrade(endpoint, *url, options_.user_agent);
    asio::ssl::context* const secure = url->scheme == "wss" ? &tls() : nullptr;
    co_return co_await upgrade_to_ws(*std::move(dialled), secure, upgrade);
  }

 private:
  /// Made when a stream wants it: OpenSSL's tables are half a megabyte, and a bot may have no stream, or none over TLS.
  asio::ssl::context& tls() {
    if (!tls_) {
      auto& made = tls_.emplace(asio::ssl::context::tls_client);
      made.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
      made.set_verify_mode(asio::ssl::verify_peer);
      options_.ca_file.empty() ? trust_system(made) : made.load_verify_file(options_.ca_file);
    }
    return *tls_;
  }

  WsClientOptions options_;
  std::shared_ptr<CurlMulti> multi_;
  std::optional<asio::ssl::context> tls_;
};

}  // namespace

std::unique_ptr<WsClient> make_ws_client(asio::io_context& io, WsClientOptions options) {
  return std::make_unique<BeastClient>(io, std::move(options));
}

}  // namespace net
