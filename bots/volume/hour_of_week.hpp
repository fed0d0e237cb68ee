// What an hour of the week trades beside the day around it (SIGNALS.md 4.1), learned from hours of any source: of whole
// 1 h bars, or put together from judged bars. How it is used, and why: docs/decisions/0024-hours-from-hour-bars.md.
#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "common/base/time.hpp"
#include "common/stats/blob.hpp"

namespace volume {

/// Hours since 1970.
[[nodiscard]] std::int32_t hour_of(base::WallTime at);

/// Hourly figures as they come; tells what the one twelve hours back is beside the median of the 25 hours around it.
class DayAround {
 public:
  struct Judged {
    std::int32_t hour{};
    double difference{};
  };
  /// One that is not newer than the last is ignored. Absent also where hours around the judged one are missing.
  [[nodiscard]] std::optional<Judged> add(std::int32_t hour, double figure);

  void save(stats::BlobWriter& out) const;
  [[nodiscard]] static DayAround load(stats::BlobReader& in);  ///< check in.ok()

 private:
  static constexpr std::int32_t hours = 25;
  static constexpr std::size_t held_min = 18;
  static constexpr float none = -1e9F;
  [[nodiscard]] float& at(std::int32_t hour) { return figures_.at(static_cast<std::size_t>(hour % hours)); }
  std::array<float, hours> figures_{};  ///< by hour modulo 25
  std::int32_t newest_{-1};
};

class HourOfWeek {
 public:
  static constexpr std::size_t hours = 168;

  void learn(std::int32_t hour, double difference);
  /// In ln(volume): as far as it stands out of what the same hour differs by from week to week.
  [[nodiscard]] double effect(std::int32_t hour) const;

  void save(stats::BlobWriter& out) const;
  [[nodiscard]] static HourOfWeek load(stats::BlobReader& in);  ///< check in.ok()
  /// What an earlier version stored: effects and weeks, without what they vary by.
  [[nodiscard]] static HourOfWeek load_v1(stats::BlobReader& in);

 private:
  std::array<std::int16_t, hours> fixed_{};  ///< mean difference in 1/1024
  std::array<std::uint8_t, hours> weeks_{};  ///< seen, up to weeks_max
  float variance_{0.25F};                    ///< of one hour from week to week; the first is what markets show
  std::uint32_t seen_{};                     ///< by which it is known
};

}  // namespace volume
