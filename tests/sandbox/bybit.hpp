// Bybit v5 linear, as EXCHANGES.md 3 describes it.
#pragma once
#include "tests/sandbox/exchange.hpp"

namespace sandbox {

class Bybit final : public Exchange {
 public:
  Bybit(World& world, Faults& faults);
  [[nodiscard]] bool ws_open(Peer& peer, Ms now) override;

 protected:
  [[nodiscard]] Response answer(const Request& request, const std::string& path, Ms now) override;
  [[nodiscard]] std::vector<Charge> charges(const Request& request, const std::string& path) const override;
  [[nodiscard]] Response refusal(const LimitVerdict& verdict, const Request& request, Ms now) override;
  [[nodiscard]] Response not_found(Ms now) const override;
  void on_text(Session& session, const std::string& text, Ms now) override;
  void push_due(Ms now) override;
  void on_liquidation(const Liquidation& event) override;

 private:
  [[nodiscard]] Response tickers(const Request& request, Ms now) const;
  [[nodiscard]] Response instruments(const Request& request, Ms now) const;
  [[nodiscard]] Response history(const Request& request, const std::string& path, Ms now) const;
  [[nodiscard]] Response funding_history(const Request& request, const Contract& contract, Ms now) const;
  [[nodiscard]] Response klines(const Request& request, const Contract& contract, Ms now) const;
  [[nodiscard]] Response open_interest(const Request& request, const Contract& contract, Ms now) const;
  [[nodiscard]] Json ticker(const Contract& contract, Ms now) const;
  [[nodiscard]] Json instrument(const Contract& contract) const;
  [[nodiscard]] bool known_topic(const std::string& topic) const;
  void subscribe(Session& session, const Json& message, Ms now);
  void push_topic(Session& session, const std::string& topic, Ms now);

  std::map<std::string, Json> pending_;  ///< liquidations since the last push, by symbol
};

/// Milliseconds of a Bybit interval word ("1", "240", "D"); 0 when unknown.
[[nodiscard]] Ms bybit_interval(const std::string& word);

}  // namespace sandbox
