// Recorded tables of candles, settled funding rates and liquidations as market events: CSV with a header line. Pure.
//   candles       time_ms (opened), [symbol], open, high, low, close, quote_volume | volume, [trades],
//   [taker_buy_quote] funding       time_ms (settled), [venue], [symbol], funding_rate liquidations  time_ms, [symbol],
//   usd, [side of the order: BUY | SELL | position_side: long | short],
//                 [avg_price | price], [session]
// Other columns are left alone. Volumes are quote volumes, `volume` counts base units. Between two sessions of
// liquidations nobody listened: a gap. An empty field is a value that is not known.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/market/event.hpp"

namespace feed {

/// What a table does not say itself.
struct TableDefaults {
  std::string exchange{"binance"};           ///< where there is no column `venue`
  std::string symbol{};                      ///< where there is no column `symbol`
  std::optional<base::Millis> bar_length{};  ///< absent: the smallest step between two bars of one symbol, else 1 m
};

/// Rows of any number of tables, in the order in which they could be known: a candle when it closed.
class Tables {
 public:
  /// Adds a whole table; its rows may stand in any order. bad_data, naming the line and the column; then nothing of it
  /// is added.
  [[nodiscard]] base::Result<void> add(std::string_view csv, const std::string& place, const TableDefaults& defaults);
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  /// Every row, oldest first; what is of one time comes as it was added. False from `take` ends it.
  void each(const std::function<bool(const market::Event&)>& take);

 private:
  enum class Kind : std::uint8_t { candle, funding, liquidation, gap };
  /// 88 bytes: a year of minutes is 46 MB.
  struct Row {
    std::int64_t known_ms{};   ///< when it could be known
    std::uint32_t name{};      ///< of names_: exchange and symbol
    std::uint32_t length_s{};  ///< of a candle
    Kind kind{};
    std::int8_t side{};  ///< of a liquidation: 1 long, -1 short, 0 not known
    std::array<double, 8> value{};
  };
  struct Name {
    std::string exchange, symbol;
  };
  struct Columns;
  struct Line;
  [[nodiscard]] std::uint32_t name_of(const std::string& exchange, const std::string& symbol);
  [[nodiscard]] static base::Result<Row> parse(const Columns& columns, const Line& line);

  std::vector<Row> rows_;
  std::vector<Name> names_;
  bool sorted_{true};
};

}  // namespace feed
