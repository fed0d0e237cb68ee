#include "common/store/lock.hpp"

#include <filesystem>

#include <gmock/gmock.h>
#include <unistd.h>

#include "tests/unit/store/support.hpp"

namespace lock_test {
using store::InstanceLock;
using store::SuiteLock;
using test::must;
using test::TempFolder;
using testing::HasSubstr;

TEST(InstanceLock, F29_TheSecondInstanceIsToldWhichProcessRuns) {
  const TempFolder folder;
  const auto first = must(InstanceLock::acquire(folder.path(), "funding"));
  const auto second = InstanceLock::acquire(folder.path(), "funding");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, base::ErrorKind::config);
  EXPECT_THAT(second.error().text(), HasSubstr("funding already runs as process " + std::to_string(::getpid())));
  EXPECT_THAT(second.error().remedy, HasSubstr("stop it"));
}

TEST(InstanceLock, F29_AnotherBotAndAFreedLockAreNoConflict) {
  const TempFolder folder;
  {
    const auto funding = must(InstanceLock::acquire(folder.path(), "funding"));
    EXPECT_TRUE(InstanceLock::acquire(folder.path(), "volume"));
  }
  EXPECT_TRUE(InstanceLock::acquire(folder.path(), "funding"));
}

TEST(InstanceLock, HA3_ADeletedOrReplacedLockFileIsNotHeldAnyMore) {
  const TempFolder folder;
  const auto lock = must(InstanceLock::acquire(folder.path(), "funding"));
  EXPECT_TRUE(lock.held());
  std::filesystem::remove(folder / "funding.lock");
  EXPECT_FALSE(lock.held());
  const auto other = must(InstanceLock::acquire(folder.path(), "funding"));
  EXPECT_FALSE(lock.held());
  EXPECT_TRUE(other.held());
}

TEST(SuiteLock, CB9_IsSharedByAllBots) {
  const TempFolder folder;
  const auto first = must(SuiteLock::acquire(folder.path()));
  EXPECT_TRUE(SuiteLock::acquire(folder.path()));
}

TEST(SuiteLock, CB9_AnUnreadableSharedFileIsReplacedByWhoIsAlone) {
  const TempFolder folder;
  test::write_bytes(folder / "shared.db", std::string(5'000, 'x'));
  auto lock = must(SuiteLock::acquire(folder.path()));
  EXPECT_TRUE(must(store::open_shared(folder.path(), lock, test::start_time)).set_aside);
  EXPECT_TRUE(SuiteLock::acquire(folder.path())) << "shared again after the replacement";
}

TEST(SuiteLock, CB9_WhoIsNotAloneLeavesTheFileAndNamesTheRemedy) {
  const TempFolder folder;
  const std::string garbage(5'000, 'x');
  test::write_bytes(folder / "shared.db", garbage);
  const auto other = must(SuiteLock::acquire(folder.path()));
  auto lock = must(SuiteLock::acquire(folder.path()));
  const auto refused = store::open_shared(folder.path(), lock, test::start_time);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().remedy, HasSubstr("stop all three bots"));
  EXPECT_EQ(test::read_bytes(folder / "shared.db"), garbage);
}

TEST(SuiteLock, CB9_NobodyJoinsWhileTheFileIsReplaced) {
  const TempFolder folder;
  auto lock = must(SuiteLock::acquire(folder.path()));
  must(lock.make_exclusive());
  EXPECT_FALSE(SuiteLock::acquire(folder.path()));
  must(lock.make_shared());
  EXPECT_TRUE(SuiteLock::acquire(folder.path()));
}

}  // namespace lock_test
