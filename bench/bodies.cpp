#include "bench/bodies.hpp"

#include <array>
#include <cstdio>
#include <random>

#include "common/exchange/exchange.hpp"

namespace bench {

namespace {

constexpr std::int64_t hour_ms = 3'600'000;

std::string decimal(double value, int digits) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

/// One JSON object of an array; says its members in the order of the calls.
class Row {
 public:
  explicit Row(std::string& out) : out_(out) { out_ += out_.back() == '}' ? ",{" : "{"; }
  ~Row() { out_ += '}'; }
  Row(const Row&) = delete;
  Row& operator=(const Row&) = delete;

  void text(std::string_view key, std::string_view value) {
    name(key);
    out_.append("\"").append(value).append("\"");
  }
  void text(std::string_view key, double value, int digits) { text(key, decimal(value, digits)); }
  void bare(std::string_view key, std::string_view value) {
    name(key);
    out_ += value;
  }
  void bare(std::string_view key, std::int64_t value) { bare(key, std::to_string(value)); }
  void bare(std::string_view key, double value, int digits) { bare(key, decimal(value, digits)); }

 private:
  void name(std::string_view key) {
    if (out_.back() != '{') out_ += ',';
    out_.append("\"").append(key).append("\":");
  }
  std::string& out_;
};

/// A contract's numbers: the price somewhere between a cent and a hundred thousand, the rest after it.
struct Quote {
  explicit Quote(std::mt19937& random) {
    std::uniform_real_distribution<double> unit(0, 1);
    const double size = unit(random) * 7 - 2;
    price = 1;
    for (double left = size; left > 0; left -= 1) price *= 10;
    if (size < 0) price = 0.01 + 0.99 * unit(random);
    price *= 1 + unit(random);
    digits = price > 1'000 ? 2 : price > 1 ? 4 : 6;
    volume = 1e5 + unit(random) * 1e8 / price;
    rate = (unit(random) - 0.4) * 2e-4;
    tick = price * 1e-4;
  }
  double price, volume, rate, tick;
  int digits;
};

std::int64_t next_settlement(std::int64_t now_ms) { return (now_ms / (8 * hour_ms) + 1) * 8 * hour_ms; }

void binance_premium(std::string& out, const std::string& symbol, const Quote& q, std::int64_t now_ms) {
  Row row(out);
  row.text("symbol", symbol);
  row.text("markPrice", q.price, 8);
  row.text("indexPrice", q.price + q.tick, 8);
  row.text("estimatedSettlePrice", q.price - q.tick, 8);
  row.text("lastFundingRate", q.rate, 8);
  row.text("interestRate", "0.00010000");
  row.bare("nextFundingTime", next_settlement(now_ms));
  row.bare("time", now_ms);
}

void binance_ticker(std::string& out, const std::string& symbol, const Quote& q, std::int64_t now_ms) {
  Row row(out);
  row.text("symbol", symbol);
  row.text("priceChange", q.tick * 12, q.digits);
  row.text("priceChangePercent", 1.245, 3);
  row.text("weightedAvgPrice", q.price * 0.99, q.digits);
  row.text("lastPrice", q.price, q.digits);
  row.text("lastQty", 12.5, 3);
  row.text("openPrice", q.price * 0.98, q.digits);
  row.text("highPrice", q.price * 1.03, q.digits);
  row.text("lowPrice", q.price * 0.97, q.digits);
  row.text("volume", q.volume, 3);
  row.text("quoteVolume", q.volume * q.price, 4);
  row.bare("openTime", now_ms - 24 * hour_ms);
  row.bare("closeTime", now_ms);
  row.bare("firstId", std::int64_t{4'812'345'678});
  row.bare("lastId", std::int64_t{4'815'345'678});
  row.bare("count", std::int64_t{3'000'001});
}

void bybit_ticker(std::string& out, const std::string& symbol, const Quote& q, std::int64_t now_ms) {
  Row row(out);
  row.text("symbol", symbol);
  row.text("lastPrice", q.price, q.digits);
  row.text("indexPrice", q.price + q.tick, q.digits);
  row.text("markPrice", q.price - q.tick, q.digits);
  row.text("prevPrice24h", q.price * 0.98, q.digits);
  row.text("price24hPcnt", 0.020408, 6);
  row.text("highPrice24h", q.price * 1.03, q.digits);
  row.text("lowPrice24h", q.price * 0.97, q.digits);
  row.text("prevPrice1h", q.price * 0.995, q.digits);
  row.text("openInterest", q.volume * 2, 3);
  row.text("openInterestValue", q.volume * 2 * q.price, 2);
  row.text("singleOpenInterest", q.volume, 3);
  row.text("singleOpenInterestValue", q.volume * q.price, 2);
  row.text("turnover24h", q.volume * q.price, 4);
  row.text("volume24h", q.volume, 4);
  row.text("fundingRate", q.rate, 8);
  row.text("nextFundingTime", std::to_string(next_settlement(now_ms)));
  row.text("fundingIntervalHour", "8");
  row.text("fundingCap", "0.005");
  row.text("bid1Price", q.price - q.tick, q.digits);
  row.text("bid1Size", 17.063, 3);
  row.text("ask1Price", q.price + q.tick, q.digits);
  row.text("ask1Size", 9.854, 3);
  row.text("deliveryTime", "0");
  row.text("basis", "");
}

void okx_funding(std::string& out, const std::string& symbol, const Quote& q, std::int64_t now_ms) {
  Row row(out);
  row.text("formulaType", "withRate");
  row.text("fundingRate", q.rate, 16);
  row.text("fundingTime", std::to_string(next_settlement(now_ms)));
  row.text("instId", symbol);
  row.text("instType", "SWAP");
  row.text("method", "current_period");
  row.text("maxFundingRate", "0.00375");
  row.text("minFundingRate", "-0.00375");
  row.text("nextFundingRate", "");
  row.text("nextFundingTime", std::to_string(next_settlement(now_ms) + 8 * hour_ms));
  row.text("premium", q.rate * 1.5, 16);
  row.text("settFundingRate", q.rate * 1.1, 16);
  row.text("settState", "settled");
  row.text("ts", std::to_string(now_ms));
}

void okx_ticker(std::string& out, const std::string& symbol, const Quote& q, std::int64_t now_ms) {
  Row row(out);
  row.text("instType", "SWAP");
  row.text("instId", symbol);
  row.text("last", q.price, q.digits);
  row.text("lastSz", "1");
  row.text("askPx", q.price + q.tick, q.digits);
  row.text("askSz", "11");
  row.text("bidPx", q.price - q.tick, q.digits);
  row.text("bidSz", "5");
  row.text("open24h", q.price * 0.98, q.digits);
  row.text("high24h", q.price * 1.03, q.digits);
  row.text("low24h", q.price * 0.97, q.digits);
  row.text("volCcy24h", q.volume, 2);
  row.text("vol24h", q.volume * 10, 2);
  row.text("sodUtc0", q.price * 0.99, q.digits);
  row.text("sodUtc8", q.price * 1.01, q.digits);
  row.text("ts", std::to_string(now_ms));
}

void okx_mark(std::string& out, const std::string& symbol, const Quote& q, std::int64_t now_ms) {
  Row row(out);
  row.text("instId", symbol);
  row.text("instType", "SWAP");
  row.text("markPx", q.price - q.tick, q.digits);
  row.text("ts", std::to_string(now_ms));
}

void mexc_funding(std::string& out, const std::string& symbol, const Quote& q, std::int64_t now_ms) {
  Row row(out);
  row.text("symbol", symbol);
  row.bare("fundingRate", q.rate, 6);
  row.bare("maxFundingRate", "0.001");
  row.bare("minFundingRate", "-0.001");
  row.bare("collectCycle", std::int64_t{8});
  row.bare("nextSettleTime", next_settlement(now_ms));
  row.bare("timestamp", now_ms);
}

void mexc_ticker(std::string& out, const std::string& symbol, const Quote& q, std::int64_t now_ms) {
  Row row(out);
  row.text("symbol", symbol);
  row.bare("lastPrice", q.price, q.digits);
  row.bare("bid1", q.price - q.tick, q.digits);
  row.bare("ask1", q.price + q.tick, q.digits);
  row.bare("volume24", static_cast<std::int64_t>(q.volume));
  row.bare("amount24", q.volume * q.price, 4);
  row.bare("holdVol", static_cast<std::int64_t>(q.volume * 1.3));
  row.bare("lower24Price", q.price * 0.97, q.digits);
  row.bare("high24Price", q.price * 1.03, q.digits);
  row.bare("riseFallRate", "-0.0176");
  row.bare("riseFallValue", q.tick * -12, q.digits);
  row.bare("indexPrice", q.price + q.tick, q.digits);
  row.bare("fairPrice", q.price - q.tick, q.digits);
  row.bare("fundingRate", q.rate, 6);
  row.bare("maxBidPrice", q.price * 1.1, q.digits);
  row.bare("minAskPrice", q.price * 0.9, q.digits);
  row.bare("timestamp", now_ms);
}

void gate_ticker(std::string& out, const std::string& symbol, const Quote& q, std::int64_t /*now_ms*/) {
  Row row(out);
  row.text("contract", symbol);
  row.text("last", q.price, q.digits);
  row.text("change_percentage", 1.2451, 4);
  row.text("total_size", q.volume * 2, 0);
  row.text("low_24h", q.price * 0.97, q.digits);
  row.text("high_24h", q.price * 1.03, q.digits);
  row.text("volume_24h", q.volume * 10, 0);
  row.text("volume_24h_base", q.volume, 0);
  row.text("volume_24h_quote", q.volume * q.price, 0);
  row.text("volume_24h_settle", q.volume * q.price, 0);
  row.text("mark_price", q.price - q.tick, q.digits);
  row.text("funding_rate", q.rate, 6);
  row.text("index_price", q.price + q.tick, q.digits);
  row.text("quanto_base_rate", "");
  row.text("funding_rate_indicative", q.rate, 6);
  row.text("lowest_ask", q.price + q.tick, q.digits);
  row.text("highest_bid", q.price - q.tick, q.digits);
}

void bitget_ticker(std::string& out, const std::string& symbol, const Quote& q, std::int64_t now_ms) {
  Row row(out);
  row.text("symbol", symbol);
  row.text("lastPr", q.price, q.digits);
  row.text("askPr", q.price + q.tick, q.digits);
  row.text("bidPr", q.price - q.tick, q.digits);
  row.text("bidSz", 17.063, 3);
  row.text("askSz", 9.854, 3);
  row.text("high24h", q.price * 1.03, q.digits);
  row.text("low24h", q.price * 0.97, q.digits);
  row.text("ts", std::to_string(now_ms));
  row.text("change24h", 0.0204, 4);
  row.text("baseVolume", q.volume, 3);
  row.text("quoteVolume", q.volume * q.price, 4);
  row.text("usdtVolume", q.volume * q.price, 4);
  row.text("openUtc", q.price * 0.99, q.digits);
  row.text("changeUtc24h", 0.0101, 4);
  row.text("indexPrice", q.price + q.tick, q.digits);
  row.text("fundingRate", q.rate, 6);
  row.text("holdingAmount", q.volume * 2, 3);
  row.text("deliveryStatus", "");
  row.text("open24h", q.price * 0.98, q.digits);
  row.text("markPrice", q.price - q.tick, q.digits);
}

void kraken_ticker(std::string& out, const std::string& symbol, const Quote& q, std::int64_t /*now_ms*/) {
  Row row(out);
  row.text("symbol", symbol);
  row.bare("last", q.price, q.digits);
  row.text("lastTime", "2025-11-24T15:59:58.100200Z");
  row.text("tag", "perpetual");
  row.text("pair", "ABC:USD");
  row.bare("markPrice", q.price - q.tick, q.digits);
  row.bare("bid", q.price - q.tick, q.digits);
  row.bare("bidSize", 17.063, 3);
  row.bare("ask", q.price + q.tick, q.digits);
  row.bare("askSize", 9.854, 3);
  row.bare("vol24h", q.volume, 3);
  row.bare("volumeQuote", q.volume * q.price, 4);
  row.bare("openInterest", q.volume * 2, 3);
  row.bare("open24h", q.price * 0.98, q.digits);
  row.bare("high24h", q.price * 1.03, q.digits);
  row.bare("low24h", q.price * 0.97, q.digits);
  row.bare("lastSize", 1.5, 1);
  row.bare("fundingRate", q.rate * q.price / 8, 12);
  row.bare("fundingRatePrediction", q.rate * q.price / 9, 12);
  row.bare("suspended", "false");
  row.bare("indexPrice", q.price + q.tick, q.digits);
  row.bare("postOnly", "false");
  row.bare("change24h", 1.25, 2);
  void htx_ticker(std::string & out, const std::string& symbol, const Quote& q, std::int64_t now_ms) {
    Row row(out);
    row.bare("id", now_ms / 1'000);
    row.bare("ts", now_ms);
    row.bare("ask", "[" + decimal(q.price + q.tick, q.digits) + ",1285]");
    row.bare("bid", "[" + decimal(q.price - q.tick, q.digits) + ",6070]");
    row.text("business_type", "swap");
    row.text("contract_code", symbol);
    row.text("open", q.price * 0.98, q.digits);
    row.text("close", q.price, q.digits);
    row.text("low", q.price * 0.97, q.digits);
    row.text("high", q.price * 1.03, q.digits);
    row.text("amount", q.volume, 3);
    row.bare("count", std::int64_t{48'262});
    row.text("vol", q.volume * q.price, 3);
    row.text("number_of", q.volume * 1'000, 0);
  }

  void kucoin_contract(std::string & out, const std::string& symbol, const Quote& q, std::int64_t now_ms) {
    Row row(out);
    row.text("symbol", symbol);
    row.text("rootSymbol", "USDT");
    row.text("type", "FFWCSX");
    row.bare("firstOpenDate", std::int64_t{1'585'555'200'000});
    row.bare("expireDate", "null");
    row.text("baseCurrency", symbol.substr(0, 4));
    row.text("quoteCurrency", "USDT");
    row.text("settleCurrency", "USDT");
    row.bare("maxOrderQty", std::int64_t{1'000'000});
    row.bare("lotSize", std::int64_t{1});
    row.bare("tickSize", "0.1");
    row.bare("multiplier", "0.001");
    row.bare("isQuanto", "false");
    row.bare("isInverse", "false");
    row.text("markMethod", "FairPrice");
    row.text("fundingRateSymbol", "." + symbol + "FPI8H");
    row.text("status", "Open");
    row.bare("fundingFeeRate", q.rate, 6);
    row.bare("predictedFundingFeeRate", q.rate * 1.1, 6);
    row.bare("fundingRateGranularity", std::int64_t{28'800'000});
    row.text("openInterest", q.volume * 100, 0);
    row.bare("turnoverOf24h", q.volume * q.price, 4);
    row.bare("volumeOf24h", q.volume, 3);
    row.bare("markPrice", q.price - q.tick, q.digits);
    row.bare("indexPrice", q.price + q.tick, q.digits);
    row.bare("lastTradePrice", q.price, q.digits);
    row.bare("nextFundingRateTime", std::int64_t{17'752'926});
    row.bare("nextFundingRateDateTime", next_settlement(now_ms));
    row.bare("maxLeverage", std::int64_t{100});
    row.bare("lowPrice", q.price * 0.97, q.digits);
    row.bare("highPrice", q.price * 1.03, q.digits);
    row.bare("priceChgPct", "-0.028");
    row.bare("priceChg", q.tick * -12, q.digits);
  }

  void deribit_summary(std::string & out, const std::string& symbol, const Quote& q, std::int64_t now_ms) {
    Row row(out);
    row.bare("volume_usd", q.volume * q.price, 2);
    row.bare("volume_notional", q.volume * q.price, 2);
    row.bare("volume", q.volume, 3);
    row.text("quote_currency", "USDC");
    row.bare("price_change", "-1.25");
    row.bare("open_interest", q.volume * 3, 3);
    row.bare("mid_price", q.price, q.digits);
    row.bare("mark_price", q.price - q.tick, q.digits);
    row.bare("low", q.price * 0.97, q.digits);
    row.bare("last", q.price, q.digits);
    row.text("instrument_name", symbol);
    row.bare("high", q.price * 1.03, q.digits);
    row.bare("funding_8h", q.rate, 8);
    row.bare("estimated_delivery_price", q.price + q.tick, q.digits);
    row.bare("current_funding", q.rate, 8);
    row.bare("creation_timestamp", now_ms);
    row.bare("bid_price", q.price - q.tick, q.digits);
    row.text("base_currency", symbol.substr(0, 4));
    row.bare("ask_price", q.price + q.tick, q.digits);
  }

  void hyperliquid_asset(std::string & out, const std::string& symbol, const Quote& q, std::int64_t now_ms) {
    Row row(out);
    row.bare("szDecimals", std::int64_t{5});
    row.text("name", symbol);
    row.bare("maxLeverage", static_cast<std::int64_t>(q.digits + now_ms % 2));
    row.bare("marginTableId", std::int64_t{56});
  }

  void hyperliquid_context(std::string & out, const Quote& q) {
    Row row(out);
    row.text("funding", q.rate, 10);
    row.text("openInterest", q.volume * 3, 4);
    row.text("prevDayPx", q.price * 0.98, q.digits);
    row.text("dayNtlVlm", q.volume * q.price, 6);
    row.text("premium", q.rate * 3, 10);
    row.text("oraclePx", q.price + q.tick, q.digits);
    row.text("markPx", q.price - q.tick, q.digits);
    row.text("midPx", q.price, q.digits);
    const std::string bid = decimal(q.price - q.tick, q.digits);
    row.bare("impactPxs", "[\"" + bid + "\",\"" + bid + "\"]");
    row.text("dayBaseVlm", q.volume, 4);
  }

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
  constexpr std::array<Page, 11> pages {
    constexpr std::array<Page, 12> pages{
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
         {"bitget", "mix/market/tickers", R"({"code":"00000","msg":"success","requestTime":1764000000000,"data":[)",
          "]}", bitget_ticker},
         {"kraken", "tickers", R"({"result":"success","serverTime":"2025-11-24T16:00:00.250Z","tickers":[)", "]}",
          kraken_ticker}}};
    {"htx", "detail/batch_merged", R"({"status":"ok","ticks":[)", R"(],"ts":1764000000000})", htx_ticker},
        {"kucoin", "contracts/active", R"({"code":"200000","data":[)", "]}", kucoin_contract},
        {"hyperliquid", "info/metaAndAssetCtxs", R"([{"universe":[)", "", hyperliquid_asset}, {
      "deribit", "get_book_summary_by_currency", R"({"jsonrpc":"2.0","result":[)",
          R"(],"usIn":1764000000000000,"usOut":1764000000000900,"usDiff":900,"testnet":false})", deribit_summary
    }
  }
};

}  // namespace

std::string symbol_of(std::string_view exchange, int n) {
  std::string base = "Q";
  for (int rest = n, letter = 0; letter < 3; ++letter, rest /= 26) base += static_cast<char>('A' + rest % 26);
  if (exchange == "okx") return base + "-USDT-SWAP";
  if (exchange == "kraken") return "PF_" + base + "USD";
  return base + (exchange == "mexc" || exchange == "gate" ? "_USDT" : "USDT");
  if (exchange == "htx") return base + "-USDT";
  if (exchange == "kucoin") return base + "USDTM";
  if (exchange == "hyperliquid") return base;
  if (exchange == "deribit") return base + "_USDC-PERPETUAL";
  return base + (exchange == "mexc" ? "_USDT" : "USDT");
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
