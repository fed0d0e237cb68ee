#include "common/health/stale_watch.hpp"

#include "common/base/text.hpp"

namespace health {

StaleWatch::StaleWatch(base::Millis stale_after, Moment started)
    : stale_after_(stale_after), finished_(started.steady.time_since_epoch().count()) {}

void StaleWatch::cycle_started(Moment now) { started_ = now.steady.time_since_epoch().count(); }

void StaleWatch::cycle_finished(Moment now) {
  finished_ = now.steady.time_since_epoch().count();
  started_ = 0;
  ++cycles_;
}

base::Millis StaleWatch::since_finished(Moment now) const {
  return span(base::SteadyTime(base::SteadyTime::duration(finished_.load())), now.steady);
}

bool StaleWatch::stale(Moment now) const { return since_finished(now) >= stale_after_; }

Condition StaleWatch::judge(Moment now) const {
  Condition out{AlertKind::stale_cycle, "", stale(now), {}};
  if (!out.bad) return out;
  const std::string ago = base::duration_words(since_finished(now));
  out.facts.push_back(cycles() == 0 ? "no cycle has finished since the start, " + ago + " ago"
                                    : "the last cycle finished " + ago + " ago");
  const auto started = started_.load();
  if (started == 0) {
    out.facts.emplace_back("no cycle is under way");
  } else {
    const auto running = span(base::SteadyTime(base::SteadyTime::duration(started)), now.steady);
    out.facts.push_back("a cycle has been under way for " + base::duration_words(running));
  }
  return out;
}

Condition ErrorRateWatch::judge(std::uint64_t errors_in_window, base::Millis window) {
  const double minutes = static_cast<double>(std::max<std::int64_t>(window.count(), 1)) / 60'000.0;
  const double rate = static_cast<double>(errors_in_window) / minutes;
  bad_ = bad_ ? rate > per_minute_max_ / 2 : rate >= per_minute_max_;
  Condition out{AlertKind::error_rate, "", bad_, {}};
  if (bad_) {
    out.facts.push_back(base::fixed(rate, 1) + " errors a minute, of " + base::fixed(per_minute_max_, 0) + " at most");
  }
  return out;
}

}  // namespace health
