// What one look at an order book says. Pure.
#pragma once
#include <optional>

#include "common/market/event.hpp"
#include "common/market/instrument.hpp"

namespace market {

/// Worth of the resting orders on one side.
struct SideDepth {
  double usd{};
  bool whole{};  ///< the book as it was sent reaches further; else this is a lower bound
};
struct NearDepth {
  SideDepth bids, asks;
};
/// Within `share` of the middle (0.0025: 25 bps). nullopt: a side is empty, the book is crossed, or its sizes count
/// contracts of unknown size.
[[nodiscard]] std::optional<NearDepth> depth_within(const Depth& depth, const Instrument& instrument, double share);

}  // namespace market
