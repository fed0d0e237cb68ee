// Hyperliquid perpetuals (EXCHANGES.md 11): everything is one POST to /info, told apart by the "type" in its body,
// which names the endpoint here: "info/metaAndAssetCtxs". Limit it names: "weight". Stream door: "public".
#pragma once
#include "common/exchange/described.hpp"

namespace exchange::hyperliquid {

extern const Description description;

}  // namespace exchange::hyperliquid
