// What happens at one exchange in virtual time: bars, funding and forced orders as pure functions of time. One market
// is made up from a seed, others are read from recordings; the fake exchange words whichever it is given.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace simulation {

using Ms = std::int64_t;  ///< UTC, milliseconds since 1970

inline constexpr Ms second = 1'000;
inline constexpr Ms minute = 60 * second;
inline constexpr Ms hour = 60 * minute;
inline constexpr Ms day = 24 * hour;

struct Contract {
  std::string symbol;  ///< "BTCUSDT"
  std::string base;    ///< "BTC"
  Ms listed{};         ///< not in any answer before
};

struct Bar {
  double open{}, high{}, low{}, close{};
  double base{}, quote{}, taker_buy_quote{};
  std::int64_t trades{};
};

/// The rate that runs towards the next settlement.
struct Running {
  double rate{};
  Ms settles_at{};
  int interval_hours{8};
};

struct Settlement {
  Ms at{};
  double rate{};
};

struct ForcedOrder {
  Ms at{};
  std::size_t contract{};
  bool sell{};  ///< a long was closed
  double quantity{}, price{};
};

class Market {
 public:
  Market() = default;
  virtual ~Market() = default;
  Market(const Market&) = delete;
  Market& operator=(const Market&) = delete;
  Market(Market&&) = delete;
  Market& operator=(Market&&) = delete;

  [[nodiscard]] virtual const std::vector<Contract>& contracts() const = 0;
  /// The bar that opens then, whole; nullopt: the recording has none.
  [[nodiscard]] virtual std::optional<Bar> bar(std::size_t contract, Ms opens_at) const;
  [[nodiscard]] virtual double last_price(std::size_t contract, Ms now) const;
  [[nodiscard]] virtual double turnover_24h(std::size_t contract, Ms now) const;
  [[nodiscard]] virtual std::optional<Running> running(std::size_t contract, Ms now) const;
  /// Within [from, to], oldest first.
  [[nodiscard]] virtual std::vector<Settlement> settlements(std::size_t contract, Ms from, Ms to) const;
  /// Oldest first, all of them: the exchange pushes each when its time has come.
  [[nodiscard]] virtual const std::vector<ForcedOrder>& forced_orders() const;
};

}  // namespace simulation
