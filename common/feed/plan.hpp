// What a bot will ask an exchange for, per minute, before it asks anything: `check --limits` prints it, and a test
// holds the three bots together against every documented limit.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "common/feed/needs.hpp"

namespace feed {

/// One endpoint in the steady state; history after a start or a gap comes on top, as the limiter lets it out.
struct PlanLine {
  std::string endpoint;
  market::Topic topic{};
  double requests_a_minute{};
  std::map<std::string, double> units_a_minute;  ///< by the limit's name
};

struct PlanFor {
  base::Millis cycle_every{60'000};
  std::size_t contracts{};  ///< that the bot watches on this exchange: what is asked for one by one
};

[[nodiscard]] std::vector<PlanLine> plan_of(const FeedNeeds& needs, const exchange::Exchange& exchange,
                                            const PlanFor& plan_for);
/// Over all lines, by the limit's name.
[[nodiscard]] std::map<std::string, double> units_a_minute(const std::vector<PlanLine>& lines);

}  // namespace feed
