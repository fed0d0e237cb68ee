#include "tests/sandbox/kraken.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>

#include "tests/sandbox/market/tape.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {

const std::string root = "/derivatives/api/v3/";
const std::string charts = "/api/charts/v1/";
constexpr int requests_most = 500;
constexpr Ms request_window = 10 * second;
constexpr std::size_t bars_most = 2'000;
constexpr std::size_t trades_of_history = 100;

Response good(const std::string& name, const Json& data, Ms now) {
  return json_response(Json{{"result", "success"}, {name, data}, {"serverTime", kraken_time(now)}});
}

Response bad(const std::string& error, Ms now, int status = 200) {
  return json_response(Json{{"result", "error"}, {"error", error}, {"serverTime", kraken_time(now)}}, status);
}

bool inverse(const Contract& contract) { return contract.kind == Contract::Kind::inverse; }

/// Contracts of so many coins: of an inverse one each is worth 1 USD.
double contracts_of(const Contract& contract, double coins, double price) {
  return inverse(contract) ? std::round(coins * price) : coins / contract.contract_size;
}

std::string pair(const Contract& contract) { return contract.base + ":USD"; }

}  // namespace

double cut(double value, int decimals) { return std::stod(fixed(value, decimals)); }

std::string kraken_time(Ms at) {
  const std::time_t seconds = at / second;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> day_and_time{};
  (void)std::strftime(day_and_time.data(), day_and_time.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  const auto millis = std::to_string(1'000 + at % second).substr(1);
  return std::string(day_and_time.data()) + "." + millis + "Z";
}

Ms kraken_resolution(const std::string& word) {
  static const std::map<std::string, Ms> known{{"1m", minute},       {"5m", 5 * minute}, {"15m", 15 * minute},
                                               {"30m", 30 * minute}, {"1h", hour},       {"4h", 4 * hour},
                                               {"12h", 12 * hour},   {"1d", day},        {"1w", 7 * day}};
  const auto found = known.find(word);
  return found == known.end() ? 0 : found->second;
}

double kraken_absolute(const Contract& contract, double relative, double mark) {
  return inverse(contract) ? relative / mark : relative * mark;
}

Kraken::Kraken(World& world, Faults& faults)
    : Exchange(Venue::kraken, world, faults, LimitPolicy{0, minute, minute, false}) {}

std::vector<Charge> Kraken::charges(const Request&, const std::string&) const {
  return {Charge{"ip", 1, requests_most, request_window}};
}

Response Kraken::refusal(const LimitVerdict&, const Request&, Ms now) { return bad("apiLimitExceeded", now); }

Response Kraken::not_found(Ms now) const { return bad("notFound", now, 404); }

Response Kraken::answer(const Request& request, const std::string& path, Ms now) {
  if (path.starts_with(charts)) return candles(request, path, now);
  const bool list = path == root + "instruments";
  if (!list && path != root + "tickers") return of_one(request, path, now);
  Json rows = Json::array();
  for (const auto& contract : contracts()) {
    if (list) rows.push_back(instrument(*contract));
    if (!list && contract->trading) rows.push_back(ticker(*contract, now));
  }
  return good(list ? "instruments" : "tickers", rows, now);
}

Response Kraken::of_one(const Request& request, const std::string& path, Ms now) const {
  const bool known =
      path == root + "historical-funding-rates" || path == root + "history" || path == root + "orderbook";
  if (!known) return not_found(now);
  const auto symbol = text_param(request.query, "symbol");
  if (symbol.empty()) return bad("requiredArgumentMissing", now);
  const auto* contract = world_.find(venue_, symbol);
  if (contract == nullptr || contract->symbol != symbol) return bad("contractNotFound", now);
  if (path == root + "history") return good("history", history(*contract, now), now);
  if (path == root + "orderbook") return good("orderBook", depth(*contract, now), now);
  return good("rates", settled(*contract, now), now);
}

/// /api/charts/v1/trade/PF_XBTUSD/1m, bounds in seconds. No envelope here.
Response Kraken::candles(const Request& request, const std::string& path, Ms now) const {
  const auto parts = split(path.substr(charts.size()), '/');
  if (parts.size() != 3 || (parts[0] != "trade" && parts[0] != "mark" && parts[0] != "spot")) return not_found(now);
  const auto* contract = world_.find(venue_, parts[1]);
  const Ms length = kraken_resolution(parts[2]);
  if (contract == nullptr || contract->symbol != parts[1] || length == 0) {
    const auto* words = length == 0 ? "Invalid resolution" : "Unknown market";
    return json_response(Json{{"errors", Json::array({Json{{"message", words}}})}}, 400);
  }
  const Ms from = int_param(request.query, "from", 0) * second;
  const Ms to = std::min(int_param(request.query, "to", now / second) * second, now);
  auto bars = world_.bars(*contract, length, from, to, bars_most + 1, now);
  const bool more = bars.size() > bars_most;
  if (more) bars.erase(bars.begin());  // the newest are given
  Json rows = Json::array();
  const int p = contract->price_decimals;
  for (const auto& bar : bars) {
    const double volume = contracts_of(*contract, bar.base, bar.close);
    rows.push_back(Json{{"time", bar.open_time},
                        {"open", fixed(bar.open, p)},
                        {"high", fixed(bar.high, p)},
                        {"low", fixed(bar.low, p)},
                        {"close", fixed(bar.close, p)},
                        {"volume", parts[0] == "trade" ? number(volume) : "0"}});
  }
  return json_response(Json{{"candles", rows}, {"more_candles", more}});
}

Json Kraken::ticker(const Contract& contract, Ms now) const {
  const auto stats = world_.day_stats(contract, now);
  const auto book = book_of(world_, contract, 1, now);
  const auto funding = world_.funding(contract, now);
  const double mark = world_.mark(contract, now);
  const int p = contract.price_decimals;
  const int s = contract.size_decimals;
  const auto size = [&](double coins) { return cut(contracts_of(contract, coins, mark), s); };
  return Json{{"symbol", contract.symbol},
              {"last", stats.last},
              {"lastTime", kraken_time(now - 250)},
              {"tag", "perpetual"},
              {"pair", pair(contract)},
              {"markPrice", mark},
              {"bid", cut(book.bids[0].price, p)},
              {"bidSize", size(book.bids[0].size)},
              {"ask", cut(book.asks[0].price, p)},
              {"askSize", size(book.asks[0].size)},
              {"vol24h", size(stats.base)},
              {"volumeQuote", inverse(contract) ? cut(stats.base, 4) : cut(stats.quote, 4)},
              {"openInterest", size(world_.open_interest(contract, now))},
              {"open24h", stats.open},
              {"high24h", stats.high},
              {"low24h", stats.low},
              {"lastSize", size(book.bids[0].size / 7)},
              {"fundingRate", kraken_absolute(contract, funding.rate, mark)},
              {"fundingRatePrediction", kraken_absolute(contract, funding.rate * 0.9, mark)},
              {"suspended", false},
              {"indexPrice", world_.index(contract, now)},
              {"postOnly", false},
              {"change24h", cut((stats.last / stats.open - 1) * 100, 2)}};
}

Json Kraken::instrument(const Contract& contract) const {
  return Json{{"symbol", contract.symbol},
              {"type", inverse(contract) ? "futures_inverse" : "flexible_futures"},
              {"base", contract.base},
              {"quote", "USD"},
              {"pair", pair(contract)},
              {"tradeable", contract.trading},
              {"tickSize", std::pow(10.0, -contract.price_decimals)},
              {"contractSize", inverse(contract) ? 1.0 : contract.contract_size},
              {"contractValueTradePrecision", inverse(contract) ? 0 : contract.size_decimals},
              {"openingDate", kraken_time(contract.listed)},
              {"maxRelativeFundingRate", 0.0025},
              {"fundingRateCoefficient", 8},
              {"postOnly", false},
              {"tags", Json::array()}};
}

/// Every hour, oldest first: what was paid, as it was then charged and as a part of the price.
Json Kraken::settled(const Contract& contract, Ms now) const {
  Json rows = Json::array();
  for (const auto& row : world_.settlements(contract, 0, now, now)) {
    rows.push_back(Json{{"timestamp", kraken_time(row.time)},
                        {"fundingRate", kraken_absolute(contract, row.rate, world_.mark(contract, row.time))},
                        {"relativeFundingRate", row.rate}});
  }
  return rows;
}

/// The newest trades, the liquidations of the last ten minutes among them; newest first.
Json Kraken::past_trades(const Contract& contract, Ms now) const {
  Json rows = Json::array();
  const auto add = [&](Ms time, double price, double size, const char* side, const char* type, const std::string& id) {
    rows.push_back(Json{{"time", time}, {"price", price}, {"size", size}, {"side", side}, {"type", type}, {"uid", id}});
  };
  for (const auto& print : tape_of(world_, contract, trades_of_history, now)) {
    const double size = cut(contracts_of(contract, print.size, print.price), contract.size_decimals);
    add(print.time, print.price, size, print.taker_buys ? "buy" : "sell", "fill", "fill-" + std::to_string(print.id));
  }
  for (const auto& event : world_.liquidations()) {
    if (event.contract != &contract || now - event.time > 10 * minute) continue;
    const double size = cut(contracts_of(contract, event.size, event.price), contract.size_decimals);
    add(event.time, event.price, size, event.long_closed ? "sell" : "buy", "liquidation",
        "liquidation-" + std::to_string(event.sequence));
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Json& a, const Json& b) { return a["time"] > b["time"]; });
  return rows;
}

Json Kraken::history(const Contract& contract, Ms now) const {
  auto rows = past_trades(contract, now);
  std::int64_t number_of = static_cast<std::int64_t>(rows.size());
  for (auto& row : rows) {
    row["time"] = kraken_time(row["time"].get<Ms>());
    row["trade_id"] = number_of--;
  }
  return rows;
}

Json Kraken::depth(const Contract& contract, Ms now) const {
  const auto book = book_of(world_, contract, 50, now);
  const auto side = [&](const std::vector<Level>& from) {
    Json out = Json::array();
    for (const auto& level : from) {
      out.push_back(Json::array({cut(level.price, contract.price_decimals),
                                 cut(contracts_of(contract, level.size, level.price), contract.size_decimals)}));
    }
    return out;
  };
  return Json{{"bids", side(book.bids)}, {"asks", side(book.asks)}};
}

}  // namespace sandbox
