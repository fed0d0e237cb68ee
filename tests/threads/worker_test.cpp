// The loop goes on while a thread works, and hears of its value.
#include "common/base/worker.hpp"

#include <atomic>
#include <latch>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "common/base/task_group.hpp"

namespace worker_test {
using boost::asio::awaitable;

awaitable<void> ask(base::Worker& worker, std::function<std::string()> work, std::string& into) {
  auto working = worker.run<std::string>(std::move(work));
  into = co_await std::move(working);
}

TEST(Worker, BringsValuesFromAnotherThreadInTheOrderTheyWereAskedFor) {
  boost::asio::io_context io{1};
  base::Worker worker;
  base::TaskGroup tasks(io, [](const std::string& name, const std::exception_ptr&) { ADD_FAILURE() << name; });
  const auto loop = std::this_thread::get_id();
  std::vector<std::string> values(200);
  int order = 0;  // of the worker's thread alone
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto work = [&order, loop, i] {
      EXPECT_NE(std::this_thread::get_id(), loop);
      EXPECT_EQ(order++, static_cast<int>(i));
      return std::string(1'000, 'x') + std::to_string(i);
    };
    tasks.spawn("ask", ask(worker, work, values[i]));
  }
  while (tasks.running() > 0) io.run_one();
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_TRUE(values[i].ends_with("x" + std::to_string(i)));
}

TEST(Worker, WhatItsWorkThrowsIsThrownToWhoAsked) {
  boost::asio::io_context io{1};
  base::Worker worker;
  std::string failed;
  base::TaskGroup tasks(io,
                        [&](const std::string&, const std::exception_ptr& error) { failed = base::describe(error); });
  std::string value = "none";
  const auto work = []() -> std::string { throw std::runtime_error("no luck"); };
  tasks.spawn("ask", ask(worker, work, value));
  while (tasks.running() > 0) io.run_one();
  EXPECT_EQ(failed, "no luck");
  EXPECT_EQ(value, "none");
}

TEST(Worker, WhoIsCancelledHearsNothingAndTheWorkRunsToItsEnd) {
  std::string value = "none";
  std::atomic<bool> done{false};
  std::latch begun{1}, may_end{1};
  {
    boost::asio::io_context io{1};
    base::Worker worker;
    base::TaskGroup tasks(io, [](const std::string& name, const std::exception_ptr&) { ADD_FAILURE() << name; });
    const auto work = [&] {
      begun.count_down();
      may_end.wait();
      done = true;
      return std::string("late");
    };
    tasks.spawn("ask", ask(worker, work, value));
    io.poll();
    begun.wait();
    tasks.stop();
    while (tasks.running() > 0) io.run_one();
    may_end.count_down();
  }
  EXPECT_TRUE(done);
  EXPECT_EQ(value, "none");
}

}  // namespace worker_test
