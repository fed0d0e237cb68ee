#include "common/health/latency.hpp"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "common/base/utf8.hpp"

namespace health {
namespace {

constexpr double growth = 1.1;

EndpointLatency summary(const std::string& endpoint, const LatencyHistogram& histogram) {
  return {endpoint, histogram.count(), histogram.quantile_ms(0.5).value_or(0), histogram.quantile_ms(0.9).value_or(0),
          histogram.quantile_ms(0.99).value_or(0)};
}

}  // namespace

void LatencyHistogram::add(base::Millis took) {
  const double ms = std::max(1.0, static_cast<double>(took.count()));
  const auto bucket = static_cast<std::size_t>(std::log(ms) / std::log(growth));
  ++buckets_[std::min(bucket, bucket_count - 1)];
  ++count_;
}

std::optional<double> LatencyHistogram::quantile_ms(double part) const {
  if (count_ == 0) return std::nullopt;
  const auto rank = std::max(1.0, std::ceil(std::clamp(part, 0.0, 1.0) * static_cast<double>(count_)));
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < bucket_count; ++i) {
    below += buckets_[i];
    if (static_cast<double>(below) >= rank) return std::pow(growth, static_cast<double>(i) + 0.5);
  }
  return std::nullopt;
}

void Latency::add(const std::string& endpoint, base::Millis took) {
  auto found = endpoints_.find(endpoint);
  if (found == endpoints_.end()) {
    found = endpoints_.try_emplace(endpoints_.size() < endpoints_max ? endpoint : "other").first;
  }
  found->second.since_start.add(took);
  found->second.since_line.add(took);
}

std::vector<EndpointLatency> Latency::since_start() const {
  std::vector<EndpointLatency> out;
  for (const auto& [endpoint, pair] : endpoints_) out.push_back(summary(endpoint, pair.since_start));
  return out;
}

std::string Latency::json_line(base::WallTime now) {
  auto list = nlohmann::ordered_json::array();
  const auto tenth = [](double ms) { return std::round(ms * 10) / 10; };
  for (auto& [endpoint, pair] : endpoints_) {
    if (pair.since_line.count() == 0) continue;
    const auto one = summary(endpoint, pair.since_line);
    list.push_back({{"endpoint", base::clean_utf8(one.endpoint)},
                    {"count", one.count},
                    {"p50_ms", tenth(one.p50_ms)},
                    {"p90_ms", tenth(one.p90_ms)},
                    {"p99_ms", tenth(one.p99_ms)}});
    pair.since_line = {};
  }
  if (list.empty()) return {};
  const nlohmann::ordered_json line{{"event", "latency"}, {"time_ms", base::to_ms(now)}, {"endpoints", list}};
  return line.dump();
}

}  // namespace health
