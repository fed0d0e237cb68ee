#include "common/feed/candle_feed.hpp"

#include <algorithm>

namespace feed {
using base::Millis;
using boost::asio::awaitable;

namespace {
constexpr Millis idle{250};
constexpr Millis poll_after{
    3'000};  ///< after a bar's end it counts as closed (EXCHANGES.md 1.4), and it takes its time
constexpr Millis judged_age_max{600'000};  ///< older bars are history: no news that could be true or not
constexpr int failures_max = 5;            ///< then the contract goes on without its history; the next gap asks again
}  // namespace

CandleFeed::CandleFeed(Fetcher& fetcher, base::Clock& clock, Observer& observer, Sink sink, CandleFeedOptions options,
                       KnownUntil known_until)
    : fetcher_(fetcher),
      clock_(clock),
      observer_(observer),
      sink_(std::move(sink)),
      options_(options),
      known_until_(std::move(known_until)) {}

base::WallTime CandleFeed::exchange_now() const {
  const auto now = clock_.wall_now();
  return exchange_time ? exchange_time(now) : now;
}

void CandleFeed::follow(const std::vector<std::string>& symbols) {
  for (const auto& symbol : symbols) {
    const auto [at, added] = tracks_.try_emplace(symbol);
    if (!added) continue;
    at->second.last = known_until_ ? known_until_(symbol) : std::nullopt;
    queue_.push_back(symbol);
  }
}

void CandleFeed::on_event(const market::Event& event, base::WallTime exchange_now) {
  if (const auto* candle = std::get_if<market::Candle>(&event)) {
    closer_.on_candle(*candle, exchange_now, [this](const market::Candle& bar) { on_closed(bar); });
    if (options_.pass_forming) on_forming(*candle);
    return;
  }
  if (std::holds_alternative<market::Gap>(event)) {
    // Not passed on: history fills the hole, and where it cannot, the missing bar itself shows it.
    closer_.forget_forming();
    for (auto& [symbol, track] : tracks_) ask_history(symbol, track);
  }
}

void CandleFeed::on_time(base::WallTime exchange_now) {
  closer_.on_time(exchange_now, [this](const market::Candle& bar) { on_closed(bar); });
  if (!options_.polled) return;
  const auto settled = std::chrono::duration_cast<Millis>((exchange_now - poll_after).time_since_epoch());
  const base::WallTime current{settled - settled % options_.bar};
  if (polled_bar_ == current) return;
  polled_bar_ = current;
  for (auto& [symbol, track] : tracks_) ask_history(symbol, track);
}

void CandleFeed::on_forming(const market::Candle& candle) {
  const auto found = tracks_.find(candle.symbol);
  if (found == tracks_.end() || found->second.fetching || candle.closed.value_or(false)) return;
  if (!found->second.last || candle.opened_at > *found->second.last) sink_(candle);
}

void CandleFeed::on_closed(const market::Candle& candle) {
  const auto found = tracks_.find(candle.symbol);
  if (found == tracks_.end()) return;
  auto& track = found->second;
  const bool hole = track.last && candle.opened_at > *track.last + options_.bar;
  if (hole) ask_history(candle.symbol, track);
  if (!track.fetching) {
    pass_on(track, candle);
    return;
  }
  track.held.push_back(candle);
  if (track.held.size() > held_max) track.held.pop_front();
}

void CandleFeed::ask_history(const std::string& symbol, Track& track) {
  if (track.fetching) return;
  track.fetching = true;
  track.failures = 0;
  queue_.push_back(symbol);
}

void CandleFeed::pass_on(Track& track, const market::Candle& candle) {
  if (track.last && candle.opened_at <= *track.last) return;
  track.last = candle.opened_at;
  sink_(candle);
}

void CandleFeed::release(Track& track) {
  track.fetching = false;
  for (const auto& candle : track.held) pass_on(track, candle);
  track.held.clear();
}

awaitable<void> CandleFeed::run() {
  for (;;) {
    if (queue_.empty() || fetcher_.venue().universe.empty()) {
      co_await clock_.sleep_for(idle);
      continue;
    }
    const std::string symbol = queue_.front();
    queue_.pop_front();
    const bool done = co_await fetch(symbol);
    auto& track = tracks_[symbol];
    if (!done && ++track.failures < failures_max) {
      queue_.push_back(symbol);
      co_await clock_.sleep_for(idle);
      continue;
    }
    release(track);
  }
}

/// To those who judge feeds; where a stream brings the bars, the stream does it. What is past is no sign of life.
void CandleFeed::show_polled(market::Events events, const std::vector<market::Candle>& closed, base::WallTime now) {
  const auto& exchange = fetcher_.venue().name;
  std::erase_if(events, [&](const market::Event& event) {
    const auto* candle = std::get_if<market::Candle>(&event);
    return candle == nullptr || candle->opened_at < now - judged_age_max;
  });
  observer_.on_live(exchange, market::Topic::candles);
  observer_.on_content(exchange, market::Topic::candles, events);
  if (!closed.empty())
    observer_.on_data(exchange, market::Topic::candles, closed.size(), closed.back().opened_at + options_.bar);
}

awaitable<bool> CandleFeed::fetch(const std::string& symbol) {
  const auto& venue = fetcher_.venue();
  for (int page = 0; page < Fetcher::pages_max; ++page) {
    const auto now = exchange_now();
    const auto& last = tracks_[symbol].last;
    const auto earliest = now - options_.history;
    exchange::Want want;
    want.symbols.push_back(symbol);
    want.bar_length = options_.bar;
    want.from = last ? std::max(*last + options_.bar, earliest) : earliest;
    want.to = now;
    if (*want.from + options_.bar > now - Millis{2'000}) co_return true;  // no bar can have closed since
    const auto asks = venue.description->asks(market::Topic::candles, want);
    if (asks.empty()) co_return true;
    auto reply = co_await fetcher_.page(asks.front());
    if (!reply) {
      observer_.on_error(venue.name + " " + asks.front().endpoint, reply.error());
      const bool gone = reply.error().kind == base::ErrorKind::not_found;
      if (options_.polled && !gone) observer_.on_lost(venue.name, market::Topic::candles, reply.error());
      co_return reply.error().kind == base::ErrorKind::not_found;  // a contract that is gone has no history
    }
    std::vector<market::Candle> bars;
    for (const auto& event : reply.value().events) {
      const auto* candle = std::get_if<market::Candle>(&event);
      if (candle != nullptr && candle->symbol == symbol && market::is_closed(*candle, now)) bars.push_back(*candle);
    }
    std::sort(bars.begin(), bars.end(), [](const auto& a, const auto& b) { return a.opened_at < b.opened_at; });
    if (options_.polled) show_polled(std::move(reply.value().events), bars, now);
    const auto before = tracks_[symbol].last;
    for (const auto& bar : bars) pass_on(tracks_[symbol], bar);
    const auto reached = tracks_[symbol].last;
    if (!reached || reached == before || *reached + 2 * options_.bar > now - Millis{2'000}) co_return true;
  }
  co_return true;
}

}  // namespace feed
