#include "common/app/pipeline.hpp"

#include <algorithm>

#include "common/desk/suite_messages.hpp"

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
  say_newest_updates();
  scratch_.clear();
  detector_.on_time(exchange_now, scratch_);
  handle(scratch_);
}

void Pipeline::resume(base::WallTime now) {
  const auto open = desk_.open_episodes(now);
  if (!open) return hooks_.on_error(open.error());
  for (const auto& episode : open.value()) {
    if (hooks_.on_resumed) hooks_.on_resumed(episode.key, episode.memo, now);
    detector_.resume(episode.key, episode.memo, now);
  }
}

void Pipeline::handle(desk::Findings& findings) {
  for (auto& finding : findings) {
    if (finding.fires && !hooks_.watched(finding)) {
      finding.fires = false;
      finding.missing = "not on the watchlist";
    }
    desk_.hear(finding);
    if (hooks_.on_candidate) {
      if (desk::is_candidate(finding)) hooks_.on_candidate(finding);
      continue;
    }
    if (finding.fires && finding.phase == desk::Phase::open && hooks_.on_opened) hooks_.on_opened(finding);
    if (finding.fires && finding.phase == desk::Phase::close && hooks_.on_closed) hooks_.on_closed(finding);
    if (finding.fires) add_coverage(finding);
    if (hooks_.hold && hooks_.hold(finding)) continue;
    go_on(finding);
  }
}

void Pipeline::go_on(const desk::Finding& finding) {
  if (!can_wait(finding)) say(finding);
}

void Pipeline::add_coverage(desk::Finding& finding) const {
  auto doubt = hooks_.coverage ? hooks_.coverage(finding) : std::string();
  if (doubt.empty() || !finding.message) return;
  finding.message = [said = std::move(finding.message), doubt = std::move(doubt)] {
    return desk::with_doubt(said(), doubt);
  };
}

bool Pipeline::can_wait(const desk::Finding& finding) {
  if (!finding.fires || finding.phase == desk::Phase::single) return false;
  if (finding.phase == desk::Phase::close) {
    episodes_.erase(finding.key);
    return false;
  }
  auto& episode = episodes_[finding.key];
  const bool waits = finding.phase == desk::Phase::update && finding.tier <= episode.tier;
  if (waits) {
    episode.update = finding;
  } else {
    episode = {finding.tier, std::nullopt};
  }
  return waits;
}

void Pipeline::say_newest_updates() {
  for (auto& [key, episode] : episodes_) {
    if (!episode.update) continue;
    say(*episode.update);
    episode.update.reset();
  }
}

bool Pipeline::waits() const {
  return !retry_.empty() || std::any_of(episodes_.begin(), episodes_.end(),
                                        [](const auto& episode) { return episode.second.update.has_value(); });
}

void Pipeline::say(const desk::Finding& finding) {
  const bool waits = finding.fires && !retry_.empty();
  if (waits || !offer(finding)) keep(finding);
}

bool Pipeline::offer(const desk::Finding& finding) {
  const auto posted_at = hooks_.posted_at ? hooks_.posted_at(finding) : std::nullopt;
  const auto handled = desk_.handle(finding, posted_at.value_or(hooks_.now()));
  if (handled) {
    hooks_.on_handled(finding, handled.value());
  } else {
    hooks_.on_error(handled.error());
  }
  return handled.has_value();
}

void Pipeline::keep(const desk::Finding& finding) {
  if (hooks_.on_unsaved) hooks_.on_unsaved(finding);
  const auto is_update = [](const desk::Finding& kept) { return kept.phase == desk::Phase::update; };
  if (is_update(finding)) {
    const auto same = std::find_if(retry_.begin(), retry_.end(), [&](const desk::Finding& kept) {
      return is_update(kept) && kept.key == finding.key;
    });
    if (same != retry_.end()) retry_.erase(same);
  }
  retry_.push_back(finding);
  if (retry_.size() <= kept_max) return;
  const auto update = std::find_if(retry_.begin(), retry_.end(), is_update);
  drop(update == retry_.end() ? retry_.begin() : update);
}

void Pipeline::drop(std::deque<desk::Finding>::iterator which) {
  const std::string key = which->key;
  retry_.erase(which);
  const auto same = [&](const desk::Finding& kept) { return kept.key == key; };
  if (hooks_.on_dropped && std::none_of(retry_.begin(), retry_.end(), same)) hooks_.on_dropped(key);
}

void Pipeline::retry() {
  while (!retry_.empty()) {
    if (hooks_.may_retry && !hooks_.may_retry()) return;
    if (!offer(retry_.front())) return;
    retry_.pop_front();
  }
}

}  // namespace app
