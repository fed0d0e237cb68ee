#include "bots/funding/detector.hpp"

#include <cmath>
#include <memory>

namespace funding {

namespace {

using std::chrono::minutes;

constexpr base::Millis sweep_every{60'000};
constexpr base::Millis rank_age_max{900'000};
constexpr base::Millis settlement_grace{300'000};
constexpr base::Millis interval_slack{120'000};  // clocks, and times of settlements that are not whole hours

/// The settlement that a rate belongs to, in minutes since 1970; where it is not published, the end of the interval
/// that holds `now` on the UTC grid.
std::int64_t settlement_minute(const market::Funding& event, minutes interval) {
  if (event.settles_at) return base::to_ms(*event.settles_at + base::Millis{30'000}) / 60'000;
  const std::int64_t now = base::to_ms(time_of(event)) / 60'000;
  return (now / interval.count() + 1) * interval.count();
}

bool is_rate(const std::optional<double>& rate) { return rate && std::isfinite(*rate) && std::fabs(*rate) <= 1; }

}  // namespace

Detector::Detector(Settings settings, Resolve resolve) : settings_(std::move(settings)), resolve_(std::move(resolve)) {}

std::string Detector::asset_of(const std::string& exchange, const std::string& symbol) const {
  const auto* instrument = resolve_ ? resolve_(exchange, symbol) : nullptr;
  return instrument != nullptr && !instrument->asset.empty() ? instrument->asset : symbol;
}

void Detector::on_event(const market::Event& event, desk::Findings& out) {
  if (const auto* interest = std::get_if<market::OpenInterest>(&event)) {
    if (const auto asset = assets_.find(asset_of(interest->exchange, interest->symbol)); asset != assets_.end())
      asset->second.hear_open_interest(*interest);
    if (const auto known = contracts_.find(Key(interest->exchange, interest->symbol)); known != contracts_.end())
      known->second.interest.hear(*interest);
    return;
  }
  const auto* funding = std::get_if<market::Funding>(&event);
  if (funding == nullptr) return;
  const Key key(funding->exchange, funding->symbol);
  auto known = contracts_.find(key);
  if (known == contracts_.end()) {
    if (contracts_.size() >= settings_.contracts_max) return;
    known = contracts_.try_emplace(key, settings_.history).first;
  }
  if (funding->settled) return on_settled(key, known->second, *funding, out);
  on_running(key, known->second, *funding, out);
}

void Detector::on_running(const Key& key, Contract& contract, const market::Funding& event, desk::Findings& out) {
  learn_interval(contract, event);
  if (!is_rate(event.rate)) return;
  contract.running_at = event.received_at;
  if (!contract.listens_since) contract.listens_since = event.received_at;
  if (!contract.interval) return unrank(key.first, contract);  // takes part in no comparison
  if (event.settles_at && *event.settles_at > time_of(event) + *contract.interval + interval_slack)
    return unrank(key.first, contract);  // it changed, and to what is not known yet
  if (is_stale(event)) return tell_stale(key, contract, event, out);
  contract.stale_at.reset();
  if (const auto before = contract.interval_watch.stated(*contract.interval))
    tell_interval(key, event, *before, *contract.interval, out);
  rank(key.first, contract, std::fabs(to_r8(*event.rate, *contract.interval)), event.received_at, rank_age_max);
  if (settings_.spread.mode == Mode::statistical) hear_spread(key, event, *contract.interval);
  judge_extreme(key, contract, event, *contract.interval, out);
  judge_flip(key, contract, event, *contract.interval, out);
  judge_limit(key, contract, event, *contract.interval, out);
}

void Detector::on_settled(const Key& key, Contract& contract, const market::Funding& event, desk::Findings& out) {
  if (!is_rate(event.rate) || !event.settles_at || contract.history.knows(*event.settles_at)) return;
  const bool fresh = event.received_at <= *event.settles_at + settings_.late_after;
  std::optional<minutes> interval = event.interval ? event.interval : contract.interval;
  // Nobody states it: the time since the settlement before, unless one is missing in between.
  if (const auto before = contract.history.newest(); before && !interval) {
    interval = interval_between(*before, *event.settles_at);
    const auto changed = interval ? contract.interval_watch.spaced(*interval) : std::nullopt;
    if (changed && fresh) tell_interval(key, event, *changed, *interval, out);
  }
  // What settled while this bot listened is judged also when its turn in the queue came too late: the reason is named.
  const bool listened = contract.listens_since && *event.settles_at >= *contract.listens_since;
  if ((fresh || listened) && interval && interval->count() > 0) judge_flip(key, contract, event, *interval, out);
  if (fresh && interval && interval->count() > 0) {
    if (settings_.spread.mode == Mode::threshold) hear_spread(key, event, *interval);
    // Where the running rate is heard, it was judged by that; a settlement told late must not be judged again.
    if (!contract.running_at || *contract.running_at + 2 * *interval < event.received_at) {
      rank(key.first, contract, std::fabs(to_r8(*event.rate, *interval)), event.received_at, 2 * *interval);
      judge_extreme(key, contract, event, *interval, out);
    }
  }
  if (contract.history.add(*event.settles_at, *event.rate, event.interval)) contract.figures.reset();
  if (fresh) judge_calm(key, contract, event, out);
}

void Detector::judge_extreme(const Key& key, Contract& contract, const market::Funding& event, minutes interval,
                             desk::Findings& out) {
  const ExtremeThresholds thresholds = settings_.extreme_for(event.symbol);
  if (!contract.figures) contract.figures = contract.history.figures(contract.interval);
  const History::Figures& figures = *contract.figures;
  const Exchange& exchange = exchanges_[key.first];
  const std::int64_t settlement = settlement_minute(event, interval);

  ExtremeMeasure m;
  m.r8 = to_r8(*event.rate, interval);
  m.apr = to_apr(*event.rate, interval);
  m.settlements = figures.settlements;
  if (figures.settlements > 0) m.z = stats::robust_z(m.r8, figures.r8, thresholds.mad_floor_r8);
  m.contracts = exchange.ranking.size();
  m.above = exchange.ranking.above(std::fabs(m.r8));
  m.ranking_complete = exchange.complete;
  m.said_this_interval = contract.said.extreme_minute == settlement;
  if (std::fabs(m.r8) < thresholds.rearm_share * thresholds.r8_threshold) contract.said.disarmed = false;
  m.disarmed = contract.said.disarmed;

  const ExtremeDecision decision = decide(m, thresholds);
  desk::Finding finding = finding_of(key, "funding_extreme", event);
  finding.strength = std::fabs(m.r8);
  finding.direction = m.r8 > 0 ? desk::Direction::short_side : desk::Direction::long_side;
  finding.evidence = evidence(m, thresholds);
  finding.fires = decision.lack == Lack::nothing;
  finding.missing = to_string(decision.lack);
  contract.extreme = {finding.at, m};
  if (finding.fires) {
    contract.said.extreme_minute = settlement;
    contract.said.disarmed = true;
    if (decision.rank_skipped) finding.missing = "top share of the exchange: too few contracts known, skipped";
    auto details = std::make_shared<ExtremeDetails>();
    details->rate = rate_details(event, interval);
    details->measure = m;
    details->thresholds = thresholds;
    details->usual_r8 = figures.r8;
    details->rank_skipped = decision.rank_skipped;
    details->settled_r8 = contract.history.recent(drawn_settlements, finding.at, contract.interval);
    details->interest_change_24h = contract.interest.change_24h(finding.at);
    if (event.mark) {
      finding.setup.emplace();
      finding.setup->exchange = key.first;
      finding.setup->symbol = key.second;
      finding.setup->price = *event.mark;
      finding.setup->factors = factors(details->interest_change_24h, thresholds);
    }
    finding.message = [details = std::shared_ptr<const ExtremeDetails>(details)] { return extreme_message(*details); };
  }
  out.push_back(std::move(finding));
}

void Detector::judge_flip(const Key& key, Contract& contract, const market::Funding& event, minutes interval,
                          desk::Findings& out) {
  // A running rate is held against the settlement right before the one it leads to. For some seconds after a settlement
  // that one is not fetched yet, and what is known from before would tell of a turn that has already happened.
  const base::WallTime now = event.settles_at.value_or(time_of(event));
  const auto before = contract.history.last_before(now, contract.interval);
  if (!before) return;
  const bool forerunner = before->at + interval + settlement_grace >= now;
  if (event.settled || !event.settles_at ? before->at < now - 2 * std::max(interval, before->interval) : !forerunner)
    return;
  const std::int64_t settlement = settlement_minute(event, interval);
  FlipMeasure m;
  m.r8_before = before->r8;
  m.r8_now = to_r8(*event.rate, interval);
  m.predicted = !event.settled;
  m.said_this_interval = m.predicted && contract.said.predicted_minute == settlement;
  m.late = event.settled && event.received_at > *event.settles_at + settings_.late_after;
  const FlipLack lack = decide(m, settings_.flip_r8_min);
  if (m.predicted && lack == FlipLack::sign) return;  // the running rate repeats every few seconds: nothing to tell
  if (m.late && lack != FlipLack::late) return;

  desk::Finding finding = finding_of(key, "funding_flip", event);
  finding.silent = m.predicted;
  if (m.predicted) finding.key = "funding_flip_predicted/" + key.first + "/" + key.second;
  finding.strength = std::fabs(m.r8_now - m.r8_before);
  finding.evidence = evidence(m, settings_.flip_r8_min);
  finding.fires = lack == FlipLack::nothing;
  finding.missing = to_string(lack);
  contract.flip = {finding.at, m};
  if (finding.fires) {
    if (m.predicted) contract.said.predicted_minute = settlement;
    auto details = std::make_shared<FlipDetails>();
    details->rate = rate_details(event, interval);
    details->measure = m;
    details->r8_min = settings_.flip_r8_min;
    details->settled_r8 = contract.history.recent(drawn_settlements, now, contract.interval);
    finding.message = [details = std::shared_ptr<const FlipDetails>(details)] { return flip_message(*details); };
  }
  out.push_back(std::move(finding));
}

void Detector::hear_spread(const Key& key, const market::Funding& event, minutes interval) {
  Quote quote;
  quote.exchange = key.first;
  quote.symbol = key.second;
  quote.rate = *event.rate;
  quote.r8 = to_r8(*event.rate, interval);
  quote.apr = to_apr(*event.rate, interval);
  quote.interval = interval;
  quote.mark = event.mark;
  quote.at = event.settled ? event.settles_at.value_or(event.received_at) : event.received_at;
  assets_[asset_of(key.first, key.second)].hear(quote);
}

void Detector::judge_spreads(base::WallTime now, desk::Findings& out) {
  for (auto& [asset, rates] : assets_) {
    const auto m = rates.measure(now, settings_.spread);
    if (m.exchanges < 2) continue;
    const auto lack = decide(m, settings_.spread);
    desk::Finding finding;
    finding.kind = "funding_spread";
    finding.subject = asset;
    finding.symbol = asset;
    finding.key = "funding_spread/" + asset;
    finding.at = now;
    finding.event_id = "spread/" + asset + "/" + std::to_string(base::to_ms(now));
    finding.strength = m.spread_r8;
    finding.evidence = evidence(m, settings_.spread);
    finding.fires = lack == SpreadLack::nothing;
    finding.missing = to_string(lack);
    if (finding.fires) {
      rates.said();
      auto details = std::make_shared<SpreadDetails>();
      details->asset = asset;
      details->measure = m;
      details->thresholds = settings_.spread;
      details->low_title = settings_.title_of(m.low.exchange);
      details->high_title = settings_.title_of(m.high.exchange);
      details->at = now;
      finding.message = [details = std::shared_ptr<const SpreadDetails>(details)] { return spread_message(*details); };
    }
    out.push_back(std::move(finding));
  }
}

void Detector::rank(const std::string& exchange, Contract& contract, double size, base::WallTime at,
                    base::Millis counts_for) {
  Exchange& all = exchanges_[exchange];
  if (contract.ranked_r8 && at > contract.ranked_at) all.complete = true;
  if (contract.ranked_r8) all.ranking.remove(*contract.ranked_r8);
  all.ranking.add(size);
  contract.ranked_r8 = size;
  contract.ranked_at = at;
  contract.ranked_until = at + counts_for;
}

void Detector::unrank(const std::string& exchange, Contract& contract) {
  if (contract.ranked_r8) exchanges_[exchange].ranking.remove(*contract.ranked_r8);
  contract.ranked_r8.reset();
}

base::Millis Detector::compare_every() const {
  return settings_.spread.mode == Mode::threshold ? base::Millis{3'600'000} : sweep_every;
}

void Detector::on_time(base::WallTime now, desk::Findings& out) {
  // Times on the grid of the interval since 1970, so that a replay and a running bot judge at the same ones.
  if (const auto every = compare_every(); now >= compared_at_ + every + stamp_slack) {
    const auto since = now.time_since_epoch() - stamp_slack;
    compared_at_ = base::WallTime(since - since % every);
    judge_spreads(now, out);
  }
  if (now < swept_at_ + sweep_every) return;
  swept_at_ = now;
  for (auto& [key, contract] : contracts_) {
    if (contract.ranked_r8 && contract.ranked_until < now) unrank(key.first, contract);
  }
}

base::WallTime Detector::due() const {
  return std::min(swept_at_ + sweep_every, compared_at_ + compare_every() + stamp_slack);
}

std::optional<std::string> Detector::save(const std::string& exchange, const std::string& symbol) const {
  const auto known = contracts_.find(Key(exchange, symbol));
  if (known == contracts_.end() || known->second.history.size() == 0) return std::nullopt;
  return known->second.history.save();
}

base::Result<void> Detector::restore(const std::string& exchange, const std::string& symbol, std::string_view blob) {
  return contracts_.try_emplace(Key(exchange, symbol), settings_.history).first->second.history.restore(blob);
}

Detector::Memory Detector::said() const {
  Memory out;
  for (const auto& [key, contract] : contracts_)
    if (contract.said != Said{}) out.emplace(key, contract.said);
  for (const auto& [asset, rates] : assets_) {
    if (!rates.disarmed()) continue;
    Said said;
    said.disarmed = true;
    out.emplace(Key({}, asset), said);
  }
  return out;
}

void Detector::restore_said(const std::string& exchange, const std::string& symbol, const Said& said) {
  if (exchange.empty()) return assets_[symbol].restore(said.disarmed);
  contracts_.try_emplace(Key(exchange, symbol), settings_.history).first->second.said = said;
}

std::optional<base::WallTime> Detector::newest_settlement(const std::string& exchange,
                                                          const std::string& symbol) const {
  const auto known = contracts_.find(Key(exchange, symbol));
  return known == contracts_.end() ? std::nullopt : known->second.history.newest();
}

void Detector::for_each(
    const std::function<void(const std::string& exchange, const std::string& symbol)>& visit) const {
  for (const auto& [key, contract] : contracts_) visit(key.first, key.second);
}

std::size_t Detector::settlements(const std::string& exchange, const std::string& symbol) const {
  const auto known = contracts_.find(Key(exchange, symbol));
  return known == contracts_.end() ? 0 : known->second.history.size();
}

desk::Finding Detector::finding_of(const Key& key, const std::string& kind, const market::Funding& event) const {
  desk::Finding finding;
  finding.kind = kind;
  finding.exchange = key.first;
  finding.feed = market::Topic::funding;
  finding.subject = key.first + " " + key.second;
  finding.symbol = key.second;
  finding.key = kind + "/" + key.first + "/" + key.second;
  finding.event_id = market::identity(event);
  finding.at = time_of(event);
  return finding;
}

}  // namespace funding
