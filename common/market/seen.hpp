// Which events were heard already (by market::identity): polls and reconnects bring the same ones again.
#pragma once
#include <cstdint>
#include <deque>
#include <string_view>
#include <unordered_set>

namespace market {

class Seen {
 public:
  /// The newest so many are remembered: hours of a busy market, about 4 MB when full.
  static constexpr std::size_t remembered_max = 60'000;
  /// True the first time. Two different identities collide once in some 10^14 events.
  bool first_time(std::string_view identity);
  [[nodiscard]] std::size_t size() const { return order_.size(); }

 private:
  std::unordered_set<std::uint64_t> known_;
  std::deque<std::uint64_t> order_;
};

}  // namespace market
