#include "common/base/clock.hpp"

#include <cmath>
#include <ctime>
#include <fstream>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace base {
namespace asio = boost::asio;
using std::chrono::nanoseconds;

namespace {

/// Sped-up wall time is anchored here (2026-01-01), so that every process of one test sees the same time.
constexpr WallTime speed_origin = from_ms(1'767'225'600'000);

/// Both round up, so that after a wait of unscaled(span) the sped-up clock shows at least `span`.
template <class Duration>
Duration scaled(Duration span, double speed) {
  if (speed == 1.0) return span;
  return Duration(std::llround(std::ceil(static_cast<long double>(span.count()) * static_cast<long double>(speed))));
}

nanoseconds unscaled(nanoseconds span, double speed) {
  if (speed == 1.0) return span;
  return nanoseconds(std::llround(std::ceil(static_cast<long double>(span.count()) / static_cast<long double>(speed))));
}

}  // namespace

SystemClock::SystemClock(double speed) : speed_(speed), steady_origin_(std::chrono::steady_clock::now()) {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::getline(file, boot_id_);
}

WallTime SystemClock::wall_now() const {
  const auto now = std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
  return speed_origin + scaled(now - speed_origin, speed_);
}

SteadyTime SystemClock::steady_now() const {
  const auto now = std::chrono::steady_clock::now();
  return steady_origin_ + scaled(now - steady_origin_, speed_);
}

BootTime SystemClock::boot_now() const {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  const auto span = std::chrono::seconds(now.tv_sec) + nanoseconds(now.tv_nsec);
  return BootTime{boot_id_, scaled(std::chrono::duration_cast<Millis>(span), speed_)};
}

asio::awaitable<void> SystemClock::sleep_until(SteadyTime deadline) {
  const auto real = steady_origin_ + unscaled(deadline - steady_origin_, speed_);
  asio::steady_timer timer(co_await asio::this_coro::executor, real);
  co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace base
