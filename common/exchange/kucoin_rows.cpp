#include "common/exchange/kucoin_rows.hpp"

#include "common/exchange/contract.hpp"
#include "common/exchange/fields.hpp"
#include "common/exchange/known_endpoint.hpp"

namespace exchange::kucoin {

using market::Events;
using market::SizeUnit;

namespace {

std::string symbol_of(Row& row, Value value, const Scope& scope) {
  return value["symbol"].present() ? row.symbol(value["symbol"]) : std::string(scope.symbol);
}

Contract contract_at(const Scope& scope, std::string_view symbol) {
  return contract_of(scope.exchange, scope.universe, symbol);
}

std::optional<std::chrono::minutes> minutes_of(Row& row, Value milliseconds) {
  const auto ms = row.number(milliseconds);
  if (!ms || *ms == 0) return std::nullopt;
  constexpr double day = 86'400'000;
  const base::Millis length{*ms > 0 && *ms <= day ? static_cast<std::int64_t>(*ms) : 0};
  const auto whole = std::chrono::duration_cast<std::chrono::minutes>(length);
  if (whole.count() > 0 && static_cast<double>(base::Millis{whole}.count()) == *ms) return whole;
  row.refuse();
  return std::nullopt;
}

/// Where it changes, the one that counts now has a field of its own.
std::optional<std::chrono::minutes> funding_interval(Row& row, Value value) {
  const Value current = value["currentFundingRateGranularity"];
  return minutes_of(row, current.text().empty() ? value["fundingRateGranularity"] : current);
}

/// Lots are coins times the multiplier; of an inverse contract dollars, whatever its multiplier says (9, 1.3).
std::optional<double> size_of_lot(Row& row, Value value, bool inverse) {
  if (inverse) return 1.0;
  const auto multiplier = row.number(value["multiplier"]);
  return multiplier && *multiplier > 0 ? multiplier : std::nullopt;
}

/// `nextFundingRateTime` is what is left, not a time. Contracts settle on whole minutes: what the answer's way took
/// must not make another settlement of it each time.
std::optional<base::WallTime> next_settlement(Row& row, Value value, const Scope& scope) {
  if (const auto stated = row.time(value["nextFundingRateDateTime"])) return stated;
  const auto left = row.integer(value["nextFundingRateTime"]);
  if (!left || *left <= 0 || *left > base::Millis{std::chrono::hours{24}}.count()) return std::nullopt;
  return std::chrono::round<std::chrono::minutes>(scope.received_at + base::Millis{*left});
}

/// Linear volumes are coins and turnovers quote; of an inverse contract dollars and coins.
void set_volumes(Row& row, Value volume, Value turnover, bool inverse, market::Ticker& ticker) {
  ticker.base_volume_24h = row.amount(inverse ? turnover : volume);
  ticker.quote_volume_24h = row.amount(inverse ? volume : turnover);
}

void add_open_interest(const RowHead& head, std::optional<double> lots, const Contract& contract, const Scope& scope,
                       Events& out) {
  if (!lots) return;
  auto& event = add_event<market::OpenInterest>(scope, head, out);
  event.raw = *lots;
  event.unit = SizeUnit::contracts;
  const auto size = size_of(*lots, event.unit, contract, {});
  pass_on(size.base, event.base);
  pass_on(size.quote, event.quote);
}

/// One row of contracts/active: funding, open interest and ticker of a contract.
void read_contract(Row& row, Value value, const Scope& scope, Events& out) {
  auto symbol = row.symbol(value["symbol"]);
  if (!row.ok()) return;
  auto contract = contract_at(scope, symbol);
  if (const auto inverse = value["isInverse"].text(); !inverse.empty()) contract.inverse = inverse == "true";
  if (const auto size = size_of_lot(row, value, contract.inverse)) contract.size = *size;
  RowHead head{std::move(symbol), row.price(value["markPrice"]), row.price(value["indexPrice"]), {}};
  if (const auto rate = row.number(value["fundingFeeRate"])) {  // a delivery contract has none
    auto& funding = add_event<market::Funding>(scope, head, out);
    funding.rate = *rate;
    funding.predicted_rate = row.number(value["predictedFundingFeeRate"]);
    funding.interval = funding_interval(row, value);
    funding.settles_at = next_settlement(row, value, scope);
  }
  add_open_interest(head, row.amount(value["openInterest"]), contract, scope, out);
  auto& ticker = add_event<market::Ticker>(scope, std::move(head), out);
  ticker.last = row.price(value["lastTradePrice"]);
  ticker.high_24h = row.price(value["highPrice"]);
  ticker.low_24h = row.price(value["lowPrice"]);
  ticker.change_24h = row.number(value["priceChgPct"]);
  set_volumes(row, value["volumeOf24h"], value["turnoverOf24h"], contract.inverse, ticker);
}

/// {"symbol":".ETHUSDTMFPI8H","granularity":…,"timePoint":…,"value":…,"predictedValue":…,"fundingTime":…}: `timePoint`
/// begins the period whose `value` is charged at its end, `fundingTime`; the symbol may be that of the rate itself.
void read_current_rate(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Funding>(scope, out);
  event.symbol = scope.symbol.empty() ? row.symbol(value["symbol"]) : std::string(scope.symbol);
  if (event.symbol.starts_with('.')) {
    event.symbol.erase(0, 1);
    event.symbol.resize(std::min(event.symbol.rfind("FPI8H"), event.symbol.size()));
  }
  event.rate = row.number(value["value"]);
  event.predicted_rate = row.number(value["predictedValue"]);
  event.interval = minutes_of(row, value["granularity"]);
  event.settles_at = row.time(value["fundingTime"]);
  const auto began = row.time(value["timePoint"]);
  if (!event.settles_at && began && event.interval) event.settles_at = *began + *event.interval;
  if (!event.rate || event.symbol.empty()) return row.refuse();
}

/// The unified account's list; its rows of indices (".ETHUSDTMFPI8H") are no contracts.
void read_unified_rate(Row& row, Value value, const Scope& scope, Events& out) {
  auto event = begin_event<market::Funding>(scope);
  event.symbol = symbol_of(row, value, scope);
  if (event.symbol.starts_with('.')) return;
  event.rate = row.number(value["nextFundingRate"]);
  event.settles_at = row.time(value["fundingTime"]);
  event.interval = minutes_of(row, value["currentGranularity"]);
  event.cap = row.number(value["fundingRateCap"]);
  event.floor = row.number(value["fundingRateFloor"]);
  event.at = row.time(value["ts"]);
  if (event.rate) out.emplace_back(std::move(event));
}

void read_unified_interest(Row& row, Value value, const Scope& scope, Events& out) {
  RowHead head;
  head.symbol = symbol_of(row, value, scope);
  if (head.symbol.starts_with('.')) return;
  head.at = row.time(value["ts"]);
  add_open_interest(head, row.needed_amount(value["openInterest"]), contract_at(scope, head.symbol), scope, out);
}

void read_settled(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Funding>(scope, out);
  event.symbol = symbol_of(row, value, scope);
  event.rate = row.number(value["fundingRate"]);
  event.settles_at = row.needed_time(value["timepoint"]);
  event.settled = true;
  if (!event.rate) return row.refuse();
}

/// The newest trade and the best prices, by REST and by push.
void read_best(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Ticker>(scope, out);
  event.symbol = symbol_of(row, value, scope);
  event.last = price_of(row, value["price"]);
  event.bid = price_of(row, value["bestBidPrice"]);
  event.ask = price_of(row, value["bestAskPrice"]);
  event.at = row.time(value["ts"]);
}

void read_mark_price(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Ticker>(scope, out);
  event.symbol = symbol_of(row, value, scope);
  event.mark = price_of(row, value["value"].present() ? value["value"] : value["markPrice"]);
  event.index = price_of(row, value["indexPrice"]);
  event.at = row.time(value["timePoint"].present() ? value["timePoint"] : value["timestamp"]);
}

/// Pushed each minute (granularity 60000) for what is coming, and at each settlement for what was charged.
void read_rate_push(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Funding>(scope, out);
  event.symbol = symbol_of(row, value, scope);
  event.rate = row.number(value["fundingRate"]);
  event.at = row.needed_time(value["timestamp"]);
  if (const auto of = minutes_of(row, value["granularity"]); of && *of > std::chrono::minutes{1}) {
    event.settled = true;
    event.interval = of;
    event.settles_at = event.at;
  }
  if (!event.rate) return row.refuse();
}

void read_snapshot(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Ticker>(scope, out);
  event.symbol = symbol_of(row, value, scope);
  event.last = price_of(row, value["lastPrice"]);
  event.high_24h = price_of(row, value["highPrice"]);
  event.low_24h = price_of(row, value["lowPrice"]);
  event.change_24h = row.number(value["priceChgPct"]);
  const auto inverse = contract_at(scope, event.symbol).inverse;
  set_volumes(row, value["volume"], value["turnover"], inverse, event);
  event.at = row.time(value["ts"]);
}

struct Bar {
  Value opened_at, open, high, low, close, lots;
  Value turnover{};  ///< the settle coin's; the channels only repeat the lots there
};

void add_candle(Row& row, const Bar& bar, const Scope& scope, Events& out) {
  auto& candle = add_event<market::Candle>(scope, out);
  candle.symbol = scope.symbol;
  candle.length = scope.bar_length;
  candle.opened_at = row.needed_time(bar.opened_at);
  candle.open = row.needed_price(bar.open);
  candle.high = row.needed_price(bar.high);
  candle.low = row.needed_price(bar.low);
  candle.close = row.needed_price(bar.close);
  const auto contract = contract_at(scope, candle.symbol);
  const auto lots = row.amount(bar.lots);
  const auto turnover = row.amount(bar.turnover);
  const auto size = lots ? size_of(*lots, SizeUnit::contracts, contract, {}) : Size{};
  candle.base_volume = contract.inverse ? turnover : size.base;
  candle.quote_volume = contract.inverse ? size.quote : turnover;
}

/// [open time, open, high, low, close, lots, turnover]; the last is missing in older answers.
void read_kline(Row& row, Value value, const Scope& scope, Events& out) {
  if (!value.is_array()) return row.refuse();
  add_candle(row, {value.at(0), value.at(1), value.at(2), value.at(3), value.at(4), value.at(5), value.at(6)}, scope,
             out);
}

/// ["seconds","open","close","high","low","lots","lots"], or an object of the older channel.
void read_candle_push(Row& row, Value value, const Scope& scope, Events& out) {
  const Value bar = value["candles"];
  if (bar.is_array()) {
    add_candle(row, {bar.at(0), bar.at(1), bar.at(3), bar.at(4), bar.at(2), bar.at(5)}, scope, out);
  } else {
    add_candle(row, {value["time"], value["open"], value["high"], value["low"], value["close"], value["volume"]}, scope,
               out);
  }
}

void read_trade(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Trade>(scope, out);
  event.symbol = symbol_of(row, value, scope);
  event.side = taker_side(value["side"].text());
  event.price = row.needed_price(value["price"]);
  event.raw_quantity = row.needed_price(value["size"]);
  event.unit = SizeUnit::contracts;
  event.id = value["tradeId"].text();
  event.at = row.needed_time(value["ts"]);
  fill_sizes(event, contract_at(scope, event.symbol));
}

void read_depth(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Depth>(scope, out);
  event.symbol = symbol_of(row, value, scope);
  event.unit = SizeUnit::contracts;
  event.contract_size = contract_at(scope, event.symbol).size;
  read_levels(row, value["bids"], event.bids);
  read_levels(row, value["asks"], event.asks);
  event.at = row.time(value["ts"].present() ? value["ts"] : value["timestamp"]);
}

market::Status status_of(std::string_view status) {
  if (status == "Open") return market::Status::trading;
  if (status == "Init") return market::Status::pre_launch;
  return status == "Settled" || status == "Closed" ? market::Status::delisted : market::Status::halted;
}

void read_instrument(Row& row, Value value, const Scope& scope, std::vector<market::Instrument>& out) {
  const auto symbol = row.symbol(value["symbol"]);
  Spelling spelling{value["baseCurrency"].text(), value["quoteCurrency"].text(), value["settleCurrency"].text(),
                    value["isInverse"].is_true()};
  if (spelling.base.empty() || spelling.quote.empty()) return row.refuse();
  if (spelling.settle == "XBT") spelling.settle = "BTC";
  const bool dated = !value["expireDate"].text().empty() || value["type"].text() == "FFICSX";
  if (dated) spelling.kind = market::ContractKind::future;
  auto instrument = make_instrument(scope.exchange.traits().name, symbol, spelling);
  instrument.contract_size = size_of_lot(row, value, spelling.inverse);
  if (!instrument.contract_size) return row.refuse();
  instrument.tick_size = row.amount(value["tickSize"]);
  instrument.funding_interval = funding_interval(row, value);
  instrument.status = status_of(value["status"].text());
  out.push_back(std::move(instrument));
}

using Known = KnownEndpoint<>;
constexpr std::array<Known, 18> known{{
    {"api/v1/timestamp", Topic::server_time, nullptr},
    {"bullet-public", Topic::candles, nullptr},
    {"contracts/active", Topic::tickers, read_contract},
    {"contracts/active", Topic::instruments, nullptr},
    {"contracts", Topic::tickers, read_contract},
    {"contracts", Topic::instruments, nullptr},
    {"funding-rate", Topic::funding, read_current_rate},
    {"market/funding-rate", Topic::funding, read_unified_rate},
    {"contract/funding-rates", Topic::funding_history, read_settled},
    {"market/open-interest", Topic::open_interest, read_unified_interest},
    {"allTickers", Topic::tickers, read_best},
    {"api/v1/ticker", Topic::tickers, read_best},
    {"mark-price", Topic::tickers, read_mark_price},
    {"kline/query", Topic::candles, read_kline},
    {"trade/history", Topic::trades, read_trade},
    {"level2/depth20", Topic::depth, read_depth},
    {"level2/depth100", Topic::depth, read_depth},
    {"level2/snapshot", Topic::depth, read_depth},
}};

/// Where to connect now: endpoint, token and an id of ours.
base::Result<Reply> read_door(Value data, const Scope& scope) {
  Reply reply;
  const std::string endpoint(data["instanceServers"].at(0)["endpoint"].text());
  const auto token = data["token"].text();
  const auto url = net::parse_url(endpoint);
  if (!url || (url->scheme != "wss" && url->scheme != "ws") || token.empty()) {
    return shape_error("kucoin bullet-public", "endpoint and token");
  }
  reply.door = endpoint + (endpoint.find('?') == std::string::npos ? "?token=" : "&token=") +
               net::encode_component(token) + "&connectId=" + std::to_string(base::to_ms(scope.received_at));
  return reply;
}

}  // namespace

std::span<const Endpoint> endpoints() {
  static constexpr auto list = endpoints_of(known);
  return list;
}

base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope) {
  const auto place = "kucoin " + std::string(endpoint);
  const Value data = root["data"];
  const auto* found = find_known(known, endpoint);  // "market/funding-rate" is not "funding-rate"
  if (found == nullptr) return shape_error(place, "known endpoint");
  if (endpoint_is(endpoint, "bullet-public")) return read_door(data, scope);
  Reply reply;
  if (found->topic == Topic::server_time) {
    Row row;
    reply.server_time = row.time(data);
    if (!reply.server_time) return shape_error(place, "time");
    return reply;
  }
  const Value rows = data["list"].present() ? data["list"] : data;
  if (!rows.is_array() && !rows.is_object()) return shape_error(place, "data");
  if (scope.ask != nullptr && scope.ask->topic == Topic::instruments) {
    each_row(
        rows, reply.instruments, reply.rows_skipped,
        [&](Row& of, Value value, std::vector<market::Instrument>& out) { read_instrument(of, value, scope, out); });
    return reply;
  }
  each_row(rows, reply.events, reply.rows_skipped,
           [&](Row& of, Value value, Events& out) { found->read(of, value, scope, out); });
  if (found->topic == Topic::candles || found->topic == Topic::funding_history) oldest_first(reply.events);
  return reply;
}

bool read_push(Value root, const Scope& scope, Frame& frame) {
  const auto topic = root["topic"].text();
  const auto subject = root["subject"].text();
  const auto colon = topic.find(':');
  if (root["type"].text() != "message" || colon == std::string_view::npos) return false;
  const auto kind = topic.substr(0, colon);
  Scope named = scope;
  named.symbol = topic.substr(colon + 1);
  Known::Read read = nullptr;
  if (kind == "/contract/instrument") {
    if (subject == "mark.index.price") read = read_mark_price;
    if (subject == "funding.rate") read = read_rate_push;
  } else if (kind == "/contractMarket/limitCandle" || kind == "/contractMarket/candle") {
    read = read_candle_push;
    const auto cut = named.symbol.rfind('_');
    if (cut == std::string_view::npos) return false;
    const auto length = named.symbol.substr(cut + 1);
    const auto minutes = whole_number(length);
    named.bar_length =
        minutes && *minutes > 0 && *minutes <= 10'080 ? std::chrono::minutes{*minutes} : bar_length(bars, length);
    named.symbol = named.symbol.substr(0, cut);
  } else if (kind == "/contractMarket/snapshot") {
    read = read_snapshot;
  } else if (kind == "/contractMarket/ticker" || kind == "/contractMarket/tickerV2") {
    read = read_best;
  } else if (kind == "/contractMarket/execution") {
    read = read_trade;
  } else if (kind == "/contractMarket/level2Depth5" || kind == "/contractMarket/level2Depth50") {
    read = read_depth;
  }
  if (read == nullptr) return false;
  frame.kind = Frame::Kind::data;
  each_row(root["data"], frame.events, frame.rows_skipped,
           [&](Row& row, Value value, Events& out) { read(row, value, named, out); });
  return true;
}

}  // namespace exchange::kucoin
