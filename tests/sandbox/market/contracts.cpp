#include "tests/sandbox/market/contracts.hpp"

#include <algorithm>
#include <cmath>

#include "tests/sandbox/market/path.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {

/// Hours between settlements, mixed as the exchanges mix them: most contracts 8, some 4, few 2 or 1.
int interval_of(Venue venue, const std::string& coin) {
  if (venue == Venue::kraken) return 1;
  if (venue == Venue::hyperliquid) return 1;
  if (venue == Venue::deribit) return 8;  // accrues all the time, is told for eight hours
  if (coin == "BTC" || coin == "ETH" || coin == "XRP") return 8;
  if (coin == "WIF") return venue == Venue::bybit ? 1 : 4;
  if (coin == "SUI") return venue == Venue::mexc ? 8 : 4;
  if (coin == "AVAX") return venue == Venue::okx ? 2 : 8;
  if (coin == "PEPE") return 4;
  return 8;
}

double share_of(Venue venue) {
  switch (venue) {
    case Venue::binance: return 1.0;
    case Venue::bybit: return 0.45;
    case Venue::okx: return 0.40;
    case Venue::mexc: return 0.25;
    case Venue::gate: return 0.22;
    case Venue::bitget: return 0.3;
    case Venue::kraken: return 0.08;
    case Venue::kucoin: return 0.12;
    case Venue::htx: return 0.15;
    case Venue::hyperliquid: return 0.30;
    case Venue::deribit: return 0.10;
    case Venue::aster: return 0.12;
  }
  return 1.0;
}

/// Coins in one contract where sizes are counted in contracts: a power of ten worth about 1 to 10 USD (OKX up to 1000,
/// KuCoin and HTX up to 100).
double contract_coins(Venue venue, double coin_price) {
  double worth = 0;
  if (venue == Venue::okx) worth = 900.0;
  if (venue == Venue::mexc || venue == Venue::gate) worth = 10.0;
  if (venue == Venue::kucoin || venue == Venue::htx) worth = 100.0;
  if (worth == 0) return 1;
  return std::pow(10.0, std::floor(std::log10(worth / coin_price)));
}

std::string symbol_of(Venue venue, const std::string& coin, const std::string& base) {
  if (venue == Venue::okx) return coin + "-USDT-SWAP";
  if (venue == Venue::mexc || venue == Venue::gate) return coin + "_USDT";
  if (venue == Venue::kraken) return "PF_" + (coin == "BTC" ? "XBT" : coin) + "USD";
  if (venue == Venue::kucoin) return (coin == "BTC" ? "XBT" : coin) + "USDTM";
  if (venue == Venue::htx) return coin + "-USDT";
  if (venue == Venue::hyperliquid) return base;
  if (venue == Venue::deribit) return coin + "_USDC-PERPETUAL";
  return base + "USDT";
}

/// "BTC" of "BTCUSDT", "BTC-USDT-SWAP", "BTC_USDT" and "PF_XBTUSD"; the whole symbol when there is no USDT in it.
std::string base_of(const std::string& symbol) {
  if (symbol.starts_with("PF_") && symbol.ends_with("USD")) {
    const auto base = symbol.substr(3, symbol.size() - 6);
    return base == "XBT" ? "BTC" : base;
  }
  if (symbol.ends_with("-PERPETUAL")) return symbol.substr(0, symbol.find_first_of("_-"));
  const auto at = symbol.find("USDT");
  if (at == std::string::npos || at == 0) return symbol;
  auto base = symbol.substr(0, at);
  if (base.back() == '-' || base.back() == '_') base.pop_back();
  return base;
}

int decimals_for(double price) { return std::clamp(static_cast<int>(4 - std::floor(std::log10(price))), 1, 12); }

/// The contract that no bot may watch; empty: the exchange keeps those behind other addresses.
std::string unwatched_symbol(Venue venue) {
  switch (venue) {
    case Venue::binance: return "BTCUSDT_261225";
    case Venue::bybit: return "BTC-25DEC26";
    case Venue::okx: return "BTC-USD-SWAP";
    case Venue::bitget: return "BTCUSDTZ26";
    case Venue::kraken: return "PI_XBTUSD";
    case Venue::kucoin: return "XBTUSDM";
    case Venue::htx: return "BTC-USDT-261225";
    case Venue::hyperliquid: return "LOOM";
    case Venue::deribit: return "BTC-25DEC26";
    default: return "";
  }
}

void add_unwatched(Venue venue, std::vector<std::unique_ptr<Contract>>& out, Ms now) {
  const auto symbol = unwatched_symbol(venue);
  if (symbol.empty()) return;
  const bool inverse = venue == Venue::okx || venue == Venue::kraken || venue == Venue::kucoin;
  auto contract = make_contract(venue, symbol_of(venue, "BTC", "BTC"), now);
  contract->symbol = symbol;
  contract->kind = inverse ? Contract::Kind::inverse : Contract::Kind::dated;
  if (venue == Venue::okx) contract->contract_size = 100;
  if (venue == Venue::kucoin) contract->contract_size = 1;
  if (venue == Venue::hyperliquid) contract->trading = false;
  contract->share *= 0.05;
  contract->listed = now - 90 * day;
  out.push_back(std::move(contract));
}

}  // namespace

std::string_view to_string(Venue venue) {
  switch (venue) {
    case Venue::binance: return "binance";
    case Venue::bybit: return "bybit";
    case Venue::okx: return "okx";
    case Venue::mexc: return "mexc";
    case Venue::gate: return "gate";
    case Venue::bitget: return "bitget";
    case Venue::kraken: return "kraken";
    case Venue::kucoin: return "kucoin";
    case Venue::htx: return "htx";
    case Venue::hyperliquid: return "hyperliquid";
    case Venue::deribit: return "deribit";
    case Venue::aster: return "aster";
  }
  return "";
}

bool publishes_liquidations(Venue venue) {
  return venue != Venue::mexc && venue != Venue::kucoin && venue != Venue::hyperliquid;
}

std::optional<Venue> venue_of(std::string_view name) {
  for (const auto venue : venues) {
    if (to_string(venue) == name) return venue;
  }
  return std::nullopt;
}

const std::vector<Coin>& coins() {
  static const std::vector<Coin> all{
      {"BTC", 84'000, 0.00050, 9e6}, {"ETH", 2'800, 0.00065, 6e6},   {"SOL", 131, 0.00080, 2.5e6},
      {"XRP", 1.95, 0.00075, 1.2e6}, {"DOGE", 0.141, 0.00085, 8e5},  {"PEPE", 0.0000043, 0.00110, 3e5},
      {"ADA", 0.41, 0.00085, 2.5e5}, {"AVAX", 13.2, 0.00085, 2.2e5}, {"LINK", 12.4, 0.00085, 2.5e5},
      {"SUI", 1.38, 0.00100, 3.5e5}, {"LTC", 84.5, 0.00075, 1.8e5},  {"WIF", 0.34, 0.00120, 1.5e5},
  };
  return all;
}

std::unique_ptr<Contract> make_contract(Venue venue, const std::string& symbol, Ms now, const std::string& like) {
  auto out = std::make_unique<Contract>();
  out->venue = venue;
  out->symbol = symbol;
  out->base = base_of(symbol);
  out->coin = out->base;
  if (out->base.starts_with("1000") && out->base.size() > 4) {
    out->unit = 1000;
    out->coin = out->base.substr(4);
  }
  if (out->base == "XBT") out->coin = "BTC";
  if (out->base.size() > 2 && out->base[0] == 'k') {
    out->unit = 1000;
    out->coin = out->base.substr(1);
  }
  double price = 1;
  for (std::size_t i = 0; i < coins().size(); ++i) {
    if (coins()[i].name != (like.empty() ? out->coin : like)) continue;
    out->coin_index = i;
    price = coins()[i].price;
  }
  out->contract_size = contract_coins(venue, price * out->unit);
  out->price_decimals = decimals_for(price * out->unit);
  const bool whole = venue == Venue::mexc || venue == Venue::kucoin || venue == Venue::htx;  // contracts
  out->size_decimals = whole ? 0 : venue == Venue::okx ? 2 : price * out->unit > 20 ? 3 : 0;
  // Gate counts whole contracts, of a few coins tenths of them.
  if (venue == Venue::gate) out->size_decimals = out->coin == "SOL" || out->coin == "DOGE" ? 1 : 0;
  out->interval_hours = interval_of(venue, out->coin);
  out->cap = out->coin == "BTC" || out->coin == "ETH" ? 0.00375 : 0.02;
  out->share = share_of(venue);
  out->listed = now;
  return out;
}

std::vector<std::unique_ptr<Contract>> standard_contracts(Venue venue, Ms now) {
  std::vector<std::unique_ptr<Contract>> out;
  for (const auto& coin : coins()) {
    const bool by_thousand =
        coin.name == "PEPE" && (venue == Venue::binance || venue == Venue::bybit || venue == Venue::aster);
    const bool by_k = coin.name == "PEPE" && venue == Venue::hyperliquid;
    const auto base = by_thousand ? "1000" + coin.name : by_k ? "k" + coin.name : coin.name;
    auto contract = make_contract(venue, symbol_of(venue, coin.name, base), now);
    contract->listed = (now - 400 * day) / day * day;
    out.push_back(std::move(contract));
  }
  add_unwatched(venue, out, now);
  if (venue == Venue::deribit) {
    for (const auto* coin : {"BTC", "ETH"}) {
      auto contract = make_contract(venue, std::string(coin) + "-PERPETUAL", now);
      contract->kind = Contract::Kind::inverse;
      contract->listed = (now - 400 * day) / day * day;
      out.push_back(std::move(contract));
    }
  }
  return out;
}

}  // namespace sandbox
