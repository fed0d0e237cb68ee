// Numbers, times and symbols out of JSON values, by one set of strict rules.
#pragma once
#include "common/base/time.hpp"
#include "common/exchange/json.hpp"

namespace exchange {

/// Reads the fields of one row and remembers whether any of them could not be read. Absent are: a missing field, null,
/// "" and the strings "null" and "nan" (EXCHANGES.md 14.1). What is there but no finite number is a fault of the row
/// (F-16).
class Row {
 public:
  [[nodiscard]] std::optional<double> number(Value value) { return said(read_number(value)); }
  /// A size, volume or price: not negative.
  [[nodiscard]] std::optional<double> amount(Value value) { return said(read_amount(value)); }
  /// 0 is no price but the lack of one.
  [[nodiscard]] std::optional<double> price(Value value) {
    if (const double read = read_amount(value); read > 0) return read;
    return std::nullopt;
  }
  [[nodiscard]] double needed_amount(Value value);
  [[nodiscard]] double needed_price(Value value);  ///< above 0
  [[nodiscard]] std::optional<std::int64_t> integer(Value value);
  /// s, ms, us or ns since 1970 by its size (EXCHANGES.md 14.2), 2009 to 2100; 0 is absent.
  [[nodiscard]] std::optional<base::WallTime> time(Value value) {
    const auto read = read_time(value);
    if (read != no_time) return read;
    return std::nullopt;
  }
  [[nodiscard]] base::WallTime needed_time(Value value);
  /// An exchange's spelling of a contract: 1 to 64 bytes without blanks, quotes and control characters.
  [[nodiscard]] std::string symbol(Value value);
  void refuse() { ok_ = false; }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  // Made here and not where the number is read: an optional that is returned through a call is stored in halves and
  // copied as a whole, and the processor waits for each (a third of the time of a table was that).
  static std::optional<double> said(double number) {
    if (number == number) return number;
    return std::nullopt;
  }
  static constexpr base::WallTime no_time{};
  [[nodiscard]] double read_number(Value value);  ///< NaN: absent
  [[nodiscard]] double read_unusual(Value value, std::string_view text);
  [[nodiscard]] double read_amount(Value value);
  [[nodiscard]] base::WallTime read_time(Value value);

  bool ok_{true};
};

}  // namespace exchange
