// The circuit breaker of one endpoint: closed, open, half open, and two states that an operator sets. A pure machine
// that is told the time. It belongs to one thread. Requirements CB-1 to CB-10.
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <boost/circular_buffer.hpp>

#include "common/guard/breaker_policy.hpp"
#include "common/guard/saved_wait.hpp"

namespace guard {

/// Uniform in [0, 1).
using Random = std::function<double()>;

/// What one breaker stands for.
struct BreakerKey {
  std::string exchange, host, endpoint;
  [[nodiscard]] std::string text() const { return exchange + ' ' + host + ' ' + endpoint; }
  [[nodiscard]] auto operator<=>(const BreakerKey&) const = default;
};

/// The numbers are written to disk.
enum class BreakerState : std::uint8_t { closed = 0, open = 1, half_open = 2, forced_open = 3, disabled = 4 };

enum class BreakerReason : std::uint8_t {
  consecutive_failures,
  failure_rate,
  slow_rate,
  probe_failed,
  probe_lost,  ///< it never reported
  wait_over,
  probes_succeeded,
  isolated,  ///< the last four: by an operator
  disabled,
  closed_by_hand,
  reset,
};

[[nodiscard]] std::string_view to_string(BreakerState state);
[[nodiscard]] std::string_view to_string(BreakerReason reason);

struct BreakerChange {
  BreakerState from{}, to{};
  BreakerReason reason{};
  int openings{};                              ///< in a row
  std::optional<base::SteadyTime> open_until;  ///< when `to` is open
  std::string who, why;                        ///< of an operator's change
};

/// Why a call may not go (CB-8).
struct Rejection {
  BreakerKey key;
  BreakerState state{};
  std::optional<base::Millis> retry_after;  ///< nullopt: until an operator says so
};

/// What is counted since the start. permits = succeeded + failed + excluded + those still out.
struct BreakerTotals {
  std::uint64_t permits{}, succeeded{}, slow{}, failed{}, excluded{}, late{}, lost{}, not_permitted{};
};

/// What survives a restart (CB-9): typed columns of one row per bot and key. The window does not.
struct BreakerRow {
  BreakerKey key;
  BreakerState state{};
  int openings{};
  SavedWait wait;         ///< until the first probe, or until a server lets us come back
  bool server_imposed{};  ///< `wait` is the server's word
  std::string who, why;   ///< of an operator's state
};

class Breaker {
 public:
  class Permit;
  using OnChange = std::function<void(const BreakerChange&)>;  ///< called after the change; must not call back

  /// `policy` has no problems(). `random` gives the jitter; 0.5 is none.
  Breaker(BreakerKey key, const BreakerPolicy& policy, Random random, OnChange on_change);
  ~Breaker() = default;
  Breaker(const Breaker&) = delete;  // permits point here
  Breaker& operator=(const Breaker&) = delete;
  Breaker(Breaker&&) = delete;
  Breaker& operator=(Breaker&&) = delete;

  /// May a call go? `queued_until`: it may wait in line so long before it begins, and is no lost probe until then.
  [[nodiscard]] std::variant<Permit, Rejection> acquire(base::SteadyTime now,
                                                        std::optional<base::SteadyTime> queued_until = std::nullopt);
  /// What time alone changes: a lost probe reopens, a wait that is over half-opens. acquire() does it by itself.
  void tick(base::SteadyTime now);

  void isolate(std::string who, std::string why);                      ///< FORCED_OPEN until close() or reset()
  void disable(std::string who, std::string why);                      ///< lets all pass, still counts
  void close(base::SteadyTime now, std::string who, std::string why);  ///< back to CLOSED from any state
  void reset(base::SteadyTime now, std::string who, std::string why);  ///< close(), and the openings are forgotten

  [[nodiscard]] BreakerRow save(base::SteadyTime now, base::WallTime wall, const base::BootTime& boot) const;
  /// Takes over a row, whatever its fields hold: never open for longer than open_max, or three days by a server's word.
  void restore(const BreakerRow& row, base::SteadyTime now, base::WallTime wall, const base::BootTime& boot);

  [[nodiscard]] const BreakerKey& key() const { return key_; }
  [[nodiscard]] BreakerState state() const { return state_; }
  [[nodiscard]] int openings(base::SteadyTime now) const;  ///< in a row; one less for each calm time closed
  [[nodiscard]] std::optional<base::SteadyTime> open_until() const;
  /// The server's own wish, kept by every call of this key; long past when there is none.
  [[nodiscard]] const base::SteadyTime& held_until() const { return held_until_; }
  [[nodiscard]] const BreakerTotals& totals() const { return totals_; }
  [[nodiscard]] const std::string& who() const { return who_; }  ///< of an operator's state
  [[nodiscard]] const std::string& why() const { return why_; }
  [[nodiscard]] std::uint64_t generation() const { return generation_; }

 private:
  enum class Mark : std::uint8_t { good, slow, bad };
  struct Outcome {
    base::SteadyTime at;
    Mark mark;
  };

  void take_back(const Permit& permit);
  void record(const Permit& permit, Mark mark, base::SteadyTime now);
  void count(Mark mark, base::SteadyTime now);
  void forget_oldest();
  [[nodiscard]] int& in_window(Mark mark) { return in_window_[static_cast<std::size_t>(mark)]; }
  void judge_window(base::SteadyTime now);
  void judge_probe(Mark mark, base::SteadyTime now);
  void open(BreakerReason reason, base::SteadyTime now);
  void enter_closed(BreakerReason reason, base::SteadyTime now, std::string who, std::string why);
  void move_to(BreakerState to, BreakerReason reason, std::string who = {}, std::string why = {});
  void hold(std::optional<base::Millis> asked, base::SteadyTime now);
  [[nodiscard]] base::Millis open_time();
  [[nodiscard]] Rejection reject(base::SteadyTime now);

  // What each call touches stands together: among thousands of breakers each cache line of it is a wait for memory.
  BreakerState state_{BreakerState::closed};
  bool probe_out_{};
  int failures_in_row_{};
  std::uint64_t generation_{};
  boost::circular_buffer<Outcome> window_;  ///< room for policy_.window_calls
  std::array<int, 3> in_window_{};          ///< by Mark
  int openings_{};
  BreakerPolicy policy_;
  BreakerTotals totals_;
  base::SteadyTime closed_since_{};
  base::SteadyTime open_until_{};
  base::SteadyTime held_until_{};
  base::SteadyTime probe_due_{};
  int probes_good_{};
  BreakerKey key_;
  Random random_;
  OnChange on_change_;
  std::string who_, why_;
};

/// Leave for one call. Reports once; gone without a report it is given back, as if the call had not been (CB-10).
/// Must not outlive its breaker.
class Breaker::Permit {
 public:
  Permit(Permit&& other) noexcept;
  Permit& operator=(Permit&& other) noexcept;
  Permit(const Permit&) = delete;
  Permit& operator=(const Permit&) = delete;
  ~Permit() { abandon(); }

  void begin(base::SteadyTime now);  ///< the request leaves now: the time of a probe runs from here
  void succeed(base::SteadyTime now, base::Millis elapsed);
  /// `asked`: the server's own Retry-After, raw.
  void fail(base::SteadyTime now, std::optional<base::Millis> asked = std::nullopt);
  /// Neither good nor bad for the endpoint: a limit, a ban, a mistake of ours.
  void exclude(base::SteadyTime now, std::optional<base::Millis> asked = std::nullopt);
  void abandon() noexcept;
  [[nodiscard]] bool is_probe() const { return probe_; }

 private:
  friend class Breaker;
  Permit(Breaker& owner, bool probe) : owner_(&owner), generation_(owner.generation_), probe_(probe) {}

  Breaker* owner_;  ///< nullptr: reported
  std::uint64_t generation_;
  bool probe_;
};

}  // namespace guard
