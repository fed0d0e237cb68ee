// How often one exchange is looked at beyond what the feed brings: samples of an episode and single contracts' bars
// together. One pace for all of them, so that the plan of requests can count it whatever the market does.
#pragma once
#include <functional>
#include <optional>

#include "common/base/clock.hpp"

namespace feed {

class LookPace {
 public:
  static constexpr int per_minute = 6;
  static constexpr base::Millis apart{60'000 / per_minute};
  static constexpr int urgent_ahead = 3;  ///< looks at once, where a message waits for them

  explicit LookPace(base::Clock& clock) : clock_(clock) {}

  /// Waits for its turn. What is urgent goes before what can wait, and a little ahead of the pace; over all, the pace
  /// is kept. False: it would come after `not_after`. Many may wait at the same time.
  [[nodiscard]] boost::asio::awaitable<bool> turn(bool urgent, std::optional<base::SteadyTime> not_after);
  /// A turn that nobody else wanted, for what can wait for hours. False: `may_go` did not hold any more when it came.
  [[nodiscard]] boost::asio::awaitable<bool> spare_turn(std::function<bool()> may_go);

 private:
  static constexpr base::Millis spare_after{1'000};  ///< so long nobody took the turn
  base::Clock& clock_;
  base::SteadyTime due_{};  ///< when the pace allows the next one
};

}  // namespace feed
