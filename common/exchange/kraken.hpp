// Kraken Futures (EXCHANGES.md 13): linear perpetuals are PF_, inverse ones PI_, dated ones FF_ and FI_. Funding is
// charged every hour. Limit it names: "ip". Stream door: "public". Liquidations are trades of that type.
#pragma once
#include "common/exchange/described.hpp"

namespace exchange::kraken {

extern const Description description;

}  // namespace exchange::kraken
