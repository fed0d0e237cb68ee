#include "bots/liquidation/detector.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "bots/liquidation/memo.hpp"
#include "bots/liquidation/message.hpp"

namespace liquidation {

namespace {

constexpr base::Millis clock_lead_max{5'000};
constexpr std::size_t span_10s = 0;
constexpr std::size_t span_60s = 1;
constexpr std::size_t span_300s = 2;

/// The notional in USD, where it can be known.
std::optional<double> notional(const market::Liquidation& e) {
  std::optional<double> usd = e.usd;
  if (!usd && e.base) usd = *e.base * e.price;
  return usd && std::isfinite(*usd) && *usd > 0 ? usd : std::nullopt;
}

std::string asset_name(const market::Instrument* instrument, const std::string& symbol) {
  return instrument != nullptr && !instrument->asset.empty() ? instrument->asset : symbol;
}

double multiplier(const market::Instrument* instrument) {
  return instrument != nullptr ? instrument->unit_multiplier : 1;
}

market::PositionSide other(market::PositionSide side) {
  return side == market::PositionSide::long_side ? market::PositionSide::short_side : market::PositionSide::long_side;
}

void add_evidence(const std::optional<InterestChange>& change, std::vector<desk::Measured>& out) {
  if (!change) return;
  out.push_back({"open_interest_change_coins", change->coins, std::nullopt});
  out.push_back({"open_interest_change", change->share, std::nullopt});
}

}  // namespace

Detector::Detector(Settings settings, Resolve resolve) : settings_(std::move(settings)), resolve_(std::move(resolve)) {}

Asset* Detector::asset_of(const std::string& name) {
  const auto known = assets_.find(name);
  if (known != assets_.end()) return &known->second;
  return assets_.size() < settings_.assets_max ? &assets_[name] : nullptr;
}

void Detector::on_event(const market::Event& event, desk::Findings& out) {
  if (const auto* liquidation = std::get_if<market::Liquidation>(&event)) return on_liquidation(*liquidation, out);
  if (const auto* gap = std::get_if<market::Gap>(&event)) return on_gap(*gap);
  const auto* candle = std::get_if<market::Candle>(&event);
  const auto* ticker = std::get_if<market::Ticker>(&event);
  const auto* interest = std::get_if<market::OpenInterest>(&event);
  const bool sample = std::holds_alternative<market::Trade>(event) || std::holds_alternative<market::Depth>(event);
  if (candle == nullptr && ticker == nullptr && interest == nullptr && !sample) return;
  const market::Instrument* instrument = resolve_(market::exchange_of(event), market::symbol_of(event));
  if (instrument == nullptr) return;  // without its unit the price cannot be compared
  Asset* asset = asset_of(asset_name(instrument, instrument->symbol));
  if (asset == nullptr) return;
  if (sample) return sampled(asset_name(instrument, instrument->symbol), *asset, event, *instrument, out);
  if (interest != nullptr) asset->interest.hear(*interest, *instrument);
  if (candle != nullptr) asset->price.on_candle(*candle, multiplier(instrument));
  if (ticker != nullptr) asset->price.on_ticker(*ticker, multiplier(instrument));
}

void Detector::on_liquidation(const market::Liquidation& event, desk::Findings& out) {
  feeds_.heard(event.exchange);
  const auto usd = notional(event);
  if (!usd || !seen_.first_time(market::identity(event))) return;
  const market::Instrument* instrument = resolve_(event.exchange, event.symbol);
  const std::string name = asset_name(instrument, event.symbol);
  Asset* asset = asset_of(name);
  if (asset == nullptr) return;
  Counted counted;
  // A clock that leads would make every other exchange's events look old.
  counted.print = {.exchange = event.exchange,
                   .at = std::min(event.at, event.received_at + clock_lead_max),
                   .usd = *usd,
                   .symbol = event.symbol};
  counted.event = event;
  counted.instrument = instrument;
  counted.late = event.at + settings_.late_after < event.received_at;
  if (event.price > 0) asset->price.on_liquidation(counted.print.at, event.price / multiplier(instrument));
  if (settings_.sampled_exchanges.contains(event.exchange)) asset->busy[event.exchange].mark(counted.print.at);
  judge_print(name, *asset, counted, out);
  if (event.side) judge_cascade(name, *asset, counted, out);
  (void)asset->prints.add(counted.print.at, *usd);
  asset->count_minute(counted.print.at, *usd);
}

void Detector::judge_print(const std::string& name, Asset& asset, const Counted& counted, desk::Findings& out) const {
  const PrintThresholds thresholds = settings_.print_for(name);
  PrintMeasure m;
  m.usd = counted.print.usd;
  m.events = asset.prints.count();
  m.quantile995 = asset.prints.quantile(0.995);
  const market::Liquidation& event = counted.event;
  desk::Finding finding;
  finding.kind = "large_print";
  finding.exchange = event.exchange;
  finding.subject = event.exchange + " " + event.symbol;
  finding.symbol = event.symbol;
  finding.key = "large_print/" + event.exchange + "/" + event.symbol;
  finding.event_id = market::identity(event);
  finding.strength = m.usd;
  finding.at = counted.print.at;
  finding.evidence = evidence(m, thresholds);
  asset.looked = {finding.at, m};
  const bool large = m.usd >= print_level(m, thresholds);
  finding.fires = large && !counted.late;
  if (!finding.fires) finding.missing = counted.late ? to_string(CascadeLack::late) : "usd";
  if (finding.fires) {
    auto details = std::make_shared<PrintDetails>();
    details->asset = name;
    details->symbol = event.symbol;
    details->exchange_title = settings_.title_of(event.exchange);
    details->side = event.side;
    details->usd = m.usd;
    details->price = event.price;
    details->base_units = event.base;
    if (counted.instrument != nullptr) details->tick_size = counted.instrument->tick_size;
    if (counted.instrument != nullptr) details->base = counted.instrument->base;
    details->at = event.at;
    details->measure = m;
    details->thresholds = thresholds;
    finding.message = [details = std::shared_ptr<const PrintDetails>(details)] { return print_message(*details); };
  }
  out.push_back(std::move(finding));
}

void Detector::judge_cascade(const std::string& name, Asset& asset, const Counted& counted, desk::Findings& out) {
  const market::PositionSide of = *counted.event.side;
  Side& side = asset.side(of);
  if (side.episode) close_if_calm({name, of}, counted.print.at, out);  // this one may begin another
  if (!side.add(counted.print)) return;                                // older than every sum
  side.run.count(counted.print, settings_.cascade_for(name).lull);
  Side& opposite = asset.side(other(of));
  if (opposite.episode) opposite.episode->other_side_usd += counted.print.usd;

  CascadeMeasure m;
  m.side = of;
  m.sum_10s_usd = side.sums.total(span_10s).sum;
  m.sum_60s_usd = side.sums.total(span_60s).sum;
  m.sum_300s_usd = side.sums.total(span_300s).sum;
  m.events_60s = side.sums.total(span_60s).count;
  m.exchanges_60s = side.exchanges();
  m.minutes = asset.minutes().count();
  m.quantile95 = asset.minutes().quantile(0.95);
  m.price = asset.price.move(side.newest);

  const CascadeThresholds thresholds = settings_.cascade_for(name);
  const CascadeDecision decision = decide(m, thresholds);
  const double level = side.episode ? side.episode->level_usd : opening_level(m, thresholds);
  desk::Finding finding;
  finding.kind = "cascade";
  finding.subject = name;
  finding.symbol = name;
  finding.key = cascade_key(name, of);
  finding.event_id = market::identity(counted.event);
  finding.strength = side.run.strength_usd();
  finding.at = side.newest;
  side.looked = {side.newest, m};
  finding.tier = std::max(1, tier_of(m.sum_60s_usd, level, thresholds));
  finding.evidence = evidence(m, thresholds, level);
  const bool opens = decision.lack == CascadeLack::nothing && !counted.late;
  if (!side.episode && !opens) {
    finding.missing = to_string(counted.late ? CascadeLack::late : decision.lack);
    out.push_back(std::move(finding));
    return;
  }
  if (!side.episode) {
    Episode& episode = side.episode.emplace();
    open_.insert({name, of});
    side.aftermath.reset();  // it goes on
    waiting_.erase({name, of});
    episode.level_usd = level;
    episode.unchecked = decision.unchecked;
    opposite.advance(side.newest);
    episode.other_side_usd = opposite.sums.total(span_60s).sum;
    for (const Print& print : side.recent) {
      if (print.at > side.newest - base::Millis{60'000}) episode.count(print);  // late ones may stand behind newer
    }
    finding.phase = desk::Phase::open;
  } else {
    side.episode->count(counted.print);
    finding.phase = desk::Phase::update;
  }
  go_on(name, asset, m, counted, std::move(finding), out);
}

void Detector::go_on(const std::string& name, Asset& asset, const CascadeMeasure& measure, const Counted& counted,
                     desk::Finding finding, desk::Findings& out) {
  Episode& episode = *asset.side(measure.side).episode;
  episode.tier = std::max(episode.tier, finding.tier);
  episode.follow(measure.price, measure.side);
  if (measure.sum_60s_usd > episode.peak_60s_usd) {
    episode.peak_60s_usd = measure.sum_60s_usd;
    episode.peak_at = finding.at;
  }
  finding.tier = episode.tier;
  finding.fires = true;
  finding.missing = episode.unchecked;
  episode.sample.add_evidence(finding.evidence);
  CascadeDetails shown = details(name, asset, episode, measure, counted.print.at);
  add_evidence(shown.interest, finding.evidence);
  finding.memo = memo_of(episode);
  shown.phase = finding.phase;
  finding.message = [d = std::make_shared<const CascadeDetails>(std::move(shown))] { return cascade_message(*d); };
  out.push_back(std::move(finding));
}

CascadeDetails Detector::details(const std::string& name, const Asset& asset, const Episode& episode,
                                 const CascadeMeasure& measure, base::WallTime now) const {
  CascadeDetails d;
  d.asset = name;
  d.tier = episode.tier;
  d.level_usd = episode.level_usd;
  d.since = episode.since;
  d.until = episode.until;
  d.now = measure;
  d.total_usd = episode.total_usd;
  d.events = episode.events;
  d.other_side_usd = episode.other_side_usd;
  for (const auto& [exchange, share] : episode.by_exchange)
    d.by_exchange.push_back({.exchange_title = settings_.title_of(exchange), .usd = share.usd, .events = share.events});
  std::stable_sort(d.by_exchange.begin(), d.by_exchange.end(),
                   [](const auto& a, const auto& b) { return a.usd > b.usd; });
  d.peak_60s_usd = episode.peak_60s_usd;
  d.peak_at = episode.peak_at;
  d.largest_usd = episode.largest.usd;
  d.largest_exchange_title = settings_.title_of(episode.largest.exchange);
  d.price_source = episode.price_source;
  d.price_from = episode.price_from;
  d.price_extreme = episode.price_extreme;
  d.price_to = episode.price_to;
  d.coverage = feeds_.view(now);
  for (const auto& [exchange, busy] : asset.busy) {
    if (episode.by_exchange.contains(exchange))
      d.coverage.saturated.push_back({.exchange = settings_.title_of(exchange), .seconds = busy.count(now)});
  }
  for (auto& lost : d.coverage.lost) lost.exchange = settings_.title_of(lost.exchange);
  for (auto& gap : d.coverage.gaps) gap = settings_.title_of(gap);
  d.thresholds = settings_.cascade_for(name);
  d.sample = episode.sample;
  if (measure.price.source != PriceSource::none) d.interest = asset.interest.since(episode.since, measure.price.to);
  if (measure.price.source == PriceSource::none) d.interest = asset.interest.since(episode.since, std::nullopt);
  if (!d.sample.exchange().empty()) d.sample_title = settings_.title_of(d.sample.exchange());
  if (!episode.unchecked.empty()) d.note = "Not checked: " + episode.unchecked;
  return d;
}

void Detector::on_gap(const market::Gap& gap) {
  if (gap.topic != market::Topic::liquidations) return;
  feeds_.gap(gap.exchange, gap.to);
  for (const auto& [name, of] : open_) {
    Episode& episode = *assets_.find(name)->second.side(of).episode;
    if (!episode.by_exchange.contains(gap.exchange) || gap.to < episode.since) continue;
    episode.blind_until = std::max(episode.blind_until, gap.to);
    episode.was_blind = true;
  }
}

bool Detector::blind(const Episode& episode) const {
  return std::any_of(episode.by_exchange.begin(), episode.by_exchange.end(),
                     [this](const auto& share) { return feeds_.state(share.first) != FeedState::live; });
}

void Detector::close_if_calm(const Open& open, base::WallTime now, desk::Findings& out) {
  Asset& asset = assets_.find(open.first)->second;
  Side& side = asset.side(open.second);
  Episode& episode = *side.episode;
  const CascadeThresholds thresholds = settings_.cascade_for(open.first);
  const base::WallTime fell = side.sums.falls_below(span_60s, thresholds.close_share * episode.peak_60s_usd);
  const bool given_up = now >= std::max(fell, episode.until) + thresholds.blind_close;
  if (!given_up && blind(episode)) {
    episode.blind_until = std::max(episode.blind_until, now);
    episode.was_blind = true;
    return;
  }
  if (!given_up && now < std::max(fell, episode.blind_until) + thresholds.close_after) return;

  CascadeMeasure m;
  m.side = open.second;
  m.price = asset.price.move(now);
  episode.follow(m.price, open.second);
  CascadeDetails shown = details(open.first, asset, episode, m, now);
  shown.phase = desk::Phase::close;
  desk::Finding finding;
  finding.kind = "cascade";
  finding.subject = open.first;
  finding.symbol = open.first;
  finding.key = cascade_key(open.first, open.second);
  finding.event_id = finding.key + "/close/" + std::to_string(base::to_ms(episode.since));
  finding.phase = desk::Phase::close;
  finding.tier = episode.tier;
  finding.strength = episode.peak_60s_usd;
  finding.fires = true;
  finding.at = now;
  finding.evidence = {{"total_usd", episode.total_usd, std::nullopt},
                      {"peak_60s_usd", episode.peak_60s_usd, episode.level_usd},
                      {"events", static_cast<double>(episode.events), std::nullopt}};
  episode.sample.add_evidence(finding.evidence);
  add_evidence(shown.interest, finding.evidence);
  if (const auto missing = episode.sample.missing(); !missing.empty()) finding.missing = "not sampled: " + missing;
  if (episode.was_blind) {
    finding.missing = std::string("coverage: a feed of it was lost meanwhile") + (finding.missing.empty() ? "" : "; ") +
                      finding.missing;
    shown.note = "Coverage: a feed of it was lost meanwhile, the total is a lower bound";
  }
  begin_aftermath(open, side, episode, now);
  side.episode.reset();
  open_.erase(open);
  finding.message = [d = std::make_shared<const CascadeDetails>(std::move(shown))] { return cascade_message(*d); };
  out.push_back(std::move(finding));
}

void Detector::on_time(base::WallTime now, desk::Findings& out) {
  for (auto at = open_.begin(); at != open_.end();) {
    const Open open = *at++;  // a close erases it
    close_if_calm(open, now, out);
  }
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    const Open open = *at++;  // what is judged is erased
    const auto& aftermath = *assets_.find(open.first)->second.side(open.second).aftermath;
    if (now >= aftermath.closed_at + settings_.reversal.sample_within) judge_reversal(open, now, out);
  }
}

base::WallTime Detector::due() const { return open_.empty() && waiting_.empty() ? desk::never : base::WallTime::min(); }

std::optional<std::string> Detector::save(std::string_view asset) const {
  const auto known = assets_.find(asset);
  return known == assets_.end() ? std::nullopt : std::optional(known->second.save());
}

base::Result<void> Detector::restore(const std::string& asset, std::string_view blob) {
  Asset* known = asset_of(asset);
  return known == nullptr ? base::Result<void>() : known->restore(blob);
}

void Detector::for_each(const std::function<void(const std::string&)>& visit) const {
  for (const auto& [name, unused] : assets_) visit(name);
}

}  // namespace liquidation
