// When the weekly report is due, in a place's own time: a week in which summer time begins or ends is an hour shorter
// or longer.
#pragma once
#include <memory>
#include <string>

#include "common/base/result.hpp"
#include "common/base/time.hpp"

namespace desk {

enum class Weekday : std::uint8_t { monday, tuesday, wednesday, thursday, friday, saturday, sunday };

/// `from` belongs to it, `to` does not.
struct ReportWeek {
  base::WallTime from{}, to{};
};

class ReportTimes {
 public:
  ReportTimes();  ///< Mondays at 8:00 UTC
  /// `zone`: a name of the IANA database, "Europe/Berlin". Error (bad_data): there is no such zone.
  [[nodiscard]] static base::Result<ReportTimes> make(Weekday weekday, int hour, const std::string& zone);

  /// The newest week that is over. An hour that summer time skips is over when it would have begun; of one that comes
  /// twice, the first counts.
  [[nodiscard]] ReportWeek newest(base::WallTime now) const;
  [[nodiscard]] std::string words(base::WallTime at) const;        ///< "Mon 23 Nov 08:00"
  [[nodiscard]] std::string day_words(base::WallTime at) const;    ///< "23 Nov"
  [[nodiscard]] const std::string& zone() const { return zone_; }  ///< "Europe/Berlin"

 private:
  struct Zone;
  [[nodiscard]] std::string formatted(const char* format, base::WallTime at) const;
  Weekday weekday_{Weekday::monday};
  int hour_{8};
  std::string zone_{"UTC"};
  std::shared_ptr<const Zone> times_;
};

}  // namespace desk
