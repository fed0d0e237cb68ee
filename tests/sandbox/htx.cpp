#include "tests/sandbox/htx.hpp"

#include <algorithm>
#include <cmath>

#include "tests/sandbox/encoding.hpp"
#include "tests/sandbox/htx_words.hpp"
#include "tests/sandbox/market/tape.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {

constexpr Ms page_most = 2'000;

Response good(const Json& data, Ms now) { return json_response(Json{{"status", "ok"}, {"data", data}, {"ts", now}}); }

Response bad(int code, const std::string& words, Ms now, int status = 200) {
  return json_response(Json{{"status", "error"}, {"err_code", code}, {"err_msg", words}, {"ts", now}}, status);
}

Response unknown_contract(Ms now) { return bad(1013, "This contract symbol doesnt exist.", now); }

Response v5_good(const Json& data, Ms now) {
  return json_response(Json{{"code", 200}, {"message", "Success"}, {"data", data}, {"ts", now}});
}

Response v5_bad(int code, const std::string& words, Ms now) {
  return json_response(Json{{"code", code}, {"message", words}, {"ts", now}});
}

}  // namespace

std::int64_t htx_lots(const Contract& contract, double size) { return std::llround(size / contract.contract_size); }

std::string htx_pair(const Contract& contract) { return contract.coin + "-USDT"; }

std::string htx_business(const Contract& contract) {
  return contract.kind == Contract::Kind::perpetual ? "swap" : "futures";
}

Ms htx_period(const std::string& word) {
  static const std::map<std::string, Ms> known{{"1min", minute},       {"5min", 5 * minute}, {"15min", 15 * minute},
                                               {"30min", 30 * minute}, {"60min", hour},      {"4hour", 4 * hour},
                                               {"1day", day},          {"1week", 7 * day},   {"1mon", 30 * day}};
  const auto found = known.find(word);
  return found == known.end() ? 0 : found->second;
}

Json htx_bar(const Contract& contract, const Bar& bar) {
  const auto lots = htx_lots(contract, bar.base);
  return Json{{"id", bar.open_time / second},
              {"open", bar.open},
              {"close", bar.close},
              {"high", bar.high},
              {"low", bar.low},
              {"amount", static_cast<double>(lots) * contract.contract_size},
              {"vol", lots},
              {"trade_turnover", bar.quote},
              {"count", bar.trades}};
}

Htx::Htx(World& world, Faults& faults) : Exchange(Venue::htx, world, faults, LimitPolicy{0, minute, minute, false}) {}

std::vector<Charge> Htx::charges(const Request&, const std::string& path) const {
  if (path.starts_with("/v5/")) return {Charge{"v5", 1, 80, second}};
  if (path.starts_with("/linear-swap-api/")) return {Charge{"reference", 1, 240, 3 * second}};
  return {Charge{"market", 1, 800, second}};
}

Response Htx::refusal(const LimitVerdict& verdict, const Request& request, Ms now) {
  last_request_ = now;
  const auto* words = "The number of access exceeded the limit.";
  if (request.path.starts_with("/htx/v5/")) return v5_bad(1032, words, now);
  // Both forms are documented: with HTTP 429 and with HTTP 200.
  return bad(1032, words, now, verdict.kind == LimitVerdict::Kind::banned || ++refused_ % 2 == 0 ? 429 : 200);
}

Response Htx::not_found(Ms now) const { return bad(404, "Not Found", now, 404); }

void Htx::decorate(Response& response, const LimitVerdict& verdict) {
  const Ms window = verdict.limit == 240 ? 3 * second : second;
  response.headers.emplace_back("ratelimit-limit", std::to_string(verdict.limit));
  response.headers.emplace_back("ratelimit-interval", std::to_string(window));
  response.headers.emplace_back("ratelimit-remaining", std::to_string(std::max(0, verdict.limit - verdict.used)));
  response.headers.emplace_back("ratelimit-reset", std::to_string(window - last_request_ % window));
}

Response Htx::answer(const Request& request, const std::string& path, Ms now) {
  last_request_ = now;
  if (path == "/api/v1/timestamp") return json_response(Json{{"status", "ok"}, {"ts", now}});
  if (path == "/heartbeat/") return good(Json{{"heartbeat", 1}, {"linear_swap_heartbeat", 1}}, now);
  if (path == "/linear-swap-api/v1/swap_contract_info") return each(request, &Htx::contract_row, now);
  if (path == "/linear-swap-api/v1/swap_query_elements") return each(request, &Htx::element, now);
  if (path == "/linear-swap-api/v1/swap_batch_funding_rate") return each(request, &Htx::funding, now);
  if (path == "/linear-swap-api/v1/swap_index") return each(request, &Htx::index, now);
  if (path == "/linear-swap-api/v1/swap_open_interest") return each(request, &Htx::open_interest, now);
  if (path == "/v2/linear-swap-ex/market/detail/batch_merged") return tickers(request, now);
  if (path == "/linear-swap-api/v3/swap_liquidation_orders") return old_orders(request, now);
  if (path.starts_with("/v5/market/")) return v5(request, path, now);
  return of_one(request, path, now);
}

/// Dated contracts share the endpoints; the caller may ask for swaps alone.
Response Htx::each(const Request& request, One one, Ms now) const {
  const auto code = text_param(request.query, "contract_code");
  const auto business = text_param(request.query, "business_type", one == &Htx::contract_row ? "swap" : "all");
  Json rows = Json::array();
  for (const auto& contract : contracts()) {
    if (!code.empty() && contract->symbol != code) continue;
    if (business != "all" && business != htx_business(*contract)) continue;
    if (one == &Htx::funding && contract->kind != Contract::Kind::perpetual) continue;
    if (contract->trading || one == &Htx::contract_row) rows.push_back((this->*one)(*contract, now));
  }
  return !code.empty() && rows.empty() ? unknown_contract(now) : good(rows, now);
}

Json Htx::contract_row(const Contract& contract, Ms) const {
  const bool dated = contract.kind != Contract::Kind::perpetual;
  return Json{{"symbol", contract.coin},
              {"contract_code", contract.symbol},
              {"contract_size", contract.contract_size},
              {"price_tick", std::pow(10.0, -contract.price_decimals)},
              {"delivery_date", dated ? "20261225" : ""},
              {"delivery_time", dated ? "1798185600000" : ""},
              {"create_date", "20211202"},
              {"contract_status", contract.trading ? 1 : 0},
              {"settlement_date", "1638518400000"},
              {"support_margin_mode", "all"},
              {"business_type", htx_business(contract)},
              {"pair", htx_pair(contract)},
              {"contract_type", dated ? "quarter" : "swap"}};
}

Json Htx::element(const Contract& contract, Ms) const {
  return Json{{"contract_code", contract.symbol},
              {"settle_period", contract.interval_hours},
              {"funding_rate_cap", number(contract.cap)},
              {"funding_rate_floor", number(-contract.cap)},
              {"instrument_type", Json::array({"1"})}};
}

/// What is no longer kept up arrives in three ways: null, the text "null", not at all.
Json Htx::funding(const Contract& contract, Ms now) const {
  const auto state = world_.funding(contract, now);
  Json out{{"funding_rate", fixed(state.rate, 18)},
           {"contract_code", contract.symbol},
           {"symbol", contract.coin},
           {"fee_asset", "USDT"},
           {"funding_time", std::to_string(state.next)}};
  const auto way = contract.coin_index.value_or(0) % 3;
  if (way == 0) out.update(Json{{"estimated_rate", nullptr}, {"next_funding_time", nullptr}});
  if (way == 1) out.update(Json{{"estimated_rate", "null"}, {"next_funding_time", "null"}});
  return out;
}

Json Htx::index(const Contract& contract, Ms now) const {
  return Json{{"contract_code", contract.symbol},
              {"index_price", world_.index(contract, now)},
              {"index_ts", now / second * second}};
}

Json Htx::open_interest(const Contract& contract, Ms now) const {
  const auto lots = htx_lots(contract, world_.open_interest(contract, now));
  const double coins = static_cast<double>(lots) * contract.contract_size;
  const auto stats = world_.day_stats(contract, now);
  return Json{{"volume", lots},
              {"amount", coins},
              {"symbol", contract.coin},
              {"value", coins * world_.last(contract, now)},
              {"contract_code", contract.symbol},
              {"trade_amount", stats.base},
              {"trade_volume", htx_lots(contract, stats.base)},
              {"trade_turnover", stats.quote},
              {"business_type", htx_business(contract)},
              {"pair", htx_pair(contract)},
              {"contract_type", contract.kind == Contract::Kind::perpetual ? "swap" : "quarter"}};
}

Json Htx::ticker(const Contract& contract, Ms now) const {
  const auto stats = world_.day_stats(contract, now);
  const auto book = book_of(world_, contract, 1, now);
  const int p = contract.price_decimals;
  const auto level = [&](const Level& each) { return Json::array({each.price, htx_lots(contract, each.size)}); };
  return Json{{"id", now / second},
              {"ts", now},
              {"ask", level(book.asks[0])},
              {"bid", level(book.bids[0])},
              {"business_type", htx_business(contract)},
              {"contract_code", contract.symbol},
              {"open", fixed(stats.open, p)},
              {"close", fixed(stats.last, p)},
              {"low", fixed(stats.low, p)},
              {"high", fixed(stats.high, p)},
              {"amount", number(stats.base)},
              {"count", stats.trades},
              {"vol", number(stats.quote)},  // quote turnover on the v2 path
              {"number_of", std::to_string(htx_lots(contract, stats.base))}};
}

Response Htx::tickers(const Request& request, Ms now) const {
  const auto business = text_param(request.query, "business_type", "swap");
  Json ticks = Json::array();
  for (const auto& contract : contracts()) {
    if (contract->trading && (business == "all" || business == htx_business(*contract)))
      ticks.push_back(ticker(*contract, now));
  }
  return json_response(Json{{"status", "ok"}, {"ticks", ticks}, {"ts", now}});
}

Response Htx::of_one(const Request& request, const std::string& path, Ms now) const {
  constexpr std::array<std::string_view, 5> known{
      "/linear-swap-ex/market/history/kline", "/linear-swap-ex/market/depth", "/linear-swap-ex/market/history/trade",
      "/linear-swap-api/v1/swap_historical_funding_rate", "/linear-swap-api/v1/swap_funding_rate"};
  if (std::ranges::find(known, path) == known.end()) return not_found(now);
  const auto code = text_param(request.query, "contract_code");
  const auto* contract = world_.find(venue_, code);
  if (contract == nullptr || contract->symbol != code) return unknown_contract(now);
  if (path.ends_with("/kline")) return klines(request, *contract, now);
  if (path.ends_with("/depth")) return depth(*contract, now);
  if (path.ends_with("/trade")) return trades(request, *contract, now);
  if (path.ends_with("/swap_funding_rate")) return good(funding(*contract, now), now);
  return rates(request, *contract, now);
}

Response Htx::klines(const Request& request, const Contract& contract, Ms now) const {
  const auto word = text_param(request.query, "period");
  const Ms length = htx_period(word);
  const Ms size = int_param(request.query, "size", page_most);
  if (length == 0 || size < 1 || size > page_most) return bad(1067, "invalid parameter", now);
  const Ms from = int_param(request.query, "from", 0) * second;
  const Ms to = request.query.contains("to") ? int_param(request.query, "to", 0) * second : now;
  Json rows = Json::array();
  for (const auto& bar : world_.bars(contract, length, from, to, static_cast<std::size_t>(size), now))
    rows.push_back(htx_bar(contract, bar));
  return json_response(
      Json{{"ch", "market." + contract.symbol + ".kline." + word}, {"data", rows}, {"status", "ok"}, {"ts", now}});
}

/// Pages, newest first (memory: EXCHANGES.md does not word this call).
Response Htx::rates(const Request& request, const Contract& contract, Ms now) const {
  const auto size = static_cast<std::size_t>(std::clamp<Ms>(int_param(request.query, "page_size", 20), 1, 50));
  const auto page = static_cast<std::size_t>(std::max<Ms>(1, int_param(request.query, "page_index", 1)));
  auto rows = world_.settlements(contract, 0, now, now);
  std::ranges::reverse(rows);
  Json list = Json::array();
  for (std::size_t i = (page - 1) * size; i < rows.size() && list.size() < size; ++i) {
    const auto rate = fixed(rows[i].rate, 18);
    list.push_back(Json{{"avg_premium_index", rate},
                        {"funding_rate", rate},
                        {"realized_rate", rate},
                        {"funding_time", std::to_string(rows[i].time)},
                        {"contract_code", contract.symbol},
                        {"symbol", contract.coin},
                        {"fee_asset", "USDT"}});
  }
  return good(Json{{"total_page", (rows.size() + size - 1) / size},
                   {"current_page", page},
                   {"total_size", rows.size()},
                   {"data", list}},
              now);
}

Response Htx::depth(const Contract& contract, Ms now) const {
  const auto book = book_of(world_, contract, 150, now);
  const auto side = [&](const std::vector<Level>& rows) {
    Json out = Json::array();
    for (const auto& level : rows) out.push_back(Json::array({level.price, htx_lots(contract, level.size)}));
    return out;
  };
  const auto channel = "market." + contract.symbol + ".depth.step0";
  const Json tick{{"asks", side(book.asks)}, {"bids", side(book.bids)}, {"ch", channel},
                  {"id", now / second},      {"mrid", now / second},    {"ts", now}};
  return json_response(Json{{"ch", channel}, {"status", "ok"}, {"tick", tick}, {"ts", now}});
}

Json htx_trade(const Contract& contract, const Print& print) {
  const auto lots = std::max<std::int64_t>(1, htx_lots(contract, print.size));
  const double coins = static_cast<double>(lots) * contract.contract_size;
  return Json{{"amount", lots},
              {"quantity", coins},
              {"ts", print.time},
              {"id", print.id},
              {"price", print.price},
              {"direction", print.taker_buys ? "buy" : "sell"},
              {"trade_turnover", coins * print.price}};
}

Response Htx::trades(const Request& request, const Contract& contract, Ms now) const {
  const auto size = static_cast<std::size_t>(std::clamp<Ms>(int_param(request.query, "size", 1), 1, page_most));
  Json rows = Json::array();
  for (const auto& print : tape_of(world_, contract, size, now)) {
    rows.insert(rows.begin(),
                Json{{"data", Json::array({htx_trade(contract, print)})}, {"id", print.id}, {"ts", print.time}});
  }
  const auto channel = "market." + contract.symbol + ".trade.detail";
  return json_response(Json{{"ch", channel}, {"data", rows}, {"status", "ok"}, {"ts", now}});
}

Response Htx::old_orders(const Request& request, Ms now) const {
  const auto wanted = text_param(request.query, "contract", text_param(request.query, "pair"));
  const Ms from = int_param(request.query, "start_time", now - 2 * hour);
  const Ms to = int_param(request.query, "end_time", now);
  Json rows = Json::array();
  for (const auto& event : world_.liquidations()) {
    if (event.contract->venue != venue_ || event.time < from || event.time > to) continue;
    if (!wanted.empty() && wanted != event.contract->symbol && wanted != htx_pair(*event.contract)) continue;
    auto row = htx_order(event);
    row["query_id"] = event.sequence;
    rows.insert(rows.begin(), row);
    if (rows.size() > 50) rows.erase(rows.size() - 1);
  }
  return json_response(Json{{"code", 200}, {"msg", ""}, {"data", rows}, {"ts", now}});
}

Json Htx::v5_order(const Liquidation& event) const {
  const auto lots = std::to_string(htx_lots(*event.contract, event.size));
  return Json{{"id", std::to_string(event.sequence)},
              {"contract_code", event.contract->symbol},
              {"liquidation_time", std::to_string(event.time)},
              {"side", event.long_closed ? "sell" : "buy"},
              {"position_side", event.long_closed ? "long" : "short"},
              {"volume", lots},
              {"amount", lots},  // contracts, as the real sample has it
              {"bankrupt_price", fixed(event.price, event.contract->price_decimals)},
              {"trade_turnover", number(event.size * event.price)}};
}

Response Htx::v5(const Request& request, const std::string& path, Ms now) const {
  const auto code = text_param(request.query, "contract_code");
  const auto* contract = world_.find(venue_, code);
  if (contract == nullptr || contract->symbol != code) return v5_bad(1013, "This contract symbol doesnt exist.", now);
  if (path == "/v5/market/funding_rate") {
    const auto state = world_.funding(*contract, now);
    const Ms after = (state.next / (state.interval_hours * hour) + 1) * state.interval_hours * hour;
    return v5_good(Json::array({Json{{"contract_code", code},
                                     {"funding_rate", fixed(state.rate, 18)},
                                     {"funding_time", std::to_string(state.next)},
                                     {"next_funding_time", std::to_string(after)},
                                     {"min_funding_rate", fixed(-contract->cap, 18)},
                                     {"max_funding_rate", fixed(contract->cap, 18)}}}),
                   now);
  }
  if (path == "/v5/market/open_interest") {
    auto row = open_interest(*contract, now);
    Json out{{"contract_code", code}};
    for (const auto* key : {"amount", "volume", "value", "trade_amount", "trade_volume", "trade_turnover"})
      out[key] = row[key].is_number_integer() ? row[key].dump() : number(row[key].get<double>());
    return v5_good(out, now);
  }
  if (path != "/v5/market/liquidation_orders") return v5_bad(404, "Not Found", now);
  const Ms from = int_param(request.query, "start_time", 0);
  const Ms to = int_param(request.query, "end_time", now);
  const auto limit = static_cast<std::size_t>(std::clamp<Ms>(int_param(request.query, "limit", 20), 1, 100));
  Json rows = Json::array();
  for (const auto& event : world_.liquidations()) {
    if (event.contract == contract && event.time >= from && event.time <= to)
      rows.insert(rows.begin(), v5_order(event));
  }
  while (rows.size() > limit) rows.erase(rows.size() - 1);
  return v5_good(rows, now);
}

}  // namespace sandbox
