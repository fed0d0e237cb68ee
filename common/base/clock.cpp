#include "common/base/clock.hpp"

#include <time.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cmath>
#include <fstream>

namespace base {
namespace asio = boost::asio;
using std::chrono::nanoseconds;

namespace {

/// Sped-up wall time is anchored here (2026-01-01), so that every process of one test sees the same time.
constexpr WallTime speed_origin = from_ms(1'767'225'600'000);

nanoseconds scaled(nanoseconds span, double speed) {
  if (speed == 1.0) return span;
  return nanoseconds(std::llround(static_cast<double>(span.count()) * speed));
}

}  // namespace

SystemClock::SystemClock(double speed) : speed_(speed) {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::getline(file, boot_id_);
}

WallTime SystemClock::wall_now() const {
  const auto now = std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
  if (speed_ == 1.0) return now;
  return speed_origin + std::chrono::duration_cast<Millis>(scaled(now - speed_origin, speed_));
}

SteadyTime SystemClock::steady_now() const {
  const auto now = std::chrono::steady_clock::now();
  return speed_ == 1.0 ? now : SteadyTime(scaled(now.time_since_epoch(), speed_));
}

BootTime SystemClock::boot_now() const {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  const auto span = std::chrono::seconds(now.tv_sec) + nanoseconds(now.tv_nsec);
  return BootTime{boot_id_, std::chrono::duration_cast<Millis>(scaled(span, speed_))};
}

asio::awaitable<void> SystemClock::sleep_until(SteadyTime deadline) {
  const auto real = speed_ == 1.0 ? deadline : SteadyTime(scaled(deadline.time_since_epoch(), 1.0 / speed_));
  asio::steady_timer timer(co_await asio::this_coro::executor, real);
  co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace base
