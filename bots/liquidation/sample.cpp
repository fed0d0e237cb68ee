#include "bots/liquidation/sample.hpp"

#include <algorithm>

namespace liquidation {

namespace {
constexpr std::size_t taken_max = 2'000;  // no answer has more
}

void Sample::on_trade(const market::Trade& trade) {
  exchange_ = trade.exchange;
  if (!trade.side || !trade.usd || !(*trade.usd > 0) || taken_.size() >= taken_max) return;
  taken_.push_back({trade.at, *trade.usd, *trade.side == market::TakerSide::buy});
}

void Sample::on_depth(const market::Depth& depth, const market::Instrument& instrument) {
  exchange_ = depth.exchange;
  depth_ = market::depth_within(depth, instrument, near_share);
}

std::optional<double> Sample::taker_buy_share() const {
  if (taken_.empty()) return std::nullopt;
  const auto last =
      std::max_element(taken_.begin(), taken_.end(), [](const auto& a, const auto& b) { return a.at < b.at; })->at;
  double all = 0, buys = 0;
  for (const auto& one : taken_) {
    if (one.at <= last - newest) continue;
    all += one.usd;
    if (one.buys) buys += one.usd;
  }
  return buys / all;
}

std::string Sample::missing() const {
  std::string out = depth_ ? "" : "depth";
  if (!taken_.empty()) return out;
  return out + (out.empty() ? "trades" : ", trades");
}

void Sample::add_evidence(std::vector<desk::Measured>& out) const {
  if (const auto share = taker_buy_share()) out.push_back({"taker_buy_share", *share, std::nullopt});
  if (!depth_) return;
  out.push_back({"bids_25bps_usd", depth_->bids.usd, std::nullopt});
  out.push_back({"asks_25bps_usd", depth_->asks.usd, std::nullopt});
}

}  // namespace liquidation
