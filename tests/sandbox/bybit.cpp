#include "tests/sandbox/bybit.hpp"

#include <algorithm>
#include <cmath>

#include "tests/sandbox/market/tape.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {

constexpr int requests_most = 600;
constexpr Ms request_window = 5 * second;

Response envelope(int code, const std::string& words, const Json& result, Ms now) {
  return json_response(
      Json{{"retCode", code}, {"retMsg", words}, {"result", result}, {"retExtInfo", Json::object()}, {"time", now}});
}

Response good(const Json& result, Ms now) { return envelope(0, "OK", result, now); }

Response bad(int code, const std::string& words, Ms now) { return envelope(code, words, Json::object(), now); }

std::string plain_step(int decimals) { return number(std::pow(10.0, -decimals)); }

}  // namespace

Ms bybit_interval(const std::string& word) {
  static const std::map<std::string, Ms> known{
      {"1", minute},    {"3", 3 * minute},    {"5", 5 * minute},      {"15", 15 * minute},    {"30", 30 * minute},
      {"60", hour},     {"120", 2 * hour},    {"240", 4 * hour},      {"360", 6 * hour},      {"720", 12 * hour},
      {"D", day},       {"5min", 5 * minute}, {"15min", 15 * minute}, {"30min", 30 * minute}, {"1h", hour},
      {"4h", 4 * hour}, {"1d", day}};
  const auto found = known.find(word);
  return found == known.end() ? 0 : found->second;
}

Bybit::Bybit(World& world, Faults& faults)
    : Exchange(Venue::bybit, world, faults, LimitPolicy{10, 10 * minute, 10 * minute, false}) {}

std::vector<Charge> Bybit::charges(const Request&, const std::string&) const {
  return {Charge{"requests 5s", 1, requests_most, request_window}};
}

Response Bybit::refusal(const LimitVerdict& verdict, const Request&, Ms now) {
  if (verdict.kind == LimitVerdict::Kind::over) return bad(10006, "Too many visits!", now);
  Response out;
  out.status = 403;
  out.type = "text/plain";
  out.body = "403 Forbidden: access too frequent";
  return out;
}

Response Bybit::not_found(Ms) const {
  Response out;
  out.status = 404;
  out.type = "text/plain";
  out.body = "404 page not found";
  return out;
}

Response Bybit::answer(const Request& request, const std::string& path, Ms now) {
  if (path == "/v5/market/time") {
    return good(Json{{"timeSecond", std::to_string(now / 1000)}, {"timeNano", std::to_string(now) + "000000"}}, now);
  }
  if (!path.starts_with("/v5/market/")) return not_found(now);
  if (text_param(request.query, "category") != "linear") return bad(10001, "params error: Category is invalid", now);
  if (path == "/v5/market/tickers") return tickers(request, now);
  if (path == "/v5/market/instruments-info") return instruments(request, now);
  return history(request, path, now);
}

Json Bybit::ticker(const Contract& contract, Ms now) const {
  const auto stats = world_.day_stats(contract, now);
  const auto funding = world_.funding(contract, now);
  const auto book = book_of(world_, contract, 1, now);
  const bool dated = contract.kind != Contract::Kind::perpetual;
  const double mark = world_.mark(contract, now);
  const double one_side = world_.open_interest(contract, now);
  const int p = contract.price_decimals;
  const int s = contract.size_decimals;
  return Json{{"symbol", contract.symbol},
              {"lastPrice", fixed(stats.last, p)},
              {"indexPrice", fixed(world_.index(contract, now), p)},
              {"markPrice", fixed(mark, p)},
              {"prevPrice24h", fixed(stats.open, p)},
              {"price24hPcnt", fixed(stats.last / stats.open - 1, 6)},
              {"highPrice24h", fixed(stats.high, p)},
              {"lowPrice24h", fixed(stats.low, p)},
              {"prevPrice1h", fixed(world_.last(contract, now - hour), p)},
              {"openInterest", fixed(2 * one_side, s)},
              {"openInterestValue", fixed(2 * one_side * mark, 2)},
              {"singleOpenInterest", fixed(one_side, s)},
              {"singleOpenInterestValue", fixed(one_side * mark, 2)},
              {"turnover24h", fixed(stats.quote, 4)},
              {"volume24h", fixed(stats.base, s)},
              {"fundingRate", dated ? "" : number(funding.rate)},
              {"nextFundingTime", dated ? "0" : std::to_string(funding.next)},
              {"fundingIntervalHour", dated ? "" : std::to_string(funding.interval_hours)},
              {"fundingCap", dated ? "" : number(contract.cap)},
              {"bid1Price", fixed(book.bids[0].price, p)},
              {"bid1Size", fixed(book.bids[0].size, s)},
              {"ask1Price", fixed(book.asks[0].price, p)},
              {"ask1Size", fixed(book.asks[0].size, s)},
              {"deliveryTime", dated ? "1798185600000" : "0"},
              {"basis", ""}};
}

Response Bybit::tickers(const Request& request, Ms now) const {
  const auto symbol = text_param(request.query, "symbol");
  Json list = Json::array();
  for (const auto& contract : contracts()) {
    if (contract->trading && (symbol.empty() || contract->symbol == symbol)) list.push_back(ticker(*contract, now));
  }
  if (!symbol.empty() && list.empty()) return bad(10001, "params error: Symbol Invalid", now);
  return good(Json{{"category", "linear"}, {"list", list}}, now);
}

Json Bybit::instrument(const Contract& contract) const {
  const bool dated = contract.kind != Contract::Kind::perpetual;
  const auto step = plain_step(contract.size_decimals);
  return Json{{"symbol", contract.symbol},
              {"contractType", dated ? "LinearFutures" : "LinearPerpetual"},
              {"status", contract.trading ? "Trading" : "Closed"},
              {"baseCoin", contract.base},
              {"quoteCoin", "USDT"},
              {"launchTime", std::to_string(contract.listed)},
              {"deliveryTime", dated ? "1798185600000" : "0"},
              {"priceScale", std::to_string(contract.price_decimals)},
              {"priceFilter", Json{{"tickSize", plain_step(contract.price_decimals)}}},
              {"lotSizeFilter", Json{{"minOrderQty", step}, {"qtyStep", step}, {"minNotionalValue", "5"}}},
              {"fundingInterval", dated ? 0 : contract.interval_hours * 60},
              {"settleCoin", "USDT"},
              {"upperFundingRate", number(contract.cap)},
              {"lowerFundingRate", number(-contract.cap)},
              {"isPreListing", false},
              {"symbolType", ""}};
}

Response Bybit::instruments(const Request& request, Ms now) const {
  const auto limit = static_cast<std::size_t>(std::clamp<Ms>(int_param(request.query, "limit", 500), 1, 1000));
  const auto symbol = text_param(request.query, "symbol");
  const auto from = static_cast<std::size_t>(std::max<Ms>(0, int_param(request.query, "cursor", 0)));
  Json list = Json::array();
  const auto& all = contracts();
  // The played exchange cuts its pages short, so that a client which forgets the cursor misses contracts.
  const std::size_t page = std::min<std::size_t>(limit, 8);
  std::size_t at = symbol.empty() ? from : 0;
  for (; at < all.size() && list.size() < page; ++at) {
    if (symbol.empty() || all[at]->symbol == symbol) list.push_back(instrument(*all[at]));
  }
  const auto cursor = at < all.size() && symbol.empty() ? std::to_string(at) : std::string();
  if (!symbol.empty() && list.empty()) return bad(10001, "params error: Symbol Invalid", now);
  return good(Json{{"category", "linear"}, {"list", list}, {"nextPageCursor", cursor}}, now);
}

/// The endpoints of one symbol.
Response Bybit::history(const Request& request, const std::string& path, Ms now) const {
  const auto symbol = text_param(request.query, "symbol");
  const auto* contract = world_.find(venue_, symbol);
  const bool known = contract != nullptr && contract->symbol == symbol;
  const auto wrong = bad(10001, "params error: Symbol Invalid", now);
  if (path == "/v5/market/funding/history") return known ? funding_history(request, *contract, now) : wrong;
  if (path == "/v5/market/kline") return known ? klines(request, *contract, now) : wrong;
  if (path == "/v5/market/open-interest") return known ? open_interest(request, *contract, now) : wrong;
  if (path == "/v5/market/orderbook") {
    if (!known) return wrong;
    const auto levels = static_cast<std::size_t>(std::clamp<Ms>(int_param(request.query, "limit", 25), 1, 1000));
    const auto book = book_of(world_, *contract, levels, now);
    const auto side = [&](const std::vector<Level>& rows) {
      Json out = Json::array();
      for (const auto& level : rows) {
        out.push_back({fixed(level.price, contract->price_decimals), fixed(level.size, contract->size_decimals)});
      }
      return out;
    };
    return good(Json{{"s", symbol},
                     {"b", side(book.bids)},
                     {"a", side(book.asks)},
                     {"ts", now},
                     {"u", now},
                     {"seq", now},
                     {"cts", now}},
                now);
  }
  if (path == "/v5/market/recent-trade") {
    if (!known) return wrong;
    Json list = Json::array();
    const auto count = static_cast<std::size_t>(std::clamp<Ms>(int_param(request.query, "limit", 500), 1, 1000));
    for (const auto& print : tape_of(world_, *contract, count, now)) {
      list.insert(list.begin(), Json{{"execId", std::to_string(print.id)},
                                     {"symbol", symbol},
                                     {"price", fixed(print.price, contract->price_decimals)},
                                     {"size", fixed(print.size, contract->size_decimals)},
                                     {"side", print.taker_buys ? "Buy" : "Sell"},
                                     {"time", std::to_string(print.time)},
                                     {"isBlockTrade", false}});
    }
    return good(Json{{"category", "linear"}, {"list", list}}, now);
  }
  return not_found(now);
}

Response Bybit::funding_history(const Request& request, const Contract& contract, Ms now) const {
  const bool from_start = request.query.contains("startTime");
  if (from_start && !request.query.contains("endTime"))
    return bad(10001, "params error: endTime is required with startTime", now);
  const auto limit = static_cast<std::size_t>(std::clamp<Ms>(int_param(request.query, "limit", 200), 1, 200));
  auto rows = world_.settlements(contract, int_param(request.query, "startTime", 0),
                                 int_param(request.query, "endTime", now), now);
  std::ranges::reverse(rows);
  if (rows.size() > limit) rows.resize(limit);
  Json list = Json::array();
  for (const auto& row : rows) {
    list.push_back(Json{{"symbol", contract.symbol},
                        {"fundingRate", number(row.rate)},
                        {"fundingRateTimestamp", std::to_string(row.time)}});
  }
  return good(Json{{"category", "linear"}, {"list", list}}, now);
}

Response Bybit::klines(const Request& request, const Contract& contract, Ms now) const {
  const Ms interval = bybit_interval(text_param(request.query, "interval"));
  if (interval == 0) return bad(10001, "params error: Invalid interval", now);
  const auto limit = static_cast<std::size_t>(std::clamp<Ms>(int_param(request.query, "limit", 200), 1, 1000));
  auto bars = world_.bars(contract, interval, int_param(request.query, "start", 0),
                          int_param(request.query, "end", now), limit, now);
  std::ranges::reverse(bars);
  Json list = Json::array();
  const int p = contract.price_decimals;
  for (const auto& bar : bars) {
    list.push_back(Json::array({std::to_string(bar.open_time), fixed(bar.open, p), fixed(bar.high, p),
                                fixed(bar.low, p), fixed(bar.close, p), number(bar.base), number(bar.quote)}));
  }
  return good(Json{{"symbol", contract.symbol}, {"category", "linear"}, {"list", list}}, now);
}

Response Bybit::open_interest(const Request& request, const Contract& contract, Ms now) const {
  const Ms interval = bybit_interval(text_param(request.query, "intervalTime"));
  if (interval < 5 * minute) return bad(10001, "params error: Invalid intervalTime", now);
  const auto limit = std::clamp<Ms>(int_param(request.query, "limit", 50), 1, 200);
  Json list = Json::array();
  for (Ms i = 0; i < limit; ++i) {
    const Ms at = (now / interval - i) * interval;
    const double one_side = world_.open_interest(contract, at);
    list.push_back(Json{{"openInterest", fixed(2 * one_side, 8)},
                        {"singleOpenInterest", number(one_side)},
                        {"timestamp", std::to_string(at)}});
  }
  return good(Json{{"symbol", contract.symbol}, {"category", "linear"}, {"list", list}, {"nextPageCursor", ""}}, now);
}

}  // namespace sandbox
