// How far each exchange's clock is from ours, from what its answers say. A closed bar is judged by the exchange's now.
#pragma once
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/time.hpp"

namespace health {

struct OffsetView {
  std::string exchange;
  base::Millis offset{};       ///< positive: the exchange is ahead of us
  base::Millis uncertainty{};  ///< half the round trip and half the resolution
  std::size_t samples{};
  [[nodiscard]] bool worth_showing() const;  ///< more than 2 s, and more than the uncertainty
  [[nodiscard]] bool suspect() const;        ///< more than 30 s
};

class ClockOffsets {
 public:
  static constexpr std::size_t samples_max = 15;
  static constexpr base::Millis shown_over{2'000};
  static constexpr base::Millis suspect_over{30'000};

  /// `server` as stated, cut to `resolution` (1 s in an HTTP Date, 1 ms in a payload); `received` by our wall clock;
  /// `round_trip` of the whole request. Absurd round trips (negative, over a minute) are ignored.
  void add(std::string_view exchange, base::WallTime server, base::WallTime received, base::Millis round_trip,
           base::Millis resolution);
  /// Median over the finest and fastest of the last samples; nullopt before the first.
  [[nodiscard]] std::optional<OffsetView> view(std::string_view exchange) const;
  [[nodiscard]] std::vector<OffsetView> views() const;
  /// Our wall time where nothing is known.
  [[nodiscard]] base::WallTime exchange_now(std::string_view exchange, base::WallTime wall_now) const;

 private:
  struct Sample {
    base::Millis offset{}, round_trip{}, resolution{};
  };
  static OffsetView judge(const std::string& exchange, const std::deque<Sample>& samples);
  static void forget_before_a_step(std::deque<Sample>& samples);
  std::map<std::string, std::deque<Sample>, std::less<>> samples_;
};

}  // namespace health
