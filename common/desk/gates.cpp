#include "common/desk/gates.hpp"

namespace desk {

namespace {

Reason decide_start(const Finding& finding, const std::optional<Said>& said, const GatePolicy& policy) {
  if (!said) return Reason::published;
  const bool worse = finding.tier > said->tier;
  if (finding.at - said->at < policy.cooldown && !worse) return Reason::cooldown;
  return Reason::published;
}

Reason decide_going_on(const Finding& finding, const Said& said) {
  if (finding.phase == Phase::close) return Reason::closed;
  return finding.tier > said.tier ? Reason::tier_rose : Reason::updated;
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
    case Reason::too_old: return "too old";
    case Reason::paused: return "paused";
    case Reason::cooldown: return "cooldown";
    case Reason::not_open: return "no open episode";
  }
  return "?";
}

Reason decide(const Finding& finding, const std::optional<Said>& said, base::WallTime now, const GatePolicy& policy) {
  if (!finding.fires) return Reason::conditions;
  const bool episode_open = said && said->open && finding.at - said->at < policy.episode_lost;
  const bool going_on = finding.phase == Phase::update || finding.phase == Phase::close;
  if (said && finding.event_id == said->event_id && !finding.event_id.empty() && finding.phase != Phase::close)
    return Reason::seen_before;
  // An end is always said: a message left open says something false.
  if (episode_open && finding.phase == Phase::close) return Reason::closed;
  if (policy.paused) return Reason::paused;
  if (now - finding.at > policy.too_old) return Reason::too_old;
  // After a restart the detector opens anew what the message already tells: the same message goes on.
  if (episode_open && (going_on || finding.phase == Phase::open)) return decide_going_on(finding, *said);
  if (finding.phase == Phase::close) return Reason::not_open;
  return decide_start(finding, said, policy);
}

}  // namespace desk
