// What a rule promises (SIGNALS.md 5: every rule must be reachable), held against generated inputs. The thresholds and
// labels stand in the tests as SIGNALS.md has them: a rule whose own are changed fails here.
#pragma once
#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "common/desk/finding.hpp"

namespace reach {

enum class Side { at_least, at_most, below, by_size };

template <class Measure>
struct Condition {
  std::string label;  ///< of the finding's `missing` when this one alone fails
  double threshold{};
  Side side{};
  std::function<void(Measure&, double)> set;
  std::string evidence{};  ///< under which it stands there with its threshold; empty: it does not
};

template <class Measure>
struct Rule {
  std::function<Measure()> base;  ///< what no condition looks at
  std::vector<Condition<Measure>> conditions;
  std::function<std::string(const Measure&)> missing;
  std::function<std::vector<desk::Measured>(const Measure&)> evidence;
};

/// A step from the threshold: often as good as none, sometimes far.
inline double some_step(bool may_be_none) {
  const auto steps = may_be_none ? std::vector<double>{0, 0, 1e-9, 1e-6, 0.001, 0.05, 0.5, 3}
                                 : std::vector<double>{1e-9, 1e-6, 0.001, 0.05, 0.3, 0.9};
  return *rc::gen::elementOf(steps);
}

/// A value for which the condition holds, or just does not.
template <class Measure>
double some_value(const Condition<Measure>& c, bool holds) {
  const double unit = std::fabs(c.threshold);
  switch (c.side) {
    case Side::at_least: return holds ? c.threshold + unit * some_step(true) : c.threshold - unit * some_step(false);
    case Side::at_most:
      return holds ? c.threshold - unit * std::min(0.99, some_step(true)) : c.threshold + unit * some_step(false);
    case Side::below: return holds ? c.threshold - unit * some_step(false) : c.threshold + unit * some_step(true);
    case Side::by_size: {
      const double size = holds ? c.threshold + unit * some_step(true) : c.threshold - unit * some_step(false);
      return *rc::gen::arbitrary<bool>() ? size : -size;
    }
  }
  return 0;
}

/// Every condition's value and threshold stand in the evidence, and the distance says which of them fails.
template <class Measure>
void check_evidence(const Rule<Measure>& rule, const Measure& m, std::size_t failing) {
  const auto all = rule.evidence(m);
  for (std::size_t at = 0; at < rule.conditions.size(); ++at) {
    const auto& c = rule.conditions[at];
    if (c.evidence.empty()) continue;
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const desk::Measured& one) { return one.name == c.evidence; });
    RC_ASSERT(found != all.end());
    RC_ASSERT(found->threshold.has_value());
    RC_ASSERT(std::fabs(*found->threshold - c.threshold) <= 1e-12 * std::fabs(c.threshold));
    const auto distance = desk::distance(*found);
    RC_ASSERT(distance.has_value());
    if (at != failing) RC_ASSERT(*distance == 0);
    if (at == failing && c.side != Side::below) RC_ASSERT(*distance > 0);
  }
}

/// Fires when all hold; when one alone fails it is that one which is named.
template <class Measure>
void check(const std::string& name, const Rule<Measure>& rule) {
  const bool fires = rc::check(name + ": fires when every condition holds", [&] {
    auto m = rule.base();
    for (const auto& c : rule.conditions) c.set(m, some_value(c, true));
    RC_ASSERT(rule.missing(m) == "");
    check_evidence(rule, m, rule.conditions.size());
  });
  EXPECT_TRUE(fires);
  for (std::size_t failing = 0; failing < rule.conditions.size(); ++failing) {
    const auto& label = rule.conditions[failing].label;
    const bool held = rc::check(name + ": is held by \"" + label + "\" alone", [&] {
      auto m = rule.base();
      for (std::size_t at = 0; at < rule.conditions.size(); ++at)
        rule.conditions[at].set(m, some_value(rule.conditions[at], at != failing));
      RC_ASSERT(rule.missing(m) == label);
      check_evidence(rule, m, failing);
    });
    EXPECT_TRUE(held) << label;
  }
}

}  // namespace reach
