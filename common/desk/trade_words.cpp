#include "common/desk/trade_words.hpp"

#include <cmath>

#include "common/base/text.hpp"
#include "common/base/words.hpp"

namespace desk {

namespace {

using base::Html;

std::string say(std::string_view key) { return base::word("words.trade", key); }

std::string at_price(const TradePlan& plan, double level, const TradeWords& words) {
  return base::price(level, words.tick_size) + " (" + base::signed_percent(level / plan.entry - 1) + ")";
}

Html factor_words(const std::vector<Factor>& factors) {
  std::vector<Html> out;
  out.reserve(factors.size());
  for (const auto& factor : factors)
    out.push_back(base::words(
        "trade.factor",
        {{"factor", factor.name}, {"score", factor.score ? r_words(*factor.score) : ""}, {"unknown", !factor.score}}));
  return base::joined(out, " · ");
}

std::string_view key_of(const Outcome& o) {
  switch (o.reason) {
    case EndReason::stop: return "stop";
    case EndReason::stop_at_entry: return "stop_at_entry";
    case EndReason::tp2: return "tp2";
    case EndReason::time_stop: return o.tp1_at ? "time_stop_half" : "time_stop";
    case EndReason::delisted: return "delisted";
    case EndReason::unobserved: return "unobserved";
    case EndReason::none: break;
  }
  return "none";
}

std::string after(const Outcome& o, const std::optional<base::WallTime>& time) {
  return time && o.entered_at ? base::duration_words(*time - *o.entered_at) : "";
}

}  // namespace

Html plan_words(const TradePlan& plan, const std::vector<Factor>& factors, const TradeRules& rules,
                const TradeWords& words) {
  const auto label = base::words("trade.link", {{"exchange", words.exchange_title}});
  const bool linked = !words.link.empty();
  return base::words("trade.plan",
                     {{"direction", say(plan.direction == Direction::short_side ? "Short" : "Long")},
                      {"entry", base::price(plan.entry, words.tick_size)},
                      {"stop", at_price(plan, plan.stop, words)},
                      {"tp1", at_price(plan, plan.tp1, words)},
                      {"tp2", at_price(plan, plan.tp2, words)},
                      {"time_stop", base::duration_words(rules.time_stop)},
                      {"size", plan.usd ? base::usd(*plan.usd) : ""},
                      {"size_of_account", plan.usd ? "" : base::fixed(plan.size_of_account, 2)},
                      {"risk", base::percent(rules.account_risk, 1)},
                      {"fees", base::fixed(plan.cost_r, 2)},
                      {"factors", factor_words(factors)},
                      {"record", words.record},
                      {"linked", linked},
                      {"unlinked", !linked},
                      {"link", linked ? Html::link(base::visible_text(label.str()), words.link) : Html()}});
}

Html no_plan_words(NoPlan reason, const std::vector<Factor>& factors) {
  std::string_view why = "no_atr";
  if (reason == NoPlan::no_price) why = "no_price";
  if (reason == NoPlan::late) why = "late";
  return base::words("trade.none", {{"why", say(why)}, {"factors", factor_words(factors)}});
}

Html without_entry_words(const Finding& finding, std::int64_t number) {
  return base::joined({finding.message ? finding.message() : Html::text(finding.subject),
                       no_plan_words(NoPlan::late, finding.setup ? finding.setup->factors : std::vector<Factor>()),
                       base::words("signal.number", {{"number", number}})},
                      "\n");
}

Html replaced_words(std::int64_t number, std::int64_t by, Direction points) {
  return base::words(
      "signal.replaced",
      {{"number", number}, {"by", by}, {"direction", say(points == Direction::short_side ? "short" : "long")}});
}

Html outcome_words(const Outcome& o, const TradeWords& words) {
  const bool counts = o.state == OutcomeState::closed;
  const bool entered = counts && o.entered_at;
  return base::words("trade.outcome", {{"counts", counts},
                                       {"void", !counts},
                                       {"icon", say(!counts            ? "void"
                                                    : o.result_r() > 0 ? "won"
                                                                       : "lost")},
                                       {"symbol", o.plan.symbol},
                                       {"side", say(o.plan.direction == Direction::short_side ? "short" : "long")},
                                       {"result", counts ? r_words(o.result_r()) : ""},
                                       {"how", base::word("words.outcome", key_of(o))},
                                       {"entry", entered ? base::price(o.entry, words.tick_size) : ""},
                                       {"entered_at", entered ? base::utc_stamp(*o.entered_at).substr(0, 16) : ""},
                                       {"tp1_after", after(o, o.tp1_at)},
                                       {"out_after", after(o, o.ended_at)},
                                       {"best", counts ? r_words(o.mfe_r) : ""},
                                       {"worst", r_words(-o.mae_r)},
                                       {"fees", base::fixed(o.fees_r, 2)},
                                       {"funding", o.funding_known ? r_words(o.funding_r) : ""},
                                       {"no_funding", !o.funding_known},
                                       {"ambiguous", counts && o.ambiguous},
                                       {"record", counts ? words.record : ""}});
}

}  // namespace desk
