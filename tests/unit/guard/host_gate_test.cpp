#include "common/guard/host_gate.hpp"

#include <gtest/gtest.h>

#include "tests/unit/guard/gate_harness.hpp"

namespace test {
namespace host_gate_test {

using guard::HostGate;
using guard::Refusal;
using market::Outcome;

const base::WallTime w0 = base::from_ms(1'767'225'600'000);

struct BanCase {
  const char* what;
  Outcome outcome;
  int status;
  std::optional<base::Millis> asked;
  int earlier;  ///< bans right before this one
  base::Millis wait;
};

TEST(HostBan, CB6_TheWaitIsTheServersOrFromTheTable) {
  const std::vector<BanCase> table{
      {"418 with a time", Outcome::banned, 418, 10min, 0, 10min + 500ms},
      {"418 with a time, repeated", Outcome::banned, 418, 10min, 3, 10min + 500ms},
      {"418 without", Outcome::banned, 418, {}, 0, 2min},
      {"418, the second", Outcome::banned, 418, {}, 1, 4min},
      {"418, the fourth", Outcome::banned, 418, {}, 3, 16min},
      {"418, the thirtieth", Outcome::banned, 418, {}, 29, 72h},
      {"418 with a negative time", Outcome::banned, 418, -5s, 0, 1'500ms},
      {"418 with an absurd time", Outcome::banned, 418, 24h * 4000, 0, 72h + 500ms},
      {"403 without", Outcome::banned, 403, {}, 0, 10min},
      {"403, repeated", Outcome::banned, 403, {}, 2, 10min},
      {"a code in a 200", Outcome::banned, 200, 30s, 0, 30'500ms},
      {"451", Outcome::blocked, 451, {}, 0, 1h},
      {"451, the third", Outcome::blocked, 451, {}, 2, 4h},
      {"451, the ninth", Outcome::blocked, 451, {}, 8, 24h},
      {"451 with a shorter time", Outcome::blocked, 451, 1min, 0, 1h},
      {"451 with a longer time", Outcome::blocked, 451, 2h, 0, 2h + 500ms},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.what);
    market::Verdict verdict;
    verdict.outcome = row.outcome;
    verdict.status = row.status;
    auto wall = w0;
    base::Millis up{1h};
    std::optional<guard::HostBan> before;
    for (int i = 0; i <= row.earlier; ++i) {
      const base::BootTime boot{"boot-1", up};
      before = guard::next_ban("h", verdict, row.asked, before, wall, boot);
      EXPECT_EQ(before->strikes, i + 1);
      const auto passed = before->wait.remaining + 1s;
      wall += passed;
      up += passed;
    }
    EXPECT_EQ(before->wait.remaining, row.wait);
    EXPECT_EQ(before->source, row.outcome);
  }
}

TEST(HostBan, StrikesAreForgottenADayAfterTheEndAndSiblingsInFlightAreNoNewStrike) {
  market::Verdict verdict;
  verdict.outcome = Outcome::banned;
  verdict.status = 418;
  verdict.code = "-1003";
  verdict.message = "Way too much";
  const auto first = guard::next_ban("h", verdict, std::nullopt, std::nullopt, w0, {"b", 1h});
  EXPECT_EQ(first.reason, "418 -1003: Way too much");
  const auto sibling = guard::next_ban("h", verdict, std::nullopt, first, w0 + 1s, {"b", 1h + 1s});
  EXPECT_EQ(sibling.strikes, 1);
  const auto soon = guard::next_ban("h", verdict, std::nullopt, first, w0 + 24h, {"b", 25h});
  EXPECT_EQ(soon.strikes, 2);
  const auto late = guard::next_ban("h", verdict, std::nullopt, first, w0 + 24h + 2min, {"b", 25h + 2min});
  EXPECT_EQ(late.strikes, 1);
  auto absurd = first;
  absurd.strikes = -7;
  EXPECT_EQ(guard::next_ban("h", verdict, std::nullopt, absurd, w0 + 3min, {"b", 1h + 3min}).strikes, 2);
}

TEST(HostBan, ALedgerKeepsTheBanThatEndsLater) {
  guard::MemoryLedger ledger;
  const base::BootTime boot{"boot-1", 1h};
  const guard::HostBan ten{"h", guard::save_wait(10min, w0, boot), Outcome::banned, 1, "ten"};
  const guard::HostBan two{"h", guard::save_wait(2min, w0 + 1min, {"boot-1", 1h + 1min}), Outcome::banned, 2, "two"};
  const guard::HostBan more{"h", guard::save_wait(2min, w0 + 9min, {"boot-1", 1h + 9min}), Outcome::banned, 2, "more"};
  ASSERT_TRUE(ledger.put_ban(ten));
  ASSERT_TRUE(ledger.put_ban(two));
  EXPECT_EQ((*ledger.ban("h"))->reason, "ten");
  ASSERT_TRUE(ledger.clear_ban(two));
  EXPECT_TRUE(*ledger.ban("h")) << "that was another ban";
  ASSERT_TRUE(ledger.put_ban(more));
  EXPECT_EQ((*ledger.ban("h"))->reason, "more");
  ASSERT_TRUE(ledger.clear_ban(more));
  EXPECT_FALSE(*ledger.ban("h"));
}

class HostGateTest : public testing::Test {
 protected:
  std::optional<HostGate::Refused> enter(HostGate& gate, HostGate::Pass& pass) {
    return gate.enter("h", pass, w0 + passed, {"boot-1", 1h + passed});
  }
  void punish(HostGate& gate, Outcome outcome, int status) {
    market::Verdict verdict;
    verdict.outcome = outcome;
    verdict.status = status;
    gate.punish("h", verdict, std::nullopt, w0 + passed, {"boot-1", 1h + passed});
  }
  FailingLedger ledger;
  Heard heard;
  base::Millis passed{};
};

TEST_F(HostGateTest, ABlockedRegionReopensByExactlyOneProbe) {
  HostGate gate(ledger, heard, false);
  punish(gate, Outcome::blocked, 451);
  {
    HostGate::Pass early;
    passed = 1h - 1ms;
    const auto refused = enter(gate, early);
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->why, Refusal::ban);
    EXPECT_EQ(refused->retry_after, 1ms);
    EXPECT_EQ(refused->error.kind, base::ErrorKind::refused);
  }
  passed = 1h;
  HostGate::Pass after;
  {
    HostGate::Pass probe, other;
    EXPECT_FALSE(enter(gate, probe));
    EXPECT_TRUE(probe.is_probe());
    EXPECT_EQ(enter(gate, other)->why, Refusal::host_probe);
    EXPECT_FALSE(enter(gate, probe)) << "asked again before it is sent";
    punish(gate, Outcome::blocked, 451);  // it failed: twice as long
  }
  EXPECT_EQ(heard.bans.back().wait.remaining, 2h);
  EXPECT_EQ(enter(gate, after)->retry_after, 2h);
  passed += 2h;
  {
    HostGate::Pass dropped;
    EXPECT_FALSE(enter(gate, dropped));
  }
  {
    HostGate::Pass probe, other;
    EXPECT_FALSE(enter(gate, probe));
    EXPECT_TRUE(enter(gate, other)) << "a probe that proves nothing opens nothing";
    gate.proved("h", other);
    EXPECT_TRUE(enter(gate, other));
    gate.proved("h", probe);
    EXPECT_FALSE(enter(gate, other));
    EXPECT_FALSE(other.is_probe());
  }
  EXPECT_FALSE(*ledger.ban("h")) << "the other bots see it open, too";
}

TEST_F(HostGateTest, AProvenBanKeepsItsRowForTheStrikes) {
  HostGate gate(ledger, heard, false);
  punish(gate, Outcome::banned, 418);
  passed = 2min;
  HostGate::Pass probe, other;
  EXPECT_FALSE(enter(gate, probe));
  gate.proved("h", probe);
  EXPECT_FALSE(enter(gate, other));
  punish(gate, Outcome::banned, 418);
  EXPECT_EQ(heard.bans.back().wait.remaining, 4min);
}

TEST_F(HostGateTest, AProbesSuccessDoesNotLiftABanThatCameMeanwhile) {
  HostGate gate(ledger, heard, false);
  punish(gate, Outcome::blocked, 451);
  passed = 1h;
  HostGate::Pass probe, other;
  EXPECT_FALSE(enter(gate, probe));
  const guard::HostBan fresh{"h", guard::save_wait(3h, w0 + passed, {"boot-1", 1h + passed}), Outcome::blocked, 2, "x"};
  ASSERT_TRUE(ledger.put_ban(fresh));
  gate.proved("h", probe);
  EXPECT_EQ(enter(gate, other)->retry_after, 3h);
}

TEST_F(HostGateTest, CB9_AfterALostLedgerEachHostAnswersOneProbeFirst) {
  HostGate gate(ledger, heard, true);
  HostGate::Pass probe, other;
  EXPECT_FALSE(enter(gate, probe));
  EXPECT_TRUE(probe.is_probe());
  EXPECT_EQ(enter(gate, other)->why, Refusal::host_probe);
  gate.proved("h", probe);
  EXPECT_FALSE(enter(gate, other));
}

TEST_F(HostGateTest, ABanThatTheLedgerRefusedIsKeptInMemoryAndOfferedAgain) {
  HostGate gate(ledger, heard, false);
  ledger.cannot_write = true;
  punish(gate, Outcome::banned, 418);
  EXPECT_EQ(heard.ledger_errors.size(), 1U);
  HostGate::Pass pass;
  EXPECT_EQ(enter(gate, pass)->why, Refusal::ban);
  EXPECT_FALSE(*ledger.ban("h"));
  ledger.cannot_write = false;
  EXPECT_EQ(enter(gate, pass)->why, Refusal::ban);
  EXPECT_TRUE(*ledger.ban("h"));
}

TEST_F(HostGateTest, WithoutAReadableLedgerNothingGoesOut) {
  HostGate gate(ledger, heard, false);
  ledger.cannot_read = true;
  HostGate::Pass pass;
  const auto refused = enter(gate, pass);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->why, Refusal::ledger);
  EXPECT_EQ(refused->error.kind, base::ErrorKind::storage);
}

TEST_F(HostGateTest, AnOperatorMayTryABlockedRegionButNotEndABan) {
  HostGate gate(ledger, heard, false);
  EXPECT_EQ(gate.try_blocked("h").error().kind, base::ErrorKind::not_found);
  punish(gate, Outcome::banned, 418);
  EXPECT_EQ(gate.try_blocked("h").error().kind, base::ErrorKind::refused);
  passed = 48h;
  punish(gate, Outcome::blocked, 451);
  EXPECT_TRUE(gate.try_blocked("h"));
  HostGate::Pass probe, other;
  EXPECT_FALSE(enter(gate, probe));
  EXPECT_TRUE(enter(gate, other));
}

}  // namespace host_gate_test
}  // namespace test
