#include "common/stats/rolling_sums.hpp"

#include <algorithm>
#include <cmath>

namespace stats {

std::int64_t RollingSums::slot_of(base::WallTime at) {
  const auto ms = base::to_ms(at);
  const auto length = slot_length.count();
  return ms >= 0 ? ms / length : -((-ms + length - 1) / length);
}

RollingSums::RollingSums(std::array<base::Millis, spans> lengths) : lengths_{} {
  std::transform(lengths.begin(), lengths.end(), lengths_.begin(),
                 [](base::Millis length) { return std::max<std::int64_t>(1, length / slot_length); });
}

void RollingSums::advance(base::WallTime now) {
  const std::int64_t slot = slot_of(now);
  if (slot <= newest_) return;
  newest_ = slot;
  for (std::size_t span = 0; span < spans; ++span) {
    Total& total = totals_[span];
    for (; first_[span] < slots_.size() && slots_[first_[span]].index <= newest_ - lengths_[span]; ++first_[span]) {
      total.sum -= slots_[first_[span]].sum;
      total.count -= slots_[first_[span]].count;
    }
    if (total.count == 0) total.sum = 0;  // what subtraction left over
  }
  const std::size_t gone = *std::min_element(first_.begin(), first_.end());
  slots_.erase(slots_.begin(), slots_.begin() + static_cast<std::ptrdiff_t>(gone));
  for (auto& first : first_) first -= gone;
}

bool RollingSums::add(base::WallTime at, double amount) {
  if (!std::isfinite(amount) || amount < 0) return false;
  const std::int64_t slot = slot_of(at);
  const std::int64_t longest = *std::max_element(lengths_.begin(), lengths_.end());
  if (newest_ != INT64_MIN && slot <= newest_ - longest) return false;
  advance(at);
  auto place = slots_.end();
  while (place != slots_.begin() && std::prev(place)->index >= slot) --place;
  if (place == slots_.end() || place->index != slot) {
    const auto index = static_cast<std::size_t>(place - slots_.begin());
    slots_.insert(place, Slot{.index = slot, .sum = amount, .count = 1});
    for (std::size_t span = 0; span < spans; ++span) {
      if (slot <= newest_ - lengths_[span]) ++first_[span];  // too old for this span: it begins after the new slot
    }
    place = slots_.begin() + static_cast<std::ptrdiff_t>(index);
  } else {
    place->sum += amount;
    ++place->count;
  }
  for (std::size_t span = 0; span < spans; ++span) {
    if (slot <= newest_ - lengths_[span]) continue;
    totals_[span].sum += amount;
    ++totals_[span].count;
  }
  return true;
}

base::WallTime RollingSums::falls_below(std::size_t span, double level) const {
  // Just before a slot becomes too old, the span holds it and all that followed within its length.
  double sum = 0;
  auto newest = slots_.rbegin();
  for (auto oldest = slots_.rbegin(); oldest != slots_.rend(); ++oldest) {
    sum += oldest->sum;
    for (; newest->index >= oldest->index + lengths_.at(span); ++newest) sum -= newest->sum;
    if (sum >= level) return base::from_ms((oldest->index + lengths_.at(span)) * slot_length.count());
  }
  return base::WallTime::min();
}

}  // namespace stats
