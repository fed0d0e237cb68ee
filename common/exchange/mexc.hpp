// MEXC contracts (EXCHANGES.md 6). Sizes count contracts; there is no public liquidation feed. Its endpoints and limits
// are named below /api/v1: "contract/ticker". Stream door: "edge".
#pragma once
#include "common/exchange/described.hpp"

namespace exchange::mexc {

extern const Description description;

}  // namespace exchange::mexc
