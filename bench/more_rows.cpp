#include "bench/rows.hpp"

namespace bench {

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
}

void htx_ticker(std::string& out, const std::string& symbol, const Quote& q, std::int64_t now_ms) {
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

void kucoin_contract(std::string& out, const std::string& symbol, const Quote& q, std::int64_t now_ms) {
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

void deribit_summary(std::string& out, const std::string& symbol, const Quote& q, std::int64_t now_ms) {
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

void hyperliquid_asset(std::string& out, const std::string& symbol, const Quote& q, std::int64_t now_ms) {
  Row row(out);
  row.bare("szDecimals", std::int64_t{5});
  row.text("name", symbol);
  row.bare("maxLeverage", static_cast<std::int64_t>(q.digits + now_ms % 2));
  row.bare("marginTableId", std::int64_t{56});
}

void hyperliquid_context(std::string& out, const Quote& q) {
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

}  // namespace bench
