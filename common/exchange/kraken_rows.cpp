#include "common/exchange/kraken_rows.hpp"

#include "common/exchange/contract.hpp"
#include "common/exchange/iso_time.hpp"

namespace exchange::kraken {

using market::Events;
using market::SizeUnit;

namespace {

Value first_of(Value preferred, Value otherwise) { return preferred.present() ? preferred : otherwise; }

Contract contract_at(const Scope& scope, std::string_view symbol) {
  return contract_of(scope.exchange, scope.universe, symbol);
}

/// A linear contract is 1 coin, an inverse one 1 USD, unless the list says otherwise.
SizeUnit unit_of(const Contract& contract) {
  if (contract.size && *contract.size != 1) return SizeUnit::contracts;
  return contract.inverse ? SizeUnit::quote : SizeUnit::base;
}

void set_volumes(const Contract& contract, std::optional<double> counted, std::optional<double> quote,
                 market::Ticker& ticker) {
  if (counted) {
    const auto size = size_of(*counted, unit_of(contract), contract, {});
    ticker.base_volume_24h = size.base;
    ticker.quote_volume_24h = size.quote;
  }
  // Of an inverse contract `volumeQuote` is neither coins nor dollars that fit (EXCHANGES.md 13).
  if (quote && !contract.inverse) ticker.quote_volume_24h = quote;
}

void add_open_interest(const RowHead& head, const Contract& contract, std::optional<double> raw, const Scope& scope,
                       Events& out) {
  if (!raw) return;
  auto& event = add_event<market::OpenInterest>(scope, head, out);
  event.raw = raw;
  event.unit = unit_of(contract);
  const auto counted = size_of(*raw, event.unit, contract, {});
  event.base = counted.base;
  event.quote = counted.quote;
}

/// REST and the older pushes state funding in money of one contract: USD of a linear, coins of an inverse one.
std::optional<double> relative(std::optional<double> absolute, const RowHead& head, const Contract& contract) {
  const auto price = head.mark ? head.mark : head.index;
  if (!absolute || !price || *price <= 0) return std::nullopt;
  return contract.inverse ? *absolute * *price : *absolute / *price;
}

struct Rates {
  std::optional<double> now, next;
};
void add_funding(const Rates& rates, std::optional<base::WallTime> settles_at, const RowHead& head,
                 const Contract& contract, const Scope& scope, Events& out) {
  if (contract.dated || (!rates.now && !settles_at)) return;
  auto& event = add_event<market::Funding>(scope, head, out);
  event.rate = rates.now;
  event.predicted_rate = rates.next;
  event.interval = std::chrono::hours{1};
  event.settles_at = settles_at;
}

// Indices and reference rates ("in_xbtusd", "rr_xbtusd") and options stand among the contracts: they are none.
// {"symbol":"PF_ETHUSD","last":3000,"markPrice":3001,"vol24h":40,"volumeQuote":120000,"openInterest":99,"fundingRate":0.03,…}
void read_ticker(Row& row, Value value, std::optional<base::WallTime> at, const Scope& scope, Events& out) {
  const RowHead head{row.symbol(value["symbol"]), row.amount(value["markPrice"]), row.amount(value["indexPrice"]), at};
  const auto known = known_contract(scope.exchange, scope.universe, head.symbol);
  if (!known) return;
  const auto& contract = *known;
  const Rates rates{relative(row.number(value["fundingRate"]), head, contract),
                    relative(row.number(value["fundingRatePrediction"]), head, contract)};
  add_funding(rates, {}, head, contract, scope, out);
  add_open_interest(head, contract, row.amount(value["openInterest"]), scope, out);
  auto& ticker = add_event<market::Ticker>(scope, head, out);
  ticker.last = row.amount(value["last"]);
  ticker.bid = row.amount(value["bid"]);
  ticker.ask = row.amount(value["ask"]);
  ticker.open_24h = row.amount(value["open24h"]);
  ticker.high_24h = row.amount(value["high24h"]);
  ticker.low_24h = row.amount(value["low24h"]);
  if (const auto percent = row.number(value["change24h"])) ticker.change_24h = *percent / 100;
  set_volumes(contract, row.amount(value["vol24h"]), row.amount(value["volumeQuote"]), ticker);
}

/// The feeds "ticker" and "ticker_lite", which has less.
void read_pushed_ticker(Row& row, Value value, const Scope& scope, Events& out) {
  const RowHead head{row.symbol(value["product_id"]), row.amount(value["markPrice"]), row.amount(value["index"]),
                     row.time(value["time"])};
  const auto known = known_contract(scope.exchange, scope.universe, head.symbol);
  if (!known) return;
  const auto& contract = *known;
  Rates rates{row.number(value["relative_funding_rate"]), row.number(value["relative_funding_rate_prediction"])};
  if (!rates.now) rates.now = relative(row.number(value["funding_rate"]), head, contract);
  if (!rates.next) rates.next = relative(row.number(value["funding_rate_prediction"]), head, contract);
  add_funding(rates, row.time(value["next_funding_rate_time"]), head, contract, scope, out);
  add_open_interest(head, contract, row.amount(value["openInterest"]), scope, out);
  auto& ticker = add_event<market::Ticker>(scope, head, out);
  ticker.last = row.amount(value["last"]);
  ticker.bid = row.amount(value["bid"]);
  ticker.ask = row.amount(value["ask"]);
  ticker.open_24h = row.amount(value["open"]);
  ticker.high_24h = row.amount(value["high"]);
  ticker.low_24h = row.amount(value["low"]);
  if (const auto percent = row.number(value["change"])) ticker.change_24h = *percent / 100;
  set_volumes(contract, row.amount(value["volume"]), row.amount(value["volumeQuote"]), ticker);
}

void read_settled(Row& row, Value value, const Scope& scope, Events& out) {
  auto event = begin_event<market::Funding>(scope);
  event.symbol = scope.symbol;
  event.rate = row.number(value["relativeFundingRate"]);
  event.settles_at = needed_iso(row, value["timestamp"]);
  event.interval = std::chrono::hours{1};
  event.settled = true;
  if (!event.rate) return row.refuse();
  out.emplace_back(std::move(event));
}

void read_instrument(Row& row, Value value, const Scope& scope, std::vector<market::Instrument>& out) {
  const auto symbol = row.symbol(value["symbol"]);
  if (!row.ok()) return;
  auto instrument = scope.exchange.describe(symbol);
  if (!instrument) return;
  const auto size = row.amount(value["contractSize"]);
  if (size && *size <= 0) return row.refuse();
  if (size) instrument->contract_size = size;
  instrument->tick_size = row.amount(value["tickSize"]);
  if (const auto type = value["type"].text(); !type.empty()) instrument->inverse = type == "futures_inverse";
  if (instrument->kind == market::ContractKind::perpetual) instrument->funding_interval = std::chrono::hours{1};
  const Value tradeable = value["tradeable"];
  if (tradeable.present() && !tradeable.is_true()) instrument->status = market::Status::halted;
  out.push_back(std::move(*instrument));
}

/// {"time":1764000000000,"open":"3000","high":"3002","low":"2999","close":"3001","volume":"12"}
void read_candle(Row& row, Value value, const Scope& scope, Events& out) {
  auto& candle = add_event<market::Candle>(scope, out);
  candle.symbol = scope.symbol;
  candle.length = scope.bar_length;
  candle.opened_at = row.needed_time(value["time"]);
  candle.open = row.needed_price(value["open"]);
  candle.high = row.needed_price(value["high"]);
  candle.low = row.needed_price(value["low"]);
  candle.close = row.needed_price(value["close"]);
  if (const auto volume = row.amount(value["volume"])) {
    const auto contract = contract_at(scope, scope.symbol);
    const auto size = size_of(*volume, unit_of(contract), contract, {});
    candle.base_volume = size.base;
    candle.quote_volume = size.quote;
  }
}

/// `side` is the taker's; of a trade of type "liquidation" that is the position closed by force: sell = a long one.
void read_trade(Row& row, Value value, const std::string& symbol, const Scope& scope, Events& out) {
  auto trade = begin_event<market::Trade>(scope);
  trade.symbol = symbol;
  trade.price = row.needed_price(value["price"]);
  trade.raw_quantity = row.needed_price(first_of(value["qty"], value["size"]));
  const auto contract = contract_at(scope, symbol);
  trade.unit = unit_of(contract);
  trade.at = needed_iso(row, value["time"]);
  trade.id = first_of(value["uid"], value["trade_id"]).text();
  const auto side = value["side"].text();
  if (side == "buy" || side == "sell") trade.side = side == "buy" ? market::TakerSide::buy : market::TakerSide::sell;
  fill_sizes(trade, contract);
  if (value["type"].text() == "liquidation") {
    auto event = begin_event<market::Liquidation>(scope);
    event.symbol = trade.symbol;
    if (trade.side) {
      event.side =
          *trade.side == market::TakerSide::sell ? market::PositionSide::long_side : market::PositionSide::short_side;
    }
    event.price = trade.price;
    event.raw_quantity = trade.raw_quantity;
    event.unit = trade.unit;
    event.base = trade.base;
    event.usd = trade.usd;
    event.id = trade.id;
    event.at = trade.at;
    out.emplace_back(std::move(event));
  }
  out.emplace_back(std::move(trade));
}

/// Levels are [price, size] in answers, {"price":…,"qty":…} in pushes.
std::vector<market::Depth::Level> read_levels(Row& row, Value levels) {
  std::vector<market::Depth::Level> out;
  if (!levels.is_array()) row.refuse();
  out.reserve(levels.size());
  for (const Value level : levels) {
    const bool listed = level.is_array();
    out.push_back({row.needed_price(listed ? level.at(0) : level["price"]),
                   row.needed_amount(listed ? level.at(1) : level["qty"])});
  }
  return out;
}

void read_depth(Row& row, Value value, std::string symbol, std::optional<base::WallTime> at, const Scope& scope,
                Events& out) {
  auto event = begin_event<market::Depth>(scope);
  const auto best_first = [](auto& levels, const auto& better) {
    std::stable_sort(levels.begin(), levels.end(), better);
  };
  event.bids = read_levels(row, value["bids"]);
  event.asks = read_levels(row, value["asks"]);
  best_first(event.bids, [](const auto& a, const auto& b) { return a.price > b.price; });
  best_first(event.asks, [](const auto& a, const auto& b) { return a.price < b.price; });
  const auto contract = contract_at(scope, symbol);
  event.symbol = std::move(symbol);
  event.unit = unit_of(contract);
  event.contract_size = contract.size;
  event.at = at;
  out.emplace_back(std::move(event));
}

}  // namespace

base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope) {
  const auto place = "kraken " + std::string(endpoint);
  Reply reply;
  Row row;
  reply.server_time = read_iso(row, root["serverTime"]);
  const auto rows = [&](Value list, std::string_view key, const auto& read) -> base::Result<Reply> {
    if (!list.is_array() && !list.is_object()) return shape_error(place, key);
    each_row(list, reply.events, reply.rows_skipped, read);
    return std::move(reply);
  };
  const auto dated = [&](Value list, std::string_view key, const auto& read) {
    auto out = rows(list, key, read);
    if (out) oldest_first(out->events);
    return out;
  };
  const auto at = reply.server_time;
  if (endpoint_is(endpoint, "tickers")) {
    const Value list = first_of(root["tickers"], root["ticker"]);
    return rows(list, "tickers", [&](Row& of, Value value, Events& out) { read_ticker(of, value, at, scope, out); });
  }
  if (endpoint_is(endpoint, "instruments")) {
    if (!root["instruments"].is_array()) return shape_error(place, "instruments");
    each_row(
        root["instruments"], reply.instruments, reply.rows_skipped,
        [&](Row& of, Value value, std::vector<market::Instrument>& out) { read_instrument(of, value, scope, out); });
    return reply;
  }
  if (endpoint_is(endpoint, "historical-funding-rates") || endpoint_is(endpoint, "historicalfundingrates"))
    return dated(root["rates"], "rates",
                 [&](Row& of, Value value, Events& out) { read_settled(of, value, scope, out); });
  if (endpoint_is(endpoint, "charts/v1/trade"))
    return dated(root["candles"], "candles",
                 [&](Row& of, Value value, Events& out) { read_candle(of, value, scope, out); });
  if (endpoint_is(endpoint, "history"))
    return dated(root["history"], "history", [&](Row& of, Value value, Events& out) {
      read_trade(of, value, std::string(scope.symbol), scope, out);
    });
  if (endpoint_is(endpoint, "orderbook"))
    return rows(root["orderBook"], "orderBook", [&](Row& of, Value value, Events& out) {
      read_depth(of, value, std::string(scope.symbol), at, scope, out);
    });
  return shape_error(place, "known endpoint");
}

bool read_push(Value root, const Scope& scope, Frame& frame) {
  const auto feed = root["feed"].text();
  if (feed.empty() || root["event"].present()) return false;
  const auto rows = [&](Value list, const auto& read) {
    frame.kind = Frame::Kind::data;
    each_row(list, frame.events, frame.rows_skipped, read);
    return true;
  };
  if (feed == "ticker" || feed == "ticker_lite")
    return rows(root, [&](Row& row, Value value, Events& out) { read_pushed_ticker(row, value, scope, out); });
  if (feed == "book_snapshot")
    return rows(root, [&](Row& row, Value value, Events& out) {
      read_depth(row, value, row.symbol(value["product_id"]), row.time(value["timestamp"]), scope, out);
    });
  if (feed != "trade" && feed != "trade_snapshot") return false;
  const bool snapshot = feed == "trade_snapshot";
  rows(snapshot ? root["trades"] : root, [&](Row& row, Value value, Events& out) {
    read_trade(row, value, row.symbol(first_of(value["product_id"], root["product_id"])), scope, out);
  });
  oldest_first(frame.events);
  // Other trades only show that the socket lives: they are no news of liquidations.
  frame.companion = std::none_of(frame.events.begin(), frame.events.end(), [](const market::Event& event) {
    return std::holds_alternative<market::Liquidation>(event);
  });
  return true;
}

}  // namespace exchange::kraken
