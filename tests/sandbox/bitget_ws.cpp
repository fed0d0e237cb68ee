// Bitget's public streams: channels of v2, the topics of v3, text pings and the caps of a connection.
#include <algorithm>

#include "tests/sandbox/bitget.hpp"
#include "tests/sandbox/market/tape.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {

constexpr Ms ping_most = 2 * minute;  ///< without a "ping" for so long: cut
constexpr Ms life_most = 24 * hour;   ///< then every connection is cut
constexpr int messages_most = 10;     ///< a second
constexpr int subscribes_most = 240;  ///< an hour
constexpr std::size_t topics_most = 1'000;
constexpr std::ptrdiff_t connections_most = 100;
constexpr int connects_most = 300;  ///< in five minutes
constexpr std::size_t bars_of_a_snapshot = 60;
constexpr int bad_channel = 30'001, bad_request = 30'002, too_many_messages = 30'006;

bool unified(const Peer& peer) { return peer.request().path.ends_with("/v3/ws/public"); }

/// Requests by the hour and messages by the second share one table of counts: seconds are kept below zero.
Ms second_key(Ms now) { return -(now / second); }

}  // namespace

bool Bitget::ws_open(Peer& peer, Ms now) {
  const auto& path = peer.request().path;
  if (path != "/bitget/v2/ws/public" && path != "/bitget/v3/ws/public") return false;
  if (!connection_allowed(peer.request(), connects_most, 5 * minute, now)) return false;
  const auto of_address = std::ranges::count_if(
      sessions_, [&](const auto& each) { return each.first->request().client == peer.request().client; });
  if (of_address >= connections_most) return false;
  (void)open_session(peer, now);
  return true;
}

void Bitget::on_text(Session& session, const std::string& text, Ms now) {
  if (++session.ops[second_key(now)] > messages_most) return close(session, 1008, "more than 10 messages a second");
  if (text == "ping") {
    session.last_out = now;
    return reply(session, Json("pong"), now);
  }
  const auto fail = [&](int code, const std::string& words) {
    reply(session, Json{{"event", "error"}, {"code", code}, {"msg", words}}, now);
  };
  const auto message = Json::parse(text, nullptr, false);
  const auto op = message.is_object() ? message.value("op", "") : std::string();
  const auto args = message.is_object() ? message.value("args", Json::array()) : Json::array();
  const bool add = op == "subscribe";
  if ((!add && op != "unsubscribe") || !args.is_array() || args.empty()) return fail(bad_request, "illegal request");
  if (add && ++session.ops[now / hour] > subscribes_most) return fail(too_many_messages, "request too many");
  for (const auto& arg : args) subscribe(session, arg, add, now);
}

void Bitget::subscribe(Session& session, const Json& arg, bool add, Ms now) {
  const bool v3 = unified(*session.peer);
  const auto product = arg.is_object() ? arg.value("instType", "") : std::string();
  const auto channel = arg.is_object() ? arg.value(v3 ? "topic" : "channel", "") : std::string();
  const auto symbol = arg.is_object() ? arg.value(v3 ? "symbol" : "instId", "") : std::string();
  const auto* contract = symbol.empty() ? nullptr : world_.find(venue_, symbol);
  const bool listed = contract != nullptr && contract->symbol == symbol && contract->trading;
  const bool bars = !v3 && channel.starts_with("candle") && bitget_granularity(channel.substr(6)) > 0;
  // Lower case on v3, upper case on v2.
  bool known = product == (v3 ? "usdt-futures" : "USDT-FUTURES");
  known = known && (v3 ? channel == "liquidation" && symbol.empty()
                       : listed && (bars || channel == "ticker" || channel == "trade"));
  const bool full = add && session.topics.size() >= topics_most && !session.topics.contains(arg.dump());
  if (!known || full) {
    const auto words = full ? "too many channels"
                            : "instType:" + product + ",channel:" + channel + ",instId:" + symbol + " doesn't exist";
    return reply(session, Json{{"event", "error"}, {"arg", arg}, {"code", bad_channel}, {"msg", words}}, now);
  }
  add ? void(session.topics.insert(arg.dump())) : void(session.topics.erase(arg.dump()));
  reply(session, Json{{"event", add ? "subscribe" : "unsubscribe"}, {"arg", arg}}, now);
  if (!add || !bars) return;
  // Bars begin with those of the last hour.
  Json data = Json::array();
  const Ms length = bitget_granularity(channel.substr(6));
  for (const auto& bar : world_.bars(*contract, length, 0, now, bars_of_a_snapshot, now))
    data.push_back(bitget_candle(*contract, bar));
  push(session, Json{{"action", "snapshot"}, {"arg", arg}, {"data", data}, {"ts", now}}, now);
}

void Bitget::on_liquidation(const Liquidation& event) {
  pending_[event.contract->symbol] = bitget_liquidation(event);  // the newest one alone is shown
}

void Bitget::push_topic(Session& session, const Json& arg, Ms now) {
  const auto send = [&](const char* action, const Json& data) {
    push(session, Json{{"action", action}, {"arg", arg}, {"data", data}, {"ts", now}}, now);
  };
  if (arg.contains("topic")) {
    if (!due(now, second) || pending_.empty()) return;
    Json data = Json::array();
    for (const auto& [symbol, item] : pending_) data.push_back(item);
    return send("update", data);
  }
  const auto channel = arg.value("channel", "");
  const auto* contract = world_.find(venue_, arg.value("instId", ""));
  if (contract == nullptr || !contract->trading) return;
  if (channel == "ticker" && due(now, second)) {
    auto row = ticker(*contract, now);
    row["instId"] = contract->symbol;
    send("snapshot", Json::array({row}));
  }
  if (channel == "trade" && due(now, second)) {
    Json data = Json::array();
    for (const auto& print : tape_of(world_, *contract, 4, now)) {
      data.push_back(Json{{"ts", std::to_string(print.time)},
                          {"price", fixed(print.price, contract->price_decimals)},
                          {"size", fixed(print.size, std::max(contract->size_decimals, 1))},
                          {"side", print.taker_buys ? "buy" : "sell"},
                          {"tradeId", std::to_string(print.id)}});
    }
    send("update", data);
  }
  if (!channel.starts_with("candle")) return;
  const Ms length = bitget_granularity(channel.substr(6));
  const bool closes = due(now, length);
  if (!closes && !due(now, 2 * second)) return;
  // The bar that ended is said once more, whole, before the next one begins: nothing marks it as closed.
  const auto bar = world_.bar(*contract, now / length * length - (closes ? length : 0), length, now);
  if (bar) send("update", Json::array({bitget_candle(*contract, *bar)}));
}

void Bitget::push_due(Ms now) {
  for (auto& [peer, session] : sessions_) {
    if (session.closing) continue;
    if (now - session.last_out > ping_most) close(session, 1001, "no ping for 2 minutes");
    if (now - session.opened >= life_most) close(session, 1001, "connected for 24 hours");
    std::erase_if(session.ops, [&](const auto& each) { return each.first < 0 && each.first > second_key(now); });
    for (const auto& topic : session.topics) push_topic(session, Json::parse(topic), now);
  }
  if (due(now, second)) pending_.clear();
}

}  // namespace sandbox
