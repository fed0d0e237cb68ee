#include "common/desk/trade_words.hpp"

#include <cmath>

#include "common/base/text.hpp"

namespace desk {

namespace {

using base::Html;
using namespace base;  // the literal operator

std::string_view side(const TradePlan& plan) { return plan.direction == Direction::short_side ? "short" : "long"; }

std::string at_price(const TradePlan& plan, double level, const TradeWords& words) {
  return base::price(level, words.tick_size) + " (" + base::signed_percent(level / plan.entry - 1) + ")";
}

std::string factor_words(const std::vector<Factor>& factors) {
  std::string out;
  for (const auto& factor : factors) {
    out += (out.empty() ? "" : " · ") + factor.name + " ";
    out += factor.score ? r_words(*factor.score) : "not known";
  }
  return out;
}

void line(Html& out, const std::string& words) { out += "\n"_html + Html::text(words); }

std::string ended_words(const Outcome& o) {
  switch (o.reason) {
    case EndReason::stop: return "stopped";
    case EndReason::stop_at_entry: return "half at the first target, the rest at the entry";
    case EndReason::tp2: return "both targets";
    case EndReason::time_stop: return o.tp1_at ? "half at the first target, then out of time" : "out of time";
    case EndReason::delisted: return "void: the contract was delisted";
    case EndReason::unobserved: return "it could not be observed, and does not count";
    case EndReason::none: break;
  }
  return "running";
}

std::string after(const Outcome& o, base::WallTime time) { return base::duration_words(time - *o.entered_at); }

std::string costs(const Outcome& o) {
  std::string out = "fees " + base::fixed(o.fees_r, 2) + " R";
  return out + (o.funding_known ? " · funding " + r_words(o.funding_r) + " R" : " · funding not known");
}

}  // namespace

Html plan_words(const TradePlan& plan, const std::vector<Factor>& factors, const TradeRules& rules,
                const TradeWords& words) {
  Html out =
      "🎯 "_html + Html::bold(plan.direction == Direction::short_side ? "Short" : "Long") +
      Html::text(" from " + base::price(plan.entry, words.tick_size) + " · stop " + at_price(plan, plan.stop, words));
  line(out, "TP1 " + at_price(plan, plan.tp1, words) + ", half · TP2 " + at_price(plan, plan.tp2, words) +
                " · at most " + base::duration_words(rules.time_stop));
  std::string size = plan.usd ? base::usd(*plan.usd) : base::fixed(plan.size_of_account, 2) + " x the account";
  line(out, "Size " + size + " for a risk of " + base::percent(rules.account_risk, 1) + " · fees " +
                base::fixed(plan.cost_r, 2) + " R");
  if (!factors.empty()) line(out, "For and against: " + factor_words(factors));
  if (!words.record.empty()) line(out, words.record);
  out += "\n"_html;
  if (!words.link.empty()) out += Html::link("Open on " + words.exchange_title, words.link) + Html::text(" · ");
  return out + Html::italic("Information, not advice");
}

Html no_plan_words(NoPlan reason, const std::vector<Factor>& factors) {
  std::string why = "its usual range (ATR) is not known";
  if (reason == NoPlan::no_price) why = "its price is not known";
  if (reason == NoPlan::late) why = "too late to enter";
  Html out = Html::text("🎯 No entry: " + why);
  if (!factors.empty()) line(out, "For and against: " + factor_words(factors));
  return out;
}

Html outcome_words(const Outcome& o, const TradeWords& words) {
  const bool counts = o.state == OutcomeState::closed;
  Html out = Html::text(!counts            ? "⚪ "
                        : o.result_r() > 0 ? "✅ "
                                           : "❌ ") +
             Html::bold(o.plan.symbol) + Html::text(" " + std::string(side(o.plan)));
  out += counts ? " "_html + Html::bold(r_words(o.result_r()) + " R") : ""_html;
  out += Html::text(": " + ended_words(o));
  if (!counts) return out;
  std::string way = "Entered at " + base::price(o.entry, words.tick_size) + ", " +
                    base::utc_stamp(*o.entered_at).substr(0, 16) + " UTC";
  if (o.tp1_at) way += " · TP1 after " + after(o, *o.tp1_at);
  line(out, way + " · out after " + after(o, *o.ended_at));
  line(out, "Best " + r_words(o.mfe_r) + " R, worst " + r_words(-o.mae_r) + " R · " + costs(o));
  if (o.ambiguous) line(out, "The order inside one bar is not known: the worse one was counted");
  if (!words.record.empty()) line(out, words.record);
  return out;
}

}  // namespace desk
