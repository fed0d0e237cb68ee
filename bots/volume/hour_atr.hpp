// ATR(14) of 1 h bars, out of whole 1 h bars and of 1 m bars put together: what a stop is sized by.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "common/base/time.hpp"
#include "common/stats/atr.hpp"

namespace volume {

class HourAtr {
 public:
  static constexpr stats::BlobKind blob_kind{"PWHA", 1};

  /// A closed bar shorter than an hour, in order. An hour of which half the bars are missing is left out.
  void add_bar(base::WallTime opened_at, base::Millis length, double high, double low, double close);
  /// A closed bar of one hour; what is not newer than the last hour known is ignored. But while that is too little for
  /// an ATR, an older hour begins anew: history, which brings the hours known again.
  void add_hour(base::WallTime opened_at, double high, double low, double close);
  /// In price. Absent before 14 hours.
  [[nodiscard]] std::optional<double> value() const { return atr_.value(); }

  [[nodiscard]] std::string save() const;
  [[nodiscard]] static base::Result<HourAtr> load(std::string_view blob);

 private:
  static constexpr std::uint32_t bars = 14;
  void finish(std::int64_t hour, double high, double low, double close);

  stats::Atr atr_{bars};
  std::int64_t last_hour_{-1};  ///< since 1970, the newest in the ATR
  std::int64_t hour_{-1};       ///< that is being put together
  std::uint32_t held_ms_{};     ///< of it
  double high_{}, low_{}, close_{};
};

}  // namespace volume
