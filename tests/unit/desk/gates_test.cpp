#include "common/desk/gates.hpp"

#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace gates_test {
using base::Millis;
using desk::Finding;
using desk::GatePolicy;
using desk::Phase;
using desk::Reason;
using desk::Said;
using std::chrono::minutes;

constexpr base::WallTime noon = base::from_ms(1'767'268'800'000);

struct Case {
  const char* sentence;
  Finding finding;
  std::optional<Said> said;
  GatePolicy policy;
  Millis delay;  ///< from the market time to now
  Reason expected;
};

Finding finding(Phase phase, int tier = 1) {
  Finding out;
  out.fires = true;
  out.phase = phase;
  out.tier = tier;
  out.at = noon;
  out.event_id = "event-2";
  return out;
}

Said said(minutes ago, int tier, bool open) {
  Said out;
  out.at = noon - ago;
  out.tier = tier;
  out.open = open;
  out.event_id = "event-1";
  return out;
}

std::vector<Case> cases() {
  Finding candidate = finding(Phase::single);
  candidate.fires = false;
  Said same = said(minutes{90}, 1, false);
  same.event_id = "event-2";
  GatePolicy paused;
  paused.paused = true;
  const GatePolicy policy;
  const auto none = std::optional<Said>{};
  return {
      {"a first finding is said", finding(Phase::single), none, policy, {}, Reason::published},
      {"a candidate is held", candidate, none, policy, {}, Reason::conditions},
      {"a repeat within the cooldown is held",
       finding(Phase::single),
       said(minutes{59}, 1, false),
       policy,
       {},
       Reason::cooldown},
      {"the cooldown ends inclusively",
       finding(Phase::single),
       said(minutes{60}, 1, false),
       policy,
       {},
       Reason::published},
      {"a worse repeat is said within the cooldown",
       finding(Phase::single, 2),
       said(minutes{5}, 1, false),
       policy,
       {},
       Reason::published},
      {"the tier ratchet compares with what was said",
       finding(Phase::single, 2),
       said(minutes{5}, 2, false),
       policy,
       {},
       Reason::cooldown},
      {"the same event is judged once", finding(Phase::single), same, policy, {}, Reason::seen_before},
      {"an episode opens", finding(Phase::open), none, policy, {}, Reason::published},
      {"an episode that opens within the cooldown is held",
       finding(Phase::open),
       said(minutes{5}, 1, false),
       policy,
       {},
       Reason::cooldown},
      {"an open episode is edited", finding(Phase::update), said(minutes{1}, 1, true), policy, {}, Reason::updated},
      {"a higher tier rings", finding(Phase::update, 3), said(minutes{1}, 1, true), policy, {}, Reason::tier_rose},
      {"an open episode is closed", finding(Phase::close), said(minutes{1}, 1, true), policy, {}, Reason::closed},
      {"after a restart the same message goes on",
       finding(Phase::open),
       said(minutes{1}, 1, true),
       policy,
       {},
       Reason::updated},
      {"an end without a beginning is held", finding(Phase::close), none, policy, {}, Reason::not_open},
      {"an update whose opening was held is a new start",
       finding(Phase::update),
       said(minutes{61}, 1, false),
       policy,
       {},
       Reason::published},
      {"an episode nobody heard of for long has ended",
       finding(Phase::update),
       said(minutes{61}, 1, true),
       policy,
       {},
       Reason::published},
      {"news that is old is held", finding(Phase::single), none, policy, minutes{31}, Reason::too_old},
      {"a paused bot holds its findings", finding(Phase::single), none, paused, {}, Reason::paused},
      {"an end is said even when paused", finding(Phase::close), said(minutes{1}, 1, true), paused, {}, Reason::closed},
      {"an end is said even when late", finding(Phase::close), said(minutes{1}, 1, true), policy, minutes{40},
       Reason::closed},
  };
}

TEST(Gates, EachSentenceOfTheTable) {
  for (const auto& c : cases())
    EXPECT_EQ(desk::decide(c.finding, c.said, noon + c.delay, c.policy), c.expected) << c.sentence;
}

TEST(Gates, EveryReasonIsReachedByTheTable) {
  std::set<Reason> seen;
  for (const auto& c : cases()) seen.insert(desk::decide(c.finding, c.said, noon + c.delay, c.policy));
  EXPECT_EQ(seen.size(), 10U);
}

}  // namespace gates_test
