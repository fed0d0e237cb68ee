#include "tests/sandbox/kucoin.hpp"

#include <algorithm>
#include <cmath>

#include "tests/sandbox/market/path.hpp"
#include "tests/sandbox/market/tape.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {

constexpr int pool = 2'000;  ///< weight of the public pool
constexpr Ms pool_window = 30 * second;
constexpr Ms blocked = 30 * second;
constexpr std::size_t klines_most = 500;
constexpr Ms nanos = 1'000'000;  ///< in a millisecond

Response good(const Json& data) { return json_response(Json{{"code", "200000"}, {"data", data}}); }

Response bad(const std::string& code, const std::string& words, int status = 200) {
  return json_response(Json{{"code", code}, {"msg", words}}, status);
}

/// "XBT" is how this exchange writes BTC.
std::string currency(const Contract& contract) { return contract.coin == "BTC" ? "XBT" : contract.coin; }

bool minutes_known(Ms minutes) {
  constexpr std::array<Ms, 11> known{1, 5, 15, 30, 60, 120, 240, 480, 720, 1440, 10080};
  return std::ranges::find(known, minutes) != known.end();
}

/// What follows the last '/'.
std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

std::int64_t kucoin_lots(const Contract& contract, double size, double price) {
  const bool inverse = contract.kind == Contract::Kind::inverse;
  return std::llround((inverse ? size * price : size) / contract.contract_size);
}

Kucoin::Kucoin(World& world, Faults& faults)
    : Exchange(Venue::kucoin, world, faults, LimitPolicy{10, blocked, blocked, false}) {}

std::vector<Charge> Kucoin::charges(const Request&, const std::string& path) const {
  int weight = 5;
  if (path == "/api/v1/timestamp") weight = 2;
  if (path.starts_with("/api/v1/contracts/") || path == "/api/v1/kline/query") weight = 3;
  if (path == "/api/v1/bullet-public" || path == "/api/ua/v1/market/open-interest") weight = 10;
  return {Charge{"pool", weight, pool, pool_window}};
}

Response Kucoin::refusal(const LimitVerdict& verdict, const Request&, Ms now) {
  last_request_ = now;
  if (verdict.kind == LimitVerdict::Kind::banned) return bad("1015", "Your IP is blocked for 30 seconds.", 429);
  return bad("429000", "Too many requests", 429);
}

Response Kucoin::not_found(Ms) const { return bad("404000", "Url Not Found", 404); }

void Kucoin::decorate(Response& response, const LimitVerdict& verdict) {
  if (verdict.kind == LimitVerdict::Kind::banned) return;
  const Ms end = (last_request_ / pool_window + 1) * pool_window;
  response.headers.emplace_back("gw-ratelimit-limit", std::to_string(pool));
  response.headers.emplace_back("gw-ratelimit-remaining", std::to_string(std::max(0, pool - verdict.used)));
  response.headers.emplace_back("gw-ratelimit-reset", std::to_string(end - last_request_));
}

Response Kucoin::answer(const Request& request, const std::string& path, Ms now) {
  last_request_ = now;
  if (path == "/api/v1/bullet-public") return request.method == "POST" ? bullet(request) : not_found(now);
  if (request.method != "GET") return not_found(now);
  if (path == "/api/v1/timestamp") return good(now);
  if (path == "/api/v1/contracts/active") {
    Json rows = Json::array();
    for (const auto& contract : contracts()) {
      if (contract->trading) rows.push_back(contract_row(*contract, now));
    }
    return good(rows);
  }
  if (path == "/api/v1/allTickers") return all_tickers(now);
  if (path == "/api/ua/v2/market/funding-rate") return all_rates(now);
  if (path == "/api/ua/v1/market/open-interest") return all_interest(now);
  return of_one(request, path, now);
}

/// Where to connect, and with which token. The address is the one that the caller used for this request.
Response Kucoin::bullet(const Request& request) {
  const auto token = "sandbox" + std::to_string(mix(key_of(request.client), tokens_.size() + 1));
  tokens_.insert(token);
  const auto host = text_param(request.headers, "host", "127.0.0.1");
  const Json server{{"endpoint", "ws://" + host + "/kucoin/"},
                    {"encrypt", false},
                    {"protocol", "websocket"},
                    {"pingInterval", 18'000},
                    {"pingTimeout", 10'000}};
  return good(Json{{"token", token}, {"instanceServers", Json::array({server})}});
}

Json Kucoin::contract_row(const Contract& contract, Ms now) const {
  const bool inverse = contract.kind == Contract::Kind::inverse;
  const auto stats = world_.day_stats(contract, now);
  const auto funding = world_.funding(contract, now);
  const double mark = world_.mark(contract, now);
  const auto base = currency(contract);
  const auto quote = std::string(inverse ? "USD" : "USDT");
  const auto hours = std::to_string(funding.interval_hours);
  return Json{{"symbol", contract.symbol},
              {"rootSymbol", quote},
              {"type", "FFWCSX"},
              {"firstOpenDate", contract.listed},
              {"expireDate", nullptr},
              {"baseCurrency", base},
              {"quoteCurrency", quote},
              {"settleCurrency", inverse ? base : quote},
              {"lotSize", 1},
              {"tickSize", std::pow(10.0, -contract.price_decimals)},
              {"multiplier", inverse ? -1.0 : contract.contract_size},
              {"isQuanto", false},
              {"isInverse", inverse},
              {"fundingRateSymbol", "." + contract.symbol + "FPI" + hours + "H"},
              {"indexSymbol", ".K" + base + quote},
              {"status", "Open"},
              {"fundingFeeRate", funding.rate},
              {"predictedFundingFeeRate", nullptr},
              {"fundingRateGranularity", funding.interval_hours * hour},
              {"openInterest", std::to_string(kucoin_lots(contract, world_.open_interest(contract, now), mark))},
              {"turnoverOf24h", stats.quote},
              {"volumeOf24h", stats.base},
              {"markPrice", mark},
              {"indexPrice", world_.index(contract, now)},
              {"lastTradePrice", stats.last},
              {"nextFundingRateTime", funding.next - now},  // what remains of the period
              {"nextFundingRateDateTime", funding.next},
              {"lowPrice", stats.low},
              {"highPrice", stats.high},
              {"priceChgPct", stats.last / stats.open - 1},
              {"priceChg", stats.last - stats.open}};
}

Response Kucoin::all_tickers(Ms now) const {
  Json rows = Json::array();
  for (const auto& contract : contracts()) {
    if (!contract->trading) continue;
    const auto book = book_of(world_, *contract, 1, now);
    const int p = contract->price_decimals;
    const double last = world_.last(*contract, now);
    rows.push_back(Json{{"sequence", now / second},
                        {"symbol", contract->symbol},
                        {"side", "buy"},
                        {"size", 1},
                        {"price", fixed(last, p)},
                        {"bestBidPrice", fixed(book.bids[0].price, p)},
                        {"bestBidSize", kucoin_lots(*contract, book.bids[0].size, last)},
                        {"bestAskPrice", fixed(book.asks[0].price, p)},
                        {"bestAskSize", kucoin_lots(*contract, book.asks[0].size, last)},
                        {"ts", now * nanos}});
  }
  return good(rows);
}

Response Kucoin::all_rates(Ms now) const {
  Json rows = Json::array();
  for (const auto& contract : contracts()) {
    const auto funding = world_.funding(*contract, now);
    const Json row{{"symbol", contract->symbol},
                   {"nextFundingRate", number(funding.rate)},
                   {"fundingTime", funding.next},
                   {"fundingRateCap", number(contract->cap)},
                   {"fundingRateFloor", number(-contract->cap)},
                   {"currentGranularity", funding.interval_hours * hour},
                   {"newGranularity", nullptr},
                   {"newGranularityStartTime", nullptr}};
    rows.push_back(row);
    auto of_index = row;  // rows of indices stand between them, to be passed over
    of_index["symbol"] = "." + contract->symbol + "FPI" + std::to_string(funding.interval_hours) + "H";
    rows.push_back(of_index);
  }
  return good(rows);
}

Response Kucoin::all_interest(Ms now) const {
  Json rows = Json::array();
  for (const auto& contract : contracts()) {
    const auto lots = kucoin_lots(*contract, world_.open_interest(*contract, now), world_.mark(*contract, now));
    rows.push_back(Json{{"symbol", contract->symbol}, {"openInterest", std::to_string(lots)}, {"ts", now}});
  }
  return good(rows);
}

Response Kucoin::of_one(const Request& request, const std::string& path, Ms now) const {
  const bool current = path.starts_with("/api/v1/funding-rate/") && path.ends_with("/current");
  const bool row = path.starts_with("/api/v1/contracts/");
  constexpr std::array<std::string_view, 5> by_query{"/api/v1/kline/query", "/api/v1/contract/funding-rates",
                                                     "/api/v1/level2/depth20", "/api/v1/level2/depth100",
                                                     "/api/v1/trade/history"};
  if (!current && !row && std::ranges::find(by_query, path) == by_query.end()) return not_found(now);
  const auto symbol = current ? split(path, '/').at(4) : row ? last_part(path) : text_param(request.query, "symbol");
  const auto* contract = world_.find(venue_, symbol);
  if (contract == nullptr || contract->symbol != symbol) {
    return path.starts_with("/api/v1/level2/") ? bad("200003", "Symbol does not exist")
                                               : bad("100003", "Contract parameter invalid.");
  }
  if (row) return good(contract_row(*contract, now));
  if (path == "/api/v1/kline/query") return klines(request, *contract, now);
  if (path == "/api/v1/contract/funding-rates") return rates(request, *contract, now);
  if (path == "/api/v1/trade/history") return trades(*contract, now);
  if (!current) return depth(*contract, path.ends_with("100") ? 100 : 20, now);
  const auto funding = world_.funding(*contract, now);
  return good(Json{{"symbol", "." + contract->symbol + "FPI" + std::to_string(funding.interval_hours) + "H"},
                   {"granularity", funding.interval_hours * hour},
                   {"timePoint", funding.next - funding.interval_hours * hour},
                   {"value", funding.rate},
                   {"predictedValue", nullptr},
                   {"fundingTime", funding.next}});
}

Response Kucoin::klines(const Request& request, const Contract& contract, Ms now) const {
  const auto minutes = int_param(request.query, "granularity", 0);
  if (!minutes_known(minutes)) return bad("400100", "granularity invalid", 400);
  const auto bars = world_.bars(contract, minutes * minute, int_param(request.query, "from", 0),
                                int_param(request.query, "to", now), klines_most, now);
  Json rows = Json::array();
  for (const auto& bar : bars) {
    const auto lots = kucoin_lots(contract, bar.base, bar.close);
    auto row = Json::array({bar.open_time, bar.open, bar.high, bar.low, bar.close, lots});
    row.push_back(bar.quote);
    rows.push_back(row);
  }
  return good(rows);
}

/// Newest first (memory: EXCHANGES.md does not word this call).
Response Kucoin::rates(const Request& request, const Contract& contract, Ms now) const {
  if (!request.query.contains("from") || !request.query.contains("to")) return bad("400100", "from, to", 400);
  auto rows =
      world_.settlements(contract, int_param(request.query, "from", 0), int_param(request.query, "to", now), now);
  std::ranges::reverse(rows);
  Json out = Json::array();
  for (const auto& row : rows) {
    if (out.size() == 100) break;
    out.push_back(Json{{"symbol", contract.symbol}, {"fundingRate", row.rate}, {"timepoint", row.time}});
  }
  return good(out);
}

Response Kucoin::depth(const Contract& contract, std::size_t levels, Ms now) const {
  const auto book = book_of(world_, contract, levels, now);
  const auto side = [&](const std::vector<Level>& rows) {
    Json out = Json::array();
    for (const auto& level : rows)
      out.push_back(Json::array({level.price, kucoin_lots(contract, level.size, level.price)}));
    return out;
  };
  return good(Json{{"symbol", contract.symbol},
                   {"sequence", now / second},
                   {"bids", side(book.bids)},
                   {"asks", side(book.asks)},
                   {"ts", now * nanos}});
}

Response Kucoin::trades(const Contract& contract, Ms now) const {
  Json rows = Json::array();
  for (const auto& print : tape_of(world_, contract, 100, now)) {
    const auto lots = std::max<std::int64_t>(1, kucoin_lots(contract, print.size, print.price));
    rows.insert(rows.begin(), Json{{"sequence", print.id},
                                   {"tradeId", std::to_string(print.id)},
                                   {"size", lots},
                                   {"price", fixed(print.price, contract.price_decimals)},
                                   {"side", print.taker_buys ? "buy" : "sell"},
                                   {"ts", print.time * nanos}});
  }
  return good(rows);
}

}  // namespace sandbox
