// Which contracts each played exchange lists, and what belongs to one of them.
#pragma once
#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/sandbox/types.hpp"

namespace sandbox {

// clang-format off
enum class Venue : std::uint8_t {
  binance, bybit, okx, mexc,
  gate,
  bitget,
  kraken,
  kucoin,
  htx,
  hyperliquid,
  deribit,
  aster,
};
inline constexpr std::array venues{
  Venue::binance, Venue::bybit, Venue::okx, Venue::mexc,
  Venue::gate,
  Venue::bitget,
  Venue::kraken,
  Venue::kucoin,
  Venue::htx,
  Venue::hyperliquid,
  Venue::deribit,
  Venue::aster,
};
// clang-format on
[[nodiscard]] std::string_view to_string(Venue venue);
[[nodiscard]] std::optional<Venue> venue_of(std::string_view name);
/// Whether liquidations of this exchange can be seen by anybody.
[[nodiscard]] bool publishes_liquidations(Venue venue);

struct Coin {
  std::string name;
  double price;           ///< of one coin, USD, around which the path moves
  double minute_sigma;    ///< standard deviation of one-minute log returns
  double usd_per_minute;  ///< median quote volume on the largest exchange
};
[[nodiscard]] const std::vector<Coin>& coins();

struct Bar {
  Ms open_time{};
  Ms length{};
  double open{}, high{}, low{}, close{};  ///< in the contract's own price unit
  double base{};                          ///< in the contract's own coin unit (1000 PEPE for 1000PEPEUSDT)
  double quote{};
  double taker_buy_base{}, taker_buy_quote{};
  std::int64_t trades{};
  bool closed{};
};

/// A rate that was paid.
struct Settlement {
  Ms time{};
  double rate{};
};

struct Contract {
  enum class Kind : std::uint8_t { perpetual, dated, inverse };  ///< only perpetuals are what the bots watch
  Venue venue{};
  Kind kind{Kind::perpetual};
  std::string symbol;                     ///< "1000PEPEUSDT", "PEPE-USDT-SWAP", "PEPE_USDT"
  std::string base;                       ///< "1000PEPE", "PEPE"
  std::string coin;                       ///< "PEPE"
  std::optional<std::size_t> coin_index;  ///< none: prices come from a played recording
  double unit{1};                         ///< coins in one unit of price: 1000 for 1000PEPE
  double contract_size{1};                ///< units in one contract
  int price_decimals{2};
  int size_decimals{3};
  int interval_hours{8};
  double cap{0.02};
  double share{1};  ///< of the largest exchange's volume
  Ms listed{};
  bool trading{true};

  std::optional<double> rate_set;  ///< the running rate, when a scenario says it
  std::optional<Ms> next_set;      ///< the next settlement, when a scenario moved it
  Ms schedule_from{};              ///< the last one that a scenario paid: the ones after it are whole intervals later
  std::map<Ms, double> settled;    ///< what was paid since the start, and what a recording says
  std::map<Ms, Bar> played;        ///< bars of a recording, by open time
  bool played_funding{};           ///< the funding history is the recording's alone
  double first_played_price{};     ///< of the first played liquidation, whether it came yet or not
  double last_played_price{};      ///< of the last one that came
};

/// The contracts of one exchange at the start, listed long ago.
[[nodiscard]] std::vector<std::unique_ptr<Contract>> standard_contracts(Venue venue, Ms now);
/// A contract that a scenario or a recording adds. `coin` may be one of coins() or anything else.
/// `like`: one of coins() whose price path it takes.
[[nodiscard]] std::unique_ptr<Contract> make_contract(Venue venue, const std::string& symbol, Ms now,
                                                      const std::string& like = {});

}  // namespace sandbox
