#include "common/feed/needs.hpp"

#include <algorithm>

namespace feed {
using base::Millis;
using market::Topic;

namespace {
constexpr Millis instruments_every{std::chrono::hours{1}};
}  // namespace

bool gives_liquidations(const exchange::Traits& traits) { return traits.liquidation_stream || traits.liquidation_poll; }

bool follows_bars(const FeedNeeds& needs, const exchange::Traits& traits) {
  const bool has_bars = traits.candle_stream || traits.polled_bars_max > 0;
  return has_bars && (needs.candles || (needs.price_bars && gives_liquidations(traits)));
}

std::size_t bars_max(const exchange::Traits& traits, std::size_t contracts_max) {
  return traits.candle_stream ? contracts_max : std::min(contracts_max, traits.polled_bars_max);
}

bool wants_nothing(const FeedNeeds& needs, const exchange::Exchange& exchange) {
  const auto& traits = exchange.traits();
  const auto polled = [&](const PollJob& job) {
    auto want = job.want;
    if (job.spread) want.symbols = {"A"};
    return !exchange.asks(job.topic, want).empty();
  };
  return !follows_bars(needs, traits) && !(needs.liquidations && gives_liquidations(traits)) &&
         std::none_of(needs.polls.begin(), needs.polls.end(), polled);
}

std::vector<PollJob> cycle_polls(const FeedNeeds& needs) {
  std::vector<PollJob> jobs;
  jobs.emplace_back(Topic::instruments, instruments_every);
  const auto polls_tickers = [](const PollJob& job) { return job.topic == Topic::tickers; };
  if (std::none_of(needs.polls.begin(), needs.polls.end(), polls_tickers))
    jobs.emplace_back(Topic::tickers, needs.tickers_every);
  jobs.insert(jobs.end(), needs.polls.begin(), needs.polls.end());
  return jobs;
}

}  // namespace feed
