// Another way to the same market: what REST tells while a stream is silent. One question for a feed in doubt; what it
// means is for the judge of feeds to say.
#pragma once
#include "common/feed/fetcher.hpp"

namespace feed {

/// Liquidations for a stream of them (where each contract is asked for: of the liveliest few), trades of the liveliest
/// contract for one of bars. Empty: REST has neither, or only by
/// so many requests that it would be no cheap question.
[[nodiscard]] std::vector<exchange::Ask> evidence_asks(const exchange::Exchange& exchange, market::Topic topic,
                                                       std::vector<std::string> liveliest, base::WallTime now);
/// Tells the observer of the newest event in the answers.
[[nodiscard]] boost::asio::awaitable<void> ask_evidence(Fetcher& fetcher, base::Clock& clock, Observer& observer,
                                                        market::Topic topic, std::vector<exchange::Ask> asks);

inline constexpr base::Millis evidence_every{600'000};  ///< at most, of one feed

}  // namespace feed
