#include "bench/bodies.hpp"

#include <array>
#include <random>

#include "bench/rows.hpp"
#include "common/exchange/exchange.hpp"

namespace bench {

namespace {

/// [{"universe":[…]},[…]]: what the page's `add` wrote, and a context for each of it.
std::string with_contexts(std::string universe, int contracts) {
  std::mt19937 random(7);
  universe += R"(],"collateralToken":0},[)";
  for (int n = 0; n < contracts; ++n) hyperliquid_context(universe, Quote(random));
  return universe + "]]";
}

struct Page {
  std::string_view exchange, endpoint, before, after;
  void (*add)(std::string&, const std::string&, const Quote&, std::int64_t);
};
constexpr std::array<Page, 15> pages{
    {{"binance", "premiumIndex", "[", "]", binance_premium},
     {"binance", "ticker/24hr", "[", "]", binance_ticker},
     {"bybit", "market/tickers", R"({"retCode":0,"retMsg":"OK","result":{"category":"linear","list":[)",
      R"(]},"retExtInfo":{},"time":1764000000000})", bybit_ticker},
     {"okx", "public/funding-rate", R"({"code":"0","msg":"","data":[)", "]}", okx_funding},
     {"okx", "market/tickers", R"({"code":"0","msg":"","data":[)", "]}", okx_ticker},
     {"okx", "public/mark-price", R"({"code":"0","msg":"","data":[)", "]}", okx_mark},
     {"mexc", "contract/funding_rate", R"({"success":true,"code":0,"data":[)", "]}", mexc_funding},
     {"mexc", "contract/ticker", R"({"success":true,"code":0,"data":[)", "]}", mexc_ticker},
     {"gate", "futures/usdt/tickers", "[", "]", gate_ticker},
     {"bitget", "mix/market/tickers", R"({"code":"00000","msg":"success","requestTime":1764000000000,"data":[)", "]}",
      bitget_ticker},
     {"kraken", "tickers", R"({"result":"success","serverTime":"2025-11-24T16:00:00.250Z","tickers":[)", "]}",
      kraken_ticker},
     {"htx", "detail/batch_merged", R"({"status":"ok","ticks":[)", R"(],"ts":1764000000000})", htx_ticker},
     {"kucoin", "contracts/active", R"({"code":"200000","data":[)", "]}", kucoin_contract},
     {"hyperliquid", "info/metaAndAssetCtxs", R"([{"universe":[)", "", hyperliquid_asset},
     {"deribit", "get_book_summary_by_currency", R"({"jsonrpc":"2.0","result":[)",
      R"(],"usIn":1764000000000000,"usOut":1764000000000900,"usDiff":900,"testnet":false})", deribit_summary}}};

}  // namespace

std::string symbol_of(std::string_view exchange, int n) {
  std::string base = "Q";
  for (int rest = n, letter = 0; letter < 3; ++letter, rest /= 26) base += static_cast<char>('A' + rest % 26);
  if (exchange == "okx") return base + "-USDT-SWAP";
  if (exchange == "kraken") return "PF_" + base + "USD";
  if (exchange == "htx") return base + "-USDT";
  if (exchange == "kucoin") return base + "USDTM";
  if (exchange == "hyperliquid") return base;
  if (exchange == "deribit") return base + "_USDC-PERPETUAL";
  return base + (exchange == "mexc" || exchange == "gate" ? "_USDT" : "USDT");
}

std::string body_of(std::string_view exchange, std::string_view endpoint, int contracts, std::int64_t now_ms) {
  for (const auto& page : pages) {
    if (page.exchange != exchange || !endpoint.ends_with(page.endpoint)) continue;
    std::mt19937 random(7);
    std::string out(page.before);
    for (int n = 0; n < contracts; ++n) page.add(out, symbol_of(exchange, n), Quote(random), now_ms);
    if (exchange == "hyperliquid") return with_contexts(std::move(out), contracts);
    return out.append(page.after);
  }
  return {};
}

market::Universe universe_of(const exchange::Exchange& exchange, int contracts) {
  std::vector<market::Instrument> out;
  for (int n = 0; n < contracts; ++n) {
    auto instrument = exchange.describe(symbol_of(exchange.traits().name, n));
    if (!instrument) continue;
    instrument->contract_size = 1;
    out.push_back(*std::move(instrument));
  }
  return market::Universe(std::move(out));
}

}  // namespace bench
