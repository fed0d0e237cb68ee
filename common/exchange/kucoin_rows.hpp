// What KuCoin's rows say, REST and WebSocket (EXCHANGES.md 9). Pure readers for kucoin.cpp.
#pragma once
#include <array>
#include <span>
#include <string_view>

#include "common/exchange/ask.hpp"
#include "common/exchange/envelope.hpp"

namespace exchange::kucoin {

/// As the candle channels spell them; the addresses want minutes.
inline constexpr std::array<BarName, 12> bars{{{std::chrono::minutes{1}, "1min"},
                                               {std::chrono::minutes{3}, "3min"},
                                               {std::chrono::minutes{5}, "5min"},
                                               {std::chrono::minutes{15}, "15min"},
                                               {std::chrono::minutes{30}, "30min"},
                                               {std::chrono::hours{1}, "1hour"},
                                               {std::chrono::hours{2}, "2hour"},
                                               {std::chrono::hours{4}, "4hour"},
                                               {std::chrono::hours{8}, "8hour"},
                                               {std::chrono::hours{12}, "12hour"},
                                               {std::chrono::hours{24}, "1day"},
                                               {std::chrono::hours{168}, "1week"}}};

[[nodiscard]] std::span<const Endpoint> endpoints();

/// The rows of an endpoint's answer; bad_data where the answer has not the endpoint's shape.
[[nodiscard]] base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope);

/// The data of a pushed topic; false: a topic that Perpwatch does not read.
[[nodiscard]] bool read_push(Value root, const Scope& scope, Frame& frame);

}  // namespace exchange::kucoin
