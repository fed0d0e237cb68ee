#include "common/feed/funding_history.hpp"

#include <algorithm>

namespace feed {
using base::Millis;
using boost::asio::awaitable;

namespace {
constexpr Millis nothing_to_ask{500};
constexpr Millis settle_delay{20'000};                 ///< exchanges publish a settlement some seconds after it
constexpr Millis same_settlement{60'000};              ///< stamps of one settlement differ by some seconds
constexpr Millis figure_every{std::chrono::hours{1}};  ///< Deribit's sums and Kraken's rates come on the full hour
constexpr int attempts_max = 5;

}  // namespace

FundingHistory::Outcome FundingHistory::outcome_of(const base::Error& error) {
  if (error.kind == base::ErrorKind::not_found) return Outcome::unknown;
  return error.kind == base::ErrorKind::bad_data ? Outcome::unreadable : Outcome::lost;
}

FundingHistory::FundingHistory(Fetcher& fetcher, base::Clock& clock, Observer& observer, Sink sink,
                               KnownUntil known_until)
    : fetcher_(fetcher),
      clock_(clock),
      observer_(observer),
      sink_(std::move(sink)),
      known_until_(std::move(known_until)) {}

void FundingHistory::enqueue(const std::string& symbol, Track& track, bool first) {
  if (track.queued) return;
  track.queued = true;
  track.failures = 0;
  first ? queue_.push_front(symbol) : queue_.push_back(symbol);
}

void FundingHistory::on_funding(const market::Funding& funding) {
  if (funding.settled) return;
  auto& track = tracks_[funding.symbol];
  if (funding.interval) track.interval = *funding.interval;  // some exchanges list intervals without the rates
  if (!funding.settles_at && !funding.rate) return;
  // Where funding is paid all the time, or the time is not said, there is a figure each hour.
  const auto step = funding.settles_at ? track.interval : figure_every;
  const auto settles_at =
      funding.settles_at ? *funding.settles_at : std::chrono::floor<std::chrono::hours>(clock_.wall_now()) + step;
  if (!track.known) {
    track.known = true;
    track.last = known_until_ ? known_until_(funding.symbol) : std::nullopt;
    const bool complete = track.last && *track.last + step + same_settlement >= settles_at;
    if (!complete) enqueue(funding.symbol, track, false);
  } else if (track.settles_at && settles_at > *track.settles_at) {
    track.not_before = clock_.steady_now() + settle_delay;
    enqueue(funding.symbol, track, true);  // news goes before the warm-up of others
    const auto first = settled_ ? std::min(settled_->first, *track.settles_at) : *track.settles_at;
    settled_ = Settled{first, track.not_before};
  }
  track.settles_at = settles_at;
}

bool FundingHistory::gives_all() const {
  return !fetcher_.venue().description->asks(market::Topic::funding_history, exchange::Want{}).empty();
}

awaitable<void> FundingHistory::run() {
  const bool at_once = gives_all();
  for (;;) {
    const auto now = clock_.steady_now();
    if (at_once && settled_ && settled_->not_before <= now) {
      const auto from = settled_->first;
      settled_.reset();
      co_await fetch_all(from);
      continue;
    }
    const auto due = std::find_if(queue_.begin(), queue_.end(),
                                  [&](const std::string& symbol) { return tracks_[symbol].not_before <= now; });
    if (due == queue_.end()) {
      co_await clock_.sleep_for(nothing_to_ask);
      continue;
    }
    const std::string symbol = *due;
    queue_.erase(due);
    const bool done = co_await fetch(symbol);
    auto& track = tracks_[symbol];
    track.queued = false;
    if (!done && ++track.failures < attempts_max) {
      const int failures = track.failures;
      enqueue(symbol, track, false);
      track.failures = failures;
      track.not_before = clock_.steady_now() + settle_delay;
    }
  }
}

/// One way after the other until one of them has something; what has is asked first from then on.
awaitable<bool> FundingHistory::fetch(const std::string& symbol) {
  const auto now = clock_.steady_now();
  if (other_way_since_ && now - *other_way_since_ > first_way_again) {
    other_way_since_.reset();
    way_ = 0;
  }
  const int ways = fetcher_.venue().description->ways(market::Topic::funding_history);
  const int first = way_;
  bool known = false;
  for (int tried = 0; tried < ways; ++tried) {
    const int way = (first + tried) % ways;
    const auto outcome = co_await fetch_by(symbol, way);
    if (outcome == Outcome::lost) co_return false;
    known = known || outcome != Outcome::unknown;
    if (outcome != Outcome::answered) continue;
    if (tried > 0) {
      way_ = way;
      other_way_since_ = way == 0 ? std::nullopt : std::optional(now);
    }
    co_return true;
  }
  co_return !known;  // a contract that is nowhere is not asked for again
}

awaitable<FundingHistory::Outcome> FundingHistory::fetch_by(const std::string& symbol, int way) {
  const auto& venue = fetcher_.venue();
  const auto now = clock_.wall_now();
  exchange::Want want;
  want.way = way;
  want.symbols.push_back(symbol);
  want.from = now - history;
  if (const auto& last = tracks_[symbol].last) want.from = std::max(*want.from, *last + Millis{1});
  want.to = now;
  want.bar_length = tracks_[symbol].interval;
  const auto asks = venue.description->asks(market::Topic::funding_history, want);
  std::vector<market::Funding> rates;
  for (const auto& ask : asks) {
    auto reply = co_await fetcher_.all(ask);
    if (!reply) {
      observer_.on_error(venue.name + " " + ask.endpoint, reply.error());
      co_return outcome_of(reply.error());
    }
    for (const auto& event : reply.value().events) {
      const auto* funding = std::get_if<market::Funding>(&event);
      if (funding != nullptr && funding->settled && funding->symbol == symbol && funding->settles_at)
        rates.push_back(*funding);
    }
  }
  deliver(symbol, std::move(rates));
  co_return Outcome::answered;
}

void FundingHistory::deliver(const std::string& symbol, std::vector<market::Funding> rates) {
  std::sort(rates.begin(), rates.end(), [](const auto& a, const auto& b) { return *a.settles_at < *b.settles_at; });
  auto& track = tracks_[symbol];
  for (const auto& rate : rates) {
    if (track.last && *rate.settles_at <= *track.last) continue;
    track.last = rate.settles_at;
    sink_(rate);
  }
}

awaitable<void> FundingHistory::fetch_all(base::WallTime from) {
  const auto& venue = fetcher_.venue();
  exchange::Want want;
  want.from = from - same_settlement;
  want.way = way_;
  want.to = clock_.wall_now();
  const auto asks = venue.description->asks(market::Topic::funding_history, want);
  if (asks.empty()) co_return;
  auto reply = co_await fetcher_.all(asks.front());
  if (!reply) {
    observer_.on_error(venue.name + " " + asks.front().endpoint, reply.error());
    co_return;  // each contract is asked for by itself
  }
  std::map<std::string, std::vector<market::Funding>> by_symbol;
  for (const auto& event : reply.value().events) {
    const auto* funding = std::get_if<market::Funding>(&event);
    if (funding != nullptr && funding->settled && funding->settles_at) by_symbol[funding->symbol].push_back(*funding);
  }
  for (auto& [symbol, rates] : by_symbol) {
    const auto found = tracks_.find(symbol);
    // Without anything before it the whole history is missing: its own request brings that, this settlement included.
    if (found == tracks_.end() || !found->second.last) continue;
    deliver(symbol, std::move(rates));
    auto& track = found->second;
    if (track.queued && track.settles_at && *track.last + track.interval + same_settlement >= *track.settles_at) {
      std::erase(queue_, symbol);
      track.queued = false;
    }
  }
}

}  // namespace feed
