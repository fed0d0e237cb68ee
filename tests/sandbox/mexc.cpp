#include "tests/sandbox/mexc.hpp"

#include <algorithm>
#include <cmath>

#include "tests/sandbox/market/tape.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {

constexpr Ms idle_most = minute;
const std::string root = "/api/v1/contract/";

Response good(const Json& data) { return json_response(Json{{"success", true}, {"code", 0}, {"data", data}}); }

Response bad(int code, const std::string& words, int status = 200) {
  return json_response(Json{{"success", false}, {"code", code}, {"message", words}}, status);
}

Ms interval_of(const std::string& word) {
  static const std::map<std::string, Ms> known{{"Min1", minute},       {"Min5", 5 * minute}, {"Min15", 15 * minute},
                                               {"Min30", 30 * minute}, {"Min60", hour},      {"Hour4", 4 * hour},
                                               {"Hour8", 8 * hour},    {"Day1", day}};
  const auto found = known.find(word);
  return found == known.end() ? 0 : found->second;
}

double lots(const Contract& contract, double size) { return std::round(size / contract.contract_size); }

}  // namespace

Mexc::Mexc(World& world, Faults& faults)
    : Exchange(Venue::mexc, world, faults, LimitPolicy{40, 2 * minute, 3 * day, false}) {}

std::vector<Charge> Mexc::charges(const Request&, const std::string& path) const {
  if (path == root + "detail") return {Charge{path, 1, 1, 5 * second}};
  const auto parts = split(path, '/');  // the symbol in a path is no endpoint of its own
  const auto bucket = parts.size() > 5 && parts.back() != "history" ? path.substr(0, path.rfind('/')) : path;
  return {Charge{bucket, 1, 20, 2 * second}};
}

Response Mexc::refusal(const LimitVerdict& verdict, const Request&, Ms now) {
  if (verdict.kind == LimitVerdict::Kind::over) return bad(510, "Requests are too frequent!");
  auto out = bad(510, "Requests are too frequent! Banned.", 418);
  out.headers.emplace_back("Retry-After", std::to_string((verdict.until - now + 999) / 1000));
  return out;
}

Response Mexc::not_found(Ms) const { return bad(404, "Not Found", 404); }

Response Mexc::answer(const Request& request, const std::string& path, Ms now) {
  if (path == root + "ping") return good(now);
  if (path == root + "ticker") return each(request, &Mexc::ticker, now);
  if (path == root + "funding_rate") return each(request, &Mexc::funding, now);
  if (path == root + "detail") return each(request, &Mexc::detail, now);
  return of_one(request, path, now);
}

Response Mexc::each(const Request& request, One one, Ms now) const {
  if (const auto symbol = request.query.find("symbol"); symbol != request.query.end()) {
    const auto* contract = world_.find(venue_, symbol->second);
    if (contract == nullptr || contract->symbol != symbol->second) return bad(1001, "Contract does not exist");
    return good((this->*one)(*contract, now));  // one object, not a list of one
  }
  Json data = Json::array();
  for (const auto& contract : contracts()) {
    if (contract->trading || one == &Mexc::detail) data.push_back((this->*one)(*contract, now));
  }
  return good(data);
}

/// Paths that end in a symbol, and the funding history.
Response Mexc::of_one(const Request& request, const std::string& path, Ms now) const {
  if (!path.starts_with(root)) return not_found(now);
  const auto parts = split(path.substr(root.size()), '/');
  const bool history = path == root + "funding_rate/history";
  if (parts.size() < 2) return not_found(now);
  const auto symbol = history ? text_param(request.query, "symbol") : parts.back();
  const auto* contract = world_.find(venue_, symbol);
  if (contract == nullptr || contract->symbol != symbol) return bad(1001, "Contract does not exist");
  if (history) return funding_history(request, *contract, now);
  if (parts[0] == "funding_rate") return good(funding(*contract, now));
  if (parts[0] == "kline") return klines(request, *contract, now);
  const auto count = static_cast<std::size_t>(std::clamp<Ms>(int_param(request.query, "limit", 100), 1, 100));
  if (parts[0] == "depth") {
    const auto book = book_of(world_, *contract, count, now);
    const auto side = [&](const std::vector<Level>& rows) {
      Json out = Json::array();
      for (const auto& level : rows) out.push_back(Json::array({level.price, lots(*contract, level.size), 2}));
      return out;
    };
    // The documented sample of this one has no success envelope.
    return json_response(
        Json{{"asks", side(book.asks)}, {"bids", side(book.bids)}, {"version", now / 100}, {"timestamp", now}});
  }
  if (parts[0] != "deals") return not_found(now);
  Json data = Json::array();
  for (const auto& print : tape_of(world_, *contract, count, now)) {
    data.push_back(Json{{"p", print.price},
                        {"v", lots(*contract, print.size)},
                        {"T", print.taker_buys ? 1 : 2},
                        {"O", 3},
                        {"M", 1},
                        {"t", print.time}});
  }
  return good(data);
}

Response Mexc::klines(const Request& request, const Contract& contract, Ms now) const {
  const Ms length = interval_of(text_param(request.query, "interval", "Min1"));
  if (length == 0) return bad(600, "Parameter error");
  const Ms from = int_param(request.query, "start", 0) * second;
  const Ms to = request.query.contains("end") ? int_param(request.query, "end", 0) * second : now;
  Json time = Json::array(), open = time, close = time, high = time, low = time, vol = time, amount = time;
  for (const auto& bar : world_.bars(contract, length, from, to, 2'000, now)) {
    time.push_back(bar.open_time / second);
    open.push_back(bar.open);
    close.push_back(bar.close);
    high.push_back(bar.high);
    low.push_back(bar.low);
    vol.push_back(lots(contract, bar.base));
    amount.push_back(bar.quote);
  }
  return good(Json{{"time", time},
                   {"open", open},
                   {"close", close},
                   {"high", high},
                   {"low", low},
                   {"vol", vol},
                   {"amount", amount}});
}

Response Mexc::funding_history(const Request& request, const Contract& contract, Ms now) const {
  const auto size = static_cast<std::size_t>(std::clamp<Ms>(int_param(request.query, "page_size", 20), 1, 1000));
  const auto page = static_cast<std::size_t>(std::max<Ms>(1, int_param(request.query, "page_num", 1)));
  auto rows = world_.settlements(contract, 0, now, now);
  std::ranges::reverse(rows);
  Json list = Json::array();
  for (std::size_t i = (page - 1) * size; i < rows.size() && list.size() < size; ++i) {
    list.push_back(Json{{"symbol", contract.symbol}, {"fundingRate", rows[i].rate}, {"settleTime", rows[i].time}});
  }
  return good(Json{{"pageSize", size},
                   {"totalCount", rows.size()},
                   {"totalPage", (rows.size() + size - 1) / size},
                   {"currentPage", page},
                   {"resultList", list}});
}

Json Mexc::ticker(const Contract& contract, Ms now) const {
  const auto stats = world_.day_stats(contract, now);
  const auto book = book_of(world_, contract, 1, now);
  return Json{{"symbol", contract.symbol},
              {"lastPrice", stats.last},
              {"bid1", book.bids[0].price},
              {"ask1", book.asks[0].price},
              {"volume24", lots(contract, stats.base)},
              {"amount24", stats.quote},
              {"holdVol", lots(contract, world_.open_interest(contract, now))},
              {"lower24Price", stats.low},
              {"high24Price", stats.high},
              {"riseFallRate", stats.last / stats.open - 1},
              {"riseFallValue", stats.last - stats.open},
              {"indexPrice", world_.index(contract, now)},
              {"fairPrice", world_.mark(contract, now)},
              {"fundingRate", world_.funding(contract, now).rate},
              {"maxBidPrice", stats.last * 1.1},
              {"minAskPrice", stats.last * 0.9},
              {"timestamp", now}};
}

Json Mexc::funding(const Contract& contract, Ms now) const {
  const auto state = world_.funding(contract, now);
  return Json{{"symbol", contract.symbol},
              {"fundingRate", state.rate},
              {"maxFundingRate", contract.cap},
              {"minFundingRate", -contract.cap},
              {"collectCycle", state.interval_hours},
              {"nextSettleTime", state.next},
              {"timestamp", now}};
}

Json Mexc::detail(const Contract& contract, Ms) const {
  return Json{{"symbol", contract.symbol},
              {"baseCoin", contract.base},
              {"quoteCoin", "USDT"},
              {"settleCoin", "USDT"},
              {"contractSize", contract.contract_size},
              {"priceUnit", std::pow(10.0, -contract.price_decimals)},
              {"volUnit", 1},
              {"minVol", 1},
              {"maxVol", 1'000'000},
              {"state", contract.trading ? 0 : 3},
              {"isNew", false},
              {"isHidden", false},
              {"apiAllowed", true},
              {"createTime", contract.listed}};
}

bool Mexc::ws_open(Peer& peer, Ms now) {
  if (peer.request().path != "/mexc/edge") return false;
  (void)open_session(peer, now);
  return true;
}

void Mexc::on_text(Session& session, const std::string& text, Ms now) {
  const auto message = Json::parse(text, nullptr, false);
  const auto method = message.is_object() ? message.value("method", "") : std::string();
  const auto answer = [&](const std::string& channel, const Json& data) {
    reply(session, Json{{"channel", channel}, {"data", data}, {"ts", now}}, now);
  };
  if (method == "ping") return reply(session, Json{{"channel", "pong"}, {"data", now}}, now);
  const bool add = method.starts_with("sub.");
  if (!add && !method.starts_with("unsub.")) return answer("rs.error", "Invalid method");
  const auto what = method.substr(method.find('.') + 1);
  const auto param = message.value("param", Json::object());
  const auto symbol = param.is_object() ? param.value("symbol", "") : std::string();
  auto topic = what;
  if (what != "tickers") {
    const auto* contract = world_.find(venue_, symbol);
    if (what != "ticker" && what != "deal" && what != "kline" && what != "funding.rate")
      return answer("rs.error", "Invalid method");
    if (contract == nullptr || contract->symbol != symbol) return answer("rs.error", "Contract doesn't exist!");
    const auto interval = param.value("interval", "Min1");
    if (what == "kline" && interval_of(interval) == 0) return answer("rs.error", "Invalid interval");
    topic += " " + symbol + (what == "kline" ? " " + interval : "");
  }
  add ? void(session.topics.insert(topic)) : void(session.topics.erase(topic));
  answer("rs." + method, "success");
}

void Mexc::push_topic(Session& session, const std::string& topic, Ms now) {
  const auto parts = split(topic, ' ');
  const auto send = [&](const std::string& channel, const std::string& symbol, const Json& data) {
    Json message{{"channel", "push." + channel}, {"data", data}, {"ts", now}};
    if (!symbol.empty()) message["symbol"] = symbol;
    push(session, message, now);
  };
  if (parts[0] == "tickers") {
    Json all = Json::array();
    for (const auto& contract : contracts()) {
      if (!contract->trading) continue;
      const auto full = ticker(*contract, now);
      all.push_back(Json{{"symbol", full["symbol"]},
                         {"lastPrice", full["lastPrice"]},
                         {"fairPrice", full["fairPrice"]},
                         {"riseFallRate", full["riseFallRate"]},
                         {"volume24", full["volume24"]}});
    }
    return send("tickers", "", all);
  }
  const auto* contract = world_.find(venue_, parts[1]);
  if (contract == nullptr || !contract->trading) return;
  if (parts[0] == "ticker") send("ticker", parts[1], ticker(*contract, now));
  if (parts[0] == "funding.rate" && due(now, minute)) {
    send("funding.rate", parts[1], Json{{"rate", world_.funding(*contract, now).rate}, {"symbol", parts[1]}});
  }
  if (parts[0] == "deal") {
    const auto print = tape_of(world_, *contract, 1, now).front();
    send("deal", parts[1],
         Json{{"p", print.price},
              {"v", lots(*contract, print.size)},
              {"T", print.taker_buys ? 1 : 2},
              {"O", 3},
              {"M", 1},
              {"t", print.time}});
  }
  if (parts[0] != "kline") return;
  const Ms length = interval_of(parts[2]);
  const bool closes = due(now, length);
  if (!closes && !due(now, 2 * second)) return;
  const auto bar = world_.bar(*contract, now / length * length - (closes ? length : 0), length, now);
  if (!bar) return;
  send("kline", parts[1],
       Json{{"a", bar->quote},
            {"c", bar->close},
            {"h", bar->high},
            {"interval", parts[2]},
            {"l", bar->low},
            {"o", bar->open},
            {"q", lots(*contract, bar->base)},
            {"symbol", parts[1]},
            {"t", bar->open_time / second}});
}

void Mexc::push_due(Ms now) {
  for (auto& [peer, session] : sessions_) {
    if (now - session.last_in > idle_most) close(session, 1001, "no ping for a minute");
    if (!due(now, second)) continue;
    for (const auto& topic : session.topics) push_topic(session, topic, now);
  }
}

}  // namespace sandbox
