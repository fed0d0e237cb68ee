// The room's one door: loops tell it what happened, the heartbeat asks it for a report, and each tick it says which
// alerts turned. Pure: every call is told the time.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "common/health/latency.hpp"
#include "common/health/report.hpp"
#include "common/health/root_cause.hpp"
#include "common/health/stale_watch.hpp"
#include "common/health/truth.hpp"

namespace health {

struct MonitorSettings {
  base::Millis stale_after{180'000};
  double errors_per_minute_max{30};
  base::Millis exchange_down_after{20'000};  ///< every feed without rules of its own is dead after this
};

class Monitor {
 public:
  Monitor(std::string bot, MonitorSettings settings, Moment started);

  void on_error(const base::Error& error, Moment now) { journal_.add(error, now); }
  void on_signal() { ++signals_; }
  void on_server_time(const std::string& exchange, base::WallTime server, base::WallTime received,
                      base::Millis round_trip, base::Millis resolution);
  /// Dead after exchange_down_after, quiet after the topic's normal period, and suspect after two of them where data
  /// come by a timetable; liquidations do not. `polled`: no stream brings what one usually does.
  void expect(const FeedKey& key, base::Millis normal_period, Moment now, bool polled = false);
  void on_up(const FeedKey& key, Moment now);  ///< board and truth at once
  void on_down(const FeedKey& key, const base::Error& why, Moment now);

  [[nodiscard]] FeedBoard& feeds() { return feeds_; }
  [[nodiscard]] const FeedBoard& feeds() const { return feeds_; }
  [[nodiscard]] Truth& truth() { return truth_; }
  [[nodiscard]] const Truth& truth() const { return truth_; }
  [[nodiscard]] RootCause& root_cause() { return root_cause_; }
  [[nodiscard]] Latency& latency() { return latency_; }
  [[nodiscard]] StaleWatch& progress() { return progress_; }
  [[nodiscard]] AlertBoard& alerts() { return alerts_; }
  [[nodiscard]] const ErrorJournal& journal() const { return journal_; }
  [[nodiscard]] const ClockOffsets& offsets() const { return offsets_; }

  /// What turned bad or good since the last call: own network, stale cycle, error rate, each exchange down, each feed
  /// that is not believed, each clock; what only follows from another is left out.
  [[nodiscard]] std::vector<AlertChange> check(Moment now);
  [[nodiscard]] HealthReport report(const Outside& outside, Moment now) const;

  static constexpr std::size_t recent_errors_shown = 5;
  static constexpr base::Millis error_window{300'000};

 private:
  [[nodiscard]] Condition exchange_condition(const std::string& exchange, Moment now) const;

  std::string bot_;
  MonitorSettings settings_;
  Moment started_;
  std::uint64_t signals_{};
  ErrorJournal journal_;
  Latency latency_;
  FeedBoard feeds_;
  Truth truth_{feeds_};
  RootCause root_cause_;
  ClockOffsets offsets_;
  StaleWatch progress_;
  ErrorRateWatch error_rate_;
  AlertBoard alerts_;
};

}  // namespace health
