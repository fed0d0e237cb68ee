// The extreme-rate rule (SIGNALS.md 3.1) and its plain threshold mode: measured values in, a decision with its reason
// out.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bots/funding/settings.hpp"
#include "common/desk/finding.hpp"

namespace funding {

struct ExtremeMeasure {
  double r8{}, apr{};
  std::size_t settlements{};    ///< in the history
  std::optional<double> z;      ///< absent without history
  std::size_t contracts{};      ///< of the exchange, with a known interval
  std::size_t above{};          ///< of them with a greater |r8|
  bool ranking_complete{true};  ///< every contract of the exchange was heard once since the start
  bool said_this_interval{};
  bool disarmed{};  ///< mode threshold
};

/// Why it does not fire: the first condition that is not met, in this order.
enum class Lack : std::uint8_t { nothing, stale, apr, settlements, z, first_sweep, rank, said, r8, armed, late };
[[nodiscard]] std::string_view to_string(Lack lack);

struct ExtremeDecision {
  Lack lack{Lack::nothing};
  bool rank_skipped{};  ///< too few contracts known: the condition could not be checked
};
[[nodiscard]] ExtremeDecision decide(const ExtremeMeasure& measure, const ExtremeThresholds& thresholds);

[[nodiscard]] std::vector<desk::Measured> evidence(const ExtremeMeasure& measure, const ExtremeThresholds& thresholds);

/// How many contracts of one exchange have a greater |r8| than another. Memory: 8 bytes a contract.
class Ranking {
 public:
  void add(double size);
  void remove(double size);
  [[nodiscard]] std::size_t above(double size) const;
  [[nodiscard]] std::size_t size() const { return sizes_.size(); }

 private:
  std::vector<double> sizes_;  ///< sorted
};

}  // namespace funding
