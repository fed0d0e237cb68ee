#include "common/desk/report_times.hpp"

#include <gtest/gtest.h>

#include "common/base/text.hpp"

namespace report_times_test {
using desk::ReportTimes;
using desk::Weekday;

base::WallTime utc(int year, unsigned month, unsigned day, int hour, int minute = 0) {
  using namespace std::chrono;
  return sys_days{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day}} + hours{hour} +
         minutes{minute};
}

struct Case {
  const char* sentence;
  Weekday weekday;
  int hour;
  const char* zone;
  base::WallTime now, from, to;
};

TEST(ReportTimes, AWeekEndsAtItsHourWhereverThatIs) {
  const Case cases[] = {
      {"Monday a minute before it", Weekday::monday, 8, "UTC", utc(2026, 11, 23, 7, 59), utc(2026, 11, 9, 8),
       utc(2026, 11, 16, 8)},
      {"Monday at the very hour", Weekday::monday, 8, "UTC", utc(2026, 11, 23, 8), utc(2026, 11, 16, 8),
       utc(2026, 11, 23, 8)},
      {"Sunday before the next", Weekday::monday, 8, "UTC", utc(2026, 11, 29, 23), utc(2026, 11, 16, 8),
       utc(2026, 11, 23, 8)},
      {"midnight belongs to the day that begins", Weekday::friday, 0, "UTC", utc(2026, 11, 27, 0), utc(2026, 11, 20, 0),
       utc(2026, 11, 27, 0)},
      {"over the turn of the year", Weekday::sunday, 23, "UTC", utc(2027, 1, 3, 23), utc(2026, 12, 27, 23),
       utc(2027, 1, 3, 23)},
      {"a zone behind UTC: there it is still the day before", Weekday::monday, 20, "America/New_York",
       utc(2026, 11, 24, 1), utc(2026, 11, 17, 1), utc(2026, 11, 24, 1)},
      {"a zone of three quarters of an hour", Weekday::monday, 8, "Asia/Kathmandu", utc(2026, 11, 23, 2, 15),
       utc(2026, 11, 16, 2, 15), utc(2026, 11, 23, 2, 15)},
      {"summer time begins: the week has 167 hours", Weekday::monday, 8, "Europe/Berlin", utc(2026, 3, 30, 6),
       utc(2026, 3, 23, 7), utc(2026, 3, 30, 6)},
      {"an hour by UTC's clock before it is too early", Weekday::monday, 8, "Europe/Berlin", utc(2026, 3, 30, 5, 59),
       utc(2026, 3, 16, 7), utc(2026, 3, 23, 7)},
      {"it ends: the week has 169 hours", Weekday::monday, 8, "Europe/Berlin", utc(2026, 10, 26, 7),
       utc(2026, 10, 19, 6), utc(2026, 10, 26, 7)},
      {"the hour that is skipped is over when the clock jumps", Weekday::sunday, 2, "Europe/Berlin",
       utc(2026, 3, 29, 1), utc(2026, 3, 22, 1), utc(2026, 3, 29, 1)},
      {"and the week after it begins there", Weekday::sunday, 2, "Europe/Berlin", utc(2026, 4, 5, 0),
       utc(2026, 3, 29, 1), utc(2026, 4, 5, 0)},
      {"of the hour that comes twice the first counts", Weekday::sunday, 2, "Europe/Berlin", utc(2026, 10, 25, 0),
       utc(2026, 10, 18, 0), utc(2026, 10, 25, 0)},
      {"and not again an hour later", Weekday::sunday, 2, "Europe/Berlin", utc(2026, 10, 25, 1), utc(2026, 10, 18, 0),
       utc(2026, 10, 25, 0)},
  };
  for (const auto& one : cases) {
    const auto week = ReportTimes::make(one.weekday, one.hour, one.zone).value().newest(one.now);
    EXPECT_EQ(base::utc_stamp(week.from), base::utc_stamp(one.from)) << one.sentence;
    EXPECT_EQ(base::utc_stamp(week.to), base::utc_stamp(one.to)) << one.sentence;
  }
}

TEST(ReportTimes, EachMomentOfAYearLiesInOneWeekAndWeeksFollowEachOther) {
  const auto times = ReportTimes::make(Weekday::sunday, 2, "Europe/Berlin").value();
  auto before = times.newest(utc(2026, 1, 1, 0));
  for (auto now = utc(2026, 1, 1, 0); now < utc(2027, 1, 1, 0); now += std::chrono::minutes{30}) {
    const auto week = times.newest(now);
    EXPECT_LE(week.to, now);
    EXPECT_LE(now - week.to, std::chrono::hours{169});
    if (week.to != before.to) {
      EXPECT_EQ(week.from, before.to);
    }
    before = week;
  }
}

TEST(ReportTimes, AreSaidInTheirOwnZone) {
  const auto times = ReportTimes::make(Weekday::monday, 8, "Europe/Berlin").value();
  EXPECT_EQ(times.words(utc(2026, 11, 2, 7)), "Mon 2 Nov 08:00");
  EXPECT_EQ(times.day_words(utc(2026, 11, 22, 23)), "23 Nov") << "there it is the next day already";
  EXPECT_EQ(times.zone(), "Europe/Berlin");
  EXPECT_EQ(ReportTimes().words(utc(2026, 11, 23, 8)), "Mon 23 Nov 08:00");
  EXPECT_EQ(ReportTimes().zone(), "UTC");
}

TEST(ReportTimes, AZoneThatDoesNotExistIsRefused) {
  const auto wrong = ReportTimes::make(Weekday::monday, 8, "Mars/Olympus");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, base::ErrorKind::bad_data);
  EXPECT_NE(wrong.error().text().find("Mars/Olympus"), std::string::npos);
}

}  // namespace report_times_test
