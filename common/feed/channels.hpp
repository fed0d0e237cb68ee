// Which of a socket's channels speak: what is subscribed again is what is in doubt, not all of it. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/base/time.hpp"

namespace feed {

class Channels {
 public:
  static constexpr base::Millis silent_after{180'000};

  explicit Channels(std::vector<std::string> names) : names_(std::move(names)), heard_(names_.size()) {}
  /// Data of a contract: its channel is the one that names it, "kline.1.BTCUSDT", in any case of letters.
  void heard(const std::string& symbol, base::SteadyTime now);
  /// Those that were silent lately. All of them where all speak: what they say is in doubt then, or where none of them
  /// is a contract's own.
  [[nodiscard]] std::vector<std::string> in_doubt(base::SteadyTime now) const;

 private:
  [[nodiscard]] std::optional<std::size_t> channel_of(std::string_view symbol) const;
  std::vector<std::string> names_;
  std::vector<std::optional<base::SteadyTime>> heard_;
  std::unordered_map<std::string, std::optional<std::size_t>> known_;  ///< by symbol
};

}  // namespace feed
