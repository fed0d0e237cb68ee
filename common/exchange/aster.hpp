// Aster perpetuals: Binance's language at another address (github.com/asterdex/api-docs, futures API v3, which has v1's
// market data). It tells nobody its open interest. Limit it names: "weight". Stream door: "market".
#pragma once
#include "common/exchange/described.hpp"

namespace exchange::aster {

extern const Description description;

}  // namespace exchange::aster
