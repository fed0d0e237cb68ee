// BingX USDT-M perpetuals (bingx-api.github.io/docs-v3; field facts as ccxt 4.5.84 reads them). No public liquidations.
// Limit it names: "ip". Stream door: "public".
#pragma once
#include "common/exchange/described.hpp"

namespace exchange::bingx {

extern const Description description;

}  // namespace exchange::bingx
