// What Hyperliquid's rows say, REST and WebSocket (EXCHANGES.md 11). Pure readers for hyperliquid.cpp.
#pragma once
#include <span>
#include <string_view>

#include "common/exchange/envelope.hpp"

namespace exchange::hyperliquid {

[[nodiscard]] std::span<const Endpoint> endpoints();

/// "@107" and "PURR/USDC" are spot markets, "#3" a context without its coin's name.
[[nodiscard]] bool is_perpetual(std::string_view coin);

/// The rows of an endpoint's answer; bad_data where the answer has not the endpoint's shape.
[[nodiscard]] base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope);

/// The data of a pushed channel; false: a channel that Perpwatch does not read.
[[nodiscard]] bool read_push(Value root, const Scope& scope, Frame& frame);

}  // namespace exchange::hyperliquid
