// What a bot wants of every exchange, and what that means for one of them.
#pragma once
#include <vector>

#include "common/exchange/exchange.hpp"
#include "common/feed/sweep.hpp"

namespace feed {

/// Beyond contracts and daily turnover, which every bot needs.
struct FeedNeeds {
  bool candles{};
  /// Bars of 1 m, forming ones too, of the exchanges whose liquidations are heard: for how the price moves.
  bool price_bars{};
  bool liquidations{};
  bool funding_history{};
  bool samples{};                                     ///< of trades and depth, when asked for (MarketFeed::sample)
  bool candle_lookups{};                              ///< of one contract, when asked for (MarketFeed::look_up)
  base::Millis tickers_every{std::chrono::hours{1}};  ///< turnover; prices that tell whose contracts are of one coin
  base::Millis candle_history{std::chrono::hours{24}};
  base::Millis hour_history{};  ///< bars of 1 h of each contract whose bars are followed, once; 0: none
  std::vector<PollJob> polls;
};

[[nodiscard]] bool gives_liquidations(const exchange::Traits& traits);
/// Are its bars followed, by stream or, of its largest contracts, by polls?
[[nodiscard]] bool follows_bars(const FeedNeeds& needs, const exchange::Traits& traits);
/// Of how many contracts, the largest turnover first, when the operator allows `contracts_max`.
[[nodiscard]] std::size_t bars_max(const exchange::Traits& traits, std::size_t contracts_max);
/// Nothing of it is wanted: the exchange is not asked at all.
[[nodiscard]] bool wants_nothing(const FeedNeeds& needs, const exchange::Exchange& exchange);
/// The polls of a cycle, the contracts and the turnover with them.
[[nodiscard]] std::vector<PollJob> cycle_polls(const FeedNeeds& needs);
/// Liquidations that no stream brings, in a loop of their own: a cascade does not wait for the next cycle.
inline constexpr base::Millis liquidation_poll_every{10'000};

}  // namespace feed
