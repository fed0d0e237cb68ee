// What people see of the gate, and what they may do to it.
#include "common/guard/gate.hpp"

namespace guard {

GateView Gate::states() {
  const auto now = clock_.steady_now();
  const auto wall = clock_.wall_now();
  const auto boot = clock_.boot_now();
  const auto left = [now](base::SteadyTime until) -> std::optional<base::Millis> {
    if (until <= now) return std::nullopt;
    return std::chrono::ceil<base::Millis>(until - now);
  };
  GateView out;
  for (auto& [key, endpoint] : endpoints_) {
    auto& breaker = endpoint.breaker;
    breaker.tick(now);
    const auto open_until = breaker.open_until();
    out.endpoints.push_back({key, breaker.state(), breaker.openings(now), open_until ? left(*open_until) : std::nullopt,
                             left(breaker.held_until()), breaker.totals(), breaker.who(), breaker.why()});
  }
  for (const auto& [exchange, known] : limiters_)
    for (const auto& [name, limiter] : known)
      out.limiters.push_back(
          {exchange, name, limiter.peek(now).remaining, limiter.plan().burst, left(limiter.blocked_until())});
  for (const auto& [name, host] : traffic_) {
    HostView view{name, hosts_.ban(name), std::nullopt, host.slots.used, host.budget.tokens()};
    const auto banned_for = view.ban ? ban_left(*view.ban, wall, boot) : base::Millis{0};
    if (banned_for > base::Millis{0}) view.ban_for = banned_for;
    out.hosts.push_back(std::move(view));
  }
  return out;
}

template <class Change>
bool Gate::by_hand(const BreakerKey& key, const Change& change) {
  const auto at = endpoints_.find(key);
  if (at == endpoints_.end()) return false;
  change(at->second.breaker);
  return true;
}

bool Gate::isolate(const BreakerKey& key, const std::string& who, const std::string& why) {
  return by_hand(key, [&](Breaker& breaker) { breaker.isolate(who, why); });
}

bool Gate::disable(const BreakerKey& key, const std::string& who, const std::string& why) {
  return by_hand(key, [&](Breaker& breaker) { breaker.disable(who, why); });
}

bool Gate::close(const BreakerKey& key, const std::string& who, const std::string& why) {
  return by_hand(key, [&](Breaker& breaker) { breaker.close(clock_.steady_now(), who, why); });
}

bool Gate::reset(const BreakerKey& key, const std::string& who, const std::string& why) {
  return by_hand(key, [&](Breaker& breaker) { breaker.reset(clock_.steady_now(), who, why); });
}

}  // namespace guard
