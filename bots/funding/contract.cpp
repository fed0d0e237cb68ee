#include "bots/funding/contract.hpp"

#include <algorithm>
#include <cmath>

#include "common/stats/blob.hpp"

namespace funding {

namespace {

using std::chrono::minutes;

constexpr stats::BlobKind history_blob{"fund", 1};

std::int32_t minute_of(base::WallTime at) {
  // Settlements are stamped some milliseconds to seconds late by some exchanges.
  return static_cast<std::int32_t>((at.time_since_epoch() + base::Millis{30'000}) / minutes(1));
}

/// Hours between two settlements, when they are near an interval in use; more may be a settlement that is missing.
std::optional<minutes> spacing(std::int32_t earlier, std::int32_t later) {
  const std::int32_t apart = later - earlier;
  const std::int32_t hours = (apart + 30) / 60;
  const bool in_use = hours == 1 || hours == 2 || hours == 4 || hours == 8;
  if (!in_use || std::abs(apart - hours * 60) >= std::min(30, hours * 15 + 1)) return std::nullopt;
  return minutes(hours * 60);
}

}  // namespace

std::optional<minutes> interval_between(base::WallTime earlier, base::WallTime later) {
  return spacing(minute_of(earlier), minute_of(later));
}

double to_r8(double rate, minutes interval) { return rate * 480 / static_cast<double>(interval.count()); }
double to_apr(double rate, minutes interval) { return rate * 525'600 / static_cast<double>(interval.count()); }

bool History::add(base::WallTime at, double rate, std::optional<minutes> stated) {
  if (!std::isfinite(rate) || std::fabs(rate) > 1) return false;
  const std::int32_t minute = minute_of(at);
  const auto span = static_cast<std::int32_t>(span_ / minutes(1));
  if (!rows_.empty() && minute < rows_.back().minute - span) return false;
  const auto place = std::lower_bound(rows_.begin(), rows_.end(), minute - 1,
                                      [](const Row& row, std::int32_t wanted) { return row.minute < wanted; });
  if (place != rows_.end() && place->minute <= minute + 1) return false;
  const auto stated_minutes =
      static_cast<std::uint16_t>(stated ? std::clamp<std::int64_t>(stated->count(), 0, 10'080) : 0);
  rows_.insert(place, Row{.minute = minute, .stated_minutes = stated_minutes, .rate = rate});
  const auto young = std::find_if(rows_.begin(), rows_.end(),
                                  [&](const Row& row) { return row.minute >= rows_.back().minute - span; });
  rows_.erase(rows_.begin(), young);
  if (rows_.size() > settlements_max) rows_.erase(rows_.begin());
  return true;
}

bool History::knows(base::WallTime at) const {
  const std::int32_t minute = minute_of(at);
  return std::any_of(rows_.rbegin(), rows_.rend(), [&](const Row& row) { return std::abs(row.minute - minute) <= 1; });
}

std::optional<base::WallTime> History::newest() const {
  if (rows_.empty()) return std::nullopt;
  return base::from_ms(std::int64_t{rows_.back().minute} * 60'000);
}

std::string History::save() const {
  stats::BlobWriter out;
  out.put(static_cast<std::uint32_t>(rows_.size()));
  for (const Row& row : rows_) {
    out.put(row.minute);
    out.put(row.stated_minutes);
    out.put(row.rate);
  }
  return std::move(out).seal(history_blob);
}

base::Result<void> History::restore(std::string_view blob) {
  auto in = stats::BlobReader::open(blob, history_blob);
  if (!in) return in.error();
  std::vector<Row> rows(in.value().count(settlements_max));
  for (Row& row : rows) {
    row.minute = in.value().get<std::int32_t>();
    row.stated_minutes = in.value().get<std::uint16_t>();
    row.rate = in.value().get<double>();
    if (!(std::fabs(row.rate) <= 1)) in.value().fail();
  }
  const auto not_rising = [](const Row& a, const Row& b) { return a.minute >= b.minute; };
  if (!in.value().finished() || std::adjacent_find(rows.begin(), rows.end(), not_rising) != rows.end())
    return base::Error(base::ErrorKind::bad_data, "funding history",
                       "its stored bytes are damaged; it is fetched anew");
  if (rows_.empty()) rows_ = std::move(rows);
  return {};
}

std::optional<minutes> History::interval_of(std::size_t row, std::optional<minutes> present) const {
  if (rows_[row].stated_minutes > 0) return minutes(rows_[row].stated_minutes);
  std::optional<minutes> out;
  if (row > 0) out = spacing(rows_[row - 1].minute, rows_[row].minute);
  if (!out && row == 0 && rows_.size() > 1) out = spacing(rows_[0].minute, rows_[1].minute);
  return out ? out : present;
}

std::optional<Settlement> History::last_before(base::WallTime at, std::optional<minutes> present) const {
  const std::int32_t minute = minute_of(at);
  for (std::size_t row = rows_.size(); row-- > 0;) {
    if (rows_[row].minute >= minute - 1) continue;
    const auto interval = interval_of(row, present);
    if (!interval) return std::nullopt;
    return Settlement{.at = base::from_ms(std::int64_t{rows_[row].minute} * 60'000),
                      .rate = rows_[row].rate,
                      .r8 = to_r8(rows_[row].rate, *interval),
                      .interval = *interval};
  }
  return std::nullopt;
}

std::vector<double> History::recent(std::size_t count_max, base::WallTime before,
                                    std::optional<minutes> present) const {
  const std::int32_t minute = minute_of(before);
  std::vector<double> out;
  for (std::size_t row = rows_.size(); row-- > 0 && out.size() < count_max;) {
    if (rows_[row].minute >= minute - 1) continue;
    const auto interval = interval_of(row, present);
    if (!interval) break;
    out.push_back(to_r8(rows_[row].rate, *interval));
  }
  std::reverse(out.begin(), out.end());
  return out;
}

std::uint32_t History::calm_hours(double rate_max) const {
  std::uint32_t out = 0;
  for (std::size_t row = rows_.size(); row-- > 1;) {
    const bool hourly = spacing(rows_[row - 1].minute, rows_[row].minute) == minutes(60);
    if (!hourly || std::fabs(rows_[row].rate) > rate_max) break;
    ++out;
  }
  return out;
}

History::Figures History::figures(std::optional<minutes> present) const {
  std::vector<double> r8;
  r8.reserve(rows_.size());
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    if (const auto interval = interval_of(row, present)) r8.push_back(to_r8(rows_[row].rate, *interval));
  }
  Figures out;
  out.settlements = r8.size();
  if (const auto spread = stats::median_and_mad(std::move(r8))) out.r8 = *spread;
  return out;
}

}  // namespace funding
