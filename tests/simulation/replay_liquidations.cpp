#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "tests/simulation/replay.hpp"
#include "tests/simulation/table.hpp"

namespace simulation {

namespace {

const std::set<std::string> majors{"BTC", "ETH"};
const std::set<std::string> larges{"SOL",  "XRP", "BNB", "DOGE", "ADA",  "LINK",
                                   "AVAX", "SUI", "LTC", "BCH",  "HYPE", "TRX"};

double usd_of(const ForcedOrder& order) { return order.quantity * order.price; }

std::string asset_of(const Contract& contract) {
  return contract.base.starts_with("1000") ? contract.base.substr(4) : contract.base;
}

void explain(const RecordedForced& market, const Heard& heard, Replay& out) {
  const auto of = [&](const ForcedOrder& order) { return market.contracts()[order.contract]; };
  const auto& orders = market.forced_orders();
  if (heard.kind == "large_print") {
    const bool known = std::ranges::any_of(orders, [&](const ForcedOrder& order) {
      return order.at == heard.at && of(order).symbol == heard.symbol &&
             std::fabs(usd_of(order) / measured(heard, "usd") - 1) < 1e-6;
    });
    if (!known) out.problems.push_back(words(heard) + ": no such order in the file");
    if (measured(heard, "usd") < threshold(heard, "usd")) out.problems.push_back(words(heard) + ": below its own bar");
    return;
  }
  if (heard.phase == desk::Phase::close || heard.kind == "reversal") return;  // not of one moment of the file
  const bool longs = heard.key.ends_with("/long");
  const auto sum_of = [&](Ms span) {
    double sum = 0;
    for (const auto& order : orders)
      if (order.at > heard.at - span && order.at <= heard.at && order.sell == longs &&
          asset_of(of(order)) == heard.symbol)
        sum += usd_of(order);
    return sum;
  };
  const double told = measured(heard, "sum_60s_usd");  // counted in slots of 100 ms
  const double sum = sum_of(minute);
  if (told < 0.999999 * sum_of(minute - second) || told > 1.000001 * sum_of(minute + second))
    out.problems.push_back(words(heard) + fmt::format(": told ${:.0f} in 60 s, the file has ${:.0f}", told, sum));
}

/// Every order that is above the floor of its asset is told, whatever else: the floor is the least bar of the rule.
void look_for_silence(const RecordedForced& market, const ReplayOptions& options, double floors, Replay& out) {
  if (!options.faults.empty()) return;
  for (const auto& order : market.forced_orders()) {
    const auto& contract = market.contracts()[order.contract];
    const auto asset = asset_of(contract);
    const double floor = majors.contains(asset) ? 1e6 : larges.contains(asset) ? 250'000 : 50'000;
    if (usd_of(order) < 1.05 * floor * floors) continue;
    const auto said = std::ranges::find_if(out.heard, [&](const Heard& heard) {
      return heard.kind == "large_print" && heard.symbol == contract.symbol && heard.at == order.at;
    });
    ++out.clear_cases;
    if (said == out.heard.end()) {
      out.problems.push_back(contract.symbol + " " + base::utc_stamp(base::from_ms(order.at)) +
                             fmt::format(": an order of ${:.0f}, and nothing fired", usd_of(order)));
    } else if (!desk::is_said(said->reason)) {
      out.reasons.push_back(words(*said));
    }
  }
}

}  // namespace

std::vector<std::pair<std::string, std::string>> liquidation_layers() {
  const std::string tenth =
      "floor_major_usd = 100_000\nfloor_large_usd = 25_000\nfloor_rest_usd = 5_000\n"
      "[liquidation.cascade]\nfloor_major_usd = 200_000\nfloor_large_usd = 50_000\nfloor_rest_usd = 10_000\n";
  return {{"liquidations_shipped", ""}, {"liquidations_tenth", "[liquidation.large_print]\n" + tenth}};
}

Replay replay_liquidations(const std::filesystem::path& file, const ReplayOptions& options) {
  Replay out;
  const bool lowered = !options.layer.empty();
  const RecordedForced first(file, "1");
  Town town(first.begin() - 10 * minute, options.faults);
  for (const auto* session : {"1", "2", "3", "4"}) {
    const RecordedForced market(file, session);
    LifeOptions life_options;
    life_options.bot = "liquidation";
    life_options.layer = options.layer;
    Life life(town, market, market.begin() - 10 * minute, life_options);
    life.run_until(market.end() + 5 * minute);
    if (!life.stop()) out.problems.push_back("the bot did not end in order");
    out.refused_by_limit += life.binance().refused_by_limit();
    Replay part;
    part.heard = life.heard();
    for (const auto& heard : part.heard)
      if (desk::is_said(heard.reason)) explain(market, heard, part);
    look_for_silence(market, options, lowered ? 0.1 : 1, part);
    out.clear_cases += part.clear_cases;
    out.heard.insert(out.heard.end(), part.heard.begin(), part.heard.end());
    out.problems.insert(out.problems.end(), part.problems.begin(), part.problems.end());
    out.reasons.insert(out.reasons.end(), part.reasons.begin(), part.reasons.end());
  }
  out.take(town);
  return out;
}

}  // namespace simulation
