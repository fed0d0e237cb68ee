// Gate futures v4, settled in USDT (EXCHANGES.md 5). Sizes count contracts. Its limits are named as its endpoints,
// below /api/v4: "futures/usdt/tickers". Stream door: "public". Liquidations are polled: one request has those of all
// contracts, with a sign that is known. The WebSocket has them at once, with a sign that nobody explains (5.4): it is
// learned from the polls (market::TwoWays).
#pragma once
#include "common/exchange/described.hpp"

namespace exchange::gate {

extern const Description description;

}  // namespace exchange::gate
