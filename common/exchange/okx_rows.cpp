#include "common/exchange/okx_rows.hpp"

#include <array>

#include "common/exchange/ask.hpp"
#include "common/exchange/contract.hpp"
#include "common/exchange/fields.hpp"

namespace exchange::okx {

using market::Events;
using market::SizeUnit;

namespace {

Contract contract_at(const Scope& scope, std::string_view symbol) {
  return contract_of(scope.exchange, scope.universe, symbol);
}

/// An inverse contract's count in USD, which contracts alone give exactly.
std::optional<double> inverse_quote(const Contract& contract, std::optional<double> contracts) {
  if (!contract.inverse || !contracts) return std::nullopt;
  return size_of(*contracts, SizeUnit::contracts, contract, {}).quote;
}

// https://www.okx.com/docs-v5/en/#public-data-rest-api-get-funding-rate
// `fundingRate` is charged at `fundingTime`, the next settlement; `nextFundingTime` is the one after
// (EXCHANGES.md 4.1).
void read_funding(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Funding>(scope, out);
  event.symbol = row.symbol(value["instId"]);
  event.rate = row.number(value["fundingRate"]);
  event.predicted_rate = row.number(value["nextFundingRate"]);
  event.cap = row.number(value["maxFundingRate"]);
  event.floor = row.number(value["minFundingRate"]);
  event.settles_at = row.time(value["fundingTime"]);
  const auto after = row.time(value["nextFundingTime"]);
  if (event.settles_at && after && *after > *event.settles_at && *after - *event.settles_at <= std::chrono::hours{24}) {
    event.interval = std::chrono::duration_cast<std::chrono::minutes>(*after - *event.settles_at);
  }
  event.at = row.time(value["ts"]);
  if (!event.rate && !event.settles_at) out.pop_back();
}

void read_settled(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Funding>(scope, out);
  event.symbol = row.symbol(value["instId"]);
  const auto charged = row.number(value["realizedRate"]);
  event.rate = charged ? charged : row.number(value["fundingRate"]);
  event.settles_at = row.needed_time(value["fundingTime"]);
  event.settled = true;
  if (!event.rate) return row.refuse();
}

void read_open_interest(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::OpenInterest>(scope, out);
  event.symbol = row.symbol(value["instId"]);
  const auto contract = contract_at(scope, event.symbol);
  event.raw = row.needed_amount(value["oi"]);
  event.unit = SizeUnit::contracts;
  const auto coins = row.amount(value["oiCcy"]);
  const auto usd = row.amount(value["oiUsd"]);
  const auto counted = size_of(*event.raw, event.unit, contract, {});
  event.base = coins ? coins : counted.base;
  event.quote = counted.quote ? counted.quote : contract.dollars ? usd : std::nullopt;
  event.at = row.time(value["ts"]);
}

// {"instId":"ETH-USDT-SWAP","last":"3000","askPx":"3000.1","bidPx":"2999.9","open24h":"2900","vol24h":"500","volCcy24h":"50",…}
void read_ticker(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Ticker>(scope, out);
  event.symbol = row.symbol(value["instId"]);
  const auto contract = contract_at(scope, event.symbol);
  event.last = row.amount(value["last"]);
  event.bid = row.amount(value["bidPx"]);
  event.ask = row.amount(value["askPx"]);
  event.open_24h = row.amount(value["open24h"]);
  event.high_24h = row.amount(value["high24h"]);
  event.low_24h = row.amount(value["low24h"]);
  if (event.last && event.open_24h && *event.open_24h > 0) {
    event.change_24h = (*event.last - *event.open_24h) / *event.open_24h;
  }
  event.base_volume_24h = row.amount(value["volCcy24h"]);
  event.quote_volume_24h = inverse_quote(contract, row.amount(value["vol24h"]));
  event.at = row.time(value["ts"]);
}

void read_mark_price(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Ticker>(scope, out);
  event.symbol = row.symbol(value["instId"]);
  event.mark = row.needed_price(value["markPx"]);
  event.at = row.time(value["ts"]);
}

/// [time, open, high, low, close, contracts, base, quote, closed]; the last two are missing in old recordings.
void read_candle(Row& row, Value value, const Scope& scope, Events& out) {
  auto& candle = add_event<market::Candle>(scope, out);
  candle.symbol = scope.symbol;
  candle.length = scope.bar_length;
  candle.opened_at = row.needed_time(value.at(0));
  candle.open = row.needed_price(value.at(1));
  candle.high = row.needed_price(value.at(2));
  candle.low = row.needed_price(value.at(3));
  candle.close = row.needed_price(value.at(4));
  const auto contracts = row.amount(value.at(5));
  candle.base_volume = row.amount(value.at(6));
  candle.quote_volume = row.amount(value.at(7));
  if (!candle.quote_volume) candle.quote_volume = inverse_quote(contract_at(scope, scope.symbol), contracts);
  if (const auto confirm = value.at(8).text(); !confirm.empty()) candle.closed = confirm == "1";
}

/// {"bkPx":"3000.5","posSide":"long","side":"sell","sz":"12","ts":"1764000000123"}; `side` is the order's, `posSide`
/// the position's, "net" or "" where the account does not tell them apart.
void read_liquidation(Row& row, Value detail, const std::string& symbol, const Scope& scope, Events& out) {
  auto& event = add_event<market::Liquidation>(scope, out);
  event.symbol = symbol;
  event.price = row.needed_price(detail["bkPx"]);
  event.raw_quantity = row.needed_price(detail["sz"]);
  event.unit = SizeUnit::contracts;
  event.at = row.needed_time(detail["ts"]);
  const auto position = detail["posSide"].text();
  const auto order = detail["side"].text();
  if (position == "long" || (position != "short" && order == "sell")) {
    event.side = market::PositionSide::long_side;
  } else if (position == "short" || order == "buy") {
    event.side = market::PositionSide::short_side;
  } else {
    return row.refuse();
  }
  fill_sizes(event, contract_at(scope, symbol));
}

/// Details hang below their contract; one that cannot be read does not take the others with it.
template <class Out>
void read_liquidations(Value data, std::string_view channel_symbol, const Scope& scope, Out& out) {
  for (const Value item : data) {
    const Value named = item["instId"];
    Row row;
    const auto symbol = named.present() ? row.symbol(named) : std::string(channel_symbol);
    const Value details = item["details"].present() ? item["details"] : item;
    if (!row.ok() || symbol.empty()) {
      ++out.rows_skipped;
      continue;
    }
    each_row(details, out.events, out.rows_skipped,
             [&](Row& of, Value detail, Events& events) { read_liquidation(of, detail, symbol, scope, events); });
  }
}

// {"instId":"ETH-USDT-SWAP","side":"sell","sz":"2.5","px":"3000.5","tradeId":"7","ts":"1764000000123"}
void read_trade(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Trade>(scope, out);
  event.symbol = row.symbol(value["instId"]);
  event.side = taker_side(value["side"].text());
  event.price = row.needed_price(value["px"]);
  event.raw_quantity = row.needed_amount(value["sz"]);
  event.unit = SizeUnit::contracts;
  event.id = value["tradeId"].text();
  event.at = row.needed_time(value["ts"]);
  fill_sizes(event, contract_at(scope, event.symbol));
}

// {"asks":[["3001","9","0","2"]],"bids":[["3000.5","7","0","1"]],"ts":"1764000000123"}: price, contracts, nothing,
// orders
void read_depth(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Depth>(scope, out);
  event.symbol = scope.symbol;
  event.unit = SizeUnit::contracts;
  event.contract_size = contract_at(scope, event.symbol).size;
  read_levels(row, value["bids"], event.bids);
  read_levels(row, value["asks"], event.asks);
  event.at = row.time(value["ts"]);
}

market::Status status_of(Value value) {
  const auto state = value["state"].text();
  if (state == "preopen" || value["ruleType"].text() == "pre_market") return market::Status::pre_launch;
  if (state == "live") return market::Status::trading;
  return state == "suspend" ? market::Status::halted : market::Status::delisted;
}

// {"instType":"SWAP","instId":"ETH-USDT-SWAP","uly":"ETH-USDT","settleCcy":"USDT","ctVal":"0.1","ctMult":"1","ctType":"linear",…}
void read_instrument(Row& row, Value value, const Scope& scope, std::vector<market::Instrument>& out) {
  const auto symbol = row.symbol(value["instId"]);
  auto instrument = scope.exchange.describe(symbol);
  if (!row.ok() || !instrument) return row.refuse();
  if (const auto settle = value["settleCcy"].text(); !settle.empty()) instrument->settle = settle;
  if (const auto type = value["ctType"].text(); !type.empty()) instrument->inverse = type == "inverse";
  const auto value_of_one = row.amount(value["ctVal"]);
  const auto multiplier = row.amount(value["ctMult"]).value_or(1);
  if (!value_of_one || *value_of_one <= 0 || multiplier <= 0) return row.refuse();
  instrument->contract_size = *value_of_one * multiplier;
  instrument->tick_size = row.amount(value["tickSz"]);
  instrument->status = status_of(value);
  out.push_back(std::move(*instrument));
}

using Read = void (*)(Row&, Value, const Scope&, Events&);
struct Known {
  std::string_view name;  ///< of an endpoint
  Read read;
};
constexpr std::array<Known, 10> known_endpoints{{{"public/funding-rate", read_funding},
                                                 {"public/funding-rate-history", read_settled},
                                                 {"public/open-interest", read_open_interest},
                                                 {"public/mark-price", read_mark_price},
                                                 {"market/tickers", read_ticker},
                                                 {"market/ticker", read_ticker},
                                                 {"market/candles", read_candle},
                                                 {"market/history-candles", read_candle},
                                                 {"market/trades", read_trade},
                                                 {"market/books", read_depth}}};
constexpr std::array<Known, 4> channels{{{"funding-rate", read_funding},
                                         {"open-interest", read_open_interest},
                                         {"mark-price", read_mark_price},
                                         {"tickers", read_ticker}}};

constexpr std::array<BarName, 11> candle_channels{{{std::chrono::minutes{1}, "candle1m"},
                                                   {std::chrono::minutes{3}, "candle3m"},
                                                   {std::chrono::minutes{5}, "candle5m"},
                                                   {std::chrono::minutes{15}, "candle15m"},
                                                   {std::chrono::minutes{30}, "candle30m"},
                                                   {std::chrono::hours{1}, "candle1H"},
                                                   {std::chrono::hours{2}, "candle2H"},
                                                   {std::chrono::hours{4}, "candle4H"},
                                                   {std::chrono::hours{6}, "candle6H"},
                                                   {std::chrono::hours{12}, "candle12H"},
                                                   {std::chrono::hours{24}, "candle1D"}}};

}  // namespace

base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope) {
  const auto place = "okx " + std::string(endpoint);
  const Value data = root["data"];
  if (!data.is_array()) return shape_error(place, "data");
  Reply reply;
  if (endpoint_is(endpoint, "public/time")) {
    Row row;
    reply.server_time = row.time(data.at(0)["ts"]);
    if (!reply.server_time) return shape_error(place, "ts");
    return reply;
  }
  if (endpoint_is(endpoint, "public/instruments")) {
    each_row(
        data, reply.instruments, reply.rows_skipped,
        [&](Row& of, Value value, std::vector<market::Instrument>& out) { read_instrument(of, value, scope, out); });
    return reply;
  }
  if (endpoint_is(endpoint, "public/liquidation-orders")) {
    read_liquidations(data, {}, scope, reply);
    return reply;
  }
  const auto found = std::find_if(known_endpoints.begin(), known_endpoints.end(),
                                  [&](const Known& known) { return endpoint_is(endpoint, known.name); });
  if (found == known_endpoints.end()) return shape_error(place, "known endpoint");
  each_row(data, reply.events, reply.rows_skipped, [&](Row& row, Value value, Events& out) {
    if (found->read == read_candle && !value.is_array()) return row.refuse();
    found->read(row, value, scope, out);
  });
  if (found->read == read_candle || found->read == read_settled || found->read == read_trade)
    oldest_first(reply.events);
  return reply;
}

bool read_push(Value root, const Scope& scope, Frame& frame) {
  const Value data = root["data"];
  const auto channel = root["arg"]["channel"].text();
  if (!data.is_array() || channel.empty()) return false;
  Scope named = scope;
  named.symbol = root["arg"]["instId"].text();
  if (channel == "liquidation-orders" || channel == "liquidations") {
    frame.kind = Frame::Kind::data;
    read_liquidations(data, named.symbol, named, frame);
    return true;
  }
  Read read = nullptr;
  if (channel.starts_with("candle")) {
    named.bar_length = bar_length(candle_channels, channel);
    read = read_candle;
  }
  const auto found = std::find_if(channels.begin(), channels.end(), [&](const Known& k) { return k.name == channel; });
  if (found != channels.end()) read = found->read;
  if (read == nullptr) return false;
  frame.kind = Frame::Kind::data;
  each_row(data, frame.events, frame.rows_skipped,
           [&](Row& row, Value value, Events& out) { read(row, value, named, out); });
  return true;
}

}  // namespace exchange::okx
