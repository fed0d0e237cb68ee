// What MEXC's rows say, REST and WebSocket (EXCHANGES.md 6.1 to 6.5). Pure readers for mexc.cpp.
#pragma once
#include <array>
#include <string_view>

#include "common/exchange/ask.hpp"
#include "common/exchange/envelope.hpp"

namespace exchange::mexc {

inline constexpr std::array<BarName, 9> bars{{{std::chrono::minutes{1}, "Min1"},
                                              {std::chrono::minutes{5}, "Min5"},
                                              {std::chrono::minutes{15}, "Min15"},
                                              {std::chrono::minutes{30}, "Min30"},
                                              {std::chrono::hours{1}, "Min60"},
                                              {std::chrono::hours{4}, "Hour4"},
                                              {std::chrono::hours{8}, "Hour8"},
                                              {std::chrono::hours{24}, "Day1"},
                                              {std::chrono::hours{168}, "Week1"}}};

/// The rows of an endpoint's answer; bad_data where the answer has not the endpoint's shape.
[[nodiscard]] base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope);

/// The data of a pushed channel; false: a channel that Perpwatch does not read.
[[nodiscard]] bool read_push(Value root, const Scope& scope, Frame& frame);

}  // namespace exchange::mexc
