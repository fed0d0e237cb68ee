// What the breaker's tests share: a breaker, the changes it told of, and short words for what they do to it.
#pragma once
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "common/guard/breaker.hpp"

namespace test {

using namespace std::chrono_literals;
using guard::Breaker;
using guard::BreakerReason;
using guard::BreakerState;

inline const base::SteadyTime t0{100h};
inline const base::WallTime w0 = base::from_ms(1'767'225'600'000);

struct BreakerHarness {
  explicit BreakerHarness(const guard::BreakerPolicy& with_policy = {})
      : policy(with_policy),
        breaker(
            {"binance", "fapi.binance.com", "fapi/v1/premiumIndex"}, policy, [this] { return random; },
            [this](const guard::BreakerChange& change) { changes.push_back(change); }) {}

  std::optional<Breaker::Permit> acquire(base::SteadyTime at) {
    auto got = breaker.acquire(at);
    if (auto* const permit = std::get_if<Breaker::Permit>(&got)) return std::move(*permit);
    rejection = std::get<guard::Rejection>(got);
    return std::nullopt;
  }
  void fail(base::SteadyTime at, std::optional<base::Millis> asked = std::nullopt) {
    auto permit = acquire(at);
    ASSERT_TRUE(permit);
    permit->fail(at, asked);
  }
  void succeed(base::SteadyTime at, base::Millis elapsed = 100ms) {
    auto permit = acquire(at);
    ASSERT_TRUE(permit);
    permit->succeed(at, elapsed);
  }
  void trip(base::SteadyTime at) {
    for (int i = 0; i < policy.consecutive_failures; ++i) fail(at);
    ASSERT_EQ(breaker.state(), BreakerState::open);
  }
  base::Millis open_for(base::SteadyTime at) const {
    return std::chrono::ceil<base::Millis>(breaker.open_until().value_or(at) - at);
  }

  double random{0.5};  ///< no jitter
  guard::BreakerPolicy policy;
  std::vector<guard::BreakerChange> changes;
  guard::Rejection rejection;
  Breaker breaker;
};

}  // namespace test
