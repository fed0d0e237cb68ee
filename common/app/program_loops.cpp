// The loops of a running bot: each waits, then does one small thing. Split from program.cpp, which builds the parts.
#include <boost/asio/post.hpp>

#include "common/app/exit_codes.hpp"
#include "common/app/program.hpp"
#include "common/base/text.hpp"
#include "common/desk/suite_messages.hpp"

namespace app {
using base::Millis;
using boost::asio::awaitable;

namespace {
constexpr Millis cycle_finish_max{3'000};
constexpr Millis feed_stop_max{3'000};
constexpr Millis keep_settled{std::chrono::hours{24 * 30}};
constexpr Millis store_calm{30'000};  ///< without a failure for so long the disk is trusted again
constexpr int log_pages_quiet = 250;  ///< of 4 KiB: some twenty signals
constexpr int log_pages_room = log_pages_quiet + 50;
constexpr Millis keep_signals{std::chrono::hours{24 * 400}};
constexpr Millis keep_outcomes{std::chrono::hours{24 * 800}};  ///< a record needs its years
constexpr Millis told_window{std::chrono::minutes{90}};        ///< contracts are listed anew once an hour
constexpr Millis keep_told{std::chrono::hours{24 * 30}};
constexpr Millis keep_baselines{std::chrono::hours{24 * 60}};

std::string key_of(const health::Alert& alert) {
  return "alert/" + alert.key() + "/" + std::to_string(base::to_ms(alert.since));
}
}  // namespace

awaitable<void> Program::cycles() {
  bool first = true;
  while (!stopping_) {
    const auto began = world_.clock.steady_now();
    in_cycle_ = true;
    monitor_.progress().cycle_started(moment());
    const auto report = co_await feed_->cycle(first, options_.settings.run.cycle_limit);
    monitor_.progress().cycle_finished(moment());
    in_cycle_ = false;
    if (first) log_remembered();
    first = false;
    const std::string done = "cycle " + std::to_string(monitor_.progress().cycles()) + ": " +
                             std::to_string(report.exchanges_ok) + "/" + std::to_string(report.exchanges) +
                             " exchanges ok, " + std::to_string(report.asked) + " requests, " +
                             std::to_string(report.failed) + " failed";
    log_.debug(done);
    notify_.status(done);
    if (stopping_) break;
    world_.give_back_memory();  // the answers of a cycle are large and gone, and the heap keeps their room
    co_await world_.clock.sleep_until(began + options_.settings.run.cycle_every);
  }
}

awaitable<void> Program::ticks() {
  for (;;) {
    co_await world_.clock.sleep_for(Millis{1'000});
    feed_->on_time();
    if (recorder_) recorder_->on_time();
    pass_time();
    look_at_store();
    fold_log();
  }
}

/// In a moment without messages: the commit of a signal must not stop for it.
void Program::fold_log() {
  if (store_failed_at_ || !sender_->idle()) return;
  if (log_lengthened_ && stores_.bot->log_pages() < log_pages_quiet) return;
  const auto done = log_lengthened_ ? stores_.bot->fold_log() : stores_.bot->lengthen_log(log_pages_room);
  log_lengthened_ = true;
  if (!done) hub_.store_failed(done.error());
}

void Program::on_banned(const guard::HostBan& ban) {
  if (options_.on_candidate_line || stopping_) return;
  const auto now = world_.clock.wall_now();
  const auto html = desk::ban_message(title_, ban.host, ban.reason, ban.wait.until, now);
  const std::string key = "ban/" + ban.host + "/" + std::to_string(base::to_ms(ban.wait.until));
  auto& told = told_bans_[ban.host];
  if (told.until <= now) {
    if (const auto post = tell(store::Chat::operators, html, key, true)) told = {ban.wait.until, post.value()};
    return;
  }
  if (ban.wait.until <= told.until) return;
  // Answers that were under way met it too, or it grew: the same post names the later end.
  store::Draft edit;
  edit.dedupe_key = key;
  edit.sink = std::string(sink_->name());
  edit.chat = store::Chat::operators;
  edit.op = store::Op::edit;
  edit.refers_to = told.post;
  edit.html = html;
  edit.silent = true;
  if (auto accepted = outbox_.accept(edit, now); !accepted) return hub_.error(accepted.error());
  told.until = ban.wait.until;
  sender_->notice();
}

/// All bots see the same change within the hour: the first one tells, without a ring.
void Program::on_contracts(const std::string& exchange, const std::vector<market::ContractChange>& changes) {
  if (options_.on_candidate_line || stopping_) return;
  const auto now = world_.clock.wall_now();
  std::vector<market::ContractChange> mine;
  std::string key = "contracts/" + exchange + "/" + std::to_string(base::to_ms(now));
  for (const auto& change : changes) {
    const std::string news =
        "contract/" + exchange + "/" + change.symbol + "/" + std::string(market::to_string(change.kind));
    using Kind = market::ContractChange::Kind;
    const bool of_prices =
        change.kind == Kind::other_coin || change.kind == Kind::same_coin;  // each bot at its own time
    const auto first = told_.claim(news, name_, now, of_prices ? keep_told : told_window);
    if (!first) hub_.error(first.error());
    if (!first || first.value()) mine.push_back(change);
  }
  if (mine.empty()) return;
  log_.info(title_of(exchange) + ": " + std::to_string(mine.size()) + " changes in its list of contracts");
  (void)tell(store::Chat::operators, desk::contracts_message(title_of(exchange), mine, now), key, false);
}

void Program::on_store_trouble() {
  if (options_.on_candidate_line || stopping_) return;
  const bool first = !store_failed_at_;
  store_failed_at_ = world_.clock.steady_now();
  if (!first) return;
  health::Condition condition{health::AlertKind::storage, {}, true, {}};
  condition.facts.emplace_back("signals are posted from memory meanwhile; see whether the disk is full: df -h");
  if (const auto change = monitor_.alerts().report(condition, moment())) on_alert(*change);
}

void Program::look_at_store() {
  // Small writes may succeed on a full disk, in space that SQLite holds already: one success proves little.
  if (!store_failed_at_ || pipeline_->kept_in_memory() > 0) return;
  if (world_.clock.steady_now() - *store_failed_at_ < store_calm) return;
  if (!facts_.set("store.written", std::to_string(base::to_ms(world_.clock.wall_now())))) return on_store_trouble();
  store_failed_at_.reset();
  const auto change = monitor_.alerts().report({health::AlertKind::storage, {}, false, {}}, moment());
  if (!change) return;
  const bool said = unsaved_->posted(key_of(change->alert)).has_value() || change->alert.post;
  unsaved_->forget(key_of(change->alert));
  if (said) on_alert(*change);
}

awaitable<void> Program::heartbeats() {
  for (;;) {
    co_await world_.clock.sleep_for(options_.settings.run.heartbeat_every);
    if (options_.on_candidate_line || stopping_) continue;
    const auto now = world_.clock.wall_now();
    store::Draft draft;
    draft.dedupe_key = "heartbeat/" + std::to_string(base::to_ms(now));
    draft.sink = std::string(sink_->name());
    draft.chat = store::Chat::operators;
    draft.priority = store::Priority::heartbeat;
    draft.html = desk::heartbeat_message(title_, report());
    draft.silent = true;
    draft.repeatable = false;
    draft.expires = now + options_.settings.run.heartbeat_every;
    if (auto accepted = outbox_.accept(draft, now); !accepted) hub_.error(accepted.error());
    sender_->notice();
  }
}

void Program::prune(base::WallTime now) {
  const auto done = {outbox_.prune(now - keep_settled), desk_->prune(now - keep_signals),
                     baselines_.prune(now - keep_baselines), told_.prune(now - keep_told),
                     outcomes_->prune(now - keep_outcomes)};
  for (const auto& pruned : done)
    if (!pruned) hub_.error(pruned.error());
}

awaitable<void> Program::minutes() {
  std::uint64_t told_dropped = 0;
  for (int minute = 1;; ++minute) {
    co_await world_.clock.sleep_for(Millis{60'000});
    if (const auto line = monitor_.latency().json_line(world_.clock.wall_now()); !line.empty()) log_.info(line);
    save_baselines(false);
    save_contracts();
    if (recorder_ && recorder_->dropped() > told_dropped) {
      log_.warn("recording: " + std::to_string(recorder_->dropped() - told_dropped) + " records were left out");
      told_dropped = recorder_->dropped();
    }
    if (minute % 60 != 0) continue;
    save_learned();
    save_scores();
    prune(world_.clock.wall_now());
  }
}

awaitable<void> Program::watch() {
  for (;;) {
    co_await world_.clock.sleep_for(Millis{1'000});
    for (const auto& one : monitor_.truth().judge(moment())) {
      log_.warn(one.key.exchange + " " + std::string(market::to_string(one.key.topic)) + " is suspect, " + one.why +
                "; " + std::string(health::to_string(one.remedy)));
      feed_->apply(one.key.exchange, one.key.topic, one.remedy);
    }
    for (const auto& key : monitor_.truth().in_doubt(moment())) feed_->ask_evidence(key.exchange, key.topic);
    for (const auto& change : monitor_.check(moment())) on_alert(change);
    if (const auto topic = logic_->main_topic())
      for (const auto& exchange : feed_->exchange_names()) {
        const auto state = monitor_.feeds().state(exchange, *topic, moment());
        if (heard_) heard_->feed_state(exchange, static_cast<int>(state));
        logic_->on_feed_state(exchange, state);
      }
  }
}

void Program::on_alert(const health::AlertChange& change) {
  if (options_.on_candidate_line || stopping_) return;
  const auto now = world_.clock.wall_now();
  const auto& alert = change.alert;
  const std::string key = key_of(alert);
  auto shown = alert;
  shown.subject = title_of(alert.subject);
  if (change.kind == health::AlertChange::Kind::raised) {
    log_.warn("alert: " + alert.key());
    const auto post = tell(store::Chat::operators, desk::alert_message(title_, shown, now), key, true);
    if (post) monitor_.alerts().posted(alert.key(), post.value());
    return;
  }
  log_.info("over: " + alert.key());
  store::Draft draft;
  draft.dedupe_key = key + "/over";
  draft.sink = std::string(sink_->name());
  draft.chat = store::Chat::operators;
  draft.html = desk::recovered_message(title_, shown, now);
  draft.silent = true;
  draft.op = alert.post ? store::Op::edit : store::Op::send;
  draft.refers_to = alert.post;
  if (auto accepted = outbox_.accept(draft, now); !accepted) hub_.error(accepted.error());
  sender_->notice();
}

awaitable<void> Program::watchdog(Millis period) {
  for (;;) {
    // Tied to progress: a cycle that hangs stops the petting, and the supervisor starts the bot afresh (F-27).
    if (!monitor_.progress().stale(moment())) notify_.watchdog();
    co_await world_.clock.sleep_for(period);
  }
}

awaitable<void> Program::identify() {
  Millis pause{5'000};
  for (;;) {
    const auto identity = co_await telegram_->identify();
    if (identity) {
      log_.info("posting as @" + identity.value().username);
      co_return;
    }
    hub_.error(identity.error());
    if (identity.error().kind == base::ErrorKind::permission) {
      exit_code_ = exit_config;
      request_stop("Telegram does not know this bot token; set the one that BotFather gave");
      co_return;
    }
    co_await world_.clock.sleep_for(pause);
    pause = std::min(pause * 2, Millis{300'000});
  }
}

awaitable<feed::CycleReport> Program::once(Millis history_limit) {
  restore_contracts();
  auto report = co_await feed_->cycle(true, options_.settings.run.cycle_limit);
  const auto deadline = world_.clock.steady_now() + history_limit;
  const auto waiting = [this] {
    std::size_t count = 0;
    for (const auto& [exchange, followed] : feed_->followed()) count += followed.without_history;
    return count;
  };
  while (waiting() > 0 && world_.clock.steady_now() < deadline) co_await world_.clock.sleep_for(Millis{200});
  outcomes_->release_all();
  feed_->stop();
  while (!feed_->idle()) co_await world_.clock.sleep_for(Millis{50});
  finished_ = true;
  co_return report;
}

awaitable<std::int64_t> Program::flush_only(Millis limit) {
  for (std::size_t lane = 0; lane < sender_->lanes(); ++lane)
    tasks_->spawn(sender_->lane_name(lane), sender_->run_lane(lane));
  const auto left = co_await sender_->flush(world_.clock.steady_now() + limit);
  tasks_->stop();
  while (tasks_->running() > 0) co_await world_.clock.sleep_for(Millis{10});
  co_return left;
}

awaitable<base::Result<telegram::Identity>> Program::who_am_i() { co_return co_await telegram_->identify(); }

awaitable<void> Program::shut_down(std::string why) {
  const auto wait = [this](auto condition, Millis limit) -> awaitable<void> {
    const auto deadline = world_.clock.steady_now() + limit;
    while (condition() && world_.clock.steady_now() < deadline) co_await world_.clock.sleep_for(Millis{20});
  };
  const auto cycling = [this] { return in_cycle_; };
  auto cycle_over = wait(cycling, cycle_finish_max);
  co_await std::move(cycle_over);
  outcomes_->release_all();
  feed_->stop();
  const auto feeding = [this] { return !feed_->idle(); };
  auto feed_over = wait(feeding, feed_stop_max);
  co_await std::move(feed_over);
  save_baselines(true);
  save_learned();
  save_scores();
  outcomes_->save_progress();
  tell_digests(true);
  if (options_.settings.telegram.announce_start_stop && !options_.on_candidate_line)
    (void)tell(store::Chat::operators, desk::stopped_message(title_, report()),
               "stop/" + std::to_string(base::to_ms(world_.clock.wall_now())), false,
               store::Priority::heartbeat);  // the last word: a heartbeat that still waits goes first
  const auto left = co_await sender_->flush(world_.clock.steady_now() + flush_max);
  if (left > 0) log_.warn(std::to_string(left) + " messages stay in the outbox for the next start");
  log_.info("stopped: " + why);
  finished_ = true;
  tasks_->stop();
}

}  // namespace app
