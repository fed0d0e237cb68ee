// What is tried for a feed that is not believed, in order, each step with the time it needs to show: subscribe again,
// connect anew, another host or path; then it is said. Only data ends it. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/health/moment.hpp"

namespace health {

enum class Remedy : std::uint8_t { resubscribe, reconnect, alternative };
[[nodiscard]] std::string_view to_string(Remedy remedy);  ///< "subscribed again"

class Recovery {
 public:
  /// `step`: how long a remedy needs to show, which is the feed's own mean gap or so; clamped to [30 s, 2 min].
  void begin(base::Millis step, Moment now);
  /// The next remedy, when its time has come. `has_alternative`: there is another host or path to try.
  [[nodiscard]] std::optional<Remedy> next(bool has_alternative, Moment now);
  [[nodiscard]] bool under_way() const { return began_.has_value(); }
  /// Everything was tried in vain: say so. Stays so until it is over.
  [[nodiscard]] bool in_vain() const { return in_vain_; }
  /// "subscribed again, connected anew"
  [[nodiscard]] std::string tried() const;
  void end() { *this = Recovery{}; }

  static constexpr base::Millis step_min{30'000}, step_max{120'000};
  static constexpr base::Millis again_after{300'000};  ///< once it was in vain, another try every so often

 private:
  std::optional<base::SteadyTime> began_;
  base::SteadyTime due_{};
  base::Millis step_{};
  std::vector<Remedy> tried_;
  bool in_vain_{};
};

}  // namespace health
