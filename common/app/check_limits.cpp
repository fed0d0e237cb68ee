#include "common/app/check_limits.hpp"

#include "common/base/text.hpp"
#include "common/guard/limit_plan.hpp"

namespace app {

namespace {

std::string a_minute(double count) { return base::fixed(count, count < 10 ? 2 : 0); }

LimitLine line_of(const std::string& place, const exchange::Limit& limit, double planned, const Settings& settings,
                  const std::string& bot) {
  guard::DocumentedLimit documented;
  documented.units = limit.units;
  documented.per = limit.per;
  documented.undivided = limit.undivided;
  const auto plan = guard::plan_limit(place, documented, settings.guard.shares.at(bot), settings.guard.headroom);
  if (!plan) return {false, plan.error().text(), {}};
  const double may = 60e9 / static_cast<double>(plan.value().interval.count());
  const bool fits = planned <= may;
  return {fits,
          place + ": plans " + a_minute(planned) + (fits ? "" : ", more than it may,") + " of " + a_minute(may) +
              " a minute" + (limit.undivided ? ", taken in turns with the other bots" : "") + ", at most " +
              std::to_string(plan.value().burst) + " at once; documented " + std::to_string(limit.units) + " in " +
              base::duration_words(limit.per),
          {}};
}

}  // namespace

std::vector<feed::PlanLine> plan_under(const Settings& settings, const std::string& exchange,
                                       const feed::FeedNeeds& needs) {
  const auto description = exchange::make_exchange(exchange, settings.exchanges.at(exchange));
  feed::PlanFor plan_for;
  plan_for.cycle_every = settings.run.cycle_every;
  plan_for.contracts = static_cast<std::size_t>(settings.watch.contracts_max);
  return feed::plan_of(needs, *description, plan_for);
}

std::vector<LimitLine> limit_lines(const Settings& settings, const std::string& bot, const feed::FeedNeeds& needs) {
  std::vector<LimitLine> out;
  for (const auto& [exchange, one] : settings.exchanges) {
    const auto lines = plan_under(settings, exchange, needs);
    const auto planned = feed::units_a_minute(lines);
    for (const auto& [name, limit] : one.limits) {
      const auto units = planned.find(name);
      auto& line = out.emplace_back(
          line_of(exchange + " " + name, limit, units == planned.end() ? 0 : units->second, settings, bot));
      for (const auto& part : lines) {
        const auto share = part.units_a_minute.find(name);
        if (share == part.units_a_minute.end()) continue;
        line.parts.push_back(std::string(market::to_string(part.topic)) + ", " + part.endpoint + ": " +
                             a_minute(part.requests_a_minute) + " requests, " + a_minute(share->second) +
                             " units a minute");
      }
    }
  }
  return out;
}

}  // namespace app
