// Events in, signals out: the detector sees every event, the desk every finding, but of an episode's updates only the
// newest in a second: a cascade has hundreds, and each would be a commit. Synchronous, on the one thread.
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "common/desk/desk.hpp"
#include "common/desk/finding.hpp"
#include "common/market/event.hpp"

namespace app {

class Pipeline {
 public:
  struct Hooks {
    std::function<base::WallTime()> now;
    /// Is this finding about something that the operator watches?
    std::function<bool(const desk::Finding&)> watched;
    /// What its message must add of the feeds behind it: who is suspect or dead. Absent, empty: nothing.
    std::function<std::string(const desk::Finding&)> coverage;
    /// An episode begins: what could be looked at now is gone later. Absent: nothing is.
    std::function<void(const desk::Finding&)> on_opened;
    /// And when it ends: does the market lean back? Absent: nothing is.
    std::function<void(const desk::Finding&)> on_closed;
    /// An episode of before the start goes on.
    std::function<void(const std::string& key, const std::string& memo, base::WallTime now)> on_resumed;
    std::function<void(const desk::Finding&, const desk::Handled&)> on_handled;
    /// Of each finding, before the desk: true means that somebody keeps it, who gives it
    /// to go_on() later.
    std::function<bool(desk::Finding&)> hold;
    std::function<void(const base::Error&)> on_error;
    /// The store did not take what this finding says: told once a finding, which is kept and offered again.
    std::function<void(const desk::Finding&)> on_unsaved;
    /// Of what was kept, nothing with this key is kept any more: it gave way to the bound.
    std::function<void(const std::string& key)> on_dropped;
    /// May what was kept be offered now? Absent: yes.
    std::function<bool()> may_retry;
    /// When it was posted past the store meanwhile: decided as of then. Absent, nullopt: as of now.
    std::function<std::optional<base::WallTime>(const desk::Finding&)> posted_at;
    /// --jsonl: sees every candidate that has a strength; when set, nothing is said.
    std::function<void(const desk::Finding&)> on_candidate;
  };
  Pipeline(desk::Detector& detector, desk::Desk& desk, Hooks hooks)
      : detector_(detector), desk_(desk), hooks_(std::move(hooks)) {}

  void on_event(const market::Event& event);
  /// `exchange_now` never goes backwards; a smaller one is ignored.
  void on_time(base::WallTime exchange_now);
  /// Once, before the first event: episodes that were open when the process died go on.
  void resume(base::WallTime now);
  /// A finding that was held goes its way.
  void go_on(const desk::Finding& finding);
  [[nodiscard]] std::int64_t events() const { return events_; }
  /// Findings whose transaction failed (full disk), and those behind them, so that their order stays. Of an episode's
  /// updates only the newest; beyond the bound updates go first, then the oldest.
  [[nodiscard]] std::size_t kept_in_memory() const { return retry_.size(); }

  /// Something waits to be said by the next on_time().
  [[nodiscard]] bool waits() const;

  static constexpr std::size_t kept_max = 1'000;

 private:
  void handle(desk::Findings& findings);
  void add_coverage(desk::Finding& finding) const;
  [[nodiscard]] bool can_wait(const desk::Finding& finding);
  void say_newest_updates();
  void say(const desk::Finding& finding);
  [[nodiscard]] bool offer(const desk::Finding& finding);
  void keep(const desk::Finding& finding);
  void drop(std::deque<desk::Finding>::iterator which);
  void retry();
  desk::Detector& detector_;
  desk::Desk& desk_;
  Hooks hooks_;
  desk::Findings scratch_;
  std::deque<desk::Finding> retry_;
  /// Open episodes: the tier that was passed on, and the newest update that waits for the next second.
  struct Episode {
    int tier{};
    std::optional<desk::Finding> update;
  };
  std::map<std::string, Episode, std::less<>> episodes_;
  base::WallTime last_time_{};
  std::int64_t events_{};
};

}  // namespace app
