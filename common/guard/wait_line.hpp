// The line of calls of one exchange that wait for its limiters. First come, first served at each limiter: a call held
// by one limiter does not hold up those that do not use it, and no cheap call overtakes a dear one at the limiter both
// need.
#pragma once
#include <list>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "common/base/clock.hpp"
#include "common/guard/limiter.hpp"

namespace guard {

/// How many requests of one host are under way.
struct Slots {
  int used{};
  int max{4};
};

/// What a call needs before it may go. Has a constructor on purpose (docs/decisions/0002). All it points to outlives
/// its wait.
struct Need {
  Need(std::vector<Charge> of_charges, Slots& of_host, const base::SteadyTime& hold, base::SteadyTime until)
      : charges(std::move(of_charges)), slots(&of_host), held_until(&hold), deadline(until) {}
  std::vector<Charge> charges;  ///< each limiter once; every cost fits
  Slots* slots;
  const base::SteadyTime* held_until;  ///< the server's wish for this key; may move while we wait
  base::SteadyTime deadline;
};

enum class Admission : std::uint8_t {
  go,           ///< everything is taken, and one slot: give it back with leave()
  too_long,     ///< it would be after the deadline; said at once
  crowded_out,  ///< the line was full, and this call was the oldest
};

struct Turn {
  Admission admission{};
  base::SteadyTime ready_at{};  ///< of too_long
};

class WaitLine {
 public:
  /// `max` calls wait at most.
  WaitLine(base::Clock& clock, std::size_t max) : clock_(clock), max_(max) {}
  ~WaitLine() = default;
  WaitLine(const WaitLine&) = delete;
  WaitLine& operator=(const WaitLine&) = delete;
  WaitLine(WaitLine&&) = delete;
  WaitLine& operator=(WaitLine&&) = delete;

  /// Waits for the turn. Cancelled, it throws operation_aborted at once and gives back what it took.
  [[nodiscard]] boost::asio::awaitable<Turn> enter(Need need);
  /// Looks who may go now: to be called when a slot came free or a limiter was blocked.
  void pump();
  [[nodiscard]] std::size_t waiting() const { return line_.size(); }

 private:
  struct Waiter;
  struct InLine;
  struct Ahead;
  [[nodiscard]] base::SteadyTime place(Waiter& waiter, Ahead& ahead, base::SteadyTime now) const;
  void settle(Waiter& waiter, Admission admission, base::SteadyTime ready_at);
  void take(const Need& need, base::SteadyTime now);

  base::Clock& clock_;
  std::size_t max_;
  std::list<Waiter*> line_;  ///< the oldest first; only those not settled
};

}  // namespace guard
