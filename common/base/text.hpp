// Numbers, durations and times as people read them. Plain text: escape it through Html before it meets a message.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "common/base/time.hpp"

namespace base {

[[nodiscard]] std::string utc_stamp(WallTime time);     ///< "2025-12-09 02:07:00 UTC"
[[nodiscard]] std::string utc_date(WallTime time);      ///< "2025-12-09"
[[nodiscard]] std::string utc_clock(WallTime time);     ///< "02:07:00"
[[nodiscard]] std::string duration_words(Millis span);  ///< "2h 15m", "3d 4h", "45s", "120 ms"
[[nodiscard]] std::string usd(double value);            ///< "$4.13M", "$812k", "$12.40"; three significant digits
[[nodiscard]] std::string percent(double fraction, int decimals = 2);         ///< 0.0123 -> "1.23%"
[[nodiscard]] std::string signed_percent(double fraction, int decimals = 2);  ///< "+1.23%", "−1.23%"
/// A price with the decimals of its tick; without one, five significant digits, never scientific.
[[nodiscard]] std::string price(double value, std::optional<double> tick_size = std::nullopt);
[[nodiscard]] std::string fixed(double value, int decimals);    ///< "3.14"; non-finite values are "n/a"
[[nodiscard]] std::string plain_number(double value);           ///< as few digits as read back the same: "0.001"
[[nodiscard]] std::string grouped(std::int64_t value);          ///< 1234567 -> "1,234,567"
[[nodiscard]] std::string_view trimmed(std::string_view text);  ///< without the blanks and line ends around it

}  // namespace base
