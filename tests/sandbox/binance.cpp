#include "tests/sandbox/binance.hpp"

#include <algorithm>
#include <cmath>

#include "tests/sandbox/market/tape.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {

constexpr int weight_limit = 2400;
constexpr Ms forever = 4'133'404'800'000;  ///< the delivery date that perpetuals carry

Response error(int status, int code, const std::string& text) {
  return json_response(Json{{"code", code}, {"msg", text}}, status);
}

int klines_weight(Ms limit) { return limit < 100 ? 1 : limit < 500 ? 2 : limit <= 1000 ? 5 : 10; }

int depth_weight(Ms limit) { return limit <= 50 ? 2 : limit <= 100 ? 5 : limit <= 500 ? 10 : 20; }

Json bar_row(const Contract& contract, const Bar& bar) {
  const int p = contract.price_decimals;
  return Json::array({bar.open_time, fixed(bar.open, p), fixed(bar.high, p), fixed(bar.low, p), fixed(bar.close, p),
                      fixed(bar.base, contract.size_decimals), bar.open_time + bar.length - 1, fixed(bar.quote, 8),
                      bar.trades, fixed(bar.taker_buy_base, contract.size_decimals), fixed(bar.taker_buy_quote, 8),
                      "0"});
}

}  // namespace

Ms binance_interval(const std::string& word) {
  static const std::map<std::string, Ms> known{
      {"1m", minute},     {"3m", 3 * minute}, {"5m", 5 * minute}, {"15m", 15 * minute}, {"30m", 30 * minute},
      {"1h", hour},       {"2h", 2 * hour},   {"4h", 4 * hour},   {"6h", 6 * hour},     {"8h", 8 * hour},
      {"12h", 12 * hour}, {"1d", day},        {"3d", 3 * day}};
  const auto found = known.find(word);
  return found == known.end() ? 0 : found->second;
}

Binance::Binance(World& world, Faults& faults)
    : Binance(Venue::binance, world, faults, {.most = 1024, .ping_every = 3 * minute, .coin_margined = true}) {}

std::vector<Charge> Binance::charges(const Request& request, const std::string& path) const {
  const bool one = request.query.contains("symbol");
  const auto weight = [](int cost) { return std::vector<Charge>{Charge{"weight", cost, weight_limit, minute}}; };
  if (path == "/fapi/v1/premiumIndex") return weight(one ? 1 : 10);
  if (path == "/fapi/v1/ticker/24hr") return weight(one ? 1 : 40);
  if (path == "/fapi/v1/ticker/price" || path == "/fapi/v2/ticker/price") return weight(one ? 1 : 2);
  if (path == "/fapi/v1/ticker/bookTicker") return weight(one ? 2 : 5);
  if (path == "/fapi/v1/klines") return weight(klines_weight(int_param(request.query, "limit", 500)));
  if (path == "/fapi/v1/depth") return weight(depth_weight(int_param(request.query, "limit", 500)));
  if (path == "/fapi/v1/trades") return weight(5);
  if (path == "/fapi/v1/aggTrades") return weight(20);
  if (path == "/fapi/v1/fundingRate" || path == "/fapi/v1/fundingInfo") {
    return {Charge{"weight", 0, weight_limit, minute}, Charge{"funding 5m", 1, 500, 5 * minute}};
  }
  if (path.starts_with("/futures/data/")) {
    return {Charge{"weight", 0, weight_limit, minute}, Charge{"data 5m", 1, 1000, 5 * minute}};
  }
  return weight(1);
}

void Binance::decorate(Response& response, const LimitVerdict& verdict) {
  if (verdict.limit > 0) response.headers.emplace_back("X-MBX-USED-WEIGHT-1M", std::to_string(verdict.used));
}

Response Binance::refusal(const LimitVerdict& verdict, const Request& request, Ms now) {
  const auto seconds = std::to_string(std::max<Ms>(1, (verdict.until - now + 999) / 1000));
  Response out;
  if (verdict.kind == LimitVerdict::Kind::banned) {
    out = error(418, -1003,
                "Way too many requests; IP(" + request.client + ") banned until " + std::to_string(verdict.until) +
                    ". Please use the websocket for live updates to avoid bans.");
  } else {
    out = error(429, -1003,
                "Too many requests; current limit of IP(" + request.client + ") is " + std::to_string(verdict.limit) +
                    " requests per minute. Please use the websocket for live updates to avoid polling the API.");
  }
  out.headers.emplace_back("Retry-After", seconds);
  return out;
}

Response Binance::not_found(Ms) const {
  Response out;
  out.status = 404;
  out.type = "text/html";
  out.body = "<html><body><h2>404 Not found</h2></body></html>";
  return out;
}

Response Binance::answer(const Request& request, const std::string& path, Ms now) {
  if (request.method != "GET") return error(405, -1100, "Method not allowed.");
  if (path == "/fapi/v1/ping") return json_response(Json::object());
  if (path == "/fapi/v1/time") return json_response(Json{{"serverTime", now}});
  if (path == "/fapi/v1/exchangeInfo") return json_response(exchange_info(now));
  if (path == "/fapi/v1/fundingInfo") return json_response(funding_info(false));
  if (path == "/fapi/v1/fundingRate") return json_response(funding_rates(request, now));
  if (path == "/fapi/v1/premiumIndex") return each(request, &Binance::premium_index, now);
  if (path == "/fapi/v1/ticker/24hr") return each(request, &Binance::ticker, now);
  if (path == "/fapi/v1/ticker/price" || path == "/fapi/v2/ticker/price") return each(request, &Binance::price, now);
  if (path == "/fapi/v1/ticker/bookTicker") return each(request, &Binance::book_ticker, now);
  return history(request, path, now);
}

Response Binance::each(const Request& request, One one, Ms now) const {
  if (const auto symbol = request.query.find("symbol"); symbol != request.query.end()) {
    const auto* contract = world_.find(venue_, symbol->second);
    if (contract == nullptr || contract->symbol != symbol->second) return error(400, -1121, "Invalid symbol.");
    return json_response((this->*one)(*contract, now));
  }
  Json out = Json::array();
  for (const auto& contract : contracts()) {
    if (contract->trading) out.push_back((this->*one)(*contract, now));
  }
  return json_response(out);
}

/// The endpoints of one symbol.
Response Binance::history(const Request& request, const std::string& path, Ms now) const {
  const bool known = path == "/fapi/v1/openInterest" || path == "/futures/data/openInterestHist" ||
                     path == "/fapi/v1/klines" || path == "/fapi/v1/depth" || path == "/fapi/v1/trades" ||
                     path == "/fapi/v1/aggTrades";
  if (!known) return not_found(now);
  const auto symbol = text_param(request.query, "symbol");
  if (symbol.empty()) {
    return error(400, -1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.");
  }
  const auto* contract = world_.find(venue_, symbol);
  if (contract == nullptr || contract->symbol != symbol) return error(400, -1121, "Invalid symbol.");
  const auto limit = static_cast<std::size_t>(std::clamp<Ms>(int_param(request.query, "limit", 500), 1, 1000));
  if (path == "/fapi/v1/klines") return klines(request, *contract, now);
  if (path == "/fapi/v1/depth") return json_response(depth(*contract, limit, now));
  if (path == "/fapi/v1/openInterest") {
    const auto size = fixed(world_.open_interest(*contract, now), contract->size_decimals);
    return json_response(Json{{"openInterest", size}, {"symbol", symbol}, {"time", now}});
  }
  Json out = Json::array();
  if (path == "/futures/data/openInterestHist") {
    const Ms period = binance_interval(text_param(request.query, "period"));
    if (period < 5 * minute) return error(400, -1130, "parameter 'period' is invalid.");
    const auto rows = std::min<std::size_t>(limit, 500);
    for (std::size_t i = rows; i-- > 0;) {
      const Ms at = (now / period - static_cast<Ms>(i)) * period;
      const double size = world_.open_interest(*contract, at);
      out.push_back(Json{{"symbol", symbol},
                         {"sumOpenInterest", fixed(size, 8)},
                         {"timestamp", at},
                         {"sumOpenInterestValue", fixed(size * world_.mark(*contract, at), 8)}});
    }
    return json_response(out);
  }
  for (const auto& print : tape_of(world_, *contract, limit, now)) {
    const auto p = fixed(print.price, contract->price_decimals);
    const auto q = fixed(print.size, contract->size_decimals);
    if (path == "/fapi/v1/trades") {
      out.push_back(Json{{"id", print.id},
                         {"price", p},
                         {"qty", q},
                         {"quoteQty", fixed(print.price * print.size, 4)},
                         {"time", print.time},
                         {"isBuyerMaker", !print.taker_buys},
                         {"isRPITrade", false}});
    } else {
      out.push_back(Json{{"a", print.id},
                         {"p", p},
                         {"q", q},
                         {"nq", q},
                         {"f", print.id},
                         {"l", print.id},
                         {"T", print.time},
                         {"m", !print.taker_buys}});
    }
  }
  return json_response(out);
}

Json Binance::exchange_info(Ms now) const {
  Json symbols = Json::array();
  for (const auto& contract : contracts()) {
    const bool dated = contract->kind == Contract::Kind::dated;
    const auto tick = fixed(std::pow(10.0, -contract->price_decimals), contract->price_decimals);
    const auto step = fixed(std::pow(10.0, -contract->size_decimals), contract->size_decimals);
    symbols.push_back(Json{{"symbol", contract->symbol},
                           {"pair", contract->base + "USDT"},
                           {"contractType", dated ? "CURRENT_QUARTER" : "PERPETUAL"},
                           {"deliveryDate", dated ? Ms{1'798'185'600'000} : forever},
                           {"onboardDate", contract->listed},
                           {"status", contract->trading ? "TRADING" : "SETTLING"},
                           {"baseAsset", contract->base},
                           {"quoteAsset", "USDT"},
                           {"marginAsset", "USDT"},
                           {"pricePrecision", contract->price_decimals},
                           {"quantityPrecision", contract->size_decimals},
                           {"underlyingType", "COIN"},
                           {"filters", Json::array({Json{{"filterType", "PRICE_FILTER"}, {"tickSize", tick}},
                                                    Json{{"filterType", "LOT_SIZE"}, {"stepSize", step}}})}});
  }
  const Json limit{
      {"interval", "MINUTE"}, {"intervalNum", 1}, {"limit", weight_limit}, {"rateLimitType", "REQUEST_WEIGHT"}};
  return Json{{"timezone", "UTC"}, {"serverTime", now}, {"rateLimits", Json::array({limit})}, {"symbols", symbols}};
}

Json Binance::premium_index(const Contract& contract, Ms now) const {
  const bool dated = contract.kind == Contract::Kind::dated;
  const auto funding = world_.funding(contract, now);
  const auto mark = fixed(world_.mark(contract, now), 8);
  return Json{{"symbol", contract.symbol},
              {"markPrice", mark},
              {"indexPrice", fixed(world_.index(contract, now), 8)},
              {"estimatedSettlePrice", mark},
              {"lastFundingRate", dated ? "" : fixed(funding.rate, 8)},
              {"interestRate", dated ? "0.00000000" : "0.00010000"},
              {"nextFundingTime", dated ? 0 : funding.next},
              {"time", now}};
}

Json Binance::ticker(const Contract& contract, Ms now) const {
  const auto stats = world_.day_stats(contract, now);
  const int p = contract.price_decimals;
  const double average = stats.base > 0 ? stats.quote / stats.base : stats.last;
  return Json{{"symbol", contract.symbol},
              {"priceChange", fixed(stats.last - stats.open, p)},
              {"priceChangePercent", fixed((stats.last / stats.open - 1) * 100, 3)},
              {"weightedAvgPrice", fixed(average, p)},
              {"lastPrice", fixed(stats.last, p)},
              {"lastQty", fixed(1, contract.size_decimals)},
              {"openPrice", fixed(stats.open, p)},
              {"highPrice", fixed(stats.high, p)},
              {"lowPrice", fixed(stats.low, p)},
              {"volume", fixed(stats.base, contract.size_decimals)},
              {"quoteVolume", fixed(stats.quote, 2)},
              {"openTime", now - day},
              {"closeTime", now},
              {"firstId", 1},
              {"lastId", stats.trades},
              {"count", stats.trades}};
}

Json Binance::price(const Contract& contract, Ms now) const {
  return Json{{"symbol", contract.symbol},
              {"price", fixed(world_.last(contract, now), contract.price_decimals)},
              {"time", now}};
}

Json Binance::book_ticker(const Contract& contract, Ms now) const {
  const auto book = book_of(world_, contract, 1, now);
  const int p = contract.price_decimals;
  const int s = contract.size_decimals;
  return Json{{"symbol", contract.symbol},
              {"bidPrice", fixed(book.bids[0].price, p)},
              {"bidQty", fixed(book.bids[0].size, s)},
              {"askPrice", fixed(book.asks[0].price, p)},
              {"askQty", fixed(book.asks[0].size, s)},
              {"time", now}};
}

Json Binance::funding_info(bool all) const {
  Json out = Json::array();
  for (const auto& contract : contracts()) {
    if (contract->kind != Contract::Kind::perpetual) continue;
    if (contract->interval_hours == 8 && !all) continue;  // only what was changed
    out.push_back(Json{{"symbol", contract->symbol},
                       {"adjustedFundingRateCap", fixed(contract->cap, 8)},
                       {"adjustedFundingRateFloor", fixed(-contract->cap, 8)},
                       {"fundingIntervalHours", contract->interval_hours},
                       {"disclaimer", false}});
  }
  return out;
}

Json Binance::funding_rates(const Request& request, Ms now) const {
  const auto symbol = text_param(request.query, "symbol");
  const auto limit = static_cast<std::size_t>(std::clamp<Ms>(int_param(request.query, "limit", 100), 1, 1000));
  const bool from_start = request.query.contains("startTime");
  const Ms from = int_param(request.query, "startTime", symbol.empty() ? now - day : 0);
  const Ms to = int_param(request.query, "endTime", now);
  std::vector<std::pair<Settlement, const Contract*>> rows;
  for (const auto& contract : contracts()) {
    if (contract->kind != Contract::Kind::perpetual || (!symbol.empty() && contract->symbol != symbol)) continue;
    for (const auto& settled : world_.settlements(*contract, from, to, now)) rows.emplace_back(settled, contract.get());
  }
  std::ranges::stable_sort(rows, {}, [](const auto& row) { return row.first.time; });
  if (rows.size() > limit) {
    // A start time pages forward from there; without one the newest rows count.
    from_start ? void(rows.resize(limit))
               : void(rows.erase(rows.begin(), rows.end() - static_cast<std::ptrdiff_t>(limit)));
  }
  Json out = Json::array();
  for (const auto& [settled, contract] : rows) {
    out.push_back(Json{{"symbol", contract->symbol},
                       {"fundingTime", settled.time},
                       {"fundingRate", fixed(settled.rate, 8)},
                       {"markPrice", fixed(world_.mark(*contract, settled.time), 8)},
                       {"rateType", "Regular"}});
  }
  return out;
}

Response Binance::klines(const Request& request, const Contract& contract, Ms now) const {
  const Ms interval = binance_interval(text_param(request.query, "interval"));
  if (interval == 0) return error(400, -1120, "Invalid interval.");
  const auto limit = static_cast<std::size_t>(std::clamp<Ms>(int_param(request.query, "limit", 500), 1, 1500));
  const bool from_start = request.query.contains("startTime");
  const Ms from = int_param(request.query, "startTime", 0);
  Ms to = int_param(request.query, "endTime", now);
  if (from_start)
    to = std::min(to, (from + interval - 1) / interval * interval + (static_cast<Ms>(limit) - 1) * interval);
  Json out = Json::array();
  for (const auto& bar : world_.bars(contract, interval, from, to, limit, now)) out.push_back(bar_row(contract, bar));
  return json_response(out);
}

Json Binance::depth(const Contract& contract, std::size_t levels, Ms now) const {
  const auto book = book_of(world_, contract, levels, now);
  const auto side = [&](const std::vector<Level>& rows) {
    Json out = Json::array();
    for (const auto& level : rows) {
      out.push_back({fixed(level.price, contract.price_decimals), fixed(level.size, contract.size_decimals)});
    }
    return out;
  };
  return Json{{"lastUpdateId", now}, {"E", now}, {"T", now}, {"bids", side(book.bids)}, {"asks", side(book.asks)}};
}

}  // namespace sandbox
