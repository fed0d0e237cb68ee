#include "common/app/pipeline.hpp"

#include <utility>

namespace app {

void Pipeline::on_event(const market::Event& event) {
  ++events_;
  scratch_.clear();
  detector_.on_event(event, scratch_);
  handle(scratch_);
}

void Pipeline::on_time(base::WallTime exchange_now) {
  if (exchange_now <= last_time_) return;
  last_time_ = exchange_now;
  retry();
  scratch_.clear();
  detector_.on_time(exchange_now, scratch_);
  handle(scratch_);
}

void Pipeline::handle(desk::Findings& findings) {
  for (auto& finding : findings) {
    if (finding.fires && !hooks_.watched(finding)) {
      finding.fires = false;
      finding.missing = "not on the watchlist";
    }
    if (hooks_.on_candidate) {
      hooks_.on_candidate(finding);
      continue;
    }
    say(finding);
  }
}

void Pipeline::say(const desk::Finding& finding) {
  const auto handled = desk_.handle(finding, hooks_.now());
  if (handled) {
    hooks_.on_handled(finding, handled.value());
    return;
  }
  hooks_.on_error(handled.error());
  retry_.push_back(finding);  // CR-2: the disk is full or busy; the signal is kept and offered again
  if (retry_.size() > kept_max) retry_.pop_front();
}

void Pipeline::retry() {
  const auto waiting = std::exchange(retry_, {});
  for (const auto& finding : waiting) say(finding);
}

}  // namespace app
