// What Deribit's rows say, REST and WebSocket (EXCHANGES.md 12). Pure readers for deribit.cpp.
#pragma once
#include <array>
#include <span>
#include <string_view>

#include "common/exchange/ask.hpp"
#include "common/exchange/envelope.hpp"

namespace exchange::deribit {

inline constexpr std::array<BarName, 12> bars{{{std::chrono::minutes{1}, "1"},
                                               {std::chrono::minutes{3}, "3"},
                                               {std::chrono::minutes{5}, "5"},
                                               {std::chrono::minutes{10}, "10"},
                                               {std::chrono::minutes{15}, "15"},
                                               {std::chrono::minutes{30}, "30"},
                                               {std::chrono::hours{1}, "60"},
                                               {std::chrono::hours{2}, "120"},
                                               {std::chrono::hours{3}, "180"},
                                               {std::chrono::hours{6}, "360"},
                                               {std::chrono::hours{12}, "720"},
                                               {std::chrono::hours{24}, "1D"}}};

[[nodiscard]] std::span<const Endpoint> endpoints();

/// The rows of an endpoint's answer; bad_data where the answer has not the endpoint's shape.
[[nodiscard]] base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope);

/// The data of a pushed channel; false: a channel that Perpwatch does not read.
[[nodiscard]] bool read_push(Value root, const Scope& scope, Frame& frame);

}  // namespace exchange::deribit
