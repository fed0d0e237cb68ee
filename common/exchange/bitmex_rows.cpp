#include "common/exchange/bitmex_rows.hpp"

#include <cmath>
#include <map>

#include "common/exchange/contract.hpp"
#include "common/exchange/iso_time.hpp"

namespace exchange::bitmex {

using market::Events;
using market::SizeUnit;

namespace {

Contract contract_at(const Scope& scope, std::string_view symbol) {
  return contract_of(scope.exchange, scope.universe, symbol);
}

/// Indices (".BXBT") and spot pairs ("XBT_USDT") stand among the contracts: they are none.
bool is_contract(const Scope& scope, std::string_view symbol) { return scope.exchange.describe(symbol).has_value(); }

/// An interval is written as a time of the day: "2000-01-01T08:00:00.000Z" is 8 hours.
std::optional<std::chrono::minutes> interval_of(Row& row, Value value) {
  const auto time = read_iso(row, value);
  if (!time) return std::nullopt;
  const auto of_day = *time - std::chrono::floor<std::chrono::days>(*time);
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(of_day);
  return minutes.count() > 0 ? minutes : std::chrono::hours{24};  // "2000-01-02T00:00:00.000Z"
}

/// `openValue` counts the smallest part of the settlement currency: coins of an inverse, quote of a linear contract.
/// A quanto's is neither.
void set_open_value(double counted, const Scope& scope, const Contract& contract, market::OpenInterest& event) {
  const auto spelled = scope.exchange.describe(event.symbol);
  if (!spelled) return;
  if (contract.inverse && spelled->settle == "BTC") event.base = counted * 1e-8;
  if (!contract.inverse && (spelled->settle == "USDT" || spelled->settle == "USDC")) event.quote = counted * 1e-6;
}

/// Coins (linear) or quote (inverse) in one contract, from the row; nullopt for a quanto, and where it does not say.
std::optional<double> size_of_one(Row& row, Value value, const Contract& contract) {
  if (value["isQuanto"].is_true()) return std::nullopt;
  if (contract.inverse) {
    const auto multiplier = row.number(value["multiplier"]);
    return multiplier && *multiplier != 0 ? std::optional(std::abs(*multiplier) * 1e-8) : contract.size;
  }
  const auto contracts_a_coin = row.amount(value["underlyingToPositionMultiplier"]);
  return contracts_a_coin && *contracts_a_coin > 0 ? std::optional(1 / *contracts_a_coin) : contract.size;
}

void add_open_interest(Row& row, Value value, const market::Ticker& ticker, const Contract& contract,
                       const Scope& scope, Events& out) {
  const auto contracts = row.amount(value["openInterest"]);
  if (!contracts) return;
  auto event = begin_event<market::OpenInterest>(scope);
  event.symbol = ticker.symbol;
  event.raw = contracts;
  event.unit = SizeUnit::contracts;
  event.at = ticker.at;
  const auto counted = size_of(*contracts, event.unit, contract, {});
  event.base = counted.base;
  event.quote = counted.quote;
  if (const auto open_value = row.amount(value["openValue"])) set_open_value(*open_value, scope, contract, event);
  out.emplace_back(std::move(event));
}

void add_funding(Row& row, Value value, const market::Ticker& ticker, const Contract& contract, const Scope& scope,
                 Events& out) {
  auto event = begin_event<market::Funding>(scope);
  event.symbol = ticker.symbol;
  event.rate = row.number(value["fundingRate"]);
  event.predicted_rate = row.number(value["indicativeFundingRate"]);
  event.settles_at = read_iso(row, value["fundingTimestamp"]);
  event.interval = interval_of(row, value["fundingInterval"]);
  event.mark = ticker.mark;
  event.index = ticker.index;
  event.at = ticker.at;
  if (!contract.dated && (event.rate || event.settles_at)) out.emplace_back(std::move(event));
}

/// A whole instrument, or in an update what changed of it.
void read_state(Row& row, Value value, const Scope& scope, Events& out) {
  auto ticker = begin_event<market::Ticker>(scope);
  ticker.symbol = row.symbol(value["symbol"]);
  if (!is_contract(scope, ticker.symbol)) return;
  auto contract = contract_at(scope, ticker.symbol);
  if (const Value inverse = value["isInverse"]; inverse.present()) contract.inverse = inverse.is_true();
  contract.size = size_of_one(row, value, contract);
  ticker.last = row.amount(value["lastPrice"]);
  ticker.mark = row.amount(value["markPrice"]);
  ticker.index = row.amount(value["indicativeSettlePrice"]);
  ticker.bid = row.amount(value["bidPrice"]);
  ticker.ask = row.amount(value["askPrice"]);
  ticker.open_24h = row.amount(value["prevPrice24h"]);
  ticker.high_24h = row.amount(value["highPrice"]);
  ticker.low_24h = row.amount(value["lowPrice"]);
  ticker.change_24h = row.number(value["lastChangePcnt"]);
  ticker.base_volume_24h = row.amount(value["homeNotional24h"]);
  ticker.quote_volume_24h = row.amount(value["foreignNotional24h"]);
  ticker.at = read_iso(row, value["timestamp"]);
  add_funding(row, value, ticker, contract, scope, out);
  add_open_interest(row, value, ticker, contract, scope, out);
  out.emplace_back(std::move(ticker));
}

market::Status status_of(std::string_view state) {
  if (state == "Open" || state.empty()) return market::Status::trading;
  return state == "Unlisted" || state == "Settled" ? market::Status::delisted : market::Status::halted;
}

void read_instrument(Row& row, Value value, const Scope& scope, std::vector<market::Instrument>& out) {
  const auto symbol = row.symbol(value["symbol"]);
  if (!row.ok()) return;
  auto instrument = scope.exchange.describe(symbol);
  if (!instrument) return;
  if (const Value inverse = value["isInverse"]; inverse.present()) instrument->inverse = inverse.is_true();
  Contract contract;
  contract.inverse = instrument->inverse;
  instrument->contract_size = size_of_one(row, value, contract);
  instrument->tick_size = row.amount(value["tickSize"]);
  instrument->funding_interval = interval_of(row, value["fundingInterval"]);
  instrument->status = status_of(value["state"].text());
  out.push_back(std::move(*instrument));
}

void read_settled(Row& row, Value value, const Scope& scope, Events& out) {
  auto event = begin_event<market::Funding>(scope);
  event.symbol = row.symbol(value["symbol"]);
  event.rate = row.number(value["fundingRate"]);
  event.settles_at = needed_iso(row, value["timestamp"]);
  event.interval = interval_of(row, value["fundingInterval"]);
  event.settled = true;
  if (!event.rate) return row.refuse();
  out.emplace_back(std::move(event));
}

/// The stamp of a bar is its END.
void read_bar(Row& row, Value value, base::Millis length, const Scope& scope, Events& out) {
  auto candle = begin_event<market::Candle>(scope);
  candle.symbol = row.symbol(value["symbol"]);
  if (!is_contract(scope, candle.symbol)) return;
  candle.length = length;
  candle.opened_at = needed_iso(row, value["timestamp"]) - length;
  candle.open = row.needed_price(value["open"]);
  candle.high = row.needed_price(value["high"]);
  candle.low = row.needed_price(value["low"]);
  candle.close = row.needed_price(value["close"]);
  candle.base_volume = row.amount(value["homeNotional"]);
  candle.quote_volume = row.amount(value["foreignNotional"]);
  candle.trades = row.integer(value["trades"]);
  if (length <= base::Millis{0}) return row.refuse();  // without it nobody can say when it opened
  out.emplace_back(std::move(candle));
}

/// {"orderID":"…","symbol":"XBTUSD","side":"Sell","price":3000,"leavesQty":100}: the side is the ORDER's, and there is
/// no stamp: the time of arrival is the nearest.
void read_liquidation(Row& row, Value value, const Scope& scope, Events& out) {
  auto event = begin_event<market::Liquidation>(scope);
  event.symbol = row.symbol(value["symbol"]);
  event.price = row.needed_price(value["price"]);
  event.raw_quantity = row.needed_price(value["leavesQty"]);
  event.unit = SizeUnit::contracts;
  event.id = value["orderID"].text();
  const auto at = read_iso(row, value["timestamp"]);
  event.at = at.value_or(scope.received_at);
  const auto side = value["side"].text();
  if (side != "Buy" && side != "Sell") return row.refuse();
  event.side = side == "Sell" ? market::PositionSide::long_side : market::PositionSide::short_side;
  fill_sizes(event, contract_at(scope, event.symbol));
  out.emplace_back(std::move(event));
}

void read_trade(Row& row, Value value, const Scope& scope, Events& out) {
  auto event = begin_event<market::Trade>(scope);
  event.symbol = row.symbol(value["symbol"]);
  if (!is_contract(scope, event.symbol)) return;
  event.price = row.needed_price(value["price"]);
  event.raw_quantity = row.needed_price(value["size"]);
  event.unit = SizeUnit::contracts;
  const auto side = value["side"].text();
  if (side == "Buy" || side == "Sell") event.side = side == "Buy" ? market::TakerSide::buy : market::TakerSide::sell;
  event.id = value["trdMatchID"].text();
  event.at = needed_iso(row, value["timestamp"]);
  const auto contract = contract_at(scope, event.symbol);
  fill_sizes(event, contract);
  if (const auto base = row.amount(value["homeNotional"])) event.base = base;
  if (const auto quote = row.amount(value["foreignNotional"]); quote && contract.dollars) event.usd = quote;
  out.emplace_back(std::move(event));
}

/// [[price, size], …] of the ten best.
void read_ten_best(Row& row, Value value, const Scope& scope, Events& out) {
  auto event = begin_event<market::Depth>(scope);
  event.symbol = row.symbol(value["symbol"]);
  const auto fill = [&](Value levels, std::vector<market::Depth::Level>& into) {
    if (!levels.is_array()) row.refuse();
    for (const Value level : levels) into.push_back({row.needed_price(level.at(0)), row.needed_amount(level.at(1))});
  };
  fill(value["bids"], event.bids);
  fill(value["asks"], event.asks);
  event.unit = SizeUnit::contracts;
  event.contract_size = contract_at(scope, event.symbol).size;
  event.at = read_iso(row, value["timestamp"]);
  out.emplace_back(std::move(event));
}

/// A book is a row a level: {"symbol":"XBTUSD","id":1,"side":"Sell","size":100,"price":3001}
void read_book(Value root, const Scope& scope, Reply& reply) {
  std::map<std::string, market::Depth> books;
  for (const Value value : root) {
    Row row;
    const auto symbol = row.symbol(value["symbol"]);
    const market::Depth::Level level{row.needed_price(value["price"]), row.needed_amount(value["size"])};
    const auto side = value["side"].text();
    if (!row.ok() || (side != "Buy" && side != "Sell")) {
      ++reply.rows_skipped;
      continue;
    }
    auto& book = books.try_emplace(symbol, begin_event<market::Depth>(scope)).first->second;
    (side == "Buy" ? book.bids : book.asks).push_back(level);
  }
  for (auto& [symbol, book] : books) {
    std::stable_sort(book.bids.begin(), book.bids.end(),
                     [](const auto& a, const auto& b) { return a.price > b.price; });
    std::stable_sort(book.asks.begin(), book.asks.end(),
                     [](const auto& a, const auto& b) { return a.price < b.price; });
    book.symbol = symbol;
    book.unit = SizeUnit::contracts;
    book.contract_size = contract_at(scope, symbol).size;
    reply.events.emplace_back(std::move(book));
  }
}

using Read = void (*)(Row&, Value, const Scope&, Events&);
constexpr std::string_view bar_table = "tradeBin";

Read reader_of(std::string_view table) {
  if (table == "instrument") return read_state;
  if (table == "funding") return read_settled;
  if (table == "liquidation") return read_liquidation;
  if (table == "trade") return read_trade;
  if (table == "orderBook10") return read_ten_best;
  return nullptr;
}

}  // namespace

base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope) {
  const auto place = "bitmex " + std::string(endpoint);
  Reply reply;
  if (!root.is_array() && !root["symbol"].present()) return shape_error(place, "list");
  if (endpoint_is(endpoint, "orderBook/L2")) {
    read_book(root, scope, reply);
    return reply;
  }
  const auto rows = [&](const auto& read) {
    each_row(root, reply.events, reply.rows_skipped, read);
    return std::move(reply);
  };
  if (endpoint_is(endpoint, "trade/bucketed")) {
    auto out =
        rows([&](Row& row, Value value, Events& events) { read_bar(row, value, scope.bar_length, scope, events); });
    oldest_first(out.events);
    return out;
  }
  const auto first_part = endpoint.substr(0, endpoint.find('/'));  // "instrument/active"
  const auto read = reader_of(first_part);
  if (read == nullptr) return shape_error(place, "known endpoint");
  if (first_part == "instrument") {
    std::size_t told_below{};
    each_row(root, reply.instruments, told_below, [&](Row& row, Value value, std::vector<market::Instrument>& out) {
      read_instrument(row, value, scope, out);
    });
  }
  auto out = rows([&](Row& row, Value value, Events& events) { read(row, value, scope, events); });
  if (read == read_settled || read == read_trade) oldest_first(out.events);
  return out;
}

bool read_push(Value root, const Scope& scope, Frame& frame) {
  const auto table = root["table"].text();
  const Value data = root["data"];
  if (table.empty() || !data.is_array()) return false;
  const auto rows = [&](const auto& read) {
    frame.kind = Frame::Kind::data;
    if (root["action"].text() != "delete") each_row(data, frame.events, frame.rows_skipped, read);
    return true;
  };
  if (table.starts_with(bar_table)) {
    const auto length = bar_length(bars, table.substr(bar_table.size()));
    return rows([&](Row& row, Value value, Events& out) { read_bar(row, value, length, scope, out); });
  }
  if (table == "quote") {
    return rows([&](Row& row, Value value, Events& out) { read_state(row, value, scope, out); });
  }
  const auto read = reader_of(table);
  if (read == nullptr) return false;
  // A liquidation order that changes is the same one again, without the half of it.
  if (table == "liquidation" && root["action"].text() == "update") {
    frame.kind = Frame::Kind::data;
    return true;
  }
  return rows([&](Row& row, Value value, Events& out) { read(row, value, scope, out); });
}

}  // namespace exchange::bitmex
