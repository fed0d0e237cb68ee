// A cascade's life beyond its events: it goes on over a restart; when it has ended the market is looked at, and the
// reversal is judged once.
#include <algorithm>
#include <memory>

#include "bots/liquidation/detector.hpp"
#include "bots/liquidation/memo.hpp"

namespace liquidation {

namespace {

std::optional<double> lean(const std::optional<market::NearDepth>& depth) {
  if (!depth || !(depth->bids.usd + depth->asks.usd > 0)) return std::nullopt;
  return (depth->bids.usd - depth->asks.usd) / (depth->bids.usd + depth->asks.usd);
}

}  // namespace

void Detector::begin_aftermath(const Open& open, Side& side, const Episode& episode, base::WallTime now) {
  Aftermath& after = side.aftermath.emplace();
  after.since = episode.since;
  after.closed_at = now;
  after.liquidated_usd = episode.total_usd;
  after.other_usd = episode.other_side_usd;
  const auto largest = std::max_element(episode.by_contract.begin(), episode.by_contract.end(),
                                        [](const auto& a, const auto& b) { return a.second < b.second; });
  std::tie(after.exchange, after.symbol) = largest->first;
  waiting_.insert(open);
}

void Detector::sampled(const std::string& name, Asset& asset, const market::Event& event,
                       const market::Instrument& instrument, desk::Findings& out) {
  const auto hear = [&](Sample& sample) {
    if (const auto* trade = std::get_if<market::Trade>(&event)) sample.on_trade(*trade);
    if (const auto* depth = std::get_if<market::Depth>(&event)) sample.on_depth(*depth, instrument);
  };
  for (const auto of : {market::PositionSide::long_side, market::PositionSide::short_side}) {
    Side& side = asset.side(of);
    if (side.episode) hear(side.episode->sample);
    if (!side.aftermath) continue;
    hear(side.aftermath->sample);
    // The trades come first, then the book.
    const auto at = std::max(side.aftermath->closed_at, market::received_at(event));
    if (std::holds_alternative<market::Depth>(event)) judge_reversal({name, of}, at, out);
  }
}

void Detector::judge_reversal(const Open& open, base::WallTime now, desk::Findings& out) {
  Asset& asset = assets_.find(open.first)->second;
  Side& side = asset.side(open.second);
  const Aftermath after = std::move(*side.aftermath);
  side.aftermath.reset();
  waiting_.erase(open);
  const ReversalThresholds& thresholds = settings_.reversal;
  const auto price = asset.price.move(now);
  ReversalMeasure m;
  m.side = open.second;
  m.liquidated_usd = after.liquidated_usd;
  m.other_usd = after.other_usd;
  m.taker_buy_share = after.sample.taker_buy_share();
  m.band_position = asset.price.band_position(now, thresholds.band_width);
  m.depth_lean = lean(after.sample.depth());
  const market::Instrument* instrument = resolve_(after.exchange, after.symbol);
  if (price.source == PriceSource::market && instrument != nullptr) m.price = price.to;
  side.looked_back = {now, m};

  const ReversalLack lack = decide(m, thresholds);
  desk::Finding finding;
  finding.kind = "reversal";
  finding.subject = open.first;
  finding.symbol = open.first;
  finding.key = "reversal/" + open.first + "/" + std::string(to_string(open.second));
  finding.event_id = finding.key + "/" + std::to_string(base::to_ms(after.since));
  finding.at = now;
  finding.direction =
      open.second == market::PositionSide::long_side ? desk::Direction::long_side : desk::Direction::short_side;
  finding.needs_direction = true;
  finding.evidence = evidence(m, thresholds);
  const auto all = factors(m, thresholds);
  finding.strength = score_of(all);
  finding.fires = lack == ReversalLack::nothing;
  const auto unmeasured = missing_in(all);
  finding.missing = finding.fires ? (unmeasured.empty() ? "" : "not measured: " + unmeasured) : to_string(lack);
  if (finding.fires) {
    desk::Setup& setup = finding.setup.emplace();
    setup.exchange = after.exchange;
    setup.symbol = after.symbol;
    setup.price = *m.price * instrument->unit_multiplier;
    setup.factors = all;
    auto details = std::make_shared<ReversalDetails>();
    details->asset = open.first;
    details->exchange_title = settings_.title_of(after.exchange);
    details->symbol = after.symbol;
    details->measure = m;
    details->thresholds = thresholds;
    details->price = setup.price;
    details->tick_size = instrument->tick_size;
    details->since = after.since;
    details->closed_at = after.closed_at;
    details->at = now;
    finding.message = [d = std::shared_ptr<const ReversalDetails>(details)] { return reversal_message(*d); };
  }
  out.push_back(std::move(finding));
}

void Detector::resume(const std::string& key, std::string_view memo, base::WallTime now) {
  constexpr std::string_view kind = "cascade/";
  const auto slash = key.rfind('/');
  if (!key.starts_with(kind) || slash < kind.size()) return;
  const std::string name = key.substr(kind.size(), slash - kind.size());
  const auto of = key.substr(slash + 1) == to_string(market::PositionSide::long_side)
                      ? market::PositionSide::long_side
                      : market::PositionSide::short_side;
  auto episode = read_memo(memo);
  Asset* asset = episode && key == cascade_key(name, of) ? asset_of(name) : nullptr;
  if (asset == nullptr) return;
  for (const auto& [exchange, share] : episode->by_exchange) episode->counted_until[exchange] = share.newest;
  episode->blind_until = now;
  episode->was_blind = true;
  const std::string_view away = "orders while the bot was away";
  if (episode->unchecked.find(away) == std::string::npos)
    episode->unchecked += (episode->unchecked.empty() ? "" : "; ") + std::string(away);
  asset->side(of).episode = std::move(*episode);
  open_.insert({name, of});
}

}  // namespace liquidation
