#include "bots/volume/message.hpp"

#include <cmath>

#include "common/base/sparkline.hpp"
#include "common/base/text.hpp"
#include "common/base/words.hpp"

namespace volume {

namespace {

using base::Html;

std::string_view icon(const SpikeDetails& d) {
  if (d.phase == desk::Phase::close) return "over";
  const double move = d.close / d.open - 1;
  if (std::fabs(move) < 0.0005) return "still";
  return move > 0 ? "up" : "down";
}

/// "12:04" of a bar's edge: whole minutes, the seconds say nothing.
std::string clock(base::WallTime at) { return base::utc_clock(at).substr(0, 5); }

std::string times(double relative) { return "×" + base::fixed(relative, relative < 100 ? 1 : 0); }

std::string window(const Measure& m, base::Millis bar) { return base::duration_words(bar * m.bars); }

std::string range(const ProfileView::Range& range) { return base::price(range.low) + "–" + base::price(range.high); }

std::string_view step(Step step) {
  switch (step) {
    case Step::inside: return "inside";
    case Step::breaks_up: return "breaks_up";
    case Step::breaks_down: return "breaks_down";
    case Step::returns: return "returns";
    case Step::outside: break;
  }
  return "outside";
}

/// "Breaks up out of the day's value area 95–105 (busiest 100) · leaves the busy 99–101"
Html profile(const ProfileLook& look) {
  return base::words("volume.profile", {{"step", base::word("words.volume.step", step(look.step))},
                                        {"value", range(look.value)},
                                        {"busiest", base::price(look.busiest)},
                                        {"leaves", look.leaves ? range(*look.leaves) : ""},
                                        {"reaches", look.reaches ? range(*look.reaches) : ""},
                                        {"thin", look.thin.has_value()}});
}

}  // namespace

Html spike_message(const SpikeDetails& d, std::span<const double> volumes) {
  const bool opens = d.phase == desk::Phase::open;
  const bool over = d.phase == desk::Phase::close;
  const auto share = d.now.taker_buy_share;
  const auto& rule = d.thresholds;
  return base::words("volume.spike",
                     {{"goes_on", !over},
                      {"over", over},
                      {"opens", opens},
                      {"grew", !opens},
                      {"icon", base::word("words.volume.icon", icon(d))},
                      {"symbol", d.symbol},
                      {"exchange", d.exchange_title},
                      {"times", times(opens ? d.now.relative_volume : d.total_usd / std::max(1.0, d.expected_usd))},
                      {"move", base::signed_percent(d.close / d.open - 1)},
                      {"span", base::duration_words(d.until - d.since)},
                      {"long_side", d.direction == desk::Direction::long_side},
                      {"short_side", d.direction == desk::Direction::short_side},
                      {"volume", base::usd(d.now.volume_usd)},
                      {"window", window(d.now, d.bar_length)},
                      {"usual", base::usd(d.now.expected_usd)},
                      {"z", base::fixed(d.now.z, 1)},
                      {"total", base::usd(d.total_usd)},
                      {"total_usual", base::usd(d.expected_usd)},
                      {"peak_z", base::fixed(d.peak.z, 1)},
                      {"peak_at", clock(d.peak_at)},
                      {"peak_times", times(d.peak.relative_volume)},
                      {"peak_window", window(d.peak, d.bar_length)},
                      {"bought", share && *share >= 0.5 ? base::percent(*share, 0) : ""},
                      {"sold", share && *share < 0.5 ? base::percent(1 - *share, 0) : ""},
                      {"no_takers", !share},
                      {"move_atr", d.now.move_atr ? base::fixed(*d.now.move_atr, 1) : ""},
                      {"open", base::price(d.open)},
                      {"close", base::price(d.close)},
                      {"low", base::price(d.low)},
                      {"high", base::price(d.high)},
                      {"drawn", base::sparkline(volumes, volumes.size(), base::SparkFloor::zero)},
                      {"bars", volumes.size()},
                      {"profile", d.profile ? profile(*d.profile) : Html()},
                      {"tier", d.tier},
                      {"since", base::utc_stamp(d.since).substr(0, 16)},
                      {"until", clock(d.until)},
                      {"note", d.note},
                      {"rule_z", base::fixed(rule.z_tiers[0], 1)},
                      {"rule_times", times(rule.relative_volume_min)},
                      {"rule_floor", base::usd(rule.floor_usd)},
                      {"rule_takers", base::percent(0.5 + rule.taker_tilt_min, 0)},
                      {"rule_atr", base::fixed(rule.return_atr_min, 1)}});
}

}  // namespace volume
