#include "common/base/task_group.hpp"

#include <cassert>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace base {
namespace asio = boost::asio;

namespace {

bool is_cancellation(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const boost::system::system_error& failure) {
    return failure.code() == asio::error::operation_aborted;
  } catch (...) {  // any other exception: not a cancellation; the owner hears of it
    return false;
  }
}

}  // namespace

TaskGroup::TaskGroup(asio::io_context& io, OnFailure on_failure) : io_(io), on_failure_(std::move(on_failure)) {}

TaskGroup::~TaskGroup() { assert(tasks_.empty()); }

void TaskGroup::spawn(std::string name, asio::awaitable<void> task) {
  const auto self = tasks_.emplace(tasks_.end());
  self->name = std::move(name);
  const auto on_end = [this, self](const std::exception_ptr& error) {
    const std::string ended = std::move(self->name);
    tasks_.erase(self);
    if (error && !is_cancellation(error)) on_failure_(ended, error);
  };
  asio::co_spawn(io_, std::move(task), asio::bind_cancellation_slot(self->cancel.slot(), on_end));
}

void TaskGroup::stop() {
  if (tasks_.empty()) return;
  // Inside the context at once; from outside by its next run. Emitted from outside, co_spawn (Boost 1.81) would queue
  // the emission with a raw pointer to a slot that a completion queued before it destroys.
  asio::dispatch(io_, [this] { emit_stop(); });
}

void TaskGroup::emit_stop() {
  for (auto it = tasks_.begin(); it != tasks_.end();) {
    auto& task = *it++;  // an emission may end and erase the task at once
    task.cancel.emit(asio::cancellation_type::terminal);
  }
}

std::vector<std::string> TaskGroup::names() const {
  std::vector<std::string> out;
  out.reserve(tasks_.size());
  for (const auto& task : tasks_) out.push_back(task.name);
  return out;
}

std::string describe(const std::exception_ptr& error) {
  try {
    if (error) std::rethrow_exception(error);
    return "no exception";
  } catch (const std::exception& failure) {
    return failure.what();
  } catch (...) {  // something that is no std::exception: there is no more to say
    return "unknown exception";
  }
}

}  // namespace base
