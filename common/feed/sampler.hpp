// One look at a contract's newest trades and order book, when somebody asks for it: a cascade began. Few a minute, so
// that the plan of requests holds whatever the market does; what cannot be looked at soon is not looked at.
#pragma once
#include <deque>
#include <string>

#include "common/feed/fetcher.hpp"
#include "common/feed/look_pace.hpp"

namespace feed {

class Sampler {
 public:
  static constexpr std::size_t waiting_max = 10;
  static constexpr base::Millis stale_after{20'000};

  Sampler(Fetcher& fetcher, base::Clock& clock, Observer& observer, LookPace& pace, Sink sink)
      : fetcher_(fetcher), clock_(clock), observer_(observer), pace_(pace), sink_(std::move(sink)) {}

  /// Does this exchange give both?
  [[nodiscard]] static bool can_sample(const exchange::Exchange& exchange);
  /// The trades come first, then the book. A contract that waits already is not asked for twice.
  void ask(const std::string& symbol);
  /// Ends only by cancellation.
  [[nodiscard]] boost::asio::awaitable<void> run();

 private:
  struct Wish {
    std::string symbol;
    base::SteadyTime asked;
  };
  [[nodiscard]] boost::asio::awaitable<void> sample(std::string symbol);
  Fetcher& fetcher_;
  base::Clock& clock_;
  Observer& observer_;
  LookPace& pace_;
  Sink sink_;
  std::deque<Wish> wishes_;
};

}  // namespace feed
