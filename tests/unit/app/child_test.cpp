#include "common/app/child.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "common/base/task_group.hpp"
#include "tests/support/fake_clock.hpp"

namespace child_test {
using app::ChildPlan;
using base::ErrorKind;
using namespace std::chrono_literals;

class ChildTest : public testing::Test {
 protected:
  ~ChildTest() override {
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child is left, or a zombie";
    EXPECT_EQ(errno, ECHILD);
  }
  static ChildPlan shell(const std::string& script) {
    ChildPlan plan("/bin/sh");
    plan.arguments = {"-c", script};
    return plan;
  }
  static boost::asio::awaitable<void> await_child(base::Clock& clock, ChildPlan plan,
                                                  std::optional<base::Result<std::string>>& out) {
    auto result = co_await app::run_child(clock, plan);
    out.emplace(std::move(result));
  }
  void start(const ChildPlan& plan) {
    ended_.reset();
    tasks_.spawn("child", await_child(clock_, plan, ended_));
    clock_.advance(0ms);
  }
  base::Result<std::string> run(const ChildPlan& plan) {
    start(plan);
    io_.restart();
    while (!ended_ && io_.run_one() > 0) {
    }
    clock_.advance(0ms);
    return std::move(*ended_);
  }

  boost::asio::io_context io_;
  test::FakeClock clock_{io_};
  base::TaskGroup tasks_{io_, [](const std::string& name, const std::exception_ptr& error) {
                           ADD_FAILURE() << name << ": " << base::describe(error);
                         }};
  std::optional<base::Result<std::string>> ended_;
};

TEST_F(ChildTest, GivesTheInputAndHearsTheOutput) {
  ChildPlan plan("/bin/cat");
  plan.input = std::string(1'000'000, 'x') + "\0end";
  EXPECT_EQ(run(plan).value(), plan.input);
  EXPECT_EQ(run(shell("printf 'a b'")).value(), "a b");
  EXPECT_EQ(run(shell("true")).value(), "");
}

TEST_F(ChildTest, AFailureHasItsCodeAndItsWords) {
  const auto failed = run(shell("echo one; echo no such thing >&2; echo more >&2; exit 65"));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::internal);
  EXPECT_EQ(failed.error().text(), "sh: it failed with 65: no such thing");
  const auto killed = run(shell("kill -SEGV $$"));
  ASSERT_FALSE(killed);
  EXPECT_EQ(killed.error().cause, "it died of signal 11");
}

TEST_F(ChildTest, AMissingProgramIsSaidSo) {
  const auto missing = run(ChildPlan("/nonexistent/program"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::config);
  EXPECT_EQ(missing.error().place, "/nonexistent/program");
}

TEST_F(ChildTest, NoSecretReachesIt) {
  ::setenv("PERPWATCH_CHILD_TEST", "secret", 1);  // NOLINT(concurrency-mt-unsafe): one thread
  EXPECT_EQ(run(ChildPlan("/usr/bin/env")).value(), "");
  // Standard input, output, error, and the folder that ls reads.
  const int open_here = ::dup(1);
  ChildPlan look("/bin/ls");
  look.arguments = {"/proc/self/fd"};
  EXPECT_EQ(run(look).value(), "0\n1\n2\n3\n");
  ::close(open_here);
}

TEST_F(ChildTest, PastItsDeadlineItIsKilled) {
  auto plan = shell("echo at work >&2; exec sleep 600");
  plan.deadline = 10s;
  start(plan);
  clock_.advance(9'999ms);
  EXPECT_FALSE(ended_);
  clock_.advance(1ms);
  ASSERT_TRUE(ended_);
  ASSERT_FALSE(*ended_);
  EXPECT_EQ(ended_->error().kind, ErrorKind::timeout);
  EXPECT_EQ(ended_->error().cause.substr(0, 33), "it did not finish within 10000 ms");
}

TEST_F(ChildTest, OneThatClosesItsEarsButStaysIsKilledToo) {
  auto plan = shell("exec >&- 2>&- sleep 600");
  start(plan);
  clock_.advance(10s);
  ASSERT_TRUE(ended_);
  EXPECT_EQ(ended_->error().kind, ErrorKind::timeout);
}

TEST_F(ChildTest, TooMuchOutputEndsIt) {
  auto plan = shell("exec yes");
  plan.output_max = 100'000;
  const auto much = run(plan);
  ASSERT_FALSE(much);
  EXPECT_EQ(much.error().kind, ErrorKind::bad_data);
  EXPECT_EQ(much.error().cause, "it printed more than 100000 bytes");
  auto just = shell("head -c 100000 /dev/zero");
  just.output_max = 100'000;
  EXPECT_EQ(run(just).value().size(), 100'000U);
}

TEST_F(ChildTest, AChattyOneIsHeardToItsEnd) {
  const auto chatty = run(shell("head -c 300000 /dev/zero | tr '\\0' e >&2; echo done"));
  EXPECT_EQ(chatty.value(), "done\n");
}

TEST_F(ChildTest, WhoeverCancelsLeavesNoChild) {
  start(shell("exec sleep 600"));
  EXPECT_EQ(tasks_.running(), 1U);
  tasks_.stop();
  clock_.advance(0ms);
  EXPECT_EQ(tasks_.running(), 0U);
  EXPECT_FALSE(ended_);
}

TEST_F(ChildTest, TheLoopGoesOnMeanwhile) {
  start(shell("exec sleep 600"));
  bool ran = false;
  boost::asio::post(io_, [&] { ran = true; });
  clock_.advance(1s);
  EXPECT_TRUE(ran);
  EXPECT_FALSE(ended_);
  tasks_.stop();
  clock_.advance(0ms);
}

}  // namespace child_test
