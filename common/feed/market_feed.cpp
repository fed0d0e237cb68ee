#include "common/feed/market_feed.hpp"

#include <algorithm>

#include "common/feed/evidence.hpp"
#include "common/feed/sampler.hpp"

namespace feed {
using base::Millis;
using boost::asio::awaitable;

namespace {
constexpr Millis restart_after{10'000};
constexpr Millis wait_step{100};

std::vector<PollJob> liquidation_poll() {
  std::vector<PollJob> jobs;
  jobs.emplace_back(market::Topic::liquidations, liquidation_poll_every);
  return jobs;
}

std::vector<std::string> symbols_of(const std::vector<const market::Instrument*>& instruments) {
  std::vector<std::string> out;
  out.reserve(instruments.size());
  for (const auto* instrument : instruments) out.push_back(instrument->symbol);
  return out;
}
}  // namespace

struct MarketFeed::Lane {
  Lane(std::unique_ptr<Venue> of_venue, MarketFeedTools& tools, const Sink& hear, const FeedNeeds& needs,
       const CandleFeed::KnownUntil& known_until, Sweeper::Symbols symbols, CandleLookup::ExchangeTime exchange_time)
      : venue(std::move(of_venue)),
        fetcher(*venue, tools.gate, tools.clock, tools.observer),
        sweeper(fetcher, tools.clock, tools.observer, hear, cycle_polls(needs), std::move(symbols)),
        liquidations(fetcher, tools.clock, tools.observer, hear, liquidation_poll()),
        candles(fetcher, tools.clock, tools.observer, hear,
                CandleFeedOptions{.history = needs.candle_history,
                                  .pass_forming = needs.price_bars,
                                  .polled = !venue->description->traits().candle_stream},
                known_until),
        history(fetcher, tools.clock, tools.observer, hear, known_until),
        pace(tools.clock),
        hours(fetcher, tools.clock, tools.observer, pace, hear, needs.hour_history),
        sampler(fetcher, tools.clock, tools.observer, pace, hear),
        lookup(fetcher, tools.clock, tools.observer, pace, std::move(exchange_time)),
        bars(follows_bars(needs, venue->description->traits())) {}
  std::unique_ptr<Venue> venue;
  Fetcher fetcher;
  Sweeper sweeper;
  Sweeper liquidations;  ///< where no stream brings them
  CandleFeed candles;
  FundingHistory history;
  LookPace pace;
  HourHistory hours;
  Sampler sampler;
  CandleLookup lookup;
  bool bars;  ///< are followed
  ConnectPacer pacer;
  std::vector<std::unique_ptr<Stream>> streams;
  std::map<market::Topic, std::set<std::string>> planned;  ///< symbols that have a stream
  bool sweeping{};
  bool feeders_started{};
  std::optional<SweepReport> last_sweep;
};

MarketFeed::MarketFeed(MarketFeedTools tools, std::vector<std::unique_ptr<Venue>> venues, FeedNeeds needs,
                       WatchSettings watch, Sink sink, KnownUntil known_until, ExchangeTime exchange_time,
                       OnCrash on_crash)
    : tools_(std::move(tools)),
      needs_(std::move(needs)),
      watchlist_(std::move(watch)),
      sink_(std::move(sink)),
      known_until_(std::move(known_until)),
      exchange_time_(std::move(exchange_time)),
      on_crash_(std::move(on_crash)) {
  const auto on_failure = [this](const std::string& name, const std::exception_ptr& error) {
    on_crash_(name, error);
    const auto again = forever_.find(name);
    if (again != forever_.end() && !stopping_) tasks_->spawn(name, again_after_crash(again->second));
  };
  tasks_ = std::make_unique<base::TaskGroup>(tools_.io, on_failure);
  for (auto& venue : venues) {
    const std::string name = venue->name;
    venue->prices = &prices_;
    const auto at = lanes_.size();
    const Sink hear_one = [this, at](const market::Event& event) { hear(*lanes_[at], event); };
    const auto known = [this, name](const std::string& symbol) { return known_until_(name, symbol); };
    const auto symbols = [this, at] { return symbols_of(watchlist_.select(lanes_[at]->venue->universe)); };
    const auto exchange_now = [this, name](base::WallTime now) { return exchange_time_(name, now); };
    lanes_.push_back(std::make_unique<Lane>(std::move(venue), tools_, hear_one, needs_, known, symbols, exchange_now));
    auto& lane = *lanes_.back();
    lane.candles.exchange_time = lane.hours.hooks.exchange_time = exchange_now;
    lane.hours.hooks.may_go = [&lane] { return lane.candles.waiting() == 0; };
    lane.hours.hooks.known = [this, name](const std::string& symbol) {
      return knows_hours && knows_hours(name, symbol);
    };
  }
}

MarketFeed::~MarketFeed() = default;

awaitable<void> MarketFeed::again_after_crash(std::function<awaitable<void>()> make) {
  co_await tools_.clock.sleep_for(restart_after);
  co_await make();
}

void MarketFeed::spawn_forever(const std::string& name, std::function<awaitable<void>()> make) {
  const auto [at, added] = forever_.insert_or_assign(name, std::move(make));
  (void)added;
  tasks_->spawn(name, at->second());
}

awaitable<void> MarketFeed::sweep_one(Lane& lane, bool everything) {
  struct Done {
    bool& flag;
    ~Done() { flag = false; }
  } done{lane.sweeping};
  lane.last_sweep = co_await lane.sweeper.sweep(everything);
}

awaitable<CycleReport> MarketFeed::cycle(bool everything, Millis limit) {
  std::vector<Lane*> mine;
  for (auto& lane : lanes_) {
    if (lane->sweeping) continue;  // still busy with the cycle before
    lane->sweeping = true;
    lane->last_sweep.reset();
    mine.push_back(lane.get());
    tasks_->spawn("sweep " + lane->venue->name, sweep_one(*lane, everything));
  }
  const auto deadline = tools_.clock.steady_now() + limit;
  const auto busy = [&] { return std::any_of(mine.begin(), mine.end(), [](const Lane* d) { return d->sweeping; }); };
  while (busy() && tools_.clock.steady_now() < deadline) co_await tools_.clock.sleep_for(wait_step);
  judge_prices();
  CycleReport report;
  report.exchanges = static_cast<int>(lanes_.size());
  for (auto& lane : lanes_) {
    open_streams(*lane);
    if (!lane->last_sweep) continue;
    report.asked += lane->last_sweep->asked;
    report.failed += lane->last_sweep->failed;
    if (lane->last_sweep->failed == 0 && !lane->venue->universe.empty()) ++report.exchanges_ok;
  }
  co_return report;
}

void MarketFeed::hear(Lane& lane, const market::Event& event) {
  if (const auto* ticker = std::get_if<market::Ticker>(&event)) watchlist_.on_ticker(*ticker);
  if (const auto* funding = std::get_if<market::Funding>(&event); funding != nullptr && needs_.funding_history)
    lane.history.on_funding(*funding);
  if (const auto* instrument = lane.venue->universe.find(market::symbol_of(event))) prices_.hear(event, *instrument);
  sink_(event);
}

/// Before anybody counts the contracts of one asset together.
void MarketFeed::judge_prices() {
  for (const auto& move : prices_.judge(tools_.clock.wall_now()))
    for (auto& lane : lanes_) {
      if (lane->venue->name != move.exchange) continue;
      lane->venue->universe.count_as(move.change.symbol, move.asset);
      tools_.observer.on_contracts(move.exchange, {move.change});
    }
}

std::vector<const market::Instrument*> MarketFeed::followed_in(const Lane& lane) const {
  auto selected = watchlist_.select(lane.venue->universe);
  selected.resize(bars_max(lane.venue->description->traits(), selected.size()));
  return selected;
}

awaitable<void> MarketFeed::poll_liquidations(Lane& lane) {
  for (;;) {
    (void)co_await lane.liquidations.sweep(false);
    co_await tools_.clock.sleep_for(liquidation_poll_every);
  }
}

void MarketFeed::open_streams(Lane& lane) {
  if (stopping_ || lane.venue->universe.empty()) return;
  if (lane.bars) {
    const auto selected = followed_in(lane);
    lane.candles.follow(symbols_of(selected));
    if (needs_.hour_history > Millis{0}) lane.hours.follow(symbols_of(selected));
    open(lane, market::Topic::candles, selected);
  }
  if (needs_.liquidations) {
    std::vector<const market::Instrument*> all;
    for (const auto& instrument : lane.venue->universe.all())
      if (market::is_watchable(instrument)) all.push_back(&instrument);
    open(lane, market::Topic::liquidations, all);
  }
  if (lane.feeders_started) return;
  lane.feeders_started = true;
  if (lane.bars) spawn_forever(lane.venue->name + " candle history", [&lane] { return lane.candles.run(); });
  if (lane.bars && needs_.hour_history > Millis{0})
    spawn_forever(lane.venue->name + " hour history", [&lane] { return lane.hours.run(); });
  if (needs_.liquidations && lane.venue->description->traits().liquidation_poll)
    spawn_forever(lane.venue->name + " liquidation polls", [this, &lane] { return poll_liquidations(lane); });
  if (needs_.samples) spawn_forever(lane.venue->name + " samples", [&lane] { return lane.sampler.run(); });
  if (needs_.funding_history)
    spawn_forever(lane.venue->name + " funding history", [&lane] { return lane.history.run(); });
}

void MarketFeed::open(Lane& lane, market::Topic topic, const std::vector<const market::Instrument*>& instruments) {
  auto& planned = lane.planned[topic];
  std::vector<const market::Instrument*> fresh;
  for (const auto* instrument : instruments)
    if (!planned.contains(instrument->symbol)) fresh.push_back(instrument);
  if (fresh.empty()) return;
  const bool first = planned.empty();
  for (const auto* instrument : fresh) planned.insert(instrument->symbol);
  const Sink to_candles = [this, &lane](const market::Event& event) {
    lane.candles.on_event(event, exchange_time_(lane.venue->name, tools_.clock.wall_now()));
  };
  const Sink straight = [this, &lane](const market::Event& event) { hear(lane, event); };
  StreamTools tools(tools_.clock, tools_.ws, lane.fetcher, tools_.ledger, *tasks_, tools_.observer, tools_.random,
                    topic == market::Topic::candles ? to_candles : straight);
  for (auto& plan : lane.venue->description->streams(topic, fresh)) {
    // One subscription that covers all contracts (Binance, OKX liquidations) needs no second socket for a new listing.
    const bool covers_all = plan.channels.size() <= 2 && topic == market::Topic::liquidations;
    if (covers_all && !first) continue;
    if (!first) plan.name += " +" + std::to_string(lane.streams.size());
    lane.streams.push_back(std::make_unique<Stream>(tools, *lane.venue, lane.pacer, std::move(plan)));
    auto* stream = lane.streams.back().get();
    spawn_forever(stream->plan().name, [stream] { return stream->run(); });
  }
}

void MarketFeed::on_time() {
  for (auto& lane : lanes_)
    if (lane->bars) lane->candles.on_time(exchange_time_(lane->venue->name, tools_.clock.wall_now()));
}

void MarketFeed::apply(const std::string& exchange, market::Topic topic, health::Remedy remedy) {
  for (auto& lane : lanes_)
    for (auto& stream : lane->streams)
      if (lane->venue->name == exchange && stream->plan().topic == topic) stream->apply(remedy);
}

void MarketFeed::ask_evidence(const std::string& exchange, market::Topic topic) {
  for (auto& lane : lanes_) {
    if (lane->venue->name != exchange || stopping_) continue;
    const auto selected = watchlist_.select(lane->venue->universe);
    if (selected.empty()) continue;
    auto asks = evidence_asks(*lane->venue->description, topic, symbols_of(selected), tools_.clock.wall_now());
    if (asks.empty()) continue;
    auto asking = feed::ask_evidence(lane->fetcher, tools_.clock, tools_.observer, topic, std::move(asks));
    tasks_->spawn(exchange + " evidence", std::move(asking));
  }
}

bool MarketFeed::has_alternative(const std::string& exchange, market::Topic topic) const {
  return std::any_of(lanes_.begin(), lanes_.end(), [&](const auto& lane) {
    return lane->venue->name == exchange &&
           std::any_of(lane->streams.begin(), lane->streams.end(),
                       [&](const auto& stream) { return stream->plan().topic == topic && stream->has_alternative(); });
  });
}

void MarketFeed::sample(const std::string& asset) {
  Lane* best = nullptr;
  const market::Instrument* contract = nullptr;
  double most = -1;
  for (auto& lane : lanes_) {
    if (!lane->feeders_started || !Sampler::can_sample(*lane->venue->description)) continue;
    for (const auto& instrument : lane->venue->universe.all()) {
      if (instrument.asset != asset || !market::is_watchable(instrument)) continue;
      const double turnover = watchlist_.turnover_usd(instrument.exchange, instrument.symbol).value_or(0);
      if (turnover <= most) continue;
      most = turnover;
      best = lane.get();
      contract = &instrument;
    }
  }
  if (best != nullptr) best->sampler.ask(contract->symbol);
}

awaitable<base::Result<std::vector<market::Candle>>> MarketFeed::look_up(std::string exchange,
                                                                         CandleQuestion question) {
  for (auto& lane : lanes_)
    if (lane->venue->name == exchange) co_return co_await lane->lookup.ask(std::move(question));
  co_return base::Error(base::ErrorKind::refused, exchange, "this exchange is not asked");
}

awaitable<base::Result<std::vector<market::Funding>>> MarketFeed::look_up_settlements(std::string exchange,
                                                                                      std::string symbol,
                                                                                      base::WallTime from,
                                                                                      base::WallTime to) {
  for (auto& lane : lanes_)
    if (lane->venue->name == exchange) co_return co_await lane->lookup.ask_settlements(std::move(symbol), from, to);
  co_return base::Error(base::ErrorKind::refused, exchange, "this exchange is not asked");
}

void MarketFeed::stop() {
  stopping_ = true;
  tasks_->stop();
}

bool MarketFeed::idle() const { return tasks_->running() == 0; }
std::vector<std::string> MarketFeed::running() const { return tasks_->names(); }

const market::Instrument* MarketFeed::find(const std::string& exchange, const std::string& symbol) const {
  for (const auto& lane : lanes_)
    if (lane->venue->name == exchange) return lane->venue->universe.find(symbol);
  return nullptr;
}

bool MarketFeed::watches(const std::string& exchange, const std::string& symbol) const {
  const auto* instrument = find(exchange, symbol);
  return instrument != nullptr && watchlist_.watches(*instrument);
}

bool MarketFeed::watches_asset(const std::string& asset) const {
  return std::any_of(lanes_.begin(), lanes_.end(), [&](const auto& lane) {
    const auto all = lane->venue->universe.all();
    return std::any_of(all.begin(), all.end(), [&](const market::Instrument& instrument) {
      return instrument.asset == asset && watchlist_.watches(instrument);
    });
  });
}

std::string MarketFeed::link(const std::string& exchange, const std::string& symbol) const {
  for (const auto& lane : lanes_)
    if (lane->venue->name == exchange) return lane->venue->description->link(symbol);
  return {};
}

std::vector<std::string> MarketFeed::exchange_names() const {
  std::vector<std::string> out;
  for (const auto& lane : lanes_) out.push_back(lane->venue->name);
  return out;
}

std::size_t MarketFeed::contracts(const std::string& exchange) const {
  for (const auto& lane : lanes_)
    if (lane->venue->name == exchange) return lane->venue->universe.all().size();
  return 0;
}

void MarketFeed::remember(const std::string& exchange, const ContractList& list, base::WallTime listed_at) {
  if (tools_.clock.wall_now() - listed_at > remembered_max) return;
  for (auto& lane : lanes_) {
    if (lane->venue->name != exchange || lane->venue->listed) continue;
    lane->venue->universe = market::Universe(list.contracts);
    lane->venue->listed = Venue::Listed{listed_at, true};
    for (const auto& [symbol, usd] : list.turnover_usd) watchlist_.remember(exchange, symbol, usd);
  }
}

ContractList MarketFeed::contract_list(const std::string& exchange) const {
  ContractList out;
  for (const auto& lane : lanes_) {
    if (lane->venue->name != exchange) continue;
    const auto all = lane->venue->universe.all();
    out.contracts.assign(all.begin(), all.end());
    for (const auto& contract : all)
      if (const auto usd = watchlist_.turnover_usd(exchange, contract.symbol)) out.turnover_usd[contract.symbol] = *usd;
  }
  return out;
}

std::optional<Venue::Listed> MarketFeed::listed(const std::string& exchange) const {
  for (const auto& lane : lanes_)
    if (lane->venue->name == exchange) return lane->venue->listed;
  return std::nullopt;
}

std::map<std::string, MarketFeed::Followed> MarketFeed::followed() const {
  std::map<std::string, Followed> out;
  for (const auto& lane : lanes_) {
    auto& one = out[lane->venue->name];
    one = {lane->candles.followed(), lane->candles.waiting(), lane->hours.waiting(), 0};
    const bool polled = lane->bars && !lane->venue->description->traits().candle_stream;
    if (polled) one.polled_of = watchlist_.select(lane->venue->universe).size();
  }
  return out;
}

}  // namespace feed
