#include "common/store/signal_log.hpp"

namespace store {

base::Result<std::optional<std::int64_t>> SignalLog::add(const SignalRow& row) {
  auto added = database_.change(
      "INSERT INTO signal (kind, subject, key, tier, direction, strength, at_ms, event_id, evidence, outbox_id, score, "
      "config, said) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (event_id) DO NOTHING",
      {row.kind, row.subject, row.key, row.tier, row.direction, row.strength, row.at, row.event_id, row.evidence,
       row.outbox_id, row.score, row.config, row.said});
  if (!added) return added.error();
  if (*added == 0) return std::optional<std::int64_t>();
  return std::optional<std::int64_t>(database_.last_insert_id());
}

base::Result<void> SignalLog::set_outbox_id(std::int64_t id, std::int64_t outbox_id) {
  auto done = database_.change("UPDATE signal SET outbox_id = ?2 WHERE id = ?1", {id, outbox_id});
  if (!done) return done.error();
  return {};
}

base::Result<std::vector<SignalRow>> SignalLog::select(std::string_view sql, Values values) {
  std::vector<SignalRow> out;
  auto done = database_.query(sql, values, [&](const Row& row) {
    out.push_back({row.integer(0), row.text(1), row.text(2), row.text(3), row.small(4), row.text(5), row.real(6),
                   row.time(7), row.text(8), row.text(9), row.maybe_integer(10), row.real(11), row.text(12),
                   row.text(13)});
  });
  if (!done) return done.error();
  return out;
}

namespace {

std::optional<SignalRow> first_of(std::vector<SignalRow>&& rows) {
  return rows.empty() ? std::nullopt : std::optional<SignalRow>(std::move(rows.front()));
}

}  // namespace

base::Result<std::optional<SignalRow>> SignalLog::find(std::int64_t id) {
  auto rows = select(
      "SELECT id, kind, subject, key, tier, direction, strength, at_ms, event_id, evidence, outbox_id, score, config, "
      "said FROM signal WHERE id = ?",
      {id});
  if (!rows) return rows.error();
  return first_of(std::move(rows.value()));
}

base::Result<std::optional<SignalRow>> SignalLog::find_event(std::string_view event_id) {
  auto rows = select(
      "SELECT id, kind, subject, key, tier, direction, strength, at_ms, event_id, evidence, outbox_id, score, config, "
      "said FROM signal WHERE event_id = ?",
      {event_id});
  if (!rows) return rows.error();
  return first_of(std::move(rows.value()));
}

base::Result<std::vector<SignalRow>> SignalLog::since(base::WallTime since, int rows_max) {
  return select(
      "SELECT id, kind, subject, key, tier, direction, strength, at_ms, event_id, evidence, outbox_id, score, config, "
      "said FROM signal WHERE at_ms >= ? ORDER BY at_ms DESC, id DESC LIMIT ?",
      {since, rows_max});
}

base::Result<std::int64_t> SignalLog::prune(base::WallTime before) {
  return database_.change("DELETE FROM signal WHERE at_ms < ?", {before});
}

base::Result<void> GateState::put(std::string_view key, const GateRow& row) {
  auto done = database_.change(
      "INSERT OR REPLACE INTO gate_state (key, last_at_ms, tier, strength, episode) VALUES (?, ?, ?, ?, ?)",
      {key, row.last_at, row.tier, row.strength, row.episode});
  if (!done) return done.error();
  return {};
}

base::Result<std::optional<GateRow>> GateState::get(std::string_view key) {
  std::optional<GateRow> out;
  auto done = database_.query("SELECT last_at_ms, tier, strength, episode FROM gate_state WHERE key = ?", {key},
                              [&](const Row& row) {
                                out = GateRow{row.time(0), row.small(1), row.real(2), row.text(3)};
                              });
  if (!done) return done.error();
  return out;
}

base::Result<std::map<std::string, GateRow>> GateState::all() {
  std::map<std::string, GateRow> out;
  auto done =
      database_.query("SELECT key, last_at_ms, tier, strength, episode FROM gate_state", {}, [&](const Row& row) {
        out[row.text(0)] = GateRow{row.time(1), row.small(2), row.real(3), row.text(4)};
      });
  if (!done) return done.error();
  return out;
}

base::Result<void> GateState::erase(std::string_view key) {
  auto done = database_.change("DELETE FROM gate_state WHERE key = ?", {key});
  if (!done) return done.error();
  return {};
}

}  // namespace store
