#include "common/feed/plan.hpp"

#include <algorithm>
#include <map>

#include "common/feed/candle_lookup.hpp"
#include "common/feed/evidence.hpp"
#include "common/feed/hour_history.hpp"
#include "common/feed/sampler.hpp"

namespace feed {
using market::Topic;

namespace {

constexpr double ms_a_minute = 60'000;

std::vector<std::string> any_symbols(std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back("CONTRACT" + std::to_string(i) + "USDT");
  return out;
}

void add(std::vector<PlanLine>& lines, const std::vector<exchange::Ask>& asks, double times_a_minute) {
  for (const auto& ask : asks) {
    auto line = std::find_if(lines.begin(), lines.end(), [&](const PlanLine& known) {
      return known.endpoint == ask.endpoint && known.topic == ask.topic;
    });
    if (line == lines.end()) line = lines.insert(lines.end(), PlanLine{ask.endpoint, ask.topic, 0, {}});
    line->requests_a_minute += times_a_minute;
    for (const auto& cost : ask.costs)
      line->units_a_minute[cost.limit] += times_a_minute * static_cast<double>(cost.units);
  }
}

/// Samples, weeks of hours, single contracts' bars and settlements share one pace: of a limit that they are charged to,
/// only the dearest of them counts.
void add_looks(std::vector<PlanLine>& lines, const FeedNeeds& needs, const exchange::Exchange& exchange) {
  std::map<std::string, double> counted;
  const auto add_look = [&](const std::vector<exchange::Ask>& asks) {
    std::vector<PlanLine> look;
    add(look, asks, LookPace::per_minute);
    const auto whole = units_a_minute(look);
    for (auto& line : look)
      for (auto& [limit, units] : line.units_a_minute) units -= std::min(units, counted[limit]);
    for (const auto& [limit, units] : whole) counted[limit] = std::max(counted[limit], units);
    for (auto& line : look) {
      const auto same = std::find_if(lines.begin(), lines.end(), [&](const PlanLine& known) {
        return known.endpoint == line.endpoint && known.topic == line.topic;
      });
      if (same == lines.end()) {
        lines.push_back(std::move(line));
        continue;
      }
      for (const auto& [limit, units] : line.units_a_minute) same->units_a_minute[limit] += units;
    }
  };
  if (needs.samples && Sampler::can_sample(exchange)) {
    exchange::Want one;
    one.symbols = any_symbols(1);
    auto asks = exchange.asks(Topic::trades, one);
    for (auto& ask : exchange.asks(Topic::depth, one)) asks.push_back(std::move(ask));
    add_look(asks);
  }
  if (needs.hour_history > base::Millis{0} && follows_bars(needs, exchange.traits()))
    add_look(HourHistory::dearest(exchange, needs.hour_history));
  if (!needs.candle_lookups) return;
  add_look(CandleLookup::dearest(exchange, std::chrono::hours{1}));
  for (auto& ask : CandleLookup::dearest_settlements(exchange)) add_look({std::move(ask)});
}

}  // namespace

std::vector<PlanLine> plan_of(const FeedNeeds& needs, const exchange::Exchange& exchange, const PlanFor& plan_for) {
  std::vector<PlanLine> lines;
  if (wants_nothing(needs, exchange)) return lines;
  const auto& traits = exchange.traits();
  for (const auto& job : cycle_polls(needs)) {
    auto want = job.want;
    if (job.spread) want.symbols = any_symbols(plan_for.contracts);
    const auto asks = exchange.asks(job.topic, want);
    // A spread job asks for a slice a cycle; an answer that has all contracts comes with every slice.
    const bool whole = !job.spread || asks.size() <= 1;
    const auto every = whole && job.spread ? plan_for.cycle_every : std::max(job.every, plan_for.cycle_every);
    add(lines, asks, ms_a_minute / static_cast<double>(every.count()));
  }
  add_looks(lines, needs, exchange);
  exchange::Want since;
  since.from = base::from_ms(1'764'000'000'000);  // only its being there matters
  if (needs.liquidations && traits.liquidation_poll)
    add(lines, exchange.asks(Topic::liquidations, since),
        ms_a_minute / static_cast<double>(liquidation_poll_every.count()));
  if (follows_bars(needs, traits) && !traits.candle_stream) {
    since.symbols = any_symbols(bars_max(traits, plan_for.contracts));
    since.to = *since.from + std::chrono::minutes{2};
    add(lines, exchange.asks(Topic::candles, since), 1);
  }
  const double evidence_a_minute = ms_a_minute / static_cast<double>(evidence_every.count());
  if (needs.liquidations && traits.liquidation_stream)
    add(lines, evidence_asks(exchange, Topic::liquidations, any_symbols(plan_for.contracts), *since.from),
        evidence_a_minute);
  if (follows_bars(needs, traits) && traits.candle_stream)
    add(lines, evidence_asks(exchange, Topic::candles, any_symbols(plan_for.contracts), *since.from),
        evidence_a_minute);
  return lines;
}

std::map<std::string, double> units_a_minute(const std::vector<PlanLine>& lines) {
  std::map<std::string, double> out;
  for (const auto& line : lines)
    for (const auto& [limit, units] : line.units_a_minute) out[limit] += units;
  return out;
}

}  // namespace feed
