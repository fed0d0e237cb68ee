// What was said of a contract's or an asset's funding, and may not be said again yet. Kept over a restart: whoever
// forgets it says it twice.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "common/stats/blob.hpp"

namespace funding {

struct Said {
  static constexpr stats::BlobKind blob_kind{"PWFS", 1};

  std::int64_t extreme_minute{};    ///< the settlement for which an extreme was said, in minutes since 1970
  std::int64_t predicted_minute{};  ///< and a flip that was predicted
  bool disarmed{};                  ///< said, and not yet below the level that re-arms
  bool limit{}, calm{};

  bool operator==(const Said&) const = default;
  [[nodiscard]] std::string save() const;
  [[nodiscard]] static base::Result<Said> load(std::string_view blob);
};

}  // namespace funding
