#include "bench/rows.hpp"

namespace bench {

namespace {
constexpr std::int64_t hour_ms = 3'600'000;
}  // namespace

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

}  // namespace bench
