// The times of the house. Wall time goes to people and to disk, steady time is for waiting only.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace base {

using namespace std::chrono_literals;

using Millis = std::chrono::milliseconds;
using WallTime = std::chrono::sys_time<Millis>;            ///< UTC, ms since 1970; written to disk
using SteadyTime = std::chrono::steady_clock::time_point;  ///< never goes back, never written to disk

/// Time since this machine booted, suspend included, and which boot it was. Bans are measured in it over restarts.
struct BootTime {
  std::string boot_id;  ///< /proc/sys/kernel/random/boot_id; empty when unknown
  Millis since_boot{};  ///< CLOCK_BOOTTIME
};

[[nodiscard]] constexpr std::int64_t to_ms(WallTime time) { return time.time_since_epoch().count(); }
[[nodiscard]] constexpr WallTime from_ms(std::int64_t ms) { return WallTime{Millis{ms}}; }
/// Days since 1970, in UTC.
[[nodiscard]] constexpr std::int64_t utc_day(WallTime time) {
  return std::chrono::floor<std::chrono::days>(time).time_since_epoch().count();
}

}  // namespace base
