#include "common/health/price_doubts.hpp"

#include <algorithm>

namespace health {

bool PriceDoubts::keep(std::uint64_t contract, double price, double known_price, std::int64_t minute) {
  const auto order = static_cast<float>(price);
  const auto found = waiting_.find(contract);
  if (found == waiting_.end()) {
    if (waiting_.size() >= contracts_max)
      std::erase_if(waiting_, [&](const auto& entry) { return minute - entry.second.minute > minutes_max; });
    if (waiting_.size() >= contracts_max) return false;
    const auto known = static_cast<float>(known_price);
    waiting_.emplace(contract, Waiting{minute, 1, order, order, known, known});
    return true;
  }
  auto& waiting = found->second;
  if (waiting.minute != minute) return false;
  ++waiting.orders;
  waiting.low = std::min(waiting.low, order);
  waiting.high = std::max(waiting.high, order);
  return true;
}

std::optional<PriceDoubts::Settled> PriceDoubts::hear(std::uint64_t contract, double low, double high,
                                                      std::int64_t through, std::int64_t minute) {
  const auto found = waiting_.find(contract);
  if (found == waiting_.end()) return std::nullopt;
  auto& waiting = found->second;
  waiting.seen_low = std::min(waiting.seen_low, static_cast<float>(low));
  waiting.seen_high = std::max(waiting.seen_high, static_cast<float>(high));
  const bool late = minute - waiting.minute > minutes_max;
  if (through < waiting.minute && !late) return std::nullopt;
  Settled out{waiting.orders, !late, false, 0, waiting.seen_low, waiting.seen_high};
  const bool below = waiting.low < waiting.seen_low * (1 - off_max_);
  const bool above = waiting.high > waiting.seen_high * (1 + off_max_);
  out.bad = out.checked && (below || above);
  out.price = below ? waiting.low : waiting.high;
  waiting_.erase(found);
  return out;
}

}  // namespace health
