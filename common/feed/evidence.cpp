#include "common/feed/evidence.hpp"

#include <algorithm>

#include "common/market/event.hpp"

namespace feed {
using boost::asio::awaitable;
using market::Topic;

namespace {

constexpr std::size_t asks_max = 4;
constexpr int rows = 10;
constexpr base::Millis stream_late_max{30'000};
constexpr base::Millis look_back{std::chrono::minutes{55}};  // Gate: a window of at most an hour

std::optional<base::WallTime> time_of(const market::Event& event) {
  if (const auto* trade = std::get_if<market::Trade>(&event)) return trade->at;
  if (const auto* liquidation = std::get_if<market::Liquidation>(&event)) return liquidation->at;
  return std::nullopt;
}

}  // namespace

std::vector<exchange::Ask> evidence_asks(const exchange::Exchange& exchange, Topic topic,
                                         std::vector<std::string> liveliest, base::WallTime now) {
  exchange::Want want;
  const std::size_t contracts = topic == Topic::liquidations ? asks_max : 1;
  if (liveliest.size() > contracts) liveliest.resize(contracts);
  want.symbols = std::move(liveliest);
  want.rows_max = rows;
  if (topic == Topic::liquidations) want.from = now - look_back;
  auto asks = exchange.asks(topic == Topic::liquidations ? topic : Topic::trades, want);
  if (asks.size() > asks_max) asks.clear();
  return asks;
}

awaitable<void> ask_evidence(Fetcher& fetcher, base::Clock& clock, Observer& observer, Topic topic,
                             std::vector<exchange::Ask> asks) {
  std::optional<base::WallTime> newest;
  for (const auto& ask : asks) {
    const auto reply = co_await fetcher.page(ask);
    if (!reply) {
      observer.on_error(fetcher.venue().name + " " + ask.endpoint, reply.error());
      continue;
    }
    for (const auto& event : reply.value().events) {
      // A flag on a trade is what a stream of liquidations must tell; the other trades of that list prove nothing.
      if (topic == Topic::liquidations && !std::holds_alternative<market::Liquidation>(event)) continue;
      const auto at = time_of(event);
      if (topic == Topic::liquidations && at > clock.wall_now() - stream_late_max) continue;  // it may yet come
      if (at) newest = newest ? std::max(*newest, *at) : *at;
    }
  }
  if (newest) observer.on_evidence(fetcher.venue().name, topic, *newest);
}

}  // namespace feed
