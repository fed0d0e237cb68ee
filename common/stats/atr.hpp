// Average true range, as Wilder smooths it: the plain mean of the first n true ranges, then 1/n of each new one.
#pragma once
#include <cstdint>
#include <optional>

#include "common/stats/blob.hpp"

namespace stats {

class Atr {
 public:
  explicit Atr(std::uint32_t bars) : bars_(bars) {}

  /// False, nothing changes: a price is not finite or not positive, or low > high.
  bool add(double high, double low, double close);
  /// The next bar does not follow the last one: its range is measured without the close before.
  void interrupt() { close_before_ = 0; }
  /// In units of price. Absent before n bars.
  [[nodiscard]] std::optional<double> value() const;
  [[nodiscard]] std::uint32_t count() const { return count_; }

  void save(BlobWriter& out) const;
  [[nodiscard]] static Atr load(BlobReader& in, std::uint32_t bars);  ///< check in.ok()

 private:
  std::uint32_t bars_;
  std::uint32_t count_{};  ///< not above bars_
  double mean_{};
  double close_before_{};  ///< 0: none
};

}  // namespace stats
