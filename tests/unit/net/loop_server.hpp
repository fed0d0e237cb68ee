// Servers on loopback, in the test's own io_context: each connection plays a script.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "common/base/task_group.hpp"
#include "tests/unit/net/certificates.hpp"

namespace test {

/// The server's end of one connection, with TLS or without. Reads throw at the end of the stream.
class Peer {
 public:
  explicit Peer(boost::asio::ip::tcp::socket socket);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  Peer(Peer&&) = delete;
  Peer& operator=(Peer&&) = delete;

  [[nodiscard]] boost::asio::awaitable<void> start_tls(const Certificate& certificate);
  [[nodiscard]] boost::asio::awaitable<std::string> read_exactly(std::size_t bytes);
  [[nodiscard]] boost::asio::awaitable<std::string> read_until(std::string end);  ///< inclusive
  [[nodiscard]] boost::asio::awaitable<std::string> read_some();                  ///< what there is, at least a byte
  /// Head and body (by Content-Length) of the next HTTP request.
  [[nodiscard]] boost::asio::awaitable<std::string> read_request();
  [[nodiscard]] boost::asio::awaitable<void> write(std::string_view bytes);
  /// Waits until the client has closed its end.
  [[nodiscard]] boost::asio::awaitable<void> wait_for_the_end();
  void close();
  void reset();  ///< RST instead of FIN

 private:
  struct Tls;
  [[nodiscard]] boost::asio::awaitable<void> fill();
  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<Tls> tls_;
  std::string buffer_;
};

class Server {
 public:
  using Script = std::function<boost::asio::awaitable<void>(std::shared_ptr<Peer>)>;
  Server(boost::asio::io_context& io, Script script);
  Server(boost::asio::io_context& io, const Certificate& certificate, Script script);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  Server(Server&&) = delete;
  Server& operator=(Server&&) = delete;

  [[nodiscard]] std::string port() const;
  [[nodiscard]] std::string url(std::string_view target) const;  ///< http://127.0.0.1:port/target
  [[nodiscard]] int accepted() const { return accepted_; }
  [[nodiscard]] int ended() const { return ended_; }  ///< scripts that are over
  void stop_listening() { acceptor_.close(); }        ///< from now on connections are refused

 private:
  [[nodiscard]] boost::asio::awaitable<void> accept();
  [[nodiscard]] boost::asio::awaitable<void> serve(std::shared_ptr<Peer> peer);
  boost::asio::io_context& io_;
  std::unique_ptr<Certificate> certificate_;
  Script script_;
  boost::asio::ip::tcp::acceptor acceptor_;
  base::TaskGroup tasks_;
  int accepted_{};
  int ended_{};
};

/// Stops the group from inside the io_context, as a program does, and runs until it is empty.
void stop_and_drain(boost::asio::io_context& io, base::TaskGroup& tasks);

/// "HTTP/1.1 200 OK" with a Content-Length; `headers` end in \r\n each.
[[nodiscard]] std::string ok_response(std::string_view body, std::string_view headers = {});
[[nodiscard]] std::string redirect_to(std::string_view location, int status = 302);

/// Answers every request of a connection with what `answer` says.
[[nodiscard]] Server::Script answering(std::function<std::string(const std::string& request)> answer);

/// A tunnel through a "CONNECT host:port" or SOCKS5 proxy on loopback; `tasks` holds the way back and is
/// stopped after the server; `seen` gets what the client asked for.
[[nodiscard]] Server::Script connect_proxy(boost::asio::io_context& io, base::TaskGroup& tasks,
                                           std::vector<std::string>& seen);
[[nodiscard]] Server::Script socks5_proxy(boost::asio::io_context& io, base::TaskGroup& tasks,
                                          std::vector<std::string>& seen);

/// The server's half of RFC 6455, by hand: a second opinion on what Beast sends and takes.
[[nodiscard]] boost::asio::awaitable<std::string> accept_websocket(Peer& peer);  ///< returns the request's head
[[nodiscard]] std::string ws_frame(unsigned opcode, std::string_view payload, bool last = true);
[[nodiscard]] std::string ws_close(unsigned code, std::string_view reason);
struct WsFrame {
  WsFrame(unsigned code, std::string data) : opcode(code), payload(std::move(data)) {}
  unsigned opcode;
  std::string payload;
};
[[nodiscard]] boost::asio::awaitable<WsFrame> read_ws_frame(Peer& peer);

}  // namespace test
