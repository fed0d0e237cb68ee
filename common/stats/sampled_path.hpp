// How one number moved: the newest value of each step of time, the last so many steps.
#pragma once
#include <cstddef>
#include <optional>
#include <vector>

#include "common/base/time.hpp"

namespace stats {

class SampledPath {
 public:
  struct Sample {
    base::WallTime at{};
    double value{};
  };
  /// Memory: 16 bytes for each step that is kept.
  SampledPath(base::Millis step, std::size_t kept) : step_(step), kept_(kept) {}

  /// False, nothing changes: not finite, or older than the newest.
  bool add(base::WallTime at, double value);
  [[nodiscard]] std::optional<Sample> newest() const;
  /// The newest that is not younger than `at`, and at most `age_max` older.
  [[nodiscard]] std::optional<Sample> before(base::WallTime at, base::Millis age_max) const;

 private:
  base::Millis step_;
  std::size_t kept_;
  std::vector<Sample> samples_;  ///< oldest first
};

}  // namespace stats
