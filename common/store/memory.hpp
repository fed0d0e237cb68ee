// What a bot remembers beside its signals: learnt baselines, small facts, and its last errors.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/store/database.hpp"

namespace store {

struct Baseline {
  std::string body;  ///< bytes of the owner's own format
  base::WallTime saved_at;
};

class Baselines {
 public:
  explicit Baselines(Database& bot) : database_(bot) {}
  base::Result<void> put(std::string_view key, const Baseline& baseline);
  [[nodiscard]] base::Result<std::optional<Baseline>> get(std::string_view key);
  [[nodiscard]] base::Result<std::map<std::string, Baseline>> all();
  base::Result<void> erase(std::string_view key);
  base::Result<std::int64_t> prune(base::WallTime before);  ///< of contracts that are gone: how many were not renewed

 private:
  Database& database_;
};

/// name -> value: the update offset, a chat's new id, until when a chat is blocked.
class Facts {
 public:
  explicit Facts(Database& bot) : database_(bot) {}
  base::Result<void> set(std::string_view name, std::string_view value);
  [[nodiscard]] base::Result<std::optional<std::string>> get(std::string_view name);
  base::Result<void> erase(std::string_view name);

 private:
  Database& database_;
};

struct JournalEntry {
  base::WallTime at;
  std::string category;  ///< to_string(ErrorKind)
  std::string place;
  std::string text;
};

/// The last errors; older ones give way.
class ErrorJournal {
 public:
  explicit ErrorJournal(Database& bot) : database_(bot) {}
  base::Result<void> add(const JournalEntry& entry);
  [[nodiscard]] base::Result<std::vector<JournalEntry>> newest(int rows_max);

  static constexpr int rows_max = 2'000;

 private:
  Database& database_;
};

}  // namespace store
