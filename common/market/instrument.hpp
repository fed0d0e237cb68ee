// One perpetual contract on one exchange, and the set of them that an exchange lists.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace market {

enum class ContractKind : std::uint8_t { perpetual, future };
enum class Status : std::uint8_t { trading, halted, pre_launch, delisted };

struct Instrument {
  std::string exchange;       ///< "bybit"
  std::string symbol;         ///< the exchange's own spelling: "BTC-USDT-SWAP"
  std::string base;           ///< "BTC" (XBT is written BTC), "1000PEPE"
  std::string quote;          ///< "USDT"
  std::string settle;         ///< "USDT"; the base coin of an inverse contract
  std::string asset;          ///< base divided by its unit multiplier: 1000PEPE, kPEPE and PEPE are the asset PEPE;
                              ///< "PEPE@gate" where the price is another coin's (AssetPrices)
  double unit_multiplier{1};  ///< coins of `asset` in one unit of `base`
  ContractKind kind{ContractKind::perpetual};
  bool inverse{};  ///< sizes count quote currency
  /// An inverse contract all of whose sizes, volumes and open interest its exchange states in USD: what is said of it
  /// is as true as of a linear one (docs/decisions/0015-inverse-contracts.md).
  bool sized_in_usd{};
  std::optional<double> contract_size;  ///< units of base (linear) or of quote (inverse) in one contract; 1 where sizes
                                        ///< are coins; absent when only the spelling is known
  std::optional<double> tick_size;      ///< in quote currency
  std::optional<std::chrono::minutes> funding_interval;
  Status status{Status::trading};
};

/// Splits "1000PEPE", "SHIB1000", "1MBABYDOGE" into the asset and how many of it one unit is (EXCHANGES.md 14.4).
struct UnitName {
  std::string asset;
  double multiplier{1};
};
[[nodiscard]] UnitName split_unit(std::string_view base);

/// An exchange's listed contracts by its own spelling. A value; replaced as a whole when the list is fetched again.
class Universe {
 public:
  Universe() = default;
  explicit Universe(std::vector<Instrument> instruments);
  [[nodiscard]] const Instrument* find(std::string_view symbol) const;  ///< nullptr: not listed
  [[nodiscard]] std::span<const Instrument> all() const { return instruments_; }
  /// From now on it counts as that asset (AssetPrices). Unknown symbols change nothing.
  void count_as(std::string_view symbol, const std::string& asset);
  [[nodiscard]] bool empty() const { return instruments_.empty(); }

 private:
  struct Slot {
    std::uint32_t hash{}, number{};  ///< the instrument's, counted from 1; 0: empty
  };
  std::vector<Instrument> instruments_;  ///< sorted by symbol
  std::vector<Slot> slots_;              ///< by hash: every event of every answer is looked up
};

/// What the bots watch: a perpetual that trades, quoted and settled in USDT, USDC or USD; or quoted in USD, settled in
/// its coin and sized in USD.
[[nodiscard]] bool is_watchable(const Instrument& instrument);

}  // namespace market
