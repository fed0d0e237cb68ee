// What speaks for or against going against an extreme rate (SIGNALS.md 3.1): each fact scored in [-1, 1].
#pragma once
#include <optional>
#include <vector>

#include "bots/funding/settings.hpp"
#include "common/desk/finding.hpp"
#include "common/market/event.hpp"
#include "common/stats/sampled_path.hpp"

namespace funding {

/// A contract's open interest of a day, in coins: its price does not change it.
class InterestOfDay {
 public:
  /// Coins where the exchange says them, else the count as sent: only its change is asked for.
  void hear(const market::OpenInterest& interest);
  /// Against 24 h before: 0.05 is 5 % more. Absent: not known for a day yet, or not heard of for two hours.
  [[nodiscard]] std::optional<double> change_24h(base::WallTime now) const;

 private:
  stats::SampledPath path_{std::chrono::hours{1}, 27};
};

/// Open interest that grew says that those who pay are new and many: the crowd that would have to leave. The trend
/// needs closes, which no feed of this bot brings: it is listed, without a score.
[[nodiscard]] std::vector<desk::Factor> factors(std::optional<double> interest_change_24h,
                                                const ExtremeThresholds& thresholds);

}  // namespace funding
