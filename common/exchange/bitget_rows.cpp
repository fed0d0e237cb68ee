#include "common/exchange/bitget_rows.hpp"

#include <cmath>

#include "common/exchange/contract.hpp"

namespace exchange::bitget {

using market::Events;
using market::SizeUnit;

namespace {

Contract contract_at(const Scope& scope, std::string_view symbol) {
  return contract_of(scope.exchange, scope.universe, symbol);
}

Value first_of(Value preferred, Value otherwise) { return preferred.present() ? preferred : otherwise; }

/// The row's own name, else the one that was asked for or subscribed.
std::string symbol_in(Row& row, Value value, const Scope& scope) {
  return value.present() ? row.symbol(value) : std::string(scope.symbol);
}

/// What the versions call the same fields of a ticker.
struct TickerFields {
  Value last, mark, index, bid, ask, open, high, low, change, base_volume, quote_volume, open_interest, rate, settles,
      at;
};

TickerFields fields_v1(Value value) {
  return {value["last"],
          value["markPrice"],
          value["indexPrice"],
          value["bestBid"],
          value["bestAsk"],
          {},
          value["high24h"],
          value["low24h"],
          value["priceChangePercent"],
          value["baseVolume"],
          value["quoteVolume"],
          first_of(value["holding"], value["holdingAmount"]),
          first_of(value["capitalRate"], value["fundingRate"]),
          value["nextSettleTime"],
          first_of(value["systemTime"], value["timestamp"])};
}

TickerFields fields_v2(Value value) {
  return {value["lastPr"],      value["markPrice"],       value["indexPrice"],  value["bidPr"],
          value["askPr"],       value["open24h"],         value["high24h"],     value["low24h"],
          value["change24h"],   value["baseVolume"],      value["quoteVolume"], value["holdingAmount"],
          value["fundingRate"], value["nextFundingTime"], value["ts"]};
}

TickerFields fields_v3(Value value) {
  return {
      value["lastPrice"],    value["markPrice"],    value["indexPrice"],  value["bid1Price"],       value["ask1Price"],
      value["openPrice24h"], value["highPrice24h"], value["lowPrice24h"], value["price24hPcnt"],    value["volume24h"],
      value["turnover24h"],  value["openInterest"], value["fundingRate"], value["nextFundingTime"], value["ts"]};
}

/// A dated contract says "0" for its rate and its settlement.
void add_funding(Row& row, const TickerFields& fields, const RowHead& head, const Scope& scope, Events& out) {
  const auto rate = row.number(fields.rate);
  if (!rate || fields.settles.text() == "0" || contract_at(scope, head.symbol).dated) return;
  auto& event = add_event<market::Funding>(scope, head, out);
  event.rate = rate;
  event.settles_at = row.time(fields.settles);
}

void add_open_interest(const RowHead& head, std::optional<double> coins, const Scope& scope, Events& out) {
  if (!coins) return;
  auto& event = add_event<market::OpenInterest>(scope, head, out);
  event.raw = coins;
  event.unit = SizeUnit::base;
  event.base = coins;
}

void read_ticker(Row& row, Value symbol, const TickerFields& fields, Value sent_at, const Scope& scope, Events& out) {
  const RowHead head{symbol_in(row, symbol, scope), row.amount(fields.mark), row.amount(fields.index),
                     row.time(first_of(fields.at, sent_at))};
  add_funding(row, fields, head, scope, out);
  add_open_interest(head, row.amount(fields.open_interest), scope, out);
  auto& ticker = add_event<market::Ticker>(scope, head, out);
  ticker.last = row.amount(fields.last);
  ticker.bid = row.amount(fields.bid);
  ticker.ask = row.amount(fields.ask);
  ticker.open_24h = row.amount(fields.open);
  ticker.high_24h = row.amount(fields.high);
  ticker.low_24h = row.amount(fields.low);
  ticker.change_24h = row.number(fields.change);
  ticker.base_volume_24h = row.amount(fields.base_volume);
  ticker.quote_volume_24h = row.amount(fields.quote_volume);
}

void read_ticker_v1(Row& row, Value value, Value sent_at, const Scope& scope, Events& out) {
  read_ticker(row, first_of(value["instId"], value["symbol"]), fields_v1(value), sent_at, scope, out);
}
void read_ticker_v2(Row& row, Value value, Value sent_at, const Scope& scope, Events& out) {
  read_ticker(row, first_of(value["symbol"], value["instId"]), fields_v2(value), sent_at, scope, out);
}
void read_ticker_v3(Row& row, Value value, Value sent_at, const Scope& scope, Events& out) {
  read_ticker(row, value["symbol"], fields_v3(value), sent_at, scope, out);
}

/// Index and mark price of one contract: {"symbol":"ETHUSDT","price":"3000","indexPrice":"3000","markPrice":"3001",…}
void read_prices(Row& row, Value value, Value sent_at, const Scope& scope, Events& out) {
  auto ticker = begin_event<market::Ticker>(scope);
  ticker.symbol = symbol_in(row, value["symbol"], scope);
  ticker.last = row.amount(value["price"]);
  ticker.mark = row.amount(value["markPrice"]);
  ticker.index = row.amount(value["indexPrice"]);
  ticker.at = row.time(first_of(first_of(value["ts"], value["timestamp"]), sent_at));
  out.emplace_back(std::move(ticker));
}

/// `fundingRate` is charged at `nextUpdate`; the first v2 has neither that nor the interval. funding-time has the two
/// alone.
void read_funding(Row& row, Value value, Value sent_at, const Scope& scope, Events& out) {
  auto event = begin_event<market::Funding>(scope);
  event.symbol = symbol_in(row, value["symbol"], scope);
  event.rate = row.number(value["fundingRate"]);
  event.cap = row.number(value["maxFundingRate"]);
  event.floor = row.number(value["minFundingRate"]);
  const Value next = first_of(value["nextUpdate"], value["nextFundingTime"]);
  event.settles_at = row.time(first_of(next, value["fundingTime"]));
  event.interval =
      read_interval(row, first_of(value["fundingRateInterval"], value["ratePeriod"]), std::chrono::hours{1});
  event.at = row.time(sent_at);
  const bool never_settles = next.text() == "0" || contract_at(scope, event.symbol).dated;
  if (never_settles) return;
  if (!event.rate && !event.settles_at) return row.refuse();
  out.emplace_back(std::move(event));
}

void read_settled(Row& row, Value value, Value /*sent_at*/, const Scope& scope, Events& out) {
  auto event = begin_event<market::Funding>(scope);
  event.symbol = symbol_in(row, value["symbol"], scope);
  event.rate = row.number(value["fundingRate"]);
  const Value charged = first_of(value["fundingTime"], value["settleTime"]);
  event.settles_at = row.needed_time(first_of(charged, value["fundingRateTimestamp"]));
  event.settled = true;
  if (!event.rate) return row.refuse();
  out.emplace_back(std::move(event));
}

void read_open_interest(Row& row, Value value, Value sent_at, const Scope& scope, Events& out) {
  RowHead head;
  head.symbol = symbol_in(row, value["symbol"], scope);
  head.at = row.time(first_of(first_of(value["timestamp"], value["ts"]), sent_at));
  const Value coins = first_of(first_of(value["size"], value["openInterest"]), value["amount"]);
  add_open_interest(head, row.needed_amount(coins), scope, out);
}

/// [time, open, high, low, close, base, quote]; v1 may leave out the quote. v3 pushes objects.
void read_candle(Row& row, Value value, Value /*sent_at*/, const Scope& scope, Events& out) {
  auto& candle = add_event<market::Candle>(scope, out);
  candle.symbol = scope.symbol;
  candle.length = scope.bar_length;
  const bool listed = value.is_array();
  candle.opened_at = row.needed_time(listed ? value.at(0) : value["start"]);
  candle.open = row.needed_price(listed ? value.at(1) : value["open"]);
  candle.high = row.needed_price(listed ? value.at(2) : value["high"]);
  candle.low = row.needed_price(listed ? value.at(3) : value["low"]);
  candle.close = row.needed_price(listed ? value.at(4) : value["close"]);
  candle.base_volume = row.amount(listed ? value.at(5) : value["volume"]);
  candle.quote_volume = row.amount(listed ? value.at(6) : value["turnover"]);
}

/// `side` is that of the POSITION: buy = a long was closed. What `amount` counts is not verified (EXCHANGES.md 7.4):
/// the configuration says it.
void read_liquidation(Row& row, Value value, Value /*sent_at*/, const Scope& scope, Events& out) {
  auto event = begin_event<market::Liquidation>(scope);
  event.symbol = symbol_in(row, value["symbol"], scope);
  event.price = row.needed_price(value["price"]);
  event.raw_quantity = row.needed_price(value["amount"]);
  event.unit = scope.settings.liquidation_unit;
  event.at = row.needed_time(value["ts"]);
  const auto side = value["side"].text();
  if (side != "buy" && side != "sell") return row.refuse();
  event.side = side == "buy" ? market::PositionSide::long_side : market::PositionSide::short_side;
  fill_sizes(event, contract_at(scope, event.symbol));
  out.emplace_back(std::move(event));
}

/// Objects, whose names differ by version, or v1's pushed lists [time, price, size, side].
void read_trade(Row& row, Value value, Value /*sent_at*/, const Scope& scope, Events& out) {
  auto event = begin_event<market::Trade>(scope);
  const bool listed = value.is_array();
  event.symbol = symbol_in(row, value["symbol"], scope);
  event.price = row.needed_price(listed ? value.at(1) : first_of(value["price"], value["p"]));
  event.raw_quantity = row.needed_price(listed ? value.at(2) : first_of(value["size"], value["v"]));
  event.unit = SizeUnit::base;
  const auto side = lower_case((listed ? value.at(3) : first_of(value["side"], value["S"])).text());
  if (side != "buy" && side != "sell") return row.refuse();
  event.side = side == "buy" ? market::TakerSide::buy : market::TakerSide::sell;
  event.id = first_of(first_of(value["tradeId"], value["execId"]), value["i"]).text();
  const Value at = first_of(value["ts"], value["timestamp"]);
  event.at = row.needed_time(listed ? value.at(0) : first_of(at, value["T"]));
  fill_sizes(event, contract_at(scope, event.symbol));
  out.emplace_back(std::move(event));
}

std::vector<market::Depth::Level> read_levels(Row& row, Value levels) {
  std::vector<market::Depth::Level> out;
  if (!levels.is_array()) row.refuse();
  out.reserve(levels.size());
  for (const Value level : levels) out.push_back({row.needed_price(level.at(0)), row.needed_amount(level.at(1))});
  return out;
}

void read_depth(Row& row, Value value, Value sent_at, const Scope& scope, Events& out) {
  auto event = begin_event<market::Depth>(scope);
  event.symbol = scope.symbol;
  event.bids = read_levels(row, first_of(value["bids"], value["b"]));
  event.asks = read_levels(row, first_of(value["asks"], value["a"]));
  event.unit = SizeUnit::base;
  event.at = row.time(first_of(first_of(value["ts"], value["timestamp"]), sent_at));
  out.emplace_back(std::move(event));
}

market::Status status_of(Value value) {
  const auto word = first_of(value["symbolStatus"], value["status"]).text();
  if (word == "normal" || word == "online" || word.empty()) return market::Status::trading;
  if (word == "listed" || word == "gray") return market::Status::pre_launch;
  return word == "off" || word == "offline" ? market::Status::delisted : market::Status::halted;
}

/// v3 says it; before, it is `priceEndStep` in the last of `pricePlace` places.
std::optional<double> tick_of(Row& row, Value value) {
  if (const auto tick = row.amount(value["priceMultiplier"])) return tick;
  const auto step = row.amount(value["priceEndStep"]);
  const auto places = row.integer(value["pricePlace"]);
  constexpr std::int64_t places_max = 30;
  if (!step || !places || *places < 0 || *places > places_max) return std::nullopt;
  return *step / std::pow(10.0, static_cast<double>(*places));
}

/// `sizeMultiplier` is the step of sizes, not what one contract holds: sizes are coins.
void read_instrument(Row& row, Value value, const Scope& scope, std::vector<market::Instrument>& out) {
  const auto symbol = row.symbol(value["symbol"]);
  auto instrument = scope.exchange.describe(symbol);
  if (!row.ok() || !instrument) return row.refuse();
  const auto base = value["baseCoin"].text();
  const auto quote = value["quoteCoin"].text();
  if (!base.empty()) set_base(*instrument, base);
  if (!quote.empty()) instrument->quote = quote;
  const auto type = first_of(value["symbolType"], value["type"]).text();
  if (!type.empty())
    instrument->kind = type == "delivery" ? market::ContractKind::future : market::ContractKind::perpetual;
  instrument->inverse = instrument->quote == "USD";
  instrument->settle = instrument->inverse ? instrument->base : instrument->quote;
  instrument->tick_size = tick_of(row, value);
  if (instrument->kind == market::ContractKind::perpetual)
    instrument->funding_interval = read_interval(row, value["fundInterval"], std::chrono::hours{1});
  instrument->status = status_of(value);
  out.push_back(std::move(*instrument));
}

using Read = void (*)(Row&, Value, Value, const Scope&, Events&);
struct Known {
  std::string_view tail;
  Read read;
  bool dated{};  ///< rows are put in the order of their times
};
constexpr std::array<Known, 22> known_endpoints{{{"v3/market/tickers", read_ticker_v3},
                                                 {"v2/mix/market/tickers", read_ticker_v2},
                                                 {"v2/mix/market/ticker", read_ticker_v2},
                                                 {"mix/v1/market/tickers", read_ticker_v1},
                                                 {"mix/v1/market/ticker", read_ticker_v1},
                                                 {"market/symbol-price", read_prices},
                                                 {"market/mark-price", read_prices},
                                                 {"market/current-fund-rate", read_funding},
                                                 {"market/current-fundRate", read_funding},
                                                 {"market/funding-time", read_funding},
                                                 {"market/history-fund-rate", read_settled, true},
                                                 {"market/history-fundRate", read_settled, true},
                                                 {"market/open-interest", read_open_interest},
                                                 {"market/candles", read_candle, true},
                                                 {"market/history-candles", read_candle, true},
                                                 {"market/liquidations", read_liquidation, true},
                                                 {"market/fills", read_trade, true},
                                                 {"market/fills-history", read_trade, true},
                                                 {"market/history-fills", read_trade, true},
                                                 {"market/merge-depth", read_depth},
                                                 {"market/orderbook", read_depth},
                                                 {"market/depth", read_depth}}};

/// Lists hang below data, or below a name in it; one contract's answer is an object. v1's candles are a bare list.
Value rows_of(Value root) {
  if (root.is_array()) return root;
  const Value data = root["data"];
  for (const Value list : {data["openInterestList"], data["resultList"], data["list"]}) {
    if (list.is_array()) return list;
  }
  return data;
}

constexpr std::string_view candle_channel = "candle";

/// Spot markets share the socket of v1 and v3.
bool is_spot(std::string_view instrument_type) {
  const auto type = lower_case(instrument_type);
  return type == "spot" || type == "sp" || type == "spbl" || type == "margin";
}

/// v3 subscribes topics, v2 and v1 channels of a product: "USDT-FUTURES", "mc".
Read reader_of(std::string_view channel, Value about) {
  if (channel == "ticker") {
    if (about["topic"].present()) return read_ticker_v3;
    return lower_case(about["instType"].text()).ends_with("futures") ? read_ticker_v2 : read_ticker_v1;
  }
  if (channel == "liquidation") return read_liquidation;
  if (channel == "kline" || channel.starts_with(candle_channel)) return read_candle;
  if (channel == "trade" || channel == "publicTrade" || channel == "tradeNew") return read_trade;
  if (channel.starts_with("books")) return read_depth;
  return nullptr;
}

}  // namespace

base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope) {
  const auto place = "bitget " + std::string(endpoint);
  Reply reply;
  Row row;
  reply.server_time = row.time(root["requestTime"]);
  const Value data = root["data"];
  if (endpoint_is(endpoint, "public/time")) {
    reply.server_time = row.time(first_of(data["serverTime"], root["requestTime"]));
    if (!reply.server_time) return shape_error(place, "serverTime");
    return reply;
  }
  const Value list = rows_of(root);
  if (!list.is_array() && !list.is_object()) return shape_error(place, "data");
  if (endpoint_is(endpoint, "market/contracts") || endpoint_is(endpoint, "market/instruments")) {
    each_row(
        list, reply.instruments, reply.rows_skipped,
        [&](Row& of, Value value, std::vector<market::Instrument>& out) { read_instrument(of, value, scope, out); });
    return reply;
  }
  const auto* const found = std::find_if(known_endpoints.begin(), known_endpoints.end(),
                                         [&](const Known& known) { return endpoint_is(endpoint, known.tail); });
  if (found == known_endpoints.end()) return shape_error(place, "known endpoint");
  const Value sent_at = first_of(data["ts"], root["requestTime"]);
  each_row(list, reply.events, reply.rows_skipped,
           [&](Row& of, Value value, Events& out) { found->read(of, value, sent_at, scope, out); });
  if (found->dated) oldest_first(reply.events);
  return reply;
}

bool read_push(Value root, const Scope& scope, Frame& frame) {
  const Value about = root["arg"];
  const Value data = root["data"];
  const auto channel = first_of(about["topic"], about["channel"]).text();
  if (channel.empty() || !data.is_array()) return false;
  const auto read = reader_of(channel, about);
  if (read == nullptr) return false;
  frame.kind = Frame::Kind::data;
  if (is_spot(about["instType"].text())) return true;
  if (channel == "books" && root["action"].text() == "update") return true;  // changes alone
  Scope named = scope;
  named.symbol = first_of(about["symbol"], about["instId"]).text();
  named.bar_length =
      bar_length(bars, channel == "kline" ? about["interval"].text()
                                          : channel.substr(std::min(candle_channel.size(), channel.size())));
  each_row(data, frame.events, frame.rows_skipped,
           [&](Row& row, Value value, Events& out) { read(row, value, root["ts"], named, out); });
  return true;
}

}  // namespace exchange::bitget
