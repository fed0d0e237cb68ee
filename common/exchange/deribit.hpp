// Deribit futures (EXCHANGES.md 12): inverse ones count dollars, linear ones coins. Limit it names: "credits". Stream
// door: "public".
#pragma once
#include "common/exchange/described.hpp"

namespace exchange::deribit {

extern const Description description;

}  // namespace exchange::deribit
