#include "common/guard/wait_line.hpp"

#include <map>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "common/base/task_group.hpp"
#include "tests/support/fake_clock.hpp"

namespace test {
namespace wait_line_test {

using namespace std::chrono_literals;
using guard::Admission;

class WaitLineTest : public testing::Test {
 protected:
  WaitLineTest() : slow("x", "slow", plan(2)), other("x", "other", plan(2)), wide("x", "wide", plan(1000)) {}
  ~WaitLineTest() override {
    tasks.stop();
    clock.advance(0ms);
  }
  static guard::LimitPlan plan(std::int64_t burst) {
    guard::LimitPlan out;
    out.documented = {10'000, 60s, {}, {}};
    out.interval = 1s;
    out.burst = burst;
    return out;
  }
  void enter(const std::string& name, std::vector<guard::Charge> charges, base::Millis deadline = 1h) {
    tasks.spawn(name, run(name, std::move(charges), deadline));
    clock.advance(0ms);
  }
  boost::asio::awaitable<void> run(std::string name, std::vector<guard::Charge> charges, base::Millis deadline) {
    guard::Need need(std::move(charges), slots, hold, clock.steady_now() + deadline);
    const guard::Turn turn = co_await line.enter(std::move(need));
    turns[name] = turn;
    if (turn.admission == Admission::go) went.push_back(name);
  }
  bool waits(const std::string& name) const { return !turns.contains(name); }

  boost::asio::io_context io;
  FakeClock clock{io};
  guard::WaitLine line{clock, 5};
  guard::Slots slots{0, 1'000};
  base::SteadyTime hold{};
  guard::Limiter slow, other, wide;
  std::map<std::string, guard::Turn> turns;
  std::vector<std::string> went;
  base::TaskGroup tasks{io, [](const std::string& name, const std::exception_ptr&) { ADD_FAILURE() << name; }};
};

TEST_F(WaitLineTest, RL8_FirstComeFirstServed) {
  for (const auto* const name : {"a", "b", "c", "d", "e"}) enter(name, {{&slow, 1}});
  EXPECT_EQ(went, (std::vector<std::string>{"a", "b"}));
  clock.advance(999ms);
  EXPECT_EQ(went.size(), 2U);
  clock.advance(1ms);
  EXPECT_EQ(went.size(), 3U);
  clock.advance(2s);
  EXPECT_EQ(went, (std::vector<std::string>{"a", "b", "c", "d", "e"}));
  EXPECT_EQ(line.waiting(), 0U);
}

TEST_F(WaitLineTest, RL8_ACheapCallDoesNotOvertakeADearOne) {
  enter("first", {{&slow, 1}});
  enter("dear", {{&slow, 2}});
  enter("cheap", {{&slow, 1}});
  EXPECT_TRUE(waits("cheap")) << "one unit is left, but the dear one waits for it";
  clock.advance(1s);
  EXPECT_FALSE(waits("dear"));
  EXPECT_TRUE(waits("cheap"));
  clock.advance(1s);
  EXPECT_FALSE(waits("cheap"));
}

TEST_F(WaitLineTest, RL8_ACallHeldByOneLimiterDoesNotHoldUpThoseThatDoNotUseIt) {
  slow.block_until(clock.steady_now() + 60s);
  enter("held", {{&wide, 1}, {&slow, 1}});
  enter("free", {{&wide, 1}, {&other, 1}});
  EXPECT_TRUE(waits("held"));
  EXPECT_FALSE(waits("free"));
}

TEST_F(WaitLineTest, RL1_SeveralLimitersAreTakenAllOrNothing) {
  const auto whole = wide.peek(clock.steady_now()).remaining;
  enter("fills", {{&slow, 2}});
  enter("both", {{&wide, 10}, {&slow, 1}});
  EXPECT_TRUE(waits("both"));
  EXPECT_EQ(wide.peek(clock.steady_now()).remaining, whole) << "nothing is taken while it waits";
  clock.advance(1s);
  EXPECT_FALSE(waits("both"));
  EXPECT_EQ(wide.peek(clock.steady_now()).remaining, whole - 10);
}

TEST_F(WaitLineTest, RL8_AFullLineDropsTheOldest) {
  enter("fills", {{&slow, 2}});
  for (const auto* const name : {"a", "b", "c", "d", "e"}) enter(name, {{&slow, 1}});
  EXPECT_TRUE(waits("a"));
  enter("f", {{&slow, 1}});
  ASSERT_FALSE(waits("a"));
  EXPECT_EQ(turns["a"].admission, Admission::crowded_out);
  EXPECT_EQ(line.waiting(), 5U);
  clock.advance(1s);
  EXPECT_EQ(went.back(), "b") << "it moved up";
}

TEST_F(WaitLineTest, RL8_CancelledItEndsAtOnceAndTakesNothing) {
  enter("fills", {{&slow, 2}});
  enter("a", {{&slow, 1}});
  tasks.stop();
  clock.advance(0ms);
  EXPECT_EQ(tasks.running(), 0U);
  EXPECT_EQ(line.waiting(), 0U);
  EXPECT_EQ(slots.used, 1);
  clock.advance(1s);
  EXPECT_EQ(slow.peek(clock.steady_now()).remaining, 1);
}

TEST_F(WaitLineTest, ThoseBehindMoveUpWhenOneLeaves) {
  base::TaskGroup leaver(io, [](const std::string& name, const std::exception_ptr&) { ADD_FAILURE() << name; });
  enter("fills", {{&slow, 2}});
  leaver.spawn("leaves", run("leaves", {{&slow, 2}}, 1h));
  clock.advance(0ms);
  enter("behind", {{&slow, 1}});
  leaver.stop();
  clock.advance(1s);
  EXPECT_FALSE(waits("behind"));
  EXPECT_TRUE(waits("leaves"));
}

TEST_F(WaitLineTest, AWaitBeyondTheDeadlineIsRefusedAtOnce) {
  enter("fills", {{&slow, 2}});
  enter("in time", {{&slow, 2}}, 2s);
  enter("too late", {{&slow, 1}}, 2999ms);
  EXPECT_TRUE(waits("in time"));
  ASSERT_FALSE(waits("too late"));
  EXPECT_EQ(turns["too late"].admission, Admission::too_long);
  EXPECT_EQ(turns["too late"].ready_at, clock.steady_now() + 3s) << "the units before it are counted";
}

TEST_F(WaitLineTest, ABlockThatComesMeanwhileIsSeenAtOnce) {
  enter("fills", {{&slow, 2}});
  enter("short", {{&slow, 1}}, 5s);
  enter("long", {{&slow, 1}}, 1h);
  slow.block_until(clock.steady_now() + 100s);
  line.pump();
  clock.advance(0ms);
  EXPECT_EQ(turns["short"].admission, Admission::too_long);
  clock.advance(99'999ms);
  EXPECT_TRUE(waits("long"));
  clock.advance(1ms);
  EXPECT_FALSE(waits("long"));
}

TEST_F(WaitLineTest, TheServersWishForTheKeyHoldsIt) {
  hold = clock.steady_now() + 30s;
  enter("a", {{&wide, 1}});
  EXPECT_TRUE(waits("a"));
  clock.advance(29'999ms);
  EXPECT_TRUE(waits("a"));
  clock.advance(1ms);
  EXPECT_FALSE(waits("a"));
}

TEST_F(WaitLineTest, AFreeSlotGoesToTheFirstInLineAndTheDeadlineHolds) {
  slots.max = 1;
  enter("a", {{&wide, 1}});
  enter("b", {{&wide, 1}}, 10s);
  enter("c", {{&wide, 1}}, 20s);
  EXPECT_EQ(went, std::vector<std::string>{"a"});
  clock.advance(10s);
  EXPECT_EQ(turns["b"].admission, Admission::too_long);
  EXPECT_TRUE(waits("c"));
  --slots.used;
  line.pump();
  clock.advance(0ms);
  EXPECT_EQ(went.back(), "c");
  EXPECT_EQ(slots.used, 1);
}

}  // namespace wait_line_test
}  // namespace test
