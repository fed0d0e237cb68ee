#include "common/desk/liquidation_bars.hpp"

#include <algorithm>
#include <cmath>

namespace desk {

namespace {
constexpr base::Millis minute{60'000};
}  // namespace

void LiquidationBars::add(const std::string& asset, base::WallTime at, market::PositionSide side, double usd) {
  if (!std::isfinite(usd) || usd <= 0) return;
  const auto opened = std::chrono::floor<std::chrono::minutes>(at);
  if (opened > newest_) {
    newest_ = opened;
    forget(newest_ - kept_);
  }
  if (opened < newest_ - kept_) return;
  auto& minutes = assets_[asset];
  const auto next = std::upper_bound(minutes.begin(), minutes.end(), opened,
                                     [](base::WallTime time, const auto& one) { return time < one.at; });
  const bool known = next != minutes.begin() && std::prev(next)->at == opened;
  auto& sum = known ? *std::prev(next) : *minutes.insert(next, ChartLiquidations{opened, 0, 0});
  (side == market::PositionSide::long_side ? sum.long_usd : sum.short_usd) += usd;
}

void LiquidationBars::forget(base::WallTime before) {
  for (auto at = assets_.begin(); at != assets_.end();) {
    auto& minutes = at->second;
    while (!minutes.empty() && minutes.front().at < before) minutes.pop_front();
    at = minutes.empty() ? assets_.erase(at) : std::next(at);
  }
}

std::vector<ChartLiquidations> LiquidationBars::bars(const std::string& asset, base::WallTime from, base::WallTime to,
                                                     base::Millis bar) const {
  std::vector<ChartLiquidations> out;
  const auto found = assets_.find(asset);
  if (found == assets_.end() || bar < minute) return out;
  for (const auto& one : found->second) {
    if (one.at < from || one.at >= to) continue;
    const auto opened = base::from_ms(base::to_ms(one.at) / bar.count() * bar.count());
    if (out.empty() || out.back().at != opened) out.push_back({opened, 0, 0});
    out.back().long_usd += one.long_usd;
    out.back().short_usd += one.short_usd;
  }
  return out;
}

std::size_t LiquidationBars::minutes() const {
  std::size_t out = 0;
  for (const auto& [asset, minutes] : assets_) out += minutes.size();
  return out;
}

}  // namespace desk
