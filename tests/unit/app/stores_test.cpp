#include "common/app/stores.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "common/app/shared_ledger.hpp"
#include "tests/support/temp_folder.hpp"

namespace stores_test {
using base::Millis;

constexpr base::WallTime noon = base::from_ms(1'767'268'800'000);

TEST(Stores, F29_ASecondInstanceOfABotIsRefusedAndAnotherBotIsNot) {
  const test::TempFolder folder;
  const auto first = app::open_stores(folder.path(), folder.path() / "shared", "volume", noon);
  ASSERT_TRUE(first) << first.error().text();
  const auto second = app::open_stores(folder.path(), folder.path() / "shared", "volume", noon);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().text().find(std::to_string(::getpid())), std::string::npos) << second.error().text();
  EXPECT_TRUE(app::open_stores(folder.path(), folder.path() / "shared", "funding", noon));
}

TEST(Stores, CR1_ADamagedFileIsSetAsideAndSaid) {
  const test::TempFolder folder;
  { ASSERT_TRUE(app::open_stores(folder.path(), folder.path() / "shared", "volume", noon)); }
  std::ofstream(folder.path() / "volume.db", std::ios::trunc) << "no database";
  const auto opened = app::open_stores(folder.path(), folder.path() / "shared", "volume", noon);
  ASSERT_TRUE(opened) << opened.error().text();
  ASSERT_EQ(opened.value().notes.size(), 1U);
  EXPECT_NE(opened.value().notes[0].find("volume.db.corrupt-"), std::string::npos);
  EXPECT_FALSE(opened.value().shared_was_lost);
}

TEST(Stores, CB9_ALostLedgerIsNoticedAlsoWhenTheFileIsJustGone) {
  const test::TempFolder folder;
  { ASSERT_TRUE(app::open_stores(folder.path(), folder.path() / "shared", "volume", noon)); }
  std::filesystem::remove_all(folder.path() / "shared");
  const auto opened = app::open_stores(folder.path(), folder.path() / "shared", "volume", noon);
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened.value().shared_was_lost);
}

TEST(SharedLedger, RL7_ABanThatOneBotWritesTheOtherReads) {
  const test::TempFolder folder;
  auto one = app::open_stores(folder.path(), folder.path() / "shared", "volume", noon);
  auto two = app::open_stores(folder.path(), folder.path() / "shared", "funding", noon);
  ASSERT_TRUE(one && two);
  app::SharedLedger writer(*one.value().shared, "volume"), reader(*two.value().shared, "funding");
  EXPECT_FALSE(reader.ban("fapi.binance.com").value());
  guard::HostBan ban;
  ban.host = "fapi.binance.com";
  ban.source = market::Outcome::blocked;
  ban.strikes = 3;
  ban.reason = "451";
  ban.wait = guard::save_wait(Millis{60'000}, noon, base::BootTime{"boot", Millis{5}});
  ASSERT_TRUE(writer.put_ban(ban));
  const auto read = reader.ban("fapi.binance.com");
  ASSERT_TRUE(read && read.value());
  EXPECT_TRUE(guard::same_ban(*read.value(), ban));
  EXPECT_EQ(read.value()->source, market::Outcome::blocked);
  ASSERT_TRUE(reader.clear_ban(*read.value()));
  EXPECT_FALSE(writer.ban("fapi.binance.com").value());
}

TEST(SharedLedger, CB9_BreakerAndLimiterRowsAreEachBotsOwn) {
  const test::TempFolder folder;
  auto stores = app::open_stores(folder.path(), folder.path() / "shared", "volume", noon);
  ASSERT_TRUE(stores);
  app::SharedLedger mine(*stores.value().shared, "volume"), other(*stores.value().shared, "funding");
  guard::BreakerRow row;
  row.key = {"binance", "fapi.binance.com", "fapi/v1/klines"};
  row.state = guard::BreakerState::open;
  row.openings = 2;
  ASSERT_TRUE(mine.save_breaker(row));
  guard::LimiterRow limiter;
  limiter.exchange = "binance";
  limiter.limit = "weight";
  ASSERT_TRUE(mine.save_limiter(limiter));
  const auto rows = mine.load_breakers();
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows.value().size(), 1U);
  EXPECT_EQ(rows.value()[0].key, row.key);
  EXPECT_EQ(rows.value()[0].openings, 2);
  EXPECT_EQ(mine.load_limiters().value().size(), 1U);
  EXPECT_TRUE(other.load_breakers().value().empty());
}

}  // namespace stores_test
