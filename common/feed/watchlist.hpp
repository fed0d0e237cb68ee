// Which contracts a bot follows: all above a floor of daily turnover, or those that are named. Pure.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/market/event.hpp"
#include "common/market/instrument.hpp"

namespace feed {

struct WatchSettings {
  enum class Mode : std::uint8_t { all, listed };
  Mode mode{Mode::all};
  double turnover_floor_usd{5e6};    ///< 24 h, for mode all
  int contracts_max{200};            ///< per exchange, by turnover, where each one costs a subscription or a request
  std::vector<std::string> symbols;  ///< for mode listed: "BTCUSDT" of every exchange that has it, or an asset: "BTC"
  std::vector<std::string> never;    ///< symbols or assets that are left out in both modes
};

class Watchlist {
 public:
  explicit Watchlist(WatchSettings settings);
  void configure(WatchSettings settings);  ///< what is known of turnover stays
  void on_ticker(const market::Ticker& ticker);
  /// Of an earlier run, until a ticker says it anew.
  void remember(const std::string& exchange, const std::string& symbol, double turnover_usd);
  /// By what is known now. In mode all a contract without a known turnover is not watched.
  [[nodiscard]] bool watches(const market::Instrument& instrument) const;
  /// Of one exchange, the largest turnover first, at most contracts_max.
  [[nodiscard]] std::vector<const market::Instrument*> select(const market::Universe& universe) const;
  [[nodiscard]] std::optional<double> turnover_usd(const std::string& exchange, const std::string& symbol) const;

 private:
  [[nodiscard]] static bool names(const std::set<std::string, std::less<>>& set, const market::Instrument& instrument);
  WatchSettings settings_;
  std::set<std::string, std::less<>> listed_, never_;
  std::map<std::string, std::map<std::string, double>> turnover_usd_;  ///< by exchange, symbol
};

}  // namespace feed
