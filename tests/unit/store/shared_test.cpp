// shared.db between processes. A child is forked before anything is open: SQLite forbids carrying a connection over.
#include <array>

#include <gmock/gmock.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/clock.hpp"
#include "common/store/guard_rows.hpp"
#include "common/store/host_bans.hpp"
#include "common/store/suite.hpp"
#include "tests/unit/store/support.hpp"

namespace shared_test {
using store::HostBan;
using store::HostBans;
using test::must;
using test::start_time;
using test::TempFolder;
using namespace std::chrono_literals;

HostBan ban(std::string host, base::Millis from_now, int strikes = 1) {
  const store::WaitRow wait{start_time + from_now, from_now, start_time, "boot-1", 5s};
  return {std::move(host), wait, "banned", strikes, "418"};
}

struct Suite {
  explicit Suite(const std::filesystem::path& folder)
      : lock(must(store::SuiteLock::acquire(folder))),
        database(must(store::open_shared(folder, lock, start_time)).database) {}
  store::SuiteLock lock;
  std::unique_ptr<store::Database> database;
};

TEST(HostBans, RL7_ALaterPutNeverShortens) {
  const TempFolder folder;
  Suite suite(folder.path());
  HostBans bans(*suite.database);
  EXPECT_FALSE(must(bans.find("a.example")));
  must(bans.put(ban("a.example", 10min, 3)));
  must(bans.put(ban("a.example", 1min, 1)));
  EXPECT_EQ(must(bans.find("a.example"))->wait.until, start_time + 10min);
  EXPECT_EQ(must(bans.find("a.example"))->strikes, 3);
  must(bans.put(ban("a.example", 20min, 4)));
  EXPECT_EQ(must(bans.find("a.example"))->wait.until, start_time + 20min);
}

TEST(HostBans, CB9_WhoKnowsTheBootClockDecidesWhichBanOutlasts) {
  const TempFolder folder;
  Suite suite(folder.path());
  HostBans bans(*suite.database);
  must(bans.put(ban("a.example", 10min)));
  must(bans.put(ban("a.example", 1min), [](const HostBan& old, const HostBan& fresh) {
    EXPECT_EQ(old.wait.remaining, 10min);
    EXPECT_EQ(fresh.wait.remaining, 1min);
    return false;  // the wall clock was set back: the old row's end means nothing
  }));
  EXPECT_EQ(must(bans.find("a.example"))->wait.until, start_time + 1min);
}

TEST(HostBans, EveryColumnComesBackAndRemovalsAreSeen) {
  const TempFolder folder;
  Suite suite(folder.path());
  HostBans bans(*suite.database);
  must(bans.put(ban("a.example", 10min, 2)));
  must(bans.put(ban("b.example", 20min)));
  const auto all = must(bans.all());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].reason, "418");
  EXPECT_EQ(all[0].source, "banned");
  EXPECT_EQ(all[0].wait.boot_id, "boot-1");
  EXPECT_EQ(all[0].wait.since_boot, 5s);
  EXPECT_EQ(all[0].wait.saved_at, start_time);
  auto other = all[0];
  other.wait.since_boot += 1s;
  must(bans.remove_seen(other));
  EXPECT_TRUE(must(bans.find("a.example"))) << "another row than the one that was seen stays";
  must(bans.remove_seen(all[0]));
  EXPECT_FALSE(must(bans.find("a.example")));
  must(bans.remove("b.example"));
  EXPECT_FALSE(must(bans.find("b.example")));
}

TEST(HostBans, RL7_AnotherProcessSeesABanWithin100Ms) {
  const TempFolder folder;
  { const Suite create(folder.path()); }
  std::array<int, 2> to_child{}, to_parent{};
  ASSERT_EQ(::pipe(to_child.data()), 0);
  ASSERT_EQ(::pipe(to_parent.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    {
      Suite suite(folder.path());
      HostBans bans(*suite.database);
      char go = must(bans.find("a.example")) ? '!' : 'r';
      (void)!::write(to_parent[1], &go, 1);
      (void)!::read(to_child[0], &go, 1);
      must(bans.put(ban("a.example", 10min)));
      (void)!::write(to_parent[1], "w", 1);
    }
    ::_exit(0);
  }
  Suite suite(folder.path());
  HostBans bans(*suite.database);
  const base::SystemClock clock;
  char word = 0;
  ASSERT_EQ(::read(to_parent[0], &word, 1), 1);
  ASSERT_EQ(word, 'r');
  EXPECT_FALSE(must(bans.find("a.example")));
  ASSERT_EQ(::write(to_child[1], "g", 1), 1);
  ASSERT_EQ(::read(to_parent[0], &word, 1), 1);
  const auto committed = clock.steady_now();
  while (!must(bans.find("a.example")) && clock.steady_now() - committed < 1s) {
  }
  const auto delay = std::chrono::duration_cast<std::chrono::microseconds>(clock.steady_now() - committed);
  EXPECT_LT(delay, 100ms);
  std::printf("a ban of another process was seen after %lld us\n", static_cast<long long>(delay.count()));
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  for (const int fd : {to_child[0], to_child[1], to_parent[0], to_parent[1]}) ::close(fd);
}

TEST(HostBans, RL7_LookingUpIsCheapEnoughForEveryRequest) {
  const TempFolder folder;
  Suite suite(folder.path());
  HostBans bans(*suite.database);
  for (int i = 0; i < 30; ++i) must(bans.put(ban("host" + std::to_string(i), 10min)));
  const base::SystemClock clock;
  constexpr int rounds = 20'000;
  const auto before = clock.steady_now();
  for (int i = 0; i < rounds; ++i) (void)must(bans.find("host7"));
  const auto each = std::chrono::duration<double, std::micro>(clock.steady_now() - before).count() / rounds;
  std::printf("find: %.2f us each\n", each);
  EXPECT_LT(each, 200.0) << "the goal is 20 us; sanitizers and a busy machine get ten times that";
}

TEST(Suite, ThreeProcessesCreateMigrateAndWriteTheSameFileAtOnce) {
  const TempFolder folder;
  std::array<pid_t, 3> children{};
  for (std::size_t bot = 0; bot < children.size(); ++bot) {
    children[bot] = ::fork();
    if (children[bot] != 0) continue;
    int failures = 0;
    {
      Suite suite(folder.path());
      HostBans bans(*suite.database);
      for (int i = 0; i < 50; ++i) {
        if (!bans.put(ban("host" + std::to_string(i % 5), base::Millis{i * 3 + static_cast<int>(bot)}))) ++failures;
      }
    }
    ::_exit(failures);
  }
  for (const pid_t child : children) {
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  Suite suite(folder.path());
  HostBans bans(*suite.database);
  const auto all = must(bans.all());
  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ(all[4].wait.until, start_time + base::Millis{49 * 3 + 2}) << "the longest of all three stands";
}

TEST(GuardRows, CB9_BreakersAndLimitersComeBackAsTheyWere) {
  const TempFolder folder;
  Suite suite(folder.path());
  store::GuardRows rows(*suite.database);
  const store::WaitRow wait{start_time + 5min, 5min, start_time, "boot-1", 7s};
  store::BreakerRow breaker{"binance", "fapi.binance.com", "klines", 1, 3, wait, true, "ann", "why not"};
  must(rows.put("volume", breaker));
  breaker.openings = 4;
  must(rows.put("volume", breaker));
  must(rows.put("funding", breaker));
  const auto back = must(rows.breakers("volume"));
  ASSERT_EQ(back.size(), 1U);
  EXPECT_EQ(back[0].openings, 4);
  EXPECT_EQ(back[0].state, 1);
  EXPECT_EQ(back[0].endpoint, "klines");
  EXPECT_EQ(back[0].wait.remaining, 5min);
  EXPECT_EQ(back[0].wait.since_boot, 7s);
  EXPECT_TRUE(back[0].server_imposed);
  EXPECT_EQ(back[0].why, "why not");
  store::WaitRow blocked = wait;
  blocked.boot_id = "boot-2";
  must(rows.put("volume", store::LimiterRow{"bybit", "ip", wait, blocked}));
  const auto limits = must(rows.limiters("volume"));
  ASSERT_EQ(limits.size(), 1U);
  EXPECT_EQ(limits[0].limit, "ip");
  EXPECT_EQ(limits[0].busy.boot_id, "boot-1");
  EXPECT_EQ(limits[0].blocked.boot_id, "boot-2");
  EXPECT_TRUE(must(rows.limiters("funding")).empty());
}

TEST(Suite, SettingsOperatorsAndStatusesAreKept) {
  const TempFolder folder;
  {
    Suite suite(folder.path());
    store::Settings settings(*suite.database);
    must(settings.set("pause.volume", {"on", "ann", start_time}));
    must(settings.set("mute.BTC", {"2h", "ann", start_time}));
    must(settings.set("pause.volume", {"off", "bob", start_time + 1s}));
    must(settings.erase("mute.BTC"));
    store::Operators operators(*suite.database);
    must(operators.put({42, "admin", "Ann", "config", start_time}));
    must(operators.put({7, "viewer", "Bob", "Ann", start_time}));
    must(operators.erase(7));
    store::BotStatuses statuses(*suite.database);
    must(statuses.put({"volume", "{}", start_time}));
    must(statuses.put({"volume", "{\"ok\":true}", start_time + 1s}));
  }
  Suite suite(folder.path());
  store::Settings settings(*suite.database);
  EXPECT_EQ(must(settings.get("pause.volume"))->value, "off");
  EXPECT_EQ(must(settings.all()).size(), 1U);
  EXPECT_FALSE(must(settings.get("mute.BTC")));
  const auto operators = must(store::Operators(*suite.database).all());
  ASSERT_EQ(operators.size(), 1U);
  EXPECT_EQ(operators[0].name, "Ann");
  const auto statuses = must(store::BotStatuses(*suite.database).all());
  ASSERT_EQ(statuses.size(), 1U);
  EXPECT_EQ(statuses[0].status, "{\"ok\":true}");
}

TEST(Shared, WhatOneBotToldTheOthersDoNot) {
  const TempFolder folder;
  Suite suite(folder.path());
  store::Told told(*suite.database);
  EXPECT_TRUE(must(told.claim("contract/okx/A/listed", "volume", start_time, 90min)));
  EXPECT_FALSE(must(told.claim("contract/okx/A/listed", "funding", start_time + 59min, 90min)));
  EXPECT_TRUE(must(told.claim("contract/okx/B/listed", "funding", start_time + 59min, 90min)));
  EXPECT_TRUE(must(told.claim("contract/okx/A/listed", "funding", start_time + 90min, 90min))) << "news again";
  EXPECT_EQ(must(told.prune(start_time + 1h)), 1);
}

}  // namespace shared_test
