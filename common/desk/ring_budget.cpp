#include "common/desk/ring_budget.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace desk {

namespace {

constexpr std::size_t seen_max = 20'000;

}  // namespace

void RingBudget::add(double score, base::WallTime at) {
  seen_.push_back({at, score});
  while (seen_.size() > seen_max || (!seen_.empty() && at - seen_.front().at > week)) seen_.pop_front();
}

double RingBudget::bar_of(base::WallTime since, double rings) const {
  std::vector<double> scores;
  for (auto one = seen_.rbegin(); one != seen_.rend() && one->at > since; ++one) scores.push_back(one->score);
  // What would come now is one more: it rings when fewer than `rings` of those before it were as strong.
  const auto room = static_cast<std::size_t>(std::floor(std::max(1.0, rings)));
  if (scores.size() < room) return -1;
  const auto last_that_rings = scores.begin() + static_cast<std::ptrdiff_t>(room - 1);
  std::nth_element(scores.begin(), last_that_rings, scores.end(), std::greater<>());
  return *last_that_rings;
}

double RingBudget::bar(base::WallTime now) const {
  if (rings_a_day_ <= 0 || seen_.empty()) return -1;
  const auto span = std::clamp(now - seen_.front().at, day, week);
  const double days = std::chrono::duration<double, std::ratio<86'400>>(span).count();
  return std::max(bar_of(now - span, rings_a_day_ * days), bar_of(now - day, 2 * rings_a_day_));
}

}  // namespace desk
