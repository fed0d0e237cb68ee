#include "common/market/book.hpp"

#include <cmath>

namespace market {

namespace {

/// Quote currency in one unit of the raw size at a price.
std::optional<double> value_of_one(const Depth& depth, const Instrument& instrument, double price) {
  switch (depth.unit) {
    case SizeUnit::base: return price;
    case SizeUnit::quote: return 1;
    case SizeUnit::contracts: break;
  }
  if (!depth.contract_size || !(*depth.contract_size > 0)) return std::nullopt;
  return instrument.inverse ? *depth.contract_size : *depth.contract_size * price;
}

std::optional<SideDepth> side_within(const std::vector<Depth::Level>& levels, const Depth& depth,
                                     const Instrument& instrument, double middle, double share) {
  SideDepth out;
  for (const auto& level : levels) {
    if (std::abs(level.price - middle) > share * middle) {
      out.whole = true;
      break;
    }
    const auto one = value_of_one(depth, instrument, level.price);
    if (!one) return std::nullopt;
    out.usd += level.raw_quantity * *one;
  }
  return out;
}

}  // namespace

std::optional<NearDepth> depth_within(const Depth& depth, const Instrument& instrument, double share) {
  if (depth.bids.empty() || depth.asks.empty() || depth.bids[0].price >= depth.asks[0].price) return std::nullopt;
  const double middle = (depth.bids[0].price + depth.asks[0].price) / 2;
  const auto bids = side_within(depth.bids, depth, instrument, middle, share);
  const auto asks = side_within(depth.asks, depth, instrument, middle, share);
  if (!bids || !asks) return std::nullopt;
  return NearDepth{*bids, *asks};
}

}  // namespace market
