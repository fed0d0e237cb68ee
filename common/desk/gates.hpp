// May this finding be said? A pure decision with a reason: told the finding, what was said before under its key, the
// time and the policy. The gates stand in one fixed order, that of decide(); the first that closes names itself.
#pragma once
#include <optional>
#include <string_view>

#include "common/desk/finding.hpp"

namespace desk {

enum class Reason : std::uint8_t {
  published,    ///< said, as a new message
  updated,      ///< the episode's message is edited, silently
  tier_rose,    ///< edited, and a reply rings
  closed,       ///< the episode's last edit
  conditions,   ///< held: a condition of the rule is not met
  seen_before,  ///< held: this very event was judged before (a restart, a replayed frame)
  too_old,      ///< held: the event is older than anybody should be told of as news
  paused,       ///< held: an operator paused the bot
  cooldown,     ///< held: said not long ago and not worse now
  not_open,     ///< held: an update or an end of an episode that was not said
};
[[nodiscard]] std::string_view to_string(Reason reason);
[[nodiscard]] constexpr bool is_said(Reason reason) { return reason <= Reason::closed; }

/// What was said under a key, as the store keeps it.
struct Said {
  base::WallTime at{};  ///< market time of the newest finding that was said
  int tier{};
  double strength{};
  bool open{};           ///< an episode that is not closed
  std::string event_id;  ///< of that finding
};

struct GatePolicy {
  base::Millis cooldown{std::chrono::minutes{60}};      ///< a repeat inside it must be of a higher tier
  base::Millis too_old{std::chrono::minutes{30}};       ///< market time behind now: not news any more
  base::Millis late_after{std::chrono::minutes{5}};     ///< said, but marked late
  base::Millis episode_lost{std::chrono::minutes{30}};  ///< an open episode nobody heard of for so long has ended
  bool paused{};
};

[[nodiscard]] Reason decide(const Finding& finding, const std::optional<Said>& said, base::WallTime now,
                            const GatePolicy& policy);

}  // namespace desk
