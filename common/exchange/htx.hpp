// HTX linear swaps (EXCHANGES.md 8); the answers of its inverse swaps and futures are read too. Limits it names:
// "market", "reference", "v5". Stream doors: "market" (candles), "public" (liquidations).
#pragma once
#include "common/exchange/described.hpp"

namespace exchange::htx {

extern const Description description;

}  // namespace exchange::htx
