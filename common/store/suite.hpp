// What the three bots agree on: settings, operators, and one status row a bot. Each change is one short transaction.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/store/database.hpp"

namespace store {

struct Setting {
  std::string value;
  std::string changed_by;
  base::WallTime changed_at;
};

/// Pause, mutes, overrides: name -> value.
class Settings {
 public:
  explicit Settings(Database& shared) : database_(shared) {}
  [[nodiscard]] base::Result<std::optional<Setting>> get(std::string_view name);
  [[nodiscard]] base::Result<std::map<std::string, Setting>> all();
  base::Result<void> set(std::string_view name, const Setting& setting);
  base::Result<void> erase(std::string_view name);

 private:
  Database& database_;
};

struct Operator {
  std::int64_t id{};  ///< Telegram user
  std::string role;
  std::string name;
  std::string added_by;
  base::WallTime added_at;
};

class Operators {
 public:
  explicit Operators(Database& shared) : database_(shared) {}
  [[nodiscard]] base::Result<std::vector<Operator>> all();
  base::Result<void> put(const Operator& who);
  base::Result<void> erase(std::int64_t id);

 private:
  Database& database_;
};

/// What one of the bots told for all of them.
class Told {
 public:
  explicit Told(Database& shared) : database_(shared) {}
  /// True for the first that asks within `window`: it is the one who tells. Later it is news again.
  [[nodiscard]] base::Result<bool> claim(std::string_view key, std::string_view bot, base::WallTime now,
                                         base::Millis window);
  base::Result<std::int64_t> prune(base::WallTime before);

 private:
  Database& database_;
};

struct BotStatus {
  std::string bot;
  std::string status;  ///< JSON, worded by the console
  base::WallTime updated_at;
};

class BotStatuses {
 public:
  explicit BotStatuses(Database& shared) : database_(shared) {}
  base::Result<void> put(const BotStatus& status);
  [[nodiscard]] base::Result<std::vector<BotStatus>> all();

 private:
  Database& database_;
};

}  // namespace store
