// What decides how loud a signal is: quiet hours, the alert budget, the scores it weighs.
#include <gtest/gtest.h>

#include "common/desk/quiet_hours.hpp"
#include "common/desk/ring_budget.hpp"
#include "common/desk/scores.hpp"

namespace rings_test {
using base::WallTime;
using desk::QuietHours;
using std::chrono::hours;
using std::chrono::minutes;
using namespace std::chrono;

WallTime utc(int year, unsigned month, unsigned day_of_month, int hour, int minute = 0) {
  return sys_days(std::chrono::year(year) / static_cast<int>(month) / static_cast<int>(day_of_month)) + hours(hour) +
         minutes(minute);
}

struct Look {
  const char* sentence;
  const char* span;
  const char* zone;
  WallTime now;
  bool quiet;
  WallTime end;
};

TEST(QuietHours, InAPlacesOwnTime) {
  const Look looks[] = {
      {"over midnight, before it", "22:00-07:00", "UTC", utc(2026, 1, 5, 22), true, utc(2026, 1, 6, 7)},
      {"over midnight, after it", "22:00-07:00", "UTC", utc(2026, 1, 6, 6, 59), true, utc(2026, 1, 6, 7)},
      {"the end is outside", "22:00-07:00", "UTC", utc(2026, 1, 6, 7), false, utc(2026, 1, 6, 7)},
      {"within a day", "13:00-14:30", "UTC", utc(2026, 1, 6, 14, 29), true, utc(2026, 1, 6, 14, 30)},
      {"before it", "13:00-14:30", "UTC", utc(2026, 1, 6, 12, 59), false, utc(2026, 1, 6, 12, 59)},
      {"Berlin in winter is an hour ahead", "22:00-07:00", "Europe/Berlin", utc(2026, 1, 5, 21), true,
       utc(2026, 1, 6, 6)},
      {"Berlin in summer two", "22:00-07:00", "Europe/Berlin", utc(2026, 7, 5, 20), true, utc(2026, 7, 6, 5)},
      {"not yet there in winter", "22:00-07:00", "Europe/Berlin", utc(2026, 1, 5, 20, 59), false,
       utc(2026, 1, 5, 20, 59)},
      // 2026-03-29: at 01:00 UTC clocks go from 02:00 to 03:00; 2026-10-25: from 03:00 back to 02:00.
      {"the night that loses an hour", "22:00-07:00", "Europe/Berlin", utc(2026, 3, 28, 22), true, utc(2026, 3, 29, 5)},
      {"the night that gains one", "22:00-07:00", "Europe/Berlin", utc(2026, 10, 24, 21), true, utc(2026, 10, 25, 6)},
      {"the hour that comes twice, the first time", "02:30-02:45", "Europe/Berlin", utc(2026, 10, 25, 0, 35), true,
       utc(2026, 10, 25, 0, 45)},
  };
  for (const auto& look : looks) {
    SCOPED_TRACE(look.sentence);
    const auto quiet = QuietHours::make(look.span, look.zone);
    ASSERT_TRUE(quiet);
    EXPECT_EQ(quiet.value().contain(look.now), look.quiet);
    EXPECT_EQ(quiet.value().end_of(look.now), look.end);
  }
}

TEST(QuietHours, WhatCannotBeReadSaysHowItIsWritten) {
  for (const char* span : {"22-7", "22:00", "25:00-07:00", "22:00-07:60", "22:00-22:00", "aa:bb-cc:dd"})
    EXPECT_FALSE(QuietHours::make(span, "UTC")) << span;
  const auto nowhere = QuietHours::make("22:00-07:00", "Europe/Atlantis");
  ASSERT_FALSE(nowhere);
  EXPECT_NE(nowhere.error().text().find("Europe/Berlin"), std::string::npos);
  const auto none = QuietHours::make("", "UTC");
  ASSERT_TRUE(none);
  EXPECT_FALSE(none.value().contain(utc(2026, 1, 5, 3)));
}

TEST(RingBudget, RingsAboutSoManyADayAndTheStrongest) {
  desk::RingBudget budget(10);
  std::uint64_t state = 7;
  int rang = 0, strong = 0, strong_rang = 0;
  const int days = 16, a_day = 200;
  for (int i = 0; i < days * a_day; ++i) {
    const auto now = utc(2026, 1, 1, 0) + seconds(static_cast<std::int64_t>(i) * 86'400 / a_day);
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    const double score = static_cast<double>(state >> 40) / static_cast<double>(1 << 24) * 100;
    const bool rings = score > budget.bar(now);
    budget.add(score, now);
    if (i < 7 * a_day) continue;
    rang += rings ? 1 : 0;
    strong += score > 98 ? 1 : 0;
    strong_rang += score > 98 && rings ? 1 : 0;
  }
  const double a_day_rang = static_cast<double>(rang) / (days - 7);
  EXPECT_GT(a_day_rang, 8);
  EXPECT_LT(a_day_rang, 13);
  EXPECT_EQ(strong_rang, strong);
}

TEST(RingBudget, AWildDayRingsAtMostTwiceItsShare) {
  desk::RingBudget budget(10);
  int rang = 0;
  for (int day = 0; day < 8; ++day) {
    const bool wild = day == 7;
    for (int i = 0; i < (wild ? 1'000 : 20); ++i) {
      const auto now = utc(2026, 1, 1 + static_cast<unsigned>(day), 0) + seconds(i * (wild ? 80 : 4'000));
      const double score = wild ? 95 : 50 + i;
      const bool rings = score > budget.bar(now);
      budget.add(score, now);
      if (wild && rings) ++rang;
    }
  }
  EXPECT_GE(rang, 10);
  EXPECT_LE(rang, 21);
}

TEST(RingBudget, WithoutALimitEverythingRings) {
  desk::RingBudget budget(0);
  for (int i = 0; i < 100; ++i) budget.add(99, utc(2026, 1, 1, 0, i % 60));
  EXPECT_LT(budget.bar(utc(2026, 1, 1, 1)), 0);
}

desk::Finding strong(double strength, WallTime at, double value = 6, double threshold = 3) {
  desk::Finding out;
  out.kind = "volume_spike";
  out.strength = strength;
  out.at = at;
  out.evidence.push_back({"note", 1, std::nullopt});
  out.evidence.push_back({"z", value, threshold});
  return out;
}

TEST(Scores, AreTheShareOfWeakerCandidatesOf28Days) {
  desk::Scores scores;
  const auto start = utc(2026, 1, 1, 0);
  EXPECT_NEAR(scores.of(strong(5, start, 6, 3)), 66.7, 0.1) << "twice its threshold";
  for (int i = 1; i < 100; ++i) scores.add(strong(i, start));
  EXPECT_NEAR(scores.of(strong(5, start, 3, 3)), 50, 0.1) << "99 candidates are not enough";
  scores.add(strong(100, start));
  EXPECT_NEAR(scores.of(strong(75, start)), 75, 5);
  EXPECT_NEAR(scores.of(strong(-75, start)), 75, 5) << "of a negative rate its size counts";
  EXPECT_EQ(scores.of(strong(1e9, start)), 100);

  const auto later = start + days(28);
  for (int i = 1; i <= 100; ++i) scores.add(strong(1'000 + i, later));
  EXPECT_EQ(scores.of(strong(75, later)), 0) << "those of 28 days ago have left";
}

TEST(Scores, SurviveARestartAndRefuseRubbish) {
  desk::Scores before, after;
  for (int i = 1; i <= 400; ++i) before.add(strong(i, utc(2026, 1, 1 + static_cast<unsigned>(i) % 20, 0)));
  const auto saved = before.save();
  ASSERT_EQ(saved.size(), 1U);
  ASSERT_TRUE(after.restore(saved.begin()->first, saved.begin()->second));
  for (double strength : {1.0, 50.0, 250.0, 399.0})
    EXPECT_EQ(after.of(strong(strength, {})), before.of(strong(strength, {})));
  auto cut = saved.begin()->second;
  cut.pop_back();
  EXPECT_FALSE(after.restore("volume_spike", cut));
  EXPECT_EQ(after.of(strong(50, {})), before.of(strong(50, {}))) << "a bad one changes nothing";
}

}  // namespace rings_test
