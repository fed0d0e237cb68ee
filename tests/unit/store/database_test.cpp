#include "common/store/database.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include "tests/unit/store/support.hpp"

namespace database_test {
using base::ErrorKind;
using store::Database;
using store::Options;
using test::error_text;
using test::must;
using test::TempFolder;
using testing::HasSubstr;

constexpr std::string_view one[] = {"CREATE TABLE a (x INTEGER)"};
constexpr std::string_view two[] = {"CREATE TABLE a (x INTEGER)",
                                    "ALTER TABLE a ADD COLUMN y TEXT; INSERT INTO a VALUES (7, 'new')"};
constexpr std::string_view broken[] = {"CREATE TABLE a (x INTEGER)", "CREATE TABLE b (x); NONSENSE"};

Options options() {
  Options out;
  out.now = test::start_time;
  return out;
}

std::int64_t number(Database& database, std::string_view sql) {
  std::int64_t out = -1;
  must(database.query(sql, {}, [&](const store::Row& row) { out = row.integer(0); }));
  return out;
}

std::string word(Database& database, std::string_view sql) {
  std::string out;
  must(database.query(sql, {}, [&](const store::Row& row) { out = row.text(0); }));
  return out;
}

TEST(Database, CR1_OpensInWalModeWithFullSynchronisation) {
  const TempFolder folder;
  auto opened = must(Database::open(folder / "a.db", one, options()));
  EXPECT_EQ(word(*opened.database, "PRAGMA journal_mode"), "wal");
  EXPECT_EQ(number(*opened.database, "PRAGMA synchronous"), 2);
  EXPECT_EQ(number(*opened.database, "PRAGMA busy_timeout"), 5'000);
  EXPECT_FALSE(opened.set_aside);
}

TEST(Database, F31_AnOlderSchemaIsMigratedAndKeepsItsRows) {
  const TempFolder folder;
  {
    auto old = must(Database::open(folder / "a.db", one, options()));
    must(old.database->change("INSERT INTO a VALUES (?)", {1}));
  }
  auto now = must(Database::open(folder / "a.db", two, options()));
  EXPECT_FALSE(now.set_aside);
  EXPECT_EQ(number(*now.database, "SELECT count(*) FROM a"), 2);
  EXPECT_EQ(number(*now.database, "PRAGMA user_version"), 2);
}

TEST(Database, F31_ANewerSchemaIsRefusedAndLeftAlone) {
  const TempFolder folder;
  must(Database::open(folder / "a.db", two, options()));
  const auto before = test::read_bytes(folder / "a.db");
  const auto refused = Database::open(folder / "a.db", one, options());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::storage);
  EXPECT_THAT(refused.error().text(), HasSubstr("version 2"));
  EXPECT_THAT(refused.error().remedy, HasSubstr("newer program"));
  EXPECT_EQ(test::read_bytes(folder / "a.db"), before);
}

TEST(Database, F31_AMigrationThatFailsChangesNothing) {
  const TempFolder folder;
  must(Database::open(folder / "a.db", one, options()));
  EXPECT_FALSE(Database::open(folder / "a.db", broken, options()));
  auto again = must(Database::open(folder / "a.db", one, options()));
  EXPECT_FALSE(again.set_aside);
  EXPECT_EQ(number(*again.database, "SELECT count(*) FROM sqlite_master"), 1);
}

TEST(Database, F5_AMissingFolderIsNamedWithItsRemedy) {
  const TempFolder folder;
  const auto refused = Database::open(folder / "none/a.db", one, options());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::storage);
  EXPECT_THAT(refused.error().text(), HasSubstr("none"));
  EXPECT_THAT(refused.error().remedy, HasSubstr("create it"));
}

TEST(Database, F5_AFolderWithoutWriteAccessIsNamedWithItsRemedy) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  const TempFolder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  const auto refused = Database::open(folder / "a.db", one, options());
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().remedy, HasSubstr("chown"));
}

TEST(Database, F5_AFolderInTheFilesPlaceIsAnError) {
  const TempFolder folder;
  std::filesystem::create_directory(folder / "a.db");
  const auto refused = Database::open(folder / "a.db", one, options());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::storage);
}

class Transactions : public testing::Test {
 protected:
  TempFolder folder_;
  std::unique_ptr<Database> database_ = must(Database::open(folder_ / "a.db", one, options())).database;
  base::Result<void> add(int value) {
    auto done = database_->change("INSERT INTO a VALUES (?)", {value});
    if (!done) return done.error();
    return {};
  }
  base::Result<void> fail() { return base::Error(ErrorKind::internal, "test", "no"); }
  std::int64_t sum() { return number(*database_, "SELECT coalesce(sum(x), 0) FROM a"); }
};

TEST_F(Transactions, AnErrorUndoesEverything) {
  EXPECT_FALSE(database_->transact([&] {
    must(add(1));
    return fail();
  }));
  EXPECT_EQ(sum(), 0);
  EXPECT_FALSE(database_->in_transaction());
}

TEST_F(Transactions, AnExceptionUndoesEverythingAndGoesOn) {
  const auto throwing = [&]() -> base::Result<void> {
    must(add(1));
    throw std::runtime_error("a bug");
  };
  EXPECT_THROW((void)database_->transact(throwing), std::runtime_error);
  EXPECT_EQ(sum(), 0);
  must(add(2));
  EXPECT_EQ(sum(), 2);
}

TEST_F(Transactions, AnInnerErrorUndoesTheInnerPartAlone) {
  must(database_->transact([&]() -> base::Result<void> {
    must(add(1));
    EXPECT_FALSE(database_->transact([&] {
      must(add(10));
      return fail();
    }));
    must(database_->transact([&] { return add(100); }));
    return {};
  }));
  EXPECT_EQ(sum(), 101);
}

TEST_F(Transactions, AnOuterErrorUndoesTheInnerPartToo) {
  EXPECT_FALSE(database_->transact([&] {
    must(database_->transact([&] { return add(1); }));
    return fail();
  }));
  EXPECT_EQ(sum(), 0);
}

TEST_F(Transactions, TheValueOfTheFunctionComesBack) {
  const auto value = database_->transact([&]() -> base::Result<std::string> { return std::string("said"); });
  EXPECT_EQ(must(value), "said");
}

TEST_F(Transactions, AWriterThatWaitsTooLongIsToldSo) {
  Options impatient = options();
  impatient.busy_timeout = base::Millis{1};
  auto other = must(Database::open(folder_ / "a.db", one, impatient)).database;
  must(database_->transact([&]() -> base::Result<void> {
    const auto refused = other->change("INSERT INTO a VALUES (1)");
    EXPECT_FALSE(refused);
    EXPECT_THAT(error_text(refused), HasSubstr("another process holds the file"));
    return {};
  }));
}

TEST_F(Transactions, ARollbackBySqliteItselfDoesNotLetTheRestThrough) {
  const auto outcome = database_->transact([&]() -> base::Result<void> {
    must(add(1));
    EXPECT_FALSE(database_->change("INSERT OR ROLLBACK INTO a (x) SELECT abs(-9223372036854775808)"));
    (void)database_->change("ROLLBACK");  // what SQLite does on a full disk
    EXPECT_FALSE(add(2));
    return {};
  });
  EXPECT_FALSE(outcome);
  EXPECT_EQ(sum(), 0);
  must(add(4));
  EXPECT_EQ(sum(), 4);
}

TEST_F(Transactions, AWrongStatementIsAnErrorNotAnException) {
  const auto refused = database_->change("INSERT INTO missing VALUES (1)");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::storage);
  EXPECT_EQ(refused.error().place, "a.db");
}

TEST_F(Transactions, F4_AFullDiskRollsBackAndRecovers) {
  must(add(1));
  const auto pages = number(*database_, "PRAGMA page_count");
  must(database_->query("PRAGMA max_page_count = " + std::to_string(pages), {}, [](const store::Row&) {}));
  const std::string big(100'000, 'x');
  const auto refused = database_->transact([&]() -> base::Result<void> {
    must(add(2));
    auto done = database_->change("INSERT INTO a VALUES (?)", {big});
    if (!done) return done.error();
    return {};
  });
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().remedy, HasSubstr("free space"));
  EXPECT_EQ(sum(), 1);
  must(database_->query("PRAGMA max_page_count = 1000000", {}, [](const store::Row&) {}));
  must(add(3));
  EXPECT_EQ(sum(), 4);
}

TEST_F(Transactions, DataVersionMovesWhenAnotherConnectionCommits) {
  auto other = must(Database::open(folder_ / "a.db", one, options())).database;
  const auto before = must(database_->data_version());
  must(add(1));
  EXPECT_EQ(must(database_->data_version()), before);
  must(other->change("INSERT INTO a VALUES (2)"));
  EXPECT_NE(must(database_->data_version()), before);
}

TEST_F(Transactions, AFoldedLogBeginsAnewKeepsItsPlaceOnTheDiskAndLosesNothing) {
  const auto file_size = [&] { return std::filesystem::file_size(folder_ / "a.db-wal"); };
  for (int i = 0; i < 300; ++i) must(add(1));
  EXPECT_GE(database_->log_pages(), 300);
  const auto before = file_size();
  const auto sum_before = sum();
  must(database_->fold_log());
  EXPECT_EQ(database_->log_pages(), 1) << "the write that began it anew";
  EXPECT_EQ(file_size(), before) << "what is written in place needs no change of the file's length";
  EXPECT_EQ(sum(), sum_before);
  EXPECT_EQ(number(*database_, "PRAGMA user_version"), 1);
  must(add(1));
  EXPECT_EQ(database_->log_pages(), 2);
  database_.reset();
  database_ = must(Database::open(folder_ / "a.db", one, options())).database;
  EXPECT_EQ(sum(), sum_before + 1);
}

TEST_F(Transactions, ALengthenedLogTakesCommitsInTheRoomItHas) {
  const auto file_size = [&] { return std::filesystem::file_size(folder_ / "a.db-wal"); };
  must(add(1));
  const auto short_log = file_size();
  must(database_->lengthen_log(200));
  EXPECT_EQ(database_->log_pages(), 1);
  EXPECT_EQ(number(*database_, "PRAGMA synchronous"), 2) << "FULL: the next commit survives a power cut";
  const auto long_log = file_size();
  EXPECT_GE(long_log, short_log + 200 * 4'096);
  for (int i = 0; i < 150; ++i) must(add(1));
  EXPECT_EQ(file_size(), long_log);
  EXPECT_EQ(sum(), 151);
  EXPECT_EQ(number(*database_, "PRAGMA user_version"), 1);
}

TEST_F(Transactions, ALogThatNobodyFoldsIsFoldedByACommitInTheEnd) {
  for (int i = 0; i < 2 * Database::log_pages_max + 100; ++i) must(add(1));
  EXPECT_LT(database_->log_pages(), Database::log_pages_max);
}

TEST_F(Transactions, ABackupIsACompleteDatabase) {
  must(add(5));
  must(store::back_up(folder_ / "a.db", folder_ / "copy.db"));
  must(add(6));
  must(store::back_up(folder_ / "a.db", folder_ / "copy.db"));  // over the older one
  auto copy = must(Database::open(folder_ / "copy.db", one, options()));
  EXPECT_FALSE(copy.set_aside);
  EXPECT_EQ(number(*copy.database, "SELECT sum(x) FROM a"), 11);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "copy.db.tmp"));
}

}  // namespace database_test
