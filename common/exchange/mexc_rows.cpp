#include "common/exchange/mexc_rows.hpp"

#include "common/exchange/contract.hpp"
#include "common/exchange/fields.hpp"

namespace exchange::mexc {

using market::Events;
using market::SizeUnit;

namespace {

/// `amount` is the settle coin's: quote of a linear, base of an inverse contract; the other volume is counted
/// contracts.
void set_volumes(const Contract& contract, std::optional<double> contracts, std::optional<double> amount,
                 std::optional<double>& base, std::optional<double>& quote) {
  const auto counted = contracts ? size_of(*contracts, SizeUnit::contracts, contract, {}) : Size{};
  base = contract.inverse ? amount : counted.base;
  quote = contract.inverse ? counted.quote : amount;
}

void add_open_interest(const RowHead& head, const Contract& contract, std::optional<double> contracts,
                       const Scope& scope, Events& out) {
  if (!contracts) return;
  auto& event = add_event<market::OpenInterest>(scope, head, out);
  event.raw = contracts;
  event.unit = SizeUnit::contracts;
  const auto counted = size_of(*contracts, event.unit, contract, {});
  event.base = counted.base;
  event.quote = counted.quote;
}

// {"symbol":"ETH_USDT","lastPrice":3000.1,"fairPrice":3000,"volume24":40,"amount24":1200,"holdVol":99,"fundingRate":5e-05,…}
void read_ticker(Row& row, Value value, Value pushed_at, const Scope& scope, Events& out) {
  const RowHead head{row.symbol(value["symbol"]), row.amount(value["fairPrice"]), row.amount(value["indexPrice"]),
                     row.time(value["timestamp"].present() ? value["timestamp"] : pushed_at)};
  const auto contract = contract_of(scope.exchange, scope.universe, head.symbol);
  if (const auto rate = row.number(value["fundingRate"])) {  // without its settlement: /funding_rate has that
    add_event<market::Funding>(scope, head, out).rate = rate;
  }
  add_open_interest(head, contract, row.amount(value["holdVol"]), scope, out);
  auto& ticker = add_event<market::Ticker>(scope, head, out);
  ticker.last = row.amount(value["lastPrice"]);
  ticker.bid = row.amount(value["bid1"]);
  ticker.ask = row.amount(value["ask1"]);
  ticker.high_24h = row.amount(value["high24Price"]);
  ticker.low_24h = row.amount(value["lower24Price"]);
  ticker.change_24h = row.number(value["riseFallRate"]);
  set_volumes(contract, row.amount(value["volume24"]), row.amount(value["amount24"]), ticker.base_volume_24h,
              ticker.quote_volume_24h);
}

void read_funding(Row& row, Value value, Value pushed_at, const Scope& scope, Events& out) {
  auto& event = add_event<market::Funding>(scope, out);
  event.symbol = row.symbol(value["symbol"]);
  event.rate = row.number(value["fundingRate"].present() ? value["fundingRate"] : value["rate"]);
  event.cap = row.number(value["maxFundingRate"]);
  event.floor = row.number(value["minFundingRate"]);
  event.settles_at = row.time(value["nextSettleTime"]);
  event.interval = read_interval(row, value["collectCycle"], std::chrono::hours{1});
  event.at = row.time(value["timestamp"].present() ? value["timestamp"] : pushed_at);
  if (!event.rate && !event.settles_at) return row.refuse();
}

void read_settled(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Funding>(scope, out);
  event.symbol = row.symbol(value["symbol"]);
  event.rate = row.number(value["fundingRate"]);
  event.settles_at = row.needed_time(value["settleTime"]);
  event.interval = read_interval(row, value["collectCycle"], std::chrono::hours{1});
  event.settled = true;
  if (!event.rate) return row.refuse();
}

struct Bar {
  Value time, open, high, low, close, contracts, amount;
};

void add_candle(Row& row, const Bar& bar, std::string symbol, base::Millis length, const Scope& scope, Events& out) {
  auto& candle = add_event<market::Candle>(scope, out);
  candle.symbol = std::move(symbol);
  candle.length = length;
  candle.opened_at = row.needed_time(bar.time);
  candle.open = row.needed_price(bar.open);
  candle.high = row.needed_price(bar.high);
  candle.low = row.needed_price(bar.low);
  candle.close = row.needed_price(bar.close);
  set_volumes(contract_of(scope.exchange, scope.universe, candle.symbol), row.amount(bar.contracts),
              row.amount(bar.amount), candle.base_volume, candle.quote_volume);
}

/// Columns of equal length: {"time":[s],"open":[…],"close":[…],"high":[…],"low":[…],"vol":[contracts],"amount":[…]}.
base::Result<Reply> read_klines(Value data, const Scope& scope) {
  const auto column = [&](Key key) {
    std::vector<Value> out;
    for (const Value element : data[key]) out.push_back(element);
    return out;
  };
  const auto time = column("time");
  const auto open = column("open");
  const auto high = column("high");
  const auto low = column("low");
  const auto close = column("close");
  auto contracts = column("vol");
  auto amount = column("amount");
  if (contracts.empty()) contracts.resize(time.size());
  if (amount.empty()) amount.resize(time.size());
  const auto fits = [&](const std::vector<Value>& other) { return other.size() == time.size(); };
  if (!data["time"].is_array() || !fits(open) || !fits(high) || !fits(low) || !fits(close) || !fits(contracts) ||
      !fits(amount)) {
    return shape_error("mexc contract/kline", "columns of equal length");
  }
  Reply reply;
  for (std::size_t at = 0; at < time.size(); ++at) {
    Row row;
    Events made;
    const Bar bar{time[at], open[at], high[at], low[at], close[at], contracts[at], amount[at]};
    add_candle(row, bar, std::string(scope.symbol), scope.bar_length, scope, made);
    if (row.ok()) reply.events.push_back(std::move(made.front()));
    if (!row.ok()) ++reply.rows_skipped;
  }
  oldest_first(reply.events);
  return reply;
}

/// 0 enabled, 1 delivery, 2 completed, 3 offline, 4 pause.
market::Status status_of(std::string_view state, bool hidden) {
  if (state == "0" && !hidden) return market::Status::trading;
  return state == "0" || state == "4" ? market::Status::halted : market::Status::delisted;
}

void read_instrument(Row& row, Value value, const Scope& scope, std::vector<market::Instrument>& out) {
  const auto symbol = row.symbol(value["symbol"]);
  Spelling spelling{value["baseCoin"].text(), value["quoteCoin"].text(), value["settleCoin"].text()};
  spelling.inverse = !spelling.settle.empty() && spelling.settle == spelling.base;
  const auto size = row.amount(value["contractSize"]);
  if (spelling.base.empty() || spelling.quote.empty() || !size || *size <= 0) return row.refuse();
  auto instrument = make_instrument(scope.exchange.traits().name, symbol, spelling);
  instrument.contract_size = size;
  instrument.tick_size = row.amount(value["priceUnit"]);
  instrument.status = status_of(value["state"].text(), value["isHidden"].is_true());
  out.push_back(std::move(instrument));
}

// {"p":3000.5,"v":18,"T":1,"O":1,"M":2,"t":1764000000123}: T 1 the taker bought, 2 sold; v contracts
void read_trade(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Trade>(scope, out);
  event.symbol = scope.symbol;
  const auto taker = value["T"].text();
  if (taker == "1") event.side = market::TakerSide::buy;
  if (taker == "2") event.side = market::TakerSide::sell;
  event.price = row.needed_price(value["p"]);
  event.raw_quantity = row.needed_amount(value["v"]);
  event.unit = SizeUnit::contracts;
  event.at = row.needed_time(value["t"]);
  fill_sizes(event, contract_of(scope.exchange, scope.universe, event.symbol));
}

// {"asks":[[3001,9,2]],"bids":[[3000.5,7,1]],"version":1,"timestamp":1764000000123}: price, contracts, orders
void read_depth(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Depth>(scope, out);
  event.symbol = scope.symbol;
  event.unit = SizeUnit::contracts;
  event.contract_size = contract_of(scope.exchange, scope.universe, event.symbol).size;
  read_levels(row, value["bids"], event.bids);
  read_levels(row, value["asks"], event.asks);
  event.at = row.time(value["timestamp"]);
}

}  // namespace

base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope) {
  const auto place = "mexc " + std::string(endpoint);
  const Value data = root["data"];
  Reply reply;
  if (endpoint_is(endpoint, "contract/ping")) {
    Row row;
    reply.server_time = row.time(data);
    if (!reply.server_time) return shape_error(place, "time");
    return reply;
  }
  if (endpoint_is(endpoint, "contract/depth")) {  // with or without the envelope
    const Value book = data.is_object() ? data : root;
    if (!book["bids"].is_array() || !book["asks"].is_array()) return shape_error(place, "bids and asks");
    each_row(book, reply.events, reply.rows_skipped,
             [&](Row& row, Value value, Events& out) { read_depth(row, value, scope, out); });
    return reply;
  }
  if (!data.is_array() && !data.is_object()) return shape_error(place, "data");
  const auto rows = [&](Value list, const auto& read) {
    each_row(list, reply.events, reply.rows_skipped, read);
    return std::move(reply);
  };
  if (endpoint_is(endpoint, "contract/detail")) {
    each_row(
        data, reply.instruments, reply.rows_skipped,
        [&](Row& of, Value value, std::vector<market::Instrument>& out) { read_instrument(of, value, scope, out); });
    return reply;
  }
  if (endpoint_is(endpoint, "contract/ticker")) {
    return rows(data, [&](Row& row, Value value, Events& out) { read_ticker(row, value, {}, scope, out); });
  }
  if (endpoint_is(endpoint, "contract/funding_rate")) {
    return rows(data, [&](Row& row, Value value, Events& out) { read_funding(row, value, {}, scope, out); });
  }
  if (endpoint_is(endpoint, "contract/funding_rate/history")) {
    if (!data["resultList"].is_array()) return shape_error(place, "data.resultList");
    auto out = rows(data["resultList"],
                    [&](Row& row, Value value, Events& events) { read_settled(row, value, scope, events); });
    oldest_first(out.events);
    return out;
  }
  if (endpoint_is(endpoint, "contract/kline")) return read_klines(data, scope);
  if (endpoint_is(endpoint, "contract/deals")) {
    auto out = rows(data, [&](Row& row, Value value, Events& events) { read_trade(row, value, scope, events); });
    oldest_first(out.events);
    return out;
  }
  return shape_error(place, "known endpoint");
}

bool read_push(Value root, const Scope& scope, Frame& frame) {
  const auto channel = root["channel"].text();
  const auto rows = [&](const auto& read) {
    frame.kind = Frame::Kind::data;
    each_row(root["data"], frame.events, frame.rows_skipped, read);
    return true;
  };
  if (channel == "push.ticker" || channel == "push.tickers") {
    return rows([&](Row& row, Value value, Events& out) { read_ticker(row, value, root["ts"], scope, out); });
  }
  if (channel == "push.funding.rate") {
    return rows([&](Row& row, Value value, Events& out) { read_funding(row, value, root["ts"], scope, out); });
  }
  if (channel == "push.kline") {
    return rows([&](Row& row, Value value, Events& out) {
      const Bar bar{value["t"], value["o"], value["h"], value["l"], value["c"], value["q"], value["a"]};
      const auto symbol = row.symbol(value["symbol"].present() ? value["symbol"] : root["symbol"]);
      add_candle(row, bar, symbol, bar_length(bars, value["interval"].text()), scope, out);
    });
  }
  return false;
}

}  // namespace exchange::mexc
