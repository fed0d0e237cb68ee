#include "common/exchange/bybit_rows.hpp"

#include "common/exchange/contract.hpp"
#include "common/exchange/fields.hpp"

namespace exchange::bybit {

using market::Events;
using market::SizeUnit;

namespace {

/// Linear sizes are coins, inverse sizes are USD; turnovers and values are the other currency.
SizeUnit unit_of(const Contract& contract) { return contract.inverse ? SizeUnit::quote : SizeUnit::base; }

void set_volumes(const Contract& contract, std::optional<double> volume, std::optional<double> turnover,
                 std::optional<double>& base, std::optional<double>& quote) {
  base = contract.inverse ? turnover : volume;
  quote = contract.inverse ? volume : turnover;
}

/// `both` counts both sides of the market, `single` one of them; half where it is not told (EXCHANGES.md 3.1).
struct Interest {
  std::optional<double> both, both_value, single;
};

void add_open_interest(const RowHead& head, const Contract& contract, const Interest& said, const Scope& scope,
                       Events& out) {
  if (!said.both && !said.single) return;
  auto& event = add_event<market::OpenInterest>(scope, head, out);
  event.raw = said.both;
  event.unit = unit_of(contract);
  event.single_side_raw = said.single;
  const double one_side = said.single ? *said.single : *said.both / 2;
  std::optional<double> value;
  if (said.both && said.both_value && *said.both > 0) value = *said.both_value * (one_side / *said.both);
  set_volumes(contract, one_side, value, event.base, event.quote);
}

void add_funding(Row& row, Value value, const RowHead& head, const Scope& scope, Events& out) {
  const auto rate = row.number(value["fundingRate"]);
  const auto settles_at = row.time(value["nextFundingTime"]);
  if (!rate && !settles_at) return;  // a dated contract: "" and "0"
  auto& funding = add_event<market::Funding>(scope, head, out);
  funding.rate = rate;
  funding.settles_at = settles_at;
  funding.interval = read_interval(row, value["fundingIntervalHour"], std::chrono::hours{1});
  funding.cap = row.number(value["fundingCap"]);  // the same size both ways
  if (funding.cap) funding.floor = -*funding.cap;
}

// https://bybit-exchange.github.io/docs/v5/market/tickers; a WebSocket delta has only what changed.
// {"symbol":"ETHUSDT","lastPrice":"3000","markPrice":"3000.5","openInterest":"900","fundingRate":"0.0001",…}
void read_ticker(Row& row, Value value, Value sent_at, const Scope& scope, Events& out) {
  const RowHead head{row.symbol(value["symbol"]), row.amount(value["markPrice"]), row.amount(value["indexPrice"]),
                     row.time(sent_at)};
  const auto contract = contract_of(scope.exchange, scope.universe, head.symbol);
  add_funding(row, value, head, scope, out);
  const Interest interest{row.amount(value["openInterest"]), row.amount(value["openInterestValue"]),
                          row.amount(value["singleOpenInterest"])};
  add_open_interest(head, contract, interest, scope, out);
  auto& ticker = add_event<market::Ticker>(scope, head, out);
  ticker.last = row.amount(value["lastPrice"]);
  ticker.bid = row.amount(value["bid1Price"]);
  ticker.ask = row.amount(value["ask1Price"]);
  ticker.open_24h = row.amount(value["prevPrice24h"]);
  ticker.high_24h = row.amount(value["highPrice24h"]);
  ticker.low_24h = row.amount(value["lowPrice24h"]);
  ticker.change_24h = row.number(value["price24hPcnt"]);
  set_volumes(contract, row.amount(value["volume24h"]), row.amount(value["turnover24h"]), ticker.base_volume_24h,
              ticker.quote_volume_24h);
}

void read_settled(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Funding>(scope, out);
  event.symbol = row.symbol(value["symbol"]);
  event.rate = row.number(value["fundingRate"]);
  event.settles_at = row.needed_time(value["fundingRateTimestamp"]);
  event.settled = true;
  if (!event.rate) return row.refuse();
}

void read_interest_history(Row& row, Value value, const Scope& scope, Events& out) {
  const RowHead head{std::string(scope.symbol), {}, {}, row.needed_time(value["timestamp"])};
  const auto contract = contract_of(scope.exchange, scope.universe, scope.symbol);
  const Interest interest{row.needed_amount(value["openInterest"]), {}, row.amount(value["singleOpenInterest"])};
  add_open_interest(head, contract, interest, scope, out);  // always one: the needed amount is there
  std::get<market::OpenInterest>(out.back()).history = true;
}

/// [start, open, high, low, close, volume, turnover]
void read_kline(Row& row, Value value, const Scope& scope, Events& out) {
  auto& candle = add_event<market::Candle>(scope, out);
  candle.symbol = scope.symbol;
  candle.length = scope.bar_length;
  const auto contract = contract_of(scope.exchange, scope.universe, candle.symbol);
  candle.opened_at = row.needed_time(value.at(0));
  candle.open = row.needed_price(value.at(1));
  candle.high = row.needed_price(value.at(2));
  candle.low = row.needed_price(value.at(3));
  candle.close = row.needed_price(value.at(4));
  set_volumes(contract, row.amount(value.at(5)), row.amount(value.at(6)), candle.base_volume, candle.quote_volume);
}

// {"execId":"2100","symbol":"ETHUSDT","price":"3000.5","size":"0.25","side":"Sell","time":"1764000000123",…}
void read_trade(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Trade>(scope, out);
  event.symbol = row.symbol(value["symbol"]);
  const auto contract = contract_of(scope.exchange, scope.universe, event.symbol);
  event.side = taker_side(value["side"].text());
  event.price = row.needed_price(value["price"]);
  event.raw_quantity = row.needed_amount(value["size"]);
  event.unit = unit_of(contract);
  event.id = value["execId"].text();
  event.at = row.needed_time(value["time"]);
  fill_sizes(event, contract);
}

// {"s":"ETHUSDT","b":[["3000.5","7"]],"a":[["3001","9"]],"ts":1764000000123,"u":9,"seq":99,"cts":1764000000120}
void read_depth(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Depth>(scope, out);
  event.symbol = row.symbol(value["s"]);
  const auto contract = contract_of(scope.exchange, scope.universe, event.symbol);
  event.unit = unit_of(contract);
  event.contract_size = contract.size;
  read_levels(row, value["b"], event.bids);
  read_levels(row, value["a"], event.asks);
  event.at = row.time(value["cts"].present() ? value["cts"] : value["ts"]);
}

market::Status status_of(Value value) {
  const auto word = value["status"].text();
  if (word == "PreLaunch" || value["isPreListing"].is_true()) return market::Status::pre_launch;
  if (word == "Trading") return market::Status::trading;
  return word == "Closed" || word == "Delivering" ? market::Status::delisted : market::Status::halted;
}

void read_instrument(Row& row, Value value, const Scope& scope, std::vector<market::Instrument>& out) {
  const auto symbol = row.symbol(value["symbol"]);
  const auto type = value["contractType"].text();
  Spelling spelling{value["baseCoin"].text(), value["quoteCoin"].text(), value["settleCoin"].text(),
                    type.starts_with("Inverse")};
  if (!type.ends_with("Perpetual")) spelling.kind = market::ContractKind::future;
  if (spelling.base.empty() || spelling.quote.empty()) return row.refuse();
  auto instrument = make_instrument(scope.exchange.traits().name, symbol, spelling);
  instrument.contract_size = 1;
  instrument.tick_size = row.amount(value["priceFilter"]["tickSize"]);
  instrument.funding_interval = read_interval(row, value["fundingInterval"], std::chrono::minutes{1});
  instrument.status = status_of(value);
  out.push_back(std::move(instrument));
}

/// `S` is the side of the POSITION: Buy = a long was closed (EXCHANGES.md 3.4).
/// allLiquidation: {"T":1764000000123,"s":"ETHUSDT","S":"Buy","v":"1.5","p":"3000"}; the older topic spells the names
/// out.
void read_liquidation(Row& row, Value value, const Scope& scope, Events& out) {
  const auto either = [&](Key short_name, Key long_name, Key other_name) {
    for (const auto key : {short_name, long_name}) {
      if (value[key].present()) return value[key];
    }
    return value[other_name];
  };
  auto& event = add_event<market::Liquidation>(scope, out);
  event.symbol = row.symbol(either("s", "symbol", ""));
  event.price = row.needed_price(either("p", "price", ""));
  event.raw_quantity = row.needed_price(either("v", "size", "qty"));
  event.at = row.needed_time(either("T", "time", "updatedTime"));
  const auto side = either("S", "side", "").text();
  if (side != "Buy" && side != "Sell") return row.refuse();
  event.side = side == "Buy" ? market::PositionSide::long_side : market::PositionSide::short_side;
  event.id = value["id"].text();
  const auto contract = contract_of(scope.exchange, scope.universe, event.symbol);
  event.unit = unit_of(contract);
  fill_sizes(event, contract);
}

/// {"start":…,"end":…,"interval":"1","open":"…","close":"…","high":"…","low":"…","volume":"…","turnover":"…","confirm":true}
void read_kline_push(Row& row, Value value, std::string_view symbol, const Scope& scope, Events& out) {
  auto& candle = add_event<market::Candle>(scope, out);
  candle.symbol = symbol;
  const auto contract = contract_of(scope.exchange, scope.universe, symbol);
  candle.opened_at = row.needed_time(value["start"]);
  candle.length = row.needed_time(value["end"]) - candle.opened_at;
  if (candle.length <= base::Millis{0}) return row.refuse();
  // `end` is the last millisecond of the bar.
  if (candle.length % std::chrono::minutes{1} != base::Millis{0}) candle.length += base::Millis{1};
  candle.open = row.needed_price(value["open"]);
  candle.high = row.needed_price(value["high"]);
  candle.low = row.needed_price(value["low"]);
  candle.close = row.needed_price(value["close"]);
  set_volumes(contract, row.amount(value["volume"]), row.amount(value["turnover"]), candle.base_volume,
              candle.quote_volume);
  if (value["confirm"].present()) candle.closed = value["confirm"].is_true();
}

}  // namespace

base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope) {
  Reply reply;
  Row row;
  reply.server_time = row.time(root["time"]);
  if (endpoint_is(endpoint, "market/time")) {
    if (!reply.server_time) return shape_error("bybit market/time", "time");
    return reply;
  }
  const Value result = root["result"];
  if (endpoint_is(endpoint, "market/orderbook")) {
    if (!result["b"].is_array() || !result["a"].is_array())
      return shape_error("bybit market/orderbook", "bids and asks");
    each_row(result, reply.events, reply.rows_skipped,
             [&](Row& of, Value value, Events& out) { read_depth(of, value, scope, out); });
    return reply;
  }
  const Value list = result["list"];
  if (!list.is_array()) return shape_error("bybit " + std::string(endpoint), "result.list");
  if (endpoint_is(endpoint, "instruments-info")) {
    each_row(
        list, reply.instruments, reply.rows_skipped,
        [&](Row& of, Value value, std::vector<market::Instrument>& out) { read_instrument(of, value, scope, out); });
    return reply;
  }
  Scope named = scope;
  if (named.symbol.empty()) named.symbol = result["symbol"].text();
  const auto rows = [&](const auto& read) {
    each_row(list, reply.events, reply.rows_skipped,
             [&](Row& of, Value value, Events& out) { read(of, value, named, out); });
    oldest_first(reply.events);
    return reply;
  };
  if (endpoint_is(endpoint, "market/tickers")) {
    each_row(list, reply.events, reply.rows_skipped,
             [&](Row& of, Value value, Events& out) { read_ticker(of, value, root["time"], scope, out); });
    return reply;
  }
  if (endpoint_is(endpoint, "market/kline")) return rows(read_kline);
  if (endpoint_is(endpoint, "funding/history")) return rows(read_settled);
  if (endpoint_is(endpoint, "market/recent-trade")) return rows(read_trade);
  if (endpoint_is(endpoint, "market/open-interest")) return rows(read_interest_history);
  return shape_error("bybit " + std::string(endpoint), "known endpoint");
}

bool read_push(Value root, const Scope& scope, Frame& frame) {
  const auto topic = root["topic"].text();
  const auto rows = [&](const auto& read) {
    frame.kind = Frame::Kind::data;
    each_row(root["data"], frame.events, frame.rows_skipped, read);
    return true;
  };
  if (topic.starts_with("allLiquidation.") || topic.starts_with("liquidation.")) {
    return rows([&](Row& row, Value value, Events& out) { read_liquidation(row, value, scope, out); });
  }
  if (topic.starts_with("kline.") || topic.starts_with("candle.")) {
    const auto symbol = topic.substr(topic.rfind('.') + 1);
    return rows([&](Row& row, Value value, Events& out) { read_kline_push(row, value, symbol, scope, out); });
  }
  if (topic.starts_with("tickers.")) {
    return rows([&](Row& row, Value value, Events& out) { read_ticker(row, value, root["ts"], scope, out); });
  }
  return false;
}

}  // namespace exchange::bybit
