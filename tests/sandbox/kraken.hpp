// Kraken Futures, as EXCHANGES.md 13 describes it.
#pragma once
#include "tests/sandbox/exchange.hpp"

namespace sandbox {

class Kraken final : public Exchange {
 public:
  Kraken(World& world, Faults& faults);
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
  [[nodiscard]] Response of_one(const Request& request, const std::string& path, Ms now) const;
  [[nodiscard]] Response candles(const Request& request, const std::string& path, Ms now) const;
  [[nodiscard]] Json ticker(const Contract& contract, Ms now) const;
  [[nodiscard]] Json live_ticker(const Contract& contract, Ms now) const;
  [[nodiscard]] Json instrument(const Contract& contract) const;
  [[nodiscard]] Json settled(const Contract& contract, Ms now) const;
  [[nodiscard]] Json history(const Contract& contract, Ms now) const;
  [[nodiscard]] Json depth(const Contract& contract, Ms now) const;
  [[nodiscard]] Json past_trades(const Contract& contract, Ms now) const;
  void push_topic(Session& session, const std::string& feed, const Contract& contract, Ms now);

  std::map<std::string, Json> pending_;  ///< liquidations since the last push, by contract
};

/// A number with so many decimals: Kraken prints sizes and prices as JSON numbers.
[[nodiscard]] double cut(double value, int decimals);
/// "2025-11-17T00:34:37.524Z"
[[nodiscard]] std::string kraken_time(Ms at);
/// Milliseconds of a resolution ("1m", "1w"); 0 when unknown.
[[nodiscard]] Ms kraken_resolution(const std::string& word);
/// What one hour of funding costs a contract: USD, or of an inverse one coins.
[[nodiscard]] double kraken_absolute(const Contract& contract, double relative, double mark);

}  // namespace sandbox
