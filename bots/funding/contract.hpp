// What is known of one contract's funding: its interval, its running rate, its settlements of the last 30 days.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bots/funding/clock.hpp"
#include "bots/funding/extreme.hpp"
#include "bots/funding/factors.hpp"
#include "bots/funding/flip.hpp"
#include "bots/funding/said.hpp"
#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/stats/robust.hpp"

namespace funding {

/// r8 = rate x 8 / interval_h; apr = rate x 8760 / interval_h.
[[nodiscard]] double to_r8(double rate, std::chrono::minutes interval);
[[nodiscard]] double to_apr(double rate, std::chrono::minutes interval);

/// The time between two settlements, where that is an interval in use; more may be a settlement that is missing.
[[nodiscard]] std::optional<std::chrono::minutes> interval_between(base::WallTime earlier, base::WallTime later);

struct Settlement {
  base::WallTime at{};
  double rate{};
  double r8{};
  std::chrono::minutes interval{};
};

/// Settled rates in order of time, whatever the order they came in: exchanges send history newest or oldest first.
/// The interval of one is what was stated; else the time since the one before (to the one after for the oldest) when
/// that is 1, 2, 4 or 8 h, as intervals change over time; else the contract's present one.
class History {
 public:
  static constexpr std::size_t settlements_max = std::size_t{24} * 31;  ///< hourly for a month; 16 bytes each

  explicit History(base::Millis span) : span_(span) {}
  /// False: known already (within a minute), too old, or not a rate.
  bool add(base::WallTime at, double rate, std::optional<std::chrono::minutes> stated);
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] bool knows(base::WallTime at) const;
  [[nodiscard]] std::optional<base::WallTime> newest() const;
  [[nodiscard]] std::string save() const;
  /// Only into an empty one. A bad blob (bad_data) changes nothing.
  base::Result<void> restore(std::string_view blob);
  /// The newest that was charged before then. Absent: none, or no interval for it.
  [[nodiscard]] std::optional<Settlement> last_before(base::WallTime at,
                                                      std::optional<std::chrono::minutes> present) const;
  /// r8 of the newest ones that were charged before then, oldest first, as far back as their interval is known.
  [[nodiscard]] std::vector<double> recent(std::size_t count_max, base::WallTime before,
                                           std::optional<std::chrono::minutes> present) const;
  /// Median and MAD of r8 of those with a known interval, and how many they are.
  struct Figures {
    stats::Spread r8;
    std::size_t settlements{};
  };
  [[nodiscard]] Figures figures(std::optional<std::chrono::minutes> present) const;
  /// Newest settlements in a row, an hour apart each, of at most this size; 0 when the newest is not hourly or larger.
  [[nodiscard]] std::uint32_t calm_hours(double rate_max) const;

 private:
  struct Row {
    std::int32_t minute;           ///< since 1970
    std::uint16_t stated_minutes;  ///< 0: not stated
    double rate;
  };
  [[nodiscard]] std::optional<std::chrono::minutes> interval_of(std::size_t row,
                                                                std::optional<std::chrono::minutes> present) const;
  base::Millis span_;
  std::vector<Row> rows_;  ///< by minute
};

struct Contract {
  explicit Contract(base::Millis span) : history(span) {}

  History history;
  std::optional<History::Figures> figures;       ///< of the history as it is; empty when that changed
  std::optional<std::chrono::minutes> interval;  ///< the newest stated
  std::optional<double> ranked_r8;               ///< |r8| as it stands in its exchange's ranking
  base::WallTime ranked_at{}, ranked_until{};
  std::optional<base::WallTime> running_at;     ///< when the last running rate was received
  std::optional<base::WallTime> leads_to;       ///< the settlement that it named
  std::optional<base::WallTime> listens_since;  ///< when the first running rate was received
  Said said;

  IntervalWatch interval_watch;
  std::optional<base::WallTime> stepped_at;  ///< when the next funding time told the interval
  std::optional<double> cap, floor;          ///< of the rate, where the exchange says them
  InterestOfDay interest;

  /// The newest look of each rule.
  template <class Measure>
  struct Looked {
    base::WallTime at{};
    Measure measure;
  };
  std::optional<Looked<ExtremeMeasure>> extreme;
  std::optional<Looked<FlipMeasure>> flip;
  std::optional<Looked<LimitMeasure>> limit;
  std::optional<Looked<CalmMeasure>> calm;
  std::optional<base::WallTime> stale_at;  ///< its newest running rate was stale
};

}  // namespace funding
