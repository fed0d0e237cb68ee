// What MEXC's rows say, REST and WebSocket (EXCHANGES.md 6.1 to 6.5). Pure readers for mexc.cpp.
#pragma once
#include <string_view>

#include "common/exchange/envelope.hpp"

namespace exchange::mexc {

/// The rows of an endpoint's answer; bad_data where the answer has not the endpoint's shape.
[[nodiscard]] base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope);

/// The data of a pushed channel; false: a channel that Perpwatch does not read.
[[nodiscard]] bool read_push(Value root, const Scope& scope, Frame& frame);

}  // namespace exchange::mexc
