#include "common/market/two_ways.hpp"

#include <algorithm>
#include <cmath>

namespace market {

namespace {

bool same_quantity(double a, double b) { return std::abs(a - b) <= 1e-9 * std::max(a, b); }

/// What is pushed is the order; what is polled the position, and newer rows tell the order beside it.
template <class Heard>
bool same_quantity(const Heard& heard, const Liquidation& one) {
  return same_quantity(heard.quantity, one.raw_quantity) ||
         same_quantity(heard.quantity, one.order_quantity.value_or(-1)) ||
         same_quantity(heard.order_quantity.value_or(-1), one.raw_quantity);
}

base::Millis apart(base::WallTime a, base::WallTime b) { return a < b ? b - a : a - b; }

PositionSide other(PositionSide side) {
  return side == PositionSide::long_side ? PositionSide::short_side : PositionSide::long_side;
}

}  // namespace

std::optional<PositionSide> TwoWays::positive_is() const {
  const auto matches = positive_was_long_.size();
  const auto longs = static_cast<std::size_t>(std::count(positive_was_long_.begin(), positive_was_long_.end(), true));
  if (matches < matches_min || std::min(longs, matches - longs) * 10 > matches) return std::nullopt;
  return longs * 2 > matches ? PositionSide::long_side : PositionSide::short_side;
}

TwoWays::Heard* TwoWays::partner(All& among, const Liquidation& one, bool same_size) const {
  const auto all = among.find(one.symbol);
  if (all == among.end()) return nullptr;
  Heard* out = nullptr;
  for (auto& heard : all->second) {
    if (heard.paired || apart(heard.at, one.at) > same_time) continue;
    if (same_size ? !same_quantity(heard, one) : !heard.told) continue;
    if (out == nullptr || apart(heard.at, one.at) < apart(out->at, one.at)) out = &heard;
  }
  return out;
}

void TwoWays::remember(All& among, const Liquidation& one, bool told, bool paired) {
  auto& all = among[one.symbol];
  std::erase_if(all, [&](const Heard& heard) { return heard.at < one.at - remembered; });
  if (all.size() >= per_contract_max) all.pop_front();
  all.push_back({one.at, one.raw_quantity, one.order_quantity, one.sign, one.side, told, paired});
}

/// Held against every push of its size and time: where they contradict each other, nothing is learned.
void TwoWays::learn(const Liquidation& one) {
  const auto all = pushed_.find(one.symbol);
  if (all == pushed_.end() || !one.side) return;
  int sign = 0;
  for (const auto& heard : all->second) {
    if (heard.paired || apart(heard.at, one.at) > same_time || !same_quantity(heard, one)) continue;
    if (sign != 0 && sign != heard.sign) return;
    sign = heard.sign;
  }
  if (sign == 0) return;
  positive_was_long_.push_back((*one.side == PositionSide::long_side) == (sign > 0));
  if (positive_was_long_.size() > matches_max) positive_was_long_.pop_front();
}

bool TwoWays::tell_pushed(Liquidation& one, base::WallTime received) {
  const auto positive = positive_is();
  if (positive) one.side = one.sign > 0 ? *positive : other(*positive);
  auto* told = partner(polled_, one, true);
  // The size of a position may be more than that of the order that closed it: then the time alone says it.
  if (told == nullptr) told = partner(polled_, one, false);
  if (told != nullptr) {
    told->paired = true;
    remember(pushed_, one, false, true);
    return false;
  }
  const bool polls_tell = answered_ && received - *answered_ <= polls_alive;
  const bool tells = positive || !polls_tell;
  remember(pushed_, one, tells, false);
  return tells;
}

void TwoWays::pushed(Events& events, base::WallTime received) {
  std::erase_if(events, [&](Event& event) {
    auto* one = std::get_if<Liquidation>(&event);
    return one != nullptr && !one->side && one->sign != 0 && !tell_pushed(*one, received);
  });
}

bool TwoWays::tell_polled(const Liquidation& one) {
  learn(one);
  auto* twin = partner(pushed_, one, true);
  if (twin == nullptr) twin = partner(pushed_, one, false);
  if (twin != nullptr) twin->paired = true;
  const bool tells = twin == nullptr || !twin->told;
  if (twin == nullptr) remember(polled_, one, true, false);
  return tells;
}

void TwoWays::polled(Events& events, base::WallTime received) {
  answered_ = received;
  std::erase_if(events, [&](const Event& event) {
    const auto* one = std::get_if<Liquidation>(&event);
    return one != nullptr && !tell_polled(*one);
  });
}

}  // namespace market
