#include "common/guard/host_ban.hpp"

#include <algorithm>

#include "common/guard/retry_after.hpp"

namespace guard {

namespace {

using namespace std::chrono_literals;
constexpr base::Millis forbidden_wait = 10min;
constexpr base::Millis banned_first = 2min;
constexpr base::Millis blocked_first = 1h;
constexpr base::Millis blocked_max = 24h;
constexpr base::Millis strikes_kept = 24h;
constexpr int strikes_max = 1000;

int count_strikes(const std::optional<HostBan>& before, market::Outcome source, base::WallTime wall,
                  const base::BootTime& boot) {
  if (!before) return 1;
  const int known = std::clamp(before->strikes, 1, strikes_max);
  if (ban_left(*before, wall, boot) > base::Millis{0}) return known;  // a sibling in flight met the same ban
  HostBan remembered = *before;
  remembered.wait.until += strikes_kept;
  remembered.wait.remaining += strikes_kept;
  const bool fresh = remaining(remembered.wait, wall, boot, server_wait_max + strikes_kept) > base::Millis{0};
  return fresh && before->source == source ? std::min(known + 1, strikes_max) : 1;
}

base::Millis own_wait(const market::Verdict& verdict, int strikes) {
  if (verdict.outcome == market::Outcome::blocked) return doubled(blocked_first, strikes - 1, blocked_max);
  if (verdict.status == 403) return forbidden_wait;
  return doubled(banned_first, strikes - 1, server_wait_max);
}

std::string reason_of(const market::Verdict& verdict) {
  std::string out = std::to_string(verdict.status);
  if (!verdict.code.empty()) out += ' ' + verdict.code;
  if (!verdict.message.empty()) out += ": " + verdict.message;
  return out;
}

}  // namespace

base::Millis ban_left(const HostBan& ban, base::WallTime wall, const base::BootTime& boot) {
  return remaining(ban.wait, wall, boot, server_wait_max + server_wait_margin);
}

bool outlasts(const HostBan& old, const HostBan& fresh) {
  const base::BootTime then{fresh.wait.boot_id, fresh.wait.since_boot};
  return ban_left(old, fresh.wait.saved_at, then) > fresh.wait.remaining;
}

bool same_ban(const HostBan& a, const HostBan& b) {
  return a.host == b.host && a.wait.saved_at == b.wait.saved_at && a.wait.boot_id == b.wait.boot_id &&
         a.wait.since_boot == b.wait.since_boot;
}

HostBan next_ban(const std::string& host, const market::Verdict& verdict, std::optional<base::Millis> asked,
                 const std::optional<HostBan>& before, base::WallTime wall, const base::BootTime& boot) {
  const int strikes = count_strikes(before, verdict.outcome, wall, boot);
  auto wait = own_wait(verdict, strikes);
  if (asked && verdict.outcome == market::Outcome::blocked) wait = std::max(wait, server_wait(*asked));
  if (asked && verdict.outcome == market::Outcome::banned) wait = server_wait(*asked);
  return HostBan{host, save_wait(wait, wall, boot), verdict.outcome, strikes, reason_of(verdict)};
}

}  // namespace guard
