// What Bitget's rows say, REST and WebSocket, v1 to v3 (EXCHANGES.md 7.1 to 7.7). Pure readers for bitget.cpp.
#pragma once
#include <array>
#include <string_view>

#include "common/exchange/ask.hpp"
#include "common/exchange/envelope.hpp"

namespace exchange::bitget {

inline constexpr std::array<BarName, 12> bars{{{std::chrono::minutes{1}, "1m"},
                                               {std::chrono::minutes{3}, "3m"},
                                               {std::chrono::minutes{5}, "5m"},
                                               {std::chrono::minutes{15}, "15m"},
                                               {std::chrono::minutes{30}, "30m"},
                                               {std::chrono::hours{1}, "1H"},
                                               {std::chrono::hours{4}, "4H"},
                                               {std::chrono::hours{6}, "6H"},
                                               {std::chrono::hours{12}, "12H"},
                                               {std::chrono::hours{24}, "1D"},
                                               {std::chrono::hours{72}, "3D"},
                                               {std::chrono::hours{168}, "1W"}}};

/// The rows of an endpoint's answer; bad_data where the answer has not the endpoint's shape.
[[nodiscard]] base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope);

/// The data of a pushed channel (v1, v2) or topic (v3); false: a message that Perpwatch does not read.
[[nodiscard]] bool read_push(Value root, const Scope& scope, Frame& frame);

}  // namespace exchange::bitget
