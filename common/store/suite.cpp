#include "common/store/suite.hpp"

namespace store {

base::Result<std::optional<Setting>> Settings::get(std::string_view name) {
  std::optional<Setting> out;
  auto done = database_.query("SELECT value, changed_by, changed_at_ms FROM setting WHERE name = ?", {name},
                              [&](const Row& row) {
                                out = Setting{row.text(0), row.text(1), row.time(2)};
                              });
  if (!done) return done.error();
  return out;
}

base::Result<std::map<std::string, Setting>> Settings::all() {
  std::map<std::string, Setting> out;
  auto done = database_.query("SELECT name, value, changed_by, changed_at_ms FROM setting", {}, [&](const Row& row) {
    out[row.text(0)] = Setting{row.text(1), row.text(2), row.time(3)};
  });
  if (!done) return done.error();
  return out;
}

base::Result<void> Settings::set(std::string_view name, const Setting& setting) {
  return database_.put("INSERT OR REPLACE INTO setting (name, value, changed_by, changed_at_ms) VALUES (?, ?, ?, ?)",
                       {name, setting.value, setting.changed_by, setting.changed_at});
}

base::Result<void> Settings::erase(std::string_view name) {
  return database_.put("DELETE FROM setting WHERE name = ?", {name});
}

base::Result<std::vector<Operator>> Operators::all() {
  std::vector<Operator> out;
  auto done = database_.query("SELECT id, role, name, added_by, added_at_ms FROM operator ORDER BY id", {},
                              [&](const Row& row) {
                                out.push_back({row.integer(0), row.text(1), row.text(2), row.text(3), row.time(4)});
                              });
  if (!done) return done.error();
  return out;
}

base::Result<void> Operators::put(const Operator& who) {
  return database_.put("INSERT OR REPLACE INTO operator (id, role, name, added_by, added_at_ms) VALUES (?, ?, ?, ?, ?)",
                       {who.id, who.role, who.name, who.added_by, who.added_at});
}

base::Result<void> Operators::erase(std::int64_t id) {
  return database_.put("DELETE FROM operator WHERE id = ?", {id});
}

base::Result<bool> Told::claim(std::string_view key, std::string_view bot, base::WallTime now, base::Millis window) {
  auto changed = database_.change(
      "INSERT INTO told (key, bot, at_ms) VALUES (?1, ?2, ?3) ON CONFLICT (key) DO UPDATE SET bot = ?2, at_ms = ?3 "
      "WHERE at_ms <= ?4",
      {key, bot, now, now - window});
  if (!changed) return changed.error();
  return *changed > 0;
}

base::Result<std::int64_t> Told::prune(base::WallTime before) {
  return database_.change("DELETE FROM told WHERE at_ms < ?", {before});
}

base::Result<void> BotStatuses::put(const BotStatus& status) {
  return database_.put("INSERT OR REPLACE INTO bot_status (bot, status, updated_at_ms) VALUES (?, ?, ?)",
                       {status.bot, status.status, status.updated_at});
}

base::Result<std::vector<BotStatus>> BotStatuses::all() {
  std::vector<BotStatus> out;
  auto done =
      database_.query("SELECT bot, status, updated_at_ms FROM bot_status ORDER BY bot", {}, [&](const Row& row) {
        out.push_back({row.text(0), row.text(1), row.time(2)});
      });
  if (!done) return done.error();
  return out;
}

}  // namespace store
