// KuCoin futures, as EXCHANGES.md 9 describes it.
#pragma once
#include "tests/sandbox/exchange.hpp"

namespace sandbox {

class Kucoin final : public Exchange {
 public:
  Kucoin(World& world, Faults& faults);
  [[nodiscard]] bool ws_open(Peer& peer, Ms now) override;

 protected:
  [[nodiscard]] Response answer(const Request& request, const std::string& path, Ms now) override;
  [[nodiscard]] std::vector<Charge> charges(const Request& request, const std::string& path) const override;
  [[nodiscard]] Response refusal(const LimitVerdict& verdict, const Request& request, Ms now) override;
  [[nodiscard]] Response not_found(Ms now) const override;
  void decorate(Response& response, const LimitVerdict& verdict) override;
  void on_text(Session& session, const std::string& text, Ms now) override;
  void push_due(Ms now) override;
  void on_liquidation(const Liquidation&) override {}  // nothing public tells of it

 private:
  [[nodiscard]] Response bullet(const Request& request);
  [[nodiscard]] Response all_tickers(Ms now) const;
  [[nodiscard]] Response all_rates(Ms now) const;
  [[nodiscard]] Response all_interest(Ms now) const;
  [[nodiscard]] Response of_one(const Request& request, const std::string& path, Ms now) const;
  [[nodiscard]] Response klines(const Request& request, const Contract& contract, Ms now) const;
  [[nodiscard]] Response rates(const Request& request, const Contract& contract, Ms now) const;
  [[nodiscard]] Response depth(const Contract& contract, std::size_t levels, Ms now) const;
  [[nodiscard]] Response trades(const Contract& contract, Ms now) const;
  [[nodiscard]] Json contract_row(const Contract& contract, Ms now) const;
  [[nodiscard]] bool known_topic(const std::string& topic) const;
  void subscribe(Session& session, const Json& message, Ms now);
  void push_topic(Session& session, const std::string& topic, Ms now);

  std::set<std::string> tokens_;  ///< handed out
  Ms last_request_{};             ///< the headers count down from it
};

/// Whole contracts ("lots") of a size in coins; 1 USD each where the contract is inverse.
[[nodiscard]] std::int64_t kucoin_lots(const Contract& contract, double size, double price);

}  // namespace sandbox
