#include "common/app/shared_ledger.hpp"

namespace app {

namespace {

store::WaitRow to_row(const guard::SavedWait& wait) {
  store::WaitRow out;
  out.until = wait.until;
  out.remaining = wait.remaining;
  out.saved_at = wait.saved_at;
  out.boot_id = wait.boot_id;
  out.since_boot = wait.since_boot;
  return out;
}

guard::SavedWait from_row(const store::WaitRow& row) {
  guard::SavedWait out;
  out.until = row.until;
  out.remaining = row.remaining;
  out.saved_at = row.saved_at;
  out.boot_id = row.boot_id;
  out.since_boot = row.since_boot;
  return out;
}

store::HostBan to_row(const guard::HostBan& ban) {
  store::HostBan out;
  out.host = ban.host;
  out.wait = to_row(ban.wait);
  out.source = ban.source == market::Outcome::blocked ? "blocked" : "banned";
  out.strikes = ban.strikes;
  out.reason = ban.reason;
  return out;
}

guard::HostBan from_row(const store::HostBan& row) {
  guard::HostBan out;
  out.host = row.host;
  out.wait = from_row(row.wait);
  out.source = row.source == "blocked" ? market::Outcome::blocked : market::Outcome::banned;
  out.strikes = row.strikes;
  out.reason = row.reason;
  return out;
}

}  // namespace

base::Result<std::optional<guard::HostBan>> SharedLedger::ban(const std::string& host) {
  const auto row = bans_.find(host);
  if (!row) return row.error();
  return row.value() ? std::optional<guard::HostBan>(from_row(*row.value())) : std::nullopt;
}

base::Result<void> SharedLedger::put_ban(const guard::HostBan& ban) {
  return bans_.put(to_row(ban), [](const store::HostBan& old, const store::HostBan& fresh) {
    return guard::outlasts(from_row(old), from_row(fresh));
  });
}

base::Result<void> SharedLedger::clear_ban(const guard::HostBan& seen) { return bans_.remove_seen(to_row(seen)); }

base::Result<std::vector<guard::BreakerRow>> SharedLedger::load_breakers() {
  const auto rows = rows_.breakers(bot_);
  if (!rows) return rows.error();
  std::vector<guard::BreakerRow> out;
  for (const auto& row : rows.value()) {
    guard::BreakerRow one;
    one.key = {row.exchange, row.host, row.endpoint};
    one.state = static_cast<guard::BreakerState>(row.state);
    one.openings = row.openings;
    one.wait = from_row(row.wait);
    one.server_imposed = row.server_imposed;
    one.who = row.who;
    one.why = row.why;
    out.push_back(std::move(one));
  }
  return out;
}

base::Result<void> SharedLedger::save_breaker(const guard::BreakerRow& row) {
  store::BreakerRow out;
  out.exchange = row.key.exchange;
  out.host = row.key.host;
  out.endpoint = row.key.endpoint;
  out.state = static_cast<int>(row.state);
  out.openings = row.openings;
  out.wait = to_row(row.wait);
  out.server_imposed = row.server_imposed;
  out.who = row.who;
  out.why = row.why;
  return rows_.put(bot_, out);
}

base::Result<std::vector<guard::LimiterRow>> SharedLedger::load_limiters() {
  const auto rows = rows_.limiters(bot_);
  if (!rows) return rows.error();
  std::vector<guard::LimiterRow> out;
  for (const auto& row : rows.value()) {
    guard::LimiterRow one;
    one.exchange = row.exchange;
    one.limit = row.limit;
    one.busy = from_row(row.busy);
    one.blocked = from_row(row.blocked);
    out.push_back(std::move(one));
  }
  return out;
}

base::Result<void> SharedLedger::save_limiter(const guard::LimiterRow& row) {
  store::LimiterRow out;
  out.exchange = row.exchange;
  out.limit = row.limit;
  out.busy = to_row(row.busy);
  out.blocked = to_row(row.blocked);
  return rows_.put(bot_, out);
}

}  // namespace app
