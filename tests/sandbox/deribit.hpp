// Deribit, as EXCHANGES.md 12 describes it: JSON-RPC over REST and one socket; inverse contracts count USD.
#pragma once
#include "tests/sandbox/exchange.hpp"
#include "tests/sandbox/market/tape.hpp"

namespace sandbox {

class Deribit final : public Exchange {
 public:
  Deribit(World& world, Faults& faults);
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
  using One = Json (Deribit::*)(const Contract& contract, Ms now) const;
  struct Beat {
    Ms every{};       ///< 0: none was asked for
    Ms asked{};       ///< the last test_request
    bool answered{};  ///< it was answered
  };

  [[nodiscard]] Response each(const Request& request, One one, Ms now) const;
  [[nodiscard]] Response of_one(const Request& request, const std::string& method, Ms now) const;
  [[nodiscard]] Json chart(const Request& request, const Contract& contract, Ms now) const;
  [[nodiscard]] Json rates(const Request& request, const Contract& contract, Ms now) const;
  [[nodiscard]] Json book(const Request& request, const Contract& contract, Ms now) const;
  [[nodiscard]] Json last_trades(const Request& request, const Contract* contract, Ms now) const;
  [[nodiscard]] Json summary(const Contract& contract, Ms now) const;
  [[nodiscard]] Json instrument(const Contract& contract, Ms now) const;
  [[nodiscard]] Json trade(const Contract& contract, const Print& print) const;
  [[nodiscard]] Json forced_trade(const Liquidation& event) const;
  [[nodiscard]] bool known_channel(const std::string& channel) const;
  void subscribe(Session& session, const Json& message, bool add, Ms now);
  void push_trades(Session& session, const std::string& channel, Ms now);
  void push_topic(Session& session, const std::string& channel, Ms now);
  void heartbeat(Session& session, Ms now);

  std::vector<Liquidation> pending_;    ///< since the last push
  std::map<std::int64_t, Beat> beats_;  ///< by the session's number
};

/// "USDC" of linear contracts, else the coin: what the lists are asked by.
[[nodiscard]] std::string deribit_currency(const Contract& contract);
/// An amount as this exchange counts it: USD of inverse and dated contracts, coins of linear ones.
[[nodiscard]] double deribit_amount(const Contract& contract, double size, double price);
/// Milliseconds of a resolution ("1", "60", "1D"); 0 when unknown.
[[nodiscard]] Ms deribit_resolution(const std::string& word);
/// The JSON-RPC envelope.
[[nodiscard]] Json deribit_result(const Json& result, Ms now);
[[nodiscard]] Json deribit_error(int code, const std::string& words, Ms now);

}  // namespace sandbox
