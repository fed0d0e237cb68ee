// How long answers took, per endpoint, and one line of JSON about it a minute.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/time.hpp"

namespace health {

/// Counts in buckets that grow by a tenth: a quantile is right within 5 % from 1 ms to 4 min, in under 600 bytes.
class LatencyHistogram {
 public:
  void add(base::Millis took);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// `part` in 0 … 1; nullopt without any.
  [[nodiscard]] std::optional<double> quantile_ms(double part) const;

 private:
  static constexpr std::size_t bucket_count = 132;
  std::array<std::uint32_t, bucket_count> buckets_{};
  std::uint64_t count_{};
};

struct EndpointLatency {
  std::string endpoint;  ///< "binance fapi/v1/premiumIndex"
  std::uint64_t count{};
  double p50_ms{}, p90_ms{}, p99_ms{};
};

class Latency {
 public:
  static constexpr std::size_t endpoints_max = 256;  ///< further ones are counted together as "other"

  void add(const std::string& endpoint, base::Millis took);
  [[nodiscard]] std::vector<EndpointLatency> since_start() const;
  /// {"event":"latency","time_ms":…,"endpoints":[{"endpoint":…,"count":…,"p50_ms":…,"p90_ms":…,"p99_ms":…}]} of what
  /// came since the last line, without a newline; starts the next span. Empty when nothing came.
  [[nodiscard]] std::string json_line(base::WallTime now);

 private:
  struct Pair {
    LatencyHistogram since_start, since_line;
  };
  std::map<std::string, Pair, std::less<>> endpoints_;
};

}  // namespace health
