#include "common/stats/sliding_quantile.hpp"

#include <algorithm>
#include <cmath>

namespace stats {

namespace {

constexpr double smallest = 1e-2;
constexpr double largest = 1e12;
constexpr std::uint16_t bucket_max = 3'240;  // ln(1e14) / ln(1.01)
const double log_step = std::log(1.01);

std::uint16_t bucket_of(double amount) {
  const double steps = std::log(std::clamp(amount, smallest, largest) / smallest) / log_step;
  return static_cast<std::uint16_t>(std::min<double>(steps, bucket_max));
}

double middle_of(std::uint16_t bucket) { return smallest * std::exp((bucket + 0.5) * log_step); }

std::int64_t hour_of(base::WallTime at) {
  return std::chrono::floor<std::chrono::hours>(at).time_since_epoch().count();
}

}  // namespace

void SlidingQuantile::raise(std::vector<Cell>& cells, std::uint16_t bucket, std::uint32_t by) {
  const auto at = std::lower_bound(cells.begin(), cells.end(), bucket,
                                   [](const Cell& cell, std::uint16_t wanted) { return cell.bucket < wanted; });
  if (at != cells.end() && at->bucket == bucket) {
    at->count += by;
  } else {
    cells.insert(at, Cell{.bucket = bucket, .count = by});
  }
}

void SlidingQuantile::forget(const Hour& hour) {
  for (const Cell& cell : hour.cells) {
    const auto at = std::lower_bound(total_.begin(), total_.end(), cell.bucket,
                                     [](const Cell& c, std::uint16_t wanted) { return c.bucket < wanted; });
    at->count -= cell.count;
    count_ -= cell.count;
  }
  std::erase_if(total_, [](const Cell& cell) { return cell.count == 0; });
}

void SlidingQuantile::advance(base::WallTime now) {
  newest_hour_ = std::max(newest_hour_, hour_of(now));
  while (!hours_.empty() && hours_.front().hour < newest_hour_ - window_.count()) {
    forget(hours_.front());
    hours_.pop_front();
  }
}

bool SlidingQuantile::add(base::WallTime at, double amount) {
  if (!std::isfinite(amount) || amount <= 0) return false;
  const std::int64_t hour = hour_of(at);
  if (newest_hour_ != INT64_MIN && hour < newest_hour_ - window_.count()) return false;
  advance(at);
  auto slot = std::lower_bound(hours_.begin(), hours_.end(), hour,
                               [](const Hour& h, std::int64_t wanted) { return h.hour < wanted; });
  if (slot == hours_.end() || slot->hour != hour) slot = hours_.insert(slot, Hour{.hour = hour, .cells = {}});
  const std::uint16_t bucket = bucket_of(amount);
  raise(slot->cells, bucket, 1);
  raise(total_, bucket, 1);
  ++count_;
  return true;
}

std::optional<double> SlidingQuantile::quantile(double q) const {
  if (count_ == 0 || !(q > 0) || q > 1) return std::nullopt;
  const auto rank = static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(count_) - 1e-9));
  // From the top: the quantiles that matter stand there.
  std::uint64_t above = count_ - std::max<std::uint64_t>(rank, 1);
  for (auto cell = total_.rbegin(); cell != total_.rend(); ++cell) {
    if (above < cell->count) return middle_of(cell->bucket);
    above -= cell->count;
  }
  return middle_of(total_.front().bucket);
}

void SlidingQuantile::save(BlobWriter& out) const {
  out.put(static_cast<std::uint32_t>(hours_.size()));
  for (const Hour& hour : hours_) {
    out.put(hour.hour);
    out.put(static_cast<std::uint32_t>(hour.cells.size()));
    for (const Cell& cell : hour.cells) {
      out.put(cell.bucket);
      out.put(cell.count);
    }
  }
}

SlidingQuantile SlidingQuantile::load(BlobReader& in, std::chrono::hours window) {
  SlidingQuantile out(window);
  const auto hours = in.count(static_cast<std::uint32_t>(window.count()) + 1);
  for (std::uint32_t h = 0; h < hours && in.ok(); ++h) {
    Hour hour{.hour = in.get<std::int64_t>(), .cells = {}};
    if (!out.hours_.empty() && hour.hour <= out.hours_.back().hour) in.fail();
    const auto cells = in.count(bucket_max + 1U);
    for (std::uint32_t c = 0; c < cells && in.ok(); ++c) {
      const auto bucket = in.get<std::uint16_t>();
      const auto count = in.get<std::uint32_t>();
      if (bucket > bucket_max || count == 0 || (!hour.cells.empty() && bucket <= hour.cells.back().bucket)) in.fail();
      hour.cells.push_back({.bucket = bucket, .count = count});
    }
    if (!in.ok()) break;
    for (const Cell& cell : hour.cells) {
      raise(out.total_, cell.bucket, cell.count);
      out.count_ += cell.count;
    }
    out.newest_hour_ = hour.hour;
    out.hours_.push_back(std::move(hour));
  }
  return out;
}

}  // namespace stats
