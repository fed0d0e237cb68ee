// What the profile says of a spike, and which way it points (SIGNALS.md 4.3, 4.5): with a price that breaks the day's
// value area, where takers push the same way; else nowhere.
#pragma once
#include <optional>
#include <vector>

#include "bots/volume/profile.hpp"
#include "bots/volume/spike.hpp"
#include "common/desk/finding.hpp"

namespace volume {

/// Where a price came from and where it went, in the profile of the day.
struct ProfileLook {
  Step step{};
  double busiest{};
  ProfileView::Range value;
  std::optional<ProfileView::Range> leaves, reaches;  ///< a much traded node
  std::optional<ProfileView::Range> thin;             ///< it stands where little was traded
};
[[nodiscard]] ProfileLook look_at(const ProfileView& view, double open, double close);
void add_evidence(const ProfileLook& look, std::vector<desk::Measured>& out);

[[nodiscard]] desk::Direction direction_of(const Measure& measure, const std::optional<ProfileLook>& look,
                                           const Thresholds& thresholds);
/// For a direction, each in [-1, 1]: taker flow, how far the break goes, and what lies where the price is now.
[[nodiscard]] std::vector<desk::Factor> factors(const Measure& measure, const ProfileLook& look,
                                                desk::Direction direction, std::optional<double> atr_1m);

}  // namespace volume
