// Funding: settled rates are a function of (seed, contract, settlement), unless a scenario or a recording said
// otherwise.
#include <algorithm>
#include <cmath>

#include "tests/sandbox/market/path.hpp"
#include "tests/sandbox/market/world.hpp"

namespace sandbox {

namespace {
constexpr double base_rate_8h = 0.0001;
constexpr Ms history = 60 * day;
}  // namespace

Ms World::next_natural(const Contract& contract, Ms now) const {
  const Ms interval = contract.interval_hours * hour;
  return contract.schedule_from + ((now - contract.schedule_from) / interval + 1) * interval;
}

double World::natural_rate(const Contract& contract, Ms settlement) const {
  const auto key = mix(seed_ + 6, key_of(contract.symbol), static_cast<std::uint64_t>(contract.venue));
  const auto bits = mix(key, static_cast<std::uint64_t>(settlement));
  const double noise =
      (settlement / hour) % 3 == 0 ? 0.0 : 0.00002 * normal(bits);  // many settlements pay the base rate
  const double rate_8h = base_rate_8h * (0.8 + 0.4 * uniform(key)) + noise;
  return std::round(rate_8h * contract.interval_hours / 8 * 1e8) / 1e8;
}

Funding World::funding(const Contract& contract, Ms now) const {
  Funding out;
  out.interval_hours = contract.interval_hours;
  out.next = contract.next_set.value_or(next_natural(contract, now));
  if (contract.rate_set) {
    out.rate = *contract.rate_set;
  } else if (contract.played_funding && !contract.settled.empty()) {
    const auto next = contract.settled.upper_bound(now);
    out.rate = next == contract.settled.end() ? contract.settled.rbegin()->second : next->second;
    if (next != contract.settled.end()) out.next = next->first;
  } else {
    // The running rate closes in on what will be paid.
    const Ms interval = contract.interval_hours * hour;
    const double left = std::clamp(static_cast<double>(out.next - now) / static_cast<double>(interval), 0.0, 1.0);
    const auto bits = mix(seed_ + 7, key_of(contract.symbol), static_cast<std::uint64_t>(now / minute));
    out.rate = natural_rate(contract, out.next) * (1 + 0.1 * left * (uniform(bits) - 0.5));
    out.rate = std::round(out.rate * 1e8) / 1e8;
  }
  const auto past = settlements(contract, now - 2 * day, now, now);
  out.settled_rate = past.empty() ? 0 : past.back().rate;
  return out;
}

std::vector<Settlement> World::settlements(const Contract& contract, Ms from, Ms to, Ms now) const {
  std::vector<Settlement> out;
  const Ms interval = contract.interval_hours * hour;
  const Ms first = std::max({from, now - history, contract.listed});
  const Ms last = std::min(to, now);
  const auto add_natural = [&](Ms at, Ms until) {
    for (; at <= until; at += interval) {
      if (!contract.settled.contains(at)) out.push_back(Settlement{at, natural_rate(contract, at)});
    }
  };
  if (!contract.played_funding) {
    add_natural((first + interval - 1) / interval * interval, std::min(last, contract.schedule_from));
    add_natural(next_natural(contract, std::max(first - 1, contract.schedule_from)), last);
  }
  for (auto it = contract.settled.lower_bound(from); it != contract.settled.end() && it->first <= last; ++it) {
    out.push_back(Settlement{it->first, it->second});
  }
  std::ranges::sort(out, {}, &Settlement::time);
  return out;
}

void World::settle_due(Ms now) {
  for (auto& [venue, list] : contracts_) {
    for (const auto& contract : list) {
      // A rate that a scenario set is what the next settlement pays, scheduled or moved.
      if (!contract->rate_set) continue;
      if (!contract->next_set) contract->next_set = next_natural(*contract, now);
      if (now < *contract->next_set) continue;
      contract->settled[*contract->next_set] = *contract->rate_set;
      // Else the next one would follow sooner than the interval that is stated, and a bot would tell of a changed one.
      contract->schedule_from = *contract->next_set;
      contract->next_set.reset();
      contract->rate_set.reset();
    }
  }
}

void World::flip(Contract& contract, double rate, Ms at, Ms now) {
  contract.rate_set = rate;
  contract.next_set = std::max(at, now);
  settle_due(now);
}

}  // namespace sandbox
