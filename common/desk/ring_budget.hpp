// About so many rings a day: the score that a signal needs to ring now is a quantile of the scores of the last week's.
#pragma once
#include <deque>

#include "common/base/time.hpp"

namespace desk {

class RingBudget {
 public:
  static constexpr base::Millis week{std::chrono::hours{168}}, day{std::chrono::hours{24}};
  /// 0: no limit.
  explicit RingBudget(double rings_a_day) : rings_a_day_(rings_a_day) {}
  void set_rings_a_day(double rings) { rings_a_day_ = rings; }

  /// A signal that every other gate let ring, whether the budget did or not. In the order of time.
  void add(double score, base::WallTime at);
  /// A signal rings with a score above this. Below the budget's number of signals: -1. A wild day may ring twice its
  /// share, not more.
  [[nodiscard]] double bar(base::WallTime now) const;

 private:
  struct One {
    base::WallTime at;
    double score{};
  };
  [[nodiscard]] double bar_of(base::WallTime since, double rings) const;
  double rings_a_day_;
  std::deque<One> seen_;  ///< of the last week; at most so many as matter
};

}  // namespace desk
