#include "common/store/host_bans.hpp"

namespace store {

namespace {

HostBan ban_from(const Row& row) {
  return {row.text(0),
          WaitRow{row.time(1), base::Millis(row.integer(2)), row.time(3), row.text(4), base::Millis(row.integer(5))},
          row.text(6), row.small(7), row.text(8)};
}

}  // namespace

base::Result<void> HostBans::put(const HostBan& ban, const Outlasts& outlasts) {
  version_.reset();  // our own commits do not move our data_version
  return database_.transact([&]() -> base::Result<void> {
    std::optional<HostBan> old;
    auto looked = database_.query(
        "SELECT host, until_wall_ms, remaining_ms, saved_at_ms, boot_id, boot_ms, source, strikes, reason FROM "
        "host_ban "
        "WHERE host = ?",
        {ban.host}, [&](const Row& row) { old = ban_from(row); });
    if (!looked) return looked;
    if (old && outlasts(*old, ban)) return {};
    const WaitRow& wait = ban.wait;
    auto done = database_.change(
        "INSERT OR REPLACE INTO host_ban (host, until_wall_ms, remaining_ms, saved_at_ms, boot_id, boot_ms, source, "
        "strikes, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {ban.host, wait.until, wait.remaining, wait.saved_at, wait.boot_id, wait.since_boot, ban.source, ban.strikes,
         ban.reason});
    if (!done) return done.error();
    return {};
  });
}

base::Result<void> HostBans::remove(std::string_view host) {
  version_.reset();
  auto done = database_.change("DELETE FROM host_ban WHERE host = ?", {host});
  if (!done) return done.error();
  return {};
}

base::Result<void> HostBans::remove_seen(const HostBan& seen) {
  version_.reset();
  auto done =
      database_.change("DELETE FROM host_ban WHERE host = ? AND saved_at_ms = ? AND boot_id = ? AND boot_ms = ?",
                       {seen.host, seen.wait.saved_at, seen.wait.boot_id, seen.wait.since_boot});
  if (!done) return done.error();
  return {};
}

base::Result<void> HostBans::refresh() {
  const auto version = database_.data_version();
  if (!version) return version.error();
  if (version_ == *version) return {};
  known_.clear();
  version_.reset();
  auto done = database_.query(
      "SELECT host, until_wall_ms, remaining_ms, saved_at_ms, boot_id, boot_ms, source, strikes, reason FROM host_ban",
      {}, [&](const Row& row) {
        HostBan ban = ban_from(row);
        known_[ban.host] = std::move(ban);
      });
  if (!done) return done;
  // Asked before the rows: a commit in between makes the next look read them again, never miss it.
  version_ = *version;
  return {};
}

base::Result<std::optional<HostBan>> HostBans::find(std::string_view host) {
  if (auto fresh = refresh(); !fresh) return fresh.error();
  const auto at = known_.find(host);
  if (at == known_.end()) return std::optional<HostBan>();
  return std::optional<HostBan>(at->second);
}

base::Result<std::vector<HostBan>> HostBans::all() {
  if (auto fresh = refresh(); !fresh) return fresh.error();
  std::vector<HostBan> out;
  out.reserve(known_.size());
  for (const auto& entry : known_) out.push_back(entry.second);
  return out;
}

}  // namespace store
