// May this finding be said, and how? A pure decision with a reason. Before the gates stand three facts (the rule's own
// conditions, an event judged before, an end that must be said); behind them the gates, each a small object with a
// name, in one fixed order. The first that holds names itself; those that only quieten or take the direction leave a
// note.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/desk/finding.hpp"
#include "common/desk/quiet_hours.hpp"

namespace desk {

enum class Reason : std::uint8_t {
  published,  ///< said, as a new message
  updated,    ///< the episode's message is edited, silently
  tier_rose,  ///< edited, and a reply rings
  closed,     ///< the episode's last edit
  // Held:
  conditions,    ///< a condition of the rule is not met
  seen_before,   ///< this very event was judged before (a restart, a replayed frame)
  not_open,      ///< an update or an end of an episode that was not said
  warming_up,    ///< what it is measured against is not learned yet
  feed_doubted,  ///< the feed it was seen on is suspect or dead
  paused,        ///< an operator paused the bot
  muted,         ///< an operator muted its symbol, exchange or kind
  too_old,       ///< the event is older than anybody should be told of as news
  cooldown,      ///< said not long ago and not worse now
  // Said, but without a ring:
  quiet_hours,  ///< and again in the morning's digest
  over_budget,  ///< in the next digest alone
  // Said, but without its direction; a finding that is nothing without one is held:
  open_max,       ///< so many trades are open already
  one_direction,  ///< so many of them in this direction
  daily_loss,     ///< today's closed trades lost too much
  cost,           ///< fees would eat too much of the risk
};
[[nodiscard]] std::string_view to_string(Reason reason);
[[nodiscard]] constexpr bool is_said(Reason reason) { return reason <= Reason::closed; }

/// What was said under a key, as the store keeps it.
struct Said {
  base::WallTime at{};  ///< market time of the newest finding that was said
  int tier{};
  double strength{};
  bool open{};           ///< an episode that is not closed
  bool collected{};      ///< told in a digest, or waits for one: it has no message of its own
  std::string event_id;  ///< of that finding
};

/// An operator's word that one symbol ("BTCUSDT", "BTC"), exchange or kind is not to be heard of for a time.
struct Mute {
  std::string what;
  base::WallTime until{};
};

struct RiskPolicy {
  int open_max{10};
  int one_direction_max{5};
  double daily_loss_r{5};  ///< today's closed trades: no direction at this loss or a larger one
  double cost_r_max{0.15};
};

struct GatePolicy {
  base::Millis cooldown{
      std::chrono::minutes{60}};  ///< a repeat inside it must be of a higher tier; then it is armed anew
  base::Millis too_old{std::chrono::minutes{30}};       ///< market time behind now: not news any more
  base::Millis late_after{std::chrono::minutes{5}};     ///< said, but marked late
  base::Millis episode_lost{std::chrono::minutes{30}};  ///< an open episode nobody heard of for so long has ended
  bool paused{};
  std::vector<Mute> mutes;
  QuietHours quiet;
  double rings_a_day{30};  ///< 0: no limit
  RiskPolicy risk;
  /// Ringing signals without a direction that follow the last one within `burst_idle` wait for each other, at most
  /// `burst_max` together, and go out as one message. 0: each goes out alone.
  base::Millis burst_idle{2'000}, burst_max{10'000};
  base::Millis overflow_every{std::chrono::hours{1}};  ///< what is over the budget is told together so often
};

/// What a decision may look at beside the finding itself.
struct Surroundings {
  const Said* said{};  ///< under its key; null: nothing yet
  base::WallTime now{};
  base::Millis cooldown{};  ///< of this symbol
  double score{};           ///< 0 to 100
  double ring_bar{};        ///< a signal rings with a score above this (RingBudget)
  bool feed_doubted{};
  int open_long{}, open_short{};
  double today_r{};              ///< sum over the trades that were closed today (UTC)
  std::optional<double> cost_r;  ///< round trip, of this finding's trade
};

enum class Effect : std::uint8_t { hold, quieten, collect, undirect };

class Gate {
 public:
  Gate(Reason name, Effect effect) : name_(name), effect_(effect) {}
  virtual ~Gate() = default;
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  Gate(Gate&&) = delete;
  Gate& operator=(Gate&&) = delete;
  [[nodiscard]] Reason name() const { return name_; }
  [[nodiscard]] Effect effect() const { return effect_; }
  [[nodiscard]] virtual bool closes(const Finding& finding, const Surroundings& around) const = 0;

 private:
  Reason name_;
  Effect effect_;
};

/// In the order of SIGNALS.md 5. They keep a reference to the policy.
[[nodiscard]] std::vector<std::unique_ptr<Gate>> make_gates(const GatePolicy& policy);

struct Decision {
  Reason reason{Reason::conditions};
  std::optional<Reason> quiet;       ///< quiet_hours: no ring; over_budget: in the digest alone
  std::optional<Reason> undirected;  ///< which gate took the direction
  [[nodiscard]] bool collected() const { return quiet == Reason::over_budget; }
};

[[nodiscard]] Decision decide(const Finding& finding, const Surroundings& around,
                              const std::vector<std::unique_ptr<Gate>>& gates, const GatePolicy& policy);

}  // namespace desk
