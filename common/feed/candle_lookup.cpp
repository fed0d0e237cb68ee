#include "common/feed/candle_lookup.hpp"

#include <algorithm>
#include <iterator>
#include <map>

namespace feed {
using base::ErrorKind;
using base::Millis;
using boost::asio::awaitable;
using market::Topic;

namespace {

/// What an answer has of the question: closed bars of this contract and stretch.
void take(const exchange::Reply& reply, const CandleQuestion& question, base::WallTime exchange_now,
          std::vector<market::Candle>& out) {
  for (const auto& event : reply.events) {
    const auto* candle = std::get_if<market::Candle>(&event);
    if (candle == nullptr || candle->symbol != question.symbol) continue;
    if (candle->opened_at < question.from || candle->opened_at >= question.to) continue;
    auto& bar = out.emplace_back(*candle);
    if (bar.length <= Millis{0}) bar.length = question.bar;
    if (bar.length != question.bar || !market::is_closed(bar, exchange_now)) out.pop_back();
  }
}

void sort_each_once(std::vector<market::Candle>& bars) {
  std::stable_sort(bars.begin(), bars.end(), [](const auto& a, const auto& b) { return a.opened_at < b.opened_at; });
  const auto same = [](const auto& a, const auto& b) { return a.opened_at == b.opened_at; };
  bars.erase(std::unique(bars.begin(), bars.end(), same), bars.end());
}

}  // namespace

std::vector<exchange::Ask> CandleLookup::dearest(const exchange::Exchange& exchange, Millis bar) {
  exchange::Want want;
  want.symbols.emplace_back("A");
  want.bar_length = bar;
  want.from = base::from_ms(1'764'000'000'000);  // only the length of the stretch matters
  want.to = *want.from + rows_max * bar - Millis{1};
  auto asks = exchange.asks(Topic::candles, want);
  if (asks.size() > 1) asks.erase(asks.begin(), asks.end() - 1);  // each page is a look of its own
  return asks;
}

base::Result<void> CandleLookup::is_listed(const std::string& symbol) const {
  const auto& venue = fetcher_.venue();
  const std::string place = venue.name + " " + symbol;
  if (venue.universe.empty()) return base::Error(ErrorKind::refused, place, "the list of contracts is not here yet");
  if (venue.universe.find(symbol) == nullptr)
    return base::Error(ErrorKind::not_found, place, "the contract is not listed");
  return {};
}

base::Result<std::vector<exchange::Ask>> CandleLookup::asks_of(const CandleQuestion& question) const {
  if (auto listed = is_listed(question.symbol); !listed) return listed.error();
  const auto& venue = fetcher_.venue();
  const std::string place = venue.name + " bars of " + question.symbol;
  exchange::Want want;
  want.symbols.push_back(question.symbol);
  want.bar_length = question.bar;
  std::vector<exchange::Ask> out;
  for (auto from = question.from; from < question.to; from += rows_max * question.bar) {
    want.from = from;
    want.to = std::min(question.to, from + rows_max * question.bar) - Millis{1};
    auto asks = venue.description->asks(Topic::candles, want);
    if (asks.empty()) return base::Error(ErrorKind::refused, place, "this exchange gives no bars of that length");
    std::move(asks.begin(), asks.end(), std::back_inserter(out));
    if (out.size() > pages_max) return base::Error(ErrorKind::refused, place, "too long a stretch of bars");
  }
  return out;
}

awaitable<base::Result<std::vector<market::Candle>>> CandleLookup::ask(CandleQuestion question) {
  std::vector<market::Candle> bars;
  if (question.from >= question.to) co_return std::move(bars);
  auto asks = asks_of(question);
  if (!asks) co_return asks.error();
  const auto& name = fetcher_.venue().name;
  for (auto& ask : asks.value()) {
    const bool mine = co_await pace_.turn(question.urgent, question.not_after);
    if (!mine) co_return base::Error(ErrorKind::refused, name + " " + ask.endpoint, "other questions came first");
    const std::string place = name + " " + ask.endpoint;
    const auto reply = co_await fetcher_.page(std::move(ask));
    if (!reply) {
      observer_.on_error(place, reply.error());
      co_return reply.error();
    }
    const auto now = clock_.wall_now();
    take(reply.value(), question, exchange_time_ ? exchange_time_(now) : now, bars);
  }
  sort_each_once(bars);
  co_return std::move(bars);
}

std::vector<exchange::Ask> CandleLookup::dearest_settlements(const exchange::Exchange& exchange) {
  std::vector<exchange::Ask> out;
  exchange::Want want;
  want.symbols.emplace_back("A");
  want.bar_length = std::chrono::hours{1};
  want.from = base::from_ms(1'764'000'000'000);
  want.to = *want.from + std::chrono::hours{25};
  for (want.way = 0; want.way < exchange.ways(Topic::funding_history); ++want.way) {
    auto asks = exchange.asks(Topic::funding_history, want);
    if (!asks.empty()) out.push_back(std::move(asks.back()));
  }
  return out;
}

awaitable<base::Result<std::vector<market::Funding>>> CandleLookup::ask_settlements(std::string symbol,
                                                                                    base::WallTime from,
                                                                                    base::WallTime to) {
  if (auto listed = is_listed(symbol); !listed) co_return listed.error();
  const auto& venue = fetcher_.venue();
  base::Error last(ErrorKind::refused, venue.name + " " + symbol, "this exchange tells no settlements");
  exchange::Want want;
  want.symbols.push_back(symbol);
  want.bar_length = std::chrono::hours{1};
  want.from = from;
  want.to = to;
  for (want.way = 0; want.way < venue.description->ways(Topic::funding_history); ++want.way) {
    auto asks = venue.description->asks(Topic::funding_history, want);
    if (asks.empty()) continue;
    std::map<base::WallTime, market::Funding> settled;
    bool whole = true;
    for (auto& ask : asks) {
      (void)co_await pace_.turn(false, std::nullopt);
      const std::string place = venue.name + " " + ask.endpoint;
      const auto reply = co_await fetcher_.page(std::move(ask));
      if (!reply) {
        observer_.on_error(place, reply.error());
        last = reply.error();
        whole = false;
        break;
      }
      for (const auto& event : reply.value().events) {
        const auto* one = std::get_if<market::Funding>(&event);
        const bool counts = one != nullptr && one->settled && one->symbol == symbol && one->rate && one->settles_at;
        if (counts && *one->settles_at >= from && *one->settles_at <= to) settled.emplace(*one->settles_at, *one);
      }
    }
    if (!whole) continue;
    std::vector<market::Funding> out;
    for (auto& [at, one] : settled) out.push_back(std::move(one));
    co_return std::move(out);
  }
  co_return last;
}

}  // namespace feed
