// Binance as its documentation words it, over any Market: REST answers past its limits and bans, frames for whoever
// subscribed. It keeps no time of its own: it is told.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/sandbox/faults.hpp"
#include "tests/sandbox/limits.hpp"
#include "tests/simulation/market.hpp"
#include "tests/support/net/scripted_ws.hpp"

namespace simulation {

class FakeBinance {
 public:
  FakeBinance(const Market& market, sandbox::Faults& faults);

  // REST
  [[nodiscard]] sandbox::Response http(const sandbox::Request& request, Ms now);

  // streams
  void on_text(test::ScriptedSocket& socket, const std::string& text, Ms now);
  /// The next moment after `now` at which something is pushed, or at which to look again.
  [[nodiscard]] Ms next_push(Ms now) const;
  /// Everything due in (before, now]: bars, marks, forced orders; and the faults that meet open sockets.
  void push(Ms before, Ms now);

  /// Requests over a limit of the exchange's own, that no fault made: the bots must never cause one.
  [[nodiscard]] std::int64_t refused_by_limit() const { return refused_by_limit_; }
  [[nodiscard]] std::int64_t asked_during_ban() const { return asked_during_ban_; }
  [[nodiscard]] std::int64_t asked() const { return asked_; }

  static constexpr Ms bar_lag = 150;                ///< a closed bar is pushed so long after its end
  static constexpr Ms forming_every = 20 * second;  ///< and what an open bar looks like so often
  static constexpr double funding_limit = 0.02;     ///< cap and floor, of what does not settle every 8 h
  static constexpr Ms mark_every = 5 * second;

 private:
  struct Session {
    test::ScriptedSocket* socket{};
    std::vector<std::size_t> bars;  ///< contracts
    bool marks{}, forced{};
  };
  [[nodiscard]] sandbox::Response answer(const sandbox::Request& request, const std::string& path, Ms now) const;
  [[nodiscard]] sandbox::Response refusal(const sandbox::LimitVerdict& verdict) const;
  [[nodiscard]] sandbox::Response open_interest(const sandbox::Request& request, Ms now) const;
  [[nodiscard]] std::string exchange_info(Ms now) const;
  [[nodiscard]] std::string tickers(Ms now) const;
  [[nodiscard]] std::string premium_index(Ms now) const;
  [[nodiscard]] std::string funding_info(Ms now) const;
  [[nodiscard]] sandbox::Response funding_rate(const sandbox::Request& request, Ms now) const;
  [[nodiscard]] sandbox::Response klines(const sandbox::Request& request, Ms now) const;
  [[nodiscard]] std::string kline_event(std::size_t contract, Ms opens_at, Ms now) const;
  [[nodiscard]] std::string mark_events(Ms now) const;
  [[nodiscard]] std::string forced_event(const ForcedOrder& order) const;
  [[nodiscard]] Session& session_of(test::ScriptedSocket& socket);
  [[nodiscard]] std::optional<std::size_t> find(const std::string& symbol) const;
  void drop_sockets(Ms now);
  void push_bars(Session& session, Ms opens_at, Ms now);
  void send(Session& session, const std::string& text, Ms now);

  const Market& market_;
  sandbox::Faults& faults_;
  sandbox::Limits limits_{sandbox::LimitPolicy{}};
  std::map<std::string, std::size_t, std::less<>> by_symbol_;
  std::vector<Session> sessions_;  ///< in the order of their first subscription
  std::int64_t asked_{}, refused_by_limit_{}, asked_during_ban_{};
};

}  // namespace simulation
