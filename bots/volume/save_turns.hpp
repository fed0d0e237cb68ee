// Which contracts are written to the store now. Each bar changes a contract's state, and 2.5 KB a minute for 6,000 of
// them would be 18 MB a minute; half an hour of minute bars costs nothing to read again after a crash. So each is
// written once in half an hour, in turns; hours of past weeks, which were asked for but once, at once; all at a clean
// stop.
#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "common/base/time.hpp"

namespace volume {

class SaveTurns {
 public:
  static constexpr base::Millis every{1'800'000};
  struct State {
    base::WallTime newest_bar{base::WallTime::min()};
    bool knows_hours{};
    bool operator==(const State&) const = default;
  };

  /// The contract stands so in the store.
  void stored(const std::string& exchange, const std::string& symbol, const State& state);
  /// Is it written now? `all`: whatever is not in the store yet.
  [[nodiscard]] bool due(const std::string& exchange, const std::string& symbol, const State& now, bool all) const;

 private:
  std::map<std::pair<std::string, std::string>, State> stored_;
};

}  // namespace volume
