// The only door to time. A pure function is told the time; only a loop asks for it.
#pragma once
#include <string>

#include <boost/asio/awaitable.hpp>

#include "common/base/time.hpp"

namespace base {

class Clock {
 public:
  Clock() = default;
  virtual ~Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  Clock(Clock&&) = delete;
  Clock& operator=(Clock&&) = delete;

  [[nodiscard]] virtual WallTime wall_now() const = 0;
  [[nodiscard]] virtual SteadyTime steady_now() const = 0;
  [[nodiscard]] virtual BootTime boot_now() const = 0;
  /// Resumes at `deadline` or later; a cancelled wait throws operation_aborted, as every Asio wait does.
  [[nodiscard]] virtual boost::asio::awaitable<void> sleep_until(SteadyTime deadline) = 0;
  [[nodiscard]] boost::asio::awaitable<void> sleep_for(Millis delay) { return sleep_until(steady_now() + delay); }
};

/// The machine's clocks, optionally sped up: with `speed` 60 an hour passes in a minute, in every process that was
/// started with the same speed alike (wall and boot time are scaled around fixed origins; steady time counts from this
/// clock's construction). Only tests use speed != 1.
class SystemClock final : public Clock {
 public:
  explicit SystemClock(double speed = 1.0);
  [[nodiscard]] WallTime wall_now() const override;
  [[nodiscard]] SteadyTime steady_now() const override;
  [[nodiscard]] BootTime boot_now() const override;
  [[nodiscard]] boost::asio::awaitable<void> sleep_until(SteadyTime deadline) override;

 private:
  double speed_;
  SteadyTime steady_origin_;
  std::string boot_id_;
};

}  // namespace base
