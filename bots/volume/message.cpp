#include "bots/volume/message.hpp"

#include <cmath>

#include "common/base/text.hpp"

namespace volume {

namespace {

using base::Html;
using namespace base;  // the literal operator

std::string_view icon(const SpikeDetails& d) {
  if (d.phase == desk::Phase::close) return "\U0001F3C1 ";  // chequered flag
  const double move = d.close / d.open - 1;
  if (std::fabs(move) < 0.0005) return "\U0001F4CA ";  // bars: much traded, price still
  return move > 0 ? "\U0001F4C8 " : "\U0001F4C9 ";
}

/// "12:04" of a bar's edge: whole minutes, the seconds say nothing.
std::string clock(base::WallTime at) { return base::utc_clock(at).substr(0, 5); }

std::string times(double relative) { return "×" + base::fixed(relative, relative < 100 ? 1 : 0); }

Html headline(const SpikeDetails& d) {
  const bool ended = d.phase == desk::Phase::close;
  const auto span = d.until - d.since;
  const double relative = d.total_usd / std::max(1.0, d.expected_usd);
  Html out = Html::text(icon(d)) + Html::bold(d.symbol) + Html::text(ended ? " volume burst over · " : " volume ");
  if (!ended) out += Html::text(times(d.phase == desk::Phase::open ? d.now.relative_volume : relative) + " · ");
  out += Html::text(d.exchange_title + " · " + base::signed_percent(d.close / d.open - 1) + " in " +
                    base::duration_words(span));
  if (!ended && d.direction != desk::Direction::none)
    out += Html::text(d.direction == desk::Direction::long_side ? " · long: breaks up" : " · short: breaks down");
  return out;
}

std::string taker_words(const Measure& m) {
  if (!m.taker_buy_share) return "Taker side not published";
  const double share = *m.taker_buy_share;
  return share >= 0.5 ? "Takers bought " + base::percent(share, 0) : "Takers sold " + base::percent(1 - share, 0);
}

std::string window_words(const Measure& m, base::Millis bar) {
  return m.bars == 1 ? "one " + base::duration_words(bar) + " bar" : base::duration_words(bar * m.bars);
}

std::string range_words(const ProfileView::Range& range) {
  return base::price(range.low) + "–" + base::price(range.high);
}

/// "Breaks up out of the day's value area 95–105 (busiest 100) · leaves the busy 99–101"
std::string profile_words(const ProfileLook& look) {
  std::string words;
  switch (look.step) {
    case Step::inside: words = "Within"; break;
    case Step::breaks_up: words = "Breaks up out of"; break;
    case Step::breaks_down: words = "Breaks down out of"; break;
    case Step::returns: words = "Returns into"; break;
    case Step::outside: words = "Outside"; break;
  }
  words += " the day's value area " + range_words(look.value) + " (busiest " + base::price(look.busiest) + ")";
  if (look.leaves) words += " · leaves the busy " + range_words(*look.leaves);
  if (look.reaches) words += " · reaches the busy " + range_words(*look.reaches);
  if (look.thin) words += " · where little was traded";
  return words;
}

std::string rule_words(const Thresholds& t) {
  return "Rule: z ≥ " + base::fixed(t.z_tiers[0], 1) + ", ≥ ×" + base::fixed(t.relative_volume_min, 1) + ", ≥ " +
         base::usd(t.floor_usd) + ", takers ≥ " + base::percent(0.5 + t.taker_tilt_min, 0) + " one way or move ≥ " +
         base::fixed(t.return_atr_min, 1) + " ATR";
}

}  // namespace

Html spike_message(const SpikeDetails& d) {
  Html out = headline(d);
  const auto line = [&out](const std::string& words) { out += "\n"_html + Html::text(words); };
  if (d.phase == desk::Phase::open) {
    line(base::usd(d.now.volume_usd) + " in " + window_words(d.now, d.bar_length) + ", usual " +
         base::usd(d.now.expected_usd) + " · z " + base::fixed(d.now.z, 1));
  } else {
    line(base::usd(d.total_usd) + " in " + base::duration_words(d.until - d.since) + ", usual " +
         base::usd(d.expected_usd));
    // The strongest is the one with the highest z: a longer window may be stronger and yet fewer times the usual.
    line("Strongest z " + base::fixed(d.peak.z, 1) + " at " + clock(d.peak_at) + ": " + times(d.peak.relative_volume) +
         " over " + window_words(d.peak, d.bar_length));
  }
  line(taker_words(d.now) + (d.now.move_atr ? " · move " + base::fixed(*d.now.move_atr, 1) + " ATR" : std::string{}));
  line("Price " + base::price(d.open) + " → " + base::price(d.close) + " (low " + base::price(d.low) + ", high " +
       base::price(d.high) + ")");
  if (d.profile) line(profile_words(*d.profile));
  line("Tier " + std::to_string(d.tier) + " of 3 · " + base::utc_stamp(d.since).substr(0, 16) + "–" + clock(d.until) +
       " UTC");
  if (!d.note.empty()) line(d.note);
  out += "\n"_html + Html::italic(rule_words(d.thresholds));
  return out;
}

}  // namespace volume
