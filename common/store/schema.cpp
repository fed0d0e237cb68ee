#include "common/store/schema.hpp"

#include <SQLiteCpp/Database.h>

namespace store {

namespace {

constexpr std::string_view shared_1 = R"sql(
CREATE TABLE host_ban (
  host TEXT PRIMARY KEY, until_wall_ms INTEGER NOT NULL, remaining_ms INTEGER NOT NULL, saved_at_ms INTEGER NOT NULL,
  boot_id TEXT NOT NULL, boot_ms INTEGER NOT NULL, source TEXT NOT NULL, strikes INTEGER NOT NULL, reason TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE breaker (
  bot TEXT NOT NULL, exchange TEXT NOT NULL, host TEXT NOT NULL, endpoint TEXT NOT NULL, state INTEGER NOT NULL,
  openings INTEGER NOT NULL, until_ms INTEGER NOT NULL, remaining_ms INTEGER NOT NULL, saved_at_ms INTEGER NOT NULL,
  boot_id TEXT NOT NULL, boot_ms INTEGER NOT NULL, server_imposed INTEGER NOT NULL, who TEXT NOT NULL,
  why TEXT NOT NULL,
  PRIMARY KEY (bot, exchange, host, endpoint)
) WITHOUT ROWID;
CREATE TABLE limiter (
  bot TEXT NOT NULL, exchange TEXT NOT NULL, name TEXT NOT NULL,
  busy_until_ms INTEGER NOT NULL, busy_remaining_ms INTEGER NOT NULL, busy_saved_at_ms INTEGER NOT NULL,
  busy_boot_id TEXT NOT NULL, busy_boot_ms INTEGER NOT NULL,
  blocked_until_ms INTEGER NOT NULL, blocked_remaining_ms INTEGER NOT NULL, blocked_saved_at_ms INTEGER NOT NULL,
  blocked_boot_id TEXT NOT NULL, blocked_boot_ms INTEGER NOT NULL,
  PRIMARY KEY (bot, exchange, name)
) WITHOUT ROWID;
CREATE TABLE turn (
  name TEXT PRIMARY KEY, next_at_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE setting (
  name TEXT PRIMARY KEY, value TEXT NOT NULL, changed_by TEXT NOT NULL, changed_at_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE operator (
  id INTEGER PRIMARY KEY, role TEXT NOT NULL, name TEXT NOT NULL, added_by TEXT NOT NULL, added_at_ms INTEGER NOT NULL
);
CREATE TABLE bot_status (
  bot TEXT PRIMARY KEY, status TEXT NOT NULL, updated_at_ms INTEGER NOT NULL
) WITHOUT ROWID;
)sql";

constexpr std::string_view shared_2 = R"sql(
CREATE TABLE told (
  key TEXT PRIMARY KEY, bot TEXT NOT NULL, at_ms INTEGER NOT NULL
) WITHOUT ROWID;
)sql";

constexpr std::string_view bot_1 = R"sql(
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT, dedupe_key TEXT NOT NULL UNIQUE, sink TEXT NOT NULL, chat TEXT NOT NULL,
  priority INTEGER NOT NULL, op TEXT NOT NULL, refers_to INTEGER, html TEXT NOT NULL, silent INTEGER NOT NULL,
  repeatable INTEGER NOT NULL, state TEXT NOT NULL, place INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
  next_at_ms INTEGER NOT NULL, created_ms INTEGER NOT NULL, expires_ms INTEGER, settled_ms INTEGER,
  parts_sent INTEGER NOT NULL DEFAULT 0, message_id INTEGER, ambiguous INTEGER NOT NULL DEFAULT 0,
  plain INTEGER NOT NULL DEFAULT 0, last_error TEXT NOT NULL DEFAULT ''
);
CREATE INDEX outbox_waiting ON outbox (sink, chat) WHERE state = 'pending';
CREATE INDEX outbox_state ON outbox (state);
CREATE INDEX outbox_refers ON outbox (refers_to) WHERE refers_to IS NOT NULL;
CREATE TABLE signal (
  id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, subject TEXT NOT NULL, key TEXT NOT NULL,
  tier INTEGER NOT NULL, direction TEXT NOT NULL, strength REAL NOT NULL, at_ms INTEGER NOT NULL,
  event_id TEXT NOT NULL UNIQUE, evidence TEXT NOT NULL, outbox_id INTEGER
);
CREATE INDEX signal_at ON signal (at_ms);
CREATE TABLE gate_state (
  key TEXT PRIMARY KEY, last_at_ms INTEGER NOT NULL, tier INTEGER NOT NULL, strength REAL NOT NULL,
  episode TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE baseline (
  key TEXT PRIMARY KEY, body BLOB NOT NULL, saved_at_ms INTEGER NOT NULL
);
CREATE TABLE fact (
  name TEXT PRIMARY KEY, value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE error_journal (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, category TEXT NOT NULL, place TEXT NOT NULL,
  text TEXT NOT NULL
);
)sql";

constexpr std::string_view bot_2 = R"sql(
ALTER TABLE signal ADD COLUMN score REAL NOT NULL DEFAULT 0;
ALTER TABLE signal ADD COLUMN config TEXT NOT NULL DEFAULT '';
ALTER TABLE signal ADD COLUMN said TEXT NOT NULL DEFAULT '';
CREATE TABLE digest_item (
  id INTEGER PRIMARY KEY AUTOINCREMENT, digest TEXT NOT NULL, key TEXT NOT NULL, signal_id INTEGER NOT NULL,
  html TEXT NOT NULL, added_ms INTEGER NOT NULL
);
CREATE INDEX digest_signal ON digest_item (signal_id);
)sql";

constexpr std::string_view bot_3 = R"sql(
CREATE TABLE outcome (
  id INTEGER PRIMARY KEY AUTOINCREMENT, signal_id INTEGER NOT NULL UNIQUE, rule TEXT NOT NULL, key TEXT NOT NULL,
  config TEXT NOT NULL, exchange TEXT NOT NULL, symbol TEXT NOT NULL, direction TEXT NOT NULL,
  decided_ms INTEGER NOT NULL, state TEXT NOT NULL, running INTEGER NOT NULL, ended_ms INTEGER, result_r REAL NOT NULL,
  ambiguous INTEGER NOT NULL, body TEXT NOT NULL, post INTEGER, placebo_r REAL
);
CREATE INDEX outcome_running ON outcome (id) WHERE running = 1;
CREATE INDEX outcome_decided ON outcome (decided_ms);
CREATE TABLE config_seen (
  hash TEXT PRIMARY KEY, first_at_ms INTEGER NOT NULL
) WITHOUT ROWID;
)sql";

constexpr std::string_view bot_4 = R"sql(
ALTER TABLE outbox ADD COLUMN picture TEXT NOT NULL DEFAULT '';
)sql";

constexpr std::string_view bot_5 = R"sql(
ALTER TABLE outbox ADD COLUMN happened_ms INTEGER;
ALTER TABLE outbox ADD COLUMN late_html TEXT NOT NULL DEFAULT '';
)sql";

constexpr std::string_view shared_steps[] = {shared_1, shared_2};
constexpr std::string_view bot_steps[] = {bot_1, bot_2, bot_3, bot_4, bot_5};

}  // namespace

std::span<const std::string_view> shared_migrations() { return shared_steps; }
std::span<const std::string_view> bot_migrations() { return bot_steps; }

base::Result<void> check_not_older(const std::filesystem::path& file, std::span<const std::string_view> migrations) {
  constexpr int busy_ms = 5'000;
  try {
    SQLite::Database handle(file.string(), SQLite::OPEN_READONLY, busy_ms);
    const auto version = handle.execAndGet("PRAGMA user_version").getInt64();
    if (version >= static_cast<std::int64_t>(migrations.size())) return {};
  } catch (const SQLite::Exception&) {  // damaged or no database: whoever opens it finds out
    return {};
  }
  return base::Error(base::ErrorKind::storage, file.string(), "an older program made it",
                     "start the bot of this version once: it brings it up to date");
}

base::Result<Opened> open_shared(const std::filesystem::path& folder, SuiteLock& lock, base::WallTime now) {
  Options options;
  options.now = now;
  options.before_set_aside = [&lock] { return lock.make_exclusive(); };
  auto opened = Database::open(folder / "shared.db", shared_migrations(), options);
  if (!opened) return opened;
  if (auto shared = lock.make_shared(); !shared) return shared.error();
  return opened;
}

base::Result<Opened> open_bot(const std::filesystem::path& folder, std::string_view bot, base::WallTime now) {
  Options options;
  options.now = now;
  return Database::open(folder / (std::string(bot) + ".db"), bot_migrations(), options);
}

}  // namespace store
