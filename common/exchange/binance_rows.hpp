// What Binance's rows say, REST and WebSocket (EXCHANGES.md 2.1 to 2.5). Pure readers for binance.cpp.
#pragma once
#include <string_view>

#include "common/exchange/envelope.hpp"

namespace exchange::binance {

/// The rows of an endpoint's answer; bad_data where the answer has not the endpoint's shape.
[[nodiscard]] base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope);

void read_liquidation(Row& row, Value order, const Scope& scope, market::Events& out);   ///< "o" of forceOrder
void read_kline_event(Row& row, Value event, const Scope& scope, market::Events& out);   ///< kline
void read_mark_price(Row& row, Value event, const Scope& scope, market::Events& out);    ///< markPriceUpdate
void read_ticker_event(Row& row, Value event, const Scope& scope, market::Events& out);  ///< 24hrTicker, bookTicker

}  // namespace exchange::binance
