// Database::open: what may be wrong with a file, found before anything is built on it (CR-1, F-5, F-7).
#include <algorithm>
#include <map>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>
#include <unistd.h>

#include "common/base/text.hpp"
#include "common/store/database.hpp"
#include "common/store/files.hpp"
#include "common/store/sqlite_error.hpp"

namespace store {
namespace fs = std::filesystem;

namespace {

using Schema = std::map<std::string, std::string>;  ///< "table outbox" -> its CREATE statement

std::int64_t number(SQLite::Database& handle, const char* sql) {
  SQLite::Statement statement(handle, sql);
  return statement.executeStep() ? statement.getColumn(0).getInt64() : 0;
}

Schema schema_of(SQLite::Database& handle) {
  Schema out;
  SQLite::Statement statement(handle, "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_master");
  while (statement.executeStep()) out[statement.getColumn(0).getString()] = statement.getColumn(1).getString();
  return out;
}

Schema schema_after(std::span<const std::string_view> migrations) {
  SQLite::Database memory(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  for (const auto& migration : migrations) memory.exec(std::string(migration));
  return schema_of(memory);
}

/// A flipped byte may hide in the text of a table's definition or in the version number: quick_check sees neither.
bool has_shape(const Schema& found, std::span<const std::string_view> migrations, std::size_t version) {
  const Schema now = schema_after(migrations.first(version));
  const bool complete = std::all_of(now.begin(), now.end(), [&](const auto& object) {
    const auto at = found.find(object.first);
    return at != found.end() && at->second == object.second;
  });
  if (!complete || version == migrations.size()) return complete;
  const Schema later = schema_after(migrations);
  return std::none_of(later.begin(), later.end(), [&](const auto& object) {
    return now.count(object.first) == 0 && found.count(object.first) != 0;
  });
}

bool passes_quick_check(SQLite::Database& handle) {
  SQLite::Statement statement(handle, "PRAGMA quick_check(1)");
  return statement.executeStep() && statement.getColumn(0).getString() == "ok";
}

/// Codes that a sound file in a writable folder cannot cause: the header says something impossible.
bool is_damaged_header(const SQLite::Exception& failure, const fs::path& file) {
  if (failure.getErrorCode() == SQLITE_ERROR) return true;
  return failure.getExtendedErrorCode() == SQLITE_READONLY && ::access(file.c_str(), W_OK) == 0;
}

bool log_without_database(const fs::path& file) {
  std::error_code ignored;
  const auto size = fs::file_size(file, ignored);
  if (ignored || size != 0) return false;
  const auto log = fs::file_size(file.string() + "-wal", ignored);
  return !ignored && log > 0;  // SQLite would quietly delete the log of an empty file
}

/// SQLite reads the missing end of a cut page as zeros, and quick_check believes it. While a log holds frames, a cut
/// page may be a checkpoint that a power cut interrupted: SQLite repeats that one.
bool ends_inside_a_page(const fs::path& file, std::int64_t page_size) {
  std::error_code ignored;
  const auto size = fs::file_size(file, ignored);
  if (ignored || page_size <= 0 || size % static_cast<std::uintmax_t>(page_size) == 0) return false;
  const auto log = fs::file_size(file.string() + "-wal", ignored);
  return ignored || log == 0;
}

}  // namespace

class Opener {
 public:
  Opener(const fs::path& file, std::span<const std::string_view> migrations, const Options& options)
      : file_(file), name_(file.filename().string()), migrations_(migrations), options_(options) {}

  base::Result<Opened> open() {
    if (auto folder = check_writable_folder(file_.parent_path()); !folder) return folder.error();
    auto first = attempt();
    if (!damage_) return finish(std::move(first), std::nullopt);
    if (options_.before_set_aside) {
      if (auto allowed = options_.before_set_aside(); !allowed) return allowed.error();
    }
    auto aside = set_aside();
    if (!aside) return aside.error();
    damage_ = false;
    auto second = attempt();
    if (damage_)
      return base::Error(base::ErrorKind::storage, name_, "a fresh database is unreadable too",
                         "check the disk (dmesg)");
    return finish(std::move(second), std::move(aside).value());
  }

 private:
  using Handle = std::unique_ptr<SQLite::Database>;

  base::Result<Opened> finish(base::Result<Handle> handle, std::optional<std::string> aside) {
    if (!handle) return handle.error();
    Opened opened;
    opened.database.reset(new Database(std::move(handle).value(), name_));
    opened.set_aside = std::move(aside);
    return opened;
  }

  /// Sets damage_ when the file is to be set aside; any other failure is an error.
  base::Result<Handle> attempt() {
    const base::Error damaged(base::ErrorKind::storage, name_, "the file is no sound database");
    if (log_without_database(file_)) {
      damage_ = true;
      return damaged;
    }
    bool checked = false;
    try {
      const int flags = SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE;
      auto handle =
          std::make_unique<SQLite::Database>(file_.string(), flags, static_cast<int>(options_.busy_timeout.count()));
      if (auto sound = inspect(*handle); !sound) return sound.error();
      if (damage_) return damaged;
      prepare(*handle);
      checked = true;
      migrate(*handle);
      return handle;
    } catch (const SQLite::Exception& failure) {
      damage_ = is_unreadable(failure) || (!checked && is_damaged_header(failure, file_));
      return storage_error(name_, failure);
    }
  }

  base::Result<void> inspect(SQLite::Database& handle) {
    handle.exec("BEGIN");  // one snapshot: another process may be migrating
    const auto version = number(handle, "PRAGMA user_version");
    const auto known = static_cast<std::int64_t>(migrations_.size());
    if (version > known) {
      return base::Error(
          base::ErrorKind::storage, name_,
          "its schema is version " + std::to_string(version) + ", this program knows up to " + std::to_string(known),
          "start the newer program, or restore a backup made by this one");
    }
    damage_ = version < 0 || ends_inside_a_page(file_, number(handle, "PRAGMA page_size")) ||
              !passes_quick_check(handle) ||
              !has_shape(schema_of(handle), migrations_, static_cast<std::size_t>(version));
    handle.exec("COMMIT");
    return {};
  }

  void prepare(SQLite::Database& handle) {
    SQLite::Statement mode(handle, "PRAGMA journal_mode = WAL");
    mode.executeStep();
    handle.exec(options_.synchronous == Synchronous::full ? "PRAGMA synchronous = FULL"
                                                          : "PRAGMA synchronous = NORMAL");
    handle.exec("PRAGMA journal_size_limit = 8388608");  // a log that once grew gives its disk space back
  }

  void migrate(SQLite::Database& handle) {
    if (number(handle, "PRAGMA user_version") == static_cast<std::int64_t>(migrations_.size())) return;
    handle.exec("BEGIN IMMEDIATE");
    // Asked again under the lock: another process may have done it meanwhile.
    const auto version = static_cast<std::size_t>(number(handle, "PRAGMA user_version"));
    for (std::size_t step = version; step < migrations_.size(); ++step) handle.exec(std::string(migrations_[step]));
    handle.exec("PRAGMA user_version = " + std::to_string(std::max(version, migrations_.size())));
    handle.exec("COMMIT");
  }

  base::Result<std::string> set_aside() {
    std::string stamp = base::utc_stamp(options_.now);  // "2025-12-09 02:07:00 UTC" -> "20251209T020700Z"
    stamp.resize(19);
    stamp[10] = 'T';
    stamp.erase(std::remove_if(stamp.begin(), stamp.end(), [](char c) { return c == '-' || c == ':'; }), stamp.end());
    const std::string wanted = file_.string() + ".corrupt-" + stamp + "Z";
    std::string target = wanted;
    for (int i = 2; fs::exists(target); ++i) target = wanted + "-" + std::to_string(i);
    for (const std::string_view tail : {"-wal", "-shm", ""}) {
      std::error_code failed;
      const std::string from = file_.string() + std::string(tail);
      if (!fs::exists(from, failed)) continue;
      fs::rename(from, target + std::string(tail), failed);
      if (failed) {
        return base::Error(base::ErrorKind::storage, name_,
                           "the file is damaged and cannot be moved aside: " + failed.message(),
                           "move it away by hand and restart the bot");
      }
    }
    if (auto synced = sync_folder(file_.parent_path()); !synced) return synced.error();
    return target;
  }

  const fs::path& file_;
  std::string name_;
  std::span<const std::string_view> migrations_;
  const Options& options_;
  bool damage_{false};
};

base::Result<Opened> Database::open(const fs::path& file, std::span<const std::string_view> migrations,
                                    const Options& options) {
  return Opener(file, migrations, options).open();
}

base::Result<void> back_up(const fs::path& from, const fs::path& to) {
  const std::string name = from.filename().string();
  const std::string draft = to.string() + ".tmp";
  std::error_code ignored;
  fs::remove(draft, ignored);  // VACUUM INTO wants a new file; an old draft is from a backup that was killed
  try {
    SQLite::Database source(from.string(), SQLite::OPEN_READONLY, 5'000);
    SQLite::Statement copy(source, "VACUUM INTO ?");
    copy.bind(1, draft);
    copy.executeStep();
  } catch (const SQLite::Exception& failure) {
    fs::remove(draft, ignored);
    return storage_error(name, failure);
  }
  return replace_file(draft, to);
}

}  // namespace store
