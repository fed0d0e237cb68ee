// Evidence beyond silence: occasions that a feed let pass, and content that stands still.
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/health/freshness.hpp"
#include "common/health/occasions.hpp"
#include "tests/unit/health/traffic.hpp"

namespace evidence_test {

using health::Freshness;
using health::HitRate;
using health::Occasions;
using health_tests::at_minute;
using testing::HasSubstr;
using testing::StartsWith;
using namespace std::chrono_literals;

/// Two exchanges and a price that jumps now and then; both liquidate nearly always when it does.
class Moves {
 public:
  explicit Moves(std::uint64_t seed, double speaks = 0.9) : speaks_(speaks), random_(seed) {
    occasions.expect("okx");
    occasions.expect("bybit");
    for (const auto* exchange : {"okx", "bybit"}) occasions.on_event(exchange, "BTC", at_minute(0));
  }
  /// `jump`: in sigmas, 0 for a calm minute.
  void minute(double jump, bool okx_is_dead = false) {
    const auto now = at_minute(++minute_);
    const double change = jump != 0 ? 0.001 * jump : 0.001 * normal_(random_) * 0.8;
    if (jump != 0) {
      occasions.on_event("bybit", "BTC", now);
      if (!okx_is_dead && uniform_(random_) < speaks_) occasions.on_event("okx", "BTC", now);
    }
    occasions.on_bar("BTC", now.wall, 100, 100 * std::exp(change), now);
    if (occasions.judge("okx") || occasions.judge("bybit")) ++doubts;
    occasions.on_time(now);
    if (!okx_is_dead && uniform_(random_) < 0.02) occasions.on_event("okx", "ETH", now);
  }
  Occasions occasions;
  int doubts{};

 private:
  double speaks_;
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_{0, 1};
  std::uniform_real_distribution<double> uniform_{0, 1};
  double minute_{};
};

TEST(Occasions, AnHonestFeedIsNotDoubtedInThirtyDaysOfJumps) {
  int doubts = 0;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    Moves moves(seed, seed % 2 == 0 ? 0.9 : 0.5);
    for (int i = 1; i < 30 * 1'440; ++i) moves.minute(i % 60 == 0 ? (i % 120 == 0 ? 6 : -6) : 0);
    doubts += moves.doubts;
  }
  EXPECT_EQ(doubts, 0);
}

TEST(Occasions, JumpAfterJumpWithoutALiquidationWhileOthersHaveThemIsDoubtedWithinTenMinutes) {
  Moves moves(5);
  for (int i = 1; i < 4 * 1'440; ++i) moves.minute(i % 60 == 0 ? 6 : 0);
  ASSERT_FALSE(moves.occasions.judge("okx"));
  int took = 0;
  for (double jump = 12; !moves.occasions.judge("okx") && took < 60; ++took) moves.minute(jump *= 1.2, true);
  EXPECT_LE(took, 10) << "six occasions of a minute or two, where it spoke nine times of ten";
  const auto why = moves.occasions.judge("okx");
  ASSERT_TRUE(why);
  EXPECT_THAT(*why, testing::MatchesRegex("silent at . occasions in a row, at which it spoke [89].% of the time; the "
                                          "last: BTC moved \\+.*% in a minute \\(.* sigma\\) and others liquidated"));
  EXPECT_FALSE(moves.occasions.judge("bybit"));
  moves.occasions.on_event("okx", "BTC", at_minute(1e4));
  EXPECT_FALSE(moves.occasions.judge("okx"));
}

TEST(Occasions, AJumpAtWhichNobodyLiquidatesIsNone) {
  Moves moves(6);
  for (int i = 1; i < 2 * 1'440; ++i) moves.minute(i % 60 == 0 ? 6 : 0);
  for (int i = 0; i < 60; ++i) {
    const auto now = at_minute(3 * 1'440 + i * 3);
    moves.occasions.on_bar("BTC", now.wall, 100, 103 + i, now);
    moves.occasions.on_time(at_minute(3 * 1'440 + i * 3 + 2));
  }
  EXPECT_FALSE(moves.occasions.judge("okx"));
}

TEST(Occasions, OpenInterestThatFallsWithoutALiquidationIsDoubted) {
  Occasions occasions;
  occasions.expect("okx");
  double minute = 0, interest = 1e6;
  occasions.on_event("okx", "BTC", at_minute(0));
  const auto fall = [&](double share, bool speaks) {
    occasions.on_open_interest("okx", "BTC", interest, at_minute(minute));
    minute += 5;
    interest *= 1 - share;
    if (speaks) occasions.on_event("okx", "BTC", at_minute(minute));
    occasions.on_open_interest("okx", "BTC", interest, at_minute(minute));
  };
  for (int i = 0; i < 30; ++i) fall(0.03, true);
  EXPECT_FALSE(occasions.judge("okx"));
  for (int i = 0; i < 20; ++i) fall(0.01, false);
  EXPECT_FALSE(occasions.judge("okx")) << "positions are also closed by their owners";
  const double from = minute;
  while (!occasions.judge("okx") && minute < from + 60) fall(0.08, false);
  EXPECT_LE(minute - from, 10);
  EXPECT_THAT(occasions.judge("okx").value_or(""), HasSubstr("BTC open interest fell 8.0% in 5m"));
}

TEST(HitRate, WhatAnActionBroughtBackDoesNotTeachThatItSeldomSpeaks) {
  HitRate honest, cured;
  for (auto* rate : {&honest, &cured}) {
    for (int i = 0; i < 50; ++i) rate->hit();
    for (int i = 0; i < 10; ++i) rate->miss();
    EXPECT_GE(rate->evidence(), Occasions::evidence_min);
  }
  honest.spoke(false);
  cured.spoke(true);
  EXPECT_LT(honest.expected(), 0.9);
  EXPECT_GT(cured.expected(), 0.95);
  EXPECT_EQ(cured.evidence(), 0);
}

// ---- content that stands still

market::Liquidation liquidation(double minute, double price) {
  market::Liquidation out;
  out.exchange = "okx";
  out.symbol = "BTC-USDT-SWAP";
  out.price = price;
  out.raw_quantity = 2;
  out.at = at_minute(minute).wall;
  out.received_at = at_minute(minute + 1).wall;
  return out;
}

class FreshnessTest : public testing::Test {
 protected:
  bool tell(const market::Event& event, double minute) {
    return fresh_.on_data(health::fingerprint(event), health::stated_time(event), at_minute(minute));
  }
  Freshness fresh_;
};

TEST_F(FreshnessTest, TheSameOrderAgainAndAgainIsFrozenNotData) {
  EXPECT_TRUE(tell(liquidation(0, 100), 0));
  for (int i = 1; i <= 8; ++i) EXPECT_FALSE(tell(liquidation(0, 100), i * 0.5));
  EXPECT_EQ(fresh_.frozen(at_minute(4)), "the same content 8 times over, nothing new for 4m");
  EXPECT_TRUE(tell(liquidation(4, 100), 4.5));
  EXPECT_FALSE(fresh_.frozen(at_minute(4.5)));
}

TEST_F(FreshnessTest, ACopyOfAThousandMessagesInTurnShowsByATimeThatStandsStill) {
  double minute = 0;
  for (int i = 0; i < 1'000; ++i, minute += 0.01) (void)tell(liquidation(i * 0.01, 100 + i), minute);
  for (int round = 0; round < 3; ++round)
    for (int i = 0; i < 1'000; ++i, minute += 0.01) (void)tell(liquidation(i * 0.01, 100 + i), minute);
  EXPECT_TRUE(fresh_.frozen(at_minute(minute)));
}

TEST_F(FreshnessTest, OneRepeatOrALateOrderIsNoFrozenFeed) {
  for (int i = 0; i < 200; ++i) {
    const double minute = i * 2.0;
    EXPECT_TRUE(tell(liquidation(minute, 100 + i), minute));
    EXPECT_FALSE(tell(liquidation(minute, 100 + i), minute));
    EXPECT_TRUE(tell(liquidation(minute - 1, 200 + i), minute)) << "late, and new";
    EXPECT_FALSE(fresh_.frozen(at_minute(minute)));
  }
}

TEST_F(FreshnessTest, AFewRepeatsOrAShortWhileOfThemIsNoFrozenFeed) {
  EXPECT_TRUE(tell(liquidation(0, 100), 0));
  EXPECT_FALSE(tell(liquidation(0, 100), 1));
  EXPECT_FALSE(tell(liquidation(0, 100), 2));
  EXPECT_FALSE(fresh_.frozen(at_minute(10)));
  EXPECT_FALSE(tell(liquidation(0, 100), 2.5));
  EXPECT_FALSE(fresh_.frozen(at_minute(2.6)));
  EXPECT_FALSE(fresh_.frozen(at_minute(60))) << "that is silence";
  EXPECT_FALSE(tell(liquidation(0, 100), 3));
  EXPECT_TRUE(fresh_.frozen(at_minute(3)));
}

TEST_F(FreshnessTest, ATimeYearsAheadDoesNotMakeWhatFollowsLookOld) {
  EXPECT_TRUE(tell(liquidation(1e7, 100), 0));
  for (int i = 1; i < 60; ++i) EXPECT_TRUE(tell(liquidation(i, 100 + i), i)) << i;
  EXPECT_FALSE(fresh_.frozen(at_minute(60)));
}

TEST_F(FreshnessTest, ASilentFeedIsNotFrozen) {
  EXPECT_TRUE(tell(liquidation(0, 100), 0));
  EXPECT_FALSE(fresh_.frozen(at_minute(600)));
}

TEST(Fingerprint, IsOfWhatIsSaidNotOfWhenItCame) {
  auto one = liquidation(1, 100), other = liquidation(1, 100);
  other.received_at += 5s;
  EXPECT_EQ(health::fingerprint(one), health::fingerprint(other));
  other.price = 101;
  EXPECT_NE(health::fingerprint(one), health::fingerprint(other));
}

TEST(Fingerprint, OfEachKindThatMoves) {
  market::Ticker ticker;
  ticker.symbol = "BTCUSDT";
  ticker.last = 100;
  const auto before = health::fingerprint(ticker);
  ticker.last = 101;
  EXPECT_NE(before, health::fingerprint(ticker));
  market::Candle candle;
  candle.symbol = "BTCUSDT";
  const auto bar = health::fingerprint(candle);
  candle.opened_at += 60s;
  EXPECT_NE(bar, health::fingerprint(candle));
  market::OpenInterest interest;
  interest.base = 5;
  EXPECT_NE(health::fingerprint(interest), 0U);
  interest.history = true;
  EXPECT_EQ(health::fingerprint(interest), 0U);
  market::Funding settled;
  settled.mark = 1;
  EXPECT_NE(health::fingerprint(settled), 0U);
  settled.settled = true;
  EXPECT_EQ(health::fingerprint(settled), 0U) << "a settled rate stays what it is";
}

}  // namespace evidence_test
