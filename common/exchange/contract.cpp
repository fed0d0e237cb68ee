#include "common/exchange/contract.hpp"

#include <algorithm>
#include <cmath>

namespace exchange {

using market::SizeUnit;

void set_base(market::Instrument& instrument, std::string_view base) {
  instrument.base = base == "XBT" ? "BTC" : std::string(base);
  auto unit = market::split_unit(instrument.base);
  instrument.asset = std::move(unit.asset);
  instrument.unit_multiplier = unit.multiplier;
}

market::Instrument make_instrument(std::string_view exchange, std::string_view symbol, const Spelling& spelling) {
  market::Instrument out;
  out.exchange = exchange;
  out.symbol = symbol;
  set_base(out, spelling.base);
  out.quote = spelling.quote;
  out.inverse = spelling.inverse;
  out.kind = spelling.kind;
  if (!spelling.settle.empty()) {
    out.settle = spelling.settle;
  } else {
    out.settle = spelling.inverse ? out.base : out.quote;
  }
  return out;
}

bool is_dollar(std::string_view currency) {
  return currency == "USDT" || currency == "USDC" || currency == "USD" || currency == "BUSD" || currency == "FDUSD" ||
         currency == "TUSD" || currency == "USD1";
}

std::optional<Contract> known_contract(const Exchange& exchange, const market::Universe& universe,
                                       std::string_view symbol) {
  const auto from = [](const market::Instrument& instrument) {
    return Contract{instrument.inverse, instrument.kind == market::ContractKind::future, is_dollar(instrument.quote),
                    instrument.contract_size};
  };
  if (const auto* listed = universe.find(symbol)) return from(*listed);
  if (const auto spelled = exchange.describe(symbol)) return from(*spelled);
  return std::nullopt;
}

Contract contract_of(const Exchange& exchange, const market::Universe& universe, std::string_view symbol) {
  return known_contract(exchange, universe, symbol).value_or(Contract{});
}

Size size_of(double count, SizeUnit unit, const Contract& contract, std::optional<double> price) {
  if (unit == SizeUnit::contracts) {
    if (!contract.size) return {};
    const auto of_unit = contract.inverse ? SizeUnit::quote : SizeUnit::base;
    return size_of(count * *contract.size, of_unit, contract, price);
  }
  const bool priced = price && *price > 0;
  const auto finite = [](double value) { return std::isfinite(value) ? std::optional(value) : std::nullopt; };
  if (unit == SizeUnit::base) return {finite(count), priced ? finite(count * *price) : std::nullopt};
  return {priced ? finite(count / *price) : std::nullopt, finite(count)};
}

bool is_date(std::string_view text) {
  return text.size() == 6 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace exchange
