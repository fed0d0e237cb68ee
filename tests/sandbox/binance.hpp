// Binance USD-M futures, as EXCHANGES.md 2 describes it, and what its forks have of it.
#pragma once
#include "tests/sandbox/exchange.hpp"

namespace sandbox {

class Binance : public Exchange {
 public:
  Binance(World& world, Faults& faults);
  [[nodiscard]] bool ws_open(Peer& peer, Ms now) override;
  [[nodiscard]] std::size_t storm(std::int64_t events, Ms now) override;

 protected:
  struct Streams {
    std::size_t most{};    ///< on one connection
    Ms ping_every{};       ///< the server's
    bool coin_margined{};  ///< their orders are mixed in
  };
  Binance(Venue venue, World& world, Faults& faults, Streams streams)
      : Exchange(venue, world, faults, LimitPolicy{}), streams_(streams) {}
  /// A session with the streams that its address names: "/ws/a/b", "/stream?streams=a/b".
  Session& open_with_streams(Peer& peer, const std::string& path, Ms now);
  [[nodiscard]] Json funding_info(bool all) const;

  [[nodiscard]] Response answer(const Request& request, const std::string& path, Ms now) override;
  [[nodiscard]] std::vector<Charge> charges(const Request& request, const std::string& path) const override;
  [[nodiscard]] Response refusal(const LimitVerdict& verdict, const Request& request, Ms now) override;
  [[nodiscard]] Response not_found(Ms now) const override;
  void decorate(Response& response, const LimitVerdict& verdict) override;
  void on_text(Session& session, const std::string& text, Ms now) override;
  void push_due(Ms now) override;
  void on_liquidation(const Liquidation& event) override;

 private:
  struct Pending {
    Json frame;
    Ms sent{};
  };
  using One = Json (Binance::*)(const Contract& contract, Ms now) const;

  [[nodiscard]] Response each(const Request& request, One one, Ms now) const;
  [[nodiscard]] Response history(const Request& request, const std::string& path, Ms now) const;
  [[nodiscard]] Json exchange_info(Ms now) const;
  [[nodiscard]] Json premium_index(const Contract& contract, Ms now) const;
  [[nodiscard]] Json ticker(const Contract& contract, Ms now) const;
  [[nodiscard]] Json price(const Contract& contract, Ms now) const;
  [[nodiscard]] Json book_ticker(const Contract& contract, Ms now) const;
  [[nodiscard]] Json funding_rates(const Request& request, Ms now) const;
  [[nodiscard]] Response klines(const Request& request, const Contract& contract, Ms now) const;
  [[nodiscard]] Json depth(const Contract& contract, std::size_t levels, Ms now) const;

  void deliver(Session& session, const std::string& stream, const Json& data, Ms now);
  void push_marks(Ms now);
  void push_bars(Ms now);
  void push_forced(Ms now);
  void push_tickers(Ms now);
  [[nodiscard]] std::function<std::optional<std::string>()> storm_frames(std::int64_t events, Ms now) const;
  [[nodiscard]] Json mark_event(const Contract& contract, Ms now) const;
  [[nodiscard]] Json kline_event(const Contract& contract, const Bar& bar, const std::string& interval, Ms now) const;

  Streams streams_;
  std::map<std::string, Pending> forced_;  ///< the newest forced order of each symbol, still to be pushed
  std::vector<Json> played_;               ///< frames of a recording: pushed as they stand
};

/// Milliseconds of a Binance interval word; 0 when unknown.
[[nodiscard]] Ms binance_interval(const std::string& word);

}  // namespace sandbox
