#include "common/feed/sampler.hpp"

#include <algorithm>

namespace feed {
using base::Millis;
using boost::asio::awaitable;
using market::Topic;

namespace {
constexpr Millis nothing_to_sample{250};
}  // namespace

bool Sampler::can_sample(const exchange::Exchange& exchange) {
  exchange::Want want;
  want.symbols.emplace_back("A");
  return !exchange.asks(Topic::trades, want).empty() && !exchange.asks(Topic::depth, want).empty();
}

void Sampler::ask(const std::string& symbol) {
  const bool waits = std::any_of(wishes_.begin(), wishes_.end(), [&](const Wish& one) { return one.symbol == symbol; });
  if (!waits && wishes_.size() < waiting_max) wishes_.push_back({symbol, clock_.steady_now()});
}

awaitable<void> Sampler::run() {
  for (;;) {
    if (wishes_.empty()) {
      co_await clock_.sleep_for(nothing_to_sample);
      continue;
    }
    const auto wish = std::move(wishes_.front());
    wishes_.pop_front();
    const bool mine = co_await pace_.turn(false, wish.asked + stale_after);
    if (mine) co_await sample(wish.symbol);
  }
}

awaitable<void> Sampler::sample(std::string symbol) {
  const auto& venue = fetcher_.venue();
  exchange::Want want;
  want.symbols.push_back(symbol);
  for (const auto topic : {Topic::trades, Topic::depth}) {
    const auto asks = venue.description->asks(topic, want);
    for (const auto& ask : asks) {
      const auto reply = co_await fetcher_.all(ask);
      if (!reply) {
        observer_.on_error(venue.name + " " + ask.endpoint, reply.error());
        continue;
      }
      for (const auto& event : reply.value().events)
        if (market::symbol_of(event) == symbol) sink_(event);
    }
  }
}

}  // namespace feed
