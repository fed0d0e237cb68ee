#include "tests/support/fake_clock.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace test {
namespace asio = boost::asio;

asio::awaitable<void> FakeClock::sleep_until(base::SteadyTime deadline) {
  if (deadline <= steady_) {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);  // a loop of zero sleeps must yield
    co_return;
  }
  asio::steady_timer wake(co_await asio::this_coro::executor, base::SteadyTime::max());  // never fires by itself
  const auto entry = sleepers_.emplace(deadline, &wake);
  struct Leave {
    std::multimap<base::SteadyTime, asio::steady_timer*>& from;
    decltype(entry) at;
    ~Leave() { from.erase(at); }
  } leave{sleepers_, entry};
  boost::system::error_code ec;
  co_await wake.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  if (steady_ < deadline) throw boost::system::system_error(asio::error::operation_aborted);  // cancelled, not due
}

void FakeClock::drain() {
  io_.restart();
  while (io_.poll() > 0) io_.restart();
}

void FakeClock::move_to(base::SteadyTime target) {
  below_ms_ += target - steady_;
  const auto whole = std::chrono::duration_cast<base::Millis>(below_ms_);
  below_ms_ -= whole;
  wall_ += whole;
  boot_ += whole;
  steady_ = target;
}

void FakeClock::advance(base::Millis span) {
  const auto target = steady_ + span;
  drain();
  while (!sleepers_.empty() && sleepers_.begin()->first <= target) {
    move_to(sleepers_.begin()->first);
    for (auto it = sleepers_.begin(); it != sleepers_.end() && it->first <= steady_; ++it) it->second->cancel();
    drain();
  }
  move_to(target);
  drain();
}

}  // namespace test
