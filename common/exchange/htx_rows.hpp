// What HTX's rows say, REST and WebSocket, linear and inverse (EXCHANGES.md 8). Pure readers for htx.cpp.
#pragma once
#include <array>
#include <span>
#include <string_view>

#include "common/exchange/ask.hpp"
#include "common/exchange/envelope.hpp"

namespace exchange::htx {

/// The first six open where UTC's bars do; a day begins in Hong Kong.
inline constexpr std::array<BarName, 8> bars{{{std::chrono::minutes{1}, "1min"},
                                              {std::chrono::minutes{5}, "5min"},
                                              {std::chrono::minutes{15}, "15min"},
                                              {std::chrono::minutes{30}, "30min"},
                                              {std::chrono::hours{1}, "60min"},
                                              {std::chrono::hours{4}, "4hour"},
                                              {std::chrono::hours{24}, "1day"},
                                              {std::chrono::hours{168}, "1week"}}};

[[nodiscard]] std::span<const Endpoint> endpoints();

/// The rows of an endpoint's answer; bad_data where the answer has not the endpoint's shape.
[[nodiscard]] base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope);

/// The data of a pushed topic; false: a topic that Perpwatch does not read.
[[nodiscard]] bool read_push(Value root, const Scope& scope, Frame& frame);

}  // namespace exchange::htx
