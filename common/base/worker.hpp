// Work that blocks goes to a thread of its own and comes back as a value: the loop goes on meanwhile.
#pragma once
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace base {

/// One thread; its end waits for what runs there. It ends before the loops of those who asked.
class Worker {
 public:
  Worker() = default;
  ~Worker() { pool_.join(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  Worker(Worker&&) = delete;
  Worker& operator=(Worker&&) = delete;

  /// `work` owns all it uses: who asked may be cancelled, and the work runs to its end nevertheless. What it throws is
  /// thrown here.
  template <class T>
  [[nodiscard]] boost::asio::awaitable<T> run(std::function<T()> work) {
    namespace asio = boost::asio;
    struct Shared {
      explicit Shared(const asio::any_io_executor& executor) : done(executor, asio::steady_timer::time_point::max()) {}
      asio::steady_timer done;  ///< never expires: it is cancelled
      std::optional<T> value;
      std::exception_ptr failure;
    };
    const auto executor = co_await asio::this_coro::executor;
    const auto shared = std::make_shared<Shared>(executor);
    const auto there = [shared, executor, task = std::move(work)] {
      std::optional<T> value;
      std::exception_ptr failure;
      try {
        value.emplace(task());
      } catch (...) {  // goes to who asked
        failure = std::current_exception();
      }
      asio::post(executor, [shared, failure, brought = std::move(value)]() mutable {
        shared->value = std::move(brought);
        shared->failure = failure;
        shared->done.cancel();
      });
    };
    asio::post(pool_, there);
    boost::system::error_code ended;
    co_await shared->done.async_wait(asio::redirect_error(asio::use_awaitable, ended));
    if (shared->failure) std::rethrow_exception(shared->failure);
    if (!shared->value) throw boost::system::system_error(asio::error::operation_aborted);  // cancelled
    co_return std::move(*shared->value);
  }

 private:
  boost::asio::thread_pool pool_{1};
};

}  // namespace base
