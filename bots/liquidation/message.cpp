#include "bots/liquidation/message.hpp"

#include <cmath>

#include "common/base/text.hpp"

namespace liquidation {

namespace {

using base::Html;
using namespace base;  // the literal operator

void line(Html& out, const std::string& words) { out += "\n"_html + Html::text(words); }

std::string sides(market::PositionSide side) { return side == market::PositionSide::long_side ? "longs" : "shorts"; }

std::string_view other(market::PositionSide side) {
  return side == market::PositionSide::long_side ? "Shorts" : "Longs";
}

std::string joined(const std::vector<std::string>& parts, const std::string& between) {
  std::string out;
  for (const auto& part : parts) out += (out.empty() ? "" : between) + part;
  return out;
}

std::string coverage_words(const CoverageView& c) {
  std::vector<std::string> parts{"Coverage: " + std::to_string(c.live) + "/" + std::to_string(c.known) +
                                 " exchanges live"};
  for (const auto& lost : c.lost) parts.push_back(lost.exchange + " " + std::string(to_string(lost.state)));
  if (!c.gaps.empty()) parts.push_back("gap within 5 min: " + joined(c.gaps, ", "));
  for (const auto& sampled : c.saturated)
    parts.push_back(sampled.exchange + (sampled.seconds == 0
                                            ? " tells at most one a second"  // of a symbol: why the sum is a bound
                                            : " saturated " + std::to_string(sampled.seconds) + "/60 s"));
  return joined(parts, " · ");
}

std::string bound(const CascadeDetails& d) { return d.coverage.lower_bound() ? "≥ " : ""; }

Html cascade_headline(const CascadeDetails& d) {
  const bool ended = d.phase == desk::Phase::close;
  Html out = Html::text(ended ? "\U0001F3C1 " : "\U0001F30A ") + Html::bold(d.asset) +
             Html::text(" " + sides(d.now.side) + " liquidated " + bound(d));
  const double shown = ended ? d.total_usd : d.peak_60s_usd;
  out +=
      Html::text(base::usd(shown) + (ended ? " in " + base::duration_words(d.until - d.since) + ", over" : " in 60 s"));
  if (d.price_source != PriceSource::none) {
    out += Html::text(" · price " + base::signed_percent(d.price_extreme / d.price_from - 1, 2));
  }
  const std::size_t exchanges = d.by_exchange.size();
  out +=
      Html::text(" · " + (exchanges == 1 ? d.by_exchange[0].exchange_title : std::to_string(exchanges) + " exchanges"));
  return out;
}

void price_line(Html& out, const CascadeDetails& d) {
  if (d.price_source == PriceSource::none) return line(out, "Price not known");
  std::string words =
      "Price " + base::price(d.price_from) + " → " + base::price(d.price_extreme) + " → " + base::price(d.price_to);
  if (const auto atr = forced_move_atr(d.now)) words += " · last 60 s " + base::fixed(*atr, 1) + " ATR";
  if (d.price_source == PriceSource::events) words += " (the liquidations' own prices)";
  line(out, words);
}

/// "Book within 25 bps: bids $1.20M, asks ≥ $900k · takers bought 38% in a minute (Binance)"
std::string sample_words(const Sample& sample, const std::string& title) {
  std::vector<std::string> parts;
  const auto worth = [](const market::SideDepth& side) { return (side.whole ? "" : "≥ ") + base::usd(side.usd); };
  if (const auto& depth = sample.depth())
    parts.push_back("Book within 25 bps: bids " + worth(depth->bids) + ", asks " + worth(depth->asks));
  if (const auto share = sample.taker_buy_share())
    parts.push_back("takers bought " + base::percent(*share, 0) + " in a minute");
  if (const auto missing = sample.missing(); !missing.empty()) parts.push_back("not sampled: " + missing);
  return joined(parts, " · ") + " (" + title + ")";
}

std::string coins(double amount) {
  return std::fabs(amount) < 100 ? base::fixed(amount, 2) : base::grouped(std::llround(amount));
}

/// "Open interest −3.1% since before (−1,234 BTC, −$38.0M) on 3 contracts"
std::string interest_words(const InterestChange& change, const std::string& asset) {
  const std::string sign = change.coins < 0 ? "\u2212" : "+";
  std::string words = "Open interest " + base::signed_percent(change.share, 1) + " since before (" + sign +
                      coins(std::fabs(change.coins)) + " " + asset;
  if (change.usd) words += ", " + sign + base::usd(std::fabs(*change.usd));
  return words + ") on " + std::to_string(change.contracts) + (change.contracts == 1 ? " contract" : " contracts");
}

std::string cascade_rule(const CascadeThresholds& t, double level) {
  return "Rule: 60 s sum ≥ " + base::usd(level) + ", ≥ " + std::to_string(t.events_min) + " events or " +
         std::to_string(t.exchanges_min) + " exchanges, forced move ≥ " + base::fixed(t.move_atr_min, 1) + " ATR";
}

}  // namespace

Html print_message(const PrintDetails& d) {
  const std::string side =
      d.side ? std::string(to_string(*d.side)) + " liquidated" : "position liquidated (side not known)";
  Html out = "\U0001F4A5 "_html + Html::bold(d.asset) +
             Html::text(" " + base::usd(d.usd) + " " + side + " · " + d.exchange_title + " · at " +
                        base::price(d.price, d.tick_size));
  std::string what = d.symbol;
  if (d.base_units)
    what += ": " + base::fixed(*d.base_units, *d.base_units < 100 ? 3 : 0) + " " + d.base + " in one event";
  line(out, what);
  if (d.measure.events >= d.thresholds.events_min && d.measure.quantile995) {
    line(out, "Usual 99.5% of its " + base::grouped(static_cast<std::int64_t>(d.measure.events)) +
                  " events in 7 days: " + base::usd(*d.measure.quantile995));
  } else {
    line(out, "Own history too short (" + std::to_string(d.measure.events) + " of " +
                  std::to_string(d.thresholds.events_min) + " events): the floor decides");
  }
  line(out, base::utc_stamp(d.at));
  out += "\n"_html + Html::italic("Rule: ≥ " + base::usd(print_level(d.measure, d.thresholds)));
  return out;
}

Html cascade_message(const CascadeDetails& d) {
  Html out = cascade_headline(d);
  std::vector<std::string> shares;
  for (const auto& share : d.by_exchange) shares.push_back(share.exchange_title + " " + base::usd(share.usd));
  line(out, "Total " + bound(d) + base::usd(d.total_usd) + ", " + std::to_string(d.events) +
                " events: " + joined(shares, " · "));
  if (d.other_side_usd > 0) line(out, std::string(other(d.now.side)) + " meanwhile " + base::usd(d.other_side_usd));
  line(out, "Peak " + base::usd(d.peak_60s_usd) + " in 60 s at " + base::utc_clock(d.peak_at) + " · largest print " +
                base::usd(d.largest_usd) + " (" + base::percent(d.largest_usd / d.total_usd, 0) + ", " +
                d.largest_exchange_title + ")");
  price_line(out, d);
  if (d.interest) line(out, interest_words(*d.interest, d.asset));
  line(out, "Tier " + std::to_string(d.tier) + " of 3 · " + base::utc_stamp(d.since).substr(0, 19) + "–" +
                base::utc_clock(d.until) + " UTC (" + base::duration_words(d.until - d.since) + ")");
  if (!d.sample_title.empty()) line(out, sample_words(d.sample, d.sample_title));
  line(out, coverage_words(d.coverage));
  if (!d.note.empty()) line(out, d.note);
  out += "\n"_html + Html::italic(cascade_rule(d.thresholds, d.level_usd));
  return out;
}

Html reversal_message(const ReversalDetails& d) {
  const auto& m = d.measure;
  const auto all = factors(m, d.thresholds);
  const bool up = m.side == market::PositionSide::long_side;
  Html out = "\U0001F501 "_html + Html::bold(d.asset) +
             Html::text(std::string(up ? " long" : " short") + " setup · " + base::usd(m.liquidated_usd) + " of " +
                        sides(m.side) + " liquidated · " + d.exchange_title + " " + d.symbol + " at " +
                        base::price(d.price, d.tick_size));
  const auto points = [&](std::size_t factor) {
    const double score = all.at(factor).score.value_or(0);
    return " (" + std::string(score < 0 ? "\u2212" : "+") + base::fixed(std::fabs(score), 1) + ")";
  };
  line(out, "Score " + base::fixed(score_of(all), 2) + " of 1: " + sides(m.side) + " ×" + base::fixed(m.ratio(), 1) +
                " of the other side" + points(0));
  std::vector<std::string> parts;
  if (m.taker_buy_share)
    parts.push_back("takers bought " + base::percent(*m.taker_buy_share, 0) + " in a minute" + points(1));
  if (m.band_position)
    parts.push_back(std::string("price ") + (std::fabs(*m.band_position) >= 1 ? "outside" : "inside") +
                    " its Bollinger band" + points(2));
  if (m.depth_lean)
    parts.push_back("book " + base::percent(0.5 + *m.depth_lean / 2, 0) + " bids within 25 bps" + points(3));
  if (const auto missing = missing_in(all); !missing.empty()) parts.push_back("not measured: " + missing);
  line(out, joined(parts, " · "));
  line(out, "The cascade: " + base::utc_stamp(d.since).substr(0, 19) + "–" + base::utc_clock(d.closed_at) + " UTC");
  out += "\n"_html + Html::italic("Rule: sides ≥ ×" + base::fixed(d.thresholds.ratio_min, 1) + ", score ≥ " +
                                  base::fixed(d.thresholds.score_min, 1) + " with ≥ " +
                                  std::to_string(d.thresholds.factors_min) + " of 4 measured");
  return out;
}

}  // namespace liquidation
