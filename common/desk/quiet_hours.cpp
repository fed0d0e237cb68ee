#include "common/desk/quiet_hours.hpp"

#include <charconv>
#include <optional>

#include <cctz/time_zone.h>

namespace desk {
using std::chrono::minutes;

struct QuietHours::Zone {
  cctz::time_zone zone;
};

namespace {

base::Error unreadable(std::string_view what, std::string how) {
  return {base::ErrorKind::bad_data, "quiet hours", "cannot be read: \"" + std::string(what) + "\"", std::move(how)};
}

/// "07:30" -> 450 min
std::optional<minutes> clock_of(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  int hour = -1;
  int minute = -1;
  const auto h = std::from_chars(text.data(), text.data() + 2, hour);
  const auto m = std::from_chars(text.data() + 3, text.data() + 5, minute);
  if (h.ptr != text.data() + 2 || m.ptr != text.data() + 5) return std::nullopt;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return std::nullopt;
  return minutes{hour * 60 + minute};
}

}  // namespace

base::Result<QuietHours> QuietHours::make(std::string_view hours, const std::string& zone) {
  QuietHours out;
  if (hours.empty()) return out;
  const auto from = hours.size() == 11 && hours[5] == '-' ? clock_of(hours.substr(0, 5)) : std::nullopt;
  const auto until = from ? clock_of(hours.substr(6)) : std::nullopt;
  if (!until || *from == *until) return unreadable(hours, "write two times of day: \"22:00-07:00\"; \"\" for none");
  auto loaded = std::make_shared<Zone>();
  // It falls back to UTC and says so; hours that are wrong by some of them are worse than none.
  if (!cctz::load_time_zone(zone, &loaded->zone))
    return unreadable(zone, "write a name such as \"Europe/Berlin\" or \"UTC\"; see timedatectl list-timezones");
  out.zone_ = std::move(loaded);
  out.from_ = *from;
  out.until_ = *until;
  out.words_ = std::string(hours) + " " + zone;
  return out;
}

bool QuietHours::contain(base::WallTime now) const {
  if (!zone_) return false;
  const auto local = zone_->zone.lookup(now).cs;
  const minutes clock{local.hour() * 60 + local.minute()};
  return from_ < until_ ? from_ <= clock && clock < until_ : clock >= from_ || clock < until_;
}

base::WallTime QuietHours::end_of(base::WallTime now) const {
  if (!contain(now)) return now;
  const auto local = zone_->zone.lookup(now).cs;
  const minutes clock{local.hour() * 60 + local.minute()};
  const auto day = cctz::civil_day(local) + (clock < until_ ? 0 : 1);
  const cctz::civil_minute end(day.year(), day.month(), day.day(), static_cast<int>(until_.count() / 60),
                               static_cast<int>(until_.count() % 60));
  return std::chrono::time_point_cast<base::Millis>(cctz::convert(cctz::civil_second(end), zone_->zone));
}

}  // namespace desk
