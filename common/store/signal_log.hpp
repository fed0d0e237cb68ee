// Every signal that was decided, with its evidence, and what the gates remember of each key. Written in the same
// transaction as the outbox row (Database::transact).
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/store/database.hpp"

namespace store {

struct SignalRow {
  std::int64_t id{};  ///< given by add()
  std::string kind;
  std::string subject;
  std::string key;
  int tier{};
  std::string direction;
  double strength{};
  base::WallTime at;
  std::string event_id;  ///< identity of the market event that decided it: one signal an event, over restarts too
  std::string evidence;  ///< JSON
  std::optional<std::int64_t> outbox_id;
  double score{};        ///< 0 to 100, when it was decided
  std::string config{};  ///< hash of the settings that decided it
  std::string said{};    ///< "ring", "silent", or the digest it went into
};

class SignalLog {
 public:
  explicit SignalLog(Database& bot) : database_(bot) {}
  /// The new id; nullopt when this event already made a signal.
  base::Result<std::optional<std::int64_t>> add(const SignalRow& row);
  base::Result<void> set_outbox_id(std::int64_t id, std::int64_t outbox_id);
  [[nodiscard]] base::Result<std::optional<SignalRow>> find(std::int64_t id);
  [[nodiscard]] base::Result<std::optional<SignalRow>> find_event(std::string_view event_id);
  /// Signals at or after `since`, newest first.
  [[nodiscard]] base::Result<std::vector<SignalRow>> since(base::WallTime since, int rows_max);
  base::Result<std::int64_t> prune(base::WallTime before);  ///< how many rows went

 private:
  base::Result<std::vector<SignalRow>> select(std::string_view sql, Values values);
  Database& database_;
};

struct GateRow {
  base::WallTime last_at;
  int tier{};
  double strength{};
  std::string episode;  ///< the desk's own JSON; empty: none is open
};

/// Cooldowns and open episodes by key.
class GateState {
 public:
  explicit GateState(Database& bot) : database_(bot) {}
  base::Result<void> put(std::string_view key, const GateRow& row);
  [[nodiscard]] base::Result<std::optional<GateRow>> get(std::string_view key);
  [[nodiscard]] base::Result<std::map<std::string, GateRow>> all();
  base::Result<void> erase(std::string_view key);

 private:
  Database& database_;
};

}  // namespace store
