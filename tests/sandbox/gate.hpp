// Gate futures v4, settled in USDT, as EXCHANGES.md 5 describes it.
#pragma once
#include "tests/sandbox/exchange.hpp"

namespace sandbox {

class Gate final : public Exchange {
 public:
  Gate(World& world, Faults& faults);
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

 private:
  [[nodiscard]] Response of_one(const Request& request, const std::string& path, const Contract& contract,
                                Ms now) const;
  [[nodiscard]] Response candles(const Request& request, const Contract& contract, const std::string& prefix,
                                 Ms now) const;
  [[nodiscard]] Response forced(const Request& request, Ms now) const;
  [[nodiscard]] Response contract_stats(const Request& request, const Contract& contract, Ms now) const;
  [[nodiscard]] Response book(const Request& request, const Contract& contract, Ms now) const;
  [[nodiscard]] Json contract_row(const Contract& contract, bool decimal, Ms now) const;
  [[nodiscard]] Json ticker(const Contract& contract, Ms now) const;
  [[nodiscard]] Json stat(const Contract& contract, Ms open_time, Ms length, bool decimal, Ms now) const;
  /// Why this payload cannot be subscribed; empty: it can.
  [[nodiscard]] std::string topic_error(const std::string& channel, const Json& payload) const;
  void push_topic(Session& session, const std::string& topic, Ms now);
  void push_forced(Session& session, const std::string& wanted, Ms now);

  std::map<std::string, std::vector<Liquidation>> pending_;  ///< by contract, since the last push
  Ms asked_at_{};
};

/// Milliseconds of a Gate interval word ("10s", "1m", "7d"); 0 when unknown.
[[nodiscard]] Ms gate_interval(const std::string& word);
/// A size as Gate prints it: text with decimals for those who sent X-Gate-Size-Decimal, else a number cut to an
/// integer.
[[nodiscard]] Json gate_size(const Contract& contract, double units, bool decimal);
[[nodiscard]] bool gate_decimal(const Request& request);
[[nodiscard]] Json gate_trades(const World& world, const Contract& contract, std::size_t count, bool decimal, Ms now);

}  // namespace sandbox
