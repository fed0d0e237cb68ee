#include "bots/liquidation/interest.hpp"

namespace liquidation {

namespace {
constexpr base::Millis step{120'000};
constexpr std::size_t kept = 20;
constexpr base::Millis before_max = std::chrono::minutes{30};
}  // namespace

void AssetInterest::hear(const market::OpenInterest& interest, const market::Instrument& instrument) {
  if (!interest.base || !(*interest.base > 0)) return;
  auto& path = contracts_.try_emplace(interest.exchange + "/" + interest.symbol, step, kept).first->second;
  (void)path.add(time_of(interest), *interest.base * instrument.unit_multiplier);
}

std::optional<InterestChange> AssetInterest::since(base::WallTime moment, std::optional<double> price_per_coin) const {
  InterestChange out;
  double before = 0;
  for (const auto& [name, path] : contracts_) {
    const auto newest = path.newest(), old = path.before(moment, before_max);
    if (!newest || !old || newest->at <= moment) continue;
    before += old->value;
    out.coins += newest->value - old->value;
    ++out.contracts;
  }
  if (out.contracts == 0) return std::nullopt;
  out.share = out.coins / before;
  if (price_per_coin) out.usd = out.coins * *price_per_coin;
  return out;
}

}  // namespace liquidation
