#include "tests/sandbox/deribit.hpp"

#include <algorithm>
#include <cmath>

#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {

constexpr int credits = 50'000;
constexpr int credits_a_call = 500;
constexpr Ms credits_window = 5 * second;  ///< 10,000 come back each second
constexpr std::string_view root = "/api/v2/public/";
constexpr int no_such_thing = 13'020;
constexpr int bad_params = -32'602;

bool linear(const Contract& contract) { return contract.kind == Contract::Kind::perpetual; }

Response good(const Json& result, Ms now) { return json_response(deribit_result(result, now)); }

Response bad(int code, const std::string& words, Ms now) { return json_response(deribit_error(code, words, now), 400); }

Json timed(Json envelope, Ms now) {
  envelope.update(
      Json{{"jsonrpc", "2.0"}, {"usIn", now * 1000}, {"usOut", now * 1000 + 250}, {"usDiff", 250}, {"testnet", false}});
  return envelope;
}

/// What one contract is worth: coins of a linear one, else USD.
double contract_worth(const Contract& contract) {
  return linear(contract) ? std::pow(10.0, -contract.size_decimals) : contract.coin == "BTC" ? 10.0 : 1.0;
}

}  // namespace

std::string deribit_currency(const Contract& contract) { return linear(contract) ? "USDC" : contract.coin; }

double deribit_amount(const Contract& contract, double size, double price) {
  const double step = contract_worth(contract);
  return std::max(step, std::round((linear(contract) ? size : size * price) / step) * step);
}

Ms deribit_resolution(const std::string& word) {
  if (word == "1D") return day;
  constexpr std::array<int, 11> known{1, 3, 5, 10, 15, 30, 60, 120, 180, 360, 720};
  const auto found = std::ranges::find_if(known, [&](int minutes) { return std::to_string(minutes) == word; });
  return found == known.end() ? 0 : *found * minute;
}

Json deribit_result(const Json& result, Ms now) { return timed(Json{{"result", result}}, now); }

Json deribit_error(int code, const std::string& words, Ms now) {
  return timed(Json{{"error", Json{{"code", code}, {"message", words}}}}, now);
}

Deribit::Deribit(World& world, Faults& faults)
    : Exchange(Venue::deribit, world, faults, LimitPolicy{0, minute, minute, false}) {}

std::vector<Charge> Deribit::charges(const Request&, const std::string&) const {
  return {Charge{"credits", credits_a_call, credits, credits_window}};
}

Response Deribit::refusal(const LimitVerdict&, const Request&, Ms now) { return bad(10'028, "too_many_requests", now); }

Response Deribit::not_found(Ms now) const { return bad(-32'601, "Method not found", now); }

Response Deribit::answer(const Request& request, const std::string& path, Ms now) {
  if (!path.starts_with(root)) return not_found(now);
  const auto method = path.substr(root.size());
  if (method == "get_time") return good(now, now);
  if (method == "test") return good(Json{{"version", "1.2.26"}}, now);
  if (method == "get_instruments") return each(request, &Deribit::instrument, now);
  if (method == "get_book_summary_by_currency") return each(request, &Deribit::summary, now);
  if (method == "get_last_trades_by_currency") return good(last_trades(request, nullptr, now), now);
  return of_one(request, method, now);
}

Response Deribit::each(const Request& request, One one, Ms now) const {
  const auto currency = text_param(request.query, "currency");
  constexpr std::array<std::string_view, 5> known{"BTC", "ETH", "USDC", "USDT", "any"};
  if (std::ranges::find(known, currency) == known.end()) return bad(bad_params, "Invalid params", now);
  const auto kind = text_param(request.query, "kind", "future");
  Json rows = Json::array();
  for (const auto& contract : contracts()) {
    if (kind != "future" || !contract->trading) continue;
    if (currency == "any" || currency == deribit_currency(*contract)) rows.push_back((this->*one)(*contract, now));
  }
  return good(rows, now);
}

Json Deribit::instrument(const Contract& contract, Ms) const {
  const bool dated = contract.kind == Contract::Kind::dated;
  return Json{{"instrument_name", contract.symbol},
              {"kind", "future"},
              {"base_currency", contract.coin},
              {"quote_currency", linear(contract) ? "USDC" : "USD"},
              {"counter_currency", linear(contract) ? "USDC" : "USD"},
              {"settlement_currency", deribit_currency(contract)},
              {"settlement_period", dated ? "month" : "perpetual"},
              {"instrument_type", linear(contract) ? "linear" : "reversed"},
              {"contract_size", contract_worth(contract)},
              {"min_trade_amount", contract_worth(contract)},
              {"tick_size", std::pow(10.0, -contract.price_decimals)},
              {"creation_timestamp", contract.listed},
              {"expiration_timestamp", dated ? Ms{1'798'185'600'000} : Ms{32'503'708'800'000}},
              {"is_active", true}};
}

/// What was never traded is null; funding accrues all the time and is said of perpetuals alone.
Json Deribit::summary(const Contract& contract, Ms now) const {
  const auto stats = world_.day_stats(contract, now);
  const auto book = book_of(world_, contract, 1, now);
  const double mark = world_.mark(contract, now);
  Json out{{"instrument_name", contract.symbol},
           {"mark_price", mark},
           {"last", stats.last},
           {"bid_price", book.bids[0].price},
           {"ask_price", book.asks[0].price},
           {"mid_price", (book.bids[0].price + book.asks[0].price) / 2},
           {"high", stats.high},
           {"low", stats.low},
           {"price_change", (stats.last / stats.open - 1) * 100},
           {"open_interest", deribit_amount(contract, world_.open_interest(contract, now), mark)},
           {"volume", stats.base},
           {"volume_notional", stats.quote},
           {"volume_usd", stats.quote},
           {"estimated_delivery_price", world_.index(contract, now)},
           {"base_currency", contract.coin},
           {"quote_currency", linear(contract) ? "USDC" : "USD"},
           {"creation_timestamp", now}};
  if (contract.kind != Contract::Kind::dated) {
    const double rate = world_.funding(contract, now).rate;
    out["current_funding"] = rate / 4;  // of this moment; the last eight hours are what others call a rate
    out["funding_8h"] = rate;
  }
  return out;
}

Response Deribit::of_one(const Request& request, const std::string& method, Ms now) const {
  constexpr std::array<std::string_view, 5> known{"get_tradingview_chart_data", "get_funding_rate_history",
                                                  "get_order_book", "get_last_trades_by_instrument", "ticker"};
  if (std::ranges::find(known, method) == known.end()) return not_found(now);
  const auto name = text_param(request.query, "instrument_name");
  const auto* contract = world_.find(venue_, name);
  if (contract == nullptr || contract->symbol != name) return bad(no_such_thing, "not_found", now);
  if (method == "get_order_book") return good(book(request, *contract, now), now);
  if (method == "get_last_trades_by_instrument") return good(last_trades(request, contract, now), now);
  if (method == "get_funding_rate_history") return good(rates(request, *contract, now), now);
  if (method == "ticker") return good(summary(*contract, now), now);
  if (deribit_resolution(text_param(request.query, "resolution")) == 0) return bad(bad_params, "Invalid params", now);
  return good(chart(request, *contract, now), now);
}

Json Deribit::chart(const Request& request, const Contract& contract, Ms now) const {
  const Ms length = deribit_resolution(text_param(request.query, "resolution"));
  const auto bars = world_.bars(contract, length, int_param(request.query, "start_timestamp", now),
                                int_param(request.query, "end_timestamp", now), 5'000, now);
  Json out{{"status", bars.empty() ? "no_data" : "ok"}};
  for (const auto* column : {"ticks", "open", "high", "low", "close", "volume", "cost"}) out[column] = Json::array();
  for (const auto& bar : bars) {
    out["ticks"].push_back(bar.open_time);
    out["open"].push_back(bar.open);
    out["high"].push_back(bar.high);
    out["low"].push_back(bar.low);
    out["close"].push_back(bar.close);
    out["volume"].push_back(bar.base);
    out["cost"].push_back(bar.quote);
  }
  return out;
}

/// One row for each eight hours, where the real one has one an hour (memory: EXCHANGES.md does not word this call).
Json Deribit::rates(const Request& request, const Contract& contract, Ms now) const {
  const Ms from = int_param(request.query, "start_timestamp", now - day);
  const Ms to = std::min(now, int_param(request.query, "end_timestamp", now));
  Json out = Json::array();
  for (const auto& row : world_.settlements(contract, from, to, now)) {
    const double price = world_.index(contract, row.time);
    out.push_back(Json{{"timestamp", row.time},
                       {"index_price", price},
                       {"prev_index_price", world_.index(contract, row.time - hour)},
                       {"interest_8h", row.rate},
                       {"interest_1h", row.rate / 8}});
  }
  return out;
}

Json Deribit::book(const Request& request, const Contract& contract, Ms now) const {
  const auto levels = static_cast<std::size_t>(std::clamp<Ms>(int_param(request.query, "depth", 5), 1, 1'000));
  const auto made = book_of(world_, contract, levels, now);
  const auto side = [&](const std::vector<Level>& rows) {
    Json out = Json::array();
    for (const auto& level : rows)
      out.push_back(Json::array({level.price, deribit_amount(contract, level.size, level.price)}));
    return out;
  };
  auto out = summary(contract, now);
  out["timestamp"] = now;
  out["bids"] = side(made.bids);
  out["asks"] = side(made.asks);
  return out;
}

Json Deribit::trade(const Contract& contract, const Print& print) const {
  const double amount = deribit_amount(contract, print.size, print.price);
  return Json{{"trade_seq", print.id},
              {"trade_id", std::to_string(print.id)},
              {"timestamp", print.time},
              {"tick_direction", 0},
              {"price", print.price},
              {"mark_price", print.price},
              {"index_price", print.price},
              {"instrument_name", contract.symbol},
              {"direction", print.taker_buys ? "buy" : "sell"},
              {"amount", amount},
              {"contracts", amount / contract_worth(contract)}};
}

/// Closed by force as the taker, or run over as the maker: then the direction is the other side's.
Json Deribit::forced_trade(const Liquidation& event) const {
  const bool taker = event.sequence % 2 == 0;
  Print print;
  print.id = static_cast<std::int64_t>(1'000'000 + event.sequence);
  print.time = event.time;
  print.price = event.price;
  print.size = event.size;
  print.taker_buys = event.long_closed != taker;
  auto out = trade(*event.contract, print);
  out["liquidation"] = taker ? "T" : "M";
  return out;
}

/// Newest first; `contract` null: of a currency.
Json Deribit::last_trades(const Request& request, const Contract* contract, Ms now) const {
  const auto currency = text_param(request.query, "currency");
  const auto count = static_cast<std::size_t>(std::clamp<Ms>(int_param(request.query, "count", 10), 1, 1'000));
  std::vector<Json> rows;
  for (const auto& event : world_.liquidations()) {
    if (event.contract->venue != venue_) continue;
    if (contract == nullptr ? deribit_currency(*event.contract) == currency : event.contract == contract)
      rows.push_back(forced_trade(event));
  }
  for (const auto& each : contracts()) {
    if (contract != nullptr ? each.get() != contract : deribit_currency(*each) != currency) continue;
    for (const auto& print : tape_of(world_, *each, contract == nullptr ? 10 : count, now))
      rows.push_back(trade(*each, print));
  }
  std::ranges::stable_sort(rows, [](const Json& a, const Json& b) { return a["timestamp"] > b["timestamp"]; });
  const bool more = rows.size() > count;
  if (more) rows.resize(count);
  return Json{{"trades", rows}, {"has_more", more}};
}

}  // namespace sandbox
