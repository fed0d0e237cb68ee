#include "common/store/memory.hpp"

namespace store {

base::Result<void> Baselines::put(std::string_view key, const Baseline& baseline) {
  return database_.put("INSERT OR REPLACE INTO baseline (key, body, saved_at_ms) VALUES (?, ?, ?)",
                       {key, Value::Blob{baseline.body}, baseline.saved_at});
}

base::Result<std::optional<Baseline>> Baselines::get(std::string_view key) {
  std::optional<Baseline> out;
  auto done = database_.query("SELECT body, saved_at_ms FROM baseline WHERE key = ?", {key}, [&](const Row& row) {
    out = Baseline{row.text(0), row.time(1)};
  });
  if (!done) return done.error();
  return out;
}

base::Result<std::map<std::string, Baseline>> Baselines::all() {
  std::map<std::string, Baseline> out;
  auto done = database_.query("SELECT key, body, saved_at_ms FROM baseline", {}, [&](const Row& row) {
    out[row.text(0)] = Baseline{row.text(1), row.time(2)};
  });
  if (!done) return done.error();
  return out;
}

base::Result<void> Baselines::erase(std::string_view key) {
  return database_.put("DELETE FROM baseline WHERE key = ?", {key});
}

base::Result<std::int64_t> Baselines::prune(base::WallTime before) {
  return database_.change("DELETE FROM baseline WHERE saved_at_ms < ?", {before});
}

base::Result<void> Facts::set(std::string_view name, std::string_view value) {
  return database_.put("INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)", {name, value});
}

base::Result<std::optional<std::string>> Facts::get(std::string_view name) {
  std::optional<std::string> out;
  auto done =
      database_.query("SELECT value FROM fact WHERE name = ?", {name}, [&](const Row& row) { out = row.text(0); });
  if (!done) return done.error();
  return out;
}

base::Result<void> Facts::erase(std::string_view name) {
  return database_.put("DELETE FROM fact WHERE name = ?", {name});
}

base::Result<void> ErrorJournal::add(const JournalEntry& entry) {
  return database_.transact([&]() -> base::Result<void> {
    auto added = database_.change("INSERT INTO error_journal (at_ms, category, place, text) VALUES (?, ?, ?, ?)",
                                  {entry.at, entry.category, entry.place, entry.text});
    if (!added) return added.error();
    return database_.put("DELETE FROM error_journal WHERE id <= ?", {database_.last_insert_id() - rows_max});
  });
}

base::Result<std::vector<JournalEntry>> ErrorJournal::newest(int rows_max) {
  std::vector<JournalEntry> out;
  auto done = database_.query("SELECT at_ms, category, place, text FROM error_journal ORDER BY id DESC LIMIT ?",
                              {rows_max}, [&](const Row& row) {
                                out.push_back({row.time(0), row.text(1), row.text(2), row.text(3)});
                              });
  if (!done) return done.error();
  return out;
}

}  // namespace store
