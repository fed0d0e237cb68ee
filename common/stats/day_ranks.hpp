// What share of the last days' values was smaller than one: counts in buckets an eighth of an octave wide, a row a day,
// so that old days leave whole. Fixed memory (2.5 KB a day), whatever the number of values.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/stats/blob.hpp"

namespace stats {

class DayRanks {
 public:
  static constexpr BlobKind blob_kind{"PWDR", 1};
  explicit DayRanks(std::uint32_t days) : rows_(days) {}

  /// `day`: any count of days that grows with time. A value of a day that has left, or not finite, is not counted.
  void add(double value, std::int64_t day);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// In [0, 1]: values in the same bucket count half. What is not above 0 is one bucket. 0.5 before the first value.
  [[nodiscard]] double share_below(double value) const;

  [[nodiscard]] std::string save() const;
  /// Error (bad_data): not a whole blob of ours. Days that left this window since then are dropped by the next add().
  [[nodiscard]] static base::Result<DayRanks> load(std::string_view blob, std::uint32_t days);

 private:
  static constexpr int octaves_each_way = 48, parts = 8;
  static constexpr std::size_t buckets = 1 + 2 * octaves_each_way * parts;
  using Row = std::array<std::uint32_t, buckets>;
  struct Day {
    std::int64_t day{};
    Row counts{};
  };
  [[nodiscard]] static std::size_t bucket_of(double value);
  [[nodiscard]] Day* row_of(std::int64_t day);
  void leave(std::vector<Day>& row);

  std::vector<std::vector<Day>> rows_;  ///< each empty or one day: memory for days that came
  std::array<std::uint64_t, buckets> sums_{};
  std::uint64_t count_{};
};

}  // namespace stats
