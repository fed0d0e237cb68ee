// A price path that is a pure function of (seed, coin, time): history over REST and live pushes can never disagree, and
// two sandboxes with one seed agree. Value noise of doubling periods looks like a random walk, yet never drifts away.
#pragma once
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "tests/sandbox/types.hpp"

namespace sandbox {

/// A well mixed 64-bit number from what identifies a draw.
[[nodiscard]] std::uint64_t mix(std::uint64_t a, std::uint64_t b, std::uint64_t c = 0);
[[nodiscard]] std::uint64_t key_of(std::string_view text);
[[nodiscard]] double uniform(std::uint64_t bits);  ///< [0, 1)
[[nodiscard]] double normal(std::uint64_t bits);   ///< about N(0, 1), within +-6

/// The logarithm of price over its base: a one-minute standard deviation of about `minute_sigma`.
[[nodiscard]] double log_path(std::uint64_t seed, double minute_sigma, Ms time);

/// One such path that remembers what bars are made of: a dozen exchanges ask for the same minutes.
class KnownPath {
 public:
  static constexpr Ms step = 10 * second;

  KnownPath(std::uint64_t seed, double minute_sigma) : seed_(seed), minute_sigma_(minute_sigma) {}
  /// log_path at that time.
  [[nodiscard]] double at(Ms time);

 private:
  std::uint64_t seed_;
  double minute_sigma_;
  std::map<Ms, std::vector<double>> days_;  ///< a height each step; NaN: nobody asked yet
};

}  // namespace sandbox
