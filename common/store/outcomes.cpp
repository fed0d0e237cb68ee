#include "common/store/outcomes.hpp"

namespace store {

base::Result<std::int64_t> Outcomes::add(const OutcomeRow& row) {
  auto added = database_.change(
      "INSERT INTO outcome (signal_id, rule, key, config, exchange, symbol, direction, decided_ms, state, running, "
      "ended_ms, result_r, ambiguous, body, post) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {row.signal_id, row.rule, row.key, row.config, row.exchange, row.symbol, row.direction, row.decided_at, row.state,
       row.running, row.ended_at, row.result_r, row.ambiguous, row.body, row.post});
  if (!added) return added.error();
  return database_.last_insert_id();
}

base::Result<void> Outcomes::update(const OutcomeRow& row) {
  auto changed = database_.change(
      "UPDATE outcome SET state = ?2, running = ?3, ended_ms = ?4, result_r = ?5, ambiguous = ?6, body = ?7 "
      "WHERE id = ?1",
      {row.id, row.state, row.running, row.ended_at, row.result_r, row.ambiguous, row.body});
  if (!changed) return changed.error();
  if (*changed == 1) return {};
  return base::Error(base::ErrorKind::internal, "outcomes", "no row " + std::to_string(row.id));
}

base::Result<void> Outcomes::set_placebo(std::int64_t id, double mean_r) {
  auto done = database_.change("UPDATE outcome SET placebo_r = ?2 WHERE id = ?1", {id, mean_r});
  if (!done) return done.error();
  return {};
}

base::Result<std::vector<OutcomeRow>> Outcomes::select(std::string_view sql, Values values) {
  std::vector<OutcomeRow> out;
  auto done = database_.query(sql, values, [&](const Row& row) {
    auto& one = out.emplace_back();
    one.id = row.integer(0);
    one.signal_id = row.integer(1);
    one.rule = row.text(2);
    one.key = row.text(3);
    one.config = row.text(4);
    one.exchange = row.text(5);
    one.symbol = row.text(6);
    one.direction = row.text(7);
    one.decided_at = row.time(8);
    one.state = row.text(9);
    one.running = row.flag(10);
    one.ended_at = row.maybe_time(11);
    one.result_r = row.real(12);
    one.ambiguous = row.flag(13);
    one.body = row.text(14);
    one.post = row.maybe_integer(15);
    if (row.flag(16)) one.placebo_r = row.real(17);
  });
  if (!done) return done.error();
  return out;
}

base::Result<std::vector<OutcomeRow>> Outcomes::running() {
  return select(
      "SELECT id, signal_id, rule, key, config, exchange, symbol, direction, decided_ms, state, running, ended_ms, "
      "result_r, ambiguous, body, post, placebo_r IS NOT NULL, coalesce(placebo_r, 0) FROM outcome "
      "WHERE running = 1 ORDER BY id",
      {});
}

base::Result<std::vector<OutcomeRow>> Outcomes::since(base::WallTime since) {
  return select(
      "SELECT id, signal_id, rule, key, config, exchange, symbol, direction, decided_ms, state, running, ended_ms, "
      "result_r, ambiguous, body, post, placebo_r IS NOT NULL, coalesce(placebo_r, 0) FROM outcome "
      "WHERE decided_ms >= ? ORDER BY decided_ms, id",
      {since});
}

base::Result<std::vector<OutcomeRow>> Outcomes::without_placebo(base::WallTime before, int rows_max) {
  return select(
      "SELECT id, signal_id, rule, key, config, exchange, symbol, direction, decided_ms, state, running, ended_ms, "
      "result_r, ambiguous, body, post, placebo_r IS NOT NULL, coalesce(placebo_r, 0) FROM outcome "
      "WHERE placebo_r IS NULL AND state = 'closed' AND decided_ms < ? ORDER BY decided_ms LIMIT ?",
      {before, rows_max});
}

base::Result<std::int64_t> Outcomes::prune(base::WallTime before) {
  return database_.change("DELETE FROM outcome WHERE running = 0 AND decided_ms < ?", {before});
}

base::Result<void> Outcomes::note_config(std::string_view hash, base::WallTime now) {
  auto done =
      database_.change("INSERT INTO config_seen (hash, first_at_ms) VALUES (?, ?) ON CONFLICT DO NOTHING", {hash, now});
  if (!done) return done.error();
  return {};
}

base::Result<std::int64_t> Outcomes::configs_tried() {
  std::int64_t out = 0;
  auto done = database_.query("SELECT count(*) FROM config_seen", {}, [&](const Row& row) { out = row.integer(0); });
  if (!done) return done.error();
  return out;
}

}  // namespace store
