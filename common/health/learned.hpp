// What was learned of each feed's silence, as text that survives a restart. Pure; whatever cannot be read is left out,
// and is learned anew.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "common/health/gap_tail.hpp"

namespace health {

struct Learned {
  std::string exchange;
  GapTail silence;  ///< in minutes of the market
  GapTail peers;    ///< in events of the others: worth something among the same others alone
};

[[nodiscard]] std::string to_text(const std::vector<Learned>& all);
/// `peers` are only taken over where the exchanges are still those that it was learned among.
[[nodiscard]] std::vector<Learned> learned_from(std::string_view text, const std::vector<std::string>& exchanges);

}  // namespace health
