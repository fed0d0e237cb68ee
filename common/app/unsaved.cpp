#include "common/app/unsaved.hpp"

#include <algorithm>

namespace app {
using base::Millis;
using boost::asio::awaitable;
using telegram::Outcome;

namespace {
constexpr Millis look_every{250};
constexpr Millis retry_after{5'000};
}  // namespace

Unsaved::Entry* Unsaved::find(const std::string& key) {
  const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.item.key == key; });
  return at == entries_.end() ? nullptr : &*at;
}

void Unsaved::offer(Item item) {
  if (find(item.key) != nullptr) return;
  if (entries_.size() >= items_max) {
    const auto posted = std::find_if(entries_.begin(), entries_.end(), [](const Entry& e) { return e.done; });
    entries_.erase(posted == entries_.end() ? entries_.begin() : posted);
  }
  entries_.push_back({std::move(item), clock_.steady_now() + patience, std::nullopt, false, false});
}

std::optional<Unsaved::Posted> Unsaved::posted(const std::string& key) const {
  const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.item.key == key; });
  return at == entries_.end() ? std::nullopt : at->done;
}

void Unsaved::forget(const std::string& key) {
  const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.item.key == key; });
  if (at != entries_.end()) entries_.erase(at);
}

void Unsaved::let_go(const std::string& key) {
  Entry* entry = find(key);
  if (entry == nullptr) return;
  if (entry->done) return forget(key);
  entry->let_go = true;
}

Unsaved::Entry* Unsaved::next_due() {
  const auto now = clock_.steady_now();
  const auto at =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return !e.done && e.not_before <= now; });
  return at == entries_.end() ? nullptr : &*at;
}

void Unsaved::take(const std::string& key, const telegram::Answer& answer) {
  Entry* entry = find(key);  // looked up again: the deque may have changed while the call was under way
  if (entry == nullptr) return;
  if (answer.outcome == Outcome::ok) {
    entry->done = Posted{clock_.wall_now(), answer.message_id};
    if (entry->let_go) forget(key);
    return;
  }
  on_error_(base::Error(base::ErrorKind::network, "telegram, from memory", answer.text));
  const bool again = answer.outcome == Outcome::flood || answer.outcome == Outcome::network ||
                     answer.outcome == Outcome::server || answer.outcome == Outcome::migrate;
  if (!again) {
    forget(key);  // refused for good; the outbox says so again when the disk is back
    return;
  }
  entry->maybe_out = entry->maybe_out || answer.maybe_delivered;
  entry->not_before = clock_.steady_now() + retry_after;
}

awaitable<void> Unsaved::run() {
  for (;;) {
    co_await clock_.sleep_for(look_every);
    const Entry* due = next_due();
    if (due == nullptr) continue;
    struct Busy {
      bool& flag;
      explicit Busy(bool& of) : flag(of) { flag = true; }
      ~Busy() { flag = false; }
    } const busy(busy_);
    const std::string key = due->item.key;
    const telegram::Sender::Direct what{due->item.chat, due->item.html, !due->item.rings, due->maybe_out};
    const telegram::Answer answer = co_await sender_.post_direct(what);
    take(key, answer);
  }
}

}  // namespace app
