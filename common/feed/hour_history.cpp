#include "common/feed/hour_history.hpp"

#include <algorithm>

namespace feed {
using base::Millis;
using boost::asio::awaitable;

namespace {
constexpr Millis hour{std::chrono::hours{1}};
constexpr Millis nothing_due{1'000};
constexpr Millis again_after{300'000};  ///< a request that failed
constexpr int tries_max = 5;            ///< of one contract; then the next start asks again
}  // namespace

HourHistory::HourHistory(Fetcher& fetcher, base::Clock& clock, Observer& observer, LookPace& pace, Sink sink,
                         Millis reach)
    : fetcher_(fetcher), clock_(clock), observer_(observer), pace_(pace), sink_(std::move(sink)), reach_(reach) {}

std::vector<exchange::Ask> HourHistory::dearest(const exchange::Exchange& exchange, Millis reach) {
  exchange::Want want;
  want.symbols.emplace_back("A");
  want.bar_length = hour;
  want.from = base::from_ms(1'764'000'000'000);  // only the length of the stretch matters
  want.to = *want.from + reach;
  auto asks = exchange.asks(market::Topic::candles, want);
  const auto units = [](const exchange::Ask& ask) { return ask.costs.empty() ? 0 : ask.costs.front().units; };
  const auto most =
      std::max_element(asks.begin(), asks.end(), [&](const auto& a, const auto& b) { return units(a) < units(b); });
  if (most == asks.end()) return {};
  return {*most};  // each page is a look of its own
}

void HourHistory::follow(const std::vector<std::string>& symbols) {
  for (const auto& symbol : symbols)
    if (followed_.insert(symbol).second) queue_.push_back(symbol);
}

awaitable<void> HourHistory::wait_for_turn() {
  const std::function<bool()> still = [this] { return may_go(); };
  for (;;) {
    while (!may_go()) co_await clock_.sleep_for(nothing_due);
    const bool mine = co_await pace_.spare_turn(still);
    if (mine) co_return;
  }
}

awaitable<void> HourHistory::run() {
  for (;;) {
    if (queue_.empty() || fetcher_.venue().universe.empty() || !may_go()) {
      co_await clock_.sleep_for(nothing_due);
      continue;
    }
    const std::string symbol = queue_.front();
    queue_.pop_front();
    if (hooks.known && hooks.known(symbol)) continue;
    fetching_ = true;
    const bool done = co_await fetch(symbol);
    fetching_ = false;
    if (done) continue;
    if (++failures_[symbol] < tries_max) queue_.push_back(symbol);
    co_await clock_.sleep_for(again_after);
  }
}

/// A contract's weeks go out together or not at all: what is stored of them is never a part.
awaitable<bool> HourHistory::fetch(const std::string& symbol) {
  const auto& venue = fetcher_.venue();
  if (venue.universe.find(symbol) == nullptr) co_return true;  // gone meanwhile
  const auto exchange_now = [this] {
    const auto now = clock_.wall_now();
    return hooks.exchange_time ? hooks.exchange_time(now) : now;
  };
  exchange::Want want;
  want.symbols.push_back(symbol);
  want.bar_length = hour;
  want.from = std::chrono::ceil<std::chrono::hours>(exchange_now() - reach_);
  want.to = exchange_now();
  auto asks = venue.description->asks(market::Topic::candles, want);
  std::map<base::WallTime, market::Candle> bars;
  for (auto& ask : asks) {
    co_await wait_for_turn();
    const std::string place = venue.name + " " + ask.endpoint;
    const auto reply = co_await fetcher_.page(std::move(ask));
    if (!reply) {
      observer_.on_error(place, reply.error());
      co_return reply.error().kind == base::ErrorKind::not_found;
    }
    for (const auto& event : reply.value().events) {
      const auto* candle = std::get_if<market::Candle>(&event);
      if (candle == nullptr || candle->symbol != symbol || candle->length != hour) continue;
      if (candle->opened_at >= *want.from && market::is_closed(*candle, exchange_now()))
        bars.insert_or_assign(candle->opened_at, *candle);
    }
  }
  for (const auto& [opened_at, bar] : bars) sink_(bar);
  co_return true;
}

}  // namespace feed
