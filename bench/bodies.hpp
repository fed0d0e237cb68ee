// Answers as large as the exchanges' own, made here from the words of their documentation: hundreds of contracts in one
// body, with as many fields and digits as there. Always the same bytes for the same arguments.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "common/market/instrument.hpp"

namespace exchange {
class Exchange;
}

namespace bench {

/// The n-th contract in the exchange's own spelling: "QABCUSDT", "QABC-USDT-SWAP", "QABC_USDT".
[[nodiscard]] std::string symbol_of(std::string_view exchange, int n);

/// What the exchange answers at `endpoint` (an Ask's) for `contracts` of them; "" for an endpoint not known here.
[[nodiscard]] std::string body_of(std::string_view exchange, std::string_view endpoint, int contracts,
                                  std::int64_t now_ms);

/// The same contracts as a list that was fetched before.
[[nodiscard]] market::Universe universe_of(const exchange::Exchange& exchange, int contracts);

}  // namespace bench
