// Words that HTX's REST and its two sockets share.
#pragma once
#include "tests/sandbox/market/tape.hpp"

namespace sandbox {

/// Whole contracts of a size in coins.
[[nodiscard]] std::int64_t htx_lots(const Contract& contract, double size);
[[nodiscard]] std::string htx_pair(const Contract& contract);      ///< "BTC-USDT", of dated contracts too
[[nodiscard]] std::string htx_business(const Contract& contract);  ///< "swap", "futures"
/// Milliseconds of a period word ("1min", "60min"); 0 when unknown.
[[nodiscard]] Ms htx_period(const std::string& word);
[[nodiscard]] Json htx_bar(const Contract& contract, const Bar& bar);
[[nodiscard]] Json htx_trade(const Contract& contract, const Print& print);
/// One liquidation as the notification socket and the v3 history word it.
[[nodiscard]] Json htx_order(const Liquidation& event);

}  // namespace sandbox
