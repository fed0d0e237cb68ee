#include "bots/funding/spread.hpp"

#include <array>
#include <cmath>
#include <limits>

namespace funding {

namespace {

constexpr double hours_of_year = 8'760;
constexpr double fees_of_a_round = 4;  ///< in and out on both exchanges

/// The size that fires in this mode, of which a share re-arms.
double reached(const SpreadMeasure& m, const SpreadThresholds& t) {
  return t.mode == Mode::threshold ? m.spread_r8 / t.r8_threshold : t.break_even_h_max / m.break_even_h;
}

bool fresh(const Quote& quote, base::WallTime now, const SpreadThresholds& t) {
  if (t.mode != Mode::threshold) return now - quote.at <= t.fresh;
  const auto span = std::chrono::duration_cast<base::Millis>(quote.interval * t.fresh_intervals);
  return now - quote.at <= span + stamp_slack;
}

bool counts(const Quote& quote, const SpreadThresholds& t) {
  return t.mode == Mode::threshold || (quote.oi_usd && *quote.oi_usd >= t.oi_min_usd);
}

}  // namespace

std::string_view to_string(SpreadLack lack) {
  static constexpr std::array<std::string_view, 5> words{"", "exchanges to compare", "break_even_h", "r8",
                                                         "re-arm: not yet below its share of the threshold"};
  return words.at(static_cast<std::size_t>(lack));
}

SpreadLack decide(const SpreadMeasure& m, const SpreadThresholds& t) {
  if (m.exchanges < 2) return SpreadLack::exchanges;
  if (t.mode == Mode::threshold && !(m.spread_r8 >= t.r8_threshold)) return SpreadLack::r8;
  if (t.mode != Mode::threshold && !(m.break_even_h <= t.break_even_h_max)) return SpreadLack::break_even;
  return m.disarmed ? SpreadLack::armed : SpreadLack::nothing;
}

std::vector<desk::Measured> evidence(const SpreadMeasure& m, const SpreadThresholds& t) {
  const bool plain = t.mode == Mode::threshold;
  return {
      {"exchanges", static_cast<double>(m.exchanges), 2},
      {"spread_r8", m.spread_r8, plain ? std::optional(t.r8_threshold) : std::nullopt},
      {"spread_apr", m.spread_apr, std::nullopt},
      {"break_even_h", m.break_even_h, plain ? std::nullopt : std::optional(t.break_even_h_max), desk::Holds::at_most}};
}

void AssetRates::hear(const Quote& quote) {
  auto& known = quotes_[{quote.exchange, quote.symbol}];
  const auto oi_usd = quote.oi_usd ? quote.oi_usd : known.oi_usd;
  known = quote;
  known.oi_usd = oi_usd;
}

void AssetRates::hear_open_interest(const market::OpenInterest& interest) {
  const auto known = quotes_.find({interest.exchange, interest.symbol});
  if (known == quotes_.end()) return;
  auto& quote = known->second;
  if (interest.quote) quote.oi_usd = interest.quote;
  if (!interest.quote && interest.base && quote.mark) quote.oi_usd = *interest.base * *quote.mark;
}

SpreadMeasure AssetRates::measure(base::WallTime now, const SpreadThresholds& t) {
  std::map<std::string_view, const Quote*> largest;
  for (const auto& [key, quote] : quotes_) {
    if (!fresh(quote, now, t) || !counts(quote, t)) continue;
    auto& of = largest[quote.exchange];
    const auto size = [](const Quote& q) { return std::pair(q.oi_usd.value_or(0), q.at); };
    if (of == nullptr || size(quote) > size(*of)) of = &quote;
  }
  SpreadMeasure out;
  out.exchanges = largest.size();
  out.break_even_h = std::numeric_limits<double>::infinity();
  if (largest.size() >= 2) {
    const Quote* low = nullptr;
    const Quote* high = nullptr;
    for (const auto& [exchange, quote] : largest) {
      if (low == nullptr || quote->r8 < low->r8) low = quote;
      if (high == nullptr || quote->r8 >= high->r8) high = quote;
    }
    out.low = *low;
    out.high = *high;
    out.spread_r8 = high->r8 - low->r8;
    out.spread_apr = high->apr - low->apr;
    if (out.spread_apr > 0) out.break_even_h = fees_of_a_round * t.taker_fee * hours_of_year / out.spread_apr;
    if (reached(out, t) < t.rearm_share) disarmed_ = false;
  }
  out.disarmed = disarmed_;
  judged_.emplace(now, out);
  return out;
}

}  // namespace funding
