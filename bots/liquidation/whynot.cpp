// The newest look of every rule at an asset, for whoever asks.
#include "bots/liquidation/detector.hpp"

namespace liquidation {

std::vector<desk::Evaluation> Detector::last_evaluations(std::string_view symbol) const {
  std::vector<desk::Evaluation> out;
  const auto known = assets_.find(symbol);
  if (known == assets_.end()) return out;
  const auto& [name, asset] = *known;
  const auto add = [&, asset_name = name](const std::string& kind, base::WallTime at,
                                          std::vector<desk::Measured> conditions, std::string_view missing) {
    desk::Evaluation one;
    one.kind = kind;
    one.symbol = asset_name;
    one.at = at;
    one.conditions = std::move(conditions);
    one.missing = missing;
    out.push_back(std::move(one));
  };
  if (const auto& look = asset.looked) {
    const auto thresholds = settings_.print_for(name);
    add("large_print", look->at, evidence(look->measure, thresholds),
        look->measure.usd >= print_level(look->measure, thresholds) ? "" : "usd");
  }
  for (const auto of : {market::PositionSide::long_side, market::PositionSide::short_side}) {
    const Side& side = asset.sides.at(static_cast<std::size_t>(of));
    const std::string sides = " of " + std::string(to_string(of)) + "s";
    if (const auto& look = side.looked) {
      const auto thresholds = settings_.cascade_for(name);
      const double level = side.episode ? side.episode->level_usd : opening_level(look->measure, thresholds);
      add("cascade" + sides, look->at, evidence(look->measure, thresholds, level),
          to_string(decide(look->measure, thresholds).lack));
    }
    if (const auto& look = side.looked_back)
      add("reversal" + sides, look->at, evidence(look->measure, settings_.reversal),
          to_string(decide(look->measure, settings_.reversal)));
  }
  return out;
}

}  // namespace liquidation
