#include "common/exchange/htx_rows.hpp"

#include <cmath>

#include "common/exchange/contract.hpp"
#include "common/exchange/fields.hpp"
#include "common/exchange/known_endpoint.hpp"

namespace exchange::htx {

using market::Events;
using market::SizeUnit;

namespace {

/// A Scope with what the envelope around the rows says.
struct Around {
  const Scope& scope;
  Value sent_at;            ///< "ts"
  std::string_view symbol;  ///< of the channel or the request
  base::Millis bar_length{};
  bool pushed{};
};

std::string symbol_of(Row& row, Value value, const Around& around) {
  return value["contract_code"].present() ? row.symbol(value["contract_code"]) : std::string(around.symbol);
}

Contract contract_at(const Around& around, std::string_view symbol) {
  return contract_of(around.scope.exchange, around.scope.universe, symbol);
}

std::optional<double> in_contracts(const Contract& contract, std::optional<double> count, bool of_base) {
  if (!count) return std::nullopt;
  const auto size = size_of(*count, SizeUnit::contracts, contract, {});
  return of_base ? size.base : size.quote;
}

/// REST: `funding_time` is the coming settlement, `next_funding_time` the one after, mostly null or missing (8.1). A
/// push: `settlement_time` is the coming one, `funding_time` only the minute of the push.
void read_funding(Row& row, Value value, const Around& around, Events& out) {
  const auto rate = row.number(value["funding_rate"]);
  if (!rate) return;
  auto& event = add_event<market::Funding>(around.scope, out);
  event.symbol = symbol_of(row, value, around);
  event.rate = rate;
  event.predicted_rate = row.number(value["estimated_rate"]);
  event.settles_at = row.time(value["settlement_time"]);
  if (!event.settles_at && !around.pushed) {
    event.settles_at = row.time(value["funding_time"]);
    event.interval = interval_between(event.settles_at, row.time(value["next_funding_time"]));
  }
  event.at = row.time(around.sent_at);
}

void read_settled(Row& row, Value value, const Around& around, Events& out) {
  auto& event = add_event<market::Funding>(around.scope, out);
  event.symbol = symbol_of(row, value, around);
  const auto charged = row.number(value["realized_rate"]);
  event.rate = charged ? charged : row.number(value["funding_rate"]);
  event.settles_at = row.needed_time(value["funding_time"]);
  event.settled = true;
  if (!event.rate) return row.refuse();
}

void read_interval_row(Row& row, Value value, const Around& around, Events& out) {
  auto event = begin_event<market::Funding>(around.scope);
  event.symbol = symbol_of(row, value, around);
  event.interval = read_interval(row, value["settle_period"], std::chrono::hours{1});
  event.cap = row.number(value["funding_rate_cap"]);
  event.floor = row.number(value["funding_rate_floor"]);
  if (event.interval) out.emplace_back(std::move(event));
}

/// `volume` contracts, `amount` coins, `value` quote; with the turnover of 24 h beside them.
void read_open_interest(Row& row, Value value, const Around& around, Events& out) {
  auto event = begin_event<market::OpenInterest>(around.scope);
  event.symbol = symbol_of(row, value, around);
  const auto contract = contract_at(around, event.symbol);
  event.raw = row.needed_amount(value["volume"]);
  event.unit = SizeUnit::contracts;
  const auto coins = row.amount(value["amount"]);
  event.base = coins ? coins : in_contracts(contract, contract.inverse ? std::nullopt : event.raw, true);
  event.quote = contract.inverse ? in_contracts(contract, event.raw, false) : row.amount(value["value"]);
  event.at = row.time(around.sent_at);

  auto ticker = begin_event<market::Ticker>(around.scope);
  ticker.symbol = event.symbol;
  ticker.at = event.at;
  ticker.base_volume_24h = row.amount(value["trade_amount"]);
  ticker.quote_volume_24h = contract.inverse ? in_contracts(contract, row.amount(value["trade_volume"]), false)
                                             : row.amount(value["trade_turnover"]);
  out.emplace_back(std::move(event));
  if (ticker.base_volume_24h || ticker.quote_volume_24h) out.emplace_back(std::move(ticker));
}

/// {"volume":"900.5","amount_type":1,"value":…,"ts":…}: `amount_type` 1 counts contracts, 2 coins.
void read_interest_history(Row& row, Value value, const Around& around, Events& out) {
  auto& event = add_event<market::OpenInterest>(around.scope, out);
  event.symbol = around.symbol;
  event.history = true;
  const auto contract = contract_at(around, event.symbol);
  event.raw = row.needed_amount(value["volume"]);
  event.unit = value["amount_type"].text() == "2" ? SizeUnit::base : SizeUnit::contracts;
  const auto size = size_of(*event.raw, event.unit, contract, {});
  event.base = size.base;
  event.quote = contract.inverse ? size.quote : row.amount(value["value"]);
  event.at = row.needed_time(value["ts"]);
}

/// `amount` coins. `vol` is contracts, but quote turnover where `number_of` counts the contracts (v2, 8.3).
void read_ticker(Row& row, Value value, const Around& around, Events& out) {
  auto& event = add_event<market::Ticker>(around.scope, out);
  event.symbol = symbol_of(row, value, around);
  const auto contract = contract_at(around, event.symbol);
  event.last = price_of(row, value["close"]);
  event.bid = price_of(row, value["bid"].at(0));
  event.ask = price_of(row, value["ask"].at(0));
  event.open_24h = price_of(row, value["open"]);
  event.high_24h = price_of(row, value["high"]);
  event.low_24h = price_of(row, value["low"]);
  event.base_volume_24h = row.amount(value["amount"]);
  const auto volume = row.amount(value["vol"]);
  const auto counted = row.amount(value["number_of"]);
  const auto turnover = row.amount(value["trade_turnover"]);
  if (contract.inverse) {
    event.quote_volume_24h = in_contracts(contract, counted ? counted : volume, false);
  } else if (turnover) {
    event.quote_volume_24h = *turnover;
  } else if (counted) {
    pass_on(volume, event.quote_volume_24h);
  }
  event.at = row.time(value["ts"].present() ? value["ts"] : around.sent_at);
}

void read_index(Row& row, Value value, const Around& around, Events& out) {
  auto& event = add_event<market::Ticker>(around.scope, out);
  event.symbol = symbol_of(row, value, around);
  event.index = row.needed_price(value["index_price"]);
  event.at = row.time(value["index_ts"]);
}

/// `id` is the open in seconds; `vol` contracts, `amount` coins, `trade_turnover` quote, all 0 on mark prices.
void read_candle(Row& row, Value value, const Around& around, Events& out) {
  auto& candle = add_event<market::Candle>(around.scope, out);
  candle.symbol = around.symbol;
  candle.length = around.bar_length;
  candle.opened_at = row.needed_time(value["id"]);
  candle.open = row.needed_price(value["open"]);
  candle.high = row.needed_price(value["high"]);
  candle.low = row.needed_price(value["low"]);
  candle.close = row.needed_price(value["close"]);
  candle.base_volume = row.amount(value["amount"]);
  const auto contract = contract_at(around, candle.symbol);
  candle.quote_volume =
      contract.inverse ? in_contracts(contract, row.amount(value["vol"]), false) : row.amount(value["trade_turnover"]);
  if (around.scope.ask != nullptr && endpoint_is(around.scope.ask->endpoint, "linear_swap_mark_price_kline")) {
    candle.base_volume.reset();
    candle.quote_volume.reset();
  }
}

std::optional<market::PositionSide> side_of(Value value) {
  const auto position = value["position_side"].text();
  if (position == "long") return market::PositionSide::long_side;
  if (position == "short") return market::PositionSide::short_side;
  // The side of the closing order: a sell closes a long.
  const auto order = value["direction"].present() ? value["direction"].text() : value["side"].text();
  if (order == "sell") return market::PositionSide::long_side;
  if (order == "buy") return market::PositionSide::short_side;
  return std::nullopt;
}

/// Coins of a linear liquidation. `amount` says them, but repeats the contracts in v5 (8.4): only the turnover tells.
std::optional<double> coins_of(std::optional<double> amount, std::optional<double> counted, double bankruptcy_price,
                               std::optional<double> turnover) {
  constexpr double rounding = 0.01;
  if (!turnover || *turnover <= 0) return counted ? counted : amount;
  const double coins = *turnover / bankruptcy_price;
  for (const auto& told : {amount, counted}) {
    if (told && std::abs(*told - coins) <= coins * rounding) return told;
  }
  return coins;
}

/// v1, v3 and pushes: {"contract_code":"ETH-USDT","direction":"sell","offset":"close","volume":5,"price":3000,
/// "created_at":…,"amount":0.05,"trade_turnover":150}; v5: side, position_side, bankrupt_price, liquidation_time.
void read_liquidation(Row& row, Value value, const Around& around, Events& out) {
  auto& event = add_event<market::Liquidation>(around.scope, out);
  event.symbol = symbol_of(row, value, around);
  const auto contract = contract_at(around, event.symbol);
  event.side = side_of(value);
  event.raw_quantity = row.needed_price(value["volume"]);
  event.unit = SizeUnit::contracts;
  const bool v5 = value["liquidation_time"].present();
  event.at = row.needed_time(v5 ? value["liquidation_time"] : value["created_at"]);
  event.id = value["id"].present() ? value["id"].text() : value["query_id"].text();
  const auto amount = row.amount(value["amount"]);
  const auto turnover = row.amount(value["trade_turnover"]);
  const auto counted =
      in_contracts(contract, contract.inverse ? std::nullopt : std::optional(event.raw_quantity), true);
  auto at_price = price_of(row, v5 ? value["bankrupt_price"] : value["price"]);
  if (!at_price && turnover && !contract.inverse) {  // 0 or missing now and then: what was turned over tells it
    const auto coins = counted || v5 ? counted : amount;
    if (coins && *coins > 0 && *turnover > 0) at_price = *turnover / *coins;
  }
  if (!row.ok() || !at_price || !std::isfinite(*at_price)) return row.refuse();
  event.price = *at_price;
  if (contract.inverse) {
    fill_sizes(event, contract);
  } else {
    event.base = coins_of(v5 ? std::nullopt : amount, counted, event.price, turnover);
    const auto worth = turnover && *turnover > 0 ? turnover
                       : event.base              ? std::optional(*event.base * event.price)
                                                 : std::nullopt;
    if (contract.dollars) event.usd = worth;
  }
  if ((event.base && !std::isfinite(*event.base)) || (event.usd && !std::isfinite(*event.usd))) return row.refuse();
}

/// `amount` contracts, `quantity` coins, `direction` the taker's.
void read_trade(Row& row, Value value, const Around& around, Events& out) {
  auto& event = add_event<market::Trade>(around.scope, out);
  event.symbol = symbol_of(row, value, around);
  const auto contract = contract_at(around, event.symbol);
  event.side = taker_side(value["direction"].text());
  event.price = row.needed_price(value["price"]);
  event.raw_quantity = row.needed_price(value["amount"]);
  event.unit = SizeUnit::contracts;
  fill_sizes(event, contract);
  const auto coins = row.amount(value["quantity"]);
  if (coins && *coins > 0) event.base = coins;
  const auto turnover = row.amount(value["trade_turnover"]);
  if (!contract.inverse && contract.dollars && turnover && *turnover > 0) event.usd = turnover;
  event.id = value["id"].text();
  event.at = row.needed_time(value["ts"]);
}

void read_depth(Row& row, Value value, const Around& around, Events& out) {
  auto& event = add_event<market::Depth>(around.scope, out);
  event.symbol = symbol_of(row, value, around);
  event.unit = SizeUnit::contracts;
  event.contract_size = contract_at(around, event.symbol).size;
  read_levels(row, value["bids"], event.bids);
  read_levels(row, value["asks"], event.asks);
  event.at = row.time(value["ts"].present() ? value["ts"] : around.sent_at);
}

/// 0 delisted, 1 listed, 2 to be listed, 3 and 4 suspended, 5 and 7 in settlement, 6 and 8 delivered, 9 suspended.
market::Status status_of(std::string_view status) {
  if (status == "1") return market::Status::trading;
  if (status == "2") return market::Status::pre_launch;
  return status == "0" || status == "6" || status == "8" ? market::Status::delisted : market::Status::halted;
}

void read_instrument(Row& row, Value value, const Around& around, std::vector<market::Instrument>& out) {
  const auto symbol = row.symbol(value["contract_code"]);
  auto instrument = around.scope.exchange.describe(symbol);
  const auto size = row.amount(value["contract_size"]);
  if (!row.ok() || !instrument || !size || *size <= 0) return row.refuse();
  instrument->contract_size = size;
  instrument->tick_size = row.amount(value["price_tick"]);
  instrument->status = status_of(value["contract_status"].text());
  out.push_back(std::move(*instrument));
}

using Known = KnownEndpoint<Around>;
constexpr std::array<Known, 25> known{{
    {"api/v1/timestamp", Topic::server_time, nullptr},
    {"swap_contract_info", Topic::instruments, nullptr},
    {"contract_contract_info", Topic::instruments, nullptr},
    {"swap_funding_rate", Topic::funding, read_funding},
    {"swap_batch_funding_rate", Topic::funding, read_funding},
    {"v5/market/funding_rate", Topic::funding, read_funding},
    {"swap_historical_funding_rate", Topic::funding_history, read_settled},
    {"v5/market/funding_rate_history", Topic::funding_history, read_settled},
    {"swap_query_elements", Topic::funding_intervals, read_interval_row},
    {"swap_open_interest", Topic::open_interest, read_open_interest},
    {"contract_open_interest", Topic::open_interest, read_open_interest},
    {"v5/market/open_interest", Topic::open_interest, read_open_interest},
    {"swap_his_open_interest", Topic::open_interest, read_interest_history},
    {"market/detail/batch_merged", Topic::tickers, read_ticker},
    {"market/detail/merged", Topic::tickers, read_ticker},
    {"market/bbo", Topic::tickers, read_ticker},
    {"swap_index", Topic::tickers, read_index},
    {"market/history/kline", Topic::candles, read_candle},
    {"market/history/linear_swap_mark_price_kline", Topic::candles, read_candle},
    {"swap_liquidation_orders", Topic::liquidations, read_liquidation},
    {"contract_liquidation_orders", Topic::liquidations, read_liquidation},
    {"v5/market/liquidation_orders", Topic::liquidations, read_liquidation},
    {"market/history/trade", Topic::trades, read_trade},
    {"market/trade", Topic::trades, read_trade},
    {"market/depth", Topic::depth, read_depth},
}};

/// "market.ETH-USDT.kline.1min": the part behind the `index`-th dot, up to the next.
std::string_view part_of(std::string_view channel, int index) {
  for (; index > 0 && !channel.empty(); --index) {
    const auto dot = channel.find('.');
    channel = dot == std::string_view::npos ? std::string_view{} : channel.substr(dot + 1);
  }
  return channel.substr(0, channel.find('.'));
}

/// The rows of every envelope: "data", "tick" or "ticks", and one level deeper for pages, trades and histories.
Value rows_of(Value root) {
  const Value tick = root["tick"];
  if (tick.present()) return tick["data"].present() ? tick["data"] : tick;
  if (root["ticks"].present()) return root["ticks"];
  const Value data = root["data"];
  for (const Value inner : {data["data"], data["orders"], data["tick"]}) {
    if (inner.is_array()) return inner;
  }
  return data;
}

}  // namespace

std::span<const Endpoint> endpoints() {
  static constexpr auto list = endpoints_of(known);
  return list;
}

base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope) {
  const auto place = "htx " + std::string(endpoint);
  const auto* found = find_known(known, endpoint);
  if (found == nullptr) return shape_error(place, "known endpoint");
  Reply reply;
  Row row;
  reply.server_time = row.time(root["ts"]);
  if (found->topic == Topic::server_time) {
    if (!reply.server_time) return shape_error(place, "ts");
    return reply;
  }
  const Value rows = rows_of(root);
  if (!rows.is_array() && !rows.is_object()) return shape_error(place, "data");
  Around around{scope, root["ts"], scope.symbol, scope.bar_length};
  const auto channel = root["ch"].text();
  if (!channel.empty()) around.symbol = part_of(channel, 1);
  if (around.symbol.empty()) around.symbol = root["data"]["contract_code"].text();
  if (found->topic == Topic::candles && !channel.empty()) around.bar_length = bar_length(bars, part_of(channel, 3));
  if (found->topic == Topic::instruments) {
    each_row(
        rows, reply.instruments, reply.rows_skipped,
        [&](Row& of, Value value, std::vector<market::Instrument>& out) { read_instrument(of, value, around, out); });
    return reply;
  }
  const auto read = [&](Row& of, Value value, Events& out) { found->read(of, value, around, out); };
  if (found->read == read_trade) {
    for (const Value batch : rows) {  // {"data":[{"id":…,"ts":…,"data":[…]}]}, or the trades themselves
      each_row(batch["data"].present() ? batch["data"] : batch, reply.events, reply.rows_skipped, read);
    }
  } else {
    each_row(rows, reply.events, reply.rows_skipped, read);
  }
  const bool sorted = found->topic == Topic::candles || found->topic == Topic::funding_history ||
                      found->topic == Topic::liquidations || found->read == read_interest_history;
  if (sorted) oldest_first(reply.events);
  return reply;
}

bool read_push(Value root, const Scope& scope, Frame& frame) {
  const auto topic = root["topic"].text();
  const auto channel = root["ch"].text();
  Around around{scope, root["ts"], part_of(channel, 1), {}, true};
  Known::Read read = nullptr;
  if (part_of(channel, 2) == "open_interest") {
    read = read_open_interest;
  } else if (root["op"].text() == "notify") {
    if (topic.ends_with(".liquidation_orders")) read = read_liquidation;
    if (topic.ends_with(".funding_rate")) read = read_funding;
  } else if (root["tick"].is_object()) {
    const auto kind = part_of(channel, 2);
    if (kind == "kline") read = read_candle;
    if (kind == "detail" || kind == "bbo") read = read_ticker;
    if (kind == "trade") read = read_trade;
    // A high-frequency book sends changes after its first picture.
    if (kind == "depth" && root["tick"]["event"].text() != "update") read = read_depth;
    if (kind == "kline") around.bar_length = bar_length(bars, part_of(channel, 3));
  }
  if (read == nullptr) return false;
  frame.kind = Frame::Kind::data;
  each_row(rows_of(root), frame.events, frame.rows_skipped,
           [&](Row& row, Value value, Events& out) { read(row, value, around, out); });
  return true;
}

}  // namespace exchange::htx
