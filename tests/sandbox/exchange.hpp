// What the played exchanges share: limits, WebSocket sessions with their topics, and new liquidations by tick.
#pragma once
#include <map>
#include <set>
#include <string>

#include "tests/sandbox/faults.hpp"
#include "tests/sandbox/limits.hpp"
#include "tests/sandbox/market/world.hpp"

namespace sandbox {

class PlayedBack;

class Exchange : public Service {
 public:
  Exchange(Venue venue, World& world, Faults& faults, LimitPolicy policy)
      : venue_(venue), world_(world), faults_(faults), limits_(policy) {}

  [[nodiscard]] Response http(const Request& request, Ms now) final;
  void ws_text(Peer& peer, const std::string& text, Ms now) final;
  void ws_closed(Peer& peer) final { sessions_.erase(&peer); }
  void tick(Ms now) final;

  [[nodiscard]] Limits& limits() { return limits_; }
  /// REST answers served from files instead of the model, by path below the service ("/fapi/v1/premiumIndex").
  void set_payloads(std::map<std::string, std::string> payloads) { payloads_ = std::move(payloads); }
  /// From now on data and answers are a recording's; what it names is listed. It outlives this.
  void play_back(PlayedBack& recording, Ms now);
  [[nodiscard]] Json stats() const;
  /// So many liquidations to each subscriber, as fast as its socket takes them: of contracts in turn, each another one,
  /// with times of the half minute before `now`. Answers how many subscribers there are.
  [[nodiscard]] virtual std::size_t storm(std::int64_t /*events*/, Ms /*now*/) { return 0; }

 protected:
  struct Session {
    Peer* peer{};
    std::int64_t number{};  ///< of the connection, from 1
    std::set<std::string> topics;
    std::string said;  ///< its subscriptions, in lower case
    std::size_t topic_chars{};
    bool mute{};                                ///< acknowledges and says nothing (Binance's retired path)
    bool gone{};                                ///< half-open
    std::map<std::string, std::string> frozen;  ///< what a frozen copy repeats, by the fault's `match`
    bool combined{};                            ///< wraps each message with its stream's name (Binance)
    bool closing{};
    Ms opened{};
    Ms last_in{};
    Ms last_out{};          ///< the last ping (Binance) or the last data (OKX)
    std::map<Ms, int> ops;  ///< messages or operations, by window
  };

  /// Below the limit checks: what the exchange says on `path` (without the service prefix).
  [[nodiscard]] virtual Response answer(const Request& request, const std::string& path, Ms now) = 0;
  [[nodiscard]] virtual std::vector<Charge> charges(const Request& request, const std::string& path) const = 0;
  /// How this exchange words a refusal.
  [[nodiscard]] virtual Response refusal(const LimitVerdict& verdict, const Request& request, Ms now) = 0;
  [[nodiscard]] virtual Response not_found(Ms now) const = 0;
  virtual void decorate(Response&, const LimitVerdict&) {}
  virtual void on_text(Session& session, const std::string& text, Ms now) = 0;
  virtual void push_due(Ms now) = 0;
  /// How a text travels on this exchange's sockets; HTX packs it.
  virtual void transmit(Session& session, std::string text) { session.peer->send(std::move(text)); }
  /// Every new liquidation of this exchange, oldest first, before push_due.
  virtual void on_liquidation(const Liquidation& event) = 0;

  [[nodiscard]] Session& open_session(Peer& peer, Ms now);
  /// Data: what a silent or lying feed keeps back.
  void push(Session& session, std::string text, Ms now);
  void push(Session& session, const Json& message, Ms now) { push(session, message.dump(), now); }
  /// Acknowledgements and pongs.
  void reply(Session& session, const Json& message, Ms now);
  void close(Session& session, std::uint16_t code, const std::string& reason);
  [[nodiscard]] bool due(Ms now, Ms period) const { return now / period != last_tick_ / period; }
  /// Counts new connections by address in a fixed window; false over `most`.
  [[nodiscard]] bool connection_allowed(const Request& request, int most, Ms window, Ms now);
  /// What a candle stream says now: the bar that has just ended, every 2 s the running one, else nothing.
  [[nodiscard]] std::optional<Bar> due_bar(const Contract& contract, Ms length, Ms now) const;
  [[nodiscard]] const std::vector<std::unique_ptr<Contract>>& contracts() const { return world_.contracts(venue_); }

  Venue venue_;
  World& world_;
  Faults& faults_;
  Limits limits_;
  std::map<Peer*, Session> sessions_;
  Ms last_tick_{};

 private:
  void send_data(Session& session, std::string text, Ms now, bool packed = false);
  void play_due(Ms now);

  PlayedBack* recording_{};
  std::uint64_t seen_{};
  std::map<std::string, std::string> payloads_;
  std::map<std::string, std::pair<Ms, int>> connections_;
  std::int64_t connects_{};
  std::int64_t pushes_{};
  int refused_connects_{};
};

}  // namespace sandbox
