#include "tests/sandbox/limits.hpp"

#include <gtest/gtest.h>

namespace sandbox {
namespace limits_test {

constexpr Ms start = 1'780'000'020'000;  // 20 s into a minute

LimitVerdict::Kind ask(Limits& limits, Ms now, int cost = 1) {
  return limits.charge("127.0.0.1", "/x", {Charge{"weight", cost, 10, minute}}, now).kind;
}

TEST(Limits, AWindowIsTheExchangesMinuteNotASlidingOne) {
  Limits limits(LimitPolicy{});
  const Ms edge = (start / minute + 1) * minute;
  EXPECT_EQ(ask(limits, edge - 1, 10), LimitVerdict::Kind::ok);
  EXPECT_EQ(ask(limits, edge - 1), LimitVerdict::Kind::over);
  EXPECT_EQ(ask(limits, edge), LimitVerdict::Kind::ok);
}

TEST(Limits, WhoGoesOnIsBannedAndTheNextBanIsLonger) {
  Limits limits(LimitPolicy{2, 2 * minute, day, false});
  EXPECT_EQ(ask(limits, start, 11), LimitVerdict::Kind::over);
  EXPECT_EQ(ask(limits, start), LimitVerdict::Kind::over);
  EXPECT_EQ(ask(limits, start), LimitVerdict::Kind::banned);
  EXPECT_EQ(limits.stats()["during_ban"], 0);
  EXPECT_EQ(ask(limits, start + 2 * minute - 1), LimitVerdict::Kind::banned);
  EXPECT_EQ(limits.stats()["during_ban"], 1);
  const Ms later = start + 10 * minute;
  EXPECT_EQ(ask(limits, later, 11), LimitVerdict::Kind::over);
  EXPECT_EQ(ask(limits, later), LimitVerdict::Kind::over);
  EXPECT_EQ(limits.charge("127.0.0.1", "/x", {Charge{"weight", 1, 10, minute}}, later).until, later + 4 * minute);
  EXPECT_EQ(limits.stats()["bans"], 2);
}

TEST(Limits, AStrictBanStartsAnewWithEachRequest) {
  Limits limits(LimitPolicy{1, 2 * minute, day, true});
  limits.ban(start + 2 * minute);
  EXPECT_EQ(ask(limits, start + minute), LimitVerdict::Kind::banned);
  EXPECT_EQ(ask(limits, start + 2 * minute + 1), LimitVerdict::Kind::banned);
  EXPECT_EQ(ask(limits, start + 5 * minute), LimitVerdict::Kind::ok);
}

TEST(Limits, AddressesAreCountedApart) {
  Limits limits(LimitPolicy{});
  EXPECT_EQ(ask(limits, start, 11), LimitVerdict::Kind::over);
  EXPECT_EQ(limits.charge("127.0.0.9", "/x", {Charge{"weight", 1, 10, minute}}, start).kind, LimitVerdict::Kind::ok);
  EXPECT_EQ(limits.stats()["rejected"], 1);
  EXPECT_EQ(limits.stats()["total"], 2);
}

}  // namespace limits_test
}  // namespace sandbox
