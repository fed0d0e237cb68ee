#include "bench/walk.hpp"

#include <span>
#include <vector>

#include <simdjson.h>

namespace bench {

namespace ondemand = simdjson::ondemand;

namespace {

enum class Kind : std::uint8_t { symbol, last, quoted, bare, quoted_whole, bare_whole, flag, first };
struct Field {
  std::string_view name;
  Kind kind;
};

// What the decoders read of a row, in the order of the bytes: on-demand is quickest then.
constexpr Field binance[] = {
    {"symbol", Kind::symbol},    {"priceChangePercent", Kind::quoted}, {"lastPrice", Kind::last},
    {"openPrice", Kind::quoted}, {"highPrice", Kind::quoted},          {"lowPrice", Kind::quoted},
    {"volume", Kind::quoted},    {"quoteVolume", Kind::quoted},        {"closeTime", Kind::bare_whole}};
constexpr Field bybit[] = {{"symbol", Kind::symbol},
                           {"lastPrice", Kind::last},
                           {"indexPrice", Kind::quoted},
                           {"markPrice", Kind::quoted},
                           {"prevPrice24h", Kind::quoted},
                           {"price24hPcnt", Kind::quoted},
                           {"highPrice24h", Kind::quoted},
                           {"lowPrice24h", Kind::quoted},
                           {"openInterest", Kind::quoted},
                           {"openInterestValue", Kind::quoted},
                           {"singleOpenInterest", Kind::quoted},
                           {"turnover24h", Kind::quoted},
                           {"volume24h", Kind::quoted},
                           {"fundingRate", Kind::quoted},
                           {"nextFundingTime", Kind::quoted_whole},
                           {"fundingIntervalHour", Kind::quoted_whole},
                           {"bid1Price", Kind::quoted},
                           {"ask1Price", Kind::quoted}};
constexpr Field okx[] = {{"instId", Kind::symbol},  {"last", Kind::last},        {"askPx", Kind::quoted},
                         {"bidPx", Kind::quoted},   {"open24h", Kind::quoted},   {"high24h", Kind::quoted},
                         {"low24h", Kind::quoted},  {"volCcy24h", Kind::quoted}, {"vol24h", Kind::quoted},
                         {"ts", Kind::quoted_whole}};
constexpr Field mexc[] = {{"symbol", Kind::symbol},     {"lastPrice", Kind::last},      {"bid1", Kind::bare},
                          {"ask1", Kind::bare},         {"volume24", Kind::bare},       {"amount24", Kind::bare},
                          {"holdVol", Kind::bare},      {"lower24Price", Kind::bare},   {"high24Price", Kind::bare},
                          {"riseFallRate", Kind::bare}, {"indexPrice", Kind::bare},     {"fairPrice", Kind::bare},
                          {"fundingRate", Kind::bare},  {"timestamp", Kind::bare_whole}};
constexpr Field htx[] = {{"ts", Kind::bare_whole},        {"ask", Kind::first},       {"bid", Kind::first},
                         {"contract_code", Kind::symbol}, {"open", Kind::quoted},     {"close", Kind::last},
                         {"low", Kind::quoted},           {"high", Kind::quoted},     {"amount", Kind::quoted},
                         {"vol", Kind::quoted},           {"number_of", Kind::quoted}};
constexpr Field kucoin[] = {{"symbol", Kind::symbol},
                            {"multiplier", Kind::bare},
                            {"isInverse", Kind::flag},
                            {"fundingFeeRate", Kind::bare},
                            {"predictedFundingFeeRate", Kind::bare},
                            {"fundingRateGranularity", Kind::bare_whole},
                            {"openInterest", Kind::quoted},
                            {"turnoverOf24h", Kind::bare},
                            {"volumeOf24h", Kind::bare},
                            {"markPrice", Kind::bare},
                            {"indexPrice", Kind::bare},
                            {"lastTradePrice", Kind::last},
                            {"nextFundingRateDateTime", Kind::bare_whole},
                            {"lowPrice", Kind::bare},
                            {"highPrice", Kind::bare},
                            {"priceChgPct", Kind::bare}};
constexpr Field hyperliquid_assets[] = {{"name", Kind::symbol}};
constexpr Field hyperliquid[] = {{"funding", Kind::quoted},   {"openInterest", Kind::quoted},
                                 {"dayNtlVlm", Kind::quoted}, {"oraclePx", Kind::quoted},
                                 {"markPx", Kind::quoted},    {"dayBaseVlm", Kind::quoted}};
constexpr Field deribit[] = {{"volume_usd", Kind::bare},
                             {"volume", Kind::bare},
                             {"price_change", Kind::bare},
                             {"open_interest", Kind::bare},
                             {"mark_price", Kind::bare},
                             {"low", Kind::bare},
                             {"last", Kind::last},
                             {"instrument_name", Kind::symbol},
                             {"high", Kind::bare},
                             {"funding_8h", Kind::bare},
                             {"estimated_delivery_price", Kind::bare},
                             {"creation_timestamp", Kind::bare_whole},
                             {"bid_price", Kind::bare},
                             {"ask_price", Kind::bare}};

constexpr Field gate[] = {{"contract", Kind::symbol},
                          {"last", Kind::last},
                          {"change_percentage", Kind::quoted},
                          {"total_size", Kind::quoted},
                          {"low_24h", Kind::quoted},
                          {"high_24h", Kind::quoted},
                          {"volume_24h", Kind::quoted},
                          {"volume_24h_base", Kind::quoted},
                          {"volume_24h_quote", Kind::quoted},
                          {"mark_price", Kind::quoted},
                          {"funding_rate", Kind::quoted},
                          {"index_price", Kind::quoted},
                          {"funding_rate_indicative", Kind::quoted},
                          {"lowest_ask", Kind::quoted},
                          {"highest_bid", Kind::quoted}};
constexpr Field bitget[] = {
    {"symbol", Kind::symbol},        {"lastPr", Kind::last},       {"askPr", Kind::quoted},
    {"bidPr", Kind::quoted},         {"high24h", Kind::quoted},    {"low24h", Kind::quoted},
    {"ts", Kind::quoted_whole},      {"change24h", Kind::quoted},  {"baseVolume", Kind::quoted},
    {"quoteVolume", Kind::quoted},   {"indexPrice", Kind::quoted}, {"fundingRate", Kind::quoted},
    {"holdingAmount", Kind::quoted}, {"open24h", Kind::quoted},    {"markPrice", Kind::quoted}};
constexpr Field kraken[] = {{"symbol", Kind::symbol},
                            {"last", Kind::last},
                            {"markPrice", Kind::bare},
                            {"bid", Kind::bare},
                            {"ask", Kind::bare},
                            {"vol24h", Kind::bare},
                            {"volumeQuote", Kind::bare},
                            {"openInterest", Kind::bare},
                            {"open24h", Kind::bare},
                            {"high24h", Kind::bare},
                            {"low24h", Kind::bare},
                            {"fundingRate", Kind::bare},
                            {"fundingRatePrediction", Kind::bare},
                            {"indexPrice", Kind::bare},
                            {"change24h", Kind::bare}};

double read(ondemand::value value, Kind kind, bool in_quotes) {
  switch (kind) {
    case Kind::symbol: return static_cast<double>(std::string_view(value.get_string()).size());
    case Kind::last: return in_quotes ? double(value.get_double_in_string()) : double(value.get_double());
    case Kind::quoted: return value.get_double_in_string();
    case Kind::bare: return value.get_double();
    case Kind::quoted_whole: return static_cast<double>(std::int64_t(value.get_int64_in_string()));
    case Kind::bare_whole: return static_cast<double>(std::int64_t(value.get_int64()));
    case Kind::flag: return bool(value.get_bool()) ? 1 : 0;
    case Kind::first: return double(value.get_array().at(0).get_double());
  }
  return 0;
}

Walked walk_rows(ondemand::array rows, std::span<const Field> fields, bool in_quotes) {
  Walked out;
  for (ondemand::object row : rows) {
    for (const auto& field : fields) {
      const double number = read(row[field.name], field.kind, in_quotes);
      out.sum += number;
      if (field.kind == Kind::last) out.last_sum += number;
    }
    ++out.rows;
  }
  return out;
}

/// [{"universe":[{…},…]},[{…},…]]
Walked walk_contexts(ondemand::document& document) {
  Walked out;
  bool assets = true;
  for (ondemand::value half : document.get_array()) {
    if (assets) {
      out.sum += walk_rows(half["universe"].get_array(), hyperliquid_assets, true).sum;
    } else {
      const auto contexts = walk_rows(half.get_array(), hyperliquid, true);
      out.sum += contexts.sum;
      out.rows = contexts.rows;
    }
    assets = false;
  }
  return out;
}

}  // namespace

struct Walk::Parts {
  explicit Parts(const std::string& body) : bytes(body) {}
  simdjson::padded_string bytes;
  ondemand::parser parser;
};

Walk::Walk(const std::string& body) : parts_(std::make_unique<Parts>(body)) {}
Walk::~Walk() = default;

Walked Walk::tickers(std::string_view exchange) {
  ondemand::document document = parts_->parser.iterate(parts_->bytes);
  if (exchange == "binance") return walk_rows(document.get_array(), binance, true);
  if (exchange == "okx") return walk_rows(document["data"].get_array(), okx, true);
  if (exchange == "mexc") return walk_rows(document["data"].get_array(), mexc, false);
  if (exchange == "gate") return walk_rows(document.get_array(), gate, true);
  if (exchange == "bitget") return walk_rows(document["data"].get_array(), bitget, true);
  if (exchange == "kraken") return walk_rows(document["tickers"].get_array(), kraken, false);
  if (exchange == "htx") return walk_rows(document["ticks"].get_array(), htx, true);
  if (exchange == "kucoin") return walk_rows(document["data"].get_array(), kucoin, false);
  if (exchange == "hyperliquid") return walk_contexts(document);
  if (exchange == "deribit") return walk_rows(document["result"].get_array(), deribit, false);
  auto out = walk_rows(document["result"]["list"].get_array(), bybit, true);
  out.sum += static_cast<double>(std::int64_t(document["time"].get_int64()));
  return out;
}

}  // namespace bench
