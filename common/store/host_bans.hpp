// Hosts that told us to go away, live between the three bots (RL-7): written before a reply is acted on, read before
// each send.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/store/database.hpp"
#include "common/store/wait_row.hpp"

namespace store {

struct HostBan {
  std::string host;
  WaitRow wait;
  std::string source;  ///< the guard's word for what imposed it
  int strikes{};       ///< how often in a row; the next ban grows with it
  std::string reason;  ///< for people
};

class HostBans {
 public:
  /// Does the old ban stay when the fresh one comes?
  using Outlasts = std::function<bool(const HostBan& old, const HostBan& fresh)>;

  explicit HostBans(Database& shared) : database_(shared) {}
  /// Never shortens: a row that outlasts the fresh one stays as it is. Judged by the wall clock here; who knows the
  /// boot clock passes a judgement of its own, which is asked under the write lock.
  base::Result<void> put(const HostBan& ban, const Outlasts& outlasts = ends_later);
  /// Answers from memory, as long as PRAGMA data_version says that no other bot has written. Ended bans are returned
  /// too: their strikes count.
  [[nodiscard]] base::Result<std::optional<HostBan>> find(std::string_view host);
  [[nodiscard]] base::Result<std::vector<HostBan>> all();
  base::Result<void> remove(std::string_view host);  ///< an operator's word
  /// After a probe that went well: removes the row only if it is still the one that was seen.
  base::Result<void> remove_seen(const HostBan& seen);

  [[nodiscard]] static bool ends_later(const HostBan& old, const HostBan& fresh) {
    return old.wait.until > fresh.wait.until;
  }

 private:
  base::Result<void> refresh();
  Database& database_;
  std::map<std::string, HostBan, std::less<>> known_;
  std::optional<std::int64_t> version_;  ///< of what known_ shows; empty: read again
};

}  // namespace store
