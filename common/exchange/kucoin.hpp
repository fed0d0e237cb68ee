// KuCoin futures (EXCHANGES.md 9), linear and inverse. Limit it names: "pool". Stream door: "public", whose true
// address is handed out by bullet-public before each connect.
#pragma once
#include "common/exchange/described.hpp"

namespace exchange::kucoin {

extern const Description description;

}  // namespace exchange::kucoin
