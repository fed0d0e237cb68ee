// Bitget's USDT-M futures: v2, and of v3 what only that has, as EXCHANGES.md 7 describes it.
#pragma once
#include "tests/sandbox/exchange.hpp"

namespace sandbox {

class Bitget final : public Exchange {
 public:
  Bitget(World& world, Faults& faults);
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
  using One = Json (Bitget::*)(const Contract& contract, Ms now) const;

  [[nodiscard]] Response each(const Request& request, One one, Ms now) const;
  [[nodiscard]] Response of_one(const Request& request, const std::string& path, Ms now) const;
  [[nodiscard]] Response v3(const Request& request, const std::string& path, Ms now) const;
  [[nodiscard]] Response liquidations(const Request& request, Ms now) const;
  [[nodiscard]] Response candles(const Request& request, const Contract& contract, Ms most, Ms now) const;
  [[nodiscard]] Response funding_history(const Request& request, const Contract& contract, Ms now) const;
  [[nodiscard]] Response depth(const Request& request, const Contract& contract, Ms now) const;
  [[nodiscard]] Response fills(const Request& request, const Contract& contract, Ms now) const;
  [[nodiscard]] Json ticker(const Contract& contract, Ms now) const;
  [[nodiscard]] Json unified_ticker(const Contract& contract, Ms now) const;
  [[nodiscard]] Json funding(const Contract& contract, Ms now) const;
  [[nodiscard]] Json instrument(const Contract& contract, Ms now) const;

  void subscribe(Session& session, const Json& arg, bool add, Ms now);
  void push_topic(Session& session, const Json& arg, Ms now);

  std::map<std::string, Json> pending_;  ///< the newest liquidation of each contract since the last push
};

/// Milliseconds of a Bitget granularity ("1m", "4H", "1D"); 0 when unknown.
[[nodiscard]] Ms bitget_granularity(const std::string& word);
[[nodiscard]] Json bitget_candle(const Contract& contract, const Bar& bar);
/// One liquidation: the side of the position, the amount in quote currency.
[[nodiscard]] Json bitget_liquidation(const Liquidation& event);

}  // namespace sandbox
