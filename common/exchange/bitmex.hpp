// BitMEX (EXCHANGES.md 10). It closed on 2026-09-23: nothing is asked and no socket is opened; what was recorded of it
// is still read. Sizes count contracts.
#pragma once
#include "common/exchange/described.hpp"

namespace exchange::bitmex {

extern const Description description;

}  // namespace exchange::bitmex
