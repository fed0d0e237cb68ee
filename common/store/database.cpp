#include "common/store/database.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

#include "common/store/sqlite_error.hpp"

namespace store {

void Value::bind(SQLite::Statement& statement, int index) const {
  if (const auto* integer = std::get_if<std::int64_t>(&held_)) {
    statement.bind(index, *integer);
  } else if (const auto* real = std::get_if<double>(&held_)) {
    statement.bind(index, *real);
  } else if (const auto* text = std::get_if<std::string_view>(&held_)) {
    statement.bind(index, std::string(*text));
  } else if (const auto* blob = std::get_if<Blob>(&held_)) {
    // A null pointer would bind NULL, not an empty blob.
    statement.bind(index, blob->bytes.empty() ? "" : blob->bytes.data(), static_cast<int>(blob->bytes.size()));
  } else {
    statement.bind(index);
  }
}

std::int64_t Row::integer(int column) const { return statement_.getColumn(column).getInt64(); }
double Row::real(int column) const { return statement_.getColumn(column).getDouble(); }
std::string Row::text(int column) const { return statement_.getColumn(column).getString(); }

std::optional<std::int64_t> Row::maybe_integer(int column) const {
  if (statement_.isColumnNull(column)) return std::nullopt;
  return integer(column);
}

std::optional<base::WallTime> Row::maybe_time(int column) const {
  if (statement_.isColumnNull(column)) return std::nullopt;
  return time(column);
}

Database::Database(std::unique_ptr<SQLite::Database> handle, std::string name)
    : handle_(std::move(handle)), name_(std::move(name)) {
  const auto hook = [](void* self, sqlite3*, const char*, int pages) noexcept {
    static_cast<Database*>(self)->on_log(pages);
    return SQLITE_OK;  // anything else would call the commit a failure
  };
  sqlite3_wal_hook(handle_->getHandle(), hook, this);  // in place of SQLite's own, which folds within a commit
}

void Database::on_log(int pages) {
  log_pages_ = pages;
  if (pages >= log_pages_max)
    sqlite3_wal_checkpoint_v2(handle_->getHandle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

Database::~Database() { statements_.clear(); }

/// The edge: runs `fn`, turns the library's exceptions into errors, and refuses to go on after a failed fsync.
template <class Fn>
auto Database::guarded(Fn&& fn) -> decltype(fn()) {
  if (fsync_failed_) {
    return base::Error(base::ErrorKind::storage, name_, "an earlier fsync failed: the state of the disk is unknown",
                       "check the disk (dmesg) and restart the bot");
  }
  if (depth_ > 0 && sqlite3_get_autocommit(handle_->getHandle()) != 0) {
    // SQLite has rolled the transaction back by itself: what follows must not be committed piece by piece.
    return base::Error(base::ErrorKind::storage, name_, "the transaction was rolled back by an earlier failure");
  }
  try {
    return fn();
  } catch (const SQLite::Exception& failure) {
    fsync_failed_ = is_fsync_failure(failure);
    return storage_error(name_, failure);
  }
}

SQLite::Statement& Database::prepared(std::string_view sql) {
  auto& statement = statements_[sql];
  if (!statement) statement = std::make_unique<SQLite::Statement>(*handle_, std::string(sql));
  return *statement;
}

namespace {

/// A statement that stays prepared must not keep its read transaction, nor the caller's texts.
class Rewind {
 public:
  explicit Rewind(SQLite::Statement& statement) : statement_(statement) {}
  ~Rewind() { statement_.tryReset(); }
  Rewind(const Rewind&) = delete;
  Rewind& operator=(const Rewind&) = delete;

 private:
  SQLite::Statement& statement_;
};

void bind_all(SQLite::Statement& statement, Values values) {
  int index = 0;
  for (const Value& value : values) value.bind(statement, ++index);
}

}  // namespace

base::Result<std::int64_t> Database::change(std::string_view sql, Values values) {
  return guarded([&]() -> base::Result<std::int64_t> {
    SQLite::Statement& statement = prepared(sql);
    const Rewind rewind(statement);
    bind_all(statement, values);
    while (statement.executeStep()) {
    }
    return std::int64_t{statement.getChanges()};
  });
}

base::Result<void> Database::put(std::string_view sql, Values values) {
  const auto changed = change(sql, values);
  if (!changed) return changed.error();
  return {};
}

base::Result<void> Database::query(std::string_view sql, Values values, const std::function<void(const Row&)>& on_row) {
  return guarded([&]() -> base::Result<void> {
    SQLite::Statement& statement = prepared(sql);
    const Rewind rewind(statement);
    bind_all(statement, values);
    const Row row(statement);
    while (statement.executeStep()) on_row(row);
    return {};
  });
}

base::Result<void> Database::execute(const std::string& sql) {
  return guarded([&]() -> base::Result<void> {
    handle_->exec(sql);
    return {};
  });
}

std::int64_t Database::last_insert_id() const { return handle_->getLastInsertRowid(); }

base::Result<std::int64_t> Database::data_version() {
  std::int64_t version = 0;
  auto done = query("PRAGMA data_version", {}, [&](const Row& row) { version = row.integer(0); });
  if (!done) return done.error();
  return version;
}

base::Result<void> Database::checkpoint() { return execute("PRAGMA wal_checkpoint(TRUNCATE)"); }

base::Result<void> Database::write_nothing_new(int times) {
  std::int64_t version = 0;
  auto done = query("PRAGMA user_version", {}, [&](const Row& row) { version = row.integer(0); });
  for (int i = 0; done && i < times; ++i) done = execute("PRAGMA user_version = " + std::to_string(version));
  return done;
}

base::Result<void> Database::fold_log() {
  if (auto folded = execute("PRAGMA wal_checkpoint(PASSIVE)"); !folded) return folded;
  // The next write begins the log anew, with a sync of its own for the new head: let it be one that nobody waits for.
  return write_nothing_new(1);
}

base::Result<void> Database::lengthen_log(int pages) {
  // Each write is a page of the log; without a sync of its own it takes microseconds, and folding syncs all of them.
  if (auto done = execute("PRAGMA synchronous = NORMAL"); !done) return done;
  auto written = write_nothing_new(pages);
  if (auto done = execute("PRAGMA synchronous = FULL"); !done) return done;
  if (!written) return written;
  return fold_log();
}

base::Result<void> Database::run(std::string_view sql) {
  const auto done = change(sql);
  if (!done) return done.error();
  return {};
}

base::Result<void> Database::Transaction::begin() {
  level_ = database_.depth_;
  auto begun =
      level_ == 0 ? database_.run("BEGIN IMMEDIATE") : database_.execute("SAVEPOINT level" + std::to_string(level_));
  if (!begun) return begun;
  ++database_.depth_;
  open_ = true;
  return {};
}

base::Result<void> Database::Transaction::commit() {
  // A full disk or a failed write may have rolled the whole transaction back under us: COMMIT says so.
  auto done = level_ == 0 ? database_.run("COMMIT") : database_.execute("RELEASE level" + std::to_string(level_));
  if (!done) return done;
  --database_.depth_;
  open_ = false;
  return {};
}

Database::Transaction::~Transaction() {
  if (!open_) return;
  --database_.depth_;
  // Nothing is left to roll back after SQLite did so by itself: an error here changes nothing.
  const std::string level = std::to_string(level_);
  database_.handle_->tryExec(level_ == 0 ? "ROLLBACK" : "ROLLBACK TO level" + level + "; RELEASE level" + level);
}

}  // namespace store
