// Where a price stands in the band of its last closes: mean and standard deviation of all n of them.
#pragma once
#include <array>
#include <cstddef>
#include <optional>

namespace stats {

class Bollinger {
 public:
  static constexpr std::size_t bars = 20;

  /// A close that is not finite is left out.
  void add(double close);
  /// The next bar does not follow the last one: the band begins anew.
  void interrupt() { held_ = 0; }
  /// -1 at the lower edge of a band `width` deviations wide, 0 at its mean, 1 at the upper one, beyond: outside. Absent
  /// before 20 bars, and when they all closed at one price.
  [[nodiscard]] std::optional<double> position(double price, double width) const;

 private:
  std::array<double, bars> closes_{};
  std::size_t held_{}, next_{};
};

}  // namespace stats
