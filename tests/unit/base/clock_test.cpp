// SystemClock against the machine's clocks. Times are bracketed by two readings, never compared with a guess.
#include "common/base/clock.hpp"

#include <array>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <gtest/gtest.h>

#include "common/base/task_group.hpp"

namespace clock_test {

namespace asio = boost::asio;
using base::Millis;
using base::SteadyTime;
using base::SystemClock;
using namespace std::chrono_literals;

constexpr std::array speeds{0.5, 1.0, 7.3, 60.0, 3'600.0, 86'400.0};
constexpr auto speed_origin = base::from_ms(1'767'225'600'000);

base::WallTime sped_up(base::WallTime real, double speed) {
  return speed_origin + Millis(static_cast<std::int64_t>(static_cast<double>((real - speed_origin).count()) * speed));
}

asio::awaitable<void> sleep_and_look(base::Clock& clock, SteadyTime deadline, SteadyTime& woke_at) {
  co_await clock.sleep_until(deadline);
  woke_at = clock.steady_now();
}

/// Runs one coroutine to its end; a failure of it fails the test.
void run(asio::awaitable<void> task) {
  asio::io_context io;
  base::TaskGroup tasks(
      io, [](const std::string&, const std::exception_ptr& error) { ADD_FAILURE() << base::describe(error); });
  tasks.spawn("test", std::move(task));
  io.run();
}

TEST(SystemClock, WallTimeRunsAtItsSpeedAroundAFixedOrigin) {
  const SystemClock real;
  for (const double speed : speeds) {
    const SystemClock clock(speed);
    const auto before = real.wall_now();
    const auto shown = clock.wall_now();
    const auto after = real.wall_now();
    EXPECT_GE(shown, sped_up(before, speed)) << speed;
    EXPECT_LE(shown, sped_up(after + 1ms, speed) + 1ms) << speed;
  }
}

TEST(SystemClock, SteadyTimeRunsAtItsSpeed) {
  const SystemClock real;
  for (const double speed : speeds) {
    const auto outer_start = real.steady_now();
    const SystemClock clock(speed);
    const auto start = clock.steady_now();
    const auto inner_start = real.steady_now();
    while (real.steady_now() < inner_start + 2ms) {  // looks, does not sleep: 2 ms of real time must pass
    }
    const auto inner_end = real.steady_now();
    const std::chrono::duration<double> passed = clock.steady_now() - start;
    const auto outer_end = real.steady_now();
    EXPECT_GE(passed, std::chrono::duration<double>(inner_end - inner_start) * speed * 0.999) << speed;
    EXPECT_LE(passed, std::chrono::duration<double>(outer_end - outer_start) * speed * 1.001) << speed;
  }
}

TEST(SystemClock, ASleepEndsAtItsDeadlineOrLaterAtEverySpeed) {
  for (const double speed : speeds) {
    SystemClock clock(speed);
    for (const auto real_wait : {1ns, 333ns, 10'007ns, 1'000'003ns}) {
      const auto deadline =
          clock.steady_now() +
          std::chrono::nanoseconds(static_cast<std::int64_t>(static_cast<double>(real_wait.count()) * speed));
      SteadyTime woke_at{};
      run(sleep_and_look(clock, deadline, woke_at));
      EXPECT_GE(woke_at, deadline) << speed;
    }
  }
}

TEST(SystemClock, ASpedUpSleepIsShortInRealTime) {
  const SystemClock real;
  SystemClock clock(3'600'000.0);
  const auto start = real.steady_now();
  SteadyTime woke_at{};
  run(sleep_and_look(clock, clock.steady_now() + 10h, woke_at));  // 10 ms
  const auto took = real.steady_now() - start;
  EXPECT_GE(took, 10ms);
  EXPECT_LT(took, 10s);
}

TEST(SystemClock, ADeadlineThatPassedDoesNotWait) {
  SystemClock clock;
  SteadyTime woke_at{};
  run(sleep_and_look(clock, clock.steady_now() - 1h, woke_at));
  EXPECT_NE(woke_at, SteadyTime{});
}

asio::awaitable<void> sleep_long(base::Clock& clock, boost::system::error_code& ended_with) {
  try {
    co_await clock.sleep_for(24h);
  } catch (const boost::system::system_error& failure) {
    ended_with = failure.code();
  }
}

TEST(SystemClock, ACancelledSleepThrowsOperationAborted) {
  SystemClock clock;
  boost::system::error_code ended_with;
  asio::io_context io;
  base::TaskGroup tasks(io, [](const std::string&, const std::exception_ptr&) {});
  tasks.spawn("sleeper", sleep_long(clock, ended_with));
  io.poll();
  tasks.stop();
  io.run();
  EXPECT_EQ(ended_with, asio::error::operation_aborted);
}

TEST(SystemClock, CB9_BootTimeNamesTheBootAndRunsAtTheSpeed) {
  const SystemClock real;
  const SystemClock fast(60.0);
  const auto before = real.boot_now();
  const auto sped = fast.boot_now();
  const auto after = real.boot_now();
  EXPECT_EQ(before.boot_id.size(), 36U) << before.boot_id;
  EXPECT_EQ(sped.boot_id, before.boot_id);
  EXPECT_GE(sped.since_boot, before.since_boot * 60);
  EXPECT_LE(sped.since_boot, (after.since_boot + 1ms) * 60);
}

}  // namespace clock_test
