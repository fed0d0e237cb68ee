// Each gate closes for some finding, and it alone: the limits as they are promised (SIGNALS.md 5).
#include "common/desk/gates.hpp"
#include "tests/unit/reach/reach.hpp"

namespace gates_reach_test {

using desk::Effect;
using desk::Reason;
using namespace std::chrono_literals;

constexpr base::WallTime noon = base::from_ms(1'767'268'800'000);  // 2026-01-01 12:00 UTC

struct World {
  desk::Finding finding;
  desk::Said said;
  desk::Surroundings around;
  desk::GatePolicy policy;
};

struct Gate {
  Reason name;
  std::string word;
  Effect effect;
  std::function<void(World&, bool closed)> set;
};

int some(int from, int to) { return *rc::gen::inRange(from, to + 1); }

World some_world() {
  World w;
  auto& f = w.finding;
  f.kind = "volume_spike";
  f.exchange = "bybit";
  f.symbol = "BTCUSDT";
  f.fires = true;
  f.phase = *rc::gen::element(desk::Phase::single, desk::Phase::open);
  f.tier = some(1, 3);
  f.direction = *rc::gen::element(desk::Direction::long_side, desk::Direction::short_side);
  f.at = noon;
  f.event_id = "now";
  w.around.now = noon;
  w.policy.quiet = desk::QuietHours::make("22:00-07:00", "UTC").value();
  return w;
}

/// In their order.
std::vector<Gate> gates() {
  return {
      {Reason::warming_up, "warming up", Effect::hold, [](World& w, bool closed) { w.finding.warming_up = closed; }},
      {Reason::feed_doubted, "feed doubted", Effect::hold,
       [](World& w, bool closed) { w.around.feed_doubted = closed; }},
      {Reason::paused, "paused", Effect::hold, [](World& w, bool closed) { w.policy.paused = closed; }},
      {Reason::muted, "muted", Effect::hold,
       [](World& w, bool closed) {
         const std::string what = *rc::gen::element<std::string>("BTCUSDT", "bybit", "volume_spike");
         const auto until = w.around.now + 1ms * some(-2, 0);
         if (closed) w.policy.mutes.push_back({what, w.around.now + 1ms * some(1, 3'600'000)});
         if (!closed) w.policy.mutes = {{what, until}, {"ETHUSDT", noon + 24h}};
       }},
      {Reason::too_old, "too old", Effect::hold,
       [](World& w, bool closed) {
         w.finding.at = w.around.now - (closed ? 30min + 1ms * some(1, 9) : 30min - 1ms * some(0, 9));
       }},
      {Reason::cooldown, "cooldown", Effect::hold,
       [](World& w, bool closed) {
         w.around.cooldown = 1min * some(1, 600);
         w.said.event_id = "before";
         w.said.tier = closed ? some(w.finding.tier, 3) : some(1, 3);
         w.said.at = w.finding.at - w.around.cooldown + 1ms * (closed ? some(1, 9) : -some(0, 9));
         w.around.said = &w.said;
       }},
      {Reason::quiet_hours, "quiet hours", Effect::quieten,
       [](World& w, bool closed) {
         const auto age = w.around.now - w.finding.at;
         const auto in = w.around.now - w.said.at;
         w.around.now = noon + (closed ? *rc::gen::element<base::Millis>(10h, 14h, 19h - 1ms)
                                       : *rc::gen::element<base::Millis>(-5h, 0h, 10h - 1ms));
         w.finding.at = w.around.now - age;
         w.said.at = w.around.now - in;
         for (auto& mute : w.policy.mutes) mute.until += w.around.now - noon;
       }},
      {Reason::over_budget, "over the alert budget", Effect::collect,
       [](World& w, bool closed) {
         w.around.ring_bar = some(0, 99);
         w.around.score = closed ? w.around.ring_bar - some(0, 3) : w.around.ring_bar + 0.001 * some(1, 900);
       }},
      {Reason::open_max, "too many open", Effect::undirect,
       [](World& w, bool closed) {
         const bool longs = w.finding.direction == desk::Direction::long_side;
         (longs ? w.around.open_short : w.around.open_long) = closed ? some(10, 20) : some(0, 5);
       }},
      {Reason::one_direction, "too many in one direction", Effect::undirect,
       [](World& w, bool closed) {
         const bool longs = w.finding.direction == desk::Direction::long_side;
         (longs ? w.around.open_long : w.around.open_short) = closed ? 5 : some(0, 4);
         if (closed) (longs ? w.around.open_short : w.around.open_long) = some(0, 4);
       }},
      {Reason::daily_loss, "daily loss limit", Effect::undirect,
       [](World& w, bool closed) {
         w.around.today_r = closed ? -5 - 0.001 * some(0, 999) : -5 + 0.001 * some(1, 9'999);
       }},
      {Reason::cost, "cost too high", Effect::undirect, [](World& w, bool closed) {
         if (closed) w.around.cost_r = 0.15 + 0.001 * some(1, 900);
         if (!closed && *rc::gen::arbitrary<bool>()) w.around.cost_r = 0.001 * some(0, 149);
       }}};
}

/// All gates set in their order, `closed` (if below their number) closed.
World world_with(const std::vector<Gate>& all, std::size_t closed) {
  auto w = some_world();
  for (std::size_t at = 0; at < all.size(); ++at) all[at].set(w, at == closed);
  return w;
}

desk::Decision decision_of(World& w) {
  if (w.around.said != nullptr) w.around.said = &w.said;  // the world was moved
  return desk::decide(w.finding, w.around, desk::make_gates(w.policy), w.policy);
}

TEST(Reach, SIG5_WithEveryGateOpenAFindingIsPublished) {
  const auto all = gates();
  EXPECT_TRUE(rc::check("gates: all open", [&] {
    auto w = world_with(all, all.size());
    const auto decision = decision_of(w);
    RC_ASSERT(decision.reason == Reason::published);
    RC_ASSERT(!decision.quiet);
    RC_ASSERT(!decision.undirected);
  }));
}

TEST(Reach, SIG5_EachGateAloneHoldsQuietensOrTakesTheDirection) {
  const auto all = gates();
  for (std::size_t closed = 0; closed < all.size(); ++closed) {
    const Gate& gate = all[closed];
    EXPECT_EQ(desk::to_string(gate.name), gate.word);
    EXPECT_TRUE(rc::check("gates: " + gate.word + " alone", [&] {
      auto w = world_with(all, closed);
      w.finding.needs_direction = *rc::gen::arbitrary<bool>();
      const auto decision = decision_of(w);
      const bool holds = gate.effect == Effect::hold || (gate.effect == Effect::undirect && w.finding.needs_direction);
      RC_ASSERT(decision.reason == (holds ? gate.name : Reason::published));
      if (holds) return;
      const bool quietens = gate.effect == Effect::quieten || gate.effect == Effect::collect;
      RC_ASSERT(decision.quiet == (quietens ? std::optional(gate.name) : std::nullopt));
      RC_ASSERT(decision.undirected == (quietens ? std::nullopt : std::optional(gate.name)));
      RC_ASSERT(decision.collected() == (gate.effect == Effect::collect));
    })) << gate.word;
  }
}

TEST(Reach, SIG5_EveryGateOfTheDeskIsHeldAgainstTheseInputs) {
  const desk::GatePolicy policy;
  const auto made = desk::make_gates(policy);
  const auto all = gates();
  ASSERT_EQ(made.size(), all.size());
  for (std::size_t at = 0; at < all.size(); ++at) {
    EXPECT_EQ(made[at]->name(), all[at].name) << "their order";
    EXPECT_EQ(made[at]->effect(), all[at].effect);
  }
}

}  // namespace gates_reach_test
