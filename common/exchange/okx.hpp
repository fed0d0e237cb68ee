// OKX v5 swaps (EXCHANGES.md 4). Sizes count contracts. Its endpoints and limits are named below /api/v5:
// "public/funding-rate". Stream doors: "public" (liquidations) and "business" (candles).
#pragma once
#include "common/exchange/described.hpp"

namespace exchange::okx {

extern const Description description;

}  // namespace exchange::okx
