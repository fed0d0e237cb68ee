// Sums and counts of what happened within the last spans of time, several spans at once, by the times in the events.
// Times may arrive out of order as long as they are younger than the longest span. Amounts within the same 100 ms share
// a slot, so memory is bounded by the longest span: 24 bytes x 10 a second, whatever arrives.
#pragma once
#include <array>
#include <cstdint>
#include <deque>

#include "common/base/time.hpp"

namespace stats {

class RollingSums {
 public:
  static constexpr base::Millis slot_length{100};
  static constexpr std::size_t spans = 3;
  struct Total {
    double sum{};
    std::uint64_t count{};
  };

  /// Three spans, shortest first, each a multiple of the slot length. A span holds what is younger than it is long.
  explicit RollingSums(std::array<base::Millis, spans> lengths);

  /// False, nothing changes: not finite, negative, or too old for the longest span. O(1) amortised for times in order;
  /// a late one costs as much as the slots that are younger.
  bool add(base::WallTime at, double amount);
  /// What has become too old leaves. Times before the newest known change nothing.
  void advance(base::WallTime now);
  [[nodiscard]] Total total(std::size_t span) const { return totals_.at(span); }
  [[nodiscard]] std::size_t slots() const { return slots_.size(); }
  /// When the sum over `span` last fell below `level`, or will fall without further events. WallTime::min() when it did
  /// not reach it within the longest span. O(slots).
  [[nodiscard]] base::WallTime falls_below(std::size_t span, double level) const;

 private:
  struct Slot {
    std::int64_t index;  ///< slots since 1970
    double sum;
    std::uint64_t count;
  };
  [[nodiscard]] static std::int64_t slot_of(base::WallTime at);

  std::array<std::int64_t, spans> lengths_;  ///< in slots
  std::array<Total, spans> totals_{};
  std::array<std::size_t, spans> first_{};  ///< of slots_, the oldest that a span holds
  std::deque<Slot> slots_;
  std::int64_t newest_{INT64_MIN};
};

}  // namespace stats
