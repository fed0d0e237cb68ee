// Gate futures v4, settled in USDT (EXCHANGES.md 5). Sizes count contracts. Its limits are named as its endpoints,
// below /api/v4: "futures/usdt/tickers". Stream door: "public". Liquidations are polled: one request has those of all
// contracts, with a sign that is known; that of the WebSocket's sizes is not (5.4), so nothing subscribes to them, and
// what is read of them (recordings) has no side.
#pragma once
#include "common/exchange/described.hpp"

namespace exchange::gate {

extern const Description description;

}  // namespace exchange::gate
