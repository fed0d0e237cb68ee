// What a server asked for, made a wait of ours (RL-4).
#pragma once
#include <algorithm>
#include <optional>
#include <string_view>

#include "common/base/time.hpp"

namespace guard {

inline constexpr base::Millis server_wait_min{1'000};
inline constexpr base::Millis server_wait_max{std::chrono::days{3}};
/// On top of every wait, for clocks that differ and requests that travel.
inline constexpr base::Millis server_wait_margin{500};

/// A Retry-After header: seconds (a sign and a fraction are tolerated) or an HTTP-date. The plain difference, perhaps
/// negative or absurd: server_wait() tames it. nullopt for anything else.
[[nodiscard]] std::optional<base::Millis> parse_retry_after(std::string_view value, base::WallTime now);

/// The wait to keep: clamped to 1 s … 3 d, plus half a second.
[[nodiscard]] constexpr base::Millis server_wait(base::Millis asked) {
  return std::clamp(asked, server_wait_min, server_wait_max) + server_wait_margin;
}

/// first · 2^strikes, at most `cap`; for any number of strikes.
[[nodiscard]] constexpr base::Millis doubled(base::Millis first, int strikes, base::Millis cap) {
  auto wait = std::min(first, cap);
  for (int i = 0; i < strikes && wait < cap; ++i) wait = std::min(wait * 2, cap);
  return wait;
}

}  // namespace guard
