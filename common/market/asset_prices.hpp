// One ticker can name two coins: contracts share an asset only while their prices agree (SIGNALS.md 1). Pure.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/market/changes.hpp"
#include "common/market/event.hpp"

namespace market {

/// Hears prices, and says as which asset each contract counts: its own name's, or "PEPE@gate" where its price is
/// another coin's. Prices are compared per coin, at one time; the index counts before the mark, then the middle of the
/// book, then the last trade. The coin of the most exchanges keeps the name (decision 0016).
class AssetPrices {
 public:
  struct Settings {
    double apart{0.03};          ///< further from the others than this: not the same coin…
    double together{0.02};       ///< …until it is as near as this again
    double at_once{0.5};         ///< so far away, and never nearer: no market differs like that between exchanges
    int looks{3};                ///< so many prices in a row must say it, as a fast market does not reach all at once
    base::Millis held{180'000};  ///< and for so long: apart
    base::Millis held_together{900'000};                 ///< and together
    base::Millis one_time{120'000};                      ///< prices heard within it are compared
    base::Millis forgotten{std::chrono::hours{24 * 7}};  ///< not heard of for so long
  };
  AssetPrices() = default;
  explicit AssetPrices(Settings settings) : settings_(settings) {}

  /// Tickers and running rates that state a price; everything else is ignored.
  void hear(const Event& event, const Instrument& instrument);
  struct Move {
    std::string exchange;
    std::string asset;  ///< what it counts as from now on
    ContractChange change;
  };
  /// By the prices heard until now. What has no price of the others' time is not known, and stays as it is.
  [[nodiscard]] std::vector<Move> judge(base::WallTime now);
  /// nullptr: as its name says.
  [[nodiscard]] const std::string* counted_as(const Instrument& instrument) const;

 private:
  struct Contract {
    std::string exchange, symbol;
    double price{};  ///< of one coin; 0: none yet
    int rank{};      ///< of its source
    base::WallTime at{}, judged{};
    double turnover_usd{};
    std::string split;  ///< the name it counts as; empty: its asset's
    bool agreed{};      ///< with the others, once
    int looks{};        ///< in a row that speak against what it counts as
    base::WallTime since{};
  };
  using Contracts = std::vector<Contract>;
  struct Coin {
    double price{};
    std::size_t exchanges{};
    bool named{};  ///< has a contract that counts by its name
    double turnover_usd{};
    [[nodiscard]] bool before(const Coin& other) const;
  };
  [[nodiscard]] bool agree(double a, double b) const;
  [[nodiscard]] Coin coin_of(const Contracts& all, const Contract& one, base::WallTime from) const;
  [[nodiscard]] std::optional<Coin> main_coin(const Contracts& all, base::WallTime from) const;
  [[nodiscard]] bool turns(Contract& one, double others) const;
  [[nodiscard]] std::string name_for(std::string_view asset, const Contracts& all, const Contract& one) const;
  void judge_asset(const std::string& asset, Contracts& all, std::vector<Move>& out) const;

  Settings settings_;
  std::map<std::string, Contracts, std::less<>> assets_;  ///< by what the names say
};

}  // namespace market
