// A clock that moves only when told. advance() plays every sleeper due on the way, in deadline order.
#pragma once
#include <map>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "common/base/clock.hpp"

namespace test {

class FakeClock final : public base::Clock {
 public:
  explicit FakeClock(boost::asio::io_context& io, base::WallTime start = base::from_ms(1'767'225'600'000))
      : io_(io), wall_(start) {}

  [[nodiscard]] base::WallTime wall_now() const override { return wall_; }
  [[nodiscard]] base::SteadyTime steady_now() const override { return steady_; }
  [[nodiscard]] base::BootTime boot_now() const override { return {boot_id, boot_}; }
  [[nodiscard]] boost::asio::awaitable<void> sleep_until(base::SteadyTime deadline) override;

  /// Runs ready work, then jumps from deadline to deadline until `span` has passed.
  void advance(base::Millis span);
  /// Steps the wall clock alone, as NTP does.
  void step_wall(base::Millis by) { wall_ += by; }
  [[nodiscard]] std::size_t sleepers() const { return sleepers_.size(); }
  /// When the next sleeper is due; nullopt: nobody sleeps.
  [[nodiscard]] std::optional<base::SteadyTime> next_wake() const {
    return sleepers_.empty() ? std::nullopt : std::optional(sleepers_.begin()->first);
  }

  std::string boot_id{"boot-1"};  ///< a test changes it to play a reboot

 private:
  void drain();
  void move_to(base::SteadyTime target);
  boost::asio::io_context& io_;
  base::WallTime wall_;
  base::SteadyTime steady_{std::chrono::hours{1}};
  base::Millis boot_{3'600'000};
  std::chrono::nanoseconds below_ms_{};
  std::multimap<base::SteadyTime, boost::asio::steady_timer*> sleepers_;
};

}  // namespace test
