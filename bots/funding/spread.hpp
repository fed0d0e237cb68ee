// The spread rule (SIGNALS.md 3.3) and its plain threshold mode: what one asset's contracts pay on different exchanges.
// Measured values in, a decision with its reason out.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bots/funding/settings.hpp"
#include "common/desk/finding.hpp"
#include "common/market/event.hpp"

namespace funding {

/// Settlements are stamped up to so much after the hour they belong to.
inline constexpr base::Millis stamp_slack{5'000};

/// The newest rate of one contract.
struct Quote {
  std::string exchange, symbol;
  double rate{}, r8{}, apr{};
  std::chrono::minutes interval{};
  base::WallTime at{};           ///< mode threshold: when it was settled; else when it was received
  std::optional<double> mark;    ///< price, where it is known
  std::optional<double> oi_usd;  ///< open interest, where it is known
};

struct SpreadMeasure {
  std::size_t exchanges{};  ///< that could be compared
  Quote low, high;
  double spread_r8{}, spread_apr{};
  double break_even_h{};  ///< until the difference has paid four taker fees
  bool disarmed{};
};

/// Why it does not fire: the first condition that is not met, in this order.
enum class SpreadLack : std::uint8_t { nothing, exchanges, break_even, r8, armed };
[[nodiscard]] std::string_view to_string(SpreadLack lack);

[[nodiscard]] SpreadLack decide(const SpreadMeasure& measure, const SpreadThresholds& thresholds);
[[nodiscard]] std::vector<desk::Measured> evidence(const SpreadMeasure& measure, const SpreadThresholds& thresholds);

/// One asset's contracts, the one with the most open interest of each exchange counted (else the one heard last).
class AssetRates {
 public:
  void hear(const Quote& quote);
  /// In quote currency where the exchange says it, else at the mark price of the newest rate.
  void hear_open_interest(const market::OpenInterest& interest);
  /// Of those that are fresh `now`; the spread is 0 with fewer than two exchanges. Re-arms what it says.
  [[nodiscard]] SpreadMeasure measure(base::WallTime now, const SpreadThresholds& thresholds);
  void said() { disarmed_ = true; }
  void restore(bool disarmed) { disarmed_ = disarmed; }
  [[nodiscard]] bool disarmed() const { return disarmed_; }
  /// The newest measure and its time; absent before the first.
  [[nodiscard]] const std::optional<std::pair<base::WallTime, SpreadMeasure>>& judged() const { return judged_; }

 private:
  std::map<std::pair<std::string, std::string>, Quote> quotes_;  ///< by exchange and symbol
  bool disarmed_{};
  std::optional<std::pair<base::WallTime, SpreadMeasure>> judged_;
};

}  // namespace funding
