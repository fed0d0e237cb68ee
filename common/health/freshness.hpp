// Does a feed say something new? The same rows with the same values and times, again and again, are a frozen copy.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "common/health/moment.hpp"
#include "common/market/event.hpp"

namespace health {

/// Of what an event says and when it says it happened, never of when it was received. 0: of a kind that may well stay
/// the same (a settled rate, an interval).
[[nodiscard]] std::uint64_t fingerprint(const market::Event& event);
/// The exchange's own time of it, where it has one.
[[nodiscard]] std::optional<base::WallTime> stated_time(const market::Event& event);

class Freshness {
 public:
  /// One event, or what came together in one answer. True: it says something new.
  /// `at`: the exchange's time of it. A copy of more messages than are remembered shows by a time that stands still.
  bool on_data(std::uint64_t fingerprint, std::optional<base::WallTime> at, Moment now);
  /// In words; nullopt: it is fresh, or too little came to tell.
  [[nodiscard]] std::optional<std::string> frozen(Moment now) const;
  [[nodiscard]] std::uint32_t repeats() const { return repeats_; }

  static constexpr std::uint32_t repeats_min = 3;
  static constexpr base::Millis stale_min{180'000};
  static constexpr base::Millis ahead_max{120'000};
  static constexpr base::Millis late_max{120'000};  ///< without a newer time for so long, an older one is no news

 private:
  std::array<std::uint64_t, 32> known_{};  ///< a frozen server may repeat several messages in turn
  std::size_t next_{};
  std::uint32_t repeats_{};
  std::optional<base::SteadyTime> fresh_;
  std::optional<base::WallTime> newest_;
  base::SteadyTime advanced_{}, repeated_{};
};

}  // namespace health
