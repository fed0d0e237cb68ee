#include "common/stats/day_ranks.hpp"

#include <algorithm>
#include <cmath>

namespace stats {

std::size_t DayRanks::bucket_of(double value) {
  if (!(value > 0)) return 0;
  int exponent = 0;
  const double mantissa = std::frexp(value, &exponent);  // in [0.5, 1)
  const int part = std::min(parts - 1, static_cast<int>((mantissa - 0.5) * 2 * parts));
  const int index = (exponent + octaves_each_way) * parts + part;
  return 1 + static_cast<std::size_t>(std::clamp(index, 0, static_cast<int>(buckets) - 2));
}

void DayRanks::leave(std::vector<Day>& row) {
  for (std::size_t i = 0; i < buckets; ++i) {
    sums_[i] -= row.front().counts[i];
    count_ -= row.front().counts[i];
  }
  row.clear();
}

DayRanks::Day* DayRanks::row_of(std::int64_t day) {
  if (day < 0) return nullptr;
  auto& row = rows_[static_cast<std::size_t>(day) % rows_.size()];
  if (!row.empty() && row.front().day == day) return row.data();
  std::int64_t newest = day;
  for (const auto& one : rows_)
    if (!one.empty()) newest = std::max(newest, one.front().day);
  if (newest - day >= static_cast<std::int64_t>(rows_.size())) return nullptr;
  for (auto& one : rows_)
    if (!one.empty() && newest - one.front().day >= static_cast<std::int64_t>(rows_.size())) leave(one);
  row.emplace_back();
  row.front().day = day;
  return row.data();
}

void DayRanks::add(double value, std::int64_t day) {
  if (!std::isfinite(value)) return;
  auto* row = row_of(day);
  if (row == nullptr) return;
  const auto bucket = bucket_of(value);
  ++row->counts[bucket];
  ++sums_[bucket];
  ++count_;
}

double DayRanks::share_below(double value) const {
  if (count_ == 0 || std::isnan(value)) return 0.5;
  const auto bucket = bucket_of(value);
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < bucket; ++i) below += sums_[i];
  return (static_cast<double>(below) + static_cast<double>(sums_[bucket]) / 2) / static_cast<double>(count_);
}

std::string DayRanks::save() const {
  BlobWriter out;
  out.put(static_cast<std::uint32_t>(
      std::count_if(rows_.begin(), rows_.end(), [](const auto& row) { return !row.empty(); })));
  for (const auto& row : rows_) {
    if (row.empty()) continue;
    const auto& counts = row.front().counts;
    out.put(row.front().day);
    out.put(static_cast<std::uint32_t>(std::count_if(counts.begin(), counts.end(), [](auto n) { return n > 0; })));
    for (std::size_t i = 0; i < buckets; ++i) {
      if (counts[i] == 0) continue;
      out.put(static_cast<std::uint16_t>(i));
      out.put(counts[i]);
    }
  }
  return std::move(out).seal(blob_kind);
}

base::Result<DayRanks> DayRanks::load(std::string_view blob, std::uint32_t days) {
  auto opened = BlobReader::open(blob, blob_kind);
  if (!opened) return opened.error();
  auto& in = opened.value();
  DayRanks out(days);
  for (auto left = in.count(days); left > 0 && in.ok(); --left) {
    const auto day = in.get<std::int64_t>();
    auto* row = out.row_of(day);
    for (auto cells = in.count(buckets); cells > 0 && in.ok(); --cells) {
      const auto bucket = in.get<std::uint16_t>();
      const auto count = in.get<std::uint32_t>();
      if (bucket >= buckets || row == nullptr || row->counts[bucket] != 0) {
        in.fail();
        break;
      }
      row->counts[bucket] = count;
      out.sums_[bucket] += count;
      out.count_ += count;
    }
  }
  if (!in.finished())
    return base::Error(base::ErrorKind::bad_data, "stored ranks", "a value is out of its range",
                       "nothing to do: they are learned anew");
  return out;
}

}  // namespace stats
