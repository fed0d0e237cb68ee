#include "bots/funding/factors.hpp"

#include <algorithm>

namespace funding {

namespace {
constexpr base::Millis day = std::chrono::hours{24};
constexpr base::Millis slack = std::chrono::hours{2};
}  // namespace

void InterestOfDay::hear(const market::OpenInterest& interest) {
  const auto size = interest.base ? interest.base : interest.raw;
  if (size && *size > 0) (void)path_.add(time_of(interest), *size);
}

std::optional<double> InterestOfDay::change_24h(base::WallTime now) const {
  const auto newest = path_.before(now, slack), old = path_.before(now - day, slack);
  if (!newest || !old) return std::nullopt;
  return newest->value / old->value - 1;
}

std::vector<desk::Factor> factors(std::optional<double> change, const ExtremeThresholds& t) {
  std::optional<double> score;
  if (change) score = std::clamp(*change / t.oi_change_min, -1.0, 1.0);
  return {{"open interest 24 h", score}, {"EMA trend", std::nullopt}};
}

}  // namespace funding
