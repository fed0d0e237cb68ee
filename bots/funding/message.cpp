#include "bots/funding/message.hpp"

#include <algorithm>
#include <cmath>

#include "bots/funding/contract.hpp"
#include "common/base/sparkline.hpp"
#include "common/base/text.hpp"
#include "common/base/words.hpp"

namespace funding {

namespace {

using base::Html;

std::string say(std::string_view key) { return base::word("words.funding", key); }

std::string rate_words(double rate) { return base::signed_percent(rate, 4); }
std::string r8_words(double r8) { return base::signed_percent(r8, 3); }
std::string z_words(double z) { return (z < 0 ? "\u2212" : "") + base::fixed(std::fabs(z), 1); }
std::string payer(double rate) { return say(rate > 0 ? "longs_pay" : "shorts_pay"); }
/// "16:00"
std::string clock(base::WallTime at) { return base::utc_clock(at).substr(0, 5); }

std::string interval_words(std::chrono::minutes interval) {
  const auto count = interval.count();
  return count % 60 == 0 ? std::to_string(count / 60) + "h" : std::to_string(count) + "m";
}

/// Raw rate, interval, 8 h equivalent, APR and time to settlement: always shown (SIGNALS.md 3).
Html rate_lines(const RateDetails& d) {
  const double apr = to_apr(d.rate, d.interval);
  const bool running = !d.settled && d.settles_at;
  const auto left = running ? std::chrono::round<std::chrono::minutes>(*d.settles_at - d.at).count() : 0;
  return base::words("funding.rate", {{"rate", rate_words(d.rate)},
                                      {"interval", interval_words(d.interval)},
                                      {"r8", r8_words(to_r8(d.rate, d.interval))},
                                      {"apr", base::signed_percent(apr, std::fabs(apr) < 1 ? 1 : 0)},
                                      {"settled_at", d.settled && d.settles_at ? base::utc_stamp(*d.settles_at) : ""},
                                      {"settles_at", running && left > 0 ? clock(*d.settles_at) : ""},
                                      {"left", base::duration_words(std::chrono::minutes(left))},
                                      {"settles_soon_at", running && left <= 0 ? clock(*d.settles_at) : ""},
                                      {"unknown", !d.settles_at}});
}

/// "▁▂▁▁▂█ last 5 settlements and now, −0.004% to +0.320% per 8h"
Html drawn(const std::vector<double>& settled_r8, double now) {
  if (settled_r8.size() < 3) return {};  // no line worth drawing
  std::vector<double> all = settled_r8;
  all.push_back(now);
  const auto [low, high] = std::minmax_element(all.begin(), all.end());
  return base::words("funding.drawn", {{"line", base::sparkline(all, all.size(), base::SparkFloor::lowest)},
                                       {"settlements", settled_r8.size()},
                                       {"low", r8_words(*low)},
                                       {"high", r8_words(*high)}});
}

}  // namespace

Html extreme_message(const ExtremeDetails& d) {
  const auto& m = d.measure;
  const auto& t = d.thresholds;
  const bool plain = t.mode == Mode::threshold;
  const bool interest_known = !plain && d.interest_change_24h;
  const double change = interest_known ? *d.interest_change_24h : 0;
  return base::words("funding.extreme", {{"icon", say(d.rate.rate > 0 ? "high" : "low")},
                                         {"symbol", d.rate.symbol},
                                         {"r8", r8_words(m.r8)},
                                         {"exchange", d.rate.exchange_title},
                                         {"payer", payer(d.rate.rate)},
                                         {"rate_lines", rate_lines(d.rate)},
                                         {"z", !plain && m.z ? z_words(*m.z) : ""},
                                         {"settlements", m.settlements},
                                         {"usual", r8_words(d.usual_r8.median)},
                                         {"drawn", drawn(d.settled_r8, m.r8)},
                                         {"rank", !plain && !d.rank_skipped ? std::to_string(m.above + 1) : ""},
                                         {"unranked", !plain && d.rank_skipped},
                                         {"contracts", m.contracts},
                                         {"side", say(d.rate.rate > 0 ? "short" : "long")},
                                         {"interest", interest_known ? base::signed_percent(change, 1) : ""},
                                         {"confirms", interest_known && change >= t.oi_change_min},
                                         {"seen", base::utc_stamp(d.rate.at)},
                                         {"statistical", !plain},
                                         {"apr_min", base::percent(t.apr_min, 0)},
                                         {"z_min", base::fixed(t.z_min, 1)},
                                         {"top_share", base::percent(t.top_share, 0)},
                                         {"plain", plain},
                                         {"threshold", base::percent(t.r8_threshold, 3)},
                                         {"rearm", base::percent(t.rearm_share * t.r8_threshold, 3)}});
}

Html flip_message(const FlipDetails& d) {
  return base::words("funding.flip", {{"settled", !d.measure.predicted},
                                      {"predicted", d.measure.predicted},
                                      {"symbol", d.rate.symbol},
                                      {"sign", say(d.measure.r8_now > 0 ? "positive" : "negative")},
                                      {"exchange", d.rate.exchange_title},
                                      {"r8", r8_words(d.measure.r8_now)},
                                      {"payer", payer(d.measure.r8_now)},
                                      {"before", r8_words(d.measure.r8_before)},
                                      {"drawn", drawn(d.settled_r8, d.measure.r8_now)},
                                      {"rate_lines", rate_lines(d.rate)},
                                      {"seen", base::utc_stamp(d.rate.at)},
                                      {"r8_min", base::percent(d.r8_min, 3)}});
}

Html spread_message(const SpreadDetails& d) {
  const auto& m = d.measure;
  const auto& t = d.thresholds;
  const bool plain = t.mode == Mode::threshold;
  const auto side = [](const Quote& quote, const std::string& title) {
    return base::words("funding.spread.side", {{"exchange", title},
                                               {"symbol", quote.symbol},
                                               {"rate", rate_words(quote.rate)},
                                               {"interval", interval_words(quote.interval)},
                                               {"apr", base::signed_percent(quote.apr, 1)},
                                               {"interest", quote.oi_usd ? base::usd(*quote.oi_usd) : ""}});
  };
  return base::words("funding.spread", {{"asset", d.asset},
                                        {"spread", base::percent(m.spread_apr, 1)},
                                        {"long_exchange", d.low_title},
                                        {"short_exchange", d.high_title},
                                        {"long", side(m.low, d.low_title)},
                                        {"short", side(m.high, d.high_title)},
                                        {"fee", base::percent(t.taker_fee, 2)},
                                        {"hours", base::fixed(m.break_even_h, 1)},
                                        {"exchanges", m.exchanges},
                                        {"seen", base::utc_stamp(d.at)},
                                        {"statistical", !plain},
                                        {"hours_max", base::fixed(t.break_even_h_max, 0)},
                                        {"interest_min", base::usd(t.oi_min_usd)},
                                        {"plain", plain},
                                        {"threshold", base::percent(t.r8_threshold, 3)}});
}

Html interval_message(const IntervalDetails& d) {
  return base::words("funding.interval", {{"symbol", d.rate.symbol},
                                          {"interval", interval_words(d.rate.interval)},
                                          {"before", interval_words(d.before)},
                                          {"exchange", d.rate.exchange_title},
                                          {"payer", payer(d.rate.rate)},
                                          {"rate_lines", rate_lines(d.rate)},
                                          {"seen", base::utc_stamp(d.rate.at)}});
}

Html limit_message(const LimitDetails& d) {
  const auto& m = d.measure;
  return base::words("funding.limit", {{"cap", m.rate >= 0},
                                       {"floor", m.rate < 0},
                                       {"symbol", d.rate.symbol},
                                       {"limit", rate_words(*m.limit())},
                                       {"exchange", d.rate.exchange_title},
                                       {"payer", payer(m.rate)},
                                       {"rate_lines", rate_lines(d.rate)},
                                       {"low", m.floor ? rate_words(*m.floor) : say("no_limit")},
                                       {"high", m.cap ? rate_words(*m.cap) : say("no_limit")},
                                       {"seen", base::utc_stamp(d.rate.at)}});
}

Html calm_message(const CalmDetails& d) {
  const auto left = std::chrono::hours(d.thresholds.calm_periods - d.measure.periods);
  return base::words("funding.calm", {{"symbol", d.symbol},
                                      {"periods", d.measure.periods},
                                      {"needed", d.thresholds.calm_periods},
                                      {"exchange", d.exchange_title},
                                      {"until", clock(d.settled_at + left)},
                                      {"rate", rate_words(d.rate)},
                                      {"settled_at", base::utc_stamp(d.settled_at)},
                                      {"calm_rate", base::percent(d.thresholds.calm_rate, 3)}});
}

}  // namespace funding
