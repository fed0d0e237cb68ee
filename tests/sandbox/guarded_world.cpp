#include "tests/sandbox/guarded_world.hpp"

#include <algorithm>

#include "tests/sandbox/bot_parts.hpp"

namespace sandbox {
using boost::asio::awaitable;

namespace {

constexpr double ticks_far_apart = 1e6;  // the market need not move

health::MonitorSettings monitor_settings(const app::AlertSettings& alerts) {
  health::MonitorSettings out;
  out.stale_after = base::Millis{std::chrono::hours{24 * 30}};  // no cycles here: not what is tested
  out.errors_per_minute_max = alerts.errors_per_minute_max;
  out.exchange_down_after = alerts.exchange_down_after;
  return out;
}

app::Stores opened(const GuardedWorld& world, const std::string& bot) {
  auto out = app::open_stores(world.folder.path(), world.folder.path() / "shared", bot, world.clock.wall_now());
  if (!out) throw std::runtime_error(out.error().text());
  return std::move(out.value());
}

std::string path_of(const std::string& target) { return target.substr(0, target.find('?')); }

}  // namespace

Questions questions_of(const std::string& exchange) {
  if (exchange == "okx") return {Topic::open_interest, Topic::instruments};
  if (exchange == "mexc") return {Topic::tickers, Topic::funding};
  if (exchange == "kucoin" || exchange == "deribit") return {Topic::instruments, Topic::server_time};
  if (exchange == "hyperliquid") return {Topic::tickers, Topic::server_time};
  return {Topic::tickers, Topic::instruments};
}

std::string witness_of(const std::string& exchange) { return exchange == "bybit" ? "gate" : "bybit"; }

awaitable<base::Result<net::Response>> WatchedHttp::send(const net::Request& request) {
  const auto url = net::parse_url(request.url);
  sent.push_back({clock_.steady_now(), url->host, path_of(url->target)});
  net::Request out = request;
  out.total_timeout = std::min(out.total_timeout, patience);
  ++in_flight;
  struct Leave {
    int& count;
    ~Leave() { --count; }
  } leave{in_flight};
  co_return co_await real_->send(out);
}

GuardedBot::Lane::Lane(GuardedBot& bot, const std::string& name)
    : venue(exchange::make_exchange(name, bot.world_.settings.exchanges.at(name)),
            bot.world_.settings.exchanges.at(name)),
      fetcher(venue, *bot.gate_, bot.world_.clock, bot.hub_) {}

GuardedBot::GuardedBot(GuardedWorld& world, const std::string& name)
    : world_(world),
      stores_(opened(world, name)),
      log_({name, "error", false, true}),
      monitor_(name, monitor_settings(world.settings.alerts), health::moment(world.clock)),
      hub_(monitor_, *stores_.bot, world.clock, log_),
      ledger_(*stores_.shared, name),
      gate_(std::make_unique<guard::Gate>(*world.http, world.clock, ledger_, *this, gate_options(world.settings, name),
                                          [] { return 0.5; })) {
  const auto loaded = gate_->load();
  if (!loaded) throw std::runtime_error(loaded.error().text());
}

GuardedBot::Lane& GuardedBot::lane(const std::string& exchange) {
  auto& out = lanes_[exchange];
  if (!out) out = std::make_unique<Lane>(*this, exchange);
  return *out;
}

exchange::Ask GuardedBot::ask_of(const Lane& lane, Topic topic) {
  const auto asks = lane.venue.description->asks(topic, {});
  if (asks.size() != 1) throw std::runtime_error(lane.venue.name + ": a topic of one request is wanted");
  return asks.front();
}

GuardedBot::Sweep GuardedBot::sweep(const std::string& exchange, Topic topic) {
  auto& its = lane(exchange);
  auto& sweeper = its.sweepers[topic];
  if (!sweeper) {
    monitor_.expect({exchange, topic, {}}, base::Millis{std::chrono::hours{24 * 30}}, health::moment(world_.clock));
    std::vector<feed::PollJob> jobs{feed::PollJob(topic, base::Millis{60'000})};
    sweeper = std::make_unique<feed::Sweeper>(
        its.fetcher, world_.clock, hub_, [](const market::Event&) {}, std::move(jobs));
  }
  auto out = std::make_shared<Swept>();
  world_.tasks.spawn(exchange, run(*sweeper, out));
  world_.settle();
  return out;
}

awaitable<void> GuardedBot::run(feed::Sweeper& sweeper, Sweep out) {
  ++sweeping_;
  struct Leave {
    int& count;
    ~Leave() { --count; }
  } leave{sweeping_};
  out->report = co_await sweeper.sweep(true);
  out->done = true;
}

void GuardedBot::begin_well(const std::string& exchange) {
  for (const auto& name : {exchange, witness_of(exchange)}) {
    const auto [asked, other] = questions_of(name);
    for (const auto topic : {other, asked}) {
      const auto swept = sweep(name, topic);
      world_.pass(20s);
      EXPECT_TRUE(swept->ok()) << name;
    }
  }
  EXPECT_TRUE(alerts().empty());
}

void GuardedBot::expect_told(const std::string& exchange, const std::string& words) {
  const auto view = feed(exchange, questions_of(exchange).asked);
  EXPECT_NE(view.why.find(words), std::string::npos) << view.why;
  const auto witness = sweep(witness_of(exchange), questions_of(witness_of(exchange)).asked);
  world_.pass(20s);  // of config/common.toml: exchange_down_after
  EXPECT_TRUE(witness->ok());
  EXPECT_EQ(feed(exchange, questions_of(exchange).asked).state, health::FeedState::dead);
  EXPECT_EQ(alerts(), std::vector<std::string>{"raised exchange_down/" + exchange});
  world_.pass(1s);
  EXPECT_TRUE(alerts().empty());
}

void GuardedBot::expect_recovered(const std::string& exchange) {
  const auto [asked, other] = questions_of(exchange);
  for (const auto topic : {asked, other}) {
    const auto swept = sweep(exchange, topic);
    world_.pass(20s);
    EXPECT_TRUE(swept->ok());
  }
  EXPECT_LE(feed(exchange, asked).state, health::FeedState::quiet);
  EXPECT_EQ(alerts(), std::vector<std::string>{"cleared exchange_down/" + exchange});
}

std::optional<guard::HostBan> GuardedBot::ban(const std::string& exchange) {
  const auto row = ledger_.ban(GuardedWorld::host(exchange));
  if (!row) throw std::runtime_error(row.error().text());
  return *row;
}

guard::EndpointView GuardedBot::endpoint(const std::string& exchange, Topic topic) {
  const auto name = ask_of(lane(exchange), topic).endpoint;
  for (const auto& view : gate_->states().endpoints)
    if (view.key.exchange == exchange && view.key.endpoint == name) return view;
  return {};
}

health::FeedView GuardedBot::feed(const std::string& exchange, Topic topic) {
  for (auto& view : monitor_.feeds().views(health::moment(world_.clock)))
    if (view.key == health::FeedKey{exchange, topic, {}}) return view;
  return {};
}

std::uint64_t GuardedBot::errors(health::Category category) const {
  return monitor_.journal().total().by_category[static_cast<std::size_t>(category)];
}

std::vector<std::string> GuardedBot::alerts() {
  std::vector<std::string> out;
  for (const auto& change : monitor_.check(health::moment(world_.clock)))
    out.push_back((change.kind == health::AlertChange::Kind::raised ? "raised " : "cleared ") + change.alert.key());
  return out;
}

bool GuardedBot::share_a_limit(const std::string& exchange, Topic one, Topic other) const {
  const auto& its = *lanes_.at(exchange);
  const auto costs = ask_of(its, one).costs;
  return std::ranges::any_of(ask_of(its, other).costs, [&](const exchange::Cost& cost) {
    return std::ranges::find(costs, cost.limit, &exchange::Cost::limit) != costs.end();
  });
}

std::string GuardedBot::target(const std::string& exchange, Topic topic) const {
  return path_of(net::parse_url(ask_of(*lanes_.at(exchange), topic).request.url)->target);
}

void GuardedBot::on_call(const guard::CallReport& report) {
  calls.push_back(report);
  hub_.on_call(report);
}

void GuardedBot::on_breaker(const guard::BreakerKey& key, const guard::BreakerChange& change) {
  breaker_changes.push_back(change);
  hub_.on_breaker(key, change);
}

void GuardedBot::on_ban(const guard::HostBan& ban) { hub_.on_ban(ban); }

void GuardedBot::on_wait(const std::string& exchange, const std::string& endpoint, base::Millis waited) {
  hub_.on_wait(exchange, endpoint, waited);
}

void GuardedBot::on_refused(const guard::BreakerKey& key, guard::Refusal why, std::optional<base::Millis> after) {
  refusals.push_back(why);
  hub_.on_refused(key, why, after);
}

GuardedWorld::GuardedWorld() : settings(shipped_settings()), app_({}, now()), server_(io, clock, app_, tasks) {
  std::uint16_t port = 0;
  for (auto& [name, its] : settings.exchanges) {
    port = server_.listen(host(name), port);
    point_at(its, name, host(name), port);
  }
  server_.start(ticks_far_apart);
  http = std::make_unique<WatchedHttp>(net::make_http_client(io, {}), clock);
}

GuardedWorld::~GuardedWorld() {
  tasks.stop();
  settle();
  for (int i = 0; tasks.running() > 0 && i < 100; ++i) {
    io.restart();
    io.run_one_for(10ms);
  }
}

std::string GuardedWorld::host(const std::string& exchange) {
  const auto names = exchange::exchange_names();
  const auto at = std::ranges::find(names, exchange) - names.begin();
  return "127.0.0." + std::to_string(10 + at);
}

void GuardedWorld::settle() {
  constexpr int patience = 100;
  const auto ready = [this] {
    io.restart();
    while (io.poll() > 0) io.restart();
  };
  ready();
  for (int idle = 0; http->in_flight > 0 && idle < patience;) {
    io.restart();
    idle = io.run_one_for(100ms) == 0 ? idle + 1 : 0;
    ready();
  }
  EXPECT_EQ(http->in_flight, 0) << "a request that never ends";
}

void GuardedWorld::pass(base::Millis span) {
  const auto until = clock.steady_now() + span;
  settle();
  while (clock.next_wake() && *clock.next_wake() <= until) {
    clock.advance(std::chrono::ceil<base::Millis>(*clock.next_wake() - clock.steady_now()));
    settle();
  }
  clock.advance(std::chrono::duration_cast<base::Millis>(until - clock.steady_now()));
  settle();
}

Json GuardedWorld::control(const std::string& method, const std::string& path, const Json& body) {
  Request request;
  request.method = method;
  request.path = "/control/" + path;
  request.body = body.dump();
  const auto response = app_.http(request, now());
  EXPECT_EQ(response.status, 200) << response.body;
  return Json::parse(response.body);
}

void GuardedWorld::fault(const std::string& path, Json what) {
  what["path"] = path;
  control("POST", "fault", what);
}

void GuardedWorld::no_faults() { control("DELETE", "fault"); }

std::int64_t GuardedWorld::fired() {
  std::int64_t out = 0;
  for (const auto& fault : control("GET", "faults")) out += fault.at("fired").get<std::int64_t>();
  return out;
}

std::vector<WatchedHttp::Sent> GuardedWorld::sent(const std::string& exchange, std::size_t mark,
                                                  const std::string& target) const {
  std::vector<WatchedHttp::Sent> out;
  for (std::size_t i = mark; i < http->sent.size(); ++i) {
    const auto& one = http->sent[i];
    if (one.host == host(exchange) && (target.empty() || one.target == target)) out.push_back(one);
  }
  return out;
}

}  // namespace sandbox
