// Hyperliquid, as EXCHANGES.md 11 describes it: one POST /info for everything, no envelope.
#pragma once
#include "tests/sandbox/exchange.hpp"

namespace sandbox {

class Hyperliquid final : public Exchange {
 public:
  Hyperliquid(World& world, Faults& faults);
  [[nodiscard]] bool ws_open(Peer& peer, Ms now) override;

 protected:
  [[nodiscard]] Response answer(const Request& request, const std::string& path, Ms now) override;
  [[nodiscard]] std::vector<Charge> charges(const Request& request, const std::string& path) const override;
  [[nodiscard]] Response refusal(const LimitVerdict& verdict, const Request& request, Ms now) override;
  [[nodiscard]] Response not_found(Ms now) const override;
  void on_text(Session& session, const std::string& text, Ms now) override;
  void push_due(Ms now) override;
  void on_liquidation(const Liquidation&) override {}  // nothing public tells of it

 private:
  [[nodiscard]] Response of_coin(const std::string& type, const Json& body, Ms now);
  [[nodiscard]] Response candles(const Json& wanted, Ms now);
  [[nodiscard]] Response rates(const Contract& contract, const Json& body, Ms now);
  [[nodiscard]] Json universe() const;
  [[nodiscard]] Json context(const Contract& contract, Ms now) const;
  [[nodiscard]] Json contexts(Ms now) const;
  [[nodiscard]] Json predicted(Ms now) const;
  [[nodiscard]] Json candle(const Contract& contract, const Bar& bar, const std::string& interval) const;
  [[nodiscard]] Json trades(const Contract& contract, std::size_t count, Ms now) const;
  [[nodiscard]] const Contract* listed(const std::string& coin) const;
  void push_topic(Session& session, const Json& topic, Ms now);
};

}  // namespace sandbox
