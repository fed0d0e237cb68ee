#include "common/exchange/bingx_rows.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "common/exchange/contract.hpp"
#include "common/exchange/fields.hpp"
#include "common/exchange/known_endpoint.hpp"

namespace exchange::bingx {

using market::Events;
using market::SizeUnit;

namespace {

/// {"symbol":"ETH-USDT","markPrice":"3000.1","indexPrice":"3000","lastFundingRate":"0.0001","nextFundingTime":…}, and
/// of late "fundingIntervalHours" and "updateTime".
void read_premium(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Funding>(scope, out);
  event.symbol = row.symbol(value["symbol"]);
  event.rate = row.number(value["lastFundingRate"]);
  event.interval = read_interval(row, value["fundingIntervalHours"], std::chrono::hours{1});
  event.settles_at = row.time(value["nextFundingTime"]);
  event.mark = price_of(row, value["markPrice"]);
  event.index = price_of(row, value["indexPrice"]);
  event.at = row.time(value["updateTime"]);
  if (!event.settles_at) out.pop_back();  // no funding is set
}

void read_settled(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Funding>(scope, out);
  event.symbol = row.symbol(value["symbol"]);
  event.rate = row.number(value["fundingRate"]);
  event.settles_at = row.needed_time(value["fundingTime"]);
  event.mark = price_of(row, value["markPrice"]);
  event.settled = true;
  if (!event.rate) row.refuse();
}

/// "4.15", and elsewhere at BingX "-1.6900%".
std::optional<double> fraction(Row& row, Value percent) {
  const auto text = percent.text();
  if (!text.ends_with('%')) {
    const auto read = row.number(percent);
    return read ? std::optional(*read / 100) : std::nullopt;
  }
  double read = 0;
  const auto* end = text.data() + text.size() - 1;
  const auto [stop, problem] = std::from_chars(text.data(), end, read);
  if (problem != std::errc{} || stop != end || !std::isfinite(read)) return row.refuse(), std::nullopt;
  return read / 100;
}

/// `volume` coins, `quoteVolume` USDT. `openTime` has been seen after `closeTime`: neither says when this was true.
void read_ticker(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Ticker>(scope, out);
  event.symbol = row.symbol(value["symbol"]);
  event.last = price_of(row, value["lastPrice"].present() ? value["lastPrice"] : value["price"]);
  event.bid = price_of(row, value["bidPrice"].present() ? value["bidPrice"] : value["bid_price"]);
  event.ask = price_of(row, value["askPrice"].present() ? value["askPrice"] : value["ask_price"]);
  event.open_24h = price_of(row, value["openPrice"]);
  event.high_24h = price_of(row, value["highPrice"]);
  event.low_24h = price_of(row, value["lowPrice"]);
  event.change_24h = fraction(row, value["priceChangePercent"]);
  event.base_volume_24h = row.amount(value["volume"]);
  event.quote_volume_24h = row.amount(value["quoteVolume"]);
}

/// Counted in USDT.
void read_open_interest(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::OpenInterest>(scope, out);
  event.symbol = row.symbol(value["symbol"]);
  event.raw = row.needed_amount(value["openInterest"]);
  event.unit = SizeUnit::quote;
  event.quote = event.raw;
  event.at = row.time(value["time"]);
}

/// REST: {"open":…,"close":…,"high":…,"low":…,"volume":…,"time":…}; pushed: {"o","c","h","l","v","T"}. The time is the
/// open of the bar, the volume coins.
void read_candle(Row& row, Value value, const Scope& scope, Events& out) {
  const auto either = [&](Value spelled, Value letter) { return spelled.present() ? spelled : letter; };
  auto& candle = add_event<market::Candle>(scope, out);
  candle.symbol = scope.symbol;
  candle.length = scope.bar_length;
  candle.opened_at = row.needed_time(either(value["time"], value["T"]));
  candle.open = row.needed_price(either(value["open"], value["o"]));
  candle.high = row.needed_price(either(value["high"], value["h"]));
  candle.low = row.needed_price(either(value["low"], value["l"]));
  candle.close = row.needed_price(either(value["close"], value["c"]));
  candle.base_volume = row.amount(either(value["volume"], value["v"]));
  if (candle.symbol.empty()) row.refuse();
}

/// {"time":…,"isBuyerMaker":true,"price":"3000","qty":"3.3","quoteQty":"9900"}
void read_trade(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Trade>(scope, out);
  event.symbol = value["symbol"].present() ? row.symbol(value["symbol"]) : std::string(scope.symbol);
  event.price = row.needed_price(value["price"]);
  event.raw_quantity = row.needed_price(value["qty"]);
  event.unit = SizeUnit::base;
  const auto maker = value["isBuyerMaker"].present() ? value["isBuyerMaker"] : value["buyerMaker"];
  if (maker.present()) event.side = maker.is_true() ? market::TakerSide::sell : market::TakerSide::buy;
  event.id = (value["id"].present() ? value["id"] : value["fillId"]).text();
  event.at = row.needed_time(value["time"]);
  if (event.symbol.empty()) return row.refuse();
  if (row.ok()) fill_sizes(event, contract_of(scope.exchange, scope.universe, event.symbol));
}

/// "bidsCoin" counts coins; "bids" counts contracts of a size that the book does not say.
void read_depth(Row& row, Value value, const Scope& scope, Events& out) {
  const Value bids = value["bidsCoin"];
  const Value asks = value["asksCoin"];
  auto& event = add_event<market::Depth>(scope, out);
  event.symbol = scope.symbol;
  event.unit = SizeUnit::base;
  if (event.symbol.empty() || !bids.is_array() || !asks.is_array()) return row.refuse();
  read_levels(row, bids, event.bids);
  read_levels(row, asks, event.asks);
  using Level = market::Depth::Level;
  std::sort(event.bids.begin(), event.bids.end(), [](const Level& a, const Level& b) { return a.price > b.price; });
  std::sort(event.asks.begin(), event.asks.end(), [](const Level& a, const Level& b) { return a.price < b.price; });
  event.at = row.time(value["T"]);
}

/// {"symbol":"ETH-USDT","size":"0.01","pricePrecision":2,"currency":"USDT","asset":"ETH","status":1,"apiStateOpen":"true",
/// "apiStateClose":"true",…}. Sizes are coins; `size` is the
/// contract of the book alone.
void read_instrument(Row& row, Value value, const Scope& scope, std::vector<market::Instrument>& out) {
  const auto symbol = row.symbol(value["symbol"]);
  const auto spelled = scope.exchange.describe(symbol);
  if (!row.ok() || !spelled) return row.refuse();
  auto instrument = *spelled;
  if (!value["currency"].text().empty()) instrument.settle = value["currency"].text();
  const auto decimals = row.integer(value["pricePrecision"]);
  constexpr std::int64_t decimals_max = 15;
  if (decimals && *decimals >= 0 && *decimals <= decimals_max)
    instrument.tick_size = std::pow(10.0, -static_cast<double>(*decimals));
  const auto status = value["status"].text();
  const auto open = value["apiStateOpen"].text();
  if (!status.empty() && status != "1") instrument.status = market::Status::halted;
  if (status == "0") instrument.status = market::Status::delisted;
  if (status == "5") instrument.status = market::Status::pre_launch;
  if (instrument.status == market::Status::trading && open == "false") instrument.status = market::Status::halted;
  out.push_back(std::move(instrument));
}

using Known = KnownEndpoint<>;
constexpr std::array<Known, 14> known{{{"server/time", Topic::server_time, nullptr},
                                       {"quote/contracts", Topic::instruments, nullptr},
                                       {"quote/premiumIndex", Topic::funding, read_premium},
                                       {"quote/fundingRate", Topic::funding_history, read_settled},
                                       {"quote/openInterest", Topic::open_interest, read_open_interest},
                                       {"quote/ticker", Topic::tickers, read_ticker},
                                       {"quote/bookTicker", Topic::tickers, read_ticker},
                                       {"quote/price", Topic::tickers, read_ticker},
                                       {"ticker/price", Topic::tickers, read_ticker},
                                       {"quote/klines", Topic::candles, read_candle},
                                       {"market/historyKlines", Topic::candles, read_candle},
                                       {"quote/trades", Topic::trades, read_trade},
                                       {"market/historicalTrades", Topic::trades, read_trade},
                                       {"quote/depth", Topic::depth, read_depth}}};

}  // namespace

std::span<const Endpoint> endpoints() {
  static constexpr auto list = endpoints_of(known);
  return list;
}

base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope) {
  const auto place = "bingx " + std::string(endpoint);
  const auto* found = find_known(known, endpoint);
  if (found == nullptr) return shape_error(place, "known endpoint");
  Value data = root["data"];
  if (data["book_ticker"].is_object()) data = data["book_ticker"];
  if (!data.is_array() && !data.is_object()) return shape_error(place, "data");
  Reply reply;
  if (found->topic == Topic::server_time) {
    Row row;
    reply.server_time = row.time(data["serverTime"]);
    if (!reply.server_time) return shape_error(place, "serverTime");
    return reply;
  }
  if (found->topic == Topic::instruments) {
    each_row(
        data, reply.instruments, reply.rows_skipped,
        [&](Row& row, Value value, std::vector<market::Instrument>& out) { read_instrument(row, value, scope, out); });
    return reply;
  }
  each_row(data, reply.events, reply.rows_skipped,
           [&](Row& row, Value value, Events& out) { found->read(row, value, scope, out); });
  if (found->topic == Topic::candles || found->topic == Topic::funding_history) oldest_first(reply.events);
  return reply;
}

// {"code":0,"dataType":"ETH-USDT@kline_1m","s":"ETH-USDT","data":[{"c":"…","o":"…","h":"…","l":"…","v":"…","T":…}]}
bool read_push(Value root, const Scope& scope, Frame& frame) {
  const auto channel = root["dataType"].text();
  constexpr std::string_view kline = "@kline_";
  const auto at = channel.find(kline);
  if (at == std::string_view::npos || !root["data"].present()) return false;
  Scope named = scope;
  named.symbol = root["s"].text().empty() ? channel.substr(0, at) : root["s"].text();
  named.bar_length = bar_length(bars, channel.substr(at + kline.size()));
  if (named.bar_length <= base::Millis{0}) return false;
  frame.kind = Frame::Kind::data;
  each_row(root["data"], frame.events, frame.rows_skipped,
           [&](Row& row, Value value, Events& out) { read_candle(row, value, named, out); });
  return true;
}

}  // namespace exchange::bingx
