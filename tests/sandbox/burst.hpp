// A burst of liquidations for real: the sandbox writes them to a loopback WebSocket as fast as it is read; the bots'
// own client, feed, health and liquidation detector read them. Every one must reach the detector.
#pragma once
#include <cstdint>
#include <string>

namespace sandbox {

struct BurstReport {
  std::uint64_t received{};  ///< liquidations of the burst that the feed handed on
  std::uint64_t judged{};    ///< of them, those that the detector counted
  std::uint64_t refused{};   ///< rows, frames and connections that went wrong
  double seconds{};
  double cpu_seconds{};  ///< of the reading thread
  long resident_before_kb{}, resident_after_kb{}, resident_peak_kb{};
};

/// Runs the whole burst; ends early when nothing comes for ten seconds. Throws std::runtime_error when it cannot begin.
[[nodiscard]] BurstReport burst(std::uint64_t events);
[[nodiscard]] std::string as_json(const BurstReport& report);

}  // namespace sandbox
