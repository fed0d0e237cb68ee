#include <algorithm>

#include "common/net/clients.hpp"
#include "common/net/curl_multi.hpp"
#include "common/net/http_client.hpp"
#include "common/net/policy.hpp"
#include "common/net/trust.hpp"

namespace net {
namespace asio = boost::asio;

namespace {

/// One leg of an exchange: what a redirect may change.
struct Leg {
  Leg(Url to, const Request& request) : url(std::move(to)), method(request.method), body(request.body) {}
  Url url;
  std::string method;
  std::string_view body;
  base::Millis left{};
};

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

base::Error refused_redirect(const Request& request, std::string cause) {
  return base::Error(base::ErrorKind::permission, request.label, std::move(cause), "check the configured address");
}

/// Where a Location leads, relative ones included; nullopt when it is no http(s) URL.
std::optional<Url> resolve(const Url& from, std::string_view location) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), &curl_url_cleanup);
  const std::string base_url = to_string(from);
  const std::string next(location);
  if (curl_url_set(url.get(), CURLUPART_URL, base_url.c_str(), 0) != CURLUE_OK) return std::nullopt;
  if (curl_url_set(url.get(), CURLUPART_URL, next.c_str(), 0) != CURLUE_OK) return std::nullopt;
  char* whole = nullptr;
  if (curl_url_get(url.get(), CURLUPART_URL, &whole, 0) != CURLUE_OK) return std::nullopt;
  const std::unique_ptr<char, decltype(&curl_free)> owner(whole, &curl_free);
  return parse_url(whole);
}

/// Turns the leg to where the response points, or says why not. Fetch's rules for the method.
base::Result<void> follow(Leg& leg, const Request& request, int status, std::string_view location) {
  auto next = resolve(leg.url, location);
  if (!next) return refused_redirect(request, "redirect to what is no http or https URL refused");
  if (next->scheme != leg.url.scheme || next->host != leg.url.host || next->port != leg.url.port)
    return refused_redirect(request, "redirect to another scheme, host or port refused (" + authority(*next) + ")");
  leg.url = *std::move(next);
  const bool becomes_get = status == 303 ? leg.method != "HEAD" : leg.method == "POST" && status < 303;
  if (becomes_get) {
    leg.method = "GET";
    leg.body = {};
  }
  return {};
}

class CurlClient final : public HttpClient {
 public:
  CurlClient(asio::io_context& io, HttpClientOptions options)
      : options_(std::move(options)), multi_(std::make_shared<CurlMulti>(io, options_.idle_connections_max)) {}

  asio::awaitable<base::Result<Response>> send(const Request& request) override {
    const Departure departure(Family::http, request.label, request.url, request.headers, request.proxy);
    auto url = check_departure(departure);
    if (!url) co_return url.error();
    Leg leg(*std::move(url), request);
    Response response;
    for (int redirects = 0;; ++redirects) {
      leg.left = request.total_timeout - response.elapsed;
      if (redirects > 0 && leg.left <= base::Millis(0)) co_return late(request);
      auto failure = co_await fetch(leg, request, response);
      if (failure) {
        if (redirects > 0) failure->delivery = base::Delivery::unknown;  // the first leg did arrive
        co_return *std::move(failure);
      }
      const auto location = header(response, "location");
      if (!is_redirect(response.status) || location.empty()) co_return response;
      if (redirects == request.redirects_max)
        co_return refused_redirect(request, "more than " + std::to_string(redirects) + " redirects");
      const auto followed = follow(leg, request, response.status, location);
      if (!followed) co_return followed.error();
    }
  }

 private:
  static base::Error late(const Request& request) {
    return base::Error(base::ErrorKind::timeout, request.label, "the redirects took all of the request's time");
  }

  /// One leg; times and bytes are added to `response`, the rest of it is replaced.
  asio::awaitable<std::optional<base::Error>> fetch(const Leg& leg, const Request& request, Response& response) {
    Transfer transfer(multi_, request.label);
    prepare(transfer, leg, request);
    co_await multi_->perform(transfer);
    if (!transfer.ok()) co_return transfer.error();
    response.status = static_cast<int>(transfer.info<long>(CURLINFO_RESPONSE_CODE));
    response.headers = std::move(transfer.headers());
    response.body = std::move(transfer.body());
    response.elapsed += transfer.elapsed();
    response.wire_bytes += transfer.info<curl_off_t>(CURLINFO_SIZE_DOWNLOAD_T);
    response.new_connection = transfer.info<long>(CURLINFO_NUM_CONNECTS) != 0;
    co_return std::nullopt;
  }

  void prepare(Transfer& transfer, const Leg& leg, const Request& request) {
    transfer.set_common(to_string(leg.url), request.proxy, request.connect_timeout, leg.left);
    transfer.set(CURLOPT_PROTOCOLS_STR, leg.url.scheme.c_str());
    transfer.set(CURLOPT_ACCEPT_ENCODING, "gzip");
    transfer.set(CURLOPT_HTTP_VERSION,
                 static_cast<long>(options_.http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
    transfer.set(CURLOPT_SHARE, multi_->tls_sessions());
    transfer.set(CURLOPT_USERAGENT, options_.user_agent.c_str());
    // An HTTP/2 connection survives the timeouts of its streams: one that is stuck, or leads to a host that left the
    // DNS, must not be reused for ever.
    transfer.set(CURLOPT_MAXLIFETIME_CONN, 600L);
    transfer.limit_body(request.body_max);
    transfer.set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request.body_max));
    transfer.set(CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(request.low_speed_bytes));
    transfer.set(CURLOPT_LOW_SPEED_TIME,
                 static_cast<long>(std::chrono::ceil<std::chrono::seconds>(request.low_speed_timeout).count()));
    trust(transfer);
    prepare_method(transfer, leg, request);
    for (const auto& [name, value] : request.headers) transfer.set_header(name, value);
    transfer.use_headers();
  }

  void trust(Transfer& transfer) {
    transfer.set(CURLOPT_SSL_VERIFYPEER, 1L);
    transfer.set(CURLOPT_SSL_VERIFYHOST, 2L);
    transfer.set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!options_.ca_file.empty()) {
      transfer.set(CURLOPT_CAINFO, options_.ca_file.c_str());
      transfer.set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    } else if (!certificates_.empty()) {
      transfer.set(CURLOPT_CAINFO, static_cast<const char*>(nullptr));
      transfer.set(CURLOPT_CAPATH, certificates_.c_str());
    }
  }

  static void prepare_method(Transfer& transfer, const Leg& leg, const Request& request) {
    const bool bare = leg.method == "GET" || leg.method == "HEAD";
    if (leg.method == "HEAD") transfer.set(CURLOPT_NOBODY, 1L);
    if (bare) return;
    // libcurl quietly repeats a request whose reused connection died without an answer, a POST too: Telegram would post
    // twice. It cannot repeat a body that it read from a callback, and without a body only a new connection helps.
    transfer.set(CURLOPT_POST, 1L);
    transfer.set(CURLOPT_CUSTOMREQUEST, leg.method.c_str());
    transfer.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(leg.body.size()));
    transfer.set_upload(leg.body);
    if (leg.body.empty()) transfer.set(CURLOPT_FRESH_CONNECT, 1L);
    // Without a value these leave libcurl's own header out: a guessed type, and a wait for "100 Continue".
    transfer.omit_header("Expect");
    if (leg.body.empty() || request.content_type.empty())
      transfer.omit_header("Content-Type");
    else
      transfer.set_header("Content-Type", request.content_type);
  }

  HttpClientOptions options_;
  std::string certificates_{hashed_certificates()};
  std::shared_ptr<CurlMulti> multi_;
};

}  // namespace

std::unique_ptr<HttpClient> make_http_client(asio::io_context& io, HttpClientOptions options) {
  return std::make_unique<CurlClient>(io, std::move(options));
}

}  // namespace net
