#include "common/store/guard_rows.hpp"

namespace store {

namespace {

WaitRow wait_from(const Row& row, int first) {
  return {row.time(first), base::Millis(row.integer(first + 1)), row.time(first + 2), row.text(first + 3),
          base::Millis(row.integer(first + 4))};
}

}  // namespace

base::Result<void> GuardRows::put(std::string_view bot, const BreakerRow& row) {
  const WaitRow& wait = row.wait;
  auto done = database_.change(
      "INSERT OR REPLACE INTO breaker (bot, exchange, host, endpoint, state, openings, until_ms, remaining_ms, "
      "saved_at_ms, boot_id, boot_ms, server_imposed, who, why) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {bot, row.exchange, row.host, row.endpoint, row.state, row.openings, wait.until, wait.remaining, wait.saved_at,
       wait.boot_id, wait.since_boot, row.server_imposed, row.who, row.why});
  if (!done) return done.error();
  return {};
}

base::Result<void> GuardRows::put(std::string_view bot, const LimiterRow& row) {
  auto done = database_.change(
      "INSERT OR REPLACE INTO limiter (bot, exchange, name, busy_until_ms, busy_remaining_ms, busy_saved_at_ms, "
      "busy_boot_id, busy_boot_ms, blocked_until_ms, blocked_remaining_ms, blocked_saved_at_ms, blocked_boot_id, "
      "blocked_boot_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {bot, row.exchange, row.limit, row.busy.until, row.busy.remaining, row.busy.saved_at, row.busy.boot_id,
       row.busy.since_boot, row.blocked.until, row.blocked.remaining, row.blocked.saved_at, row.blocked.boot_id,
       row.blocked.since_boot});
  if (!done) return done.error();
  return {};
}

base::Result<std::vector<BreakerRow>> GuardRows::breakers(std::string_view bot) {
  std::vector<BreakerRow> out;
  auto done = database_.query(
      "SELECT exchange, host, endpoint, state, openings, until_ms, remaining_ms, saved_at_ms, boot_id, boot_ms, "
      "server_imposed, who, why FROM breaker WHERE bot = ? ORDER BY exchange, host, endpoint",
      {bot}, [&](const Row& row) {
        out.push_back({row.text(0), row.text(1), row.text(2), row.small(3), row.small(4), wait_from(row, 5),
                       row.flag(10), row.text(11), row.text(12)});
      });
  if (!done) return done.error();
  return out;
}

base::Result<std::vector<LimiterRow>> GuardRows::limiters(std::string_view bot) {
  std::vector<LimiterRow> out;
  auto done = database_.query(
      "SELECT exchange, name, busy_until_ms, busy_remaining_ms, busy_saved_at_ms, busy_boot_id, busy_boot_ms, "
      "blocked_until_ms, blocked_remaining_ms, blocked_saved_at_ms, blocked_boot_id, blocked_boot_ms FROM limiter "
      "WHERE bot = ? ORDER BY exchange, name",
      {bot}, [&](const Row& row) {
        out.push_back({row.text(0), row.text(1), wait_from(row, 2), wait_from(row, 7)});
      });
  if (!done) return done.error();
  return out;
}

}  // namespace store
