// One number in [0, 1) for each value of any series, as it comes: how unusual it is beside the series' own past. What
// `volume_bot score` prints. Three looks at the value, and the strongest counts:
//  level    beside mean and standard deviation of the last 6,400 values
//  season   beside what was usual at this time of the day on the last seven days, once two are known, in units of how
//           far that has been off
//  drift    the mean of the last 72 values beside the long mean, in the level's units
// An unusual stretch is one event, not hundreds: a value counts in full only when nothing in the 150 before it was as
// unusual. No value is judged by what comes after it.
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace volume {

/// Mean and standard deviation of the last `most` values.
class Window {
 public:
  explicit Window(std::size_t most) : most_(most) {}
  void add(double x);
  [[nodiscard]] std::size_t size() const { return values_.size(); }
  [[nodiscard]] double mean() const;
  [[nodiscard]] double deviation() const;

 private:
  std::size_t most_;
  std::deque<double> values_;
  double shift_{}, sum_{}, squares_{};
};

class Anomaly {
 public:
  /// Values in order of time; a value that is no number is not judged (0) and teaches nothing.
  [[nodiscard]] double score(std::int64_t unix_seconds, double value);

 private:
  [[nodiscard]] std::optional<double> usual_now(std::int64_t unix_seconds) const;
  void learn_day(std::int64_t unix_seconds, double value);

  Window level_{6'400}, off_season_{6'400};
  Window recent_{72};
  struct Seen {
    std::int64_t day{};
    double value{};
  };
  std::map<std::int64_t, std::deque<Seen>> by_time_of_day_;  ///< in steps of five minutes
  std::deque<std::pair<std::uint64_t, double>> records_;     ///< of the last values, falling
  std::uint64_t rows_{};
};

}  // namespace volume
