#include "common/app/hub.hpp"

#include "common/base/text.hpp"

namespace app {

namespace {

constexpr std::size_t seen_max = 2'000;

bool power_of_two(std::uint64_t n) { return (n & (n - 1)) == 0; }

std::string words(const guard::BreakerChange& change) {
  return std::string(guard::to_string(change.from)) + " -> " + std::string(guard::to_string(change.to)) + " (" +
         std::string(guard::to_string(change.reason)) + ")" + (change.who.empty() ? "" : " by " + change.who) +
         (change.why.empty() ? "" : ": " + change.why);
}

}  // namespace

void Hub::log_error(const base::Error& error) {
  const std::string line = std::string(base::to_string(error.kind)) + ": " + error.text();
  if (seen_.size() > seen_max) seen_.clear();
  const auto times = ++seen_[line];
  if (!power_of_two(times)) return;
  log_.warn(times == 1 ? line : line + " (" + std::to_string(times) + " times)");
}

void Hub::error(const base::Error& error) {
  monitor_.on_error(error, now());
  log_error(error);
  if (error.kind == base::ErrorKind::refused || error.kind == base::ErrorKind::storage) return;
  store::JournalEntry entry;
  entry.at = clock_.wall_now();
  entry.category = base::to_string(error.kind);
  entry.place = error.place;
  entry.text = error.cause;
  if (auto added = journal_.add(entry); !added) log_error(added.error());
}

void Hub::on_call(const guard::CallReport& report) {
  if (report.outcome == market::Outcome::ok)
    monitor_.latency().add(report.exchange + " " + report.endpoint, report.elapsed);
}

void Hub::on_breaker(const guard::BreakerKey& key, const guard::BreakerChange& change) {
  log_.warn("breaker " + key.text() + ": " + words(change));
}

void Hub::on_ban(const guard::HostBan& ban) {
  log_.error("host " + ban.host + " is left alone until " + base::utc_stamp(ban.wait.until) + ": " + ban.reason);
  if (on_banned) on_banned(ban);
}

void Hub::on_wait(const std::string& exchange, const std::string& endpoint, base::Millis waited) {
  log_.debug(exchange + " " + endpoint + ": waited " + base::duration_words(waited) + " for its limit");
}

void Hub::on_refused(const guard::BreakerKey& key, guard::Refusal why, std::optional<base::Millis> retry_after) {
  log_.debug("held back " + key.text() + ": " + std::string(guard::to_string(why)) +
             (retry_after ? ", again in " + base::duration_words(*retry_after) : ""));
}

void Hub::on_ledger_error(const base::Error& error) { this->error(error); }

void Hub::on_live(const std::string& exchange, market::Topic topic) { monitor_.on_up({exchange, topic, {}}, now()); }

void Hub::on_lost(const std::string& exchange, market::Topic topic, const base::Error& why) {
  monitor_.on_down({exchange, topic, {}}, why, now());
}

void Hub::on_data(const std::string& exchange, market::Topic topic, std::size_t events,
                  std::optional<base::WallTime> newest) {
  monitor_.feeds().on_data({exchange, topic, {}}, events, newest, now());
}

void Hub::on_content(const std::string& exchange, market::Topic topic, const market::Events& events) {
  monitor_.truth().on_content({exchange, topic, {}}, events, now());
}

void Hub::on_evidence(const std::string& exchange, market::Topic topic, base::WallTime newest) {
  monitor_.truth().on_evidence({exchange, topic, {}}, newest, now());
}

void Hub::on_error(const std::string& place, const base::Error& error) {
  base::Error placed = error;
  placed.place = place;
  this->error(placed);
}

void Hub::on_rows_skipped(const std::string& exchange, market::Topic topic, std::size_t rows) {
  const std::string line = exchange + " " + std::string(market::to_string(topic)) + ": rows that could not be read";
  if (power_of_two(++seen_[line])) log_.warn(line + ": " + std::to_string(rows));
}

void Hub::on_server_time(const std::string& exchange, base::WallTime server, base::WallTime received,
                         base::Millis round_trip, base::Millis resolution) {
  monitor_.on_server_time(exchange, server, received, round_trip, resolution);
}

void Hub::sent(const store::OutboxRow& row, base::Millis waited, base::Millis took) {
  monitor_.root_cause().on_telegram(true, now());
  monitor_.latency().add("telegram " + std::string(row.draft.picture.empty() ? to_string(row.draft.op) : "photo"),
                         took);
  log_.debug("sent " + row.draft.dedupe_key + " after " + base::duration_words(waited));
}

void Hub::failed(const store::OutboxRow& row, const telegram::Answer& answer, store::RowState became) {
  using telegram::Outcome;
  if (answer.outcome != Outcome::not_drawn)
    monitor_.root_cause().on_telegram(answer.outcome != Outcome::network, now());
  auto kind = base::ErrorKind::server;
  if (answer.outcome == Outcome::flood) kind = base::ErrorKind::rate_limited;
  if (answer.outcome == Outcome::network) kind = base::ErrorKind::network;
  if (answer.outcome == Outcome::bad_html || answer.outcome == Outcome::too_long ||
      answer.outcome == Outcome::not_drawn)
    kind = base::ErrorKind::internal;
  if (answer.outcome == Outcome::chat_gone || answer.outcome == Outcome::unauthorised)
    kind = base::ErrorKind::permission;
  error(base::Error(kind, "telegram " + std::string(store::to_string(row.draft.op)),
                    std::string(telegram::to_string(answer.outcome)) + (answer.text.empty() ? "" : ": " + answer.text) +
                        "; the message is " + std::string(store::to_string(became))));
  if (answer.outcome == Outcome::unauthorised && on_token_refused) on_token_refused(answer.text);
}

void Hub::store_failed(const base::Error& error) {
  this->error(error);
  if (on_store_failed) on_store_failed();
}

}  // namespace app
