// MEXC contract, as EXCHANGES.md 6 describes it: numbers everywhere, seconds in candles, no liquidations.
#pragma once
#include "tests/sandbox/exchange.hpp"

namespace sandbox {

class Mexc final : public Exchange {
 public:
  Mexc(World& world, Faults& faults);
  [[nodiscard]] bool ws_open(Peer& peer, Ms now) override;

 protected:
  [[nodiscard]] Response answer(const Request& request, const std::string& path, Ms now) override;
  [[nodiscard]] std::vector<Charge> charges(const Request& request, const std::string& path) const override;
  [[nodiscard]] Response refusal(const LimitVerdict& verdict, const Request& request, Ms now) override;
  [[nodiscard]] Response not_found(Ms now) const override;
  void on_text(Session& session, const std::string& text, Ms now) override;
  void push_due(Ms now) override;
  void on_liquidation(const Liquidation&) override {}  // never public

 private:
  using One = Json (Mexc::*)(const Contract& contract, Ms now) const;

  [[nodiscard]] Response each(const Request& request, One one, Ms now) const;
  [[nodiscard]] Response of_one(const Request& request, const std::string& path, Ms now) const;
  [[nodiscard]] Response klines(const Request& request, const Contract& contract, Ms now) const;
  [[nodiscard]] Response funding_history(const Request& request, const Contract& contract, Ms now) const;
  [[nodiscard]] Json ticker(const Contract& contract, Ms now) const;
  [[nodiscard]] Json funding(const Contract& contract, Ms now) const;
  [[nodiscard]] Json detail(const Contract& contract, Ms now) const;
  void push_topic(Session& session, const std::string& topic, Ms now);
};

}  // namespace sandbox
