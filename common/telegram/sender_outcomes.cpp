// What the sender does about each answer: the action table of TG-3. Each function changes the lane at once and returns
// what to write, because writing may have to wait for the disk.
#include <sstream>

#include "common/base/text.hpp"
#include "common/guard/backoff.hpp"
#include "common/guard/retry_after.hpp"
#include "common/telegram/sender_lane.hpp"
#include "common/telegram/split.hpp"

namespace telegram {
using namespace std::chrono_literals;
using store::RowState;

namespace {

constexpr guard::Backoff backoff_rule{1s, 60s};
constexpr base::Millis chat_gone_wait = 1h;  ///< nothing is disabled for ever: one probe an hour
constexpr base::Millis unauthorised_wait = 5min;

}  // namespace

std::string migrated_fact(const std::string& chat) { return "telegram.migrated." + chat; }
std::string blocked_fact(const std::string& chat) { return "telegram.blocked." + chat; }

std::string to_fact(const guard::SavedWait& wait) {
  return std::to_string(base::to_ms(wait.until)) + " " + std::to_string(wait.remaining.count()) + " " +
         std::to_string(base::to_ms(wait.saved_at)) + " " + std::to_string(wait.since_boot.count()) + " " +
         wait.boot_id;
}

guard::SavedWait wait_from_fact(const std::string& fact) {
  std::istringstream in(fact);
  std::int64_t until = 0, remaining = 0, saved_at = 0, since_boot = 0;
  guard::SavedWait wait;
  in >> until >> remaining >> saved_at >> since_boot >> wait.boot_id;
  wait.until = base::from_ms(until);
  wait.remaining = base::Millis(remaining);
  wait.saved_at = base::from_ms(saved_at);
  wait.since_boot = base::Millis(since_boot);
  return wait;
}

base::Millis Sender::backoff(Lane& lane) { return backoff_rule.delay(lane.failures++, ports_.random()); }

Sender::Write Sender::judge(Lane& lane, const Call& call) {
  const bool is_edit = call.row.draft.op == store::Op::edit;
  // A chat may take texts and no pictures: what it says of a picture holds for that picture alone.
  const bool refused = call.answer.outcome == Outcome::chat_gone || call.answer.outcome == Outcome::too_long;
  if (refused && !call.row.draft.picture.empty()) return give_up(call);
  switch (call.answer.outcome) {
    case Outcome::ok: return on_success(lane, call);
    case Outcome::not_modified: return is_edit ? on_success(lane, call) : give_up(call);
    case Outcome::flood: return on_flood(lane, call);
    case Outcome::migrate: return on_migration(lane, call);
    case Outcome::chat_gone: return on_chat_gone(lane, call);
    case Outcome::unauthorised:
      lane.paused_until = ports_.clock.steady_now() + unauthorised_wait;
      return try_again(call, 0ms);
    case Outcome::thread_not_found: return on_no_thread(call);
    case Outcome::bad_html:
    case Outcome::too_long:
      if (call.row.plain) return give_up(call);
      return [this, id = call.row.id, text = call.answer.text]() -> base::Result<RowState> {
        if (auto done = ports_.outbox.mark_plain(id, text); !done) return done.error();
        return RowState::pending;
      };
    case Outcome::server:
    case Outcome::network: return try_again(call, backoff(lane));
    case Outcome::not_drawn:
    case Outcome::target_gone:
    case Outcome::other: return give_up(call);
  }
  return give_up(call);
}

Sender::Write Sender::on_success(Lane& lane, const Call& call) {
  lane.failures = 0;
  const bool last = static_cast<std::size_t>(call.row.parts_sent) + 1 >= call.parts;
  const auto now = ports_.clock.wall_now();
  return [this, id = call.row.id, message = call.answer.message_id, last, now]() -> base::Result<RowState> {
    auto done = last ? ports_.outbox.mark_sent(id, message, now) : ports_.outbox.mark_part_sent(id, message, now);
    if (!done) return done.error();
    return last ? RowState::sent : RowState::pending;
  };
}

Sender::Write Sender::on_flood(Lane& lane, const Call& call) {
  const base::Millis wait = guard::server_wait(call.answer.retry_after);
  lane.failures = 0;  // after a push-back the next delay starts at the base again
  lane.paused_until = ports_.clock.steady_now() + wait;
  const auto saved = guard::save_wait(wait, ports_.clock.wall_now(), ports_.clock.boot_now());
  return [this, again = try_again(call, 0ms), name = blocked_fact(lane.chat),
          value = to_fact(saved)]() -> base::Result<RowState> {
    if (auto done = ports_.facts.set(name, value); !done) return done.error();
    return again();
  };
}

Sender::Write Sender::on_migration(Lane& lane, const Call& call) {
  const std::string old = lane.chat;
  const bool first = lane.failures == 0;
  const base::Millis wait = backoff(lane);
  lane.chat = call.answer.new_chat;
  return [this, again = try_again(call, first ? 0ms : wait), name = migrated_fact(old),
          value = lane.chat]() -> base::Result<RowState> {
    if (auto done = ports_.facts.set(name, value); !done) return done.error();
    return again();
  };
}

Sender::Write Sender::on_chat_gone(Lane& lane, const Call& call) {
  // The row stays: it is sent by the probe that finds the chat open again.
  lane.paused_until = ports_.clock.steady_now() + chat_gone_wait;
  return [this, &lane, again = try_again(call, 0ms), answer = call.answer]() -> base::Result<RowState> {
    if (auto told = tell_other_chat(lane, answer); !told) return told.error();
    return again();
  };
}

base::Result<void> Sender::tell_other_chat(const Lane& lane, const Answer& answer) {
  for (const auto& other : lanes_) {
    if (other.get() == &lane) continue;
    const auto now = ports_.clock.wall_now();
    store::Draft draft;
    draft.dedupe_key = "telegram.chat_gone." + lane.chat + "." + base::utc_date(now);
    draft.sink = std::string(ports_.sink.name());
    draft.chat = other->kinds.front();
    draft.priority = store::Priority::critical;
    draft.html = chat_refused_words(to_string(lane.kinds.front()), answer.text);
    if (auto accepted = ports_.outbox.accept(draft, now); !accepted) return accepted.error();
    wake(*other);
  }
  return {};
}

Sender::Write Sender::on_no_thread(const Call& call) {
  const auto address = addresses_.find(call.row.draft.chat);
  if (address == addresses_.end() || !address->second.thread) return give_up(call);
  address->second.thread.reset();  // the chat itself, until the next start
  return [this, id = call.row.id, text = call.answer.text, now = ports_.clock.wall_now()] {
    return ports_.outbox.mark_retry(id, now, text, false, now);
  };
}

Sender::Write Sender::try_again(const Call& call, base::Millis wait) {
  const auto now = ports_.clock.wall_now();
  return [this, id = call.row.id, text = call.answer.text, maybe = call.answer.maybe_delivered, now, wait] {
    return ports_.outbox.mark_retry(id, now + wait, text, maybe, now);
  };
}

Sender::Write Sender::give_up(const Call& call) {
  const auto now = ports_.clock.wall_now();
  return [this, id = call.row.id, text = call.answer.text, now]() -> base::Result<RowState> {
    if (auto done = ports_.outbox.mark_dead(id, text, now); !done) return done.error();
    return RowState::dead;
  };
}

}  // namespace telegram
