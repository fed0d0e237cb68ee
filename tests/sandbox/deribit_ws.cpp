// Deribit's socket: JSON-RPC requests, subscriptions, and the heartbeat that a client asks for and must then answer.
#include <algorithm>

#include "tests/sandbox/deribit.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {
constexpr Ms beat_least = 10;  ///< seconds
}  // namespace

bool Deribit::ws_open(Peer& peer, Ms now) {
  if (peer.request().path != "/deribit/ws/api/v2") return false;
  (void)open_session(peer, now);
  return true;
}

bool Deribit::known_channel(const std::string& channel) const {
  const auto parts = split(channel, '.');
  if (parts.size() == 4 && parts[0] == "trades" && parts[1] == "future") return parts[3] == "100ms";
  if (parts.size() == 4 && parts[0] == "chart" && parts[1] == "trades")
    return world_.find(venue_, parts[2]) != nullptr && deribit_resolution(parts[3]) > 0;
  if (parts.size() != 3 || (parts[0] != "trades" && parts[0] != "ticker")) return false;
  const auto* contract = world_.find(venue_, parts[1]);  // "raw" is for those who have logged in
  return contract != nullptr && contract->symbol == parts[1] && (parts[2] == "100ms" || parts[2] == "agg2");
}

void Deribit::on_text(Session& session, const std::string& text, Ms now) {
  const auto message = Json::parse(text, nullptr, false);
  const auto method = message.is_object() ? message.value("method", "") : std::string();
  const auto id = message.is_object() ? message.value("id", Json()) : Json();
  const auto say = [&](Json envelope) {
    if (!id.is_null()) envelope["id"] = id;
    reply(session, envelope, now);
  };
  const auto& request = session.peer->request();
  const auto verdict = limits_.charge(request.client, "websocket", charges(request, ""), now);
  if (verdict.kind != LimitVerdict::Kind::ok) {
    say(deribit_error(10'028, "too_many_requests", now));
    return close(session, 1008, "too_many_requests");
  }
  auto& beat = beats_[session.number];
  if (method == "public/test") {
    beat.answered = true;
    return say(deribit_result(Json{{"version", "1.2.26"}}, now));
  }
  if (method == "public/set_heartbeat") {
    const auto interval = message.value("params", Json::object()).value("interval", Ms{0});
    if (interval < beat_least) return say(deribit_error(-32'602, "Invalid params", now));
    beat = Beat{interval * second, now, true};
    return say(deribit_result("ok", now));
  }
  if (method == "public/get_time") return say(deribit_result(now, now));
  if (method == "public/subscribe" || method == "public/unsubscribe")
    return subscribe(session, message, method == "public/subscribe", now);
  say(deribit_error(-32'601, "Method not found", now));
}

/// Answers with the channels that it knows; the others are left out without a word.
void Deribit::subscribe(Session& session, const Json& message, bool add, Ms now) {
  Json taken = Json::array();
  for (const auto& each : message.value("params", Json::object()).value("channels", Json::array())) {
    const auto channel = each.is_string() ? each.get<std::string>() : std::string();
    if (!known_channel(channel)) continue;
    add ? void(session.topics.insert(channel)) : void(session.topics.erase(channel));
    taken.push_back(channel);
  }
  auto out = deribit_result(taken, now);
  out["id"] = message.value("id", Json());
  reply(session, out, now);
}

void Deribit::on_liquidation(const Liquidation& event) { pending_.push_back(event); }

void Deribit::push_trades(Session& session, const std::string& channel, Ms now) {
  const auto parts = split(channel, '.');
  const auto wanted = [&](const Contract& contract) {
    return parts.size() == 3 ? contract.symbol == parts[1]
                             : parts[2] == "any" || parts[2] == deribit_currency(contract);
  };
  std::map<const Contract*, Json> rows;  // all contracts of a kind share one channel, each message is about one
  for (const auto& event : pending_) {
    if (wanted(*event.contract)) rows[event.contract].push_back(forced_trade(event));
  }
  for (const auto& contract : contracts()) {
    if (due(now, second) && contract->trading && wanted(*contract))
      rows[contract.get()].push_back(trade(*contract, tape_of(world_, *contract, 1, now).front()));
  }
  for (const auto& [contract, data] : rows) {
    const Json params{{"channel", channel}, {"data", data}};
    push(session, Json{{"jsonrpc", "2.0"}, {"method", "subscription"}, {"params", params}}, now);
  }
}

void Deribit::push_topic(Session& session, const std::string& channel, Ms now) {
  const auto parts = split(channel, '.');
  if (parts[0] == "trades") return push_trades(session, channel, now);
  const auto* contract = world_.find(venue_, parts[parts[0] == "chart" ? 2 : 1]);
  if (contract == nullptr || !contract->trading) return;
  Json data;
  if (parts[0] == "chart") {
    const auto bar = due_bar(*contract, deribit_resolution(parts[3]), now);
    if (!bar) return;
    data = Json{{"tick", bar->open_time}, {"open", bar->open},   {"high", bar->high}, {"low", bar->low},
                {"close", bar->close},    {"volume", bar->base}, {"cost", bar->quote}};
  } else {
    if (!due(now, second)) return;
    data = summary(*contract, now);
    data["timestamp"] = now;
  }
  const Json params{{"channel", channel}, {"data", data}};
  push(session, Json{{"jsonrpc", "2.0"}, {"method", "subscription"}, {"params", params}}, now);
}

void Deribit::heartbeat(Session& session, Ms now) {
  auto& beat = beats_[session.number];
  if (beat.every == 0 || now - beat.asked < beat.every) return;
  if (!beat.answered) return close(session, 1001, "heartbeat missed");
  beat.asked = now;
  beat.answered = false;
  const Json message{{"jsonrpc", "2.0"}, {"method", "heartbeat"}, {"params", Json{{"type", "test_request"}}}};
  transmit(session, message.dump());
}

void Deribit::push_due(Ms now) {
  for (auto& [peer, session] : sessions_) {
    if (session.closing) continue;
    heartbeat(session, now);
    for (const auto& channel : session.topics) push_topic(session, channel, now);
  }
  pending_.clear();
}

}  // namespace sandbox
