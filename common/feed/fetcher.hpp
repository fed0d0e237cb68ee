// One question to an exchange, through the guard: asked, judged, decoded. The only caller of the gate.
#pragma once
#include "common/feed/tools.hpp"
#include "common/guard/gate.hpp"

namespace feed {

/// Where an exchange has several ways to the same data: after so long another one has served, the first is tried again.
inline constexpr base::Millis first_way_again{std::chrono::hours{24}};

class Fetcher {
 public:
  Fetcher(Venue& venue, guard::Gate& gate, base::Clock& clock, Observer& observer)
      : venue_(venue), gate_(gate), clock_(clock), observer_(observer) {}

  /// One page. A body that does not decode counts as a failure for the breaker.
  [[nodiscard]] boost::asio::awaitable<base::Result<exchange::Reply>> page(exchange::Ask ask);
  /// All pages, merged; at most pages_max of them. An error of any page is the answer's error.
  [[nodiscard]] boost::asio::awaitable<base::Result<exchange::Reply>> all(exchange::Ask ask);

  [[nodiscard]] Venue& venue() { return venue_; }

  static constexpr int pages_max = 20;

 private:
  Venue& venue_;
  guard::Gate& gate_;
  base::Clock& clock_;
  Observer& observer_;
};

}  // namespace feed
