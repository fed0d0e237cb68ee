// OKX v5 SWAP, as EXCHANGES.md 4 describes it.
#pragma once
#include "tests/sandbox/exchange.hpp"

namespace sandbox {

class Okx final : public Exchange {
 public:
  Okx(World& world, Faults& faults);
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
  struct Pending {
    Json message;  ///< the newest order of this contract, still to be pushed; null: none
    Ms sent{};
  };
  using One = Json (Okx::*)(const Contract& contract, Ms now) const;

  [[nodiscard]] Response each(const Request& request, One one, Ms now) const;
  [[nodiscard]] Response of_one(const Request& request, const std::string& path, Ms now) const;
  [[nodiscard]] Response candles(const Request& request, const Contract& contract, Ms limit_most, Ms now) const;
  [[nodiscard]] Response funding_history(const Request& request, const Contract& contract, Ms now) const;
  [[nodiscard]] Response old_liquidations(const Request& request, Ms now) const;
  [[nodiscard]] Response books(const Request& request, const Contract& contract, Ms now) const;
  [[nodiscard]] Response trades(const Request& request, const Contract& contract, Ms now) const;
  [[nodiscard]] Json funding(const Contract& contract, Ms now) const;
  [[nodiscard]] Json mark(const Contract& contract, Ms now) const;
  [[nodiscard]] Json index(const Contract& contract, Ms now) const;
  [[nodiscard]] Json open_interest(const Contract& contract, Ms now) const;
  [[nodiscard]] Json ticker(const Contract& contract, Ms now) const;
  [[nodiscard]] Json instrument(const Contract& contract, Ms now) const;
  [[nodiscard]] Json old_order(const Contract& contract, Ms now) const;

  [[nodiscard]] bool known_topic(const Session& session, const Json& arg) const;
  void push_topic(Session& session, const Json& arg, Ms now);
  void push_snapshot(Session& session, const Json& arg, Ms now);

  std::map<std::string, Pending> pending_;
  int refused_{};
};

/// "BTC-USDT" of "BTC-USDT-SWAP".
[[nodiscard]] std::string okx_family(const std::string& instrument);
/// Milliseconds of an OKX bar word ("1m", "1H", "1Dutc"); 0 when unknown.
[[nodiscard]] Ms okx_bar(const std::string& word);
/// One liquidation in the words of this exchange.
[[nodiscard]] Json okx_order(const Contract& contract, bool long_closed, double size, double price, Ms time);
[[nodiscard]] Json okx_candle(const Contract& contract, const Bar& bar);

}  // namespace sandbox
