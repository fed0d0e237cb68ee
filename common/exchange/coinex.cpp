#include "common/exchange/coinex.hpp"

#include <algorithm>
#include <array>

#include "common/exchange/ask.hpp"
#include "common/exchange/contract.hpp"
#include "common/exchange/fields.hpp"
#include "common/exchange/known_endpoint.hpp"

namespace exchange::coinex {

using market::Events;
using market::Outcome;
using market::SizeUnit;

namespace {

constexpr std::string_view name = "coinex";
constexpr int kline_rows_max = 1'000;
constexpr int funding_rows_max = 100;
constexpr int samples_max = 100;
constexpr std::size_t polled_bars_max = 50;

using std::chrono::hours;
using std::chrono::minutes;
constexpr std::array<BarName, 13> bars{{{minutes{1}, "1min"},
                                        {minutes{3}, "3min"},
                                        {minutes{5}, "5min"},
                                        {minutes{15}, "15min"},
                                        {minutes{30}, "30min"},
                                        {hours{1}, "1hour"},
                                        {hours{2}, "2hour"},
                                        {hours{4}, "4hour"},
                                        {hours{6}, "6hour"},
                                        {hours{12}, "12hour"},
                                        {hours{24}, "1day"},
                                        {hours{72}, "3day"},
                                        {hours{168}, "1week"}}};

constexpr std::array<CodeMeaning, 7> codes{{{"0", Outcome::ok},
                                            {"3008", Outcome::transient},     // busy
                                            {"4001", Outcome::transient},     // unavailable
                                            {"4002", Outcome::transient},     // timed out
                                            {"4003", Outcome::transient},     // internal
                                            {"4115", Outcome::blocked},       // the region of the address
                                            {"4213", Outcome::soft_limit}}};  // too many requests

Ask call(const Settings& settings, Topic topic, std::string_view endpoint, const Target& target) {
  return make_ask(settings, name, topic, endpoint, target, {"ip", 1});
}

std::vector<Ask> asks(const Settings& settings, Topic topic, const Want& want) {
  std::vector<Ask> out;
  const auto all = [&](std::string_view endpoint) { out.push_back(call(settings, topic, endpoint, Target(endpoint))); };
  const auto of_each = [&](std::string_view endpoint, std::string_view key, std::string_view value) {
    for (const auto& symbol : want.symbols) {
      auto target = Target(endpoint).with("market", symbol).with("limit", samples_max).with(key, value);
      out.push_back(call(settings, topic, endpoint, target));
      out.back().symbol = symbol;
    }
  };
  switch (topic) {
    case Topic::server_time: all("time"); break;
    case Topic::instruments: all("futures/market"); break;
    case Topic::open_interest:
      if (!want.from) all("futures/market");  // it keeps no history of it
      break;
    case Topic::funding: all("futures/funding-rate"); break;
    case Topic::tickers: all("futures/ticker"); break;
    case Topic::funding_history: {
      constexpr std::string_view endpoint = "futures/funding-rate-history";
      add_history(out, want, Rows::settlements, funding_rows_max, [&](const std::string& symbol, const Page& page) {
        auto target = Target(endpoint).with("market", symbol);
        target.with("start_time", page.from_ms).with("end_time", page.to_ms).with("limit", page.rows);
        return call(settings, topic, endpoint, target);
      });
      break;
    }
    case Topic::candles: {  // the newest ones: it takes no times
      constexpr std::string_view endpoint = "futures/kline";
      const auto period = bar_name(bars, want.bar_length);
      if (period.empty()) break;
      Want newest = want;
      newest.to.reset();  // no end, no pages
      add_history(out, newest, Rows::bars, kline_rows_max, [&](const std::string& symbol, const Page& page) {
        return call(settings, topic, endpoint,
                    Target(endpoint).with("market", symbol).with("period", period).with("limit", page.rows));
      });
      break;
    }
    case Topic::trades: of_each("futures/deals", "last_id", "0"); break;
    case Topic::depth:
      for (const auto& symbol : want.symbols) {
        constexpr std::string_view endpoint = "futures/depth";
        auto target = Target(endpoint).with("market", symbol).with("limit", 20).with("interval", "0");
        out.push_back(call(settings, topic, endpoint, target));
        out.back().symbol = symbol;
      }
      break;
    case Topic::liquidations:  // one request for each contract
    case Topic::funding_intervals: break;
  }
  return out;
}

/// The rate of this period and what is expected of the next. The documents call both times those at which a rate is
/// collected; recordings take the later one for this period's.
void read_funding(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Funding>(scope, out);
  event.symbol = row.symbol(value["market"]);
  event.rate = row.number(value["latest_funding_rate"]);
  event.predicted_rate = row.number(value["next_funding_rate"]);
  event.settles_at = row.time(value["next_funding_time"]);
  event.interval = interval_between(row.time(value["latest_funding_time"]), event.settles_at);
  event.mark = price_of(row, value["mark_price"]);
  if (!event.rate) row.refuse();
}

void read_settled(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Funding>(scope, out);
  event.symbol = row.symbol(value["market"]);
  event.rate = row.number(value["actual_funding_rate"]);
  event.settles_at = row.needed_time(value["funding_time"]);
  event.settled = true;
  if (!event.rate) row.refuse();
}

/// `amount` counts coins of linear and dollars of inverse contracts, `value` the other.
void set_volumes(bool inverse, std::optional<double> amount, std::optional<double> value, std::optional<double>& base,
                 std::optional<double>& quote) {
  base = inverse ? value : amount;
  quote = inverse ? amount : value;
}

bool inverse(const Scope& scope, std::string_view symbol) {
  return contract_of(scope.exchange, scope.universe, symbol).inverse;
}

void read_ticker(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Ticker>(scope, out);
  event.symbol = row.symbol(value["market"]);
  event.last = price_of(row, value["last"]);
  event.mark = price_of(row, value["mark_price"]);
  event.index = price_of(row, value["index_price"]);
  event.open_24h = price_of(row, value["open"]);
  event.high_24h = price_of(row, value["high"]);
  event.low_24h = price_of(row, value["low"]);
  set_volumes(inverse(scope, event.symbol), row.amount(value["volume"]), row.amount(value["value"]),
              event.base_volume_24h, event.quote_volume_24h);
}

void read_candle(Row& row, Value value, const Scope& scope, Events& out) {
  auto& candle = add_event<market::Candle>(scope, out);
  candle.symbol = row.symbol(value["market"]);
  candle.length = scope.bar_length;
  candle.opened_at = row.needed_time(value["created_at"]);
  candle.open = row.needed_price(value["open"]);
  candle.high = row.needed_price(value["high"]);
  candle.low = row.needed_price(value["low"]);
  candle.close = row.needed_price(value["close"]);
  set_volumes(inverse(scope, candle.symbol), row.amount(value["volume"]), row.amount(value["value"]),
              candle.base_volume, candle.quote_volume);
}

SizeUnit unit_of(const Contract& contract) { return contract.inverse ? SizeUnit::quote : SizeUnit::base; }

/// `side` is the position's.
void read_liquidation(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Liquidation>(scope, out);
  event.symbol = row.symbol(value["market"]);
  const auto side = value["side"].text();
  if (side == "long") event.side = market::PositionSide::long_side;
  if (side == "short") event.side = market::PositionSide::short_side;
  event.price = row.needed_price(value["bkr_price"].present() ? value["bkr_price"] : value["liq_price"]);
  event.raw_quantity = row.needed_price(value["liq_amount"]);
  event.at = row.needed_time(value["created_at"]);
  if (!event.side || !row.ok()) return row.refuse();
  const auto contract = contract_of(scope.exchange, scope.universe, event.symbol);
  event.unit = unit_of(contract);
  fill_sizes(event, contract);
}

void read_trade(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Trade>(scope, out);
  event.symbol = value["market"].present() ? row.symbol(value["market"]) : std::string(scope.symbol);
  event.price = row.needed_price(value["price"]);
  event.raw_quantity = row.needed_price(value["amount"]);
  event.side = taker_side(value["side"].text());
  event.id = value["deal_id"].text();
  event.at = row.needed_time(value["created_at"]);
  if (event.symbol.empty() || !row.ok()) return row.refuse();
  const auto contract = contract_of(scope.exchange, scope.universe, event.symbol);
  event.unit = unit_of(contract);
  fill_sizes(event, contract);
}

void read_depth(Row& row, Value value, const Scope& scope, Events& out) {
  const Value book = value["depth"];
  if (!book.is_object()) return row.refuse();
  auto& event = add_event<market::Depth>(scope, out);
  event.symbol = value["market"].present() ? row.symbol(value["market"]) : std::string(scope.symbol);
  event.unit = unit_of(contract_of(scope.exchange, scope.universe, event.symbol));
  read_levels(row, book["bids"], event.bids);
  read_levels(row, book["asks"], event.asks);
  event.at = row.time(book["updated_at"]);
}

void read_open_interest(Row& row, Value value, const Scope& scope, Events& out) {
  if (!value["open_interest_volume"].present()) return;
  auto& event = add_event<market::OpenInterest>(scope, out);
  event.symbol = row.symbol(value["market"]);
  event.raw = row.needed_amount(value["open_interest_volume"]);
  const auto contract = contract_of(scope.exchange, scope.universe, event.symbol);
  event.unit = unit_of(contract);
  (contract.inverse ? event.quote : event.base) = event.raw;
}

/// {"market":"ETHUSDT","contract_type":"linear","base_ccy":"ETH","quote_ccy":"USDT","tick_size":"0.01",
/// "is_market_available":true,"open_interest_volume":"1500",…}
void read_instrument(Row& row, Value value, const Scope& scope, std::vector<market::Instrument>& out) {
  const auto symbol = row.symbol(value["market"]);
  Spelling spelling{value["base_ccy"].text(), value["quote_ccy"].text()};
  spelling.inverse = value["contract_type"].text() == "inverse";
  if (!row.ok() || spelling.base.empty() || spelling.quote.empty()) return row.refuse();
  auto instrument = make_instrument(scope.exchange.traits().name, symbol, spelling);
  instrument.contract_size = 1;
  instrument.tick_size = row.amount(value["tick_size"]);
  const Value available = value["is_market_available"];
  if (available.present() && !available.is_true()) instrument.status = market::Status::halted;
  out.push_back(std::move(instrument));
}

using Known = KnownEndpoint<>;
constexpr std::array<Known, 9> known{{{"v2/time", Topic::server_time, nullptr},
                                      {"futures/market", Topic::instruments, read_open_interest},
                                      {"futures/funding-rate", Topic::funding, read_funding},
                                      {"futures/funding-rate-history", Topic::funding_history, read_settled},
                                      {"futures/ticker", Topic::tickers, read_ticker},
                                      {"futures/kline", Topic::candles, read_candle},
                                      {"futures/liquidation-history", Topic::liquidations, read_liquidation},
                                      {"futures/deals", Topic::trades, read_trade},
                                      {"futures/depth", Topic::depth, read_depth}}};

constexpr auto endpoints = endpoints_of(known);

base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope) {
  const auto place = "coinex " + std::string(endpoint);
  const Value data = root["data"];
  Reply reply;
  if (endpoint_is(endpoint, "time")) {
    Row row;
    reply.server_time = row.time(data["timestamp"]);
    if (!reply.server_time) return shape_error(place, "timestamp");
    return reply;
  }
  const auto* found = find_known(known, endpoint);
  if (found == nullptr) return shape_error(place, "known endpoint");
  if (!data.is_array() && !data.is_object()) return shape_error(place, "data");
  if (found->topic == Topic::instruments) {
    each_row(
        data, reply.instruments, reply.rows_skipped,
        [&](Row& row, Value value, std::vector<market::Instrument>& out) { read_instrument(row, value, scope, out); });
  }
  each_row(data, reply.events, reply.rows_skipped,
           [&](Row& row, Value value, Events& out) { found->read(row, value, scope, out); });
  if (found->topic == Topic::candles || found->topic == Topic::funding_history) oldest_first(reply.events);
  return reply;
}

market::Verdict judge(const net::Response& response, base::WallTime received_at) {
  return judge_envelope(response, received_at, {.code_key = "code", .message_key = "message", .codes = codes});
}

/// "ETHUSDT", "ETHUSDC"; "ETHUSD" is coin-margined.
std::optional<market::Instrument> describe(std::string_view symbol) {
  static constexpr std::array<std::string_view, 3> quotes{"USDT", "USDC", "USD"};
  const auto quote = std::find_if(quotes.begin(), quotes.end(), [&](auto one) { return symbol.ends_with(one); });
  if (quote == quotes.end() || symbol.size() == quote->size()) return std::nullopt;
  Spelling spelling{symbol.substr(0, symbol.size() - quote->size()), *quote};
  if (spelling.base.find_first_of("-_") != std::string_view::npos) return std::nullopt;
  spelling.inverse = *quote == "USD";
  auto out = make_instrument(name, symbol, spelling);
  out.contract_size = 1;
  return out;
}

std::string link(std::string_view symbol) {
  return "https://www.coinex.com/en/futures/" + net::encode_component(lower_case(symbol));
}

}  // namespace

const Description description{
    .traits = {.name = name, .title = "CoinEx", .polled_bars_max = polled_bars_max, .candle_rows_max = kline_rows_max},
    .endpoints = endpoints,
    .asks = asks,
    .read_reply = read_reply,
    .judge = judge,
    .streams = [](const Settings&, Topic,
                  std::span<const market::Instrument* const>) { return std::vector<StreamPlan>{}; },
    .subscribe_text = [](std::span<const std::string>, std::uint32_t, base::WallTime) { return std::string{}; },
    .read_frame = [](Value, const Scope&) { return Frame{}; },
    .describe = describe,
    .link = link};

}  // namespace exchange::coinex
