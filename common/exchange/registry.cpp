// Every exchange that Perpwatch knows, one line each.
#include <algorithm>
#include <array>

#include "common/exchange/aster.hpp"
#include "common/exchange/binance.hpp"
#include "common/exchange/bingx.hpp"
#include "common/exchange/bitget.hpp"
#include "common/exchange/bitmex.hpp"
#include "common/exchange/bybit.hpp"
#include "common/exchange/coinex.hpp"
#include "common/exchange/deribit.hpp"
#include "common/exchange/described.hpp"
#include "common/exchange/exchange.hpp"
#include "common/exchange/gate.hpp"
#include "common/exchange/htx.hpp"
#include "common/exchange/hyperliquid.hpp"
#include "common/exchange/kraken.hpp"
#include "common/exchange/kucoin.hpp"
#include "common/exchange/mexc.hpp"
#include "common/exchange/okx.hpp"

namespace exchange {

namespace {

// clang-format off
constexpr std::array descriptions{
    &binance::description,
    &bybit::description,
    &okx::description,
    &mexc::description,
    &gate::description,
    &bitget::description,
    &kraken::description,
    &htx::description,
    &kucoin::description,
    &hyperliquid::description,
    &deribit::description,
    &aster::description,
    &bingx::description,
    &coinex::description,
    &bitmex::description,
};
// clang-format on

}  // namespace

std::unique_ptr<Exchange> make_exchange(std::string_view name, const Settings& settings, std::shared_ptr<Json> json) {
  const auto* found = std::find_if(descriptions.begin(), descriptions.end(),
                                   [&](const Description* known) { return known->traits.name == name; });
  return found == descriptions.end() ? nullptr : make_described(**found, settings, std::move(json));
}

std::span<const std::string_view> exchange_names() {
  static const auto names = [] {
    std::array<std::string_view, descriptions.size()> out{};
    std::transform(descriptions.begin(), descriptions.end(), out.begin(),
                   [](const Description* known) { return known->traits.name; });
    return out;
  }();
  return names;
}

}  // namespace exchange
