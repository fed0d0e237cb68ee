#include "common/guard/wait_line.hpp"

#include <algorithm>
#include <cassert>
#include <optional>

#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace guard {
namespace asio = boost::asio;

struct WaitLine::Waiter {
  Waiter(const asio::any_io_executor& executor, Need of_need)
      : need(std::move(of_need)), wake(executor, base::SteadyTime::max()) {}
  Need need;
  /// A signal, not a clock: max() never fires, a time in the past ends a wait, even one that is yet to begin.
  asio::steady_timer wake;
  std::optional<Turn> turn;
  base::SteadyTime look_again{base::SteadyTime::min()};
};

/// The waiter's place in the line, left by return, refusal and cancellation alike.
struct WaitLine::InLine {
  InLine(WaitLine& of_line, Waiter& of_waiter) : line(of_line), waiter(of_waiter) { line.line_.push_back(&waiter); }
  ~InLine() {
    line.line_.remove(&waiter);
    if (!handed_over && waiter.turn && waiter.turn->admission == Admission::go) --waiter.need.slots->used;
    line.pump();
  }
  InLine(const InLine&) = delete;
  InLine& operator=(const InLine&) = delete;
  InLine(InLine&&) = delete;
  InLine& operator=(InLine&&) = delete;
  WaitLine& line;
  Waiter& waiter;
  bool handed_over{};
};

/// Units at each limiter that earlier waiters were first to ask for.
struct WaitLine::Ahead {
  std::vector<Charge> units;
  std::int64_t& at(Limiter* limiter) {
    const auto found = std::find_if(units.begin(), units.end(), [&](const Charge& c) { return c.limiter == limiter; });
    return found != units.end() ? found->units : units.emplace_back(Charge{limiter, 0}).units;
  }
};

asio::awaitable<Turn> WaitLine::enter(Need need) {
  using asio::experimental::awaitable_operators::operator||;
  const auto executor = co_await asio::this_coro::executor;
  Waiter waiter(executor, std::move(need));
  InLine place_in_line(*this, waiter);
  if (line_.size() > max_) settle(*line_.front(), Admission::crowded_out, {});
  pump();
  while (!waiter.turn) {
    waiter.wake.expires_at(base::SteadyTime::max());
    boost::system::error_code woken;
    auto signal = waiter.wake.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    auto sleep = clock_.sleep_until(waiter.look_again);
    co_await (std::move(signal) || std::move(sleep));
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
      throw boost::system::system_error(asio::error::operation_aborted);
    if (!waiter.turn) pump();
  }
  place_in_line.handed_over = true;
  co_return *waiter.turn;
}

void WaitLine::pump() {
  const auto now = clock_.steady_now();
  Ahead ahead;
  for (auto at = line_.begin(); at != line_.end();) {
    auto& waiter = **at++;  // settling takes it out of the line
    const auto ready = place(waiter, ahead, now);
    auto& slots = *waiter.need.slots;
    if (ready > waiter.need.deadline || now >= waiter.need.deadline) {
      settle(waiter, Admission::too_long, std::max(ready, now));
    } else if (ready <= now && slots.used < slots.max) {
      take(waiter.need, now);
      settle(waiter, Admission::go, now);
    } else {
      const auto look_again = ready > now ? ready : waiter.need.deadline;  // a slot that comes free pumps before that
      if (look_again < waiter.look_again) waiter.wake.expires_at(base::SteadyTime{});
      waiter.look_again = look_again;
    }
  }
}

base::SteadyTime WaitLine::place(Waiter& waiter, Ahead& ahead, base::SteadyTime now) const {
  auto ready = std::max(now, *waiter.need.held_until);
  for (const auto& [limiter, units] : waiter.need.charges) {
    auto& before = ahead.at(limiter);
    const auto here = limiter->ready_at(before, units, now);
    ready = std::max(ready, here);
    if (here > now) before += units;  // this limiter holds it: those behind are behind it here, and only here
  }
  return ready;
}

void WaitLine::take(const Need& need, base::SteadyTime now) {
  for (const auto& [limiter, units] : need.charges) {
    const bool taken = limiter->take(units, now, clock_.wall_now());
    assert(taken);
    static_cast<void>(taken);
  }
  ++need.slots->used;
}

void WaitLine::settle(Waiter& waiter, Admission admission, base::SteadyTime ready_at) {
  waiter.turn = Turn{admission, ready_at};
  line_.remove(&waiter);
  waiter.wake.expires_at(base::SteadyTime{});
}

}  // namespace guard
