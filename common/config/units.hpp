// Durations and sizes as they are written in a configuration: "90s", "1h30m", "250ms"; "16MiB", "1.5 GiB" is not.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/time.hpp"

namespace config {

/// One or more whole numbers, each with d, h, m, s or ms, largest unit first: "90s", "1h30m", "0s". nullopt otherwise,
/// and for more than 100 years.
[[nodiscard]] std::optional<base::Millis> parse_duration(std::string_view text);
[[nodiscard]] std::string duration_text(base::Millis span);  ///< the shortest form that reads back: "1h30m", "0s"

/// A whole number with B, KiB, MiB or GiB: "16MiB". nullopt otherwise, and beyond 2^63.
[[nodiscard]] std::optional<std::int64_t> parse_size(std::string_view text);
[[nodiscard]] std::string size_text(std::int64_t bytes);  ///< "16MiB", "1000B"

}  // namespace config
