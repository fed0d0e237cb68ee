#include "common/desk/report_times.hpp"

#include <array>

#include <cctz/time_zone.h>

namespace desk {

struct ReportTimes::Zone {
  cctz::time_zone zone;
};

namespace {

constexpr std::array<cctz::weekday, 7> weekdays{
    cctz::weekday::monday, cctz::weekday::tuesday,  cctz::weekday::wednesday, cctz::weekday::thursday,
    cctz::weekday::friday, cctz::weekday::saturday, cctz::weekday::sunday};

}  // namespace

ReportTimes::ReportTimes() : times_(std::make_shared<Zone>(Zone{cctz::utc_time_zone()})) {}

base::Result<ReportTimes> ReportTimes::make(Weekday weekday, int hour, const std::string& zone) {
  auto loaded = std::make_shared<Zone>();
  if (!cctz::load_time_zone(zone, &loaded->zone))
    return base::Error(base::ErrorKind::bad_data, "weekly report", "no time zone is called \"" + zone + "\"",
                       "write a name such as \"Europe/Berlin\" or \"UTC\"; see timedatectl list-timezones");
  ReportTimes out;
  out.weekday_ = weekday;
  out.hour_ = hour;
  out.zone_ = zone;
  out.times_ = std::move(loaded);
  return out;
}

ReportWeek ReportTimes::newest(base::WallTime now) const {
  const auto at = [this](cctz::civil_day day) {
    const cctz::civil_second local(cctz::civil_hour(day.year(), day.month(), day.day(), hour_));
    return std::chrono::time_point_cast<base::Millis>(cctz::convert(local, times_->zone));
  };
  const auto wanted = weekdays.at(static_cast<std::size_t>(weekday_));
  auto day = cctz::civil_day(times_->zone.lookup(now).cs);
  if (cctz::get_weekday(day) != wanted) day = cctz::prev_weekday(day, wanted);
  if (at(day) > now) day -= 7;
  return {at(day - 7), at(day)};
}

std::string ReportTimes::formatted(const char* format, base::WallTime at) const {
  return cctz::format(format, at, times_->zone);
}

std::string ReportTimes::words(base::WallTime at) const {
  return formatted("%a ", at) + day_words(at) + formatted(" %H:%M", at);
}

std::string ReportTimes::day_words(base::WallTime at) const {
  auto out = formatted("%e %b", at);
  return out.front() == ' ' ? out.substr(1) : out;
}

}  // namespace desk
