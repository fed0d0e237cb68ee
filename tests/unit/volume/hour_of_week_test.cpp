#include "bots/volume/hour_of_week.hpp"

#include <gtest/gtest.h>

#include "bots/volume/baseline.hpp"
#include "bots/volume/hour_atr.hpp"

namespace hour_of_week_test {

using namespace std::chrono_literals;
using volume::Baseline;
using volume::DayAround;
using volume::HourOfWeek;

constexpr base::WallTime monday = base::from_ms(1'759'708'800'000);  // 2025-10-06 00:00 UTC
const std::int32_t monday_hour = volume::hour_of(monday);

TEST(VolumeDayAround, AnHourIsJudgedBesideTheTwelveBeforeAndTheTwelveAfter) {
  DayAround around;
  for (int hour = 0; hour < 24; ++hour) {
    const auto early = around.add(monday_hour + hour, hour == 12 ? 13.0 : 10.0);
    EXPECT_EQ(early.has_value(), hour >= 17) << hour << ": eighteen hours are enough";
  }
  const auto judged = around.add(monday_hour + 24, 20);
  ASSERT_TRUE(judged);
  EXPECT_EQ(judged->hour, monday_hour + 12);
  EXPECT_DOUBLE_EQ(judged->difference, 3);
  EXPECT_FALSE(around.add(monday_hour + 24, 20)) << "a repeat";
}

TEST(VolumeDayAround, AListingThatGrowsIsMeasuredByItsOwnDay) {
  DayAround around;
  double worst = 0;
  for (int hour = 0; hour < 28 * 24; ++hour)
    if (const auto judged = around.add(monday_hour + hour, 8 + 0.01 * hour); judged && hour > 24)
      worst = std::max(worst, std::abs(judged->difference));
  EXPECT_LT(worst, 0.001) << "it trades eight hundred times as much in the end";
}

TEST(VolumeDayAround, WhereHoursAreMissingNothingIsJudged) {
  DayAround around;
  for (int hour = 0; hour < 40; ++hour) (void)around.add(monday_hour + hour, 10);
  EXPECT_TRUE(around.add(monday_hour + 46, 10)) << "six are missing, the one in the middle is there";
  EXPECT_FALSE(around.add(monday_hour + 55, 10)) << "the middle is missing itself";
  EXPECT_FALSE(around.add(monday_hour + 200, 10)) << "a day of its own";
}

TEST(VolumeHourOfWeek, AnEffectCountsAsFarAsItStandsOutOfChance) {
  HourOfWeek strong, weak;
  for (int week = 0; week < 4; ++week)
    for (int hour = 0; hour < 168; ++hour) {
      const double noise = (week % 2 == 0 ? 1 : -1) * 0.3;
      strong.learn(monday_hour + week * 168 + hour, (hour % 24 == 14 ? 1.6 : 0) + noise);
      weak.learn(monday_hour + week * 168 + hour, (hour % 24 == 14 ? 0.2 : 0) + noise);
    }
  EXPECT_NEAR(strong.effect(monday_hour + 14), 1.6, 0.2) << "the first week counts by a bounded step";
  EXPECT_EQ(strong.effect(monday_hour + 15), 0);
  EXPECT_EQ(weak.effect(monday_hour + 14), 0) << "within what hours differ by from week to week";
}

TEST(VolumeHourOfWeek, OneWeekIsBelievedOnlyOfAnHourThatIsFarAway) {
  HourOfWeek hours;
  hours.learn(monday_hour + 3, 0.9);
  hours.learn(monday_hour + 4, 1.5);
  EXPECT_EQ(hours.effect(monday_hour + 3), 0);
  EXPECT_GT(hours.effect(monday_hour + 4), 0.5);
  EXPECT_LT(hours.effect(monday_hour + 4), 1);
}

/// 14:00 to 16:00 are busy.
double x_of(base::WallTime at) { return base::to_ms(at) / 7'200'000 % 12 == 7 ? 11.5 : 10.0; }

void teach_bars(Baseline& baseline, base::WallTime from, base::WallTime to) {
  for (auto at = from; at < to; at += 1min) baseline.learn(at, 1min, x_of(at), baseline.expected(at));
}
void teach_hours(Baseline& baseline, base::WallTime from, base::WallTime to, double scale = 0) {
  for (auto at = from; at < to; at += 1h) baseline.learn_hour(at, x_of(at) + scale);
}

TEST(VolumeBaseline, HoursThatComeAfterTheirDayOfBarsAreCountedOnceAndInForceAtOnce) {
  const auto now = monday + 28 * 24h + 13h;
  Baseline late;
  teach_bars(late, now - 24h, now);
  teach_hours(late, monday, now, 0.3);
  EXPECT_NEAR(late.expected(now), 10, 0.01) << "13:00";
  EXPECT_NEAR(late.expected(now + 23h), 10, 0.1) << "12:00";
  EXPECT_NEAR(late.expected(now + 1h), 11.5, 0.1) << "14:00 is known, by whole hours of another scale";

  Baseline busy;  // most of the ring is of busy hours: it is freed of them when they become known
  const auto later = now + 2h + 50min;
  teach_bars(busy, now - 24h, later);
  const double before = busy.expected(later + 1h);
  teach_hours(busy, monday, now, 0.3);
  EXPECT_NEAR(before - busy.expected(later + 1h), 1.5, 0.1) << "16:50 is a quiet hour again";
  EXPECT_NEAR(before, busy.expected(later), 0.1) << "and 15:50 goes on";
}

TEST(VolumeBaseline, WhatBarsHaveTaughtIsNotLearnedFromTheirHoursAgain) {
  const auto now = monday + 28 * 24h;
  Baseline bars, both;
  teach_bars(bars, monday, now);
  teach_bars(both, monday, now);
  for (auto at = monday; at < now; at += 1h) both.learn_hour(at, x_of(at + 3h));  // they say otherwise
  for (const auto hour : {11h, 14h}) EXPECT_EQ(both.expected(now + hour), bars.expected(now + hour));
  EXPECT_TRUE(both.knows_hours());
  EXPECT_FALSE(bars.knows_hours());
}

/// What the first version stored of a day of bars: two slow levels at the end, and no days around.
std::string blob_of_v1(base::WallTime newest, std::uint32_t bars) {
  stats::BlobWriter out;
  out.put(bars);
  out.put(std::uint32_t{60});
  out.put(base::to_ms(newest));
  out.put(base::to_ms(base::WallTime::min()));
  for (int bar = 0; bar < 120; ++bar) out.put(10.0F);
  for (int hour = 0; hour < 168; ++hour) {
    out.put(std::int16_t{0});
    out.put(std::uint8_t{0});
  }
  for (int median = 0; median < 8; ++median) stats::StreamingMedian().save(out);
  for (int slow = 0; slow < 2; ++slow) {
    out.put(10.0F);
    out.put(std::uint32_t{24});
  }
  return std::move(out).seal(Baseline::blob_kind_v1);
}

TEST(VolumeBaseline, WhatTheFirstVersionStoredIsReadAndStillLearnsItsHours) {
  const auto now = monday + 28 * 24h + 13h;
  auto old = Baseline::load(blob_of_v1(now - 1min, 1'440));
  ASSERT_TRUE(old) << old.error().text();
  EXPECT_EQ(old->bars(), 1'440U);
  EXPECT_FALSE(old->knows_hours());
  EXPECT_NEAR(old->expected(now), 10, 0.01);
  teach_hours(*old, monday, now);
  EXPECT_NEAR(old->expected(now + 1h), 11.5, 0.1);
  EXPECT_TRUE(Baseline::load(old->save())) << "and is stored as the second from now on";
}

TEST(VolumeHourAtr, HoursOfTheHistoryAreOneAtrWithThoseOfBars) {
  const auto now = monday + 3 * 24h;
  const auto teach = [](volume::HourAtr& atr, base::WallTime from, base::WallTime to) {
    for (auto at = from; at < to; at += 1h) atr.add_hour(at, 102, 98, 100);
  };
  volume::HourAtr atr;
  for (auto at = now - 3h; at < now; at += 1min) atr.add_bar(at, 1min, 102, 98, 100);
  EXPECT_FALSE(atr.value()) << "three hours";
  teach(atr, now - 10h, now);
  EXPECT_FALSE(atr.value()) << "ten: those of the bars are not counted twice";
  volume::HourAtr whole;
  for (auto at = now - 3h; at < now; at += 1min) whole.add_bar(at, 1min, 102, 98, 100);
  teach(whole, now - 14h, now);
  EXPECT_EQ(whole.value(), 4);
  teach(whole, now - 48h, now - 20h);
  EXPECT_EQ(whole.value(), 4) << "what is older than what is known changes nothing";
}

}  // namespace hour_of_week_test
