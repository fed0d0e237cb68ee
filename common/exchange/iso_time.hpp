// Times in words: "2026-02-08T17:33:58.322Z" (BitMEX, Kraken).
#pragma once
#include <optional>
#include <string_view>

#include "common/exchange/envelope.hpp"

namespace exchange {

/// ISO 8601 in UTC to the millisecond; what is finer is cut. nullopt for anything else.
[[nodiscard]] std::optional<base::WallTime> iso_time(std::string_view text);

/// A field of a row: such a time, or a number as Row::time reads it. Absent and null: none.
[[nodiscard]] std::optional<base::WallTime> read_iso(Row& row, Value value);
[[nodiscard]] base::WallTime needed_iso(Row& row, Value value);

}  // namespace exchange
