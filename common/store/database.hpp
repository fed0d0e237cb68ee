// One SQLite file, one connection, one thread. The only header that stands between Perpwatch and SQLite: exceptions of
// the library end here and travel on as base::Error (kind storage).
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <variant>

#include "common/base/result.hpp"
#include "common/base/time.hpp"

namespace SQLite {  // NOLINT(readability-identifier-naming): SQLiteCpp's
class Database;
class Statement;
}  // namespace SQLite

namespace store {

/// A value on its way into a statement. Texts are copied when they are bound.
class Value {
 public:
  struct Blob {
    std::string_view bytes;
  };
  Value(std::nullptr_t) {}  // NOLINT(google-explicit-constructor): all of these read as the values they are
  Value(bool value) : held_(std::int64_t{value ? 1 : 0}) {}
  Value(int value) : held_(std::int64_t{value}) {}
  Value(std::int64_t value) : held_(value) {}
  Value(double value) : held_(value) {}
  Value(const char* value) : held_(std::string_view(value)) {}
  Value(std::string_view value) : held_(value) {}
  Value(const std::string& value) : held_(std::string_view(value)) {}
  Value(Blob value) : held_(value) {}
  Value(base::WallTime value) : held_(base::to_ms(value)) {}
  Value(base::Millis value) : held_(std::int64_t{value.count()}) {}
  template <class T>
  Value(const std::optional<T>& value) {
    if (value) *this = Value(*value);
  }
  void bind(SQLite::Statement& statement, int index) const;

 private:
  std::variant<std::monostate, std::int64_t, double, std::string_view, Blob> held_;
};
using Values = std::initializer_list<Value>;

/// The current row of a query; valid inside the callback only. Columns count from 0.
class Row {
 public:
  explicit Row(SQLite::Statement& statement) : statement_(statement) {}
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] int small(int column) const { return static_cast<int>(integer(column)); }
  [[nodiscard]] bool flag(int column) const { return integer(column) != 0; }
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string text(int column) const;  ///< text or blob, byte for byte
  [[nodiscard]] base::WallTime time(int column) const { return base::from_ms(integer(column)); }
  [[nodiscard]] std::optional<std::int64_t> maybe_integer(int column) const;
  [[nodiscard]] std::optional<base::WallTime> maybe_time(int column) const;

 private:
  SQLite::Statement& statement_;
};

enum class Synchronous : std::uint8_t {
  normal,  ///< a power cut may roll the last commits back
  full,    ///< a committed transaction survives a power cut (CR-1)
};

struct Options {
  base::Millis busy_timeout{5'000};
  Synchronous synchronous{Synchronous::full};
  base::WallTime now;  ///< stamps the name of a file that is set aside
  /// Asked right before an unreadable file is moved aside; an error leaves it where it is and is returned.
  std::function<base::Result<void>()> before_set_aside;
};

class Database;

struct Opened {
  std::unique_ptr<Database> database;
  std::optional<std::string> set_aside;  ///< an unreadable file was found and is now here; tell the operators
};

class Database {
 public:
  /// Opens or creates `file` in WAL mode, checks it (PRAGMA quick_check and the shape of every table) and brings it to
  /// the newest schema: migrations[i] leads from version i to i + 1, all pending ones in one transaction. A file that
  /// is no sound database moves to "<file>.corrupt-<UTC stamp>" with its -wal and -shm, and a fresh one takes its
  /// place. Errors: a missing or unwritable folder, a schema newer than this binary (never moved), a full disk, a busy
  /// file.
  [[nodiscard]] static base::Result<Opened> open(const std::filesystem::path& file,
                                                 std::span<const std::string_view> migrations, const Options& options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  Database(Database&&) = delete;
  Database& operator=(Database&&) = delete;

  /// Runs one statement, kept prepared; returns how many rows it changed. SQL is always a literal of the source.
  base::Result<std::int64_t> change(std::string_view sql, Values values = {});
  /// change() where it does not matter how many rows there were.
  base::Result<void> put(std::string_view sql, Values values = {});
  /// Runs one statement, kept prepared; `on_row` sees each row. It may not use the same SQL again.
  base::Result<void> query(std::string_view sql, Values values, const std::function<void(const Row&)>& on_row);
  [[nodiscard]] std::int64_t last_insert_id() const;

  /// All or nothing around `fn`, which returns a Result: an error or an exception undoes what it did. Nests: an inner
  /// transact undoes its own part alone. The outermost one takes the write lock at once (BEGIN IMMEDIATE), so that a
  /// read-modify-write cannot fail half way.
  template <class Fn>
  std::invoke_result_t<Fn> transact(Fn&& fn) {
    Transaction transaction(*this);
    if (auto begun = transaction.begin(); !begun) return begun.error();
    auto result = std::forward<Fn>(fn)();
    if (!result) return result;
    if (auto done = transaction.commit(); !done) return done.error();
    return result;
  }
  [[nodiscard]] bool in_transaction() const { return depth_ > 0; }

  /// Changes when another connection, in this process or not, has committed. A few microseconds.
  [[nodiscard]] base::Result<std::int64_t> data_version();
  /// Folds the log into the file. Blocks on the disk: for a quiet moment or a thread with its own connection.
  base::Result<void> checkpoint();
  /// The same, but the log keeps its place on the disk and begins anew, so that none of it is left to a later commit.
  base::Result<void> fold_log();
  /// Gives the log room for `pages` on the disk and folds it: until it has grown, each commit would also lengthen a
  /// file. Changes nothing that can be read. For Synchronous::full, in a quiet moment: some milliseconds.
  base::Result<void> lengthen_log(int pages);
  /// Pages in the log since it began. A commit that reaches log_pages_max folds it itself, and is late by that.
  [[nodiscard]] int log_pages() const { return log_pages_; }

  static constexpr int log_pages_max = 2'000;

 private:
  class Transaction {
   public:
    explicit Transaction(Database& database) : database_(database) {}
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    base::Result<void> begin();
    base::Result<void> commit();

   private:
    Database& database_;
    int level_{};
    bool open_{false};
  };
  friend class Opener;

  Database(std::unique_ptr<SQLite::Database> handle, std::string name);
  void on_log(int pages);
  base::Result<void> execute(const std::string& sql);
  base::Result<void> write_nothing_new(int times);  ///< a page of the log each
  base::Result<void> run(std::string_view sql);     ///< of the source, kept prepared
  template <class Fn>
  auto guarded(Fn&& fn) -> decltype(fn());
  SQLite::Statement& prepared(std::string_view sql);

  std::unique_ptr<SQLite::Database> handle_;
  std::string name_;  ///< "liquidation.db": the place in errors
  std::unordered_map<std::string_view, std::unique_ptr<SQLite::Statement>> statements_;
  int depth_{0};
  int log_pages_{0};
  bool fsync_failed_{false};
};

/// A consistent copy of a live database, made over its own connection (call it from any thread): written beside `to`,
/// synced, renamed over it.
base::Result<void> back_up(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace store
