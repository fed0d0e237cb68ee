#include "common/base/task_group.hpp"

#include <memory>
#include <stdexcept>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"

namespace task_group_test {

namespace asio = boost::asio;
using base::TaskGroup;
using testing::ElementsAre;
using namespace std::chrono_literals;

class TaskGroupTest : public testing::Test {
 protected:
  ~TaskGroupTest() override {
    tasks.stop();
    clock.advance(0ms);
  }
  asio::io_context io;
  test::FakeClock clock{io};
  std::vector<std::string> failures;
  TaskGroup tasks{io, [this](const std::string& name, const std::exception_ptr& error) {
                    failures.push_back(name + ": " + base::describe(error));
                  }};
};

asio::awaitable<void> wait(base::Clock& clock, base::Millis span) { co_await clock.sleep_for(span); }

asio::awaitable<void> tick(base::Clock& clock, int& ticks) {
  for (;;) {
    co_await clock.sleep_for(1s);
    ++ticks;
  }
}

asio::awaitable<void> fail_after(base::Clock& clock, base::Millis span, std::exception_ptr error) {
  co_await clock.sleep_for(span);
  std::rethrow_exception(std::move(error));
}

asio::awaitable<void> hold(base::Clock& clock, std::shared_ptr<int> held) {
  co_await clock.sleep_for(24h);
  ++*held;
}

asio::awaitable<void> swallow_then_wait_again(base::Clock& clock, int& swallowed, int& after) {
  try {
    co_await clock.sleep_for(24h);
  } catch (const boost::system::system_error&) {
    ++swallowed;
  }
  co_await clock.sleep_for(24h);
  ++after;
}

asio::awaitable<void> stop_all(base::Clock& clock, TaskGroup& tasks, bool& went_on) {
  co_await clock.sleep_for(1s);
  tasks.stop();
  co_await clock.sleep_for(1s);
  went_on = true;
}

asio::awaitable<void> note_start(base::Clock& clock, bool& started) {
  started = true;
  co_await clock.sleep_for(1s);
}

TEST_F(TaskGroupTest, ATaskIsListedByNameWhileItRuns) {
  tasks.spawn("bybit/liquidations", wait(clock, 1s));
  tasks.spawn("okx/funding", wait(clock, 2s));
  EXPECT_THAT(tasks.names(), ElementsAre("bybit/liquidations", "okx/funding"));
  clock.advance(1s);
  EXPECT_THAT(tasks.names(), ElementsAre("okx/funding"));
  clock.advance(1s);
  EXPECT_EQ(tasks.running(), 0U);
  EXPECT_TRUE(failures.empty());
}

TEST_F(TaskGroupTest, AFailureNamesItsTaskAndLeavesTheOthersRunning) {
  int ticks = 0;
  tasks.spawn("ticker", tick(clock, ticks));
  tasks.spawn("broken", fail_after(clock, 1s, std::make_exception_ptr(std::runtime_error("boom"))));
  clock.advance(3s);
  EXPECT_THAT(failures, ElementsAre("broken: boom"));
  EXPECT_THAT(tasks.names(), ElementsAre("ticker"));
  EXPECT_EQ(ticks, 3);
}

TEST_F(TaskGroupTest, AnExceptionThatIsNoStandardOneIsReportedToo) {
  tasks.spawn("odd", fail_after(clock, 0ms, std::make_exception_ptr(42)));
  clock.advance(0ms);
  EXPECT_THAT(failures, ElementsAre("odd: unknown exception"));
}

TEST_F(TaskGroupTest, ASystemErrorThatIsNoCancellationIsAFailure) {
  const boost::system::system_error reset(asio::error::connection_reset);
  tasks.spawn("reader", fail_after(clock, 0ms, std::make_exception_ptr(reset)));
  clock.advance(0ms);
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_TRUE(failures[0].starts_with("reader: "));
}

TEST_F(TaskGroupTest, StopEndsEveryTaskAndIsNotAFailure) {
  int ticks = 0;
  tasks.spawn("ticker", tick(clock, ticks));
  tasks.spawn("waiter", wait(clock, 24h));
  clock.advance(5s);
  tasks.stop();
  tasks.stop();
  clock.advance(0ms);
  EXPECT_EQ(tasks.running(), 0U);
  EXPECT_EQ(ticks, 5);
  EXPECT_TRUE(failures.empty());
}

TEST_F(TaskGroupTest, AStoppedTaskReleasesWhatItHeld) {
  const auto held = std::make_shared<int>(0);
  tasks.spawn("holder", hold(clock, held));
  clock.advance(1s);
  EXPECT_EQ(held.use_count(), 2);
  tasks.stop();
  clock.advance(0ms);
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(*held, 0);
}

TEST_F(TaskGroupTest, ATaskStoppedBeforeItsFirstStepEndsWithoutWaiting) {
  bool started = false;
  tasks.spawn("late", note_start(clock, started));
  tasks.stop();
  clock.advance(0ms);
  EXPECT_EQ(tasks.running(), 0U);
  EXPECT_TRUE(failures.empty());
}

TEST_F(TaskGroupTest, ATaskThatSwallowsItsCancellationEndsAtItsNextWait) {
  int swallowed = 0;
  int after = 0;
  tasks.spawn("stubborn", swallow_then_wait_again(clock, swallowed, after));
  clock.advance(1s);
  tasks.stop();
  clock.advance(0ms);
  EXPECT_EQ(swallowed, 1);
  EXPECT_EQ(after, 0);
  EXPECT_EQ(tasks.running(), 0U);
}

TEST_F(TaskGroupTest, ATaskMayStopItsOwnGroup) {
  bool went_on = false;
  int ticks = 0;
  tasks.spawn("ticker", tick(clock, ticks));
  tasks.spawn("stopper", stop_all(clock, tasks, went_on));
  clock.advance(10s);
  EXPECT_EQ(tasks.running(), 0U);
  EXPECT_FALSE(went_on);
}

TEST_F(TaskGroupTest, TheOneWhoHearsOfAFailureMaySpawnAReplacement) {
  int ticks = 0;
  TaskGroup* group = nullptr;
  TaskGroup healing(
      io, [&](const std::string& name, const std::exception_ptr&) { group->spawn(name, tick(clock, ticks)); });
  group = &healing;
  healing.spawn("poller", fail_after(clock, 1s, std::make_exception_ptr(std::runtime_error("boom"))));
  clock.advance(4s);
  EXPECT_THAT(healing.names(), ElementsAre("poller"));
  EXPECT_EQ(ticks, 3);
  healing.stop();
  clock.advance(0ms);
}

TEST_F(TaskGroupTest, ManyTasksStoppedAtARandomMomentAllEnd) {
  int ticks = 0;
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i < 20; ++i) {
      const auto name = std::to_string(i);
      if (i % 3 == 0) tasks.spawn(name, tick(clock, ticks));
      if (i % 3 == 1) tasks.spawn(name, wait(clock, base::Millis(i * round)));
      if (i % 3 == 2) tasks.spawn(name, hold(clock, std::make_shared<int>(0)));
    }
    clock.advance(base::Millis(37 * round));
    tasks.stop();
    clock.advance(0ms);
    ASSERT_EQ(tasks.running(), 0U) << round;
  }
  EXPECT_TRUE(failures.empty());
}

TEST(TaskGroupDeathTest, AGroupDestroyedWithRunningTasksStopsTheProgram) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  asio::io_context io;
  const auto destroy_too_early = [&io] {
    test::FakeClock clock(io);
    TaskGroup tasks(io, [](const std::string&, const std::exception_ptr&) {});
    tasks.spawn("waiter", wait(clock, 1s));
  };
  EXPECT_DEATH(destroy_too_early(), "tasks_.empty");
}

TEST(Describe, SaysWhatTheExceptionSays) {
  EXPECT_EQ(base::describe(std::make_exception_ptr(std::runtime_error("no route"))), "no route");
  EXPECT_EQ(base::describe(std::make_exception_ptr(1)), "unknown exception");
  EXPECT_EQ(base::describe(nullptr), "no exception");
}

}  // namespace task_group_test
