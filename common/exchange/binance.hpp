// Binance USD-M futures (EXCHANGES.md 2). COIN-M rows, which its all-market streams mix in, are read as what they are:
// inverse contracts whose sizes count contracts.
// Limits it names: "weight", "fapi/v1/fundingRate" (shared with fundingInfo), "futures/data/openInterestHist".
// Stream door: "market".
#pragma once
#include "common/exchange/described.hpp"

namespace exchange::binance {

extern const Description description;

}  // namespace exchange::binance
