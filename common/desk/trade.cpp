#include "common/desk/trade.hpp"

#include <algorithm>
#include <cmath>

#include "common/base/text.hpp"
#include "common/stats/atr.hpp"

namespace desk {

namespace {

bool is_price(std::optional<double> value) { return value && std::isfinite(*value) && *value > 0; }

}  // namespace

std::string_view to_string(NoPlan reason) {
  switch (reason) {
    case NoPlan::planned: return "planned";
    case NoPlan::no_direction: return "no direction";
    case NoPlan::no_price: return "no price";
    case NoPlan::no_atr: return "no ATR";
    case NoPlan::late: return "late";
  }
  return "?";
}

std::optional<double> atr_14(std::span<const market::Candle> bars) {
  stats::Atr atr(14);
  for (const auto& bar : bars) atr.add(bar.high, bar.low, bar.close);
  return atr.value();
}

std::string r_words(double r) {
  const auto size = base::fixed(std::fabs(r), 2);
  const bool nothing = size == "0.00";
  return (nothing ? "" : r < 0 ? "\u2212" : "+") + size;
}

Planned plan_trade(const Finding& finding, std::optional<double> atr_1h, const TradeRules& rules, base::Millis age,
                   base::Millis late_after) {
  const auto none = [](NoPlan reason) { return Planned{reason, std::nullopt}; };
  if (finding.direction == Direction::none || !finding.setup) return none(NoPlan::no_direction);
  const auto& setup = *finding.setup;
  if (!is_price(setup.price)) return none(NoPlan::no_price);
  if (age > late_after) return none(NoPlan::late);
  const auto atr = is_price(setup.atr_1h) ? setup.atr_1h : atr_1h;
  if (!is_price(atr)) return none(NoPlan::no_atr);
  TradePlan plan;
  plan.direction = finding.direction;
  plan.exchange = setup.exchange;
  plan.symbol = setup.symbol;
  plan.entry = setup.price;
  plan.risk = rules.stop_atr * *atr;
  const double way = finding.direction == Direction::long_side ? 1 : -1;
  plan.stop = plan.entry - way * plan.risk;
  plan.tp1 = plan.entry + way * rules.tp1_r * plan.risk;
  plan.tp2 = plan.entry + way * rules.tp2_r * plan.risk;
  // A stop or a target below zero cannot be reached: such an ATR belongs to no price of this contract.
  if (std::min({plan.stop, plan.tp1, plan.tp2}) <= 0) return none(NoPlan::no_atr);
  plan.cost_r = 2 * rules.taker_fee * plan.entry / plan.risk;
  plan.size_of_account = rules.account_risk * plan.entry / plan.risk;
  if (rules.account_usd > 0) plan.usd = plan.size_of_account * rules.account_usd;
  return {NoPlan::planned, plan};
}

}  // namespace desk
