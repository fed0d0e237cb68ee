// A market made up from a seed: quiet by itself, with the bursts, extremes and cascades that a test lays over it.
#pragma once
#include <map>
#include <set>

#include "tests/simulation/market.hpp"

namespace simulation {

class SeededMarket final : public Market {
 public:
  /// At most 40 contracts. `start` is where forced orders begin; everything else has a past.
  SeededMarket(std::uint64_t seed, std::size_t contracts, Ms start, Ms span);

  /// The bar that holds `at` trades `factor` times its volume and moves the price by `move` for good.
  void burst(std::size_t contract, Ms at, double factor, double move);
  /// From then on the settlements of this contract run at `rate`, until the next such call.
  void set_rate(std::size_t contract, Ms from, double rate);
  /// `events` forced orders within 50 s, `usd` together, the price running away by 2 %.
  void cascade(std::size_t contract, Ms at, bool of_longs, double usd, int events);
  void print(std::size_t contract, Ms at, bool of_long, double usd);

  [[nodiscard]] const std::vector<Contract>& contracts() const override { return contracts_; }
  [[nodiscard]] std::optional<Bar> bar(std::size_t contract, Ms opens_at) const override;
  [[nodiscard]] double last_price(std::size_t contract, Ms now) const override;
  [[nodiscard]] double turnover_24h(std::size_t contract, Ms now) const override;
  [[nodiscard]] std::optional<Running> running(std::size_t contract, Ms now) const override;
  [[nodiscard]] std::vector<Settlement> settlements(std::size_t contract, Ms from, Ms to) const override;
  [[nodiscard]] const std::vector<ForcedOrder>& forced_orders() const override { return forced_; }

 private:
  struct Burst {
    double factor, move;
  };
  [[nodiscard]] double price_at(std::size_t contract, Ms at) const;
  [[nodiscard]] double usd_per_minute(std::size_t contract) const;
  [[nodiscard]] int interval_hours(std::size_t contract) const { return contract % 3 == 2 ? 4 : 8; }
  [[nodiscard]] double settled_rate(std::size_t contract, Ms at) const;
  void add(ForcedOrder order);

  std::uint64_t seed_;
  std::vector<Contract> contracts_;
  std::map<std::pair<std::size_t, Ms>, Burst> bursts_;  ///< by contract and the bar's open time
  std::map<std::pair<std::size_t, Ms>, double> rates_;  ///< by contract and the time from which it holds
  std::vector<ForcedOrder> forced_;
};

}  // namespace simulation
