// Where messages end: Telegram, or the terminal of who tries a bot without a token. Both are fed by the same outbox.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "common/net/http_client.hpp"
#include "common/telegram/api.hpp"

namespace base {
class Clock;
}

namespace telegram {

/// One part of a row, ready to go.
struct Delivery {
  explicit Delivery(Message what) : message(std::move(what)) {}
  Message message;
  std::optional<std::int64_t> edit_of;  ///< the message to be edited; empty: a new one
  bool is_picture{};
  std::string png;  ///< of a picture, where the sink shows them
};

class Sink {
 public:
  Sink() = default;
  virtual ~Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  Sink(Sink&&) = delete;
  Sink& operator=(Sink&&) = delete;

  [[nodiscard]] virtual std::string_view name() const = 0;  ///< what an outbox row says: "telegram"
  [[nodiscard]] virtual bool paced() const = 0;             ///< do Telegram's limits apply?
  [[nodiscard]] virtual bool shows_pictures() const = 0;    ///< false: none need be drawn for it
  /// Every failure is an Answer. Cancelling throws operation_aborted; the row is in doubt then.
  [[nodiscard]] virtual boost::asio::awaitable<Answer> deliver(const Delivery& delivery) = 0;
};

class TelegramSink final : public Sink {
 public:
  TelegramSink(net::HttpClient& http, const base::Clock& clock, Account account)
      : http_(http), clock_(clock), account_(std::move(account)) {}
  [[nodiscard]] std::string_view name() const override { return "telegram"; }
  [[nodiscard]] bool paced() const override { return true; }
  [[nodiscard]] bool shows_pictures() const override { return true; }
  [[nodiscard]] boost::asio::awaitable<Answer> deliver(const Delivery& delivery) override;
  /// Who the token belongs to; kind permission when it belongs to nobody (TG-3: exit 78).
  [[nodiscard]] boost::asio::awaitable<base::Result<Identity>> identify();

 private:
  [[nodiscard]] net::Request request_of(const Delivery& delivery) const;
  net::HttpClient& http_;
  const base::Clock& clock_;
  Account account_;
};

class TerminalSink final : public Sink {
 public:
  using Print = std::function<void(const std::string&)>;
  explicit TerminalSink(Print print) : print_(std::move(print)) {}
  [[nodiscard]] std::string_view name() const override { return "terminal"; }
  [[nodiscard]] bool paced() const override { return false; }
  [[nodiscard]] bool shows_pictures() const override { return false; }
  [[nodiscard]] boost::asio::awaitable<Answer> deliver(const Delivery& delivery) override;

 private:
  Print print_;
  std::int64_t printed_{0};
};

}  // namespace telegram
