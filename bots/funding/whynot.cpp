// The newest look of every rule, for whoever asks.
#include "bots/funding/detector.hpp"

namespace funding {

namespace {

desk::Evaluation evaluation(std::string_view kind, const std::string& exchange, std::string_view symbol,
                            base::WallTime at) {
  desk::Evaluation out;
  out.kind = kind;
  out.exchange = exchange;
  out.symbol = symbol;
  out.at = at;
  return out;
}

}  // namespace

void Detector::evaluations_of(const Key& key, const Contract& contract, std::vector<desk::Evaluation>& out) const {
  const auto add = [&](std::string_view kind, base::WallTime at, std::vector<desk::Measured> conditions,
                       std::string_view missing) {
    auto one = evaluation(kind, key.first, key.second, at);
    one.conditions = std::move(conditions);
    one.missing = missing;
    out.push_back(std::move(one));
  };
  if (contract.stale_at) return add("funding_extreme", *contract.stale_at, {}, to_string(Lack::stale));
  if (!contract.interval && contract.running_at)
    return add("funding_extreme", *contract.running_at, {}, "interval not known: it takes part in no comparison");
  if (const auto& look = contract.extreme) {
    const auto thresholds = settings_.extreme_for(key.second);
    add("funding_extreme", look->at, evidence(look->measure, thresholds),
        to_string(decide(look->measure, thresholds).lack));
  }
  if (const auto& look = contract.flip)
    add("funding_flip", look->at, evidence(look->measure, settings_.flip_r8_min),
        to_string(decide(look->measure, settings_.flip_r8_min)));
  if (const auto& look = contract.limit)
    add("funding_limit", look->at, evidence(look->measure), to_string(decide(look->measure)));
  if (const auto& look = contract.calm)
    add("funding_calm", look->at, evidence(look->measure, settings_.clock),
        to_string(decide(look->measure, settings_.clock)));
}

std::vector<desk::Evaluation> Detector::last_evaluations(std::string_view symbol) const {
  std::vector<desk::Evaluation> out;
  for (const auto& [key, contract] : contracts_)
    if (key.second == symbol || asset_of(key.first, key.second) == symbol) evaluations_of(key, contract, out);
  const auto asset = assets_.find(std::string(symbol));
  if (asset == assets_.end() || !asset->second.judged()) return out;
  const auto& [at, measure] = *asset->second.judged();
  auto spread = evaluation("funding_spread", "", symbol, at);
  spread.conditions = evidence(measure, settings_.spread);
  spread.missing = to_string(decide(measure, settings_.spread));
  out.push_back(std::move(spread));
  return out;
}

}  // namespace funding
