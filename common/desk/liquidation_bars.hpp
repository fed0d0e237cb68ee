// What was liquidated of each asset, minute by minute, for the time that a chart shows. Pure.
#pragma once
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "common/desk/chart_spec.hpp"

namespace desk {

class LiquidationBars {
 public:
  /// `kept`: older minutes are forgotten. Memory: 24 bytes a minute and asset that had any.
  explicit LiquidationBars(base::Millis kept) : kept_(kept) {}
  void add(const std::string& asset, base::WallTime at, market::PositionSide side, double usd);
  /// Sums of bars of this length (whole minutes) that open in [from, to); only bars with any.
  [[nodiscard]] std::vector<ChartLiquidations> bars(const std::string& asset, base::WallTime from, base::WallTime to,
                                                    base::Millis bar) const;
  [[nodiscard]] std::size_t minutes() const;  ///< that are kept, of all assets

 private:
  void forget(base::WallTime before);
  base::Millis kept_;
  base::WallTime newest_{};
  std::map<std::string, std::deque<ChartLiquidations>, std::less<>> assets_;
};

}  // namespace desk
