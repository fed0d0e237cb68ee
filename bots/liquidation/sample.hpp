// What an episode's sample says: which way takers trade, and what rests near the price (SIGNALS.md 2). Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "common/desk/finding.hpp"
#include "common/market/book.hpp"

namespace liquidation {

class Sample {
 public:
  static constexpr double near_share = 0.0025;  ///< 25 bps of the middle
  static constexpr base::Millis newest{60'000};

  void on_trade(const market::Trade& trade);
  void on_depth(const market::Depth& depth, const market::Instrument& instrument);
  /// By worth, of the newest minute of the trades that were seen; absent: none with a side and a worth.
  [[nodiscard]] std::optional<double> taker_buy_share() const;
  [[nodiscard]] const std::optional<market::NearDepth>& depth() const { return depth_; }
  [[nodiscard]] const std::string& exchange() const { return exchange_; }  ///< empty: nothing came
  /// "depth, trades"; empty: all of it is there.
  [[nodiscard]] std::string missing() const;
  void add_evidence(std::vector<desk::Measured>& out) const;

 private:
  struct Taken {
    base::WallTime at;
    double usd;
    bool buys;
  };
  std::string exchange_;
  std::vector<Taken> taken_;
  std::optional<market::NearDepth> depth_;
};

}  // namespace liquidation
