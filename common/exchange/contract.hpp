// What sizes mean: the shape of a contract by the list or by its spelling, and a size in coins and in quote currency.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "common/exchange/exchange.hpp"

namespace exchange {

/// The parts of a symbol. `settle` empty: the quote of a linear contract, the base of an inverse one.
struct Spelling {
  std::string_view base{}, quote{}, settle{};
  bool inverse{};
  market::ContractKind kind{market::ContractKind::perpetual};
};
/// An instrument with what the spelling says; XBT is written BTC, the unit multiplier is taken from the base.
[[nodiscard]] market::Instrument make_instrument(std::string_view exchange, std::string_view symbol,
                                                 const Spelling& spelling);
void set_base(market::Instrument& instrument, std::string_view base);  ///< with asset and unit multiplier

[[nodiscard]] bool is_dollar(std::string_view currency);  ///< counted as USD: USD, USDT, USDC and the like

/// What a decoder must know of a contract to read its sizes.
struct Contract {
  bool inverse{};
  bool dated{};
  bool dollars{};              ///< quoted in what counts as USD
  std::optional<double> size;  ///< units of base (linear) or quote (inverse) in one contract
};
/// From the list of contracts, else from the spelling; nullopt: neither knows such a contract.
[[nodiscard]] std::optional<Contract> known_contract(const Exchange& exchange, const market::Universe& universe,
                                                     std::string_view symbol);
/// The same, else a linear contract of unknown size.
[[nodiscard]] Contract contract_of(const Exchange& exchange, const market::Universe& universe, std::string_view symbol);

/// A size in both currencies, as far as contract size and price allow.
struct Size {
  std::optional<double> base, quote;
};
[[nodiscard]] Size size_of(double count, market::SizeUnit unit, const Contract& contract, std::optional<double> price);

/// Fills base and usd of a liquidation or a trade from its price, raw_quantity and unit.
template <class Event>
void fill_sizes(Event& event, const Contract& contract) {
  const auto size = size_of(event.raw_quantity, event.unit, contract, event.price);
  event.base = size.base;
  if (contract.dollars) event.usd = size.quote;
}

/// A six-digit date of a dated contract: "260327".
[[nodiscard]] bool is_date(std::string_view text);

}  // namespace exchange
