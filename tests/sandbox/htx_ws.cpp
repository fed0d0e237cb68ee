// HTX's two sockets: every frame is packed with gzip, and the server's own heartbeat must be answered.
#include <algorithm>

#include "tests/sandbox/encoding.hpp"
#include "tests/sandbox/htx.hpp"
#include "tests/sandbox/htx_words.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {

constexpr Ms heartbeat_every = 5 * second;
constexpr int ignored_most = 5;
constexpr int requests_at_once = 50;
constexpr std::uint64_t priceless_every = 16;  ///< so often an order has no price: turnover says it

bool is_market(const Request& request) { return request.path == "/htx/linear-swap-ws"; }

}  // namespace

Json htx_order(const Liquidation& event) {
  const auto lots = htx_lots(*event.contract, event.size);
  const bool priceless = event.sequence % priceless_every == 0;
  return Json{{"symbol", event.contract->coin},
              {"contract_code", event.contract->symbol},
              {"direction", event.long_closed ? "sell" : "buy"},
              {"offset", "close"},
              {"volume", lots},
              {"price", priceless ? 0.0 : event.price},
              {"created_at", event.time},
              {"amount", static_cast<double>(lots) * event.contract->contract_size},
              {"trade_turnover", event.size * event.price},
              {"contract_type", "swap"},
              {"pair", htx_pair(*event.contract)},
              {"business_type", htx_business(*event.contract)}};
}

void Htx::transmit(Session& session, std::string text) { session.peer->send_binary(gzipped(text)); }

bool Htx::ws_open(Peer& peer, Ms now) {
  const auto& path = peer.request().path;
  if (path != "/htx/linear-swap-ws" && path != "/htx/linear-swap-notification") return false;
  (void)open_session(peer, now);
  return true;
}

void Htx::on_text(Session& session, const std::string& text, Ms now) {
  const auto message = Json::parse(text, nullptr, false);
  if (!message.is_object()) return reply(session, Json{{"status", "error"}, {"err-code", "bad-request"}}, now);
  if (message.contains("pong") || message.value("op", "") == "pong") {
    session.ops[0] = 0;  // heartbeats without an answer
    return;
  }
  is_market(session.peer->request()) ? on_market(session, message, now) : on_notification(session, message, now);
}

void Htx::on_market(Session& session, const Json& message, Ms now) {
  const bool add = message.contains("sub");
  const auto id = message.value("id", "");
  const auto topic = message.value(add ? "sub" : "unsub", "");
  const auto parts = split(topic, '.');
  const auto* contract = parts.size() < 4 ? nullptr : world_.find(venue_, parts[1]);
  const bool candle = parts.size() == 4 && parts[2] == "kline" && htx_period(parts[3]) > 0;
  const bool trade = parts.size() == 4 && parts[2] == "trade" && parts[3] == "detail";
  if (message.contains("req") && ++session.ops[now] > requests_at_once)
    return close(session, 1008, "too many requests");
  if (contract == nullptr || contract->symbol != parts[1] || (!candle && !trade)) {
    return reply(session,
                 Json{{"status", "error"},
                      {"ts", now},
                      {"id", id},
                      {"err-code", "bad-request"},
                      {"err-msg", "invalid topic " + topic}},
                 now);
  }
  add ? void(session.topics.insert(topic)) : void(session.topics.erase(topic));
  reply(session, Json{{"id", id}, {"status", "ok"}, {add ? "subbed" : "unsubbed", topic}, {"ts", now}}, now);
}

void Htx::on_notification(Session& session, const Json& message, Ms now) {
  const auto op = message.value("op", "");
  const auto cid = message.value("cid", "");
  const auto topic = message.value("topic", "");
  const auto say = [&](int code, const std::string& words) {
    Json out{{"op", op}, {"cid", cid}, {"topic", topic}, {"ts", now}, {"err-code", code}};
    if (code != 0) out["err-msg"] = words;
    reply(session, out, now);
  };
  const auto parts = split(topic, '.');
  if ((op != "sub" && op != "unsub") || parts.size() != 3 || parts[0] != "public") return say(2011, "invalid request");
  const bool all = parts[1] == "*";
  const auto* contract = all ? nullptr : world_.find(venue_, parts[1]);
  if (parts[2] != "liquidation_orders" && parts[2] != "funding_rate") return say(2011, "invalid topic");
  if (!all && (contract == nullptr || contract->symbol != parts[1])) return say(1013, "contract does not exist");
  const auto business = message.value("business_type", "");
  if (!all && business == "swap") return say(2011, "a contract and business_type exclude each other");
  const auto wide = "public.*." + parts[2];
  if (op == "sub" && !all && (session.topics.contains(wide) || session.topics.contains(wide + ".swap")))
    return say(2014, "a wider topic is subscribed");
  const auto kept = all && business == "swap" ? wide + ".swap" : topic;
  op == "sub" ? void(session.topics.insert(kept)) : void(session.topics.erase(kept));
  say(0, "");
}

void Htx::on_liquidation(const Liquidation& event) { pending_.push_back(event); }

void Htx::push_market(Session& session, const std::string& topic, Ms now) {
  const auto parts = split(topic, '.');
  const auto* contract = world_.find(venue_, parts[1]);
  if (contract == nullptr || !contract->trading) return;
  Json tick;
  if (parts[2] == "kline") {
    const auto bar = due_bar(*contract, htx_period(parts[3]), now);
    if (!bar) return;
    tick = htx_bar(*contract, *bar);
    tick["mrid"] = now / second;
  } else {
    if (!due(now, second)) return;
    const auto print = tape_of(world_, *contract, 1, now).front();
    tick = Json{{"id", print.id}, {"ts", print.time}, {"data", Json::array({htx_trade(*contract, print)})}};
  }
  push(session, Json{{"ch", topic}, {"ts", now}, {"tick", tick}}, now);
}

void Htx::push_notification(Session& session, const std::string& topic, Ms now) {
  const auto parts = split(topic, '.');
  const auto said = parts[0] + "." + parts[1] + "." + parts[2];
  const bool swaps_only = parts.size() == 4;
  const auto wanted = [&](const Contract& contract) {
    if (swaps_only && contract.kind != Contract::Kind::perpetual) return false;
    return parts[1] == "*" || contract.symbol == parts[1];
  };
  const auto say = [&](const Json& rows) {
    push(session, Json{{"op", "notify"}, {"topic", said}, {"ts", now}, {"data", rows}}, now);
  };
  if (parts[2] == "liquidation_orders") {
    for (const auto& event : pending_) {
      if (wanted(*event.contract)) say(Json::array({htx_order(event)}));
    }
    return;
  }
  if (!due(now, minute)) return;
  Json rows = Json::array();
  for (const auto& contract : contracts()) {
    if (!wanted(*contract) || contract->kind != Contract::Kind::perpetual) continue;
    auto row = funding(*contract, now);
    row["settlement_time"] = row["funding_time"];
    rows.push_back(row);
  }
  say(rows);
}

/// Not data: a silent feed still beats.
void Htx::heartbeat(Session& session, Ms now) {
  if (now - session.last_out < heartbeat_every) return;
  session.last_out = now;
  if (++session.ops[0] > ignored_most) return close(session, 1003, "no heartbeat response");
  const auto& request = session.peer->request();
  const auto beat = is_market(request) ? Json{{"ping", now}} : Json{{"op", "ping"}, {"ts", std::to_string(now)}};
  transmit(session, beat.dump());
}

void Htx::push_due(Ms now) {
  for (auto& [peer, session] : sessions_) {
    if (session.closing) continue;
    heartbeat(session, now);
    const bool market = is_market(peer->request());
    for (const auto& topic : session.topics)
      market ? push_market(session, topic, now) : push_notification(session, topic, now);
  }
  pending_.clear();
}

}  // namespace sandbox
