// What a feed brings beside what it is for.
#pragma once
#include "common/market/event.hpp"
#include "common/market/topic.hpp"

namespace feed {

/// Trades among liquidations (Deribit, Kraken) show that a feed hears, and are for those who judge it. A bot is told of
/// the trades that it asked for (Sampler): others would pass for these.
[[nodiscard]] inline bool only_shows_life(market::Topic of_feed, const market::Event& event) {
  return of_feed == market::Topic::liquidations && std::holds_alternative<market::Trade>(event);
}

}  // namespace feed
