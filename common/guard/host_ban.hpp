// A ban of our address by one host, as all three bots see it.
#pragma once
#include <optional>
#include <string>

#include "common/guard/saved_wait.hpp"
#include "common/market/verdict.hpp"

namespace guard {

/// One row a host in the shared ledger. It stays there when its time is over: for the strikes, and as a sign that one
/// probe must come before the rest.
struct HostBan {
  std::string host;
  SavedWait wait;                                   ///< wait.until is the end, wait.saved_at when it was imposed
  market::Outcome source{market::Outcome::banned};  ///< banned, or blocked: region or WAF
  int strikes{1};                                   ///< bans in a row, this one included
  std::string reason;                               ///< "418 -1003: …", for people
};

[[nodiscard]] base::Millis ban_left(const HostBan& ban, base::WallTime wall, const base::BootTime& boot);

/// Does `old` end later than `fresh`? Then a ledger keeps it: nothing shortens a ban.
[[nodiscard]] bool outlasts(const HostBan& old, const HostBan& fresh);
[[nodiscard]] bool same_ban(const HostBan& a, const HostBan& b);

/// The ban that a verdict (banned or blocked) imposes. `asked` is the server's own wait, raw. Without one: 403 ten
/// minutes, any other ban 2 min · 2^k up to 3 days, a blocked region 1 h · 2^k up to 24 h, where k counts the bans
/// before it that ended less than a day ago.
[[nodiscard]] HostBan next_ban(const std::string& host, const market::Verdict& verdict,
                               std::optional<base::Millis> asked, const std::optional<HostBan>& before,
                               base::WallTime wall, const base::BootTime& boot);

}  // namespace guard
