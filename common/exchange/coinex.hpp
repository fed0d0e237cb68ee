// CoinEx perpetuals (docs.coinex.com/api/v2, futures). Its liquidations are told per contract, its bars by REST alone.
// Limit it names: "ip".
#pragma once
#include "common/exchange/described.hpp"

namespace exchange::coinex {

extern const Description description;

}  // namespace exchange::coinex
