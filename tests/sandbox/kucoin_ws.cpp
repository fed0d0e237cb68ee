// KuCoin's streams: a token from REST, the welcome, topics with a comma list, and pings that must come every 18 s.
#include <algorithm>

#include "tests/sandbox/kucoin.hpp"
#include "tests/sandbox/market/tape.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {

constexpr Ms ping_most = 28 * second;  ///< pingInterval and pingTimeout
constexpr int connects_per_minute = 30;
constexpr int messages_most = 100;
constexpr Ms messages_window = 10 * second;
constexpr std::size_t batch_most = 100;

/// "/contract/instrument" and "A,B" of "/contract/instrument:A,B".
std::pair<std::string, std::string> parts_of(const std::string& topic) {
  const auto colon = topic.find(':');
  if (colon == std::string::npos) return {topic, {}};
  return {topic.substr(0, colon), topic.substr(colon + 1)};
}

Ms candle_length(const std::string& word) {
  static const std::map<std::string, Ms> known{{"1min", minute}, {"5min", 5 * minute}, {"15min", 15 * minute},
                                               {"1hour", hour},  {"4hour", 4 * hour},  {"1day", day}};
  const auto found = known.find(word);
  return found == known.end() ? 0 : found->second;
}

}  // namespace

bool Kucoin::ws_open(Peer& peer, Ms now) {
  const auto& request = peer.request();
  if (request.path != "/kucoin/") return false;
  if (!connection_allowed(request, connects_per_minute, minute, now)) return false;
  if (!tokens_.contains(text_param(request.query, "token"))) return false;
  auto& session = open_session(peer, now);
  reply(session, Json{{"id", text_param(request.query, "connectId", "sandbox")}, {"type", "welcome"}}, now);
  return true;
}

bool Kucoin::known_topic(const std::string& topic) const {
  const auto [channel, id] = parts_of(topic);
  auto symbol = id;
  if (channel == "/contractMarket/limitCandle") {
    symbol = id.substr(0, id.find('_'));
    if (candle_length(id.substr(std::min(id.size(), symbol.size() + 1))) == 0) return false;
  } else if (channel != "/contract/instrument" && channel != "/contractMarket/snapshot" &&
             channel != "/contractMarket/execution") {
    return false;
  }
  const auto* contract = world_.find(venue_, symbol);
  return contract != nullptr && contract->symbol == symbol && contract->trading;
}

void Kucoin::on_text(Session& session, const std::string& text, Ms now) {
  if (++session.ops[now / messages_window] > messages_most) return close(session, 1008, "too many messages");
  const auto message = Json::parse(text, nullptr, false);
  const auto type = message.is_object() ? message.value("type", "") : std::string();
  const auto id = type.empty() ? Json("") : message.value("id", Json(""));
  if (type == "ping") return reply(session, Json{{"id", id}, {"type", "pong"}}, now);
  if (type == "subscribe" || type == "unsubscribe") return subscribe(session, message, now);
  reply(session, Json{{"id", id}, {"type", "error"}, {"code", 400}, {"data", "type is not supported"}}, now);
}

void Kucoin::subscribe(Session& session, const Json& message, Ms now) {
  const auto id = message.value("id", Json(""));
  const auto [channel, list] = parts_of(message.value("topic", ""));
  const auto names = split(list, ',');
  const auto fail = [&](int code, const std::string& words) {
    reply(session, Json{{"id", id}, {"type", "error"}, {"code", code}, {"data", words}}, now);
  };
  if (names.size() > batch_most) return fail(509, "exceed max topic count of 100 per batch");
  for (const auto& name : names) {
    if (!known_topic(channel + ":" + name)) return fail(404, "topic " + channel + ":" + name + " does not exist");
  }
  for (const auto& name : names) {
    const auto topic = channel + ":" + name;
    message.value("type", "") == "subscribe" ? void(session.topics.insert(topic)) : void(session.topics.erase(topic));
  }
  if (message.value("response", false)) reply(session, Json{{"id", id}, {"type", "ack"}}, now);
}

void Kucoin::push_topic(Session& session, const std::string& topic, Ms now) {
  const auto [channel, id] = parts_of(topic);
  const auto symbol = id.substr(0, id.find('_'));
  const auto* contract = world_.find(venue_, symbol);
  if (contract == nullptr || !contract->trading) return;
  const auto say = [&](const std::string& subject, const Json& data) {
    push(session, Json{{"type", "message"}, {"topic", topic}, {"subject", subject}, {"data", data}}, now);
  };
  if (channel == "/contractMarket/limitCandle") {
    const auto bar = due_bar(*contract, candle_length(id.substr(symbol.size() + 1)), now);
    if (!bar) return;
    const int p = contract->price_decimals;
    const auto lots = std::to_string(kucoin_lots(*contract, bar->base, bar->close));
    // Start, open, CLOSE, high, low: another order than over REST (memory).
    const auto row = Json::array({std::to_string(bar->open_time / second), fixed(bar->open, p), fixed(bar->close, p),
                                  fixed(bar->high, p), fixed(bar->low, p), lots, lots});
    return say("candle.stick", Json{{"symbol", symbol}, {"candles", row}, {"time", now}});
  }
  if (!due(now, second)) return;
  if (channel == "/contract/instrument") {
    say("mark.index.price", Json{{"granularity", 1'000},
                                 {"indexPrice", world_.index(*contract, now)},
                                 {"markPrice", world_.mark(*contract, now)},
                                 {"timestamp", now}});
    const auto rate = world_.funding(*contract, now).rate;
    if (due(now, minute)) {
      say("funding.rate", Json{{"granularity", 60'000}, {"fundingRate", rate}, {"timestamp", now}});
    }
  } else if (channel == "/contractMarket/snapshot") {
    const auto stats = world_.day_stats(*contract, now);
    say("snapshot.24h", Json{{"volume", stats.base},
                             {"turnover", stats.quote},
                             {"lastPrice", stats.last},
                             {"priceChgPct", stats.last / stats.open - 1},
                             {"ts", now * 1'000'000}});
  } else {
    const auto print = tape_of(world_, *contract, 1, now).front();
    say("match", Json{{"symbol", symbol},
                      {"sequence", print.id},
                      {"side", print.taker_buys ? "buy" : "sell"},
                      {"size", std::max<std::int64_t>(1, kucoin_lots(*contract, print.size, print.price))},
                      {"price", fixed(print.price, contract->price_decimals)},
                      {"tradeId", std::to_string(print.id)},
                      {"ts", print.time * 1'000'000}});
  }
}

void Kucoin::push_due(Ms now) {
  for (auto& [peer, session] : sessions_) {
    if (now - session.last_in > ping_most) close(session, 1001, "no ping");
    for (const auto& topic : session.topics) push_topic(session, topic, now);
  }
}

}  // namespace sandbox
