#include "bots/liquidation/message.hpp"

#include <cmath>

#include "common/base/text.hpp"
#include "common/base/words.hpp"

namespace liquidation {

namespace {

using base::Html;

std::string say(std::string_view key) { return base::word("words.liquidation", key); }

bool is_long(market::PositionSide side) { return side == market::PositionSide::long_side; }
std::string sides(market::PositionSide side) { return say(is_long(side) ? "longs" : "shorts"); }

Html saturated_words(const CoverageView& coverage) {
  std::vector<Html> parts;
  for (const auto& sampled : coverage.saturated)
    parts.push_back(
        base::words("liquidation.saturated", {{"exchange", sampled.exchange},
                                              {"seconds", sampled.seconds == 0 ? "" : std::to_string(sampled.seconds)},
                                              {"now_and_then", sampled.seconds == 0}}));
  return base::joined(parts, " · ");
}

Html coverage_words(const CoverageView& c) {
  std::vector<std::string> lost;
  for (const auto& one : c.lost) lost.push_back(one.exchange + " " + say(to_string(one.state)));
  return base::words("liquidation.coverage", {{"live", c.live},
                                              {"known", c.known},
                                              {"lost", base::joined(lost, " · ")},
                                              {"gaps", base::joined(c.gaps, ", ")},
                                              {"saturated", saturated_words(c)}});
}

/// "On Binance: bids $1.20M, asks ≥ $900k within 25 bps · takers bought 38% in a minute"
Html sample_words(const Sample& sample, const std::string& title) {
  const auto worth = [](const market::SideDepth& side) { return (side.whole ? "" : "≥ ") + base::usd(side.usd); };
  std::vector<Html> parts;
  if (const auto& depth = sample.depth())
    parts.push_back(base::words("liquidation.book", {{"bids", worth(depth->bids)}, {"asks", worth(depth->asks)}}));
  if (const auto share = sample.taker_buy_share())
    parts.push_back(base::words("liquidation.takers", {{"bought", base::percent(*share, 0)}}));
  if (const auto missing = sample.missing(); !missing.empty())
    parts.push_back(base::words("liquidation.not_sampled", {{"missing", missing}}));
  return base::words("liquidation.sample", {{"parts", base::joined(parts, " · ")}, {"exchange", title}});
}

std::string coins(double amount) {
  return std::fabs(amount) < 100 ? base::fixed(amount, 2) : base::grouped(std::llround(amount));
}

/// "−$38.0M" of a change.
std::string signed_words(double change, const std::string& size) { return (change < 0 ? "\u2212" : "+") + size; }

/// "3.2", "−0.4"; what is shown as nothing has no sign.
std::string tenths(double value) {
  const auto size = base::fixed(std::fabs(value), 1);
  return value < 0 && size != "0.0" ? "\u2212" + size : size;
}

std::string where(const CascadeDetails& d) {
  const auto count = d.by_exchange.size();
  return count == 1 ? d.by_exchange[0].exchange_title : std::to_string(count) + " " + say("exchanges");
}

std::string contracts(std::size_t count) {
  return std::to_string(count) + " " + say(count == 1 ? "contract" : "contracts");
}

std::string shares(const CascadeDetails& d) {
  std::vector<std::string> out;
  for (const auto& share : d.by_exchange) out.push_back(share.exchange_title + " " + base::usd(share.usd));
  return base::joined(out, " · ");
}

std::string points(const desk::Factor& factor) {
  const double score = factor.score.value_or(0);
  return signed_words(score, base::fixed(std::fabs(score), 1));
}

/// What speaks for a reversal, and what could not be measured.
Html factor_words(const ReversalMeasure& m, const std::vector<desk::Factor>& all) {
  std::vector<Html> parts;
  if (m.taker_buy_share)
    parts.push_back(base::words("liquidation.factor.takers",
                                {{"bought", base::percent(*m.taker_buy_share, 0)}, {"points", points(all.at(1))}}));
  if (m.band_position) {
    const bool outside = std::fabs(*m.band_position) >= 1;
    parts.push_back(base::words("liquidation.factor.band",
                                {{"outside", outside}, {"inside", !outside}, {"points", points(all.at(2))}}));
  }
  if (m.depth_lean)
    parts.push_back(base::words("liquidation.factor.book",
                                {{"bids", base::percent(0.5 + *m.depth_lean / 2, 0)}, {"points", points(all.at(3))}}));
  if (const auto missing = missing_in(all); !missing.empty())
    parts.push_back(base::words("liquidation.factor.missing", {{"missing", missing}}));
  return base::joined(parts, "\n");
}

}  // namespace

Html print_message(const PrintDetails& d) {
  const bool compared = d.measure.events >= d.thresholds.events_min && d.measure.quantile995;
  const auto events = base::grouped(static_cast<std::int64_t>(d.measure.events));
  return base::words("liquidation.print",
                     {{"asset", d.asset},
                      {"usd", base::usd(d.usd)},
                      {"side", d.side ? say(to_string(*d.side)) : ""},
                      {"no_side", !d.side},
                      {"exchange", d.exchange_title},
                      {"price", base::price(d.price, d.tick_size)},
                      {"symbol", d.symbol},
                      {"amount", d.base_units ? base::fixed(*d.base_units, *d.base_units < 100 ? 3 : 0) : ""},
                      {"base", d.base},
                      {"events", events},
                      {"quantile", compared ? base::usd(*d.measure.quantile995) : ""},
                      {"short_history", !compared},
                      {"events_min", d.thresholds.events_min},
                      {"at", base::utc_stamp(d.at)},
                      {"level", base::usd(print_level(d.measure, d.thresholds))}});
}

Html cascade_message(const CascadeDetails& d) {
  const bool over = d.phase == desk::Phase::close;
  const bool priced = d.price_source != PriceSource::none;
  const auto atr = forced_move_atr(d.now);
  const auto& interest = d.interest;
  return base::words(
      "liquidation.cascade",
      {{"goes_on", !over},
       {"over", over},
       {"asset", d.asset},
       {"sides", sides(d.now.side)},
       {"bound", d.coverage.lower_bound()},
       {"peak", base::usd(d.peak_60s_usd)},
       {"total", base::usd(d.total_usd)},
       {"span", base::duration_words(d.until - d.since)},
       {"move", priced ? base::signed_percent(d.price_extreme / d.price_from - 1, 2) : ""},
       {"where", where(d)},
       {"events", d.events},
       {"shares", shares(d)},
       {"other_sides", say(is_long(d.now.side) ? "other_of_longs" : "other_of_shorts")},
       {"other", d.other_side_usd > 0 ? base::usd(d.other_side_usd) : ""},
       {"peak_at", base::utc_clock(d.peak_at)},
       {"largest", base::usd(d.largest_usd)},
       {"largest_share", base::percent(d.largest_usd / d.total_usd, 0)},
       {"largest_exchange", d.largest_exchange_title},
       {"price_from", priced ? base::price(d.price_from) : ""},
       {"price_extreme", base::price(d.price_extreme)},
       {"price_to", d.price_to == d.price_extreme ? "" : base::price(d.price_to)},
       {"move_atr", atr ? tenths(*atr) : ""},
       {"events_prices", d.price_source == PriceSource::events},
       {"no_price", !priced},
       {"interest", interest ? base::signed_percent(interest->share, 1) : ""},
       {"coins", interest ? signed_words(interest->coins, coins(std::fabs(interest->coins))) : ""},
       {"interest_usd",
        interest && interest->usd ? signed_words(interest->coins, base::usd(std::fabs(*interest->usd))) : ""},
       {"contracts", interest ? contracts(interest->contracts) : ""},
       {"tier", d.tier},
       {"since", base::utc_stamp(d.since).substr(0, 19)},
       {"until", base::utc_clock(d.until)},
       {"sample", d.sample_title.empty() ? Html() : sample_words(d.sample, d.sample_title)},
       {"coverage", coverage_words(d.coverage)},
       {"note", d.note},
       {"level", base::usd(d.level_usd)},
       {"events_min", d.thresholds.events_min},
       {"exchanges_min", d.thresholds.exchanges_min},
       {"move_min", base::fixed(d.thresholds.move_atr_min, 1)}});
}

Html reversal_message(const ReversalDetails& d) {
  const auto& m = d.measure;
  const auto& t = d.thresholds;
  const auto all = factors(m, t);
  return base::words("liquidation.reversal", {{"asset", d.asset},
                                              {"direction", say(is_long(m.side) ? "long" : "short")},
                                              {"usd", base::usd(m.liquidated_usd)},
                                              {"sides", sides(m.side)},
                                              {"exchange", d.exchange_title},
                                              {"symbol", d.symbol},
                                              {"price", base::price(d.price, d.tick_size)},
                                              {"score", base::fixed(score_of(all), 2)},
                                              {"ratio", base::fixed(m.ratio(), 1)},
                                              {"ratio_points", points(all.at(0))},
                                              {"factors", factor_words(m, all)},
                                              {"since", base::utc_stamp(d.since).substr(0, 19)},
                                              {"closed_at", base::utc_clock(d.closed_at)},
                                              {"ratio_min", base::fixed(t.ratio_min, 1)},
                                              {"score_min", base::fixed(t.score_min, 1)},
                                              {"factors_min", t.factors_min}});
}

}  // namespace liquidation
