// Binance's streams: SUBSCRIBE and its answers, the split paths, and what is pushed when.
#include <algorithm>
#include <cmath>

#include "tests/sandbox/binance.hpp"
#include "tests/sandbox/market/tape.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {

constexpr int messages_per_second = 10;

/// Streams that live on /market since the split of the paths.
bool is_market_stream(const std::string& stream) {
  for (const auto* kind : {"aggTrade", "markPrice", "kline", "icker", "forceOrder", "contractInfo"}) {
    if (stream.find(kind) != std::string::npos && stream.find("bookTicker") == std::string::npos) return true;
  }
  return false;
}

Json taken(const Contract& contract, const Liquidation& event) {
  const auto price = fixed(event.price, contract.price_decimals);
  const auto size = fixed(event.size, contract.size_decimals);
  const Json order{{"s", contract.symbol},
                   {"S", event.long_closed ? "SELL" : "BUY"},
                   {"o", "LIMIT"},
                   {"f", "IOC"},
                   {"q", size},
                   {"p", price},
                   {"ap", price},
                   {"X", "FILLED"},
                   {"l", size},
                   {"z", size},
                   {"T", event.time}};
  return Json{{"e", "forceOrder"}, {"E", event.time + 5}, {"o", order}, {"ps", contract.symbol}, {"st", 1}};
}

}  // namespace

bool Binance::ws_open(Peer& peer, Ms now) {
  const auto& request = peer.request();
  const auto path = request.path.substr(std::string("/binance").size());
  const bool market = path.starts_with("/market/ws") || path.starts_with("/market/stream");
  const bool others = path.starts_with("/public/ws") || path.starts_with("/public/stream");
  const bool retired = path.starts_with("/ws") || path.starts_with("/stream");
  if (!market && !others && !retired) return false;
  if (!connection_allowed(request, 300, 5 * minute, now)) return false;
  auto& session = open_with_streams(peer, path, now);
  session.mute = session.mute || retired;
  if (others) std::erase_if(session.topics, is_market_stream);
  return true;
}

Exchange::Session& Binance::open_with_streams(Peer& peer, const std::string& path, Ms now) {
  auto& session = open_session(peer, now);
  session.combined = path.find("/stream") != std::string::npos;
  const auto at = path.find("/ws/");
  auto listed = at == std::string::npos ? std::string() : path.substr(at + 4);
  if (session.combined) listed = text_param(peer.request().query, "streams");
  for (const auto& stream : split(listed, '/')) {
    if (!stream.empty()) session.topics.insert(stream);
  }
  return session;
}

void Binance::on_text(Session& session, const std::string& text, Ms now) {
  if (++session.ops[now / second] > messages_per_second) {
    return close(session, 1008, "Too many requests");
  }
  const auto message = Json::parse(text, nullptr, false);
  if (message.is_discarded() || !message.is_object() || !message.contains("method")) {
    return reply(session, Json{{"error", Json{{"code", 3}, {"msg", "Invalid JSON: expected value"}}}}, now);
  }
  const auto id = message.value("id", Json(nullptr));
  const auto method = message.value("method", "");
  const auto fail = [&](int code, const char* words) {
    reply(session, Json{{"error", Json{{"code", code}, {"msg", words}}}, {"id", id}}, now);
  };
  if (method == "LIST_SUBSCRIPTIONS") return reply(session, Json{{"result", session.topics}, {"id", id}}, now);
  if (method != "SUBSCRIBE" && method != "UNSUBSCRIBE") return fail(2, "Invalid request: unknown variant");
  const auto params = message.value("params", Json::array());
  if (!params.is_array() || params.empty()) return fail(2, "Invalid request: missing field `params`");
  for (const auto& stream : params) {
    if (!stream.is_string()) return fail(2, "Invalid request: property name must be a string");
    if (method == "SUBSCRIBE") {
      session.topics.insert(stream.get<std::string>());
    } else {
      session.topics.erase(stream.get<std::string>());
    }
  }
  if (session.topics.size() > streams_.most) return close(session, 1008, "Too many streams");
  reply(session, Json{{"result", nullptr}, {"id", id}}, now);
}

void Binance::on_liquidation(const Liquidation& event) {
  if (!event.frame.is_null()) {
    played_.push_back(event.frame);
    return;
  }
  forced_[event.contract->symbol].frame = taken(*event.contract, event);  // only the newest within a second is seen
}

/// Written by hand: a million of them must not wait for a document each.
std::function<std::optional<std::string>()> Binance::storm_frames(std::int64_t events, Ms now) const {
  struct Shape {
    const Contract* contract;
    double price;
  };
  std::vector<Shape> shapes;
  for (const auto& contract : contracts())
    if (contract->kind == Contract::Kind::perpetual) shapes.push_back({contract.get(), world_.last(*contract, now)});
  const auto frame = [now, events, shapes](std::int64_t n) {
    constexpr std::int64_t sizes = 1'000;  // size and price together make each of them another event
    const auto& [contract, first_price] = shapes[static_cast<std::size_t>(n) % shapes.size()];
    const auto price = fixed(first_price + static_cast<double>(n / sizes) * std::pow(10.0, -contract->price_decimals),
                             contract->price_decimals);
    const auto size =
        fixed(static_cast<double>(1 + n % sizes) * std::pow(10.0, -contract->size_decimals), contract->size_decimals);
    const auto at = std::to_string(now - 30 * second + n * (20 * second) / events);
    return R"({"e":"forceOrder","E":)" + at + R"(,"o":{"s":")" + contract->symbol + R"(","S":")" +
           (n % 3 == 0 ? "SELL" : "BUY") + R"(","o":"LIMIT","f":"IOC","q":")" + size + R"(","p":")" + price +
           R"(","ap":")" + price + R"(","X":"FILLED","l":")" + size + R"(","z":")" + size + R"(","T":)" + at + "}}";
  };
  return [frame, events, n = std::int64_t{0}]() mutable -> std::optional<std::string> {
    return n < events ? std::optional(frame(n++)) : std::nullopt;
  };
}

std::size_t Binance::storm(std::int64_t events, Ms now) {
  std::size_t subscribers = 0;
  for (auto& [peer, session] : sessions_) {
    if (!session.topics.contains("!forceOrder@arr") || session.combined) continue;
    ++subscribers;
    peer->pour(storm_frames(events, now));
  }
  return subscribers;
}

void Binance::deliver(Session& session, const std::string& stream, const Json& data, Ms now) {
  push(session, session.combined ? Json{{"stream", stream}, {"data", data}} : data, now);
}

Json Binance::mark_event(const Contract& contract, Ms now) const {
  const auto funding = world_.funding(contract, now);
  const auto mark = fixed(world_.mark(contract, now), 8);
  const bool dated = contract.kind == Contract::Kind::dated;
  return Json{{"e", "markPriceUpdate"},
              {"E", now},
              {"s", contract.symbol},
              {"p", mark},
              {"ap", mark},
              {"P", mark},
              {"i", fixed(world_.index(contract, now), 8)},
              {"r", dated ? "" : fixed(funding.rate, 8)},
              {"T", dated ? 0 : funding.next},
              {"st", 1}};
}

Json Binance::kline_event(const Contract& contract, const Bar& bar, const std::string& interval, Ms now) const {
  const int p = contract.price_decimals;
  const int s = contract.size_decimals;
  const Json k{{"t", bar.open_time},
               {"T", bar.open_time + bar.length - 1},
               {"s", contract.symbol},
               {"i", interval},
               {"f", 1},
               {"L", bar.trades},
               {"o", fixed(bar.open, p)},
               {"c", fixed(bar.close, p)},
               {"h", fixed(bar.high, p)},
               {"l", fixed(bar.low, p)},
               {"v", fixed(bar.base, s)},
               {"n", bar.trades},
               {"x", bar.closed},
               {"q", fixed(bar.quote, 8)},
               {"V", fixed(bar.taker_buy_base, s)},
               {"Q", fixed(bar.taker_buy_quote, 8)},
               {"B", "0"}};
  return Json{{"e", "kline"}, {"E", now}, {"s", contract.symbol}, {"k", k}, {"st", 1}};
}

void Binance::push_marks(Ms now) {
  Json all;  // built once, when somebody listens
  for (auto& [peer, session] : sessions_) {
    for (const auto& stream : session.topics) {
      const bool every = stream.starts_with("!markPrice@arr");
      const auto at = stream.find("@markPrice");
      if (!every && at == std::string::npos) continue;
      if (!stream.ends_with("@1s") && !due(now, 3 * second)) continue;
      if (every) {
        if (all.is_null()) {
          all = Json::array();
          for (const auto& contract : contracts()) {
            if (contract->trading) all.push_back(mark_event(*contract, now));
          }
        }
        deliver(session, stream, all, now);
      } else if (const auto* contract = world_.find(venue_, upper(stream.substr(0, at)))) {
        deliver(session, stream, mark_event(*contract, now), now);
      }
    }
  }
}

void Binance::push_bars(Ms now) {
  for (auto& [peer, session] : sessions_) {
    for (const auto& stream : session.topics) {
      const auto at = stream.find("@kline_");
      if (at == std::string::npos) continue;
      const auto word = stream.substr(at + 7);
      const Ms interval = binance_interval(word);
      const auto* contract = world_.find(venue_, upper(stream.substr(0, at)));
      if (interval == 0 || contract == nullptr || !contract->trading) continue;
      const Ms open_time = now / interval * interval;
      if (due(now, interval)) {
        const auto closed = world_.bar(*contract, open_time - interval, interval, now);
        if (closed) deliver(session, stream, kline_event(*contract, *closed, word, now), now);
      } else if (due(now, 2 * second)) {
        const auto open = world_.bar(*contract, open_time, interval, now);
        if (open) deliver(session, stream, kline_event(*contract, *open, word, now), now);
      }
    }
  }
}

void Binance::push_forced(Ms now) {
  std::vector<Json> frames = std::move(played_);
  played_.clear();
  for (auto& [symbol, pending] : forced_) {
    if (pending.frame.is_null() || now - pending.sent < second) continue;
    pending.sent = now;
    pending.frame["E"] = now;
    frames.push_back(std::exchange(pending.frame, nullptr));
  }
  if (streams_.coin_margined && due(now, 20 * second)) {
    // Since the two engines were joined, coin-margined orders arrive in the same stream, counted in contracts.
    Json foreign = Json::parse(R"({"e":"forceOrder","o":{"s":"BTCUSD_PERP","S":"SELL","o":"LIMIT","f":"IOC","q":"4000",
      "p":"84000.0","ap":"84000.0","X":"FILLED","l":"4000","z":"4000"},"ps":"BTCUSD","st":2})");
    foreign["E"] = now;
    foreign["o"]["T"] = now - 5;
    frames.push_back(std::move(foreign));
  }
  for (const auto& frame : frames) {
    const auto own = lower(frame.at("o").value("s", "")) + "@forceOrder";
    for (auto& [peer, session] : sessions_) {
      if (session.topics.contains("!forceOrder@arr")) deliver(session, "!forceOrder@arr", frame, now);
      if (session.topics.contains(own)) deliver(session, own, frame, now);
    }
  }
}

void Binance::push_tickers(Ms now) {
  for (auto& [peer, session] : sessions_) {
    for (const auto& stream : session.topics) {
      const auto at = stream.find("@aggTrade");
      const auto* contract = at == std::string::npos ? nullptr : world_.find(venue_, upper(stream.substr(0, at)));
      if (contract == nullptr) continue;
      for (const auto& print : tape_of(world_, *contract, 4, now)) {
        deliver(session, stream,
                Json{{"e", "aggTrade"},
                     {"E", now},
                     {"s", contract->symbol},
                     {"a", print.id},
                     {"p", fixed(print.price, contract->price_decimals)},
                     {"q", fixed(print.size, contract->size_decimals)},
                     {"f", print.id},
                     {"l", print.id},
                     {"T", print.time},
                     {"m", !print.taker_buys},
                     {"st", 1}},
                now);
      }
    }
  }
}

void Binance::push_due(Ms now) {
  push_forced(now);
  if (due(now, second)) {
    push_marks(now);
    push_tickers(now);
    push_bars(now);
  }
  for (auto& [peer, session] : sessions_) {
    if (now - session.last_out >= streams_.ping_every) {
      session.last_out = now;
      peer->ping();
    }
    while (session.ops.size() > 2) session.ops.erase(session.ops.begin());
  }
}

}  // namespace sandbox
