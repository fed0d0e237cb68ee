// What went wrong: counted by category, the newest kept with time, place and cause. A burst of one mistake is one line.
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.hpp"
#include "common/health/moment.hpp"

namespace health {

/// How a heartbeat groups errors. Storage and configuration errors of this machine count as internal.
enum class Category : std::uint8_t {
  network,
  timeout,
  rate_limit,
  ban,
  permission,
  not_found,
  bad_data,
  server,  ///< the exchange's own 5xx: reached, and failed there
  internal,
};
inline constexpr std::size_t category_count = 9;

[[nodiscard]] std::string_view to_string(Category category);  ///< "rate limit"
/// nullopt for what our own guard held back: its cause was counted when it happened.
[[nodiscard]] std::optional<Category> category_of(base::ErrorKind kind);

struct ErrorCounts {
  std::array<std::uint64_t, category_count> by_category{};
  std::uint64_t held_back{};  ///< calls that our guard did not let out; no errors

  [[nodiscard]] std::uint64_t total() const;  ///< of the categories
  struct Share {
    Category category{};
    std::uint64_t count{};
    bool operator==(const Share&) const = default;
  };
  [[nodiscard]] std::vector<Share> largest_first() const;  ///< without the zeros
};

struct JournalEntry {
  base::WallTime first{}, last{};
  Category category{};
  std::string place, cause;  ///< plain text from outside: escape before it meets a message
  std::uint64_t times{1};
};

class ErrorJournal {
 public:
  static constexpr std::size_t entries_max = 50;
  static constexpr base::Millis burst{60'000};       ///< the same error again within this belongs to the same entry
  static constexpr base::Millis history{3'600'000};  ///< since() looks back so far at most

  void add(const base::Error& error, Moment now);

  [[nodiscard]] const ErrorCounts& total() const { return total_; }
  /// Of the last `window`, to the full minute before it; at most `history`.
  [[nodiscard]] ErrorCounts since(base::Millis window, Moment now) const;
  /// The newest first, ordered by their last occurrence.
  [[nodiscard]] std::vector<JournalEntry> recent(std::size_t count_max) const;

 private:
  struct Minute {
    std::int64_t number{};  ///< of steady time
    ErrorCounts counts;
  };
  struct Entry {
    JournalEntry shown;
    base::SteadyTime last{};
  };
  ErrorCounts total_;
  std::deque<Minute> minutes_;  ///< oldest first
  std::deque<Entry> entries_;   ///< newest first
};

}  // namespace health
