#include "common/store/outbox.hpp"

#include <array>

namespace store {

namespace {

using namespace std::chrono_literals;

constexpr base::Millis aging_step = 10min;  ///< a row gains one class of urgency for each of these
constexpr base::Millis wait_max = 10min;    ///< a longer wait was written before the clock was set back

RowState state_from(std::string_view word) {
  for (const auto state :
       {RowState::pending, RowState::sending, RowState::sent, RowState::unknown, RowState::superseded}) {
    if (word == to_string(state)) return state;
  }
  return RowState::dead;
}

Op op_from(std::string_view word) {
  for (const auto op : {Op::edit, Op::reply}) {
    if (word == to_string(op)) return op;
  }
  return Op::send;
}

OutboxRow row_from(const Row& row) {
  OutboxRow out;
  out.id = row.integer(0);
  out.draft.dedupe_key = row.text(1);
  out.draft.sink = row.text(2);
  out.draft.chat = row.text(3) == to_string(Chat::signals) ? Chat::signals : Chat::operators;
  out.draft.priority = static_cast<Priority>(std::min<std::int64_t>(row.integer(4), 3));
  out.draft.op = op_from(row.text(5));
  out.draft.refers_to = row.maybe_integer(6);
  out.draft.html = base::Html::from_storage(row.text(7));
  out.draft.silent = row.flag(8);
  out.draft.repeatable = row.flag(9);
  out.state = state_from(row.text(10));
  out.attempts = row.small(11);
  out.next_at = row.time(12);
  out.created = row.time(13);
  out.draft.expires = row.maybe_time(14);
  out.parts_sent = row.small(15);
  out.message_id = row.maybe_integer(16);
  out.ambiguous = row.flag(17);
  out.plain = row.flag(18);
  out.last_error = row.text(19);
  out.target_message_id = row.maybe_integer(20);
  out.draft.picture = row.text(21);
  out.draft.happened = row.maybe_time(22);
  out.draft.late_html = base::Html::from_storage(row.text(23));
  return out;
}

using Place = std::array<std::int64_t, 4>;  ///< in the line: parts to come, urgency, place, id; the least goes first

bool is_settled(RowState state) { return state != RowState::pending && state != RowState::sending; }

}  // namespace

std::string_view to_string(Chat chat) { return chat == Chat::signals ? "signals" : "operator"; }

std::string_view to_string(Op op) {
  switch (op) {
    case Op::send: return "send";
    case Op::edit: return "edit";
    case Op::reply: return "reply";
  }
  return "send";
}

std::string_view to_string(RowState state) {
  switch (state) {
    case RowState::pending: return "pending";
    case RowState::sending: return "sending";
    case RowState::sent: return "sent";
    case RowState::dead: return "dead";
    case RowState::unknown: return "unknown";
    case RowState::superseded: return "superseded";
  }
  return "dead";
}

base::Result<Outbox::Accepted> Outbox::accept(const Draft& draft, base::WallTime now) {
  // A savepoint inside the caller's transaction would keep old pages for nothing: after an error that one ends anyway.
  if (database_.in_transaction()) return accept_here(draft, now);
  return database_.transact([&] { return accept_here(draft, now); });
}

base::Result<Outbox::Accepted> Outbox::accept_here(const Draft& draft, base::WallTime now) {
  std::optional<std::int64_t> known;
  auto looked = database_.query("SELECT id FROM outbox WHERE dedupe_key = ?", {draft.dedupe_key},
                                [&](const Row& row) { known = row.integer(0); });
  if (!looked) return looked.error();
  if (!known) return insert(draft, now);
  Accepted accepted;
  accepted.id = *known;
  accepted.duplicate = true;
  return accepted;
}

base::Result<bool> Outbox::is_idle(std::string_view sink, std::span<const Chat> chats) {
  bool idle = true;
  const auto seen = [&](const Row&) { idle = false; };
  for (const auto chat : chats) {
    for (const std::string_view sql :
         {"SELECT 1 FROM outbox WHERE state = 'pending' AND sink = ? AND chat = ? LIMIT 1",
          "SELECT 1 FROM outbox WHERE state = 'sending' AND sink = ? AND chat = ? LIMIT 1"}) {
      if (auto looked = database_.query(sql, {sink, to_string(chat)}, seen); !looked) return looked.error();
    }
  }
  return idle;
}

base::Result<Outbox::Accepted> Outbox::insert(const Draft& draft, base::WallTime now) {
  Placement at;
  at.refers_to = draft.refers_to;
  if (draft.op == Op::edit) {
    auto placed = place_edit(draft, now);
    if (!placed) return placed.error();
    at = *placed;
  } else if (!draft.claim.empty()) {
    const auto idle = is_idle(draft.sink, draft.claim);
    if (!idle) return idle.error();
    if (*idle) at.state = RowState::sending;
  }
  const bool claimed = at.state == RowState::sending;
  const auto settled = is_settled(at.state) ? std::optional(now) : std::nullopt;
  auto added = database_.change(
      "INSERT INTO outbox (dedupe_key, sink, chat, priority, op, refers_to, html, silent, repeatable, state, place, "
      "next_at_ms, created_ms, expires_ms, settled_ms, last_error, attempts, picture, happened_ms, late_html) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
      "coalesce(?11, (SELECT seq + 1 FROM sqlite_sequence WHERE name = 'outbox'), 1), ?12, ?12, ?13, ?14, ?15, ?16, "
      "?17, ?18, ?19)",
      {draft.dedupe_key, draft.sink, to_string(draft.chat), static_cast<int>(draft.priority), to_string(draft.op),
       at.refers_to, draft.html.str(), draft.silent, draft.repeatable, to_string(at.state), at.place, now,
       draft.expires, settled, at.error, claimed ? 1 : 0, draft.picture, draft.happened, draft.late_html.str()});
  if (!added) return added.error();
  Accepted accepted;
  accepted.id = database_.last_insert_id();
  accepted.claimed = claimed;
  if (claimed) return accepted;  // it takes no place among what waits
  auto dropped = enforce_bounds(now);
  if (!dropped) return dropped.error();
  accepted.dropped = *dropped;
  return accepted;
}

base::Result<std::optional<Outbox::Target>> Outbox::target_of(std::int64_t id) {
  std::optional<Target> found;
  // An edit has no message of its own: who refers to it means the message it edits.
  auto looked = database_.query(
      "SELECT t.id, t.state, t.attempts > 0 OR t.parts_sent > 0 FROM outbox r "
      "JOIN outbox t ON t.id = iif(r.op = 'edit', r.refers_to, r.id) WHERE r.id = ?",
      {id}, [&](const Row& row) {
        found = Target{row.integer(0), state_from(row.text(1)), row.flag(2)};
      });
  if (!looked) return looked.error();
  return found;
}

base::Result<Outbox::Placement> Outbox::place_edit(const Draft& draft, base::WallTime now) {
  Placement at;
  at.refers_to = draft.refers_to;
  auto target = target_of(draft.refers_to.value_or(0));
  if (!target) return target.error();
  if (!*target || (is_settled((*target)->state) && (*target)->state != RowState::sent)) {
    at.state = RowState::dead;
    at.error = "the message it would edit was never sent";
    return at;
  }
  at.refers_to = (*target)->id;
  if ((*target)->state == RowState::pending && !(*target)->tried) {
    auto replaced = database_.change("UPDATE outbox SET html = ?2, late_html = ?3 WHERE id = ?1",
                                     {(*target)->id, draft.html.str(), draft.late_html.str()});
    if (!replaced) return replaced.error();
    at.state = RowState::superseded;
    at.error = "its text went into the message itself, which still waits";
    return at;
  }
  auto older =
      database_.query("SELECT min(place) FROM outbox WHERE refers_to = ? AND op = 'edit' AND state = 'pending'",
                      {at.refers_to}, [&](const Row& row) { at.place = row.maybe_integer(0); });
  if (!older) return older.error();
  auto superseded = database_.change(
      "UPDATE outbox SET state = 'superseded', settled_ms = ?2 WHERE refers_to = ?1 AND op = 'edit' AND "
      "state = 'pending'",
      {at.refers_to, now});
  if (!superseded) return superseded.error();
  return at;
}

base::Result<std::int64_t> Outbox::enforce_bounds(base::WallTime now) {
  std::int64_t dropped = 0;
  for (;;) {
    Stats held;
    for (const auto state : {RowState::pending, RowState::sending})
      if (auto added = add_held(state, held); !added) return added.error();
    if (held.pending <= bounds_.rows_max && held.pending_bytes <= bounds_.bytes_max) return dropped;
    auto gone = database_.change(
        "UPDATE outbox SET state = 'dead', settled_ms = ?1, html = '', late_html = '', picture = '', "
        "last_error = 'dropped: the outbox was full' "
        "WHERE id = (SELECT id FROM outbox WHERE state = 'pending' AND priority >= 2 ORDER BY priority DESC, id LIMIT "
        "1)",
        {now});
    if (!gone) return gone.error();
    if (*gone == 0) {
      return base::Error(base::ErrorKind::storage, "outbox",
                         "it is full of signals that could not be sent (" + std::to_string(held.pending) + " rows)",
                         "see why Telegram does not take them (/health, journal)");
    }
    ++dropped;
  }
}

base::Result<Outbox::Next> Outbox::next_due(std::string_view sink, std::span<const Chat> chats, base::WallTime now) {
  if (chats.empty()) return Next{};
  const auto first = to_string(chats.front());
  const auto last = to_string(chats.back());
  for (;;) {
    std::int64_t head = 0;
    Place best{};
    // Parts of one message stay together; then urgency, then age. Texts are not read here: the line may be long. The
    // least is found here, and IN is avoided, because SQLite would make a temporary table for either each time.
    auto looked = database_.query(
        "SELECT o.id, o.parts_sent = 0, iif(o.priority = 0, 0, max(1, o.priority - (?4 - o.created_ms) / ?5)), o.place "
        "FROM outbox o LEFT JOIN outbox t ON t.id = o.refers_to "
        "WHERE o.state = 'pending' AND o.sink = ?1 AND (+o.chat = ?2 OR +o.chat = ?3) "
        "AND (t.id IS NULL OR (t.state != 'pending' AND t.state != 'sending'))",
        {sink, first, last, now, std::int64_t{aging_step.count()}}, [&](const Row& row) {
          const Place place{row.integer(1), row.integer(2), row.integer(3), row.integer(0)};
          if (head == 0 || place < best) best = place;
          head = best[3];
        });
    if (!looked) return looked.error();
    if (head == 0) return Next{};
    auto row = find(head);
    if (!row) return row.error();
    OutboxRow& found = **row;
    const bool expired = found.draft.expires && *found.draft.expires <= now && found.parts_sent == 0;
    const bool needs_target = found.draft.op == Op::edit || (!found.draft.picture.empty() && found.draft.refers_to);
    const bool orphan = needs_target && !found.target_message_id;
    if (expired || orphan) {
      auto buried =
          mark_dead(head, expired ? "expired before it could be sent" : "the message it belongs to is not known", now);
      if (!buried) return buried.error();
      continue;
    }
    Next next;
    if (found.next_at > now && found.next_at <= now + wait_max) {
      next.wake_at = found.next_at;
    } else {
      next.row = std::move(found);
    }
    return next;
  }
}

base::Result<void> Outbox::update_one(std::string_view sql, Values values) {
  auto changed = database_.change(sql, values);
  if (!changed) return changed.error();
  if (*changed == 1) return {};
  return base::Error(base::ErrorKind::internal, "outbox", "a row was not in the state that this step needs");
}

base::Result<void> Outbox::mark_sending(std::int64_t id, bool late) {
  return update_one(
      "UPDATE outbox SET state = 'sending', attempts = attempts + 1, html = iif(?2, late_html, html), "
      "late_html = iif(?2, '', late_html) WHERE id = ?1 AND state = 'pending'",
      {id, late ? 1 : 0});
}

base::Result<void> Outbox::mark_not_tried(std::int64_t id) {
  return update_one("UPDATE outbox SET state = 'pending', attempts = attempts - 1 WHERE id = ? AND state = 'sending'",
                    {id});
}

base::Result<void> Outbox::mark_part_sent(std::int64_t id, std::optional<std::int64_t> message_id, base::WallTime now) {
  return update_one(
      "UPDATE outbox SET state = 'pending', parts_sent = parts_sent + 1, attempts = 0, ambiguous = 0, next_at_ms = ?3, "
      "message_id = coalesce(message_id, ?2) WHERE id = ?1 AND state = 'sending'",
      {id, message_id, now});
}

base::Result<void> Outbox::mark_sent(std::int64_t id, std::optional<std::int64_t> message_id, base::WallTime now) {
  return update_one(
      "UPDATE outbox SET state = 'sent', parts_sent = parts_sent + 1, settled_ms = ?3, "
      "message_id = coalesce(message_id, ?2) WHERE id = ?1 AND state = 'sending'",
      {id, message_id, now});
}

base::Result<void> Outbox::mark_posted(std::int64_t id, std::optional<std::int64_t> message_id, base::WallTime now) {
  return update_one(
      "UPDATE outbox SET state = 'sent', parts_sent = 1, settled_ms = ?3, message_id = ?2 "
      "WHERE id = ?1 AND state = 'pending'",
      {id, message_id, now});
}

base::Result<RowState> Outbox::mark_retry(std::int64_t id, base::WallTime next_at, std::string_view error,
                                          bool maybe_delivered, base::WallTime now) {
  return database_.transact([&]() -> base::Result<RowState> {
    auto done = update_one(
        "UPDATE outbox SET last_error = ?3, next_at_ms = ?2, "
        "ambiguous = max(ambiguous, ?4 AND repeatable AND op != 'edit'), "
        "state = iif(?4 AND NOT repeatable AND op != 'edit', 'unknown', 'pending'), "
        "settled_ms = iif(?4 AND NOT repeatable AND op != 'edit', ?5, NULL) WHERE id = ?1 AND state = 'sending'",
        {id, next_at, error, maybe_delivered, now});
    if (!done) return done.error();
    auto row = find(id);
    if (!row) return row.error();
    return (*row)->state;
  });
}

base::Result<void> Outbox::mark_plain(std::int64_t id, std::string_view error) {
  return update_one(
      "UPDATE outbox SET state = 'pending', plain = 1, last_error = ?2 WHERE id = ?1 AND state = 'sending'",
      {id, error});
}

base::Result<void> Outbox::mark_dead(std::int64_t id, std::string_view error, base::WallTime now) {
  return update_one(
      "UPDATE outbox SET state = 'dead', last_error = ?2, settled_ms = ?3 WHERE id = ?1 AND "
      "state IN ('pending', 'sending')",
      {id, error, now});
}

base::Result<Outbox::Recovered> Outbox::recover_after_restart(base::WallTime now) {
  return database_.transact([&]() -> base::Result<Recovered> {
    Recovered out;
    auto edits = database_.change(
        "UPDATE outbox SET state = 'pending', next_at_ms = ? WHERE state = 'sending' AND op = 'edit'", {now});
    if (!edits) return edits.error();
    auto repeats = database_.change(
        "UPDATE outbox SET state = 'pending', ambiguous = 1, next_at_ms = ? WHERE state = 'sending' AND repeatable",
        {now});
    if (!repeats) return repeats.error();
    out.to_repeat = *repeats;
    auto dropped = database_.change(
        "UPDATE outbox SET state = 'unknown', settled_ms = ?, last_error = 'cut off while it was sent' "
        "WHERE state = 'sending'",
        {now});
    if (!dropped) return dropped.error();
    out.dropped = *dropped;
    return out;
  });
}

// One state a look, here and below: SQLite makes a temporary table for each IN list of more.
base::Result<void> Outbox::add_held(RowState state, Stats& to) {
  return database_.query(
      "SELECT count(*), coalesce(sum(length(CAST(html AS BLOB)) + length(CAST(late_html AS BLOB)) + "
      "length(CAST(picture AS BLOB))), 0), min(created_ms) "
      "FROM outbox WHERE state = ?",
      {to_string(state)}, [&](const Row& row) {
        to.pending += row.integer(0);
        to.pending_bytes += row.integer(1);
        const auto oldest = row.maybe_time(2);
        if (oldest) to.oldest = std::min(to.oldest.value_or(*oldest), *oldest);
      });
}

base::Result<Outbox::Stats> Outbox::stats() {
  Stats out;
  for (const auto state : {RowState::pending, RowState::sending})
    if (auto added = add_held(state, out); !added) return added.error();
  for (const auto& [state, count] :
       {std::pair{RowState::dead, &out.dead}, std::pair{RowState::unknown, &out.unknown}}) {
    auto done = database_.query("SELECT count(*) FROM outbox WHERE state = ?", {to_string(state)},
                                [to = count](const Row& row) { *to = row.integer(0); });
    if (!done) return done.error();
  }
  return out;
}

base::Result<std::optional<OutboxRow>> Outbox::find(std::int64_t id) {
  std::optional<OutboxRow> out;
  auto done = database_.query(
      "SELECT o.id, o.dedupe_key, o.sink, o.chat, o.priority, o.op, o.refers_to, o.html, o.silent, o.repeatable, "
      "o.state, o.attempts, o.next_at_ms, o.created_ms, o.expires_ms, o.parts_sent, o.message_id, o.ambiguous, "
      "o.plain, o.last_error, t.message_id, o.picture, o.happened_ms, o.late_html "
      "FROM outbox o LEFT JOIN outbox t ON t.id = o.refers_to WHERE o.id = ?",
      {id}, [&](const Row& row) { out = row_from(row); });
  if (!done) return done.error();
  return out;
}

base::Result<std::int64_t> Outbox::prune(base::WallTime before) {
  return database_.change(
      "DELETE FROM outbox WHERE state NOT IN ('pending', 'sending') AND coalesce(settled_ms, created_ms) < ? AND "
      "id NOT IN (SELECT refers_to FROM outbox WHERE refers_to IS NOT NULL AND state IN ('pending', 'sending'))",
      {before});
}

}  // namespace store
