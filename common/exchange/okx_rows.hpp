// What OKX's rows say, REST and WebSocket (EXCHANGES.md 4.1 to 4.5). Pure readers for okx.cpp.
#pragma once
#include <string_view>

#include "common/exchange/envelope.hpp"

namespace exchange::okx {

/// The rows of an endpoint's answer; bad_data where the answer has not the endpoint's shape.
[[nodiscard]] base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope);

/// The data of a pushed channel; false: a channel that Perpwatch does not read.
[[nodiscard]] bool read_push(Value root, const Scope& scope, Frame& frame);

}  // namespace exchange::okx
