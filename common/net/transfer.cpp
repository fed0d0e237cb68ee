#include <algorithm>
#include <cstring>
#include <new>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/net/curl_multi.hpp"

namespace net {

namespace {

constexpr std::size_t header_bytes_max = 64U << 10U;

/// A peer that vanished must not hold a pooled connection for the quarter of an hour TCP allows (F-10).
int on_new_socket(void*, curl_socket_t fd, curlsocktype) noexcept {
  constexpr unsigned unanswered_max_ms = 15'000;
  ::setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unanswered_max_ms, sizeof unanswered_max_ms);
  return CURL_SOCKOPT_OK;
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

/// libcurl's own words may quote a URL, a proxy with its password or a header; for these codes they do not.
bool words_are_safe(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_PROXY: return true;
    default: return false;
  }
}

base::ErrorKind kind_of(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return base::ErrorKind::timeout;
    case CURLE_WRITE_ERROR:
    case CURLE_FILESIZE_EXCEEDED:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL: return base::ErrorKind::bad_data;  // the last: an answer in HTTP/0.9
    case CURLE_SSL_CACERT_BADFILE: return base::ErrorKind::config;
    default: return base::ErrorKind::network;
  }
}

}  // namespace

Transfer::Transfer(std::shared_ptr<CurlMulti> multi, std::string label)
    : multi_(std::move(multi)),
      label_(std::move(label)),
      easy_(curl_easy_init()),
      wake_(multi_->io(), boost::asio::steady_timer::time_point::max()) {
  if (easy_ == nullptr) throw std::bad_alloc();
}

Transfer::~Transfer() {
  if (added_) curl_multi_remove_handle(multi_->multi_, easy_);
  curl_easy_cleanup(easy_);
  curl_slist_free_all(headers_out_);
}

void Transfer::set_common(const std::string& url, const std::string& proxy, base::Millis connect_timeout,
                          base::Millis total_timeout) {
  set(CURLOPT_PRIVATE, this);
  set(CURLOPT_ERRORBUFFER, static_cast<char*>(message_));
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // without it the end of a transfer waits for getaddrinfo and blocks this thread (F-8)
  // Also when empty: that switches the environment's proxies off.
  set(CURLOPT_PROXY, proxy.c_str());
  set(CURLOPT_NOPROXY, "");
  set(CURLOPT_HTTPPROXYTUNNEL, 1L);  // CONNECT for http:// too; nothing without a proxy or with SOCKS
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::max(connect_timeout, base::Millis(1)).count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(std::max(total_timeout, base::Millis(1)).count()));  // 0 would mean: none
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_TCP_KEEPIDLE, 30L);
  set(CURLOPT_TCP_KEEPINTVL, 10L);
  set(CURLOPT_SOCKOPTFUNCTION, &on_new_socket);
  set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_READFUNCTION, &Transfer::on_upload);
  set(CURLOPT_READDATA, this);
}

// In libcurl's language "Name;" is a header without a value and "Name:" is a header left out.
void Transfer::set_header(const std::string& name, const std::string& value) {
  add_line(value.empty() ? name + ";" : name + ": " + value);
}

void Transfer::omit_header(const std::string& name) { add_line(name + ":"); }

void Transfer::add_line(const std::string& line) {
  auto* const longer = curl_slist_append(headers_out_, line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  headers_out_ = longer;
}

// C callbacks: nothing may be thrown through libcurl's frames; out of memory ends the process.
std::size_t Transfer::on_body(char* data, std::size_t, std::size_t size, void* user) noexcept {
  auto& self = *static_cast<Transfer*>(user);
  if (size > self.body_max_ - self.body_.size()) {  // decoded bytes: a gzip bomb ends here (F-13)
    self.overflow_ = Overflow::body;
    return CURL_WRITEFUNC_ERROR;
  }
  self.body_.append(data, size);
  return size;
}

std::size_t Transfer::on_header(char* data, std::size_t, std::size_t size, void* user) noexcept {
  auto& self = *static_cast<Transfer*>(user);
  self.header_bytes_ += size;
  if (self.header_bytes_ > header_bytes_max) {  // interim responses count too (F-14)
    self.overflow_ = Overflow::headers;
    return CURL_WRITEFUNC_ERROR;
  }
  const std::string_view line(data, size);
  const auto colon = line.find(':');
  if (line.starts_with("HTTP/") && line.find(' ') < colon) {  // a status line: what came before was interim
    self.headers_.clear();
  } else if (colon != std::string_view::npos) {
    self.headers_.emplace_back(lowered(base::trimmed(line.substr(0, colon))), base::trimmed(line.substr(colon + 1)));
  }
  return size;
}

std::size_t Transfer::on_upload(char* room, std::size_t, std::size_t size, void* user) noexcept {
  auto& self = *static_cast<Transfer*>(user);
  const auto count = std::min(size, self.upload_.size());
  std::memcpy(room, self.upload_.data(), count);
  self.upload_.remove_prefix(count);
  return count;
}

base::Millis Transfer::elapsed() const {
  return std::chrono::duration_cast<base::Millis>(std::chrono::microseconds(info<curl_off_t>(CURLINFO_TOTAL_TIME_T)));
}

base::Error Transfer::classify() const {
  using base::Error;
  using base::ErrorKind;
  if (overflow_ == Overflow::body || result_ == CURLE_FILESIZE_EXCEEDED)
    return Error(ErrorKind::bad_data, label_, "the body is larger than " + std::to_string(body_max_) + " bytes");
  if (overflow_ == Overflow::headers)
    return Error(ErrorKind::bad_data, label_,
                 "the response's headers are larger than " + std::to_string(header_bytes_max) + " bytes");
  const auto proxy_status = info<long>(CURLINFO_HTTP_CONNECTCODE);  // libcurl itself calls a 407 "receive error"
  if (proxy_status == 407)
    return Error(ErrorKind::permission, label_, "the proxy wants credentials (407)",
                 "check the proxy's user and password");
  if (proxy_status >= 300)
    return Error(ErrorKind::network, label_, "the proxy refused the tunnel (" + std::to_string(proxy_status) + ")");
  std::string cause = curl_easy_strerror(result_);
  if (words_are_safe(result_) && message_[0] != '\0')
    cause += ": " + base::clean_utf8(static_cast<const char*>(message_));
  std::replace(cause.begin(), cause.end(), '\n', ' ');
  Error error(kind_of(result_), label_, std::move(cause));
  if (result_ == CURLE_PEER_FAILED_VERIFICATION)
    error.remedy = "check the host, this machine's clock and its CA certificates";
  return error;
}

base::Error Transfer::error() const {
  auto error = classify();
  // libcurl sets this time when the connection stands, TLS and tunnel included, right before the first byte of a
  // request.
  const bool began = info<curl_off_t>(CURLINFO_PRETRANSFER_TIME_T) != 0;
  error.delivery = began ? base::Delivery::unknown : base::Delivery::not_sent;
  return error;
}

}  // namespace net
