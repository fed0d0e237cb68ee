#include "common/health/error_journal.hpp"

#include <algorithm>
#include <numeric>

#include "common/base/utf8.hpp"

namespace health {
namespace {

constexpr std::size_t text_bytes_max = 200;

std::int64_t minute_of(base::SteadyTime time) {
  return std::chrono::floor<std::chrono::minutes>(time.time_since_epoch()).count();
}

void count(ErrorCounts& counts, std::optional<Category> category) {
  if (category) {
    ++counts.by_category[static_cast<std::size_t>(*category)];
  } else {
    ++counts.held_back;
  }
}

std::string one_line(std::string_view text) {
  std::string out = base::clean_utf8(text.substr(0, text_bytes_max));
  std::ranges::replace(out, '\n', ' ');
  return out;
}

}  // namespace

std::string_view to_string(Category category) {
  switch (category) {
    case Category::network: return "network";
    case Category::timeout: return "timeout";
    case Category::rate_limit: return "rate limit";
    case Category::ban: return "ban";
    case Category::permission: return "permission";
    case Category::not_found: return "not found";
    case Category::bad_data: return "bad data";
    case Category::server: return "server";
    case Category::internal: return "internal";
  }
  return "internal";
}

std::optional<Category> category_of(base::ErrorKind kind) {
  using base::ErrorKind;
  switch (kind) {
    case ErrorKind::network: return Category::network;
    case ErrorKind::timeout: return Category::timeout;
    case ErrorKind::rate_limited: return Category::rate_limit;
    case ErrorKind::banned: return Category::ban;
    case ErrorKind::permission: return Category::permission;
    case ErrorKind::not_found: return Category::not_found;
    case ErrorKind::bad_data: return Category::bad_data;
    case ErrorKind::server: return Category::server;
    case ErrorKind::refused: return std::nullopt;
    case ErrorKind::storage:
    case ErrorKind::config:
    case ErrorKind::internal: return Category::internal;
  }
  return Category::internal;
}

std::uint64_t ErrorCounts::total() const {
  return std::accumulate(by_category.begin(), by_category.end(), std::uint64_t{0});
}

std::vector<ErrorCounts::Share> ErrorCounts::largest_first() const {
  std::vector<Share> out;
  for (std::size_t i = 0; i < by_category.size(); ++i) {
    if (by_category[i] > 0) out.push_back({static_cast<Category>(i), by_category[i]});
  }
  std::ranges::stable_sort(out, std::greater<>{}, &Share::count);
  return out;
}

void ErrorJournal::add(const base::Error& error, Moment now) {
  const auto category = category_of(error.kind);
  const auto minute = minute_of(now.steady);
  if (minutes_.empty() || minutes_.back().number != minute) minutes_.push_back({minute, {}});
  while (minutes_.front().number <= minute - history / std::chrono::minutes{1}) minutes_.pop_front();
  count(minutes_.back().counts, category);
  count(total_, category);
  if (!category) return;

  const JournalEntry fresh{now.wall, now.wall, *category, one_line(error.place), one_line(error.cause)};
  const auto same = std::ranges::find_if(entries_, [&](const Entry& entry) {
    return entry.shown.category == fresh.category && entry.shown.place == fresh.place &&
           entry.shown.cause == fresh.cause && span(entry.last, now.steady) <= burst;
  });
  if (same == entries_.end()) {
    entries_.push_front({fresh, now.steady});
    if (entries_.size() > entries_max) entries_.pop_back();
    return;
  }
  same->shown.last = now.wall;
  same->last = now.steady;
  ++same->shown.times;
  std::rotate(entries_.begin(), same, same + 1);
}

ErrorCounts ErrorJournal::since(base::Millis window, Moment now) const {
  const auto oldest = minute_of(now.steady - std::min(window, history));
  ErrorCounts out;
  for (const auto& minute : minutes_) {
    if (minute.number < oldest) continue;
    for (std::size_t i = 0; i < category_count; ++i) out.by_category[i] += minute.counts.by_category[i];
    out.held_back += minute.counts.held_back;
  }
  return out;
}

std::vector<JournalEntry> ErrorJournal::recent(std::size_t count_max) const {
  std::vector<JournalEntry> out;
  for (const auto& entry : entries_) {
    if (out.size() >= count_max) break;
    out.push_back(entry.shown);
  }
  return out;
}

}  // namespace health
