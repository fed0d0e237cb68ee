// How many retries a host is worth (RL-6): gRPC's rule (proposal A6). No clock, never blocks.
#pragma once
#include <algorithm>

namespace guard {

class RetryBudget {
 public:
  [[nodiscard]] bool allows() const { return tenths_ > tenths_max / 2; }
  void on_success() { tenths_ = std::min(tenths_ + 1, tenths_max); }
  void on_failure() { tenths_ = std::max(tenths_ - 10, 0); }  ///< of a call that could be retried
  [[nodiscard]] double tokens() const { return tenths_ / 10.0; }

 private:
  static constexpr int tenths_max = 100;
  int tenths_{tenths_max};
};

}  // namespace guard
