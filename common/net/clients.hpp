// Makes the real clients. Whoever only sends requests needs http_client.hpp or ws_client.hpp, not this.
#pragma once
#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}

namespace net {

class HttpClient;
class WsClient;

struct HttpClientOptions {
  std::string ca_file;  ///< PEM bundle, alone trusted; empty: the system's certificates
  std::string user_agent{"Perpwatch/0.1"};
  long idle_connections_max{16};  ///< kept for reuse, all hosts together
  bool http2{true};               ///< offered to https servers
};

struct WsClientOptions {
  std::string ca_file;  ///< as above
  std::string user_agent{"Perpwatch/0.1"};
};

/// Must be destroyed before the io_context and after every coroutine that uses it. Time is libcurl's and Asio's own
/// monotonic clock: a test with a virtual clock brings another HttpClient.
[[nodiscard]] std::unique_ptr<HttpClient> make_http_client(boost::asio::io_context& io, HttpClientOptions options);

/// The same rules of lifetime; its connections may outlive it, but not the io_context. Throws boost's system_error when
/// the certificates of ca_file cannot be read.
[[nodiscard]] std::unique_ptr<WsClient> make_ws_client(boost::asio::io_context& io, WsClientOptions options);

}  // namespace net
