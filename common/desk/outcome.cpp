#include "common/desk/outcome.hpp"

#include <algorithm>
#include <cmath>

namespace desk {

namespace {

constexpr double half = 0.5;

double way_of(const Outcome& o) { return o.plan.direction == Direction::short_side ? -1 : 1; }

/// How far `price` is beyond `level` on the trade's good side, in price.
double beyond(const Outcome& o, double price, double level) { return way_of(o) * (price - level); }

double stop_of(const Outcome& o) { return o.state == OutcomeState::half ? o.entry : o.plan.stop; }

/// A target fills at its price; where the entry was beyond it already, at the entry.
double target_fill(const Outcome& o, double target) { return beyond(o, o.entry, target) > 0 ? o.entry : target; }

void see(Outcome& o, double price) {
  const double excursion = beyond(o, price, o.entry) / o.plan.risk;
  o.mfe_r = std::max(o.mfe_r, excursion);
  o.mae_r = std::max(o.mae_r, -excursion);
}

/// A part of the position goes at that price.
void take_off(Outcome& o, double part, double price) {
  o.gross_r += part * beyond(o, price, o.entry) / o.plan.risk;
  o.fees_r += part * o.taker_fee * price / o.plan.risk;
  see(o, price);
}

void finish(Outcome& o, EndReason reason, double price, const market::Candle& bar, base::WallTime at) {
  take_off(o, o.state == OutcomeState::half ? half : 1, price);
  o.state = OutcomeState::closed;
  o.reason = reason;
  o.ended_in = bar.opened_at;
  o.ended_at = at;
}

void take_half(Outcome& o, const market::Candle& bar, base::WallTime at) {
  take_off(o, half, target_fill(o, o.plan.tp1));
  o.state = OutcomeState::half;
  o.tp1_in = bar.opened_at;
  o.tp1_at = at;
}

void enter(Outcome& o, const market::Candle& bar) {
  o.entry = bar.open;
  o.entered_at = bar.opened_at;
  o.fees_r = o.taker_fee * o.entry / o.plan.risk;
  o.state = OutcomeState::open;
}

/// The first price of a bar: what it gapped through is filled there, before anything else of the bar.
void live_open(Outcome& o, const market::Candle& bar) {
  if (beyond(o, bar.open, stop_of(o)) <= 0)
    return finish(o, o.state == OutcomeState::half ? EndReason::stop_at_entry : EndReason::stop, bar.open, bar,
                  bar.opened_at);
  if (o.state == OutcomeState::open && beyond(o, bar.open, o.plan.tp1) >= 0) take_half(o, bar, bar.opened_at);
  if (o.state == OutcomeState::half && beyond(o, bar.open, o.plan.tp2) >= 0)
    return finish(o, EndReason::tp2, target_fill(o, o.plan.tp2), bar, bar.opened_at);
  if (bar.opened_at >= *o.entered_at + o.time_stop) finish(o, EndReason::time_stop, bar.open, bar, bar.opened_at);
}

/// The rest of a bar, of which only the extremes are known: they come in the order that is worse.
void live_inside(Outcome& o, const market::Candle& bar) {
  const auto end = bar.opened_at + bar.length;
  const double best = way_of(o) > 0 ? bar.high : bar.low, worst = way_of(o) > 0 ? bar.low : bar.high;
  const bool tp1 = beyond(o, best, o.plan.tp1) >= 0, tp2 = beyond(o, best, o.plan.tp2) >= 0;
  if (o.state == OutcomeState::open) {
    if (beyond(o, worst, o.plan.stop) <= 0) {
      o.ambiguous = tp1;
      return finish(o, EndReason::stop, o.plan.stop, bar, end);
    }
    if (!tp1) {
      see(o, best);
      return see(o, worst);
    }
    take_half(o, bar, end);
    // Of the bar of the entry, the entry itself is no way back to it.
    const double back = beyond(o, worst, o.entry);
    if (o.entered_at == bar.opened_at ? back < 0 : back <= 0) {
      o.ambiguous = tp2 || beyond(o, bar.close, o.entry) > 0;
      return finish(o, EndReason::stop_at_entry, o.entry, bar, end);
    }
  } else if (beyond(o, worst, o.entry) <= 0) {
    o.ambiguous = tp2;
    return finish(o, EndReason::stop_at_entry, o.entry, bar, end);
  }
  see(o, worst);
  if (tp2) return finish(o, EndReason::tp2, target_fill(o, o.plan.tp2), bar, end);
  see(o, best);
}

bool is_bar(const market::Candle& bar) {
  const auto price = [](double x) { return std::isfinite(x) && x > 0; };
  return price(bar.open) && price(bar.high) && price(bar.low) && price(bar.close) && bar.length > base::Millis{0};
}

}  // namespace

std::string_view to_string(OutcomeState state) {
  switch (state) {
    case OutcomeState::waiting: return "waiting";
    case OutcomeState::open: return "open";
    case OutcomeState::half: return "half";
    case OutcomeState::closed: return "closed";
    case OutcomeState::voided: return "void";
    case OutcomeState::unobserved: return "unobserved";
  }
  return "?";
}

std::string_view to_string(EndReason reason) {
  switch (reason) {
    case EndReason::none: return "none";
    case EndReason::stop: return "stop";
    case EndReason::stop_at_entry: return "stop at entry";
    case EndReason::tp2: return "tp2";
    case EndReason::time_stop: return "time stop";
    case EndReason::delisted: return "delisted";
    case EndReason::unobserved: return "unobserved";
  }
  return "?";
}

bool has_closed(const market::Candle& bar) {
  return bar.closed ? *bar.closed : market::is_closed(bar, bar.received_at);
}

Outcome open_outcome(const TradePlan& plan, const TradeRules& rules, base::WallTime decided_at) {
  Outcome out;
  out.plan = plan;
  out.enters_from = decided_at + rules.decision_delay;
  out.time_stop = rules.time_stop;
  out.taker_fee = rules.taker_fee;
  out.seen_until = out.enters_from;
  return out;
}

void advance(Outcome& o, const market::Candle& bar) {
  if (!o.is_running() || !is_bar(bar) || bar.opened_at < o.seen_until) return;
  const auto hole = bar.opened_at - o.seen_until;
  // Until the entry, a bar's length may pass before the next one opens.
  const auto most = o.state == OutcomeState::waiting ? std::max(hole_max, bar.length) : hole_max;
  if (hole > most) return end_unobserved(o, o.seen_until);
  o.seen_until = bar.opened_at + bar.length;
  if (o.state == OutcomeState::waiting) enter(o, bar);
  live_open(o, bar);
  if (o.is_running()) live_inside(o, bar);
}

void end_delisted(Outcome& o, base::WallTime at) {
  if (!o.is_running()) return;
  o.state = OutcomeState::voided;
  o.reason = EndReason::delisted;
  o.ended_at = at;
}

void end_unobserved(Outcome& o, base::WallTime at) {
  if (!o.is_running()) return;
  o.state = OutcomeState::unobserved;
  o.reason = EndReason::unobserved;
  o.ended_at = at;
}

void settle(Outcome& o, std::span<const Settlement> settlements, bool known) {
  if (o.state != OutcomeState::closed) return;
  o.funding_known = known;
  o.funding_r = 0;
  for (const auto& one : settlements) {
    if (one.at <= *o.entered_at || one.at > *o.ended_in) continue;
    const double part = o.tp1_in && *o.tp1_in < one.at ? half : 1;
    o.funding_r -= way_of(o) * part * one.rate * one.price.value_or(o.entry) / o.plan.risk;
  }
}

}  // namespace desk
