// HTX linear swaps, as EXCHANGES.md 8 describes them: three envelopes, frames packed with gzip.
#pragma once
#include "tests/sandbox/exchange.hpp"

namespace sandbox {

class Htx final : public Exchange {
 public:
  Htx(World& world, Faults& faults);
  [[nodiscard]] bool ws_open(Peer& peer, Ms now) override;

 protected:
  [[nodiscard]] Response answer(const Request& request, const std::string& path, Ms now) override;
  [[nodiscard]] std::vector<Charge> charges(const Request& request, const std::string& path) const override;
  [[nodiscard]] Response refusal(const LimitVerdict& verdict, const Request& request, Ms now) override;
  [[nodiscard]] Response not_found(Ms now) const override;
  void decorate(Response& response, const LimitVerdict& verdict) override;
  void on_text(Session& session, const std::string& text, Ms now) override;
  void push_due(Ms now) override;
  void on_liquidation(const Liquidation& event) override;
  void transmit(Session& session, std::string text) override;

 private:
  using One = Json (Htx::*)(const Contract& contract, Ms now) const;

  [[nodiscard]] Response each(const Request& request, One one, Ms now) const;
  [[nodiscard]] Response tickers(const Request& request, Ms now) const;
  [[nodiscard]] Response of_one(const Request& request, const std::string& path, Ms now) const;
  [[nodiscard]] Response klines(const Request& request, const Contract& contract, Ms now) const;
  [[nodiscard]] Response rates(const Request& request, const Contract& contract, Ms now) const;
  [[nodiscard]] Response depth(const Contract& contract, Ms now) const;
  [[nodiscard]] Response trades(const Request& request, const Contract& contract, Ms now) const;
  [[nodiscard]] Response old_orders(const Request& request, Ms now) const;
  [[nodiscard]] Response v5(const Request& request, const std::string& path, Ms now) const;
  [[nodiscard]] Json v5_order(const Liquidation& event) const;
  [[nodiscard]] Json contract_row(const Contract& contract, Ms now) const;
  [[nodiscard]] Json element(const Contract& contract, Ms now) const;
  [[nodiscard]] Json funding(const Contract& contract, Ms now) const;
  [[nodiscard]] Json index(const Contract& contract, Ms now) const;
  [[nodiscard]] Json open_interest(const Contract& contract, Ms now) const;
  [[nodiscard]] Json ticker(const Contract& contract, Ms now) const;

  void on_market(Session& session, const Json& message, Ms now);
  void on_notification(Session& session, const Json& message, Ms now);
  void push_market(Session& session, const std::string& topic, Ms now);
  void push_notification(Session& session, const std::string& topic, Ms now);
  void heartbeat(Session& session, Ms now);

  std::vector<Liquidation> pending_;  ///< since the last push
  Ms last_request_{};                 ///< the headers count down from it
  int refused_{};
};

}  // namespace sandbox
