#include "common/exchange/gate_rows.hpp"

#include <cmath>

#include "common/exchange/contract.hpp"

namespace exchange::gate {

using market::Events;
using market::SizeUnit;

namespace {

Contract contract_at(const Scope& scope, std::string_view symbol) {
  return contract_of(scope.exchange, scope.universe, symbol);
}

Value first_of(Value preferred, Value otherwise) { return preferred.present() ? preferred : otherwise; }

/// Of an inverse contract the list says a multiplier of "0": it is 1 USD (EXCHANGES.md 1.3).
std::optional<double> size_of_one(Row& row, Value value, bool inverse) {
  const auto multiplier = row.amount(value["quanto_multiplier"]);
  if (inverse) return 1;
  return multiplier && *multiplier > 0 ? multiplier : std::nullopt;
}

/// Seconds, of whole minutes up to a day; 0: none.
std::optional<std::chrono::minutes> interval_of(Row& row, Value value) {
  using std::chrono::seconds;
  const auto count = row.integer(value["funding_interval"]);
  if (!count || *count == 0) return std::nullopt;
  if (*count > 0 && *count % 60 == 0 && *count <= seconds{std::chrono::hours{24}}.count())
    return std::chrono::duration_cast<std::chrono::minutes>(seconds{*count});
  row.refuse();
  return std::nullopt;
}

void add_open_interest(const RowHead& head, std::optional<double> contracts, const Contract& contract,
                       const Scope& scope, Events& out) {
  if (!contracts) return;
  const auto counted = size_of(*contracts, SizeUnit::contracts, contract, {});
  auto& event = add_event<market::OpenInterest>(scope, head, out);
  event.raw = contracts;
  event.unit = SizeUnit::contracts;
  event.base = counted.base;
  event.quote = counted.quote;
}

/// `funding_rate_indicative` is what the settlement after the next one looks like. A dated contract has no funding,
/// whatever its row says.
void add_funding(Row& row, Value value, const RowHead& head, const Contract& contract, const Scope& scope,
                 Events& out) {
  const auto rate = row.number(value["funding_rate"]);
  const auto settles_at = row.time(value["funding_next_apply"]);
  if (contract.dated || (!rate && !settles_at)) return;
  auto& event = add_event<market::Funding>(scope, head, out);
  event.rate = rate;
  event.predicted_rate = row.number(value["funding_rate_indicative"]);
  event.settles_at = settles_at;
  event.interval = interval_of(row, value);
}

// {"contract":"ETH_USDT","last":"3000","total_size":"99","volume_24h":"40","volume_24h_base":"4","mark_price":"nan",…}
void read_ticker(Row& row, Value value, Value sent_at, const Scope& scope, Events& out) {
  const RowHead head{row.symbol(value["contract"]), row.amount(value["mark_price"]), row.amount(value["index_price"]),
                     row.time(sent_at)};
  const auto contract = contract_at(scope, head.symbol);
  add_funding(row, value, head, contract, scope, out);
  add_open_interest(head, row.amount(value["total_size"]), contract, scope, out);
  auto& ticker = add_event<market::Ticker>(scope, head, out);
  ticker.last = row.amount(value["last"]);
  ticker.bid = row.amount(value["highest_bid"]);
  ticker.ask = row.amount(value["lowest_ask"]);
  ticker.high_24h = row.amount(value["high_24h"]);
  ticker.low_24h = row.amount(value["low_24h"]);
  if (const auto percent = row.number(value["change_percentage"])) ticker.change_24h = *percent / 100;
  ticker.base_volume_24h = row.amount(value["volume_24h_base"]);
  ticker.quote_volume_24h = row.amount(value["volume_24h_quote"]);
  if (const auto contracts = row.amount(value["volume_24h"])) {
    const auto counted = size_of(*contracts, SizeUnit::contracts, contract, {});
    if (!ticker.base_volume_24h) ticker.base_volume_24h = counted.base;
    if (!ticker.quote_volume_24h) ticker.quote_volume_24h = counted.quote;
  }
}

/// The list of contracts has the running rate, its settlement and interval, prices, and the contracts held long.
void read_contract(Row& row, Value value, const Scope& scope, Events& out) {
  const RowHead head{row.symbol(value["name"]), row.amount(value["mark_price"]), row.amount(value["index_price"]), {}};
  auto contract = contract_at(scope, head.symbol);
  if (const auto type = value["type"].text(); !type.empty()) contract.inverse = type == "inverse";
  contract.size = size_of_one(row, value, contract.inverse);
  add_funding(row, value, head, contract, scope, out);
  add_open_interest(head, row.amount(value["position_size"]), contract, scope, out);
  add_event<market::Ticker>(scope, head, out).last = row.amount(value["last_price"]);
}

market::Status status_of(Value value) {
  const auto word = value["status"].text();
  if (word == "prelaunch") return market::Status::pre_launch;
  if (word == "delisted") return market::Status::delisted;
  const bool trading = (word.empty() || word == "trading") && !value["in_delisting"].is_true();
  return trading ? market::Status::trading : market::Status::halted;
}

void read_instrument(Row& row, Value value, const Scope& scope, std::vector<market::Instrument>& out) {
  const auto symbol = row.symbol(value["name"]);
  auto instrument = scope.exchange.describe(symbol);
  if (!row.ok() || !instrument) return row.refuse();
  if (const auto type = value["type"].text(); !type.empty()) instrument->inverse = type == "inverse";
  instrument->contract_size = size_of_one(row, value, instrument->inverse);
  if (!instrument->contract_size) return row.refuse();
  instrument->tick_size = row.amount(value["order_price_round"]);
  if (instrument->kind == market::ContractKind::perpetual) instrument->funding_interval = interval_of(row, value);
  instrument->status = status_of(value);
  out.push_back(std::move(*instrument));
}

void read_settled(Row& row, Value value, const Scope& scope, Events& out) {
  auto event = begin_event<market::Funding>(scope);
  event.symbol = value["contract"].present() ? row.symbol(value["contract"]) : std::string(scope.symbol);
  event.rate = row.number(value["r"]);
  event.settles_at = row.needed_time(value["t"]);
  event.settled = true;
  if (!event.rate) return row.refuse();
  out.emplace_back(std::move(event));
}

void read_stats(Row& row, Value value, bool history, const Scope& scope, Events& out) {
  auto event = begin_event<market::OpenInterest>(scope);
  event.symbol = value["contract"].present() ? row.symbol(value["contract"]) : std::string(scope.symbol);
  const auto contract = contract_at(scope, event.symbol);
  event.raw = row.needed_amount(value["open_interest"]);
  event.unit = SizeUnit::contracts;
  const auto counted = size_of(*event.raw, event.unit, contract, {});
  event.base = counted.base;
  event.quote = counted.quote;
  if (const auto usd = row.amount(value["open_interest_usd"]); !event.quote && contract.dollars) event.quote = usd;
  event.at = row.needed_time(value["time"]);
  event.history = history;
  out.emplace_back(std::move(event));
}

/// {"t":1764000000,"v":12,"c":"2","h":"3","l":"1","o":"2","sum":"24"}; pushed ones have "n":"1m_ETH_USDT" and, the
/// newer ones, "w": the bar is closed.
void read_candle(Row& row, Value value, std::string_view symbol, base::Millis length, const Scope& scope, Events& out) {
  auto& candle = add_event<market::Candle>(scope, out);
  candle.symbol = symbol;
  candle.length = length;
  candle.opened_at = row.needed_time(value["t"]);
  candle.open = row.needed_price(value["o"]);
  candle.high = row.needed_price(value["h"]);
  candle.low = row.needed_price(value["l"]);
  candle.close = row.needed_price(value["c"]);
  if (const auto contracts = row.amount(value["v"])) {
    const auto counted = size_of(*contracts, SizeUnit::contracts, contract_at(scope, symbol), {});
    candle.base_volume = counted.base;
    candle.quote_volume = counted.quote;
    if (*contracts == 0) candle.base_volume = 0;  // none, however large one contract is
  }
  if (const auto quote = row.amount(value["sum"])) candle.quote_volume = quote;
  if (value["w"].present()) candle.closed = value["w"].is_true();
}

/// Prices of marks and indices come by the same endpoints: "mark_ETH_USDT", "index_ETH_USDT".
bool is_traded(std::string_view symbol) {
  return !symbol.starts_with("mark_") && !symbol.starts_with("index_") && !symbol.starts_with("premium_index_");
}

void read_pushed_candle(Row& row, Value value, const Scope& scope, Events& out) {
  const auto name = value["n"].text();
  const auto bar = name.find('_');
  if (bar == std::string_view::npos || bar + 1 == name.size()) return row.refuse();
  const auto symbol = name.substr(bar + 1);
  if (is_traded(symbol)) read_candle(row, value, symbol, bar_length(bars, name.substr(0, bar)), scope, out);
}

/// {"time":1764000000,"contract":"ETH_USDT","size":600,"order_price":"3000","fill_price":"3010","left":0}: `size` is
/// the POSITION, above 0 a long one (EXCHANGES.md 5.4).
void read_liquidation(Row& row, Value value, const Scope& scope, Events& out) {
  auto event = begin_event<market::Liquidation>(scope);
  event.symbol = row.symbol(value["contract"]);
  const auto filled = row.amount(value["fill_price"]);
  event.price = filled && *filled > 0 ? *filled : row.needed_price(value["order_price"]);
  const auto position = row.number(value["size"]);
  if (!position || *position == 0) return row.refuse();
  event.side = *position > 0 ? market::PositionSide::long_side : market::PositionSide::short_side;
  event.raw_quantity = std::abs(*position);
  if (const auto order = row.number(value["order_size"])) event.order_quantity = std::abs(*order);
  event.unit = SizeUnit::contracts;
  event.at = row.needed_time(value["time"]);
  fill_sizes(event, contract_at(scope, event.symbol));
  out.emplace_back(std::move(event));
}

/// {"price":"3000","size":"-12.5","time":1764000000123,"contract":"ETH_USDT"}. Nobody can say whose sign that is: no
/// side, and the sign for market::TwoWays to learn from. Until 2026-08 the stamp was "time_ms".
void read_pushed_liquidation(Row& row, Value value, const Scope& scope, Events& out) {
  auto event = begin_event<market::Liquidation>(scope);
  event.symbol = row.symbol(value["contract"]);
  event.price = row.needed_price(first_of(value["price"], value["fill_price"]));
  const double size = row.number(value["size"]).value_or(0);
  if (size == 0) return row.refuse();
  event.raw_quantity = std::abs(size);
  event.sign = static_cast<std::int8_t>(size > 0 ? 1 : -1);
  event.unit = SizeUnit::contracts;
  event.at = row.needed_time(first_of(value["time_ms"], value["time"]));
  fill_sizes(event, contract_at(scope, event.symbol));
  out.emplace_back(std::move(event));
}

/// `size` below 0: the taker sold.
void read_trade(Row& row, Value value, const Scope& scope, Events& out) {
  auto event = begin_event<market::Trade>(scope);
  event.symbol = row.symbol(value["contract"]);
  event.price = row.needed_price(value["price"]);
  const auto size = row.number(value["size"]);
  if (!size || *size == 0) return row.refuse();
  event.side = *size > 0 ? market::TakerSide::buy : market::TakerSide::sell;
  event.raw_quantity = std::abs(*size);
  event.unit = SizeUnit::contracts;
  event.id = value["id"].text();
  event.at = row.needed_time(first_of(value["create_time_ms"], value["create_time"]));
  fill_sizes(event, contract_at(scope, event.symbol));
  out.emplace_back(std::move(event));
}

std::vector<market::Depth::Level> read_levels(Row& row, Value levels) {
  std::vector<market::Depth::Level> out;
  if (!levels.is_array()) row.refuse();
  out.reserve(levels.size());
  for (const Value level : levels) out.push_back({row.needed_price(level["p"]), row.needed_amount(level["s"])});
  return out;
}

void read_depth(Row& row, Value value, std::string_view symbol, Value at, const Scope& scope, Events& out) {
  auto event = begin_event<market::Depth>(scope);
  event.symbol = symbol;
  event.bids = read_levels(row, value["bids"]);
  event.asks = read_levels(row, value["asks"]);
  event.unit = SizeUnit::contracts;
  event.contract_size = contract_at(scope, symbol).size;
  event.at = row.time(at);
  out.emplace_back(std::move(event));
}

/// The best bid and ask: {"t":1764000000123,"s":"ETH_USDT","b":"3000","B":"7","a":"3001","A":"9"}
void read_best(Row& row, Value value, const Scope& scope, Events& out) {
  auto ticker = begin_event<market::Ticker>(scope);
  ticker.symbol = row.symbol(value["s"]);
  ticker.bid = row.amount(value["b"]);
  ticker.ask = row.amount(value["a"]);
  ticker.at = row.time(value["t"]);
  out.emplace_back(std::move(ticker));
}

}  // namespace

base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope) {
  const auto place = "gate " + std::string(endpoint);
  Reply reply;
  const auto rows = [&](const auto& read) {
    each_row(root, reply.events, reply.rows_skipped, read);
    return std::move(reply);
  };
  const auto dated = [&](const auto& read) {
    auto out = rows(read);
    oldest_first(out.events);
    return out;
  };
  if (endpoint_is(endpoint, "order_book")) {
    if (!root["bids"].is_array() || !root["asks"].is_array()) return shape_error(place, "bids and asks");
    return rows([&](Row& row, Value value, Events& out) {
      read_depth(row, value, scope.symbol, value["current"], scope, out);
    });
  }
  // One contract's answers are single objects: /contracts/ETH_USDT.
  if (!root.is_array() && !root["name"].present()) return shape_error(place, "list");
  if (endpoint_is(endpoint, "contracts")) {
    if (scope.ask == nullptr || scope.ask->topic == Topic::instruments) {
      each_row(root, reply.instruments, reply.rows_skipped,
               [&](Row& row, Value value, std::vector<market::Instrument>& out) {
                 read_instrument(row, value, scope, out);
               });
      std::size_t told_above{};
      each_row(root, reply.events, told_above,
               [&](Row& row, Value value, Events& out) { read_contract(row, value, scope, out); });
      return reply;
    }
    return rows([&](Row& row, Value value, Events& out) { read_contract(row, value, scope, out); });
  }
  if (endpoint_is(endpoint, "tickers"))
    return rows([&](Row& row, Value value, Events& out) { read_ticker(row, value, {}, scope, out); });
  if (endpoint_is(endpoint, "funding_rate"))
    return dated([&](Row& row, Value value, Events& out) { read_settled(row, value, scope, out); });
  if (endpoint_is(endpoint, "contract_stats"))
    return dated([&](Row& row, Value value, Events& out) { read_stats(row, value, true, scope, out); });
  if (endpoint_is(endpoint, "liq_orders"))
    return dated([&](Row& row, Value value, Events& out) { read_liquidation(row, value, scope, out); });
  if (endpoint_is(endpoint, "trades"))
    return dated([&](Row& row, Value value, Events& out) { read_trade(row, value, scope, out); });
  if (endpoint_is(endpoint, "candlesticks")) {
    if (!is_traded(scope.symbol)) return reply;
    return dated([&](Row& row, Value value, Events& out) {
      read_candle(row, value, scope.symbol, scope.bar_length, scope, out);
    });
  }
  return shape_error(place, "known endpoint");
}

bool read_push(Value root, const Scope& scope, Frame& frame) {
  const auto channel = root["channel"].text();
  const auto event = root["event"].text();
  const Value result = root["result"];
  if ((event != "update" && event != "all") || (!result.is_array() && !result.is_object())) return false;
  const Value sent_at = first_of(root["time_ms"], root["time"]);
  const auto rows = [&](const auto& read) {
    frame.kind = Frame::Kind::data;
    each_row(result, frame.events, frame.rows_skipped, read);
    return true;
  };
  if (channel == "futures.tickers")
    return rows([&](Row& row, Value value, Events& out) { read_ticker(row, value, sent_at, scope, out); });
  if (channel == "futures.candlesticks")
    return rows([&](Row& row, Value value, Events& out) { read_pushed_candle(row, value, scope, out); });
  if (channel == "futures.public_liquidates" || channel == "futures.liquidates")
    return rows([&](Row& row, Value value, Events& out) { read_pushed_liquidation(row, value, scope, out); });
  if (channel == "futures.trades")
    return rows([&](Row& row, Value value, Events& out) { read_trade(row, value, scope, out); });
  if (channel == "futures.contract_stats")
    return rows([&](Row& row, Value value, Events& out) { read_stats(row, value, false, scope, out); });
  if (channel == "futures.book_ticker")
    return rows([&](Row& row, Value value, Events& out) { read_best(row, value, scope, out); });
  if (channel == "futures.order_book" && event == "all") {  // an "update" has changes alone
    return rows([&](Row& row, Value value, Events& out) {
      const auto symbol = row.symbol(value["contract"]);
      read_depth(row, value, symbol, first_of(value["t"], sent_at), scope, out);
    });
  }
  return false;
}

}  // namespace exchange::gate
