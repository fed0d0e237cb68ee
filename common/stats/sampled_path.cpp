#include "common/stats/sampled_path.hpp"

#include <algorithm>
#include <cmath>

namespace stats {

bool SampledPath::add(base::WallTime at, double value) {
  if (!std::isfinite(value)) return false;
  if (!samples_.empty() && at < samples_.back().at) return false;
  const auto step_of = [this](base::WallTime of) { return of.time_since_epoch() / step_; };
  if (!samples_.empty() && step_of(samples_.back().at) == step_of(at)) {
    samples_.back() = {.at = at, .value = value};
    return true;
  }
  if (samples_.size() >= kept_) samples_.erase(samples_.begin());
  samples_.push_back({.at = at, .value = value});
  return true;
}

std::optional<SampledPath::Sample> SampledPath::newest() const {
  return samples_.empty() ? std::nullopt : std::optional(samples_.back());
}

std::optional<SampledPath::Sample> SampledPath::before(base::WallTime at, base::Millis age_max) const {
  const auto younger = std::upper_bound(samples_.begin(), samples_.end(), at,
                                        [](base::WallTime wanted, const Sample& one) { return wanted < one.at; });
  if (younger == samples_.begin() || std::prev(younger)->at < at - age_max) return std::nullopt;
  return *std::prev(younger);
}

}  // namespace stats
