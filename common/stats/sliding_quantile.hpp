// Quantiles of positive amounts over the last days, in bounded memory: a histogram with buckets 1 % wide, kept by the
// hour so that old hours can leave. A quantile is the geometric middle of its bucket: at most 0.5 % off the exact
// nearest-rank value, for amounts from 1e-2 to 1e12; beyond them the nearest bound counts.
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "common/base/time.hpp"
#include "common/stats/blob.hpp"

namespace stats {

class SlidingQuantile {
 public:
  /// `window` in whole hours; an hour leaves when it ended longer ago than that.
  explicit SlidingQuantile(std::chrono::hours window) : window_(window) {}

  /// False: not finite, not positive, or older than the window. Amounts may arrive out of order.
  bool add(base::WallTime at, double amount);
  /// Lets hours leave. Adding does it too.
  void advance(base::WallTime now);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// Nearest rank, 0 < q <= 1: the smallest amount that at least q of all do not exceed. Absent while empty.
  [[nodiscard]] std::optional<double> quantile(double q) const;

  void save(BlobWriter& out) const;
  /// Check in.ok().
  [[nodiscard]] static SlidingQuantile load(BlobReader& in, std::chrono::hours window);

 private:
  struct Cell {
    std::uint16_t bucket;
    std::uint32_t count;
  };
  struct Hour {
    std::int64_t hour;  ///< hours since 1970
    std::vector<Cell> cells;
  };
  static void raise(std::vector<Cell>& cells, std::uint16_t bucket, std::uint32_t by);
  void forget(const Hour& hour);

  std::chrono::hours window_;
  std::int64_t newest_hour_{INT64_MIN};
  std::uint64_t count_{};
  std::vector<Cell> total_;  ///< sorted by bucket
  std::deque<Hour> hours_;   ///< sorted by hour
};

}  // namespace stats
