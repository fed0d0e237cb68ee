// Structured concurrency: every coroutine has an owner, a name and an end. A group is empty before what its coroutines
// use is destroyed.
#pragma once
#include <exception>
#include <functional>
#include <list>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

namespace base {

class TaskGroup {
 public:
  /// Hears of a coroutine that ended by an exception other than cancellation.
  using OnFailure = std::function<void(const std::string& name, const std::exception_ptr& error)>;
  TaskGroup(boost::asio::io_context& io, OnFailure on_failure);
  ~TaskGroup();  ///< asserts that nothing runs any more
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  TaskGroup(TaskGroup&&) = delete;
  TaskGroup& operator=(TaskGroup&&) = delete;

  void spawn(std::string name, boost::asio::awaitable<void> task);
  void stop();  ///< each coroutine ends at its next suspension point; idempotent
  [[nodiscard]] std::size_t running() const { return tasks_.size(); }
  [[nodiscard]] std::vector<std::string> names() const;  ///< of what still runs, for a log line

 private:
  void emit_stop();
  struct Task {
    std::string name;
    boost::asio::cancellation_signal cancel;
  };
  boost::asio::io_context& io_;
  OnFailure on_failure_;
  std::list<Task> tasks_;
};

/// One line for a log: what() of a standard exception, or "unknown exception".
[[nodiscard]] std::string describe(const std::exception_ptr& error);

}  // namespace base
