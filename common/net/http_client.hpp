// The interface of the one HTTP client. The real one is libcurl inside the io_context; tests bring their own.
#pragma once
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "common/base/result.hpp"
#include "common/net/http.hpp"

namespace net {

class HttpClient {
 public:
  HttpClient() = default;
  virtual ~HttpClient() = default;
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  HttpClient(HttpClient&&) = delete;
  HttpClient& operator=(HttpClient&&) = delete;

  /// Any status is a response; only a missing or broken response is an Error (network, timeout, bad_data for a body
  /// over the cap, permission for a refused scheme or redirect). Error::delivery is not_sent when the request provably
  /// never left. Cancelling the awaiting coroutine aborts the transfer and throws operation_aborted.
  [[nodiscard]] virtual boost::asio::awaitable<base::Result<Response>> send(const Request& request) = 0;
};

}  // namespace net
