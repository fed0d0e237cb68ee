#include <limits>
#include <random>

#include "tests/unit/guard/breaker_harness.hpp"

namespace test {
namespace breaker_restore_test {

base::BootTime boot_at(base::Millis later) { return {"boot-1", 1h + later}; }
const base::BootTime other_boot{"boot-2", 20s};
constexpr base::Millis year = 24h * 365;

/// A breaker that has just opened for 300 s, as it was saved then.
guard::BreakerRow five_minutes() {
  BreakerHarness h;
  h.trip(t0);
  auto now = t0;
  for (int i = 1; i < 6; ++i) {
    now = *h.breaker.open_until();
    h.fail(now);
  }
  EXPECT_EQ(h.open_for(now), 300s);
  return h.breaker.save(now, w0, boot_at(0s));
}

struct Restart {
  const char* what;
  base::WallTime wall;
  base::BootTime boot;
  base::Millis left;
};

TEST(BreakerRestart, CB9_TheWaitGoesOnWhereItWas) {
  const auto row = five_minutes();
  EXPECT_EQ(row.openings, 6);
  EXPECT_FALSE(row.server_imposed);
  EXPECT_EQ(row.wait.remaining, 300s);
  EXPECT_EQ(row.wait.until, w0 + 300s);
  EXPECT_EQ(row.wait.saved_at, w0);
  EXPECT_EQ(row.wait.boot_id, "boot-1");
  EXPECT_EQ(row.wait.since_boot, 1h);
  const std::vector<Restart> cases{
      {"killed, back after 100 s", w0 + 100s, boot_at(100s), 200s},
      {"the wall clock a day back", w0 - 24h + 100s, boot_at(100s), 200s},
      {"the wall clock a year on", w0 + year, boot_at(100s), 200s},
      {"long after", w0 + 1h, boot_at(1h), 0s},
      {"another boot, 100 s later", w0 + 100s, other_boot, 200s},
      {"another boot, a year later", w0 + year, other_boot, 0s},
      {"another boot, the clock a day back", w0 - 24h, other_boot, 300s},
      {"another boot, the clock 5 s back", w0 - 5s, other_boot, 300s},
      {"another boot, the clock 6 s back", w0 - 6s, other_boot, 300s},
      {"boot unknown, 100 s later", w0 + 100s, {"", 1h + 100s}, 200s},
      {"boot time before the saving", w0 + 100s, boot_at(-10min), 300s},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    BreakerHarness h;
    const base::SteadyTime now{7s};
    h.breaker.restore(row, now, c.wall, c.boot);
    EXPECT_EQ(h.breaker.state(), BreakerState::open);
    EXPECT_EQ(h.breaker.openings(now), 6);
    EXPECT_EQ(h.open_for(now), c.left);
    EXPECT_LT(h.breaker.held_until(), now + 1ns);
    if (c.left > 0s) {
      EXPECT_FALSE(h.acquire(now + c.left - 1ms));
    }
    const auto probe = h.acquire(now + c.left);
    EXPECT_TRUE(probe);
    EXPECT_FALSE(h.acquire(now + c.left)) << "exactly one at the edge";
  }
}

TEST(BreakerRestart, CB9_AnUnknownBootIsNeverTheSameBoot) {
  auto row = five_minutes();
  row.wait.boot_id.clear();
  BreakerHarness h;
  h.breaker.restore(row, t0, w0 + 100s, {"", 1h});
  EXPECT_EQ(h.open_for(t0), 200s);
}

TEST(BreakerRestart, CB9_HalfOpenBecomesOpenWithNothingLeft) {
  BreakerHarness before;
  before.trip(t0);
  before.succeed(t0 + 15s);
  ASSERT_EQ(before.breaker.state(), BreakerState::half_open);
  const auto row = before.breaker.save(t0 + 16s, w0, boot_at(0s));
  BreakerHarness h;
  h.breaker.restore(row, t0, w0, boot_at(0s));
  EXPECT_EQ(h.breaker.state(), BreakerState::open);
  EXPECT_TRUE(h.acquire(t0));
  EXPECT_EQ(h.breaker.state(), BreakerState::half_open);
  h.succeed(t0);
  EXPECT_EQ(h.breaker.state(), BreakerState::half_open) << "two good probes again";
}

TEST(BreakerRestart, CB9_AServersWordIsKeptInFullAndRemembered) {
  BreakerHarness before;
  for (int i = 0; i < 4; ++i) before.fail(t0);
  before.fail(t0, 2h);
  const auto row = before.breaker.save(t0, w0, boot_at(0s));
  EXPECT_TRUE(row.server_imposed);
  EXPECT_EQ(row.wait.remaining, 2h + 500ms);
  BreakerHarness h;
  h.breaker.restore(row, t0, w0 + 10min, other_boot);
  EXPECT_EQ(h.open_for(t0), 110min + 500ms);
  EXPECT_EQ(h.breaker.held_until(), t0 + 110min + 500ms);
  const auto again = h.breaker.save(t0 + 10min, w0 + 20min, other_boot);
  EXPECT_TRUE(again.server_imposed);
  EXPECT_EQ(again.wait.remaining, 100min + 500ms);
}

TEST(BreakerRestart, CB9_AServersWordOutlivesARestartOfAClosedBreakerToo) {
  BreakerHarness before;
  before.acquire(t0)->exclude(t0, 1min);
  const auto row = before.breaker.save(t0, w0, boot_at(0s));
  EXPECT_EQ(row.state, BreakerState::closed);
  EXPECT_TRUE(row.server_imposed);
  BreakerHarness h;
  h.breaker.restore(row, t0, w0 + 10s, boot_at(10s));
  EXPECT_EQ(h.breaker.state(), BreakerState::closed);
  EXPECT_EQ(h.breaker.held_until(), t0 + 50'500ms);
  for (int i = 0; i < 5; ++i) h.fail(t0);
  EXPECT_EQ(h.open_for(t0), 50'500ms);
}

TEST(BreakerRestart, CB9_AWaitOfOursThatOutlastsTheServersIsOurs) {
  BreakerHarness before;
  for (int i = 0; i < 4; ++i) before.fail(t0);
  before.fail(t0, 1s);
  const auto row = before.breaker.save(t0, w0, boot_at(0s));
  EXPECT_FALSE(row.server_imposed);
  EXPECT_EQ(row.wait.remaining, 15s);
  const auto later = before.breaker.save(t0 + 1h, w0, boot_at(0s));
  EXPECT_EQ(later.wait.remaining, 0s);
  EXPECT_FALSE(later.server_imposed);
}

TEST(BreakerRestart, CB9_AnOperatorsStatesSurviveAndIgnoreTime) {
  for (const auto state : {BreakerState::forced_open, BreakerState::disabled}) {
    BreakerHarness before;
    state == BreakerState::forced_open ? before.breaker.isolate("anna", "maintenance")
                                       : before.breaker.disable("anna", "maintenance");
    const auto row = before.breaker.save(t0, w0, boot_at(0s));
    BreakerHarness h;
    h.breaker.restore(row, t0, w0 + year, other_boot);
    EXPECT_EQ(h.breaker.state(), state);
    EXPECT_EQ(h.breaker.who(), "anna");
    EXPECT_EQ(h.breaker.why(), "maintenance");
    EXPECT_FALSE(h.breaker.open_until());
    EXPECT_EQ(h.acquire(t0 + year).has_value(), state == BreakerState::disabled);
  }
}

TEST(BreakerRestart, CB9_ClosedStaysClosedAndKeepsItsOpenings) {
  BreakerHarness before;
  before.trip(t0);
  before.fail(t0 + 15s);
  before.breaker.close(t0 + 20s, "anna", "");
  const auto row = before.breaker.save(t0 + 20s + 10min, w0, boot_at(0s));
  EXPECT_EQ(row.openings, 1) << "as they stand at the saving";
  EXPECT_EQ(row.wait.remaining, 0s);
  BreakerHarness h;
  h.breaker.restore(row, t0, w0, boot_at(0s));
  EXPECT_EQ(h.breaker.state(), BreakerState::closed);
  EXPECT_EQ(h.breaker.openings(t0 + 9min), 1);
  h.trip(t0 + 9min);
  EXPECT_EQ(h.open_for(t0 + 9min), 30s);
}

TEST(BreakerRestart, CB9_OpenMeansAtLeastOneOpeningAndClosedMayMeanNone) {
  guard::BreakerRow row;
  BreakerHarness closed;
  closed.breaker.restore(row, t0, w0, boot_at(0s));
  EXPECT_EQ(closed.breaker.openings(t0), 0);
  row.state = BreakerState::open;
  BreakerHarness open;
  open.breaker.restore(row, t0, w0, boot_at(0s));
  EXPECT_EQ(open.breaker.openings(t0), 1);
}

TEST(BreakerRestart, CB9_PermitsFromBeforeARestoreAreOfAnOlderGeneration) {
  BreakerHarness h;
  auto old = h.acquire(t0);
  h.breaker.restore(five_minutes(), t0, w0, boot_at(0s));
  old->fail(t0);
  EXPECT_EQ(h.breaker.totals().late, 1U);
}

TEST(BreakerRestart, CB9_AShorterMaximumInTheConfigHolds) {
  guard::BreakerPolicy policy;
  policy.open_max = 60s;
  BreakerHarness h(policy);
  h.breaker.restore(five_minutes(), t0, w0, boot_at(0s));
  EXPECT_EQ(h.open_for(t0), 60s);
}

// The row is typed columns, not text: instead of cutting it off at every byte, each field takes every absurd value.
TEST(BreakerRestart, CB9_AbsurdRowsNeverCrashAndNeverStickOpen) {
  const auto most = std::numeric_limits<std::int64_t>::max();
  const auto least = std::numeric_limits<std::int64_t>::min();
  const std::vector<std::int64_t> times{least, -1, 0, 1, base::to_ms(w0), base::to_ms(w0) + 300'000, most};
  std::mt19937_64 rng(14);
  const auto time = [&] { return times[rng() % times.size()]; };
  for (int i = 0; i < 20'000; ++i) {
    guard::BreakerRow row;
    row.state = static_cast<BreakerState>(rng() % 256);
    row.openings = static_cast<int>(rng());
    row.wait = {base::from_ms(time()), base::Millis{time()}, base::from_ms(time()), i % 2 == 0 ? "boot-1" : "",
                base::Millis{time()}};
    row.server_imposed = rng() % 2 == 0;
    const base::Millis most_open = row.server_imposed ? base::Millis{72h + 500ms} : base::Millis{300s};
    BreakerHarness h;
    h.breaker.restore(row, t0, w0, boot_at(0s));
    if (h.breaker.state() == BreakerState::forced_open) continue;  // an operator's word: held until he ends it
    EXPECT_TRUE(h.acquire(t0 + most_open));
    EXPECT_GE(h.breaker.openings(t0), 0);
    h.breaker.reset(t0 + most_open, "anna", "");
    h.trip(t0 + most_open);
  }
}

}  // namespace breaker_restore_test
}  // namespace test
