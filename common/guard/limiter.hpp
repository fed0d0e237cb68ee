// One documented limit of one exchange, as this bot keeps it: the plan, the arithmetic, the exchange's own count, and
// what of it survives a restart.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "common/guard/gcra.hpp"
#include "common/guard/limit_plan.hpp"
#include "common/guard/saved_wait.hpp"

namespace guard {

/// What survives a restart (RL-7): typed columns of one row per bot, exchange and limit.
struct LimiterRow {
  std::string exchange, limit;
  SavedWait busy;     ///< until the burst is whole again
  SavedWait blocked;  ///< by the server, or by its usage header
};

class Limiter {
 public:
  Limiter(std::string exchange, std::string name, LimitPlan plan);

  [[nodiscard]] bool fits(std::int64_t units) const { return gcra_.fits(units); }
  [[nodiscard]] base::SteadyTime ready_at(std::int64_t ahead, std::int64_t units, base::SteadyTime now) const {
    return gcra_.ready_at(ahead, units, now);
  }
  [[nodiscard]] bool take(std::int64_t units, base::SteadyTime now, base::WallTime wall);
  void block_until(base::SteadyTime until);
  void drain(base::SteadyTime now) { gcra_.drain(now); }

  /// The value of this limit's usage header (RL-3): over 80 % of the documented limit halves the rate, over 95 % stops,
  /// both until the next window. It never raises the allowance. What is no number is ignored.
  void on_usage(std::string_view header_value, base::SteadyTime now, base::WallTime wall);

  /// Is there something that a restart must know? Written a little ahead of the truth, so once a second or two is
  /// enough: a crash never remembers less than was taken.
  [[nodiscard]] bool must_save() const;
  [[nodiscard]] LimiterRow save(base::SteadyTime now, base::WallTime wall, const base::BootTime& boot);
  void restore(const LimiterRow& row, base::SteadyTime now, base::WallTime wall, const base::BootTime& boot);

  [[nodiscard]] const std::string& exchange() const { return exchange_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const LimitPlan& plan() const { return plan_; }
  [[nodiscard]] Gcra::Answer peek(base::SteadyTime now) const { return gcra_.peek(0, now); }
  [[nodiscard]] base::SteadyTime blocked_until() const { return gcra_.blocked_until(); }

 private:
  [[nodiscard]] std::int64_t window_at(base::WallTime wall) const;

  // What each call touches stands together, as in the breaker.
  Gcra gcra_;
  std::int64_t window_{-1};      ///< number of the exchange's fixed window, by the wall clock
  std::int64_t window_taken_{};  ///< units of ours in it
  LimitPlan plan_;
  base::SteadyTime saved_busy_{base::SteadyTime::min()};
  bool block_unsaved_{};
  std::string exchange_, name_;
};

/// What a call costs of one limiter. The limiter outlives it.
struct Charge {
  Limiter* limiter{};
  std::int64_t units{};
};

}  // namespace guard
