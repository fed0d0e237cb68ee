// What BingX's rows say, REST and WebSocket. Pure readers for bingx.cpp.
#pragma once
#include <array>
#include <span>
#include <string_view>

#include "common/exchange/ask.hpp"
#include "common/exchange/envelope.hpp"

namespace exchange::bingx {

inline constexpr std::array<BarName, 13> bars{{{std::chrono::minutes{1}, "1m"},
                                               {std::chrono::minutes{3}, "3m"},
                                               {std::chrono::minutes{5}, "5m"},
                                               {std::chrono::minutes{15}, "15m"},
                                               {std::chrono::minutes{30}, "30m"},
                                               {std::chrono::hours{1}, "1h"},
                                               {std::chrono::hours{2}, "2h"},
                                               {std::chrono::hours{4}, "4h"},
                                               {std::chrono::hours{6}, "6h"},
                                               {std::chrono::hours{12}, "12h"},
                                               {std::chrono::hours{24}, "1d"},
                                               {std::chrono::hours{72}, "3d"},
                                               {std::chrono::hours{168}, "1w"}}};

[[nodiscard]] std::span<const Endpoint> endpoints();

/// The rows of an endpoint's answer; bad_data where the answer has not the endpoint's shape.
[[nodiscard]] base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope);

/// The data of a pushed channel; false: one that Perpwatch does not read.
[[nodiscard]] bool read_push(Value root, const Scope& scope, Frame& frame);

}  // namespace exchange::bingx
