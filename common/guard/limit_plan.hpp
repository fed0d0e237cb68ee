// From what an exchange documents to what this bot may spend (RL-2).
#pragma once
#include <map>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "common/guard/gcra.hpp"

namespace guard {

/// What a usage header counts (RL-3).
enum class UsageCounts : std::uint8_t { used, remaining };

/// A documented limit of one address, shared by all bots behind it.
struct DocumentedLimit {
  std::int64_t units{};
  base::Millis per{};
  std::string usage_header;  ///< lower case, "x-mbx-used-weight-1m"; empty: the exchange tells nothing
  UsageCounts usage_counts{UsageCounts::used};
  bool undivided{};  ///< too small to be split: the bots take turns through the ledger instead of having shares
};

/// This bot's part of it, such that no window of the documented length, sliding or fixed, ever sees more than the
/// share.
struct LimitPlan {
  DocumentedLimit documented;
  Gcra::Nanos interval{};  ///< between units
  std::int64_t burst{};
  std::int64_t share_max{};  ///< units of this bot in any window
};

inline constexpr double default_headroom = 0.70;

/// config error when the share is not even one unit, or a number is out of range (units 1 … 10^9, per 1 ms … 1 day,
/// share and headroom over 0 and at most 1).
[[nodiscard]] base::Result<LimitPlan> plan_limit(const std::string& place, const DocumentedLimit& documented,
                                                 double share, double headroom = default_headroom);

/// What is wrong with the bots' shares, by bot: one out of 0 … 1, or a sum over 1. Empty: nothing.
[[nodiscard]] std::vector<std::string> share_problems(const std::map<std::string, double>& shares);

}  // namespace guard
