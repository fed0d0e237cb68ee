#include "tests/sandbox/okx.hpp"

#include <algorithm>
#include <cmath>

#include "tests/sandbox/market/tape.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {

Response envelope(const std::string& code, const std::string& words, const Json& data, int status = 200) {
  return json_response(Json{{"code", code}, {"msg", words}, {"data", data}}, status);
}

Response good(const Json& data) { return envelope("0", "", data); }

Response bad(const std::string& code, const std::string& words, int status = 200) {
  return envelope(code, words, Json::array(), status);
}

Response unknown_instrument() { return bad("51001", "Instrument ID, Instrument ID code or Spread ID doesn't exist."); }

std::string stamp(Ms time) { return std::to_string(time); }

/// Contracts of a size in coins, in whole lots.
std::string lots(const Contract& contract, double size) {
  return fixed(size / contract.contract_size, contract.size_decimals);
}

}  // namespace

std::string okx_family(const std::string& instrument) { return instrument.substr(0, instrument.rfind('-')); }

Ms okx_bar(const std::string& word) {
  static const std::map<std::string, Ms> known{
      {"1m", minute}, {"3m", 3 * minute}, {"5m", 5 * minute}, {"15m", 15 * minute}, {"30m", 30 * minute},
      {"1H", hour},   {"2H", 2 * hour},   {"4H", 4 * hour},   {"6Hutc", 6 * hour},  {"12Hutc", 12 * hour},
      {"1Dutc", day}, {"1D", day},        {"6H", 6 * hour},   {"12H", 12 * hour}};
  const auto found = known.find(word);
  return found == known.end() ? 0 : found->second;
}

Json okx_order(const Contract& contract, bool long_closed, double size, double price, Ms time) {
  const Json detail{{"bkLoss", "0"},
                    {"bkPx", fixed(price, contract.price_decimals)},
                    {"ccy", ""},
                    {"posSide", long_closed ? "long" : "short"},
                    {"side", long_closed ? "sell" : "buy"},
                    {"sz", lots(contract, size)},
                    {"ts", stamp(time)}};
  return Json{{"details", Json::array({detail})},
              {"instFamily", okx_family(contract.symbol)},
              {"instId", contract.symbol},
              {"instType", "SWAP"},
              {"uly", okx_family(contract.symbol)}};
}

Json okx_candle(const Contract& contract, const Bar& bar) {
  const int p = contract.price_decimals;
  return Json::array({stamp(bar.open_time), fixed(bar.open, p), fixed(bar.high, p), fixed(bar.low, p),
                      fixed(bar.close, p), lots(contract, bar.base), number(bar.base), number(bar.quote),
                      bar.closed ? "1" : "0"});
}

Okx::Okx(World& world, Faults& faults) : Exchange(Venue::okx, world, faults, LimitPolicy{0, minute, minute, false}) {}

std::vector<Charge> Okx::charges(const Request& request, const std::string& path) const {
  int most = 20;
  auto bucket = path;
  if (path == "/api/v5/public/funding-rate" || path == "/api/v5/public/funding-rate-history") {
    most = 10;
    bucket += " " + text_param(request.query, "instId");  // counted by address and instrument
  }
  if (path == "/api/v5/public/mark-price") most = 10;
  if (path == "/api/v5/market/candles" || path == "/api/v5/market/books") most = 40;
  if (path == "/api/v5/market/trades") most = 100;
  return {Charge{bucket, 1, most, 2 * second}};
}

Response Okx::refusal(const LimitVerdict& verdict, const Request&, Ms) {
  if (verdict.kind == LimitVerdict::Kind::banned) return bad("50011", "Too Many Requests", 403);
  // Both forms are documented: with HTTP 429 and with HTTP 200.
  return bad("50011", "Too Many Requests", ++refused_ % 2 == 1 ? 429 : 200);
}

Response Okx::not_found(Ms) const { return bad("404", "Not Found", 404); }

Response Okx::answer(const Request& request, const std::string& path, Ms now) {
  if (path == "/api/v5/public/time") return good(Json::array({Json{{"ts", stamp(now)}}}));
  const bool by_type = path == "/api/v5/public/mark-price" || path == "/api/v5/public/open-interest" ||
                       path == "/api/v5/market/tickers" || path == "/api/v5/public/instruments";
  if (by_type && text_param(request.query, "instType") != "SWAP") return bad("51000", "Parameter instType error");
  if (path == "/api/v5/public/mark-price") return each(request, &Okx::mark, now);
  if (path == "/api/v5/public/open-interest") return each(request, &Okx::open_interest, now);
  if (path == "/api/v5/market/tickers") return each(request, &Okx::ticker, now);
  if (path == "/api/v5/public/instruments") return each(request, &Okx::instrument, now);
  if (path == "/api/v5/market/index-tickers") {
    if (text_param(request.query, "quoteCcy") != "USDT") return bad("51000", "Parameter quoteCcy error");
    return each(request, &Okx::index, now);
  }
  if (path == "/api/v5/public/funding-rate" && text_param(request.query, "instId") == "ANY")
    return each(Request{}, &Okx::funding, now);
  if (path == "/api/v5/public/liquidation-orders") return old_liquidations(request, now);
  return of_one(request, path, now);
}

Response Okx::each(const Request& request, One one, Ms now) const {
  const auto wanted = text_param(request.query, "instId");
  Json data = Json::array();
  for (const auto& contract : contracts()) {
    if (!contract->trading && one != &Okx::instrument) continue;
    if (one == &Okx::index && contract->kind != Contract::Kind::perpetual) continue;
    if (wanted.empty() || wanted == contract->symbol) data.push_back((this->*one)(*contract, now));
  }
  return data.empty() ? unknown_instrument() : good(data);
}

/// The endpoints of one instrument.
Response Okx::of_one(const Request& request, const std::string& path, Ms now) const {
  const bool known_path = path == "/api/v5/public/funding-rate" || path == "/api/v5/public/funding-rate-history" ||
                          path == "/api/v5/market/candles" || path == "/api/v5/market/history-candles" ||
                          path == "/api/v5/market/ticker" || path == "/api/v5/market/books" ||
                          path == "/api/v5/market/trades";
  if (!known_path) return not_found(now);
  const auto id = text_param(request.query, "instId");
  if (id.empty()) return bad("50014", "Parameter instId can not be empty.", 400);
  const auto* contract = world_.find(venue_, id);
  if (contract == nullptr || contract->symbol != id) return unknown_instrument();
  if (path == "/api/v5/public/funding-rate") return good(Json::array({funding(*contract, now)}));
  if (path == "/api/v5/public/funding-rate-history") return funding_history(request, *contract, now);
  if (path == "/api/v5/market/candles") return candles(request, *contract, 300, now);
  if (path == "/api/v5/market/history-candles") return candles(request, *contract, 100, now);
  if (path == "/api/v5/market/ticker") return good(Json::array({ticker(*contract, now)}));
  if (path == "/api/v5/market/books") return books(request, *contract, now);
  return trades(request, *contract, now);
}

Response Okx::books(const Request& request, const Contract& contract, Ms now) const {
  const auto book = book_of(world_, contract,
                            static_cast<std::size_t>(std::clamp<Ms>(int_param(request.query, "sz", 1), 1, 400)), now);
  const auto side = [&](const std::vector<Level>& rows) {
    Json out = Json::array();
    for (const auto& level : rows) {
      out.push_back(Json::array({fixed(level.price, contract.price_decimals), lots(contract, level.size), "0", "3"}));
    }
    return out;
  };
  return good(Json::array({Json{{"asks", side(book.asks)}, {"bids", side(book.bids)}, {"ts", stamp(now)}}}));
}

Response Okx::trades(const Request& request, const Contract& contract, Ms now) const {
  Json data = Json::array();
  const auto count = static_cast<std::size_t>(std::clamp<Ms>(int_param(request.query, "limit", 100), 1, 500));
  for (const auto& print : tape_of(world_, contract, count, now)) {
    data.insert(data.begin(), Json{{"instId", contract.symbol},
                                   {"side", print.taker_buys ? "buy" : "sell"},
                                   {"sz", lots(contract, print.size)},
                                   {"px", fixed(print.price, contract.price_decimals)},
                                   {"tradeId", std::to_string(print.id)},
                                   {"ts", stamp(print.time)}});
  }
  return good(data);
}

Response Okx::candles(const Request& request, const Contract& contract, Ms limit_most, Ms now) const {
  const Ms length = okx_bar(text_param(request.query, "bar", "1m"));
  if (length == 0) return bad("51000", "Parameter bar error");
  const auto limit = static_cast<std::size_t>(std::clamp<Ms>(int_param(request.query, "limit", 100), 1, limit_most));
  // Paging is inverted: after = older than, before = newer than.
  const Ms to = int_param(request.query, "after", now + 1) - 1;
  const Ms from = int_param(request.query, "before", -1) + 1;
  auto bars = world_.bars(contract, length, from, to, limit, now);
  std::ranges::reverse(bars);
  Json data = Json::array();
  for (const auto& bar : bars) data.push_back(okx_candle(contract, bar));
  return good(data);
}

Response Okx::funding_history(const Request& request, const Contract& contract, Ms now) const {
  const auto limit = static_cast<std::size_t>(std::clamp<Ms>(int_param(request.query, "limit", 400), 1, 400));
  auto rows = world_.settlements(contract, int_param(request.query, "before", -1) + 1,
                                 int_param(request.query, "after", now + 1) - 1, now);
  std::ranges::reverse(rows);
  if (rows.size() > limit) rows.resize(limit);
  Json data = Json::array();
  for (const auto& row : rows) {
    data.push_back(Json{{"instType", "SWAP"},
                        {"instId", contract.symbol},
                        {"fundingRate", number(row.rate)},
                        {"realizedRate", number(row.rate)},
                        {"fundingTime", stamp(row.time)},
                        {"method", "current_period"},
                        {"formulaType", "withRate"}});
  }
  return good(data);
}

Response Okx::old_liquidations(const Request& request, Ms now) const {
  const auto family = text_param(request.query, "uly", text_param(request.query, "instFamily"));
  const auto* contract = world_.find(venue_, family + "-SWAP");
  if (contract == nullptr) return bad("51000", "Parameter uly error");
  return good(Json::array({old_order(*contract, now)}));
}

Json Okx::old_order(const Contract& contract, Ms now) const {
  const Ms long_ago = now - 3 * minute;
  const double price = world_.last(contract, long_ago);
  return okx_order(contract, true, 2'000 / price, price, long_ago);
}

Json Okx::funding(const Contract& contract, Ms now) const {
  const auto state = world_.funding(contract, now);
  const Ms after = (state.next / (state.interval_hours * hour) + 1) * state.interval_hours * hour;
  return Json{{"formulaType", "withRate"},
              {"fundingRate", number(state.rate)},
              {"fundingTime", stamp(state.next)},
              {"instId", contract.symbol},
              {"instType", "SWAP"},
              {"method", "current_period"},
              {"maxFundingRate", number(contract.cap)},
              {"minFundingRate", number(-contract.cap)},
              {"nextFundingRate", ""},
              {"nextFundingTime", stamp(after)},
              {"premium", "0.0001233824646391"},
              {"settFundingRate", number(state.settled_rate)},
              {"settState", "settled"},
              {"ts", stamp(now)}};
}

Json Okx::mark(const Contract& contract, Ms now) const {
  return Json{{"instType", "SWAP"},
              {"instId", contract.symbol},
              {"markPx", fixed(world_.mark(contract, now), contract.price_decimals)},
              {"ts", stamp(now)}};
}

Json Okx::index(const Contract& contract, Ms now) const {
  const auto price = fixed(world_.index(contract, now), contract.price_decimals);
  return Json{{"instId", okx_family(contract.symbol)},
              {"idxPx", price},
              {"high24h", price},
              {"low24h", price},
              {"open24h", price},
              {"sodUtc0", price},
              {"sodUtc8", price},
              {"ts", stamp(now)}};
}

Json Okx::open_interest(const Contract& contract, Ms now) const {
  const double size = world_.open_interest(contract, now);
  return Json{{"instType", "SWAP"},
              {"instId", contract.symbol},
              {"oi", lots(contract, size)},
              {"oiCcy", number(size)},
              {"oiUsd", number(size * world_.mark(contract, now))},
              {"ts", stamp(now)}};
}

Json Okx::ticker(const Contract& contract, Ms now) const {
  const auto stats = world_.day_stats(contract, now);
  const auto book = book_of(world_, contract, 1, now);
  const int p = contract.price_decimals;
  return Json{{"instType", "SWAP"},
              {"instId", contract.symbol},
              {"last", fixed(stats.last, p)},
              {"lastSz", "1"},
              {"askPx", fixed(book.asks[0].price, p)},
              {"askSz", lots(contract, book.asks[0].size)},
              {"bidPx", fixed(book.bids[0].price, p)},
              {"bidSz", lots(contract, book.bids[0].size)},
              {"open24h", fixed(stats.open, p)},
              {"high24h", fixed(stats.high, p)},
              {"low24h", fixed(stats.low, p)},
              {"volCcy24h", number(stats.base)},
              {"vol24h", lots(contract, stats.base)},
              {"sodUtc0", fixed(stats.open, p)},
              {"sodUtc8", fixed(stats.open, p)},
              {"ts", stamp(now)}};
}

Json Okx::instrument(const Contract& contract, Ms) const {
  const bool inverse = contract.kind == Contract::Kind::inverse;
  const auto lot = number(std::pow(10.0, -contract.size_decimals));
  return Json{{"instType", "SWAP"},
              {"instId", contract.symbol},
              {"uly", okx_family(contract.symbol)},
              {"instFamily", okx_family(contract.symbol)},
              {"baseCcy", ""},
              {"quoteCcy", ""},
              {"settleCcy", inverse ? contract.coin : "USDT"},
              {"ctVal", number(contract.contract_size)},
              {"ctMult", "1"},
              {"ctValCcy", inverse ? "USD" : contract.base},
              {"ctType", inverse ? "inverse" : "linear"},
              {"lotSz", lot},
              {"minSz", lot},
              {"tickSz", number(std::pow(10.0, -contract.price_decimals))},
              {"listTime", stamp(contract.listed)},
              {"expTime", ""},
              {"state", contract.trading ? "live" : "suspend"},
              {"ruleType", "normal"}};
}

}  // namespace sandbox
