// What can be said about a rate and about a mean after few, skewed observations that come in bunches. Pure and
// deterministic: the same observations give the same interval.
#pragma once
#include <cstdint>
#include <optional>
#include <span>

namespace stats {

struct Interval {
  double low{};
  double high{};
};

/// Wilson's score interval of 95 % for a share. Absent without trials.
[[nodiscard]] std::optional<Interval> wilson_95(std::int64_t hits, std::int64_t trials);

/// One observation and the cluster (a UTC day) whose members may have a common cause.
struct Clustered {
  std::int64_t cluster{};
  double value{};
};

struct MeanInterval {
  double mean{};
  Interval interval;
  std::size_t clusters{};
};

/// Below this many clusters a bootstrap over them promises more than it knows.
inline constexpr std::size_t clusters_min = 10;

/// The mean with an interval of 95 %: a bootstrap-t over whole clusters, with their sums' robust standard error
/// (docs/decisions/0018 says why not percentiles, and what was measured). Absent below clusters_min, or when something
/// is not finite. All values the same: an interval without width.
[[nodiscard]] std::optional<MeanInterval> clustered_mean_95(std::span<const Clustered> observations,
                                                            std::uint64_t seed = 1, int resamples = 1'000);

/// A small generator whose numbers are the same on every host (SplitMix64); std's distributions are not.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : state_(seed) {}
  [[nodiscard]] std::uint64_t next();
  [[nodiscard]] std::uint32_t below(std::uint32_t count);  ///< 0 to count - 1; count > 0
  [[nodiscard]] double uniform();                          ///< 0 <= x < 1

 private:
  std::uint64_t state_;
};

}  // namespace stats
