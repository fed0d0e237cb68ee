#include "bots/funding/message.hpp"

#include <cmath>

#include "bots/funding/contract.hpp"
#include "common/base/text.hpp"

namespace funding {

namespace {

using base::Html;
using namespace base;  // the literal operator

std::string rate_words(double rate) { return base::signed_percent(rate, 4); }
std::string r8_words(double r8) { return base::signed_percent(r8, 3); }
std::string z_words(double z) { return (z < 0 ? "\u2212" : "") + base::fixed(std::fabs(z), 1); }
std::string_view payer(double rate) { return rate > 0 ? "longs pay shorts" : "shorts pay longs"; }

std::string interval_words(std::chrono::minutes interval) {
  const auto count = interval.count();
  return count % 60 == 0 ? std::to_string(count / 60) + "h" : std::to_string(count) + "m";
}

void line(Html& out, const std::string& words) { out += "\n"_html + Html::text(words); }

/// Raw rate, interval, 8 h equivalent, APR and time to settlement: always shown (SIGNALS.md 3).
void rate_lines(Html& out, const RateDetails& d) {
  const double r8 = to_r8(d.rate, d.interval);
  const double apr = to_apr(d.rate, d.interval);
  line(out, "Rate " + rate_words(d.rate) + " every " + interval_words(d.interval) + " · 8h " + r8_words(r8) +
                " · APR " + base::signed_percent(apr, std::fabs(apr) < 1 ? 1 : 0));
  if (d.settled && d.settles_at) {
    line(out, "Settled " + base::utc_stamp(*d.settles_at));
  } else if (d.settles_at) {
    const auto left = std::chrono::round<std::chrono::minutes>(*d.settles_at - d.at).count();
    line(out, "Settles " + base::utc_clock(*d.settles_at).substr(0, 5) + " UTC, " +
                  (left > 0 ? std::to_string(left) + " min" : "less than a minute") + " after this was seen");
  } else {
    line(out, "Settlement time not published");
  }
}

std::string rank_words(const ExtremeDetails& d) {
  if (d.rank_skipped) {
    return "Rank not checked: only " + std::to_string(d.measure.contracts) + " contracts of " + d.rate.exchange_title +
           " known";
  }
  return "Rank " + std::to_string(d.measure.above + 1) + " of " + std::to_string(d.measure.contracts) + " on " +
         d.rate.exchange_title;
}

/// What confirms it; what could not be measured is named.
std::string factor_words(const ExtremeDetails& d) {
  if (!d.interest_change_24h) return "Not measured: open interest of 24 h, trend";
  const double change = *d.interest_change_24h;
  return "Open interest " + base::signed_percent(change, 1) + " in 24 h (in coins)" +
         (change >= d.thresholds.oi_change_min ? ": confirms" : "") + " · not measured: trend";
}

}  // namespace

Html extreme_message(const ExtremeDetails& d) {
  const bool plain = d.thresholds.mode == Mode::threshold;
  Html out = Html::text(d.rate.rate > 0 ? "\U0001F53A " : "\U0001F53B ") + Html::bold(d.rate.symbol) +
             Html::text(" funding " + r8_words(d.measure.r8) + " per 8h · " + d.rate.exchange_title + " · " +
                        std::string(payer(d.rate.rate)));
  rate_lines(out, d.rate);
  if (!plain) {
    line(out, "z " + z_words(*d.measure.z) + " over " + std::to_string(d.measure.settlements) +
                  " settlements of 30 days (usual " + r8_words(d.usual_r8.median) + ")");
    line(out, rank_words(d));
  }
  line(out, std::string("Contrarian side: ") + (d.rate.rate > 0 ? "short" : "long") + ", it is paid");
  if (!plain) line(out, factor_words(d));
  line(out, "Seen " + base::utc_stamp(d.rate.at));
  const auto& t = d.thresholds;
  const std::string rule = plain
                               ? "Rule: |8h rate| ≥ " + base::percent(t.r8_threshold, 3) +
                                     ", again after a fall below " + base::percent(t.rearm_share * t.r8_threshold, 3)
                               : "Rule: |APR| ≥ " + base::percent(t.apr_min, 0) + ", |z| ≥ " + base::fixed(t.z_min, 1) +
                                     ", top " + base::percent(t.top_share, 0) + " of the exchange";
  out += "\n"_html + Html::italic(rule);
  return out;
}

Html flip_message(const FlipDetails& d) {
  const std::string sign = d.measure.r8_now > 0 ? "positive" : "negative";
  Html out = Html::text("\U0001F504 ") + Html::bold(d.rate.symbol) +
             Html::text((d.measure.predicted ? " funding about to turn " : " funding turned ") + sign + " · " +
                        d.rate.exchange_title + " · " + r8_words(d.measure.r8_now) + " per 8h, " +
                        std::string(payer(d.measure.r8_now)));
  line(out, "Settled before: " + r8_words(d.measure.r8_before) + " per 8h");
  rate_lines(out, d.rate);
  line(out, "Seen " + base::utc_stamp(d.rate.at));
  out += "\n"_html + Html::italic("Rule: sign change, both sides ≥ " + base::percent(d.r8_min, 3) + " per 8h");
  return out;
}

Html spread_message(const SpreadDetails& d) {
  const auto& m = d.measure;
  const auto side = [](const Quote& quote, const std::string& title) {
    std::string words = title + " " + quote.symbol + " " + rate_words(quote.rate) + " every " +
                        interval_words(quote.interval) + " · APR " + base::signed_percent(quote.apr, 1);
    if (quote.oi_usd) words += " · OI " + base::usd(*quote.oi_usd);
    return words;
  };
  Html out = Html::text("\u2194\uFE0F ") + Html::bold(d.asset) +
             Html::text(" funding differs by " + base::percent(m.spread_apr, 1) + " APR · long " + d.low_title +
                        ", short " + d.high_title);
  line(out, "Long: " + side(m.low, d.low_title));
  line(out, "Short: " + side(m.high, d.high_title));
  line(out, "Pays four taker fees of " + base::percent(d.thresholds.taker_fee, 2) + " after " +
                base::fixed(m.break_even_h, 1) + " h, if the rates stay");
  line(out, std::to_string(m.exchanges) + " exchanges compared");
  line(out, "Seen " + base::utc_stamp(d.at));
  const auto& t = d.thresholds;
  const std::string rule = t.mode == Mode::threshold
                               ? "Rule: difference of settled rates ≥ " + base::percent(t.r8_threshold, 3) + " per 8h"
                               : "Rule: breaks even within " + base::fixed(t.break_even_h_max, 0) +
                                     " h, open interest ≥ " + base::usd(t.oi_min_usd) + " on each";
  out += "\n"_html + Html::italic(rule);
  return out;
}

Html interval_message(const IntervalDetails& d) {
  Html out =
      "\u23F1 "_html + Html::bold(d.rate.symbol) +
      Html::text(" funding now every " + interval_words(d.rate.interval) + ", was every " + interval_words(d.before) +
                 " · " + d.rate.exchange_title + " · " + std::string(payer(d.rate.rate)));
  rate_lines(out, d.rate);
  line(out, "Seen " + base::utc_stamp(d.rate.at));
  return out;
}

Html limit_message(const LimitDetails& d) {
  const auto& m = d.measure;
  Html out = "\U0001F9F1 "_html + Html::bold(d.rate.symbol) +
             Html::text(std::string(" funding at its ") + (m.rate < 0 ? "floor " : "cap ") + rate_words(*m.limit()) +
                        " · " + d.rate.exchange_title + " · " + std::string(payer(m.rate)));
  rate_lines(out, d.rate);
  line(out, "It goes no further, whatever the premium. Limits: " +
                (m.floor ? rate_words(*m.floor) : std::string("none known")) + " to " +
                (m.cap ? rate_words(*m.cap) : std::string("none known")));
  line(out, "Seen " + base::utc_stamp(d.rate.at));
  out += "\n"_html + Html::italic("Rule: the rate stands at its limit; again after it has left it by a tenth");
  return out;
}

Html calm_message(const CalmDetails& d) {
  const auto left = std::chrono::hours(d.thresholds.calm_periods - d.measure.periods);
  Html out = "\U0001F553 "_html + Html::bold(d.symbol) +
             Html::text(" hourly funding calm " + std::to_string(d.measure.periods) + " of " +
                        std::to_string(d.thresholds.calm_periods) + " times · " + d.exchange_title +
                        " · every 4h again from about " + base::utc_clock(d.settled_at + left).substr(0, 5) +
                        " UTC if it stays calm");
  line(out, "Last settled " + rate_words(d.rate) + " at " + base::utc_stamp(d.settled_at));
  out +=
      "\n"_html + Html::italic("Rule of the exchange: " + std::to_string(d.thresholds.calm_periods) +
                               " hourly settlements in a row of at most " + base::percent(d.thresholds.calm_rate, 3));
  return out;
}

}  // namespace funding
