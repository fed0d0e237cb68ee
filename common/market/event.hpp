// What every exchange's payload becomes. Times are UTC, money is USD (USDT and USDC counted as USD), sizes are units of
// the instrument's base, rates are fractions. What a payload does not state is absent, never 0.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/time.hpp"
#include "common/market/topic.hpp"

namespace market {

enum class PositionSide : std::uint8_t { long_side, short_side };  ///< of the position that was closed by force
enum class TakerSide : std::uint8_t { buy, sell };                 ///< of the order that met a resting one
enum class SizeUnit : std::uint8_t { base, contracts, quote };     ///< what a raw size counts

[[nodiscard]] std::string_view to_string(PositionSide side);  ///< "long", "short"

struct Funding {
  std::string exchange, symbol;
  std::optional<double> rate;            ///< for one interval: 0.0001 = 0.01 %; positive: longs pay
  std::optional<double> predicted_rate;  ///< of the settlement after `settles_at`
  std::optional<std::chrono::minutes> interval;
  std::optional<base::WallTime> settles_at;  ///< when `rate` is charged; of a settled rate: when it was charged
  bool settled{};                            ///< history: the settlement is done
  std::optional<double> cap, floor;          ///< what `rate` can reach, where the exchange says it; floor: negative
  std::optional<double> mark, index;
  std::optional<base::WallTime> at;  ///< the exchange's time
  base::WallTime received_at{};
};

struct Ticker {
  std::string exchange, symbol;
  std::optional<double> last, mark, index, bid, ask, open_24h, high_24h, low_24h;
  std::optional<double> change_24h;  ///< fraction
  std::optional<double> base_volume_24h, quote_volume_24h;
  std::optional<base::WallTime> at;
  base::WallTime received_at{};
};

struct OpenInterest {
  std::string exchange, symbol;
  std::optional<double> raw;  ///< as sent, in `unit`
  SizeUnit unit{SizeUnit::base};
  std::optional<double> base, quote;      ///< one side, in base units and in quote currency
  std::optional<double> single_side_raw;  ///< where the exchange counts both sides and also states one (Bybit)
  bool history{};
  std::optional<base::WallTime> at;
  base::WallTime received_at{};
};

struct Candle {
  std::string exchange, symbol;
  base::WallTime opened_at{};
  base::Millis length{};  ///< 0 when the payload does not say it
  double open{}, high{}, low{}, close{};
  std::optional<double> base_volume, quote_volume, taker_buy_quote;
  std::optional<std::int64_t> trades;
  std::optional<bool> closed;  ///< absent: the payload does not say; judge by time (EXCHANGES.md 1.4)
  base::WallTime received_at{};
};

struct Liquidation {
  std::string exchange, symbol;
  std::optional<PositionSide> side;  ///< absent where the exchange's convention is not known
  std::int8_t sign{};                ///< of the size as sent, where the side is not known but by it (TwoWays); else 0
  double price{};
  double raw_quantity{};
  std::optional<double> order_quantity;  ///< of the order, where it is told beside that of the position (Gate)
  SizeUnit unit{SizeUnit::base};
  std::optional<double> base, usd;  ///< absent when the contract size is not known
  std::string id;                   ///< the exchange's own, where it has one
  base::WallTime at{};
  base::WallTime received_at{};
};

struct Trade {
  std::string exchange, symbol;
  std::optional<TakerSide> side;
  double price{};
  double raw_quantity{};
  SizeUnit unit{SizeUnit::base};
  std::optional<double> base, usd;  ///< absent when the contract size is not known
  std::string id;                   ///< the exchange's own, where it has one
  base::WallTime at{};
  base::WallTime received_at{};
};

/// The best levels of an order book.
struct Depth {
  struct Level {
    double price{};
    double raw_quantity{};  ///< in `unit`
  };
  std::string exchange, symbol;
  std::vector<Level> bids, asks;  ///< best first
  SizeUnit unit{SizeUnit::base};
  std::optional<double> contract_size;  ///< of sizes in contracts, where it is known: base (or, inverse, quote) in one
  std::optional<base::WallTime> at;
  base::WallTime received_at{};
};

/// The feed was blind between the two times. A detector must not read silence in between as calm.
struct Gap {
  std::string exchange;
  Topic topic{};
  std::string symbol;  ///< empty: all of the exchange's
  base::WallTime from{};
  base::WallTime to{};
};

using Event = std::variant<Funding, Ticker, OpenInterest, Candle, Liquidation, Gap, Trade, Depth>;
using Events = std::vector<Event>;

[[nodiscard]] const std::string& exchange_of(const Event& event);
[[nodiscard]] const std::string& symbol_of(const Event& event);
[[nodiscard]] base::WallTime received_at(const Event& event);

/// The exchange's time, where it says one; else when it was received.
template <typename Stamped>
[[nodiscard]] base::WallTime time_of(const Stamped& event) {
  return event.at.value_or(event.received_at);
}

/// The stable identity of an event: exchange, symbol, kind, exchange time and what tells two of one millisecond apart.
/// The same event read twice, on any host, has the same one (DESIGN.md section 9).
[[nodiscard]] std::string identity(const Event& event);

/// The portable rule for a closed bar: its end is at least 2 s before the exchange's now (EXCHANGES.md 1.4).
[[nodiscard]] bool is_closed(const Candle& candle, base::WallTime exchange_now);

}  // namespace market
