// Gate's public stream: channels with payloads, acknowledgements that name neither, forced orders in arrays.
#include <algorithm>
#include <array>

#include "tests/sandbox/gate.hpp"
#include "tests/sandbox/market/tape.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {

constexpr std::size_t connections_most = 300;
constexpr std::size_t forced_in_one_push = 20;
constexpr Ms ping_every = 30 * second;
const std::string forced_channel = "futures.public_liquidates";
constexpr std::array<std::string_view, 5> known{"futures.public_liquidates", "futures.tickers", "futures.trades",
                                                "futures.candlesticks", "futures.contract_stats"};

Json envelope(const std::string& channel, const std::string& event, const Json& result, Ms now) {
  return Json{{"time", now / second}, {"time_ms", now}, {"channel", channel}, {"event", event}, {"result", result}};
}

}  // namespace

bool Gate::ws_open(Peer& peer, Ms now) {
  if (peer.request().path != "/gate/v4/ws/usdt") return false;
  const auto of_address = std::ranges::count_if(
      sessions_, [&](const auto& each) { return each.first->request().client == peer.request().client; });
  if (static_cast<std::size_t>(of_address) >= connections_most) return false;
  auto& session = open_session(peer, now);
  session.last_out = now;
  return true;
}

std::string Gate::topic_error(const std::string& channel, const Json& payload) const {
  if (std::ranges::find(known, channel) == known.end()) return "unknown channel " + channel;
  const bool text_only = payload.is_array() && !payload.empty() &&
                         std::ranges::all_of(payload, [](const Json& each) { return each.is_string(); });
  if (!text_only) return "invalid payload";
  const bool bars = channel == "futures.candlesticks";
  const bool stats = channel == "futures.contract_stats";
  if (bars || stats) {
    if (payload.size() != 2) return "invalid payload";
    const auto word = payload.at(bars ? 0 : 1).get<std::string>();
    if (gate_interval(word) < minute) return "invalid interval " + word;
  }
  for (std::size_t i = 0; i < payload.size(); ++i) {
    const auto name = payload.at(i).get<std::string>();
    if ((bars && i == 0) || (stats && i == 1)) continue;
    if (name == "!all" && (channel == forced_channel || channel == "futures.tickers")) continue;
    const auto* contract = world_.find(venue_, name);
    if (contract == nullptr || contract->symbol != name || !contract->trading) return "unknown contract " + name;
  }
  return "";
}

void Gate::on_text(Session& session, const std::string& text, Ms now) {
  const auto message = Json::parse(text, nullptr, false);
  const auto channel = message.is_object() ? message.value("channel", "") : std::string();
  const auto event = message.is_object() ? message.value("event", "") : std::string();
  const bool stamped = message.is_object() && message.contains("time") && message["time"].is_number_integer();
  const auto fail = [&](int code, const std::string& words) {
    auto answer = envelope(channel, event, nullptr, now);
    answer["error"] = Json{{"code", code}, {"message", words}};
    reply(session, answer, now);
  };
  if (!stamped) return fail(1, "invalid request body");
  if (channel == "futures.ping") return reply(session, envelope("futures.pong", "", nullptr, now), now);
  if (event != "subscribe" && event != "unsubscribe") return fail(1, "unknown event " + event);
  const auto payload = message.value("payload", Json::array());
  if (const auto words = topic_error(channel, payload); !words.empty()) return fail(2, words);
  std::vector<std::string> topics;
  if (channel == "futures.candlesticks") {
    topics.push_back(channel + " " + payload[1].get<std::string>() + " " + payload[0].get<std::string>());
  } else if (channel == "futures.contract_stats") {
    topics.push_back(channel + " " + payload[0].get<std::string>() + " " + payload[1].get<std::string>());
  } else {
    for (const auto& name : payload) topics.push_back(channel + " " + name.get<std::string>());
  }
  for (const auto& topic : topics)
    event == "subscribe" ? void(session.topics.insert(topic)) : void(session.topics.erase(topic));
  reply(session, envelope(channel, event, Json{{"status", "success"}}, now), now);
}

void Gate::on_liquidation(const Liquidation& event) { pending_[event.contract->symbol].push_back(event); }

/// Arrays of one contract. Whose sign the size has is not documented: here it is that of the order, against the
/// position's of REST, so that whoever takes the one for the other is found out.
void Gate::push_forced(Session& session, const std::string& wanted, Ms now) {
  const bool decimal = gate_decimal(session.peer->request());
  for (const auto& [symbol, events] : pending_) {
    if (wanted != "!all" && wanted != symbol) continue;
    Json items = Json::array();
    for (const auto& event : events) {
      const auto& contract = *event.contract;
      items.push_back(Json{{"price", fixed(event.price, contract.price_decimals)},
                           {"size", gate_size(contract, event.long_closed ? -event.size : event.size, decimal)},
                           {"time", event.time},
                           {"contract", symbol}});
      if (items.size() < forced_in_one_push && &event != &events.back()) continue;
      push(session, envelope(forced_channel, "update", std::exchange(items, Json::array()), now), now);
    }
  }
}

void Gate::push_topic(Session& session, const std::string& topic, Ms now) {
  const auto parts = split(topic, ' ');
  const bool decimal = gate_decimal(session.peer->request());
  if (parts[0] == forced_channel) {
    if (due(now, second)) push_forced(session, parts[1], now);
    return;
  }
  const auto send = [&](const Json& result) { push(session, envelope(parts[0], "update", result, now), now); };
  if (parts[0] == "futures.tickers" && parts[1] == "!all") {
    Json all = Json::array();
    if (!due(now, second)) return;
    for (const auto& contract : contracts()) {
      if (contract->trading) all.push_back(ticker(*contract, now));
    }
    return send(all);
  }
  const auto* contract = world_.find(venue_, parts[1]);
  if (contract == nullptr || !contract->trading) return;
  if (parts[0] == "futures.tickers" && due(now, second)) send(Json::array({ticker(*contract, now)}));
  if (parts[0] == "futures.trades" && due(now, second)) send(gate_trades(world_, *contract, 4, decimal, now));
  if (parts.size() < 3) return;
  const Ms length = gate_interval(parts[2]);
  const bool closes = due(now, length);
  const Ms open_time = now / length * length - (closes ? length : 0);
  if (parts[0] == "futures.contract_stats" && closes) {
    auto row = stat(*contract, open_time, length, decimal, now);
    row["contract"] = contract->symbol;
    send(Json::array({row}));
  }
  if (parts[0] != "futures.candlesticks" || (!closes && !due(now, 2 * second))) return;
  const auto bar = world_.bar(*contract, open_time, length, now);
  if (!bar) return;
  const int p = contract->price_decimals;
  send(Json::array({Json{{"t", bar->open_time / second},
                         {"v", gate_size(*contract, bar->base, decimal)},
                         {"c", fixed(bar->close, p)},
                         {"h", fixed(bar->high, p)},
                         {"l", fixed(bar->low, p)},
                         {"o", fixed(bar->open, p)},
                         {"n", parts[2] + "_" + contract->symbol},
                         {"w", bar->closed}}}));
}

void Gate::push_due(Ms now) {
  for (auto& [peer, session] : sessions_) {
    if (now - session.last_out >= ping_every) {
      session.last_out = now;
      peer->ping();
    }
    for (const auto& topic : session.topics) push_topic(session, topic, now);
  }
  if (due(now, second)) pending_.clear();
}

}  // namespace sandbox
