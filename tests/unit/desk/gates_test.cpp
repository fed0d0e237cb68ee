#include "common/desk/gates.hpp"

#include <functional>
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

Reason judge(const Case& c) {
  desk::Surroundings around;
  around.said = c.said ? &*c.said : nullptr;
  around.now = noon + c.delay;
  around.cooldown = c.policy.cooldown;
  around.ring_bar = -1;
  return desk::decide(c.finding, around, desk::make_gates(c.policy), c.policy).reason;
}

TEST(Gates, EachSentenceOfTheTable) {
  for (const auto& c : cases()) EXPECT_EQ(judge(c), c.expected) << c.sentence;
}

TEST(Gates, EveryReasonIsReachedByTheTable) {
  std::set<Reason> seen;
  for (const auto& c : cases()) seen.insert(judge(c));
  EXPECT_EQ(seen.size(), 10U);
}

/// One change to a case in which everything passes, and the gate that it closes.
struct Closing {
  const char* sentence;
  std::function<void(Finding&, desk::Surroundings&, GatePolicy&)> change;
  Reason gate;
  desk::Effect effect;
};

std::vector<Closing> closings() {
  using desk::Effect;
  using desk::Surroundings;
  return {
      {"what is not learned yet is held", [](auto& f, auto&, auto&) { f.warming_up = true; }, Reason::warming_up,
       Effect::hold},
      {"a doubted feed is not believed", [](auto&, auto& s, auto&) { s.feed_doubted = true; }, Reason::feed_doubted,
       Effect::hold},
      {"a paused bot holds", [](auto&, auto&, auto& p) { p.paused = true; }, Reason::paused, Effect::hold},
      {"a muted symbol is held",
       [](auto&, auto&, auto& p) {
         p.mutes = {{"BTCUSDT", noon + minutes{1}}};
       },
       Reason::muted, Effect::hold},
      {"a muted exchange is held",
       [](auto&, auto&, auto& p) {
         p.mutes = {{"binance", noon + minutes{1}}};
       },
       Reason::muted, Effect::hold},
      {"a muted kind is held",
       [](auto&, auto&, auto& p) {
         p.mutes = {{"volume_spike", noon + minutes{1}}};
       },
       Reason::muted, Effect::hold},
      {"old news is held", [](auto& f, auto&, auto&) { f.at = noon - minutes{31}; }, Reason::too_old, Effect::hold},
      {"quiet hours take the ring",
       [](auto&, auto&, auto& p) { p.quiet = desk::QuietHours::make("11:00-13:00", "UTC").value(); },
       Reason::quiet_hours, Effect::quieten},
      {"a score at the bar is over the budget", [](auto&, auto& s, auto&) { s.ring_bar = s.score; },
       Reason::over_budget, Effect::collect},
      {"ten open trades are enough",
       [](auto&, auto& s, auto&) {
         s.open_long = 4;
         s.open_short = 6;
       },
       Reason::open_max, Effect::undirect},
      {"five in one direction are enough", [](auto&, auto& s, auto&) { s.open_long = 5, s.open_short = 4; },
       Reason::one_direction, Effect::undirect},
      {"a day's loss ends the day", [](auto&, auto& s, auto&) { s.today_r = -5; }, Reason::daily_loss,
       Effect::undirect},
      {"fees may not eat the risk", [](auto&, auto& s, auto&) { s.cost_r = 0.16; }, Reason::cost, Effect::undirect},
  };
}

class EachGate : public ::testing::TestWithParam<std::size_t> {
 protected:
  EachGate() {
    given.finding = finding(Phase::single);
    given.finding.kind = "volume_spike";
    given.finding.exchange = "binance";
    given.finding.symbol = "BTCUSDT";
    given.finding.direction = desk::Direction::long_side;
    around.now = noon;
    around.score = 60;
    around.ring_bar = 59;
    around.open_long = 4;
    around.open_short = 5;
    around.today_r = -4.99;
    around.cost_r = 0.15;
  }
  [[nodiscard]] desk::Decision decide() const {
    return desk::decide(given.finding, around, desk::make_gates(policy), policy);
  }
  struct {
    Finding finding;
  } given;
  desk::Surroundings around;
  GatePolicy policy;
};

TEST_P(EachGate, IsOpenAtItsEdgeAndClosesAlone) {
  const auto closing = closings()[GetParam()];
  SCOPED_TRACE(closing.sentence);
  const auto open = decide();
  EXPECT_EQ(open.reason, Reason::published);
  EXPECT_FALSE(open.quiet || open.undirected) << "nothing is closed yet";

  closing.change(given.finding, around, policy);
  const auto closed = decide();
  using desk::Effect;
  EXPECT_EQ(closed.reason, closing.effect == Effect::hold ? closing.gate : Reason::published);
  EXPECT_EQ(closed.quiet.value_or(Reason::published),
            closing.effect == Effect::quieten || closing.effect == Effect::collect ? closing.gate : Reason::published);
  EXPECT_EQ(closed.undirected.value_or(Reason::published),
            closing.effect == Effect::undirect ? closing.gate : Reason::published);
  int closed_gates = 0;
  for (const auto& gate : desk::make_gates(policy)) {
    if (!gate->closes(given.finding, around)) continue;
    ++closed_gates;
    EXPECT_EQ(gate->name(), closing.gate);
    EXPECT_EQ(gate->effect(), closing.effect);
  }
  EXPECT_EQ(closed_gates, 1);
}
INSTANTIATE_TEST_SUITE_P(One, EachGate, ::testing::Range<std::size_t>(0, 13));

TEST(Gates, StandInTheOrderOfSignalsMd5) {
  const GatePolicy policy;
  std::vector<Reason> order;
  for (const auto& gate : desk::make_gates(policy)) order.push_back(gate->name());
  EXPECT_EQ(order, (std::vector<Reason>{Reason::warming_up, Reason::feed_doubted, Reason::paused, Reason::muted,
                                        Reason::too_old, Reason::cooldown, Reason::quiet_hours, Reason::over_budget,
                                        Reason::open_max, Reason::one_direction, Reason::daily_loss, Reason::cost}));
}

TEST(Gates, WhatNeedsItsDirectionIsHeldWithoutIt) {
  auto reversal = finding(Phase::single);
  reversal.direction = desk::Direction::short_side;
  reversal.needs_direction = true;
  desk::Surroundings around;
  around.now = noon;
  around.ring_bar = -1;
  around.open_short = 5;
  const GatePolicy policy;
  const auto decision = desk::decide(reversal, around, desk::make_gates(policy), policy);
  EXPECT_EQ(decision.reason, Reason::one_direction);
}

TEST(Gates, ASilentFindingIsNeitherQuietenedNorCounted) {
  auto silent = finding(Phase::single);
  silent.silent = true;
  desk::Surroundings around;
  around.now = noon;
  around.ring_bar = 100;
  GatePolicy policy;
  policy.quiet = desk::QuietHours::make("11:00-13:00", "UTC").value();
  const auto decision = desk::decide(silent, around, desk::make_gates(policy), policy);
  EXPECT_EQ(decision.reason, Reason::published);
  EXPECT_FALSE(decision.quiet);
}

}  // namespace gates_test
