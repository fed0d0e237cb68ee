// How much of the market a liquidation sum has seen (SIGNALS.md 2.3): never a bare total from a partial feed.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/base/time.hpp"

namespace liquidation {

enum class FeedState : std::uint8_t { live, suspect, dead };
[[nodiscard]] std::string_view to_string(FeedState state);  ///< "live", "suspect", "dead"

/// In how many of the last 60 seconds a feed that shows one event a second had one: 8 bytes a minute.
class BusySeconds {
 public:
  void mark(base::WallTime at);
  [[nodiscard]] int count(base::WallTime now) const;

 private:
  std::int64_t newest_{INT64_MIN / 2};
  std::uint64_t bits_{};  ///< bit n: newest - n had an event
};

/// What a message says of it, copied.
struct CoverageView {
  struct Lost {
    std::string exchange;
    FeedState state{};
  };
  struct Saturated {
    std::string exchange;
    int seconds{};  ///< of 60
  };
  std::size_t live{}, known{};
  std::vector<Lost> lost;            ///< suspect or dead
  std::vector<Saturated> saturated;  ///< sampled feeds that had events
  std::vector<std::string> gaps;     ///< exchanges that were blind within the last five minutes
  [[nodiscard]] bool lower_bound() const { return !lost.empty() || !saturated.empty() || !gaps.empty(); }
};

/// The feeds of all exchanges.
class Feeds {
 public:
  void heard(const std::string& exchange) { feeds_[exchange]; }
  void set(const std::string& exchange, FeedState state) { feeds_[exchange].state = state; }
  void gap(const std::string& exchange, base::WallTime to);
  [[nodiscard]] FeedState state(const std::string& exchange) const;
  [[nodiscard]] CoverageView view(base::WallTime now) const;  ///< without saturation: that is an asset's

 private:
  struct Feed {
    FeedState state{FeedState::live};
    base::WallTime blind_until{};
  };
  std::map<std::string, Feed> feeds_;
};

}  // namespace liquidation
