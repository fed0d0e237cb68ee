#include "common/app/program.hpp"

#include <algorithm>

#include "common/app/exit_codes.hpp"
#include "common/base/text.hpp"
#include "common/desk/suite_messages.hpp"
#include "common/exchange/json.hpp"
#include "common/guard/limit_plan.hpp"

namespace app {
using base::ErrorKind;
using base::Millis;
using boost::asio::awaitable;

namespace {

constexpr std::size_t crashes_max = 5;
constexpr Millis crash_window{60'000};

/// MEXC publishes no liquidations: a bot that watches nothing else has no business there.
std::string address_or_terminal(const std::string& chat) { return chat.empty() ? "terminal" : chat; }

}  // namespace

/// May this process post? As long as the lock file is the one it locked.
class Program::FileLease final : public telegram::Lease {
 public:
  explicit FileLease(const store::InstanceLock& lock) : lock_(lock) {}
  [[nodiscard]] bool held() override { return lock_.held(); }

 private:
  const store::InstanceLock& lock_;
};

Program::Program(World world, const BotSpec& spec, ProgramOptions options, std::unique_ptr<BotLogic> logic,
                 Stores& stores, Log& log)
    : world_(std::move(world)),
      name_(spec.name),
      title_(spec.title),
      options_(std::move(options)),
      logic_(std::move(logic)),
      stores_(stores),
      log_(log),
      outbox_(*stores.bot),
      facts_(*stores.bot),
      baselines_(*stores.bot),
      told_(*stores.shared),
      monitor_(
          name_,
          health::MonitorSettings{options_.settings.alerts.stale_after, options_.settings.alerts.errors_per_minute_max,
                                  options_.settings.alerts.exchange_down_after},
          health::moment(world_.clock)),
      hub_(monitor_, *stores.bot, world_.clock, log),
      ledger_(*stores.shared, name_),
      lease_(std::make_unique<FileLease>(stores.instance)),
      crashes_(crashes_max, crash_window) {
  tasks_ =
      std::make_unique<base::TaskGroup>(world_.io, [this](const std::string& task, const std::exception_ptr& error) {
        on_crash(task, error);
        const auto again = forever_.find(task);
        if (again != forever_.end() && !stopping_) tasks_->spawn(task, after_crash(again->second));
      });
  build_gate();
  if (options_.destination.account) {
    auto sink = std::make_unique<telegram::TelegramSink>(world_.http, world_.clock, *options_.destination.account);
    telegram_ = sink.get();
    sink_ = std::move(sink);
  } else {
    sink_ = std::make_unique<telegram::TerminalSink>(world_.print);
  }
  std::map<store::Chat, telegram::Address> addresses;
  const auto topic = [](std::int64_t id) { return id == 0 ? std::nullopt : std::optional<std::int64_t>(id); };
  addresses[store::Chat::signals] = {address_or_terminal(options_.destination.signals_chat),
                                     topic(options_.settings.telegram.signals_topic)};
  addresses[store::Chat::operators] = {address_or_terminal(options_.destination.operators_chat),
                                       topic(options_.settings.telegram.operators_topic)};
  telegram::SenderPorts ports{*stores_.bot,
                              outbox_,
                              facts_,
                              *sink_,
                              *lease_,
                              world_.clock,
                              hub_,
                              world_.random,
                              options_.settings.gates.late_after,
                              world_.painter.get()};
  sender_ = std::make_unique<telegram::Sender>(world_.io.get_executor(), ports, addresses);
  unsaved_ = std::make_unique<Unsaved>(*sender_, world_.clock, [this](const base::Error& error) { hub_.error(error); });
  hub_.on_banned = [this](const guard::HostBan& ban) { on_banned(ban); };
  hub_.on_contracts_changed = [this](const std::string& exchange, const std::vector<market::ContractChange>& changes) {
    on_contracts(exchange, changes);
  };
  hub_.on_store_failed = [this] { on_store_trouble(); };
  hub_.on_token_refused = [this](const std::string&) {
    exit_code_ = exit_config;
    request_stop("Telegram does not know this bot token");
  };
  build_desk();
  build_feed();
  build_charts();
  build_reports();
  build_truth();
}

Program::~Program() = default;

void Program::build_gate() {
  guard::GateOptions options;
  options.breaker = options_.settings.guard.breaker;
  options.cautious_start = stores_.shared_was_lost;
  const double share = options_.settings.guard.shares.at(name_);
  for (const auto& [exchange, settings] : options_.settings.exchanges) {
    for (const auto& [limit, documented] : settings.limits) {
      guard::DocumentedLimit one;
      one.units = documented.units;
      one.per = documented.per;
      one.usage_header = documented.usage_header;
      one.undivided = documented.undivided;
      const auto plan = guard::plan_limit(exchange + " " + limit, one, share, options_.settings.guard.headroom);
      if (plan) {
        options.limits[exchange].emplace(limit, plan.value());
      } else {
        hub_.error(plan.error());  // its calls will be refused by name
      }
    }
  }
  gate_ = std::make_unique<guard::Gate>(world_.http, world_.clock, ledger_, hub_, std::move(options), world_.random);
}

void Program::expect_feeds(const feed::Venue& venue) {
  const auto needs = logic_->needs();
  // A start takes its time: contracts first, then streams. Until then nothing is missing.
  auto from = moment();
  from.steady += options_.settings.alerts.start_grace;
  const auto expect = [&](market::Topic topic, Millis period, bool streamed = true) {
    monitor_.expect({venue.name, topic, {}}, period, from, !streamed);
  };
  expect(market::Topic::instruments, Millis{std::chrono::hours{2}});
  for (const auto& poll : needs.polls) {
    auto want = poll.want;
    if (poll.spread) want.symbols = {"A"};
    if (!venue.description->asks(poll.topic, want).empty())
      expect(poll.topic, std::max(poll.every, options_.settings.run.cycle_every) * 3);
  }
  const auto& traits = venue.description->traits();
  if (feed::follows_bars(needs, traits)) expect(market::Topic::candles, Millis{180'000}, traits.candle_stream);
  // Liquidations are rare on a calm day (EXCHANGES.md 1.2): minutes without any are normal.
  if (needs.liquidations && feed::gives_liquidations(traits))
    expect(market::Topic::liquidations, Millis{std::chrono::hours{1}}, traits.liquidation_stream);
}

void Program::build_feed() {
  const auto resolve = [this](const std::string& exchange, const std::string& symbol) {
    const auto* found = feed_ ? feed_->find(exchange, symbol) : nullptr;
    if (heard_) heard_->looked_up(exchange, symbol, found);
    return found;
  };
  if (options_.settings.record.enabled)
    recorder_ = std::make_unique<feed::Recorder>(options_.settings.record, world_.io.get_executor(), world_.clock,
                                                 [this](const base::Error& error) { hub_.error(error); });
  if (recorder_) heard_ = std::make_unique<feed::HeardWriter>(*recorder_, world_.clock);
  if (heard_) heard_->began(name_);
  std::vector<std::unique_ptr<feed::Venue>> venues;
  const auto json = std::make_shared<exchange::Json>();  // one reader's memory for all of them
  for (const auto& [name, settings] : options_.settings.exchanges) {
    auto venue = std::make_unique<feed::Venue>(exchange::make_exchange(name, settings, json), settings);
    exchange_titles_[name] = venue->description->traits().title;
    if (feed::wants_nothing(logic_->needs(), *venue->description)) {
      log_.info(name + " publishes nothing that this bot watches; it is not asked");
      continue;
    }
    expect_feeds(*venue);
    venue->recorder = recorder_.get();
    venues.push_back(std::move(venue));
  }
  auto& detector = logic_->make_detector(resolve, exchange_titles_);
  Pipeline::Hooks hooks;
  hooks.now = [this] { return world_.clock.wall_now(); };
  hooks.watched = [this](const desk::Finding& finding) {
    const bool watched = finding.exchange.empty() ? feed_->watches_asset(finding.symbol)
                                                  : feed_->watches(finding.exchange, finding.symbol);
    if (heard_) heard_->watched(finding.exchange, finding.symbol, watched);
    return watched;
  };
  hooks.on_opened = hooks.on_closed = [this](const desk::Finding& finding) {
    if (finding.exchange.empty()) feed_->sample(finding.symbol);
  };
  if (heard_)
    hooks.on_resumed = [this](const std::string& key, const std::string& memo, base::WallTime now) {
      heard_->resumed(key, memo, now);
    };
  hooks.coverage = [this](const desk::Finding& finding) { return coverage_of(finding); };
  hooks.on_handled = [this](const desk::Finding& finding, const desk::Handled& handled) {
    on_handled(finding, handled);
  };
  hooks.hold = [this](desk::Finding& finding) { return outcomes_->hold(finding); };
  hooks.on_unsaved = [this](const desk::Finding& finding) { on_unsaved(finding); };
  hooks.on_dropped = [this](const std::string& key) { unsaved_->let_go(key); };
  hooks.may_retry = [this] { return !unsaved_->busy(); };
  hooks.posted_at = [this](const desk::Finding& finding) {
    const auto posted = unsaved_->posted(finding.key);
    return posted ? std::optional(posted->at) : std::nullopt;
  };
  hooks.on_error = [this](const base::Error& error) { hub_.error(error); };
  if (options_.on_candidate_line)
    hooks.on_candidate = [this](const desk::Finding& finding) {
      options_.on_candidate_line(desk::candidate_json(finding));
    };
  pipeline_ = std::make_unique<Pipeline>(detector, *desk_, hooks);
  feed::MarketFeedTools tools(world_.io, world_.clock, *gate_, ledger_, world_.ws, hub_, world_.random);
  feed_ = std::make_unique<feed::MarketFeed>(
      std::move(tools), std::move(venues), logic_->needs(), options_.settings.watch,
      [this](const market::Event& event) { hear(event); },
      [this](const std::string& exchange, const std::string& symbol) { return logic_->known_until(exchange, symbol); },
      [this](const std::string& exchange, base::WallTime now) {
        return monitor_.offsets().exchange_now(exchange, now);
      },
      [this](const std::string& task, const std::exception_ptr& error) { on_crash(task, error); });
  feed_->knows_hours = [this](const std::string& exchange, const std::string& symbol) {
    return logic_->knows_hours(exchange, symbol);
  };
}

void Program::build_truth() {
  monitor_.truth().asset_of = [this](const std::string& exchange, const std::string& symbol) {
    const auto* instrument = feed_->find(exchange, symbol);
    return instrument == nullptr ? std::string() : instrument->asset;
  };
  monitor_.truth().has_alternative = [this](const health::FeedKey& key) {
    return feed_->has_alternative(key.exchange, key.topic);
  };
}

base::Result<store::Outbox::Recovered> Program::recover() {
  auto recovered = sender_->prepare();
  if (!recovered) return recovered;
  if (auto loaded = gate_->load(); !loaded) return loaded.error();
  restore_baselines();
  restore_contracts();
  if (auto loaded = outcomes_->load(); !loaded) return loaded.error();
  pipeline_->resume(world_.clock.wall_now());
  restore_learned();
  return recovered;
}

base::Result<void> Program::start() {
  const auto recovered = recover();
  if (!recovered) return recovered.error();
  say_hello(recovered.value());
  spawn_all();
  notify_.ready("watching " + std::to_string(feed_->exchange_names().size()) + " exchanges");
  return {};
}

void Program::spawn_all() {
  for (std::size_t lane = 0; lane < sender_->lanes(); ++lane)
    spawn_forever(sender_->lane_name(lane), [this, lane] { return sender_->run_lane(lane); });
  spawn_forever("cycles", [this] { return cycles(); });
  spawn_forever("ticks", [this] { return ticks(); });
  spawn_forever("heartbeats", [this] { return heartbeats(); });
  spawn_forever("minutes", [this] { return minutes(); });
  spawn_forever("watch", [this] { return watch(); });
  spawn_forever("unsaved", [this] { return unsaved_->run(); });
  if (!options_.on_candidate_line) spawn_forever("outcomes", [this] { return outcomes_->run(); });
  if (charts_) spawn_forever("charts", [this] { return charts_->run(); });
  if (!options_.on_candidate_line) spawn_forever("weekly report", [this] { return reports_->run(); });
  if (const auto period = Notify::watchdog_period())
    spawn_forever("watchdog", [this, period] { return watchdog(*period); });
  if (telegram_ != nullptr) tasks_->spawn("identify", identify());
}

void Program::spawn_forever(const std::string& name, std::function<awaitable<void>()> make) {
  const auto at = forever_.insert_or_assign(name, std::move(make)).first;
  tasks_->spawn(name, at->second());
}

awaitable<void> Program::after_crash(std::function<awaitable<void>()> make) {
  co_await world_.clock.sleep_for(Millis{10'000});
  co_await make();
}

void Program::on_crash(const std::string& name, const std::exception_ptr& error) {
  const std::string what = base::describe(error);
  hub_.error(base::Error(ErrorKind::internal, name, what));
  const bool giving_up = crashes_.on_crash(world_.clock.steady_now());
  const auto now = world_.clock.wall_now();
  (void)tell(store::Chat::operators, desk::crash_message(title_, name, what, giving_up, now),
             "crash/" + name + "/" + std::to_string(base::to_ms(now) / 60'000), true);
  if (!giving_up || stopping_) return;
  exit_code_ = exit_again;
  request_stop("tasks fail again and again");
}

void Program::say_hello(const store::Outbox::Recovered& recovered) {
  if (!options_.settings.telegram.announce_start_stop || options_.on_candidate_line) return;
  desk::StartFacts facts;
  facts.exchanges = feed_->exchange_names().size();
  facts.heartbeat_every = options_.settings.run.heartbeat_every;
  facts.at = world_.clock.wall_now();
  facts.notes = stores_.notes;
  if (recovered.to_repeat > 0)
    facts.notes.push_back(std::to_string(recovered.to_repeat) +
                          " messages were cut off on their way; they are sent again, marked as possible repeats");
  (void)tell(store::Chat::operators, desk::started_message(title_, facts),
             "start/" + std::to_string(base::to_ms(facts.at)), !stores_.notes.empty());
}

base::Result<std::int64_t> Program::tell(store::Chat chat, const base::Html& html, const std::string& key, bool rings,
                                         store::Priority silent) {
  store::Draft draft;
  draft.dedupe_key = key;
  draft.sink = std::string(sink_->name());
  draft.chat = chat;
  draft.html = html;
  draft.silent = !rings;
  draft.priority = rings ? store::Priority::critical : silent;
  draft.repeatable = rings;
  const auto accepted = outbox_.accept(draft, world_.clock.wall_now());
  if (!accepted) {
    hub_.error(accepted.error());
    if (rings) unsaved_->offer({key, chat, html, rings});
    return accepted.error();
  }
  sender_->notice();
  return accepted.value().id;
}

void Program::apply(const Settings& settings, const BotLogic& fresh, const std::string& config_hash) {
  desk_->config_hash = config_hash;
  logic_->adopt(fresh);
  feed_->watch(settings.watch);
  desk_->set_policy(settings.gates);
  outcomes_->configure(settings.trade, settings.gates.late_after, config_hash);
  reports_->configure(settings.report);
  sender_->set_late_after(settings.gates.late_after);
  desk_->cooldown_by_symbol = settings.cooldown_by_symbol;
  options_.settings.run = settings.run;
  log_.set_level(settings.run.log_level);
}

health::Outside Program::outside() {
  health::Outside out;
  for (const auto& endpoint : gate_->states().endpoints)
    if (endpoint.state == guard::BreakerState::open || endpoint.state == guard::BreakerState::forced_open)
      ++out.breakers_open;
  if (const auto stats = outbox_.stats()) out.outbox_pending = static_cast<std::size_t>(stats.value().pending);
  out.paused = desk_->policy().paused;
  return out;
}

health::HealthReport Program::report() {
  auto out = monitor_.report(outside(), moment());
  for (auto& feed : out.troubled) feed.key.exchange = title_of(feed.key.exchange);
  for (auto& offset : out.clock_offsets) offset.exchange = title_of(offset.exchange);
  for (auto& alert : out.open_alerts) alert.subject = title_of(alert.subject);
  return out;
}

std::string Program::title_of(const std::string& subject) const {
  const auto blank = std::min(subject.find(' '), subject.size());
  const auto title = exchange_titles_.find(subject.substr(0, blank));
  return title == exchange_titles_.end() ? subject : title->second + subject.substr(blank);
}

void Program::request_stop(const std::string& why) {
  if (stopping_) return;
  stopping_ = true;
  log_.info("stopping: " + why);
  notify_.stopping(why);
  tasks_->spawn("shut down", shut_down(why));
}

}  // namespace app
