#include "common/exchange/deribit_rows.hpp"

#include <algorithm>

#include "common/exchange/contract.hpp"
#include "common/exchange/fields.hpp"
#include "common/exchange/known_endpoint.hpp"

namespace exchange::deribit {

using market::Events;
using market::SizeUnit;

namespace {

/// Funding accrues all the time: there is no settlement. What can be compared is what 8 hours of it came to.
constexpr std::chrono::minutes funding_span = std::chrono::hours{8};

/// Options, combinations and spot pairs share channels and answers with the futures.
std::optional<Contract> future_at(const Scope& scope, std::string_view symbol) {
  return known_contract(scope.exchange, scope.universe, symbol);
}

SizeUnit unit_of(const Contract& contract) { return contract.inverse ? SizeUnit::quote : SizeUnit::base; }

/// What tickers and summaries name differently.
struct Names {
  Key last, index, bid, ask, at;
};
constexpr Names of_ticker{"last_price", "index_price", "best_bid_price", "best_ask_price", "timestamp"};
constexpr Names of_summary{"last", "estimated_delivery_price", "bid_price", "ask_price", "creation_timestamp"};

/// `day`: where the figures of 24 hours stand, "stats" of a ticker.
void add_facts(Row& row, Value value, Value day, const Names& names, const Scope& scope, Events& out) {
  auto symbol = row.symbol(value["instrument_name"]);
  if (!row.ok()) return;
  const auto contract = future_at(scope, symbol);
  if (!contract) return;
  RowHead head{std::move(symbol), row.price(value["mark_price"]), row.price(value[names.index]),
               row.time(value[names.at])};
  if (const auto rate = row.number(value["funding_8h"])) {  // perpetuals alone have it
    auto& funding = add_event<market::Funding>(scope, head, out);
    funding.rate = *rate;
    funding.interval = funding_span;
  }
  if (const auto amount = row.amount(value["open_interest"])) {
    auto& interest = add_event<market::OpenInterest>(scope, head, out);
    interest.raw = *amount;
    interest.unit = unit_of(*contract);
    const auto size = size_of(*amount, interest.unit, *contract, head.mark);
    pass_on(size.base, interest.base);
    if (contract->inverse) pass_on(size.quote, interest.quote);
  }
  auto& ticker = add_event<market::Ticker>(scope, std::move(head), out);
  ticker.last = row.price(value[names.last]);
  ticker.bid = price_of(row, value[names.bid]);
  ticker.ask = price_of(row, value[names.ask]);
  ticker.high_24h = price_of(row, day["high"]);
  ticker.low_24h = price_of(row, day["low"]);
  ticker.base_volume_24h = row.amount(day["volume"]);
  ticker.quote_volume_24h = row.amount(day["volume_usd"]);
  if (!ticker.quote_volume_24h) ticker.quote_volume_24h = row.amount(day["volume_notional"]);
  if (const auto percent = row.number(day["price_change"])) ticker.change_24h = *percent / 100;
}

void read_ticker(Row& row, Value value, const Scope& scope, Events& out) {
  add_facts(row, value, value["stats"], of_ticker, scope, out);
}
void read_summary(Row& row, Value value, const Scope& scope, Events& out) {
  add_facts(row, value, value, of_summary, scope, out);
}

/// {"timestamp":…,"index_price":…,"interest_8h":…,"interest_1h":…} of each hour: what had accrued in the 8 before it,
/// as the running figure says it.
void read_accrued(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Funding>(scope, out);
  event.symbol = scope.symbol;
  event.rate = row.number(value["interest_8h"]);
  event.interval = funding_span;
  event.settles_at = row.needed_time(value["timestamp"]);
  event.settled = true;
  event.index = price_of(row, value["index_price"]);
  if (!event.rate || event.symbol.empty()) row.refuse();
}

struct Bar {
  Value opened_at, open, high, low, close, volume, cost;
};

/// `volume` coins, `cost` quote.
void add_candle(Row& row, const Bar& bar, const Scope& scope, Events& out) {
  auto& candle = add_event<market::Candle>(scope, out);
  candle.symbol = scope.symbol;
  candle.length = scope.bar_length;
  candle.opened_at = row.needed_time(bar.opened_at);
  candle.open = row.needed_price(bar.open);
  candle.high = row.needed_price(bar.high);
  candle.low = row.needed_price(bar.low);
  candle.close = row.needed_price(bar.close);
  candle.base_volume = row.amount(bar.volume);
  candle.quote_volume = row.amount(bar.cost);
}

void read_candle_push(Row& row, Value value, const Scope& scope, Events& out) {
  add_candle(
      row, {value["tick"], value["open"], value["high"], value["low"], value["close"], value["volume"], value["cost"]},
      scope, out);
}

/// Columns of equal length; without trades {"status":"no_data"} and empty ones.
base::Result<Reply> read_candles(Value result, const Scope& scope) {
  const std::array<Value, 7> columns{result["ticks"], result["open"],   result["high"], result["low"],
                                     result["close"], result["volume"], result["cost"]};
  const auto count = columns[0].size();
  constexpr std::size_t needed = 5;
  for (std::size_t at = 0; at < columns.size(); ++at) {
    const bool missing = !columns[at].present() && at >= needed;
    if (!missing && (!columns[at].is_array() || columns[at].size() != count))
      return shape_error("deribit get_tradingview_chart_data", "columns of equal length");
  }
  Reply reply;
  reply.events.reserve(std::min(count, reserved_max));
  for (std::size_t at = 0; at < count; ++at) {
    Row row;
    add_candle(row,
               {columns[0].at(at), columns[1].at(at), columns[2].at(at), columns[3].at(at), columns[4].at(at),
                columns[5].at(at), columns[6].at(at)},
               scope, reply.events);
    if (row.ok()) continue;
    reply.events.pop_back();
    ++reply.rows_skipped;
  }
  oldest_first(reply.events);
  return reply;
}

void add_liquidation(const market::Trade& trade, market::PositionSide side, std::string_view id_tail,
                     const Scope& scope, Events& out) {
  auto& event = add_event<market::Liquidation>(scope, out);
  event.symbol = trade.symbol;
  event.side = side;
  event.price = trade.price;
  event.raw_quantity = trade.raw_quantity;
  event.unit = trade.unit;
  event.base = trade.base;
  event.usd = trade.usd;
  event.id = trade.id + std::string(id_tail);
  event.at = trade.at;
}

/// `liquidation` names who was liquidated: T the taker, whose side `direction` is, M the maker on the other side, MT
/// both: then two positions end in one trade.
void add_liquidations(Row& row, std::string_view flag, const market::Trade& trade, const Scope& scope, Events& out) {
  if (flag.empty() || flag == "none") return;
  const bool known = flag == "T" || flag == "M" || flag == "MT" || flag == "TM";
  if (!known || !trade.side) return row.refuse();
  const bool taker_sold = trade.side == market::TakerSide::sell;
  const auto taker = taker_sold ? market::PositionSide::long_side : market::PositionSide::short_side;
  const auto maker = taker_sold ? market::PositionSide::short_side : market::PositionSide::long_side;
  if (flag != "M") add_liquidation(trade, taker, "", scope, out);
  if (flag != "T") add_liquidation(trade, maker, flag == "M" ? "" : "-maker", scope, out);
}

/// `amount` counts dollars of inverse and coins of linear contracts.
void read_trade(Row& row, Value value, const Scope& scope, Events& out) {
  auto trade = begin_event<market::Trade>(scope);
  trade.symbol = row.symbol(value["instrument_name"]);
  if (!row.ok()) return;
  const auto contract = future_at(scope, trade.symbol);
  if (!contract) return;
  trade.side = taker_side(value["direction"].text());
  trade.price = row.needed_price(value["price"]);
  trade.raw_quantity = row.needed_price(value["amount"]);
  trade.unit = unit_of(*contract);
  trade.id = value["trade_id"].text();
  trade.at = row.needed_time(value["timestamp"]);
  if (!row.ok()) return;
  fill_sizes(trade, *contract);
  add_liquidations(row, value["liquidation"].text(), trade, scope, out);
  out.emplace_back(std::move(trade));
}

/// [price, amount], or ["new", price, amount] in the first picture of a channel of changes.
void read_book_side(Row& row, Value levels, std::vector<market::Depth::Level>& into) {
  for (const Value level : levels) {
    const std::size_t begin = level.size() > 2 ? 1 : 0;
    into.push_back({row.needed_price(level.at(begin)), row.needed_amount(level.at(begin + 1))});
  }
}

void read_depth(Row& row, Value value, const Scope& scope, Events& out) {
  const auto symbol = row.symbol(value["instrument_name"]);
  if (!row.ok()) return;
  const auto contract = future_at(scope, symbol);
  if (!contract) return;
  auto& event = add_event<market::Depth>(scope, out);
  event.symbol = symbol;
  event.unit = unit_of(*contract);
  read_book_side(row, value["bids"], event.bids);
  read_book_side(row, value["asks"], event.asks);
  event.at = row.time(value["timestamp"]);
}

/// {"instrument_name":"ETH-PERPETUAL","kind":"future","base_currency":"ETH","quote_currency":"USD",
/// "settlement_currency":"ETH","settlement_period":"perpetual","instrument_type":"reversed","contract_size":1,…}
void read_instrument(Row& row, Value value, const Scope& scope, std::vector<market::Instrument>& out) {
  const auto kind = value["kind"].text();
  if (!kind.empty() && kind != "future") return;
  const auto symbol = row.symbol(value["instrument_name"]);
  const auto spelled = scope.exchange.describe(symbol);
  if (!row.ok() || !spelled) return row.refuse();
  auto instrument = *spelled;
  const auto text = [&](std::string& into, Value from) {
    if (!from.text().empty()) into = from.text();
  };
  text(instrument.quote, value["quote_currency"]);
  text(instrument.settle, value["settlement_currency"]);
  const auto type = value["instrument_type"].text();
  if (!type.empty()) instrument.inverse = type == "reversed";
  instrument.sized_in_usd = instrument.inverse && instrument.quote == "USD";
  const auto period = value["settlement_period"].text();
  if (!period.empty()) {
    instrument.kind = period == "perpetual" ? market::ContractKind::perpetual : market::ContractKind::future;
  }
  instrument.contract_size = row.amount(value["contract_size"]);
  instrument.tick_size = row.amount(value["tick_size"]);
  if (value["is_active"].present() && !value["is_active"].is_true()) instrument.status = market::Status::delisted;
  out.push_back(std::move(instrument));
}

using Known = KnownEndpoint<>;
constexpr std::array<Known, 14> known{{{"public/get_time", Topic::server_time, nullptr},
                                       {"public/get_instruments", Topic::instruments, nullptr},
                                       {"public/get_instrument", Topic::instruments, nullptr},
                                       {"public/get_book_summary_by_currency", Topic::tickers, read_summary},
                                       {"public/get_book_summary_by_instrument", Topic::tickers, read_summary},
                                       {"public/ticker", Topic::tickers, read_ticker},
                                       {"public/get_funding_rate_history", Topic::funding_history, read_accrued},
                                       {"public/get_tradingview_chart_data", Topic::candles, nullptr},
                                       {"public/get_last_trades_by_currency", Topic::trades, read_trade},
                                       {"public/get_last_trades_by_currency_and_time", Topic::trades, read_trade},
                                       {"public/get_last_trades_by_instrument", Topic::trades, read_trade},
                                       {"public/get_last_trades_by_instrument_and_time", Topic::trades, read_trade},
                                       {"public/get_order_book", Topic::depth, read_depth},
                                       {"public/get_order_book_by_instrument_id", Topic::depth, read_depth}}};

/// "chart.trades.ETH-PERPETUAL.1": the part behind the last dot but one, and behind the last.
struct ChartChannel {
  std::string_view symbol, resolution;
};
ChartChannel chart_of(std::string_view channel) {
  const auto last = channel.rfind('.');
  const auto front = channel.substr(0, last);
  return {front.substr(front.rfind('.') + 1), channel.substr(last + 1)};
}

}  // namespace

std::span<const Endpoint> endpoints() {
  static constexpr auto list = endpoints_of(known);
  return list;
}

base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope) {
  const auto place = "deribit " + std::string(endpoint);
  const auto* found = find_known(known, endpoint);
  if (found == nullptr) return shape_error(place, "known endpoint");
  const Value result = root["result"];
  if (!result.present()) return shape_error(place, "result");
  Row row;
  if (found->topic == Topic::candles) {
    if (!result.is_object()) return shape_error(place, "columns");
    return read_candles(result, scope);
  }
  Reply reply;
  reply.server_time = found->topic == Topic::server_time ? row.time(result) : row.time(root["usOut"]);
  if (found->topic == Topic::server_time) {
    if (!reply.server_time) return shape_error(place, "time");
    return reply;
  }
  const Value rows = result["trades"].present() ? result["trades"] : result;
  if (!rows.is_array() && !rows.is_object()) return shape_error(place, "rows");
  if (found->topic == Topic::instruments) {
    each_row(
        rows, reply.instruments, reply.rows_skipped,
        [&](Row& of, Value value, std::vector<market::Instrument>& out) { read_instrument(of, value, scope, out); });
    return reply;
  }
  each_row(rows, reply.events, reply.rows_skipped,
           [&](Row& of, Value value, Events& out) { found->read(of, value, scope, out); });
  if (found->topic == Topic::funding_history) oldest_first(reply.events);
  return reply;
}

bool read_push(Value root, const Scope& scope, Frame& frame) {
  const Value data = root["params"]["data"];
  const auto channel = root["params"]["channel"].text();
  if (root["method"].text() != "subscription") return false;
  Scope named = scope;
  Known::Read read = nullptr;
  if (channel.starts_with("trades.")) read = read_trade;
  if (channel.starts_with("ticker.") || channel.starts_with("incremental_ticker.")) read = read_ticker;
  if (channel.starts_with("book.") && data["type"].text() != "change") read = read_depth;
  if (channel.starts_with("chart.trades.")) {
    const auto [symbol, resolution] = chart_of(channel);
    named.symbol = symbol;
    named.bar_length = bar_length(bars, resolution);
    read = read_candle_push;
  }
  if (read == nullptr) return false;
  frame.kind = Frame::Kind::data;
  each_row(data, frame.events, frame.rows_skipped,
           [&](Row& row, Value value, Events& out) { read(row, value, named, out); });
  // Other trades only show that the socket lives: they are no news of liquidations.
  frame.companion = read == read_trade && std::ranges::none_of(frame.events, [](const market::Event& event) {
                      return std::holds_alternative<market::Liquidation>(event);
                    });
  return true;
}

}  // namespace exchange::deribit
