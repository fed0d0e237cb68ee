// The sockets of the sandbox: HTTP/1.1 and WebSocket on plain TCP, one thread, every answer shaped by its Wire.
#pragma once
#include <list>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "common/base/clock.hpp"
#include "common/base/task_group.hpp"
#include "tests/sandbox/app.hpp"

namespace sandbox {

class Server {
 public:
  Server(boost::asio::io_context& io, base::Clock& clock, App& app, base::TaskGroup& tasks)
      : io_(io), clock_(clock), app_(app), tasks_(tasks) {}

  /// Binds one address; port 0 takes any free one. Answers the port. Throws boost::system::system_error.
  std::uint16_t listen(const std::string& address, std::uint16_t port);
  /// Accepts on every bound address and ticks the app, until the task group stops.
  void start(double speed);
  /// Answers are packed for callers that accept it.
  void set_gzip(bool on) { gzip_ = on; }

 private:
  [[nodiscard]] boost::asio::awaitable<void> accept(boost::asio::ip::tcp::acceptor& acceptor);
  [[nodiscard]] boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket socket);
  [[nodiscard]] boost::asio::awaitable<void> ticks(base::Millis period);
  [[nodiscard]] boost::asio::awaitable<Response> answer(Request& request);
  [[nodiscard]] Ms now() const { return base::to_ms(clock_.wall_now()); }

  boost::asio::io_context& io_;
  base::Clock& clock_;
  App& app_;
  base::TaskGroup& tasks_;
  double speed_{1};
  bool gzip_{};
  std::list<boost::asio::ip::tcp::acceptor> acceptors_;
};

}  // namespace sandbox
