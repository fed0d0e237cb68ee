// The open interest of one asset's contracts: what forced closing took out of the market (SIGNALS.md 2.2).
#pragma once
#include <map>
#include <optional>
#include <string>

#include "common/market/event.hpp"
#include "common/market/instrument.hpp"
#include "common/stats/sampled_path.hpp"

namespace liquidation {

/// Of the contracts that were heard before and after.
struct InterestChange {
  double coins{};             ///< of the asset: negative when positions were closed
  double share{};             ///< of what there was before
  std::size_t contracts{};    ///< that were compared
  std::optional<double> usd;  ///< at the price of now, so that the price's own move is no change
};

class AssetInterest {
 public:
  void hear(const market::OpenInterest& interest, const market::Instrument& instrument);
  /// From before that moment to now. Absent: no contract was heard both at most half an hour before and after it.
  [[nodiscard]] std::optional<InterestChange> since(base::WallTime moment, std::optional<double> price_per_coin) const;

 private:
  std::map<std::string, stats::SampledPath, std::less<>> contracts_;  ///< 320 bytes each, in coins
};

}  // namespace liquidation
