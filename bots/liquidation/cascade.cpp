#include "bots/liquidation/cascade.hpp"

#include <algorithm>
#include <array>

namespace liquidation {

std::string_view to_string(CascadeLack lack) {
  static constexpr std::array<std::string_view, 5> words{"", "sum_60s_usd", "events_60s or exchanges_60s",
                                                         "price move in the forced direction",
                                                         "late: only learned from"};
  return words.at(static_cast<std::size_t>(lack));
}

std::string cascade_key(const std::string& asset, market::PositionSide side) {
  return "cascade/" + asset + "/" + std::string(to_string(side));
}

double opening_level(const CascadeMeasure& m, const CascadeThresholds& t) {
  const bool own = m.minutes >= t.minutes_min && m.quantile95;
  return own ? std::max(t.floor_usd, t.own_factor * *m.quantile95) : t.floor_usd;
}

int tier_of(double sum_60s_usd, double level, const CascadeThresholds& t) {
  return static_cast<int>(
      std::count_if(t.tiers.begin(), t.tiers.end(), [&](double times) { return sum_60s_usd >= times * level; }));
}

std::optional<double> forced_move(const CascadeMeasure& m) {
  if (m.price.source == PriceSource::none) return std::nullopt;
  const double rise = m.price.to / m.price.from - 1;
  return m.side == market::PositionSide::long_side ? -rise : rise;
}

std::optional<double> forced_move_atr(const CascadeMeasure& m) {
  const auto move = forced_move(m);
  if (!move || !m.price.atr || !(*m.price.atr > 0)) return std::nullopt;
  return *move * m.price.from / *m.price.atr;
}

CascadeDecision decide(const CascadeMeasure& m, const CascadeThresholds& t) {
  CascadeDecision out;
  const auto move = forced_move(m);
  const auto move_atr = forced_move_atr(m);
  // Without an ATR the size of the move cannot be judged; its direction still can.
  if (!move) {
    out.unchecked = "price move: no price known";
  } else if (!move_atr) {
    out.unchecked = "price move: no ATR yet, only its direction was checked";
  }
  if (!(m.sum_60s_usd >= opening_level(m, t))) {
    out.lack = CascadeLack::sum;
  } else if (m.events_60s < t.events_min && m.exchanges_60s < t.exchanges_min) {
    out.lack = CascadeLack::breadth;
  } else if (move_atr ? !(*move_atr >= t.move_atr_min) : move && *move < 0) {
    out.lack = CascadeLack::price_move;
  }
  return out;
}

std::vector<desk::Measured> evidence(const CascadeMeasure& m, const CascadeThresholds& t, double level) {
  std::vector<desk::Measured> out;
  out.reserve(10);
  out.push_back({"sum_60s_usd", m.sum_60s_usd, level});
  out.push_back({"sum_10s_usd", m.sum_10s_usd, std::nullopt});
  out.push_back({"sum_300s_usd", m.sum_300s_usd, std::nullopt});
  out.push_back({"events_60s", static_cast<double>(m.events_60s), static_cast<double>(t.events_min)});
  out.push_back({"exchanges_60s", static_cast<double>(m.exchanges_60s), static_cast<double>(t.exchanges_min)});
  out.push_back({"minutes_7d", static_cast<double>(m.minutes), static_cast<double>(t.minutes_min)});
  if (m.quantile95) out.push_back({"p95_minute_usd", *m.quantile95, std::nullopt});
  if (const auto move = forced_move(m)) out.push_back({"forced_move", *move, std::nullopt});
  if (m.price.source == PriceSource::events) out.push_back({"price_from_liquidations", 1, std::nullopt});
  if (const auto atr = forced_move_atr(m)) out.push_back({"forced_move_atr", *atr, t.move_atr_min});
  return out;
}

}  // namespace liquidation
