// The exact median of the last N values of a stream: a ring of the values and the order of its places, 5 bytes a value.
// A new value moves at most N bytes of the order, which beats a heap or a tree at the sizes it is for (N <= 255).
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace stats {

template <std::size_t N>
class SlidingMedian {
  static_assert(N >= 1 && N <= UINT8_MAX);

 public:
  /// False when x is not finite: refused, nothing changes.
  bool add(float x) {
    if (!std::isfinite(x)) return false;
    const auto place = static_cast<std::uint8_t>(added_ % N);
    auto* end = order_.data() + size();
    if (added_ >= N) {
      auto* oldest = static_cast<std::uint8_t*>(std::memchr(order_.data(), place, N));
      end = std::copy(oldest + 1, end, oldest);
    }
    values_.at(place) = x;
    auto* at =
        std::upper_bound(order_.data(), end, x, [this](float v, std::uint8_t other) { return v < values_.at(other); });
    std::copy_backward(at, end, end + 1);
    *at = place;
    ++added_;
    return true;
  }

  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(std::min<std::uint64_t>(added_, N)); }
  /// The newest is back(1). `nth` is 1 to size().
  [[nodiscard]] float back(std::size_t nth) const { return values_.at((added_ - nth) % N); }
  /// 0 while empty.
  [[nodiscard]] double median() const {
    if (added_ == 0) return 0;
    const std::size_t middle = size() / 2;
    const double above = values_.at(order_.at(middle));
    if (size() % 2 == 1) return above;
    const double below = values_.at(order_.at(middle - 1));
    return below + (above - below) / 2;
  }

 private:
  std::array<float, N> values_{};
  std::array<std::uint8_t, N> order_{};  ///< places of values_, smallest value first
  std::uint64_t added_{};
};

}  // namespace stats
