// The kinds of market data, as one vocabulary for plans, feeds and gaps.
#pragma once
#include <cstdint>
#include <string_view>

namespace market {

enum class Topic : std::uint8_t {
  server_time,
  instruments,
  funding,            ///< the running rate, its settlement time and, where the payload has it, its interval
  funding_intervals,  ///< where the interval has an endpoint of its own (Binance fundingInfo)
  funding_history,    ///< settled rates
  open_interest,
  tickers,
  candles,
  liquidations,
  trades,  ///< a sample of the newest
  depth,   ///< a sample of the order book
};

[[nodiscard]] std::string_view to_string(Topic topic);  ///< "funding history"

}  // namespace market
