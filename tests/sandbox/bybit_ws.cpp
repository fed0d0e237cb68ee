// Bybit's public stream: topics, the all-or-nothing subscribe, pings and pushes.
#include <algorithm>

#include "tests/sandbox/bybit.hpp"
#include "tests/sandbox/market/tape.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {
constexpr std::size_t topic_chars_most = 21'000;
constexpr Ms idle_most = 10 * minute;
}  // namespace

bool Bybit::ws_open(Peer& peer, Ms now) {
  if (peer.request().path != "/bybit/v5/public/linear") return false;
  if (!connection_allowed(peer.request(), 500, 5 * minute, now)) return false;
  (void)open_session(peer, now);
  return true;
}

bool Bybit::known_topic(const std::string& topic) const {
  const auto parts = split(topic, '.');
  const auto* contract = world_.find(venue_, parts.back());
  if (contract == nullptr || contract->symbol != parts.back() || !contract->trading) return false;
  if (parts.size() == 2) return parts[0] == "allLiquidation" || parts[0] == "tickers" || parts[0] == "publicTrade";
  return parts.size() == 3 && parts[0] == "kline" && bybit_interval(parts[1]) > 0;
}

void Bybit::on_text(Session& session, const std::string& text, Ms now) {
  const auto message = Json::parse(text, nullptr, false);
  if (!message.is_object()) return close(session, 1008, "invalid message");
  const auto op = message.value("op", "");
  if (op == "ping") {
    const auto name = std::to_string(session.number);
    return reply(session,
                 Json{{"success", true},
                      {"ret_msg", "pong"},
                      {"conn_id", name},
                      {"req_id", message.value("req_id", "")},
                      {"op", "ping"}},
                 now);
  }
  subscribe(session, message, now);
}

void Bybit::subscribe(Session& session, const Json& message, Ms now) {
  const auto op = message.value("op", "");
  const auto answer = [&](bool success, const std::string& words) {
    reply(session,
          Json{{"success", success},
               {"ret_msg", words},
               {"conn_id", std::to_string(session.number)},
               {"req_id", message.value("req_id", "")},
               {"op", op}},
          now);
  };
  const auto args = message.value("args", Json::array());
  if (op != "subscribe" && op != "unsubscribe") return answer(false, "error:op not found:" + op);
  if (!args.is_array() || args.empty()) return answer(false, "error:args is empty");
  std::size_t chars = session.topic_chars;
  for (const auto& arg : args) {
    const auto topic = arg.is_string() ? arg.get<std::string>() : std::string();
    if (!known_topic(topic)) return answer(false, "error:handler not found,topic:" + topic);  // the whole request fails
    if (op == "subscribe" && session.topics.contains(topic))
      return answer(false, "error:already subscribed,topic:" + topic);
    chars += topic.size();
  }
  if (chars > topic_chars_most) return answer(false, "error:args size is too large");
  for (const auto& arg : args) {
    const auto topic = arg.get<std::string>();
    if (op == "subscribe") {
      session.topics.insert(topic);
      session.topic_chars += topic.size();
    } else if (session.topics.erase(topic) > 0) {
      session.topic_chars -= topic.size();
    }
  }
  answer(true, "");
}

void Bybit::on_liquidation(const Liquidation& event) {
  const auto& contract = *event.contract;
  auto& list = pending_[contract.symbol];
  if (list.is_null()) list = Json::array();
  list.push_back(Json{{"T", event.time},
                      {"s", contract.symbol},
                      {"S", event.long_closed ? "Buy" : "Sell"},
                      {"v", fixed(event.size, contract.size_decimals)},
                      {"p", fixed(event.price, contract.price_decimals)}});
}

void Bybit::push_topic(Session& session, const std::string& topic, Ms now) {
  const auto parts = split(topic, '.');
  const auto* contract = world_.find(venue_, parts.back());
  if (contract == nullptr || !contract->trading) return;
  if (parts[0] == "tickers" && due(now, second)) {
    push(session,
         Json{{"topic", topic}, {"type", "snapshot"}, {"data", ticker(*contract, now)}, {"cs", now}, {"ts", now}}, now);
  }
  if (parts[0] == "publicTrade" && due(now, second)) {
    Json data = Json::array();
    for (const auto& print : tape_of(world_, *contract, 4, now)) {
      data.push_back(Json{{"T", print.time},
                          {"s", contract->symbol},
                          {"S", print.taker_buys ? "Buy" : "Sell"},
                          {"v", fixed(print.size, contract->size_decimals)},
                          {"p", fixed(print.price, contract->price_decimals)},
                          {"i", std::to_string(print.id)},
                          {"BT", false}});
    }
    push(session, Json{{"topic", topic}, {"type", "snapshot"}, {"ts", now}, {"data", data}}, now);
  }
  if (parts[0] != "kline") return;
  const Ms interval = bybit_interval(parts[1]);
  const bool closes = due(now, interval);
  if (!closes && !due(now, 2 * second)) return;
  const auto bar = world_.bar(*contract, now / interval * interval - (closes ? interval : 0), interval, now);
  if (!bar) return;
  const int p = contract->price_decimals;
  const Json item{{"start", bar->open_time},
                  {"end", bar->open_time + bar->length - 1},
                  {"interval", parts[1]},
                  {"open", fixed(bar->open, p)},
                  {"close", fixed(bar->close, p)},
                  {"high", fixed(bar->high, p)},
                  {"low", fixed(bar->low, p)},
                  {"volume", number(bar->base)},
                  {"turnover", number(bar->quote)},
                  {"confirm", bar->closed},
                  {"timestamp", now}};
  push(session, Json{{"topic", topic}, {"type", "snapshot"}, {"data", Json::array({item})}, {"ts", now}}, now);
}

void Bybit::push_due(Ms now) {
  const bool batch = due(now, 500);
  for (auto& [peer, session] : sessions_) {
    if (now - session.last_in > idle_most) close(session, 1001, "idle");
    for (const auto& topic : session.topics) {
      if (topic.starts_with("allLiquidation.")) {
        const auto found = pending_.find(topic.substr(15));
        if (!batch || found == pending_.end()) continue;
        push(session, Json{{"topic", topic}, {"type", "snapshot"}, {"ts", now}, {"data", found->second}}, now);
      } else {
        push_topic(session, topic, now);
      }
    }
  }
  if (batch) pending_.clear();
}

}  // namespace sandbox
