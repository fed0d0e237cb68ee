// A TLS port before the plain one: what arrives is decrypted and carried on over loopback, HTTP and WebSocket alike.
#pragma once
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include "common/base/task_group.hpp"

namespace sandbox {

class TlsFront {
 public:
  /// PEM files. Throws boost::system::system_error when they cannot be used.
  TlsFront(boost::asio::io_context& io, base::TaskGroup& tasks, const std::string& certificate, const std::string& key);

  /// Listens on any free port of 127.0.0.1 and answers it; every connection is carried to `plain_port`.
  std::uint16_t start(std::uint16_t plain_port);

 private:
  [[nodiscard]] boost::asio::awaitable<void> accept(std::uint16_t plain_port);
  [[nodiscard]] boost::asio::awaitable<void> carry(boost::asio::ip::tcp::socket socket, std::uint16_t plain_port);

  boost::asio::io_context& io_;
  base::TaskGroup& tasks_;
  boost::asio::ssl::context tls_;
  boost::asio::ip::tcp::acceptor acceptor_;
};

}  // namespace sandbox
