// OKX's streams: two paths, text pings, the 30 s idle cut, and the snapshot of old orders after a subscribe.
#include <algorithm>
#include <array>

#include "tests/sandbox/market/tape.hpp"
#include "tests/sandbox/okx.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {
constexpr Ms idle_most = 30 * second;
constexpr std::size_t request_bytes_most = 64U * 1024;
constexpr int operations_most = 480;  ///< an hour, on one connection

Json wrapped(const Json& arg, const Json& data) { return Json{{"arg", arg}, {"data", data}}; }
}  // namespace

bool Okx::ws_open(Peer& peer, Ms now) {
  const auto& path = peer.request().path;
  if (path != "/okx/ws/v5/public" && path != "/okx/ws/v5/business") return false;
  if (!connection_allowed(peer.request(), 3, second, now)) return false;
  (void)open_session(peer, now);
  return true;
}

bool Okx::known_topic(const Session& session, const Json& arg) const {
  if (!arg.is_object()) return false;
  const auto channel = arg.value("channel", "");
  const bool business = session.peer->request().path.ends_with("/business");
  if (channel == "liquidation-orders") return !business && arg.value("instType", "") == "SWAP";
  const auto id = arg.value("instId", "");
  if (channel == "index-tickers") return !business && world_.find(venue_, id + "-SWAP") != nullptr;
  const auto* contract = world_.find(venue_, id);
  if (contract == nullptr || contract->symbol != id || !contract->trading) return false;
  if (channel.starts_with("candle")) return business && okx_bar(channel.substr(6)) > 0;
  constexpr std::array<std::string_view, 5> channels{"funding-rate", "tickers", "open-interest", "mark-price",
                                                     "trades"};
  return !business && std::ranges::find(channels, channel) != channels.end();
}

void Okx::on_text(Session& session, const std::string& text, Ms now) {
  if (text == "ping") return reply(session, Json("pong"), now);
  const auto name = "sandbox" + std::to_string(session.number);
  const auto fail = [&](const std::string& code, const std::string& words) {
    reply(session, Json{{"event", "error"}, {"code", code}, {"msg", words}, {"connId", name}}, now);
  };
  const auto message = Json::parse(text, nullptr, false);
  const auto op = message.is_object() ? message.value("op", "") : std::string();
  const auto args = message.is_object() ? message.value("args", Json::array()) : Json::array();
  const bool add = op == "subscribe";
  if ((!add && op != "unsubscribe") || !args.is_array() || args.empty() || text.size() > request_bytes_most) {
    return fail("60012", "Invalid request: " + text.substr(0, 100));
  }
  if (++session.ops[now / hour] > operations_most) return fail("60014", "Requests too frequent");
  for (const auto& arg : args) {
    if (!known_topic(session, arg)) {
      fail("60018", "Wrong URL or channel:" + (arg.is_object() ? arg.dump() : std::string()) + " doesn't exist.");
      continue;
    }
    const auto topic = arg.dump();
    add ? void(session.topics.insert(topic)) : void(session.topics.erase(topic));
    reply(session, Json{{"event", op}, {"arg", arg}, {"connId", name}}, now);
    if (add) push_snapshot(session, arg, now);
  }
}

/// What comes first after a subscribe: for liquidations it is old news.
void Okx::push_snapshot(Session& session, const Json& arg, Ms now) {
  if (arg.value("channel", "") != "liquidation-orders") return;
  Json data = Json::array();
  for (const auto& contract : contracts()) {
    if (contract->kind == Contract::Kind::perpetual && contract->coin_index && data.size() < 3)
      data.push_back(old_order(*contract, now));
  }
  push(session, wrapped(arg, data), now);
}

void Okx::on_liquidation(const Liquidation& event) {
  pending_[event.contract->symbol].message =
      okx_order(*event.contract, event.long_closed, event.size, event.price, event.time);
}

void Okx::push_topic(Session& session, const Json& arg, Ms now) {
  const auto channel = arg.value("channel", "");
  const auto id = arg.value("instId", "");
  const auto* contract = world_.find(venue_, channel == "index-tickers" ? id + "-SWAP" : id);
  if (contract == nullptr || !contract->trading) return;
  if (channel.starts_with("candle")) {
    const Ms length = okx_bar(channel.substr(6));
    const bool closes = due(now, length);
    if (!closes && !due(now, 2 * second)) return;
    const auto bar = world_.bar(*contract, now / length * length - (closes ? length : 0), length, now);
    if (bar) push(session, wrapped(arg, Json::array({okx_candle(*contract, *bar)})), now);
    return;
  }
  if (channel == "funding-rate" && due(now, 30 * second))
    push(session, wrapped(arg, Json::array({funding(*contract, now)})), now);
  if (!due(now, second)) return;
  if (channel == "tickers") push(session, wrapped(arg, Json::array({ticker(*contract, now)})), now);
  if (channel == "mark-price") push(session, wrapped(arg, Json::array({mark(*contract, now)})), now);
  if (channel == "index-tickers") push(session, wrapped(arg, Json::array({index(*contract, now)})), now);
  if (channel == "open-interest" && due(now, 3 * second))
    push(session, wrapped(arg, Json::array({open_interest(*contract, now)})), now);
  if (channel == "trades") {
    const auto print = tape_of(world_, *contract, 1, now).front();
    const Json item{{"instId", id},
                    {"tradeId", std::to_string(print.id)},
                    {"px", fixed(print.price, contract->price_decimals)},
                    {"sz", fixed(print.size / contract->contract_size, contract->size_decimals)},
                    {"side", print.taker_buys ? "buy" : "sell"},
                    {"ts", std::to_string(print.time)},
                    {"count", "1"}};
    push(session, wrapped(arg, Json::array({item})), now);
  }
}

void Okx::push_due(Ms now) {
  Json orders = Json::array();
  for (auto& [id, pending] : pending_) {
    // At most one order for each contract and second: the newest.
    if (pending.message.is_null() || now - pending.sent < second) continue;
    pending.sent = now;
    orders.push_back(std::exchange(pending.message, nullptr));
  }
  for (auto& [peer, session] : sessions_) {
    bool speaks = false;
    for (const auto& topic : session.topics) {
      const auto arg = Json::parse(topic);
      if (arg.value("channel", "") == "liquidation-orders") {
        for (const auto& order : orders) push(session, wrapped(arg, Json::array({order})), now);
        speaks = speaks || !orders.empty();
      } else {
        push_topic(session, arg, now);
        speaks = true;
      }
    }
    if (speaks) session.last_out = now;
    if (now - std::max(session.last_in, session.last_out) > idle_most) close(session, 4004, "No data received in 30s.");
  }
}

}  // namespace sandbox
