#include "tests/sandbox/gate.hpp"

#include <algorithm>
#include <cmath>

#include "tests/sandbox/market/tape.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {

const std::string root = "/api/v4/futures/usdt/";
constexpr int requests_most = 200;
constexpr Ms request_window = 10 * second;
constexpr Ms forced_window_most = 3'600 * second;
constexpr Ms rows_most = 1'000;
constexpr Ms bars_most = 2'000;

Response bad(const std::string& label, const std::string& words, int status = 400) {
  return json_response(Json{{"label", label}, {"message", words}}, status);
}

Response unknown_contract() { return bad("CONTRACT_NOT_FOUND", "CONTRACT_NOT_FOUND"); }

Response invalid(const std::string& words) { return bad("INVALID_PARAM_VALUE", words); }

std::size_t rows(const Request& request, Ms fallback, Ms most) {
  return static_cast<std::size_t>(std::clamp<Ms>(int_param(request.query, "limit", fallback), 1, most));
}

std::string step(int decimals) { return number(std::pow(10.0, -decimals)); }

}  // namespace

Ms gate_interval(const std::string& word) {
  static const std::map<std::string, Ms> known{
      {"10s", 10 * second}, {"1m", minute},   {"5m", 5 * minute}, {"15m", 15 * minute}, {"30m", 30 * minute},
      {"1h", hour},         {"4h", 4 * hour}, {"8h", 8 * hour},   {"1d", day},          {"7d", 7 * day}};
  const auto found = known.find(word);
  return found == known.end() ? 0 : found->second;
}

Json gate_size(const Contract& contract, double units, bool decimal) {
  const double contracts = units / contract.contract_size;
  if (decimal) return fixed(contracts, contract.size_decimals);
  // What a double lost in the division is no fraction.
  return static_cast<std::int64_t>(std::trunc(contracts + std::copysign(1e-6, contracts)));
}

bool gate_decimal(const Request& request) { return text_param(request.headers, "x-gate-size-decimal") == "1"; }

Json gate_trades(const World& world, const Contract& contract, std::size_t count, bool decimal, Ms now) {
  Json out = Json::array();
  for (const auto& print : tape_of(world, contract, count, now)) {
    const double size = std::max(print.size, contract.contract_size) * (print.taker_buys ? 1 : -1);
    out.insert(out.begin(), Json{{"id", print.id},
                                 {"create_time", print.time / second},
                                 {"create_time_ms", static_cast<double>(print.time) / 1000},
                                 {"contract", contract.symbol},
                                 {"size", gate_size(contract, size, decimal)},
                                 {"price", fixed(print.price, contract.price_decimals)}});
  }
  return out;
}

Gate::Gate(World& world, Faults& faults)
    : Exchange(Venue::gate, world, faults, LimitPolicy{0, minute, minute, false}) {}

std::vector<Charge> Gate::charges(const Request&, const std::string& path) const {
  return {Charge{path, 1, requests_most, request_window}};
}

Response Gate::refusal(const LimitVerdict&, const Request&, Ms now) {
  asked_at_ = now;
  return bad("TOO_MANY_REQUESTS", " Request Rate Limit Exceeded (003)", 429);
}

Response Gate::not_found(Ms) const { return bad("INVALID_URL", "invalid url", 404); }

void Gate::decorate(Response& response, const LimitVerdict& verdict) {
  const auto reset = (asked_at_ / request_window + 1) * request_window / second;
  response.headers.emplace_back("X-Gate-RateLimit-Requests-Remain",
                                std::to_string(std::max(0, requests_most - verdict.used)));
  response.headers.emplace_back("X-Gate-RateLimit-Limit", std::to_string(requests_most));
  response.headers.emplace_back("X-Gate-RateLimit-Reset-Timestamp", std::to_string(reset));
}

Response Gate::answer(const Request& request, const std::string& path, Ms now) {
  asked_at_ = now;
  if (path == "/api/v4/spot/time") return json_response(Json{{"server_time", now}});
  if (path == root + "liq_orders") return forced(request, now);
  const bool all_contracts = path == root + "contracts";
  if (!all_contracts && path != root + "tickers") {
    const bool one = path.starts_with(root + "contracts/");
    const auto name = one ? path.substr(root.size() + 10) : text_param(request.query, "contract");
    // Candles of the mark and of the index go by a prefix of the name.
    const auto prefix = name.starts_with("mark_") ? "mark_" : name.starts_with("index_") ? "index_" : "";
    const bool bars = path == root + "candlesticks";
    const auto symbol = bars ? name.substr(std::string(prefix).size()) : name;
    const auto* contract = world_.find(venue_, symbol);
    if (contract == nullptr || contract->symbol != symbol) return unknown_contract();
    if (one) return json_response(contract_row(*contract, gate_decimal(request), now));
    return bars ? candles(request, *contract, prefix, now) : of_one(request, path, *contract, now);
  }
  const auto wanted = text_param(request.query, "contract");
  Json out = Json::array();
  for (const auto& contract : contracts()) {
    if (!all_contracts && (!contract->trading || (!wanted.empty() && wanted != contract->symbol))) continue;
    out.push_back(all_contracts ? contract_row(*contract, gate_decimal(request), now) : ticker(*contract, now));
  }
  if (!all_contracts && out.empty()) return unknown_contract();
  return json_response(out);
}

Response Gate::of_one(const Request& request, const std::string& path, const Contract& contract, Ms now) const {
  if (path == root + "trades")
    return json_response(gate_trades(world_, contract, rows(request, 100, rows_most), gate_decimal(request), now));
  if (path == root + "order_book") return book(request, contract, now);
  if (path == root + "contract_stats") return contract_stats(request, contract, now);
  if (path != root + "funding_rate") return not_found(now);
  auto settled = world_.settlements(contract, int_param(request.query, "from", 0) * second,
                                    int_param(request.query, "to", now / second) * second, now);
  std::ranges::reverse(settled);
  if (const auto limit = rows(request, 100, rows_most); settled.size() > limit) settled.resize(limit);
  Json out = Json::array();
  for (const auto& row : settled) out.push_back(Json{{"t", row.time / second}, {"r", number(row.rate)}});
  return json_response(out);
}

Response Gate::candles(const Request& request, const Contract& contract, const std::string& prefix, Ms now) const {
  const Ms length = gate_interval(text_param(request.query, "interval", "5m"));
  if (length < minute) return invalid("invalid argument: interval");  // ten seconds are not played
  const bool bounded = request.query.contains("from") || request.query.contains("to");
  if (bounded && request.query.contains("limit")) return invalid("limit and from/to are mutually exclusive");
  const Ms to = std::min(int_param(request.query, "to", now / second) * second, now);
  const Ms from = int_param(request.query, "from", bounded ? to / second - 99 * length / second : 0) * second;
  if (bounded && (to - from) / length >= bars_most)
    return invalid("Candlestick range too broad. Maximum 2000 data points are allowed per request");
  const bool decimal = gate_decimal(request);
  Json out = Json::array();
  for (const auto& bar :
       world_.bars(contract, length, from, to,
                   bounded ? static_cast<std::size_t>(bars_most) : rows(request, 100, bars_most), now)) {
    const int p = contract.price_decimals;
    Json row{{"t", bar.open_time / second},
             {"o", fixed(bar.open, p)},
             {"h", fixed(bar.high, p)},
             {"l", fixed(bar.low, p)},
             {"c", fixed(bar.close, p)}};
    if (prefix.empty()) {
      row["v"] = gate_size(contract, bar.base, decimal);
      row["sum"] = number(bar.quote);
    }
    out.push_back(std::move(row));
  }
  return json_response(out);
}

/// The size is the position's: above 0 a long was closed.
Response Gate::forced(const Request& request, Ms now) const {
  const auto wanted = text_param(request.query, "contract");
  if (!wanted.empty()) {
    const auto* contract = world_.find(venue_, wanted);
    if (contract == nullptr || contract->symbol != wanted) return unknown_contract();
  }
  const Ms to = std::min(int_param(request.query, "to", now / second) * second, now);
  const Ms from =
      request.query.contains("from") ? int_param(request.query, "from", 0) * second : to - forced_window_most;
  if (to - from > forced_window_most) return invalid("invalid argument: from and to are more than 3600 s apart");
  const bool decimal = gate_decimal(request);
  const auto limit = rows(request, 100, rows_most);
  Json out = Json::array();
  const auto& all = world_.liquidations();
  for (auto it = all.rbegin(); it != all.rend() && out.size() < limit; ++it) {
    const auto& contract = *it->contract;
    const Ms at = it->time / second * second;
    if (contract.venue != venue_ || at < from || at > to || (!wanted.empty() && wanted != contract.symbol)) continue;
    const double size = it->long_closed ? it->size : -it->size;
    // An order against a long is filled above what it would have taken, one against a short below.
    const double ordered = it->price * (it->long_closed ? 0.995 : 1.005);
    out.push_back(Json{{"time", it->time / second},
                       {"contract", contract.symbol},
                       {"size", gate_size(contract, size, decimal)},
                       {"order_size", gate_size(contract, -size, decimal)},
                       {"order_price", fixed(ordered, contract.price_decimals)},
                       {"fill_price", fixed(it->price, contract.price_decimals)},
                       {"left", gate_size(contract, 0, decimal)}});
  }
  return json_response(out);
}

Json Gate::stat(const Contract& contract, Ms open_time, Ms length, bool decimal, Ms now) const {
  const Ms end = std::min(open_time + length, now);
  double longs = 0, shorts = 0, longs_usd = 0, shorts_usd = 0;
  for (const auto& event : world_.liquidations()) {
    if (event.contract != &contract || event.time < open_time || event.time >= open_time + length) continue;
    (event.long_closed ? longs : shorts) += event.size;
    (event.long_closed ? longs_usd : shorts_usd) += event.size * event.price;
  }
  const double open = world_.open_interest(contract, end);
  const double mark = world_.mark(contract, end);
  return Json{{"time", open_time / second},
              {"lsr_taker", 1.02},
              {"lsr_account", 0.5},
              {"top_lsr_size", 1.02},
              {"top_lsr_account", 1.5},
              {"long_liq_size", gate_size(contract, longs, decimal)},
              {"short_liq_size", gate_size(contract, shorts, decimal)},
              {"long_liq_amount", longs},
              {"short_liq_amount", shorts},
              {"long_liq_usd", longs_usd},
              {"short_liq_usd", shorts_usd},
              {"open_interest", gate_size(contract, open, decimal)},
              {"open_interest_usd", open * mark},
              {"mark_price", fixed(mark, contract.price_decimals + 2)}};
}

Response Gate::contract_stats(const Request& request, const Contract& contract, Ms now) const {
  const Ms length = gate_interval(text_param(request.query, "interval", "5m"));
  if (length < minute) return invalid("invalid argument: interval");
  const auto count = static_cast<Ms>(rows(request, 30, 100));
  const Ms newest = now / length * length;
  const Ms first = request.query.contains("from")
                       ? (int_param(request.query, "from", 0) * second + length - 1) / length * length
                       : newest - (count - 1) * length;
  Json out = Json::array();
  for (Ms i = 0; i < count && first + i * length <= newest; ++i)
    out.push_back(stat(contract, first + i * length, length, gate_decimal(request), now));
  return json_response(out);
}

Response Gate::book(const Request& request, const Contract& contract, Ms now) const {
  const auto levels = book_of(world_, contract, rows(request, 10, 100), now);
  const bool decimal = gate_decimal(request);
  const auto side = [&](const std::vector<Level>& from) {
    Json out = Json::array();
    for (const auto& level : from) {
      out.push_back(Json{{"p", fixed(level.price, contract.price_decimals)},
                         {"s", gate_size(contract, std::max(level.size, contract.contract_size), decimal)}});
    }
    return out;
  };
  const double at = static_cast<double>(now) / 1000;
  Json out{{"current", at}, {"update", at}, {"asks", side(levels.asks)}, {"bids", side(levels.bids)}};
  if (text_param(request.query, "with_id") == "true") out["id"] = now;
  return json_response(out);
}

Json Gate::contract_row(const Contract& contract, bool decimal, Ms now) const {
  const auto funding = world_.funding(contract, now);
  const double smallest = std::pow(10.0, -contract.size_decimals) * contract.contract_size;
  return Json{{"name", contract.symbol},
              {"type", "direct"},
              {"quanto_multiplier", number(contract.contract_size)},
              {"mark_type", "index"},
              {"last_price", fixed(world_.last(contract, now), contract.price_decimals)},
              {"mark_price", fixed(world_.mark(contract, now), contract.price_decimals + 2)},
              {"index_price", fixed(world_.index(contract, now), contract.price_decimals + 2)},
              {"funding_rate", number(funding.rate)},
              {"funding_rate_indicative", number(funding.rate)},
              {"funding_interval", funding.interval_hours * 3600},
              {"funding_next_apply", funding.next / second},
              {"funding_offset", 0},
              {"funding_cap_ratio", "0.75"},
              {"interest_rate", "0.0003"},
              {"order_price_round", step(contract.price_decimals)},
              {"order_size_min", decimal ? Json(number(smallest / contract.contract_size)) : Json(1)},
              {"order_size_max", decimal ? Json("1000000") : Json(1'000'000)},
              {"position_size", gate_size(contract, world_.open_interest(contract, now), decimal)},
              {"trade_size", gate_size(contract, world_.day_stats(contract, now).base * 40, decimal)},
              {"in_delisting", !contract.trading},
              {"create_time", contract.listed / second},
              {"config_change_time", contract.listed / second},
              {"enable_decimal", contract.size_decimals > 0},
              {"status", contract.trading ? "trading" : "delisting"}};
}

Json Gate::ticker(const Contract& contract, Ms now) const {
  const auto stats = world_.day_stats(contract, now);
  const auto book = book_of(world_, contract, 1, now);
  const auto rate = number(world_.funding(contract, now).rate);
  const int p = contract.price_decimals;
  // Whoever was listed within the minute has no index yet, and Gate says so in its own way.
  const bool fresh = now - contract.listed < minute;
  return Json{{"contract", contract.symbol},
              {"last", fixed(stats.last, p)},
              {"low_24h", fixed(stats.low, p)},
              {"high_24h", fixed(stats.high, p)},
              {"change_percentage", fixed((stats.last / stats.open - 1) * 100, 4)},
              {"total_size", gate_size(contract, world_.open_interest(contract, now), true)},
              {"volume_24h", gate_size(contract, stats.base, true)},
              {"volume_24h_btc", number(stats.quote / coins()[0].price)},
              {"volume_24h_usd", fixed(stats.quote, 0)},
              {"volume_24h_base", fixed(stats.base, 0)},
              {"volume_24h_quote", fixed(stats.quote, 0)},
              {"volume_24h_settle", fixed(stats.quote, 0)},
              {"mark_price", fixed(world_.mark(contract, now), p + 2)},
              {"funding_rate", rate},
              {"funding_rate_indicative", rate},
              {"index_price", fresh ? "nan" : fixed(world_.index(contract, now), p + 2)},
              {"quanto_base_rate", ""},
              {"highest_bid", fixed(book.bids[0].price, p)},
              {"lowest_ask", fixed(book.asks[0].price, p)}};
}

}  // namespace sandbox
