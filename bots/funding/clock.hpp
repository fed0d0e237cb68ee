// The funding clock (SIGNALS.md 3.4): the interval changed; the rate stands at its cap or floor; an hourly contract of
// Binance is calm and will settle every 4 h again. Measured values in, a decision with its reason out.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "bots/funding/settings.hpp"
#include "common/desk/finding.hpp"

namespace funding {

/// A rate against what its exchange lets it reach.
struct LimitMeasure {
  double rate{};
  std::optional<double> cap, floor;  ///< of the same interval
  bool said{};                       ///< and it has not left the limit since

  /// The one on the rate's side; absent: not published.
  [[nodiscard]] std::optional<double> limit() const { return rate < 0 ? floor : cap; }
  /// 1 at the limit; 0 when there is none.
  [[nodiscard]] double share() const;
};
enum class LimitLack : std::uint8_t { nothing, no_limit, share, said };
[[nodiscard]] std::string_view to_string(LimitLack lack);
[[nodiscard]] LimitLack decide(const LimitMeasure& measure);
[[nodiscard]] std::vector<desk::Measured> evidence(const LimitMeasure& measure);
/// At the limit: rates are published rounded.
inline constexpr double at_limit_share = 0.9999;
/// It has left the limit below this share: reaching it again is news.
inline constexpr double off_limit_share = 0.9;

/// Settlements in a row that were hourly and small, of those after which the exchange settles every 4 h again.
struct CalmMeasure {
  std::uint32_t periods{};
  bool said{};  ///< of this run
};
enum class CalmLack : std::uint8_t { nothing, periods, over, said };
[[nodiscard]] std::string_view to_string(CalmLack lack);
[[nodiscard]] CalmLack decide(const CalmMeasure& measure, const ClockThresholds& thresholds);
[[nodiscard]] std::vector<desk::Measured> evidence(const CalmMeasure& measure, const ClockThresholds& thresholds);

/// Tells a changed interval from a settlement that is missing, where nobody states the interval.
class IntervalWatch {
 public:
  /// What a running rate states or its settlement times step by: believed at once. Gives the one before when it
  /// changed.
  [[nodiscard]] std::optional<std::chrono::minutes> stated(std::chrono::minutes now);
  /// The time between two settlements: a shorter one is believed at once, as none can be missing; a longer one when it
  /// is seen twice in a row.
  [[nodiscard]] std::optional<std::chrono::minutes> spaced(std::chrono::minutes now);
  [[nodiscard]] std::optional<std::chrono::minutes> known() const { return known_; }

 private:
  std::optional<std::chrono::minutes> known_, longer_;
};

}  // namespace funding
