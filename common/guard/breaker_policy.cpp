#include "common/guard/breaker_policy.hpp"

#include <string_view>

namespace guard {

std::vector<std::string> BreakerPolicy::problems() const {
  std::vector<std::string> out;
  const auto need = [&out](bool good, std::string_view key, std::string_view range) {
    if (!good) out.push_back(std::string(key) + ": allowed is " + std::string(range));
  };
  const auto between = [](base::Millis low, base::Millis value, base::Millis high) {
    return low <= value && value <= high;
  };
  using namespace std::chrono_literals;
  need(consecutive_failures >= 1 && consecutive_failures <= 1000, "consecutive_failures", "1 to 1000");
  need(window_calls >= 1 && window_calls <= 1000, "window_calls", "1 to 1000");
  need(calls_min >= 1 && calls_min <= window_calls, "calls_min", "1 to window_calls");
  need(failure_rate > 0 && failure_rate <= 1, "failure_rate", "over 0, at most 1");
  need(slow_rate > 0 && slow_rate <= 1, "slow_rate", "over 0, at most 1");
  need(between(1s, window_age, 24h), "window_age", "1 s to 24 h");
  need(between(1ms, slow_call, request_timeout), "slow_call", "1 ms to request_timeout");
  need(between(1s, open_first, open_max), "open_first", "1 s to open_max");
  need(between(1s, open_max, 24h), "open_max", "1 s to 24 h");
  need(jitter >= 0 && jitter <= 0.5, "jitter", "0 to 0.5");
  need(between(1s, calm, 24h), "calm", "1 s to 24 h");
  need(probes_to_close >= 1 && probes_to_close <= 100, "probes_to_close", "1 to 100");
  need(between(100ms, request_timeout, 10min), "request_timeout", "100 ms to 10 min");
  need(between(0ms, probe_grace, 1min), "probe_grace", "0 to 1 min");
  return out;
}

}  // namespace guard
