// What BitMEX's rows said, REST and WebSocket (EXCHANGES.md 10). Pure readers for bitmex.cpp.
#pragma once
#include <array>
#include <string_view>

#include "common/exchange/ask.hpp"
#include "common/exchange/envelope.hpp"

namespace exchange::bitmex {

inline constexpr std::array<BarName, 4> bars{{{std::chrono::minutes{1}, "1m"},
                                              {std::chrono::minutes{5}, "5m"},
                                              {std::chrono::hours{1}, "1h"},
                                              {std::chrono::hours{24}, "1d"}}};

/// The rows of an endpoint's answer; bad_data where the answer has not the endpoint's shape.
[[nodiscard]] base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope);

/// The rows of a table; false: a message that Perpwatch does not read.
[[nodiscard]] bool read_push(Value root, const Scope& scope, Frame& frame);

}  // namespace exchange::bitmex
