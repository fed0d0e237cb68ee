#include "common/desk/gates.hpp"

#include <algorithm>
#include <functional>

namespace desk {

namespace {

using Test = std::function<bool(const Finding&, const Surroundings&)>;

class Tested final : public Gate {
 public:
  Tested(Reason name, Effect effect, Test test) : Gate(name, effect), test_(std::move(test)) {}
  [[nodiscard]] bool closes(const Finding& finding, const Surroundings& around) const override {
    return test_(finding, around);
  }

 private:
  Test test_;
};

bool is_muted(const Finding& finding, const std::vector<Mute>& mutes, base::WallTime now) {
  return std::any_of(mutes.begin(), mutes.end(), [&](const Mute& mute) {
    return now < mute.until &&
           (mute.what == finding.symbol || mute.what == finding.exchange || mute.what == finding.kind);
  });
}

/// Of a finding that would be a new message.
bool is_cooling(const Finding& finding, const Surroundings& around) {
  const auto* said = around.said;
  return said != nullptr && finding.tier <= said->tier && finding.at - said->at < around.cooldown;
}

bool goes_on(const Finding& finding, const Surroundings& around, const GatePolicy& policy) {
  const auto* said = around.said;
  // After a restart the detector opens anew what the message already tells: the same message goes on.
  return said != nullptr && said->open && finding.at - said->at < policy.episode_lost && finding.phase != Phase::single;
}

}  // namespace

std::string_view to_string(Reason reason) {
  switch (reason) {
    case Reason::published: return "published";
    case Reason::updated: return "updated";
    case Reason::tier_rose: return "tier rose";
    case Reason::closed: return "closed";
    case Reason::conditions: return "conditions not met";
    case Reason::seen_before: return "seen before";
    case Reason::not_open: return "no open episode";
    case Reason::warming_up: return "warming up";
    case Reason::feed_doubted: return "feed doubted";
    case Reason::paused: return "paused";
    case Reason::muted: return "muted";
    case Reason::too_old: return "too old";
    case Reason::cooldown: return "cooldown";
    case Reason::quiet_hours: return "quiet hours";
    case Reason::over_budget: return "over the alert budget";
    case Reason::open_max: return "too many open";
    case Reason::one_direction: return "too many in one direction";
    case Reason::daily_loss: return "daily loss limit";
    case Reason::cost: return "cost too high";
  }
  return "?";
}

std::vector<std::unique_ptr<Gate>> make_gates(const GatePolicy& p) {
  std::vector<std::unique_ptr<Gate>> out;
  const auto add = [&out](Reason name, Effect effect, Test test) {
    out.push_back(std::make_unique<Tested>(name, effect, std::move(test)));
  };
  add(Reason::warming_up, Effect::hold, [](const Finding& f, const Surroundings&) { return f.warming_up; });
  add(Reason::feed_doubted, Effect::hold, [](const Finding&, const Surroundings& s) { return s.feed_doubted; });
  add(Reason::paused, Effect::hold, [&p](const Finding&, const Surroundings&) { return p.paused; });
  add(Reason::muted, Effect::hold,
      [&p](const Finding& f, const Surroundings& s) { return is_muted(f, p.mutes, s.now); });
  add(Reason::too_old, Effect::hold,
      [&p](const Finding& f, const Surroundings& s) { return s.now - f.at > p.too_old; });
  add(Reason::cooldown, Effect::hold,
      [&p](const Finding& f, const Surroundings& s) { return !goes_on(f, s, p) && is_cooling(f, s); });
  add(Reason::quiet_hours, Effect::quieten,
      [&p](const Finding&, const Surroundings& s) { return p.quiet.contain(s.now); });
  add(Reason::over_budget, Effect::collect,
      [&p](const Finding& f, const Surroundings& s) { return !goes_on(f, s, p) && s.score <= s.ring_bar; });
  add(Reason::open_max, Effect::undirect,
      [&p](const Finding&, const Surroundings& s) { return s.open_long + s.open_short >= p.risk.open_max; });
  add(Reason::one_direction, Effect::undirect, [&p](const Finding& f, const Surroundings& s) {
    return (f.direction == Direction::long_side ? s.open_long : s.open_short) >= p.risk.one_direction_max;
  });
  add(Reason::daily_loss, Effect::undirect,
      [&p](const Finding&, const Surroundings& s) { return s.today_r <= -p.risk.daily_loss_r; });
  add(Reason::cost, Effect::undirect,
      [&p](const Finding&, const Surroundings& s) { return s.cost_r && *s.cost_r > p.risk.cost_r_max; });
  return out;
}

Decision decide(const Finding& finding, const Surroundings& around, const std::vector<std::unique_ptr<Gate>>& gates,
                const GatePolicy& policy) {
  Decision out;
  const auto held = [&out](Reason reason) {
    out.reason = reason;
    out.quiet.reset();
    return out;
  };
  const auto* said = around.said;
  if (!finding.fires) return held(Reason::conditions);
  if (said != nullptr && finding.event_id == said->event_id && !finding.event_id.empty() &&
      finding.phase != Phase::close)
    return held(Reason::seen_before);
  const bool going_on = goes_on(finding, around, policy);
  // An end is always said: a message left open says something false.
  if (finding.phase == Phase::close) return held(going_on ? Reason::closed : Reason::not_open);

  bool directed = finding.direction != Direction::none;
  for (const auto& gate : gates) {
    const bool asked = gate->effect() == Effect::undirect ? directed
                       : gate->effect() == Effect::quieten || gate->effect() == Effect::collect
                           ? !finding.silent && !out.quiet
                           : true;
    if (!asked || !gate->closes(finding, around)) continue;
    switch (gate->effect()) {
      case Effect::hold: return held(gate->name());
      case Effect::quieten:
      case Effect::collect: out.quiet = gate->name(); break;
      case Effect::undirect:
        if (finding.needs_direction) return held(gate->name());
        out.undirected = gate->name();
        directed = false;
        break;
    }
  }
  out.reason = !going_on ? Reason::published : finding.tier > said->tier ? Reason::tier_rose : Reason::updated;
  return out;
}

}  // namespace desk
