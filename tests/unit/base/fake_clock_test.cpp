#include "tests/support/fake_clock.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/task_group.hpp"

namespace fake_clock_test {

namespace asio = boost::asio;
using base::Millis;
using testing::ElementsAre;
using namespace std::chrono_literals;

class FakeClockTest : public testing::Test {
 protected:
  ~FakeClockTest() override {
    tasks.stop();
    clock.advance(0ms);
  }
  asio::io_context io;
  test::FakeClock clock{io};
  std::vector<std::string> heard;
  base::TaskGroup tasks{io, [](const std::string& name, const std::exception_ptr& error) {
                          ADD_FAILURE() << name << ": " << base::describe(error);
                        }};
};

asio::awaitable<void> say_after(base::Clock& clock, std::vector<std::string>& heard, Millis delay, std::string word) {
  co_await clock.sleep_for(delay);
  heard.push_back(std::move(word));
}

asio::awaitable<void> tick(base::Clock& clock, std::vector<std::string>& heard, Millis period, std::string word) {
  for (;;) {
    co_await clock.sleep_for(period);
    heard.push_back(word);
  }
}

asio::awaitable<void> note_times(base::Clock& clock, Millis period, std::vector<std::int64_t>& times) {
  for (;;) {
    co_await clock.sleep_for(period);
    times.push_back(base::to_ms(clock.wall_now()));
  }
}

asio::awaitable<void> sleep_nine_short(base::Clock& clock) {
  for (int i = 0; i < 9; ++i) co_await clock.sleep_until(clock.steady_now() + 333'333ns);
}

TEST_F(FakeClockTest, SleepersWakeInDeadlineOrderWhateverTheOrderOfTheirStart) {
  tasks.spawn("c", say_after(clock, heard, 3s, "c"));
  tasks.spawn("a", say_after(clock, heard, 1s, "a"));
  tasks.spawn("b", say_after(clock, heard, 2s, "b"));
  clock.advance(10s);
  EXPECT_THAT(heard, ElementsAre("a", "b", "c"));
  EXPECT_EQ(clock.sleepers(), 0U);
}

TEST_F(FakeClockTest, SleepersOfOneDeadlineWakeInTheOrderTheyLayDown) {
  for (const char* name : {"1", "2", "3", "4"}) tasks.spawn(name, say_after(clock, heard, 5s, name));
  clock.advance(5s);
  EXPECT_THAT(heard, ElementsAre("1", "2", "3", "4"));
}

TEST_F(FakeClockTest, LoopsOfDifferentPeriodsInterleaveAsTheyWouldInRealTime) {
  tasks.spawn("2s", tick(clock, heard, 2s, "two"));
  tasks.spawn("3s", tick(clock, heard, 3s, "three"));
  clock.advance(7s);
  EXPECT_THAT(heard, ElementsAre("two", "three", "two", "three", "two"));  // at 6 s: who lay down first, at 3 s
}

TEST_F(FakeClockTest, OneLongStepEqualsManyShortOnes) {
  std::vector<std::int64_t> long_step;
  tasks.spawn("long", note_times(clock, 700ms, long_step));
  clock.advance(60s);
  asio::io_context other_io;
  test::FakeClock other(other_io);
  std::vector<std::int64_t> short_steps;
  base::TaskGroup group(other_io, [](const std::string&, const std::exception_ptr&) {});
  group.spawn("short", note_times(other, 700ms, short_steps));
  for (int i = 0; i < 600; ++i) other.advance(100ms);
  group.stop();
  other.advance(0ms);
  EXPECT_EQ(long_step, short_steps);
  EXPECT_EQ(long_step.size(), 85U);
}

TEST_F(FakeClockTest, NothingWakesBeforeItsTime) {
  tasks.spawn("a", say_after(clock, heard, 1s, "a"));
  clock.advance(999ms);
  EXPECT_TRUE(heard.empty());
  EXPECT_EQ(clock.sleepers(), 1U);
  clock.advance(1ms);
  EXPECT_THAT(heard, ElementsAre("a"));
}

TEST_F(FakeClockTest, AllThreeClocksMoveTogetherAndAStepMovesTheWallAlone) {
  const auto wall = clock.wall_now();
  const auto steady = clock.steady_now();
  const auto boot = clock.boot_now().since_boot;
  tasks.spawn("a", say_after(clock, heard, 1h, "a"));
  clock.step_wall(2h);
  clock.advance(30min);
  EXPECT_TRUE(heard.empty());
  EXPECT_EQ(clock.wall_now() - wall, 150min);
  EXPECT_EQ(clock.steady_now() - steady, 30min);
  EXPECT_EQ(clock.boot_now().since_boot - boot, 30min);
}

TEST_F(FakeClockTest, StepsBelowAMillisecondAddUp) {
  const auto wall = clock.wall_now();
  tasks.spawn("short", sleep_nine_short(clock));
  clock.advance(3ms);
  EXPECT_EQ(tasks.running(), 0U);
  EXPECT_EQ(clock.wall_now() - wall, 3ms);
}

TEST_F(FakeClockTest, AZeroSleepYieldsAndTakesNoTime) {
  const auto before = clock.steady_now();
  tasks.spawn("a", say_after(clock, heard, 0ms, "a"));
  tasks.spawn("b", say_after(clock, heard, -1s, "b"));
  clock.advance(0ms);
  EXPECT_THAT(heard, ElementsAre("a", "b"));
  EXPECT_EQ(clock.steady_now(), before);
}

TEST_F(FakeClockTest, ACancelledSleeperLeavesAndIsNotWoken) {
  tasks.spawn("a", say_after(clock, heard, 1s, "a"));
  clock.advance(0ms);
  ASSERT_EQ(clock.sleepers(), 1U);
  tasks.stop();
  clock.advance(2s);
  EXPECT_TRUE(heard.empty());
  EXPECT_EQ(clock.sleepers(), 0U);
  EXPECT_EQ(tasks.running(), 0U);
}

}  // namespace fake_clock_test
