#include "common/health/clock_offsets.hpp"

#include <random>

#include <gtest/gtest.h>

#include "tests/unit/health/support.hpp"

namespace clock_offsets_test {

using base::Millis;
using health::ClockOffsets;
using health_tests::at;
using namespace std::chrono_literals;

/// An answer at `after`, of an exchange that is `ahead` of us, with the stamp cut to `resolution`.
void answer(ClockOffsets& offsets, Millis after, Millis ahead, Millis trip = 100ms, Millis resolution = 1ms) {
  const auto server = at(after).wall + ahead;
  const auto cut = base::WallTime(server.time_since_epoch() / resolution * resolution);
  offsets.add("bybit", cut, at(after + trip / 2).wall, trip, resolution);
}

TEST(ClockOffsets, NothingIsKnownBeforeTheFirstAnswer) {
  const ClockOffsets offsets;
  EXPECT_FALSE(offsets.view("bybit"));
  EXPECT_EQ(offsets.exchange_now("bybit", at(0s).wall), at(0s).wall);
}

TEST(ClockOffsets, TheRoundTripIsTakenOut) {
  ClockOffsets offsets;
  answer(offsets, 0s, 3s, 2s);
  EXPECT_EQ(offsets.view("bybit")->offset, 3s);
  EXPECT_EQ(offsets.view("bybit")->uncertainty, 1s);
  EXPECT_EQ(offsets.exchange_now("bybit", at(10s).wall), at(13s).wall);
}

TEST(ClockOffsets, WholeSecondsOfHttpDatesAverageOut) {
  ClockOffsets offsets;
  std::mt19937 random(7);
  for (int i = 0; i < 15; ++i) answer(offsets, i * 1s + Millis(random() % 1'000), 0s, 80ms, 1s);
  EXPECT_LE(std::chrono::abs(offsets.view("bybit")->offset), 400ms);
  EXPECT_FALSE(offsets.view("bybit")->worth_showing());
}

TEST(ClockOffsets, FinerAndFasterAnswersCountMore) {
  ClockOffsets offsets;
  for (int i = 0; i < 6; ++i) answer(offsets, i * 1s, 900ms, 100ms, 1s);
  answer(offsets, 7s, 40ms, 100ms, 1ms);
  EXPECT_EQ(offsets.view("bybit")->offset, 40ms);
  // A slow answer that spent its time one way looks like an offset; it is outvoted.
  for (int i = 8; i < 11; ++i) answer(offsets, i * 1s, 40ms);
  offsets.add("bybit", at(12s).wall, at(16s).wall, 4s, 1ms);
  EXPECT_EQ(offsets.view("bybit")->offset, 40ms);
}

TEST(ClockOffsets, OneWildAnswerOfManyChangesNothing) {
  ClockOffsets offsets;
  for (int i = 0; i < 10; ++i) answer(offsets, i * 1s, 0s);
  answer(offsets, 11s, 1h);
  EXPECT_EQ(offsets.view("bybit")->offset, 0s);
}

TEST(ClockOffsets, ShownOverTwoSecondsSuspectOverThirty) {
  struct Row {
    Millis ahead;
    bool shown, suspect;
  };
  for (const auto& row : {Row{2s, false, false},
                          {2'001ms, true, false},
                          {-2'001ms, true, false},
                          {30s, true, false},
                          {30'001ms, true, true},
                          {-31s, true, true}}) {
    ClockOffsets offsets;
    answer(offsets, 0s, row.ahead);
    EXPECT_EQ(offsets.view("bybit")->worth_showing(), row.shown) << row.ahead.count();
    EXPECT_EQ(offsets.view("bybit")->suspect(), row.suspect) << row.ahead.count();
  }
  ClockOffsets coarse;
  answer(coarse, 0s, 3s, 10s);
  EXPECT_FALSE(coarse.view("bybit")->worth_showing()) << "within its uncertainty";
}

TEST(ClockOffsets, OldAnswersAreForgottenAndAbsurdOnesIgnored) {
  ClockOffsets offsets;
  for (int i = 0; i < 100; ++i) answer(offsets, i * 1s, 0s);
  offsets.add("bybit", at(0s).wall, at(200s).wall, -1ms, 1ms);
  offsets.add("bybit", at(0s).wall, at(200s).wall, 61s, 1ms);
  EXPECT_EQ(offsets.view("bybit")->samples, ClockOffsets::samples_max);
  EXPECT_EQ(offsets.views().size(), 1U);
}

TEST(ClockOffsets, F21_AStepOfOurClockIsNoticedByTheSecondAnswer) {
  for (const auto step : {Millis{1h}, Millis{-1h}, Millis{-24h}}) {
    ClockOffsets offsets;
    for (int i = 0; i < 15; ++i) answer(offsets, i * 1s, 0s);
    answer(offsets, 20s, -step);
    EXPECT_EQ(offsets.view("bybit")->offset, 0s);
    answer(offsets, 21s, -step);
    EXPECT_EQ(offsets.view("bybit")->offset, -step);
    EXPECT_TRUE(offsets.view("bybit")->suspect());
    // Our stepped wall clock, corrected, is the exchange's time again: signals go by that.
    EXPECT_EQ(offsets.exchange_now("bybit", at(22s, step).wall), at(22s).wall);
    answer(offsets, 30s, 0s);
    answer(offsets, 31s, 0s);
    EXPECT_FALSE(offsets.view("bybit")->suspect());
  }
}

}  // namespace clock_offsets_test
