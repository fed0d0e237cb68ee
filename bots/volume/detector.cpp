#include "bots/volume/detector.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "bots/volume/memo.hpp"

namespace volume {

namespace {

constexpr base::Millis hour_bar{3'600'000};

bool usable(const market::Candle& c) {
  const auto price = [](double x) { return std::isfinite(x) && x > 0; };
  return price(c.open) && price(c.high) && price(c.low) && price(c.close) && c.low <= c.high;
}

/// Quote volume as published, else base volume at the bar's mean price.
std::optional<double> quote_volume(const market::Candle& c) {
  std::optional<double> out = c.quote_volume;
  if (!out && c.base_volume) out = *c.base_volume * (c.open + c.high + c.low + c.close) / 4;
  return out && std::isfinite(*out) && *out >= 0 ? out : std::nullopt;
}

bool closed(const market::Candle& c) { return c.closed ? *c.closed : market::is_closed(c, c.received_at); }

}  // namespace

Detector::Detector(Settings settings) : settings_(std::move(settings)) {}

void Detector::on_event(const market::Event& event, desk::Findings& out) {
  if (const auto* candle = std::get_if<market::Candle>(&event)) on_candle(*candle, out);
  if (const auto* gap = std::get_if<market::Gap>(&event)) on_gap(*gap, out);
}

Detector::States::value_type* Detector::state_of(std::string_view exchange, std::string_view symbol) {
  const auto known = states_.find(std::pair(exchange, symbol));
  if (known != states_.end()) return &*known;
  if (states_.size() >= settings_.instruments_max) return nullptr;
  return &*states_.try_emplace(Key(exchange, symbol)).first;
}

void Detector::on_candle(const market::Candle& candle, desk::Findings& out) {
  if (candle.length == base::Millis{0}) {  // not stated
    auto named = candle;
    named.length = settings_.bar_length;
    return on_candle(named, out);
  }
  const bool judged = candle.length == settings_.bar_length;
  if ((!judged && candle.length != hour_bar) || !usable(candle) || !closed(candle)) return;
  const auto volume_usd = quote_volume(candle);
  if (!volume_usd) return;
  auto* known = state_of(candle.exchange, candle.symbol);
  if (known == nullptr) return;
  auto& [key, state] = *known;
  if (judged) return judge(key, state, candle, *volume_usd, out);
  const double bars = static_cast<double>(hour_bar.count()) / static_cast<double>(settings_.bar_length.count());
  state.baseline.learn_hour(candle.opened_at, std::log1p(*volume_usd / bars));
  state.hour_atr.add_hour(candle.opened_at, candle.high, candle.low, candle.close);
}

void Detector::on_gap(const market::Gap& gap, desk::Findings& out) {
  if (gap.topic != market::Topic::candles) return;
  const auto interrupt = [&](const Key& key, State& state) {
    if (state.episode) close(key, state, gap.to, "The candle feed was lost: the end was not seen", out);
    state.run = 0;
    state.atr.interrupt();
  };
  if (!gap.symbol.empty()) {
    const auto known = states_.find(Key(gap.exchange, gap.symbol));
    if (known != states_.end()) interrupt(known->first, known->second);
    return;
  }
  for (auto at = states_.lower_bound(Key(gap.exchange, "")); at != states_.end() && at->first.first == gap.exchange;
       ++at)
    interrupt(at->first, at->second);
}

Detector::Sums Detector::sums_of(const State& state) {
  Sums out;
  Sum sum;
  auto bar = state.recent.end();
  for (std::size_t window = 0; window < window_bars.size() && window_bars.at(window) <= state.run; ++window) {
    for (const auto first = state.recent.end() - window_bars.at(window); bar != first;) {
      --bar;
      sum.volume_usd += bar->volume_usd;
      sum.expected_usd += bar->expected_usd;
      sum.taker_buy_usd += bar->taker_buy_usd;
      sum.taker_known = sum.taker_known && bar->taker_buy_usd >= 0;
    }
    sum.excess = std::log((1 + sum.volume_usd) / (1 + sum.expected_usd));
    out.at(window) = sum;
  }
  return out;
}

stats::Spread Detector::spread_of(const State& state, std::size_t window) {
  stats::Spread out = state.baseline.residual(window);
  if (window == 0) out.median = 0;  // the expectation is the centre of single bars; sums have an offset of their own
  return out;
}

Measure Detector::measure(const State& state, std::size_t window, const Sum& sum, double z) {
  Measure out;
  out.bars = window_bars.at(window);
  out.open = (state.recent.end() - out.bars)->open;
  out.close = state.recent.back().close;
  out.volume_usd = sum.volume_usd;
  out.expected_usd = (1 + sum.expected_usd) * std::exp(spread_of(state, window).median) - 1;
  out.z = z;
  out.relative_volume = out.volume_usd / std::max(1.0, out.expected_usd);
  if (sum.taker_known && out.volume_usd > 0) out.taker_buy_share = sum.taker_buy_usd / out.volume_usd;
  out.move = out.close / out.open - 1;
  const auto atr = state.atr.value();  // of the bars before: this one joins afterwards
  if (atr && *atr > 0) out.move_atr = std::fabs(out.close - out.open) / *atr;
  return out;
}

void Detector::judge(const Key& key, State& state, const market::Candle& candle, double volume_usd,
                     desk::Findings& out) {
  if (candle.opened_at <= state.last_opened_at) return;  // a repeat, or older than what is known
  const base::WallTime ended = candle.opened_at + candle.length;
  if (candle.opened_at != state.last_opened_at + candle.length) {
    const bool first = state.last_opened_at == base::WallTime::min();  // after a restart: it may go on
    if (state.episode && !first) close(key, state, ended, "Bars are missing: the end was not seen", out);
    state.run = 0;
    state.atr.interrupt();
  }
  state.last_opened_at = candle.opened_at;
  const double expected = state.baseline.expected(candle.opened_at);
  std::rotate(state.recent.begin(), state.recent.begin() + 1, state.recent.end());
  state.recent.back() = {.opened_at = candle.opened_at,
                         .volume_usd = volume_usd,
                         .expected_usd = std::expm1(expected),
                         .taker_buy_usd = candle.taker_buy_quote.value_or(-1),
                         .open = candle.open,
                         .high = candle.high,
                         .low = candle.low,
                         .close = candle.close};
  state.run = std::min<std::uint32_t>(state.run + 1, window_bars.back());
  const base::WallTime learned = state.baseline.last_opened_at();
  if (candle.opened_at > learned) {  // else restored: this bar is part of what was learned already
    if (candle.opened_at - candle.length != learned) state.surprise.interrupt();
    state.strength = state.surprise.add(candle.opened_at, volume_usd, candle.high, candle.low, candle.close);
    const Sums sums = sums_of(state);
    if (state.baseline.bars() >= settings_.warm_up_bars) say(key, state, candle, sums, out);
    learn(state, candle, expected, sums);
    state.profile.add(candle.opened_at, candle.low, candle.high, volume_usd);
    state.hour_atr.add_bar(candle.opened_at, candle.length, candle.high, candle.low, candle.close);
  }
  (void)state.atr.add(candle.high, candle.low, candle.close);
}

std::optional<Detector::Judged> Detector::strongest(const State& state, const Sums& sums,
                                                    const Thresholds& thresholds) {
  std::array<double, window_bars.size()> z{};
  const std::size_t windows = static_cast<std::size_t>(
      std::upper_bound(window_bars.begin(), window_bars.end(), state.run) - window_bars.begin());
  for (std::size_t window = 0; window < windows; ++window) {
    const auto scaled = stats::robust_z(sums.at(window).excess, spread_of(state, window), thresholds.mad_floor);
    z.at(window) = scaled.value_or(-std::numeric_limits<double>::infinity());
  }
  const auto highest = static_cast<std::size_t>(std::max_element(z.begin(), z.begin() + windows) - z.begin());
  // A window that fires goes before one that is only above, that before any other; then the highest z.
  const auto rank = [](const Judged& j) {
    return (j.decision.lack == Lack::nothing ? 2 : 0) + (j.decision.above ? 1 : 0);
  };
  std::optional<Judged> best;
  for (std::size_t window = 0; window < windows; ++window) {
    // Below the first tier only the highest can be the one: of nine bars in ten nothing else is measured.
    if (!std::isfinite(z.at(window)) || (window != highest && z.at(window) < thresholds.z_tiers[0])) continue;
    const Measure measured = measure(state, window, sums.at(window), z.at(window));
    const Judged judged{.measure = measured, .decision = decide(measured, thresholds)};
    if (!best || rank(judged) > rank(*best) || (rank(judged) == rank(*best) && judged.measure.z > best->measure.z))
      best = judged;
  }
  return best;
}

void Detector::say(const Key& key, State& state, const market::Candle& candle, const Sums& sums, desk::Findings& out) {
  const Thresholds thresholds = settings_.thresholds_for(candle.symbol);
  const auto judged = strongest(state, sums, thresholds);
  if (!judged) return;
  const base::WallTime ended = candle.opened_at + candle.length;
  desk::Finding finding = candidate_of(key, ended);
  finding.strength = state.strength;
  finding.tier = std::max(1, judged->decision.tier);
  finding.evidence = evidence(judged->measure, thresholds);
  const bool late = candle.received_at > ended + settings_.late_after;
  if (state.episode && ended <= state.episode->details.until) return;  // counted before a restart
  state.looked = {ended, *judged, late};
  const bool goes_on = state.episode ? judged->decision.above : judged->decision.lack == Lack::nothing;
  if (goes_on && !late) {
    name(key, finding);
    finding.event_id = market::identity(candle);
    return open_or_continue(key, state, *judged, std::move(finding), out);
  }
  finding.missing = to_string(late ? Lack::late : judged->decision.lack);
  out.push_back(std::move(finding));
  if (state.episode) close(key, state, ended, late ? "Bars arrive too late to judge" : "", out);
}

void Detector::learn(State& state, const market::Candle& candle, double expected, const Sums& sums) const {
  if (state.baseline.bars() >= settings_.warm_up_bars / 4) {
    for (std::size_t window = 1; window < window_bars.size() && window_bars.at(window) <= state.run; ++window)
      state.baseline.learn_sum(window, sums.at(window).excess);
  }
  state.baseline.learn(candle.opened_at, candle.length, std::log1p(state.recent.back().volume_usd), expected);
}

desk::Finding Detector::candidate_of(const Key& key, base::WallTime at) {
  desk::Finding finding;
  finding.kind = "volume_spike";
  finding.exchange = key.first;
  finding.feed = market::Topic::candles;
  finding.symbol = key.second;
  finding.at = at;
  return finding;
}

void Detector::name(const Key& key, desk::Finding& finding) {
  finding.subject = key.first + " " + key.second;
  finding.key = "volume_spike/" + key.first + "/" + key.second;
}

void Detector::open_or_continue(const Key& key, State& state, const Judged& judged, desk::Finding finding,
                                desk::Findings& out) {
  const Measure& measure = judged.measure;
  const bool opens = !state.episode;
  const auto first = state.recent.end() - (opens ? measure.bars : 1);
  if (opens) {
    state.episode.emplace();
    open_.insert(key);
    SpikeDetails& d = state.episode->details;
    d.symbol = key.second;
    d.exchange_title = settings_.title_of(key.first);
    d.since = first->opened_at;
    d.open = first->open;
    d.low = first->low;
    d.bar_length = settings_.bar_length;
    d.thresholds = settings_.thresholds_for(key.second);
    d.tier = 0;
  }
  SpikeDetails& d = state.episode->details;
  d.phase = opens ? desk::Phase::open : desk::Phase::update;
  d.now = measure;
  d.tier = std::max(d.tier, judged.decision.tier);
  d.until = finding.at;
  for (auto bar = first; bar != state.recent.end(); ++bar) {
    d.total_usd += bar->volume_usd;
    d.expected_usd += bar->expected_usd;
    d.high = std::max(d.high, bar->high);
    d.low = std::min(d.low, bar->low);
    d.close = bar->close;
  }
  if (opens) d.expected_usd = measure.expected_usd;  // as the first message says it; a sum has an offset of its own
  if (opens || measure.z > d.peak.z) d.peak = measure, d.peak_at = finding.at;
  const auto view = state.profile.view(state.recent.back().opened_at);
  d.profile = view ? std::optional(look_at(*view, measure.open, measure.close)) : std::nullopt;
  if (opens) {
    state.episode->direction = direction_of(measure, d.profile, d.thresholds);
    d.direction = state.episode->direction;
  }
  finding.direction = state.episode->direction;
  if (d.profile) add_evidence(*d.profile, finding.evidence);
  finding.memo = memo_of(d);
  if (finding.direction != desk::Direction::none && d.profile) add_setup(key, state, d, finding);
  finding.phase = d.phase;
  finding.tier = d.tier;
  finding.fires = true;
  const auto& newest = state.recent.back();
  finding.message = [details = std::make_shared<const SpikeDetails>(d),
                     volumes =
                         state.baseline.recent_volumes(drawn_bars, newest.opened_at, std::log1p(newest.volume_usd))] {
    return spike_message(*details, volumes);
  };
  out.push_back(std::move(finding));
}

void Detector::add_setup(const Key& key, const State& state, const SpikeDetails& details,
                         desk::Finding& finding) const {
  desk::Setup& setup = finding.setup.emplace();
  setup.exchange = key.first;
  setup.symbol = key.second;
  setup.price = details.close;
  setup.atr_1h = state.hour_atr.value();
  setup.factors = factors(details.now, *details.profile, finding.direction, state.atr.value());
}

void Detector::close(const Key& key, State& state, base::WallTime at, std::string note, desk::Findings& out) {
  SpikeDetails d = std::move(state.episode->details);
  const auto direction = state.episode->direction;
  state.episode.reset();
  open_.erase(key);
  d.phase = desk::Phase::close;
  d.note = std::move(note);
  desk::Finding finding = candidate_of(key, at);
  name(key, finding);
  finding.phase = desk::Phase::close;
  finding.direction = direction;
  finding.tier = d.tier;
  finding.strength = d.peak.z;
  finding.fires = true;
  finding.event_id = finding.key + "/close/" + std::to_string(base::to_ms(d.since));
  finding.evidence = evidence(d.peak, d.thresholds);
  finding.evidence.push_back({"total_usd", d.total_usd, std::nullopt});
  finding.missing = d.note;
  finding.message = [details = std::make_shared<const SpikeDetails>(std::move(d))] { return spike_message(*details); };
  out.push_back(std::move(finding));
}

void Detector::on_time(base::WallTime now, desk::Findings& out) {
  for (auto at = open_.begin(); at != open_.end();) {
    const Key key = *at++;  // close() erases it
    State& state = states_.at(key);
    if (now - state.episode->details.until > settings_.silence_close + settings_.bar_length)
      close(key, state, now, "No bars arrive any more: the end was not seen", out);
  }
}

base::WallTime Detector::due() const {
  auto out = desk::never;
  for (const auto& key : open_) {
    const auto& details = states_.at(key).episode->details;
    out = std::min(out, details.until + settings_.silence_close + settings_.bar_length);
  }
  return out;
}

}  // namespace volume
