// A WsClient played by a test, which holds the server's end of every connection that was opened.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "common/base/clock.hpp"
#include "common/net/ws_client.hpp"

namespace test {

/// The server's end of one connection; it stays valid after the client dropped its own.
class ScriptedSocket {
 public:
  struct Written {
    Written(std::string what, base::SteadyTime when) : text(std::move(what)), at(when) {}
    std::string text;
    base::SteadyTime at;
  };

  ScriptedSocket(net::WsEndpoint to, base::SteadyTime when) : endpoint(std::move(to)), opened_at(when) {}
  ScriptedSocket(const ScriptedSocket&) = delete;
  ScriptedSocket& operator=(const ScriptedSocket&) = delete;
  ScriptedSocket(ScriptedSocket&&) = delete;
  ScriptedSocket& operator=(ScriptedSocket&&) = delete;
  ~ScriptedSocket() = default;

  void push(std::string_view data, bool binary = false);  ///< queued until it is read
  /// After what was pushed, reads and writes fail as they do after a close frame.
  void close(std::uint16_t code, std::string_view reason = {});
  /// After what was pushed, reads and writes fail with this.
  void fail(base::Error error);
  /// The peer is gone without a word: a read fails when ping_every + pong_timeout have passed, writes go nowhere.
  void vanish();

  [[nodiscard]] const std::vector<Written>& written() const { return written_; }
  [[nodiscard]] bool open() const { return open_; }             ///< the client still holds its end
  [[nodiscard]] bool said_goodbye() const { return goodbye_; }  ///< by WsConnection::close
  [[nodiscard]] std::size_t unread() const { return inbox_.size(); }

  const net::WsEndpoint endpoint;
  const base::SteadyTime opened_at;

 private:
  friend class ScriptedConnection;
  struct Message {
    Message(std::string_view bytes, bool is_binary) : data(bytes), binary(is_binary) {}
    std::string data;
    bool binary;
  };
  void wake();

  std::deque<Message> inbox_;
  std::vector<Written> written_;
  std::optional<base::Error> end_;
  boost::asio::steady_timer* reader_{};
  std::function<void(ScriptedSocket&, const std::string&)> on_write_;
  bool vanished_{};
  bool open_{true};
  bool goodbye_{};
  friend class ScriptedWs;
};

class ScriptedWs final : public net::WsClient {
 public:
  explicit ScriptedWs(base::Clock& clock) : clock_(clock) {}

  /// Refused with `refusal` while that is set; both outcomes come after `latency`, an over-long one is a timeout.
  [[nodiscard]] boost::asio::awaitable<base::Result<std::unique_ptr<net::WsConnection>>> open(
      const net::WsEndpoint& endpoint) override;

  [[nodiscard]] const std::vector<std::shared_ptr<ScriptedSocket>>& sockets() const { return sockets_; }
  [[nodiscard]] std::size_t attempts() const { return attempts_.size(); }
  [[nodiscard]] const std::vector<base::SteadyTime>& attempt_times() const { return attempts_; }
  [[nodiscard]] std::size_t open_now() const;

  std::optional<base::Error> refusal;
  base::Millis latency{};
  std::function<void(ScriptedSocket&)> on_open;                       ///< a greeting
  std::function<void(ScriptedSocket&, const std::string&)> on_write;  ///< an answer to a subscription

 private:
  base::Clock& clock_;
  std::vector<std::shared_ptr<ScriptedSocket>> sockets_;
  std::vector<base::SteadyTime> attempts_;
};

}  // namespace test
