#include "tests/sandbox/bitget.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "tests/sandbox/market/tape.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {

const std::string v2_root = "/api/v2/mix/market/";
const std::string v3_root = "/api/v3/market/";
constexpr int address_most = 6'000;  ///< requests a minute, all endpoints together
constexpr int endpoint_most = 20;    ///< a second
constexpr Ms liquidations_kept = 3 * day;

Response envelope(const std::string& code, const std::string& words, const Json& data, Ms now, int status = 200) {
  return json_response(Json{{"code", code}, {"msg", words}, {"requestTime", now}, {"data", data}}, status);
}

Response good(const Json& data, Ms now) { return envelope("00000", "success", data, now); }

Response bad(const std::string& code, const std::string& words, Ms now) {
  return envelope(code, words, nullptr, now, 400);
}

Response empty_parameter(const std::string& name, Ms now) {
  return bad("40019", "Parameter " + name + " cannot be empty", now);
}

Response wrong_parameter(const std::string& name, Ms now) {
  return bad("400172", "Parameter verification failed " + name, now);
}

std::string stamp(Ms time) { return std::to_string(time); }

Ms rows(const Request& request, const std::string& name, Ms fallback, Ms most) {
  return std::clamp<Ms>(int_param(request.query, name, fallback), 1, most);
}

}  // namespace

Ms bitget_granularity(const std::string& word) {
  static const std::map<std::string, Ms> known{
      {"1m", minute}, {"3m", 3 * minute}, {"5m", 5 * minute}, {"15m", 15 * minute}, {"30m", 30 * minute},
      {"1H", hour},   {"4H", 4 * hour},   {"6H", 6 * hour},   {"12H", 12 * hour},   {"1D", day}};
  const auto found = known.find(word);
  return found == known.end() ? 0 : found->second;
}

Json bitget_candle(const Contract& contract, const Bar& bar) {
  const int p = contract.price_decimals;
  return Json::array({stamp(bar.open_time), fixed(bar.open, p), fixed(bar.high, p), fixed(bar.low, p),
                      fixed(bar.close, p), number(bar.base), number(bar.quote)});
}

Json bitget_liquidation(const Liquidation& event) {
  return Json{{"symbol", event.contract->symbol},
              {"side", event.long_closed ? "buy" : "sell"},
              {"price", fixed(event.price, event.contract->price_decimals)},
              {"amount", fixed(event.size * event.price, 4)},
              {"ts", stamp(event.time)}};
}

Bitget::Bitget(World& world, Faults& faults)
    : Exchange(Venue::bitget, world, faults, LimitPolicy{0, minute, minute, false}) {}

std::vector<Charge> Bitget::charges(const Request&, const std::string& path) const {
  return {Charge{path, 1, endpoint_most, second}, Charge{"ip", 1, address_most, minute}};
}

Response Bitget::refusal(const LimitVerdict&, const Request&, Ms now) {
  return envelope("429", "Too many requests", nullptr, now, 429);
}

Response Bitget::not_found(Ms now) const { return envelope("40404", "Request URL NOT FOUND", nullptr, now, 404); }

Response Bitget::answer(const Request& request, const std::string& path, Ms now) {
  if (path == "/api/v2/public/time") return good(Json{{"serverTime", stamp(now)}}, now);
  if (path.starts_with("/api/mix/v1/")) return bad("40102", "The V1 API has been decommissioned", now);
  if (path.starts_with(v3_root)) return v3(request, path, now);
  if (!path.starts_with(v2_root)) return not_found(now);
  const auto product = text_param(request.query, "productType");
  if (product.empty()) return empty_parameter("productType", now);
  if (upper(product) != "USDT-FUTURES") return wrong_parameter("productType", now);
  if (path == v2_root + "contracts") return each(request, &Bitget::instrument, now);
  if (path == v2_root + "tickers") return each(request, &Bitget::ticker, now);
  if (path == v2_root + "current-fund-rate") return each(request, &Bitget::funding, now);
  return of_one(request, path, now);
}

Response Bitget::each(const Request& request, One one, Ms now) const {
  const auto wanted = text_param(request.query, "symbol");
  Json data = Json::array();
  for (const auto& contract : contracts()) {
    if (!wanted.empty() && wanted != contract->symbol) continue;
    const bool dated = contract->kind != Contract::Kind::perpetual;
    if (one == &Bitget::funding && dated) continue;
    if (contract->trading || one == &Bitget::instrument) data.push_back((this->*one)(*contract, now));
  }
  if (!wanted.empty() && data.empty()) return bad("40034", "Parameter " + wanted + " does not exist", now);
  return good(data, now);
}

/// The endpoints of one contract.
Response Bitget::of_one(const Request& request, const std::string& path, Ms now) const {
  const auto name = path.substr(v2_root.size());
  constexpr std::array<std::string_view, 8> known{"candles",      "history-candles",   "fills",  "merge-depth",
                                                  "funding-time", "history-fund-rate", "ticker", "open-interest"};
  if (std::ranges::find(known, name) == known.end()) return not_found(now);
  const auto symbol = text_param(request.query, "symbol");
  if (symbol.empty()) return empty_parameter("symbol", now);
  const auto* contract = world_.find(venue_, symbol);
  if (contract == nullptr || contract->symbol != symbol)
    return bad("40034", "Parameter " + symbol + " does not exist", now);
  if (name == "candles") return candles(request, *contract, 1'000, now);
  if (name == "history-candles") return candles(request, *contract, 200, now);
  if (name == "fills") return fills(request, *contract, now);
  if (name == "merge-depth") return depth(request, *contract, now);
  if (name == "ticker") return good(Json::array({ticker(*contract, now)}), now);
  if (name == "history-fund-rate") return funding_history(request, *contract, now);
  if (name == "open-interest") {
    const Json row{{"symbol", symbol}, {"size", number(world_.open_interest(*contract, now))}};
    return good(Json{{"openInterestList", Json::array({row})}, {"ts", stamp(now)}}, now);
  }
  const auto state = world_.funding(*contract, now);
  return good(Json::array({Json{{"symbol", symbol},
                                {"nextFundingTime", stamp(state.next)},
                                {"ratePeriod", std::to_string(state.interval_hours)}}}),
              now);
}

Response Bitget::v3(const Request& request, const std::string& path, Ms now) const {
  const auto category = text_param(request.query, "category");
  if (category.empty()) return empty_parameter("category", now);
  if (upper(category) != "USDT-FUTURES") return wrong_parameter("category", now);
  if (path == v3_root + "tickers") return each(request, &Bitget::unified_ticker, now);
  if (path == v3_root + "liquidations") return liquidations(request, now);
  return not_found(now);
}

/// Newest first; the cursor names the last row that was seen.
Response Bitget::liquidations(const Request& request, Ms now) const {
  const auto wanted = text_param(request.query, "symbol");
  if (!wanted.empty()) {
    const auto* contract = world_.find(venue_, wanted);
    if (contract == nullptr || contract->symbol != wanted) return bad("25100", "Symbol does not exist", now);
  }
  const auto most = static_cast<std::size_t>(rows(request, "limit", 100, 100));
  const auto before = static_cast<std::uint64_t>(int_param(request.query, "cursor", 0));
  Json list = Json::array();
  std::uint64_t cursor = 0;
  const auto& all = world_.liquidations();
  for (auto it = all.rbegin(); it != all.rend() && list.size() < most; ++it) {
    if (it->contract->venue != venue_ || it->time < now - liquidations_kept) continue;
    if ((before != 0 && it->sequence >= before) || (!wanted.empty() && wanted != it->contract->symbol)) continue;
    cursor = it->sequence;
    list.push_back(bitget_liquidation(*it));
  }
  const auto next = list.size() < most ? std::string() : std::to_string(cursor);
  return good(Json{{"list", list}, {"cursor", next}}, now);
}

Response Bitget::candles(const Request& request, const Contract& contract, Ms most, Ms now) const {
  const Ms length = bitget_granularity(text_param(request.query, "granularity"));
  if (length == 0) return wrong_parameter("granularity", now);
  const auto kind = text_param(request.query, "kLineType", "MARKET");
  if (kind != "MARKET" && kind != "MARK" && kind != "INDEX") return wrong_parameter("kLineType", now);
  const Ms to = int_param(request.query, "endTime", now);
  const Ms from = int_param(request.query, "startTime", 0);
  if (from > to) return bad("40020", "Parameter startTime error", now);
  Json data = Json::array();
  const auto limit = static_cast<std::size_t>(rows(request, "limit", 100, most));
  for (const auto& bar : world_.bars(contract, length, from, to, limit, now))
    data.push_back(bitget_candle(contract, bar));
  return good(data, now);
}

Response Bitget::funding_history(const Request& request, const Contract& contract, Ms now) const {
  const auto size = static_cast<std::size_t>(rows(request, "pageSize", 20, 100));
  const auto page = static_cast<std::size_t>(std::max<Ms>(1, int_param(request.query, "pageNo", 1)));
  auto settled = world_.settlements(contract, 0, now, now);
  std::ranges::reverse(settled);
  Json data = Json::array();
  for (std::size_t i = (page - 1) * size; i < settled.size() && data.size() < size; ++i) {
    data.push_back(Json{{"symbol", contract.symbol},
                        {"fundingRate", number(settled[i].rate)},
                        {"fundingTime", stamp(settled[i].time)}});
  }
  return good(data, now);
}

/// Numbers here, where all else is text.
Response Bitget::depth(const Request& request, const Contract& contract, Ms now) const {
  const auto word = text_param(request.query, "limit", "100");
  const auto levels = word == "max" ? 500U : static_cast<std::size_t>(rows(request, "limit", 100, 500));
  const auto book = book_of(world_, contract, levels, now);
  const auto precise = [](double value, int decimals) { return std::stod(fixed(value, decimals)); };
  const auto side = [&](const std::vector<Level>& from) {
    Json out = Json::array();
    for (const auto& level : from) {
      out.push_back(Json::array(
          {precise(level.price, contract.price_decimals), precise(level.size, std::max(contract.size_decimals, 1))}));
    }
    return out;
  };
  return good(Json{{"asks", side(book.asks)},
                   {"bids", side(book.bids)},
                   {"ts", stamp(now)},
                   {"scale", number(std::pow(10.0, -contract.price_decimals))},
                   {"precision", "scale0"},
                   {"isMaxPrecision", "NO"}},
              now);
}

Response Bitget::fills(const Request& request, const Contract& contract, Ms now) const {
  Json data = Json::array();
  for (const auto& print : tape_of(world_, contract, static_cast<std::size_t>(rows(request, "limit", 100, 100)), now)) {
    data.insert(data.begin(), Json{{"tradeId", std::to_string(print.id)},
                                   {"price", fixed(print.price, contract.price_decimals)},
                                   {"size", fixed(print.size, std::max(contract.size_decimals, 1))},
                                   {"side", print.taker_buys ? "Buy" : "Sell"},
                                   {"ts", stamp(print.time)},
                                   {"symbol", contract.symbol}});
  }
  return good(data, now);
}

Json Bitget::ticker(const Contract& contract, Ms now) const {
  const auto stats = world_.day_stats(contract, now);
  const auto book = book_of(world_, contract, 1, now);
  const bool dated = contract.kind != Contract::Kind::perpetual;
  const int p = contract.price_decimals;
  const int s = contract.size_decimals;
  const auto change = fixed(stats.last / stats.open - 1, 5);
  return Json{{"symbol", contract.symbol},
              {"lastPr", fixed(stats.last, p)},
              {"askPr", fixed(book.asks[0].price, p)},
              {"bidPr", fixed(book.bids[0].price, p)},
              {"bidSz", fixed(book.bids[0].size, s)},
              {"askSz", fixed(book.asks[0].size, s)},
              {"high24h", fixed(stats.high, p)},
              {"low24h", fixed(stats.low, p)},
              {"ts", stamp(now)},
              {"change24h", change},
              {"baseVolume", number(stats.base)},
              {"quoteVolume", number(stats.quote)},
              {"usdtVolume", number(stats.quote)},
              {"openUtc", fixed(stats.open, p)},
              {"changeUtc24h", change},
              {"indexPrice", number(world_.index(contract, now))},
              {"fundingRate", dated ? "" : number(world_.funding(contract, now).rate)},
              {"holdingAmount", number(world_.open_interest(contract, now))},
              {"deliveryStartTime", dated ? Json("1790323200000") : Json(nullptr)},
              {"deliveryTime", dated ? Json("1798185600000") : Json(nullptr)},
              {"deliveryStatus", dated ? "delivery_normal" : ""},
              {"open24h", fixed(stats.open, p)},
              {"markPrice", number(world_.mark(contract, now))}};
}

Json Bitget::unified_ticker(const Contract& contract, Ms now) const {
  const auto old = ticker(contract, now);
  return Json{
      {"category", "USDT-FUTURES"},     {"symbol", contract.symbol},         {"ts", old["ts"]},
      {"lastPrice", old["lastPr"]},     {"openPrice24h", old["open24h"]},    {"highPrice24h", old["high24h"]},
      {"lowPrice24h", old["low24h"]},   {"ask1Price", old["askPr"]},         {"bid1Price", old["bidPr"]},
      {"bid1Size", old["bidSz"]},       {"ask1Size", old["askSz"]},          {"price24hPcnt", old["change24h"]},
      {"volume24h", old["baseVolume"]}, {"turnover24h", old["quoteVolume"]}, {"indexPrice", old["indexPrice"]},
      {"markPrice", old["markPrice"]},  {"fundingRate", old["fundingRate"]}, {"openInterest", old["holdingAmount"]}};
}

Json Bitget::funding(const Contract& contract, Ms now) const {
  const auto state = world_.funding(contract, now);
  return Json{{"symbol", contract.symbol},
              {"fundingRate", number(state.rate)},
              {"fundingRateInterval", std::to_string(state.interval_hours)},
              {"nextUpdate", stamp(state.next)},
              {"minFundingRate", number(-contract.cap)},
              {"maxFundingRate", number(contract.cap)}};
}

Json Bitget::instrument(const Contract& contract, Ms) const {
  const bool dated = contract.kind != Contract::Kind::perpetual;
  const auto step = number(std::pow(10.0, -contract.size_decimals));
  return Json{{"symbol", contract.symbol},
              {"baseCoin", contract.base},
              {"quoteCoin", "USDT"},
              {"supportMarginCoins", Json::array({"USDT"})},
              {"minTradeNum", step},
              {"priceEndStep", "1"},
              {"volumePlace", std::to_string(contract.size_decimals)},
              {"pricePlace", std::to_string(contract.price_decimals)},
              {"sizeMultiplier", step},
              {"symbolType", dated ? "delivery" : "perpetual"},
              {"minTradeUSDT", "5"},
              {"symbolStatus", contract.trading ? "normal" : "off"},
              {"offTime", "-1"},
              {"launchTime", ""},
              {"fundInterval", dated ? Json("") : Json(std::to_string(contract.interval_hours))},
              {"deliveryTime", dated ? Json("1798185600000") : Json("")}};
}

}  // namespace sandbox
