#include "common/exchange/binance_rows.hpp"

#include <array>

#include "common/exchange/contract.hpp"
#include "common/exchange/fields.hpp"

namespace exchange::binance {

using market::Events;
using market::SizeUnit;

namespace {

/// USD-M sizes are coins, COIN-M sizes are contracts.
SizeUnit unit_of(const Contract& contract) { return contract.inverse ? SizeUnit::contracts : SizeUnit::base; }

/// `count` is base coins (USD-M) or contracts (COIN-M), `value` quote (USD-M) or base coins (COIN-M).
void set_volumes(const Contract& contract, std::optional<double> count, std::optional<double> value,
                 std::optional<double>& base, std::optional<double>& quote) {
  base = contract.inverse ? value : count;
  quote = contract.inverse && count ? size_of(*count, SizeUnit::contracts, contract, {}).quote : value;
  if (contract.inverse && !count) quote.reset();
}

// https://developers.binance.com/docs/derivatives/usds-margined-futures/market-data/rest-api/Mark-Price
// [{"symbol":"ETHUSDT","markPrice":"3100.5","indexPrice":"3101","lastFundingRate":"0.0001","nextFundingTime":1764000000000,…}]
void read_premium(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Funding>(scope, out);
  event.symbol = row.symbol(value["symbol"]);
  event.rate = row.number(value["lastFundingRate"]);
  event.settles_at = row.time(value["nextFundingTime"]);
  event.mark = row.amount(value["markPrice"]);
  event.index = row.amount(value["indexPrice"]);
  event.at = row.time(value["time"]);
  // A dated contract has no funding: rate "" or "0" and next time 0.
  if (!event.settles_at) out.pop_back();
}

void read_funding_info(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Funding>(scope, out);
  event.symbol = row.symbol(value["symbol"]);
  event.interval = read_interval(row, value["fundingIntervalHours"], std::chrono::hours{1});
  event.cap = row.number(value["adjustedFundingRateCap"]);
  event.floor = row.number(value["adjustedFundingRateFloor"]);
  if (!event.interval) return row.refuse();
}

void read_settled(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Funding>(scope, out);
  event.symbol = row.symbol(value["symbol"]);
  event.rate = row.number(value["fundingRate"]);
  event.settles_at = row.needed_time(value["fundingTime"]);
  event.mark = row.amount(value["markPrice"]);
  event.settled = true;
  if (!event.rate) return row.refuse();
}

void read_open_interest(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::OpenInterest>(scope, out);
  event.symbol = row.symbol(value["symbol"]);
  const auto contract = contract_of(scope.exchange, scope.universe, event.symbol);
  event.raw = row.needed_amount(value["openInterest"]);
  event.unit = unit_of(contract);
  event.at = row.time(value["time"]);
  const auto size = size_of(*event.raw, event.unit, contract, {});
  event.base = size.base;
  event.quote = size.quote;
}

void read_interest_history(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::OpenInterest>(scope, out);
  event.symbol = value["symbol"].present() ? row.symbol(value["symbol"]) : std::string(scope.symbol);
  const auto contract = contract_of(scope.exchange, scope.universe, event.symbol);
  event.raw = row.needed_amount(value["sumOpenInterest"]);
  event.unit = unit_of(contract);
  event.history = true;
  event.at = row.needed_time(value["timestamp"]);
  set_volumes(contract, event.raw, row.amount(value["sumOpenInterestValue"]), event.base, event.quote);
}

std::optional<double> fraction(Row& row, Value percent) {
  const auto read = row.number(percent);
  return read ? std::optional(*read / 100) : std::nullopt;
}

// 24hr, price and bookTicker share names; each fills what it has.
void read_ticker(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Ticker>(scope, out);
  event.symbol = row.symbol(value["symbol"]);
  const auto contract = contract_of(scope.exchange, scope.universe, event.symbol);
  event.last = row.amount(value["lastPrice"].present() ? value["lastPrice"] : value["price"]);
  event.bid = row.amount(value["bidPrice"]);
  event.ask = row.amount(value["askPrice"]);
  event.open_24h = row.amount(value["openPrice"]);
  event.high_24h = row.amount(value["highPrice"]);
  event.low_24h = row.amount(value["lowPrice"]);
  event.change_24h = fraction(row, value["priceChangePercent"]);
  set_volumes(contract, row.amount(value["volume"]),
              row.amount(contract.inverse ? value["baseVolume"] : value["quoteVolume"]), event.base_volume_24h,
              event.quote_volume_24h);
  event.at = row.time(value["closeTime"].present() ? value["closeTime"] : value["time"]);
}

/// [open time, open, high, low, close, volume, close time, quote volume, trades, taker base, taker quote, ignored]
void read_kline(Row& row, Value value, const Scope& scope, Events& out) {
  auto& candle = add_event<market::Candle>(scope, out);
  candle.symbol = scope.symbol;
  const auto contract = contract_of(scope.exchange, scope.universe, candle.symbol);
  candle.opened_at = row.needed_time(value.at(0));
  candle.open = row.needed_price(value.at(1));
  candle.high = row.needed_price(value.at(2));
  candle.low = row.needed_price(value.at(3));
  candle.close = row.needed_price(value.at(4));
  const auto last_ms = row.needed_time(value.at(6));
  candle.length = last_ms - candle.opened_at + base::Millis{1};
  set_volumes(contract, row.amount(value.at(5)), row.amount(value.at(7)), candle.base_volume, candle.quote_volume);
  candle.trades = row.integer(value.at(8));
  std::optional<double> taker_base;
  set_volumes(contract, row.amount(value.at(9)), row.amount(value.at(10)), taker_base, candle.taker_buy_quote);
  if (candle.length <= base::Millis{0}) return row.refuse();
}

market::Status status_of(std::string_view word) {
  if (word == "TRADING") return market::Status::trading;
  if (word == "PENDING_TRADING") return market::Status::pre_launch;
  static constexpr std::array<std::string_view, 6> over{"PRE_DELIVERING", "DELIVERING", "DELIVERED",
                                                        "PRE_SETTLE",     "SETTLING",   "CLOSE"};
  return std::find(over.begin(), over.end(), word) == over.end() ? market::Status::halted : market::Status::delisted;
}

void read_instrument(Row& row, Value value, const Scope& scope, std::vector<market::Instrument>& out) {
  const auto symbol = row.symbol(value["symbol"]);
  const auto size = row.amount(value["contractSize"]);  // COIN-M only
  const auto margin = value["marginAsset"].text();
  Spelling spelling{value["baseAsset"].text(), value["quoteAsset"].text(), margin, size.has_value()};
  if (value["contractType"].text().find("PERPETUAL") == std::string_view::npos) {
    spelling.kind = market::ContractKind::future;
  }
  if (spelling.base.empty() || spelling.quote.empty()) return row.refuse();
  auto instrument = make_instrument(scope.exchange.traits().name, symbol, spelling);
  instrument.contract_size = size.value_or(1);
  for (const Value filter : value["filters"]) {
    if (filter["filterType"].text() == "PRICE_FILTER") instrument.tick_size = row.amount(filter["tickSize"]);
  }
  instrument.status = status_of((value["status"].present() ? value["status"] : value["contractStatus"]).text());
  out.push_back(std::move(instrument));
}

// The withdrawn REST list of forced orders, still met in recordings.
void read_forced_order(Row& row, Value value, const Scope& scope, Events& out);

// {"id":7,"price":"3000.5","qty":"0.25","quoteQty":"750.1","time":1764000000123,"isBuyerMaker":true,"isRPITrade":false}
// or, of aggTrades, {"a":7,"p":"3000.5","q":"0.25","f":9,"l":9,"T":1764000000123,"m":true}: where the buyer was the
// maker, a seller took.
void read_trade(Row& row, Value value, const Scope& scope, Events& out) {
  const auto first = [&](Value plain, Value aggregated) { return plain.present() ? plain : aggregated; };
  auto& event = add_event<market::Trade>(scope, out);
  event.symbol = scope.symbol;
  const auto contract = contract_of(scope.exchange, scope.universe, event.symbol);
  const Value maker = first(value["isBuyerMaker"], value["m"]);
  if (maker.present()) event.side = maker.is_true() ? market::TakerSide::sell : market::TakerSide::buy;
  event.price = row.needed_price(first(value["price"], value["p"]));
  event.raw_quantity = row.needed_amount(first(value["qty"], value["q"]));
  event.unit = unit_of(contract);
  event.id = first(value["id"], value["a"]).text();
  event.at = row.needed_time(first(value["time"], value["T"]));
  fill_sizes(event, contract);
}

// {"lastUpdateId":9,"E":1764000000123,"T":1764000000120,"bids":[["3000.5","7"]],"asks":[["3001","9"]]}
void read_depth(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Depth>(scope, out);
  event.symbol = scope.symbol;
  const auto contract = contract_of(scope.exchange, scope.universe, event.symbol);
  event.unit = unit_of(contract);
  event.contract_size = contract.size;
  read_levels(row, value["bids"], event.bids);
  read_levels(row, value["asks"], event.asks);
  event.at = row.time(value["T"].present() ? value["T"] : value["E"]);
}

using Read = void (*)(Row&, Value, const Scope&, Events&);
struct Known {
  std::string_view tail;
  Read read;
  bool history;
};
constexpr std::array<Known, 14> known_endpoints{{{"premiumIndex", read_premium, false},
                                                 {"fundingInfo", read_funding_info, false},
                                                 {"fundingRate", read_settled, true},
                                                 {"openInterest", read_open_interest, false},
                                                 {"openInterestHist", read_interest_history, true},
                                                 {"ticker/24hr", read_ticker, false},
                                                 {"ticker/price", read_ticker, false},
                                                 {"ticker/bookTicker", read_ticker, false},
                                                 {"klines", read_kline, true},
                                                 {"allForceOrders", read_forced_order, true},
                                                 {"forceOrders", read_forced_order, true},
                                                 {"trades", read_trade, true},
                                                 {"aggTrades", read_trade, true},
                                                 {"depth", read_depth, false}}};

void add_liquidation(Row& row, market::Liquidation event, std::string_view order_side, const Scope& scope,
                     Events& out) {
  if (order_side == "SELL") {
    event.side = market::PositionSide::long_side;
  } else if (order_side == "BUY") {
    event.side = market::PositionSide::short_side;
  } else {
    return row.refuse();
  }
  if (event.price <= 0 || event.raw_quantity <= 0) return row.refuse();
  const auto contract = contract_of(scope.exchange, scope.universe, event.symbol);
  event.unit = unit_of(contract);
  fill_sizes(event, contract);
  out.emplace_back(std::move(event));
}

/// The first of two amounts that is there and not 0: a fill, else the order.
double first_above_zero(Row& row, Value preferred, Value otherwise) {
  const auto read = row.amount(preferred);
  return read && *read > 0 ? *read : row.needed_amount(otherwise);
}

void read_forced_order(Row& row, Value value, const Scope& scope, Events& out) {
  auto event = begin_event<market::Liquidation>(scope);
  event.symbol = row.symbol(value["symbol"]);
  event.price = first_above_zero(row, value["averagePrice"], value["price"]);
  event.raw_quantity = first_above_zero(row, value["executedQty"], value["origQty"]);
  event.at = row.needed_time(value["time"]);
  add_liquidation(row, std::move(event), value["side"].text(), scope, out);
}

}  // namespace

base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope) {
  const auto place = [&] { return std::string(scope.exchange.traits().name) + " " + std::string(endpoint); };
  Reply reply;
  if (endpoint_is(endpoint, "time") || endpoint_is(endpoint, "exchangeInfo")) {
    Row row;
    reply.server_time = row.time(root["serverTime"]);
    if (endpoint_is(endpoint, "time") && !reply.server_time) return shape_error(place(), "serverTime");
    if (endpoint_is(endpoint, "time")) return reply;
    if (!root["symbols"].is_array()) return shape_error(place(), "symbols");
    each_row(
        root["symbols"], reply.instruments, reply.rows_skipped,
        [&](Row& of, Value value, std::vector<market::Instrument>& out) { read_instrument(of, value, scope, out); });
    return reply;
  }
  const auto found = std::find_if(known_endpoints.begin(), known_endpoints.end(),
                                  [&](const Known& known) { return endpoint_is(endpoint, known.tail); });
  if (found == known_endpoints.end()) return shape_error(place(), "known endpoint");
  const bool is_row = root["symbol"].present() || (found->read == read_depth && root["bids"].is_array());
  if (!root.is_array() && !is_row) return shape_error(place(), "rows");
  each_row(root, reply.events, reply.rows_skipped,
           [&](Row& row, Value value, Events& out) { found->read(row, value, scope, out); });
  if (found->history) oldest_first(reply.events);
  return reply;
}

// {"e":"forceOrder","E":1764000000123,"o":{"s":"ETHUSDT","S":"SELL","q":"1.5","p":"3000","ap":"3010.5","z":"1.5","T":…}}
void read_liquidation(Row& row, Value order, const Scope& scope, Events& out) {
  auto event = begin_event<market::Liquidation>(scope);
  event.symbol = row.symbol(order["s"]);
  event.price = first_above_zero(row, order["ap"], order["p"]);
  event.raw_quantity = first_above_zero(row, order["z"], order["q"]);
  event.at = row.needed_time(order["T"]);
  add_liquidation(row, std::move(event), order["S"].text(), scope, out);
}

// {"e":"kline","E":…,"s":"ETHUSDT","k":{"t":…,"T":…,"s":"ETHUSDT","i":"1m","o":"…","c":"…","h":"…","l":"…","v":"…","n":9,"x":true,"q":"…","V":"…","Q":"…"}}
void read_kline_event(Row& row, Value event, const Scope& scope, Events& out) {
  const Value bar = event["k"];
  auto& candle = add_event<market::Candle>(scope, out);
  candle.symbol = row.symbol(event["s"]);
  const auto contract = contract_of(scope.exchange, scope.universe, candle.symbol);
  candle.opened_at = row.needed_time(bar["t"]);
  candle.length = row.needed_time(bar["T"]) - candle.opened_at + base::Millis{1};
  candle.open = row.needed_price(bar["o"]);
  candle.high = row.needed_price(bar["h"]);
  candle.low = row.needed_price(bar["l"]);
  candle.close = row.needed_price(bar["c"]);
  set_volumes(contract, row.amount(bar["v"]), row.amount(bar["q"]), candle.base_volume, candle.quote_volume);
  std::optional<double> taker_base;
  set_volumes(contract, row.amount(bar["V"]), row.amount(bar["Q"]), taker_base, candle.taker_buy_quote);
  candle.trades = row.integer(bar["n"]);
  if (bar["x"].present()) candle.closed = bar["x"].is_true();
  if (candle.length <= base::Millis{0}) return row.refuse();
}

// {"e":"markPriceUpdate","E":…,"s":"ETHUSDT","p":"3000.1","i":"3000.2","P":"3000","r":"0.0001","T":…}
void read_mark_price(Row& row, Value event, const Scope& scope, Events& out) {
  auto& funding = add_event<market::Funding>(scope, out);
  funding.symbol = row.symbol(event["s"]);
  funding.rate = row.number(event["r"]);
  funding.settles_at = row.time(event["T"]);
  funding.mark = row.amount(event["p"]);
  funding.index = row.amount(event["i"]);
  funding.at = row.time(event["E"]);
  if (!funding.settles_at) out.pop_back();
}

void read_ticker_event(Row& row, Value event, const Scope& scope, Events& out) {
  auto& ticker = add_event<market::Ticker>(scope, out);
  ticker.symbol = row.symbol(event["s"]);
  ticker.at = row.time(event["E"]);
  if (event["e"].text() == "bookTicker") {
    ticker.bid = row.amount(event["b"]);
    ticker.ask = row.amount(event["a"]);
  } else {
    const auto contract = contract_of(scope.exchange, scope.universe, ticker.symbol);
    ticker.last = row.amount(event["c"]);
    ticker.open_24h = row.amount(event["o"]);
    ticker.high_24h = row.amount(event["h"]);
    ticker.low_24h = row.amount(event["l"]);
    ticker.change_24h = fraction(row, event["P"]);
    set_volumes(contract, row.amount(event["v"]), row.amount(event["q"]), ticker.base_volume_24h,
                ticker.quote_volume_24h);
  }
}

}  // namespace exchange::binance
