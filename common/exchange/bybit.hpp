// Bybit v5, linear category (EXCHANGES.md 3). Inverse rows are read as what they are: sizes in USD, turnover in coins.
// Limit it names: "ip". Stream door: "public".
#pragma once
#include "common/exchange/described.hpp"

namespace exchange::bybit {

extern const Description description;

}  // namespace exchange::bybit
