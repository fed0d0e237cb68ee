#include "tests/sandbox/hyperliquid.hpp"

#include <algorithm>

#include "tests/sandbox/market/tape.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {

constexpr int weight_most = 1'200;
constexpr int connections_most = 10;  ///< open at once (the newer text; the older one says 100)
constexpr int connects_per_minute = 30;
constexpr std::size_t subscriptions_most = 1'000;
constexpr int messages_per_minute = 2'000;
constexpr Ms idle_most = minute;
constexpr std::size_t candles_kept = 5'000;
constexpr std::size_t rates_most = 500;

Ms length_of(const std::string& word) {
  static const std::map<std::string, Ms> known{
      {"1m", minute}, {"3m", 3 * minute}, {"5m", 5 * minute}, {"15m", 15 * minute}, {"30m", 30 * minute},
      {"1h", hour},   {"2h", 2 * hour},   {"4h", 4 * hour},   {"8h", 8 * hour},     {"12h", 12 * hour},
      {"1d", day},    {"3d", 3 * day},    {"1w", 7 * day},    {"1M", 30 * day}};
  const auto found = known.find(word);
  return found == known.end() ? 0 : found->second;
}

Response null_with(int status) { return json_response(Json(nullptr), status); }

Response malformed() {
  Response out;
  out.status = 422;
  out.type = "text/plain";
  out.body = "Failed to deserialize the JSON body into the target type";
  return out;
}

Json body_of(const Request& request) {
  auto body = Json::parse(request.body, nullptr, false);
  return body.is_object() ? body : Json::object();
}

/// How many rows an answer will have, for the weight that grows with it.
Ms rows_expected(const Json& body, Ms length, Ms most) {
  const auto from = body.value("startTime", Ms{0});
  const auto to = body.value("endTime", from + most * length);
  return std::clamp<Ms>((to - from) / std::max<Ms>(1, length), 0, most);
}

}  // namespace

Hyperliquid::Hyperliquid(World& world, Faults& faults)
    : Exchange(Venue::hyperliquid, world, faults, LimitPolicy{0, minute, minute, false}) {}

std::vector<Charge> Hyperliquid::charges(const Request& request, const std::string&) const {
  const auto body = body_of(request);
  const auto type = body.contains("type") && body["type"].is_string() ? body["type"].get<std::string>() : std::string();
  int weight = 20;
  if (type == "l2Book" || type == "allMids") weight = 2;
  if (type == "recentTrades") weight += 1;
  if (type == "fundingHistory") weight += static_cast<int>(rows_expected(body, hour, rates_most) / 20);
  if (type == "candleSnapshot" && body.contains("req") && body["req"].is_object()) {
    const auto& wanted = body["req"];
    weight += static_cast<int>(rows_expected(wanted, length_of(wanted.value("interval", "1m")), candles_kept) / 60);
  }
  return {Charge{"weight", weight, weight_most, minute}};
}

Response Hyperliquid::refusal(const LimitVerdict&, const Request&, Ms) { return null_with(429); }

Response Hyperliquid::not_found(Ms) const {
  Response out;
  out.status = 404;
  out.type = "text/plain";
  return out;
}

const Contract* Hyperliquid::listed(const std::string& coin) const {
  const auto* contract = world_.find(venue_, coin);
  return contract == nullptr || contract->symbol != coin ? nullptr : contract;
}

Response Hyperliquid::answer(const Request& request, const std::string& path, Ms now) {
  if (path != "/info" || request.method != "POST") return not_found(now);
  const auto body = body_of(request);
  const auto kind = text_param(request.headers, "content-type");
  if (!body.contains("type") || !body["type"].is_string() || !kind.starts_with("application/json")) return malformed();
  const auto type = body["type"].get<std::string>();
  if (body.value("dex", "") != "") return null_with(500);  // no builder's market is played
  if (type == "meta") return json_response(Json{{"universe", universe()}});
  if (type == "metaAndAssetCtxs") return json_response(Json::array({Json{{"universe", universe()}}, contexts(now)}));
  if (type == "predictedFundings") return json_response(predicted(now));
  if (type == "perpDexs") return json_response(Json::array({nullptr}));
  if (type == "allMids") {
    Json mids = Json::object();
    for (const auto& contract : contracts()) mids[contract->symbol] = number(world_.last(*contract, now));
    return json_response(mids);
  }
  if (type == "candleSnapshot") return candles(body.value("req", Json::object()), now);
  return of_coin(type, body, now);
}

Response Hyperliquid::of_coin(const std::string& type, const Json& body, Ms now) {
  if (type != "fundingHistory" && type != "l2Book" && type != "recentTrades") return malformed();
  const auto* contract = listed(body.value("coin", ""));
  if (contract == nullptr) return null_with(500);
  if (type == "fundingHistory") return rates(*contract, body, now);
  if (type == "recentTrades") return json_response(trades(*contract, 10, now));
  const auto book = book_of(world_, *contract, 20, now);
  const auto side = [&](const std::vector<Level>& rows) {
    Json out = Json::array();
    for (const auto& level : rows) {
      out.push_back(Json{{"px", fixed(level.price, contract->price_decimals)},
                         {"sz", fixed(level.size, contract->size_decimals)},
                         {"n", 3}});
    }
    return out;
  };
  return json_response(
      Json{{"coin", contract->symbol}, {"time", now}, {"levels", Json::array({side(book.bids), side(book.asks)})}});
}

Json Hyperliquid::universe() const {
  Json out = Json::array();
  for (const auto& contract : contracts()) {
    Json row{{"name", contract->symbol}, {"szDecimals", contract->size_decimals}, {"maxLeverage", 50}};
    if (!contract->trading) row.update(Json{{"onlyIsolated", true}, {"isDelisted", true}});
    out.push_back(row);
  }
  return out;
}

Json Hyperliquid::context(const Contract& contract, Ms now) const {
  const int p = contract.price_decimals;
  const auto stats = world_.day_stats(contract, now);
  const auto mark = fixed(world_.mark(contract, now), p + 2);
  const auto oracle = fixed(world_.index(contract, now), p + 2);
  if (!contract.trading) {  // what was taken off the list stays in it, with nulls
    return Json{{"funding", "0.0"},     {"openInterest", "0.0"}, {"prevDayPx", oracle}, {"dayNtlVlm", "0.0"},
                {"premium", nullptr},   {"oraclePx", oracle},    {"markPx", mark},      {"midPx", nullptr},
                {"impactPxs", nullptr}, {"dayBaseVlm", "0.0"}};
  }
  const auto book = book_of(world_, contract, 1, now);
  const auto bid = fixed(book.bids[0].price, p);
  const auto ask = fixed(book.asks[0].price, p);
  return Json{{"funding", number(world_.funding(contract, now).rate)},
              {"openInterest", number(world_.open_interest(contract, now))},
              {"prevDayPx", fixed(stats.open, p)},
              {"dayNtlVlm", number(stats.quote)},
              {"premium", number(world_.mark(contract, now) / world_.index(contract, now) - 1)},
              {"oraclePx", oracle},
              {"markPx", mark},
              {"midPx", fixed((book.bids[0].price + book.asks[0].price) / 2, p + 1)},
              {"impactPxs", Json::array({bid, ask})},
              {"dayBaseVlm", number(stats.base)}};
}

Json Hyperliquid::contexts(Ms now) const {
  Json out = Json::array();
  for (const auto& contract : contracts()) out.push_back(context(*contract, now));
  return out;
}

Json Hyperliquid::predicted(Ms now) const {
  Json out = Json::array();
  for (const auto& contract : contracts()) {
    if (!contract->trading) continue;
    Json places = Json::array();
    const auto add = [&](const char* place, const Contract* there) {
      if (there == nullptr) return places.push_back(Json::array({place, nullptr}));
      const auto state = world_.funding(*there, now);
      places.push_back(Json::array({place, Json{{"fundingRate", number(state.rate)},
                                                {"nextFundingTime", state.next},
                                                {"fundingIntervalHours", state.interval_hours}}}));
    };
    add("BinPerp", world_.find(Venue::binance, contract->coin));
    add("HlPerp", contract.get());
    add("BybitPerp", nullptr);
    out.push_back(Json::array({contract->symbol, places}));
  }
  return out;
}

Response Hyperliquid::rates(const Contract& contract, const Json& body, Ms now) {
  if (!body.contains("startTime")) return malformed();
  Json out = Json::array();
  for (const auto& row : world_.settlements(contract, body["startTime"], body.value("endTime", now), now)) {
    if (out.size() == rates_most) break;  // the oldest ones: the caller goes on from the last
    const auto rate = number(row.rate);
    out.push_back(Json{{"coin", contract.symbol}, {"fundingRate", rate}, {"premium", rate}, {"time", row.time + 76}});
  }
  return json_response(out);
}

Json Hyperliquid::candle(const Contract& contract, const Bar& bar, const std::string& interval) const {
  const int p = contract.price_decimals;
  return Json{{"t", bar.open_time},      {"T", bar.open_time + bar.length - 1},
              {"s", contract.symbol},    {"i", interval},
              {"o", fixed(bar.open, p)}, {"c", fixed(bar.close, p)},
              {"h", fixed(bar.high, p)}, {"l", fixed(bar.low, p)},
              {"v", number(bar.base)},   {"n", bar.trades}};
}

Response Hyperliquid::candles(const Json& wanted, Ms now) {
  const auto* contract = wanted.is_object() ? listed(wanted.value("coin", "")) : nullptr;
  if (contract == nullptr) return null_with(500);
  const auto interval = wanted.value("interval", "");
  const Ms length = length_of(interval);
  if (length == 0 || !wanted.contains("startTime")) return malformed();
  Json out = Json::array();
  const Ms oldest = now - static_cast<Ms>(candles_kept) * length;
  const Ms from = std::max(oldest, wanted["startTime"].get<Ms>());
  for (const auto& bar : world_.bars(*contract, length, from, wanted.value("endTime", now), candles_kept, now))
    out.push_back(candle(*contract, bar, interval));
  return json_response(out);
}

Json Hyperliquid::trades(const Contract& contract, std::size_t count, Ms now) const {
  Json out = Json::array();
  for (const auto& print : tape_of(world_, contract, count, now)) {
    out.insert(out.begin(), Json{{"coin", contract.symbol},
                                 {"side", print.taker_buys ? "B" : "A"},
                                 {"px", fixed(print.price, contract.price_decimals)},
                                 {"sz", fixed(print.size, contract.size_decimals)},
                                 {"time", print.time},
                                 {"hash", "0x0000000000000000000000000000000000000000000000000000000000000000"},
                                 {"tid", print.id},
                                 {"users", Json::array({"0x8cdb", "0x1355"})}});
  }
  return out;
}

bool Hyperliquid::ws_open(Peer& peer, Ms now) {
  const auto& request = peer.request();
  if (request.path != "/hyperliquid/ws") return false;
  const auto open = std::ranges::count_if(
      sessions_, [&](const auto& each) { return each.first->request().client == request.client; });
  if (open >= connections_most || !connection_allowed(request, connects_per_minute, minute, now)) return false;
  (void)open_session(peer, now);
  return true;
}

void Hyperliquid::on_text(Session& session, const std::string& text, Ms now) {
  if (++session.ops[now / minute] > messages_per_minute) return close(session, 1008, "too many messages");
  const auto message = Json::parse(text, nullptr, false);
  const auto method = message.is_object() ? message.value("method", "") : std::string();
  if (method == "ping") return reply(session, Json{{"channel", "pong"}}, now);
  const auto fail = [&](const std::string& words) { reply(session, Json{{"channel", "error"}, {"data", words}}, now); };
  const bool add = method == "subscribe";
  const auto wanted = message.is_object() ? message.value("subscription", Json()) : Json();
  if ((!add && method != "unsubscribe") || !wanted.is_object())
    return fail("Error parsing JSON into valid websocket request: " + text);
  const auto type = wanted.value("type", "");
  const bool of_coin = type == "trades" || type == "activeAssetCtx" || type == "candle";
  const bool known = type == "allDexsAssetCtxs" || (of_coin && listed(wanted.value("coin", "")) != nullptr);
  if (!known || (type == "candle" && length_of(wanted.value("interval", "")) == 0))
    return fail("Invalid subscription " + wanted.dump());
  if (add && session.topics.contains(wanted.dump())) return fail("Already subscribed: " + wanted.dump());
  if (add && session.topics.size() >= subscriptions_most) return fail("Cannot track more than 1000 subscriptions");
  add ? void(session.topics.insert(wanted.dump())) : void(session.topics.erase(wanted.dump()));
  reply(session,
        Json{{"channel", "subscriptionResponse"}, {"data", Json{{"method", method}, {"subscription", wanted}}}}, now);
}

void Hyperliquid::push_topic(Session& session, const Json& topic, Ms now) {
  const auto type = topic.value("type", "");
  const auto say = [&](const Json& data) { push(session, Json{{"channel", type}, {"data", data}}, now); };
  if (type == "allDexsAssetCtxs") {
    if (due(now, 3 * second)) say(Json{{"ctxs", Json::array({Json::array({"", contexts(now)})})}});
    return;
  }
  const auto* contract = listed(topic.value("coin", ""));
  if (contract == nullptr || !contract->trading) return;
  if (type == "candle") {
    const auto interval = topic.value("interval", "");
    if (const auto bar = due_bar(*contract, length_of(interval), now)) say(candle(*contract, *bar, interval));
    return;
  }
  if (!due(now, second)) return;
  if (type == "trades") return say(trades(*contract, 2, now));
  say(Json{{"coin", contract->symbol}, {"ctx", context(*contract, now)}});
}

void Hyperliquid::push_due(Ms now) {
  for (auto& [peer, session] : sessions_) {
    if (now - session.last_in > idle_most) close(session, 1000, "Inactive");
    for (const auto& topic : session.topics) push_topic(session, Json::parse(topic), now);
  }
}

}  // namespace sandbox
