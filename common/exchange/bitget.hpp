// Bitget futures settled in USDT (EXCHANGES.md 7): the v2 interface, and v3 where that alone has something
// (liquidations). Sizes count coins; inverse and dated contracts are read as what they are. Its limits are named as its
// endpoints, below /api: "v2/mix/market/tickers", and "ip" over all of them. Stream doors: "public" (v2), "uta" (v3).
#pragma once
#include "common/exchange/described.hpp"

namespace exchange::bitget {

extern const Description description;

}  // namespace exchange::bitget
