#include "common/store/turns.hpp"

#include <gtest/gtest.h>

#include "common/store/schema.hpp"
#include "tests/support/temp_folder.hpp"

namespace turns_test {
using base::Millis;

constexpr base::WallTime noon = base::from_ms(1'767'268'800'000);
constexpr Millis every{5'000};

class TurnsTest : public ::testing::Test {
 protected:
  /// Another bot's connection to the same file.
  std::unique_ptr<store::Database> connect() {
    auto opened = store::Database::open(folder.path() / "shared.db", store::shared_migrations(), store::Options{});
    EXPECT_TRUE(opened);
    return std::move(opened.value().database);
  }
  test::TempFolder folder;
};

TEST_F(TurnsTest, RL7_TheBotsTakeTurnsOfALimitThatCannotBeSplit) {
  const auto first_file = connect();
  const auto second_file = connect();
  store::Turns first(*first_file), second(*second_file);
  EXPECT_EQ(first.book("mexc contract/detail", every, noon).value(), Millis{0});
  EXPECT_EQ(second.book("mexc contract/detail", every, noon + Millis{1'000}).value(), Millis{4'000});
  EXPECT_EQ(second.book("mexc contract/detail", every, noon + Millis{5'000}).value(), Millis{0});
  EXPECT_EQ(first.book("mexc contract/detail", every, noon + Millis{5'000}).value(), every);
  EXPECT_EQ(first.book("another limit", every, noon + Millis{5'000}).value(), Millis{0});
}

TEST_F(TurnsTest, F21_AfterTheClockSteppedBackNobodyWaitsLongerThanOneTurn) {
  const auto file = connect();
  store::Turns turns(*file);
  EXPECT_EQ(turns.book("x", every, noon).value(), Millis{0});
  EXPECT_EQ(turns.book("x", every, noon - std::chrono::hours{24}).value(), every);
}

}  // namespace turns_test
