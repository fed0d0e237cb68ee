// `check --limits`: what this bot plans to ask each exchange for, beside what is documented and what it may spend.
#pragma once
#include <string>
#include <vector>

#include "common/app/settings.hpp"
#include "common/feed/plan.hpp"

namespace app {

struct LimitLine {
  bool good{};  ///< the plan fits into this bot's share
  std::string text;
  std::vector<std::string> parts;  ///< the endpoints that make it up
};

/// One line a limit that is named in the configuration, by exchange and name.
[[nodiscard]] std::vector<LimitLine> limit_lines(const Settings& settings, const std::string& bot,
                                                 const feed::FeedNeeds& needs);
/// What a bot plans for one exchange under these settings.
[[nodiscard]] std::vector<feed::PlanLine> plan_under(const Settings& settings, const std::string& exchange,
                                                     const feed::FeedNeeds& needs);

}  // namespace app
