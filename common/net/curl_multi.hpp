// libcurl's multi interface inside one Asio io_context: one thread, no lock, no polling. Only sources of this folder
// include this.
#pragma once
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <curl/curl.h>

#include "common/base/error.hpp"
#include "common/net/http.hpp"

namespace net {

class CurlMulti;

/// One easy handle and what its callbacks fill. Lives in the frame of the awaiting coroutine: its address is stable
/// while libcurl holds it, and a frame that is cancelled aborts the transfer.
class Transfer {
 public:
  Transfer(std::shared_ptr<CurlMulti> multi, std::string label);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  Transfer(Transfer&&) = delete;
  Transfer& operator=(Transfer&&) = delete;

  template <class T>
  void set(CURLoption option, T value) {
    static_assert(std::is_pointer_v<T> || sizeof(T) == sizeof(long), "libcurl reads a long or a pointer");
    if (curl_easy_setopt(easy_, option, value) != CURLE_OK) throw std::logic_error("curl_easy_setopt");
  }
  template <class T>
  [[nodiscard]] T info(CURLINFO what) const {
    T value{};
    curl_easy_getinfo(easy_, what, &value);
    return value;
  }
  /// What every transfer needs: proxy, deadlines, no signals, no environment.
  void set_common(const std::string& url, const std::string& proxy, base::Millis connect_timeout,
                  base::Millis total_timeout);
  void set_header(const std::string& name, const std::string& value);  ///< both already checked
  void omit_header(const std::string& name);                           ///< one that libcurl would add by itself
  void set_upload(std::string_view body) { upload_ = body; }           ///< must outlive the transfer
  void use_headers() { set(CURLOPT_HTTPHEADER, headers_out_); }
  void limit_body(std::size_t bytes) { body_max_ = bytes; }

  [[nodiscard]] bool ok() const { return result_ == CURLE_OK; }
  [[nodiscard]] base::Error error() const;  ///< of a transfer that is not ok()
  [[nodiscard]] base::Millis elapsed() const;
  [[nodiscard]] Headers& headers() { return headers_; }
  [[nodiscard]] std::string& body() { return body_; }

 private:
  friend class CurlMulti;
  enum class Overflow : std::uint8_t { none, body, headers };

  void add_line(const std::string& line);
  static std::size_t on_body(char* data, std::size_t, std::size_t size, void* user) noexcept;
  static std::size_t on_header(char* data, std::size_t, std::size_t size, void* user) noexcept;
  static std::size_t on_upload(char* room, std::size_t, std::size_t size, void* user) noexcept;
  [[nodiscard]] base::Error classify() const;

  std::shared_ptr<CurlMulti> multi_;
  std::string label_;
  CURL* easy_;
  curl_slist* headers_out_{};
  boost::asio::steady_timer wake_;  ///< cancelled when the transfer is done: an event to await
  std::string_view upload_;
  Headers headers_;
  std::string body_;
  std::size_t body_max_{};
  std::size_t header_bytes_{};
  Overflow overflow_{Overflow::none};
  CURLcode result_{CURLE_OK};
  bool added_{};
  bool done_{};
  char message_[CURL_ERROR_SIZE]{};
};

/// The meeting point of libcurl's state machine and Asio's reactor.
class CurlMulti : public std::enable_shared_from_this<CurlMulti> {
 public:
  CurlMulti(boost::asio::io_context& io, long idle_connections_max);
  ~CurlMulti();
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;
  CurlMulti(CurlMulti&&) = delete;
  CurlMulti& operator=(CurlMulti&&) = delete;

  [[nodiscard]] boost::asio::io_context& io() { return io_; }
  [[nodiscard]] CURLSH* tls_sessions() { return share_; }

  /// Suspends until the transfer is done; throws operation_aborted when the coroutine is cancelled.
  [[nodiscard]] boost::asio::awaitable<void> perform(Transfer& transfer);

 private:
  friend class Transfer;
  struct Watch;

  static int on_socket(CURL*, curl_socket_t fd, int what, void* user, void*) noexcept;
  static int on_timer(CURLM*, long delay_ms, void* user) noexcept;
  void arm(const std::shared_ptr<Watch>& watch);
  void wait(const std::shared_ptr<Watch>& watch, int bit);
  void act(curl_socket_t fd, int events);

  boost::asio::io_context& io_;
  boost::asio::steady_timer timer_;
  std::uint64_t timer_wishes_{};  ///< of libcurl; only the newest counts
  bool due_now_{};                ///< the newest one is for this instant, and is not done yet
  std::unordered_map<curl_socket_t, std::shared_ptr<Watch>> watches_;
  CURLM* multi_{};
  CURLSH* share_{};
};

}  // namespace net
