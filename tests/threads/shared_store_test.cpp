// shared.db under three writers at once, each with a connection of its own, as the three bots have. In threads instead
// of processes, so that ThreadSanitizer sees all of them.
#include <atomic>
#include <barrier>
#include <thread>

#include <gtest/gtest.h>

#include "common/store/guard_rows.hpp"
#include "common/store/host_bans.hpp"
#include "common/store/schema.hpp"
#include "common/store/turns.hpp"
#include "tests/support/temp_folder.hpp"

namespace shared_store_test {
using base::Millis;

constexpr base::WallTime noon = base::from_ms(1'767'268'800'000);
constexpr int bots = 3;
constexpr int rounds = 60;

class SharedStore : public ::testing::Test {
 protected:
  /// Runs one function a bot at the same time; each gets a database of its own, opened by its own thread.
  template <class Fn>
  void each_bot(const Fn& fn) {
    std::vector<std::thread> threads;
    for (int bot = 0; bot < bots; ++bot) {
      threads.emplace_back([this, bot, &fn] {
        auto lock = store::SuiteLock::acquire(folder.path());
        auto opened = lock ? store::open_shared(folder.path(), lock.value(), noon) : lock.error();
        if (!opened) {
          ++failures;
          return;
        }
        ++ready;
        while (ready < bots && failures == 0) std::this_thread::yield();
        fn(*opened.value().database, bot);
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(failures, 0);
  }
  static store::HostBan ban_until(base::WallTime until) {
    store::HostBan ban;
    ban.host = "fapi.binance.com";
    ban.wait.until = until;
    ban.source = "retry_after";
    return ban;
  }
  test::TempFolder folder;
  std::atomic<int> ready{0};
  std::atomic<int> failures{0};
};

TEST_F(SharedStore, RL7_ABanNeverGetsShorterWhoeverWrites) {
  each_bot([this](store::Database& database, int bot) {
    store::HostBans bans(database);
    for (int round = 0; round < rounds; ++round) {
      const auto mine = noon + Millis{1'000 * ((round * 37 + bot * 17) % rounds)};
      if (!bans.put(ban_until(mine))) ++failures;
      const auto seen = bans.find("fapi.binance.com");
      if (!seen || !seen.value() || seen.value()->wait.until < mine) ++failures;
    }
  });
  auto lock = store::SuiteLock::acquire(folder.path());
  ASSERT_TRUE(lock);
  auto opened = store::open_shared(folder.path(), lock.value(), noon);
  ASSERT_TRUE(opened);
  const auto last = store::HostBans(*opened.value().database).find("fapi.binance.com");
  ASSERT_TRUE(last && last.value());
  EXPECT_EQ(last.value()->wait.until, noon + Millis{1'000 * (rounds - 1)});
}

TEST_F(SharedStore, ATurnIsGivenToOneBotAtATime) {
  std::atomic<int> given{0};
  std::barrier round_begins(bots);  // one clock for all three
  each_bot([&, this](store::Database& database, int) {
    store::Turns turns(database);
    for (int round = 0; round < rounds; ++round) {
      round_begins.arrive_and_wait();
      const auto wait = turns.book("mexc contract/detail", Millis{5'000}, noon + Millis{100 * round});
      if (!wait) ++failures;
      if (wait && wait.value() == Millis{0}) ++given;
    }
  });
  // Six seconds: one turn at the start and one after five.
  EXPECT_EQ(given, 2);
}

TEST_F(SharedStore, EachBotFindsItsOwnRowsAsItWroteThem) {
  each_bot([this](store::Database& database, int bot) {
    store::GuardRows rows(database);
    const std::string name = "bot" + std::to_string(bot);
    for (int round = 1; round <= rounds; ++round) {
      store::BreakerRow row;
      row.exchange = "okx";
      row.host = "www.okx.com";
      row.endpoint = "api/v5/market/tickers";
      row.openings = round;
      if (!rows.put(name, row)) ++failures;
      const auto mine = rows.breakers(name);
      if (!mine || mine.value().size() != 1 || mine.value().front().openings != round) ++failures;
    }
  });
}

}  // namespace shared_store_test
