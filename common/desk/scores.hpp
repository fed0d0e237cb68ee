// How remarkable a finding is among its kind, 0 to 100: the share of this kind's candidates of the last 28 days that
// were weaker (SIGNALS.md 1). Comparable between kinds, whatever their units.
#pragma once
#include <map>
#include <string>

#include "common/desk/finding.hpp"
#include "common/stats/day_ranks.hpp"

namespace desk {

class Scores {
 public:
  static constexpr std::uint32_t days = 28;
  static constexpr std::uint64_t candidates_min = 100;

  /// Of every candidate (is_candidate), whether it fires or not.
  void add(const Finding& finding);
  /// Before `candidates_min` of its kind: its margin m over the threshold (its first evidence that has one), as
  /// 100 m / (1 + m).
  [[nodiscard]] double of(const Finding& finding) const;

  [[nodiscard]] std::map<std::string, std::string> save() const;  ///< by kind
  [[nodiscard]] base::Result<void> restore(const std::string& kind, std::string_view blob);

 private:
  std::map<std::string, stats::DayRanks, std::less<>> kinds_;
};

}  // namespace desk
