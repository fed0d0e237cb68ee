// What Kraken's rows say, REST and WebSocket (EXCHANGES.md 13). Pure readers for kraken.cpp.
#pragma once
#include <array>
#include <string_view>

#include "common/exchange/ask.hpp"
#include "common/exchange/envelope.hpp"

namespace exchange::kraken {

inline constexpr std::array<BarName, 9> bars{{{std::chrono::minutes{1}, "1m"},
                                              {std::chrono::minutes{5}, "5m"},
                                              {std::chrono::minutes{15}, "15m"},
                                              {std::chrono::minutes{30}, "30m"},
                                              {std::chrono::hours{1}, "1h"},
                                              {std::chrono::hours{4}, "4h"},
                                              {std::chrono::hours{12}, "12h"},
                                              {std::chrono::hours{24}, "1d"},
                                              {std::chrono::hours{168}, "1w"}}};

/// The rows of an endpoint's answer; bad_data where the answer has not the endpoint's shape.
[[nodiscard]] base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope);

/// The data of a feed; false: a message that Perpwatch does not read.
[[nodiscard]] bool read_push(Value root, const Scope& scope, Frame& frame);

}  // namespace exchange::kraken
