#include <cmath>

#include <nlohmann/json.hpp>

#include "common/desk/outcome.hpp"

namespace desk {
using nlohmann::json;

namespace {

json maybe(const std::optional<base::WallTime>& time) { return time ? json(base::to_ms(*time)) : json(nullptr); }

base::WallTime time_in(const json& from, const char* name) { return base::from_ms(from.at(name).get<std::int64_t>()); }

std::optional<base::WallTime> maybe_in(const json& from, const char* name) {
  return from.at(name).is_null() ? std::nullopt : std::optional(time_in(from, name));
}

double number_in(const json& from, const char* name) {
  const double out = from.at(name).get<double>();
  if (!std::isfinite(out)) throw std::invalid_argument(name);
  return out;
}

TradePlan plan_from(const json& from) {
  TradePlan plan;
  plan.direction = from.at("direction").get<std::string>() == "short" ? Direction::short_side : Direction::long_side;
  plan.exchange = from.at("exchange").get<std::string>();
  plan.symbol = from.at("symbol").get<std::string>();
  plan.entry = number_in(from, "entry");
  plan.stop = number_in(from, "stop");
  plan.tp1 = number_in(from, "tp1");
  plan.tp2 = number_in(from, "tp2");
  plan.risk = number_in(from, "risk");
  plan.cost_r = number_in(from, "cost_r");
  plan.size_of_account = number_in(from, "size_of_account");
  if (!from.at("usd").is_null()) plan.usd = number_in(from, "usd");
  if (!(plan.risk > 0)) throw std::invalid_argument("risk");
  return plan;
}

Outcome outcome_from(const json& from) {
  Outcome o;
  o.plan = plan_from(from.at("plan"));
  o.enters_from = time_in(from, "enters_from");
  o.time_stop = base::Millis{from.at("time_stop_ms").get<std::int64_t>()};
  o.taker_fee = number_in(from, "taker_fee");
  const auto state = from.at("state").get<int>(), reason = from.at("reason").get<int>();
  if (state < 0 || state > static_cast<int>(OutcomeState::unobserved)) throw std::invalid_argument("state");
  if (reason < 0 || reason > static_cast<int>(EndReason::unobserved)) throw std::invalid_argument("reason");
  o.state = static_cast<OutcomeState>(state);
  o.reason = static_cast<EndReason>(reason);
  o.seen_until = time_in(from, "seen_until");
  o.entered_at = maybe_in(from, "entered_at");
  o.entry = number_in(from, "entry");
  o.tp1_in = maybe_in(from, "tp1_in");
  o.tp1_at = maybe_in(from, "tp1_at");
  o.ended_in = maybe_in(from, "ended_in");
  o.ended_at = maybe_in(from, "ended_at");
  o.ambiguous = from.at("ambiguous").get<bool>();
  o.mfe_r = number_in(from, "mfe_r");
  o.mae_r = number_in(from, "mae_r");
  o.gross_r = number_in(from, "gross_r");
  o.fees_r = number_in(from, "fees_r");
  o.funding_r = number_in(from, "funding_r");
  o.funding_known = from.at("funding_known").get<bool>();
  const bool lived = o.state == OutcomeState::open || o.state == OutcomeState::half || o.state == OutcomeState::closed;
  if (lived && !o.entered_at) throw std::invalid_argument("entered_at");
  if (o.state == OutcomeState::closed && (!o.ended_in || !o.ended_at)) throw std::invalid_argument("ended_at");
  return o;
}

}  // namespace

std::string outcome_json(const Outcome& o) {
  json plan;
  plan["direction"] = o.plan.direction == Direction::short_side ? "short" : "long";
  plan["exchange"] = o.plan.exchange;
  plan["symbol"] = o.plan.symbol;
  plan["entry"] = o.plan.entry;
  plan["stop"] = o.plan.stop;
  plan["tp1"] = o.plan.tp1;
  plan["tp2"] = o.plan.tp2;
  plan["risk"] = o.plan.risk;
  plan["cost_r"] = o.plan.cost_r;
  plan["size_of_account"] = o.plan.size_of_account;
  plan["usd"] = o.plan.usd ? json(*o.plan.usd) : json(nullptr);
  json out;
  out["plan"] = std::move(plan);
  out["enters_from"] = base::to_ms(o.enters_from);
  out["time_stop_ms"] = o.time_stop.count();
  out["taker_fee"] = o.taker_fee;
  out["state"] = static_cast<int>(o.state);
  out["reason"] = static_cast<int>(o.reason);
  out["seen_until"] = base::to_ms(o.seen_until);
  out["entered_at"] = maybe(o.entered_at);
  out["entry"] = o.entry;
  out["tp1_in"] = maybe(o.tp1_in);
  out["tp1_at"] = maybe(o.tp1_at);
  out["ended_in"] = maybe(o.ended_in);
  out["ended_at"] = maybe(o.ended_at);
  out["ambiguous"] = o.ambiguous;
  out["mfe_r"] = o.mfe_r;
  out["mae_r"] = o.mae_r;
  out["gross_r"] = o.gross_r;
  out["fees_r"] = o.fees_r;
  out["funding_r"] = o.funding_r;
  out["funding_known"] = o.funding_known;
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

base::Result<Outcome> outcome_from_json(const std::string& text) {
  try {
    return outcome_from(json::parse(text));
  } catch (const std::exception& error) {  // the parser's and our own
    return base::Error(base::ErrorKind::bad_data, "outcome", error.what());
  }
}

}  // namespace desk
