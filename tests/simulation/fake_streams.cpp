// The streams of the fake Binance: who subscribed to what, and what is pushed when.
#include <algorithm>

#include <fmt/format.h>

#include "tests/sandbox/text.hpp"
#include "tests/simulation/fake_binance.hpp"

namespace simulation {
using sandbox::Json;

namespace {

const std::string label = "/binance/market/ws";
const std::string host = "fstream.binance.com";
constexpr std::size_t marked_contracts = 20;  // enough to show that the socket lives
constexpr Ms look_every = 5 * second;         // a socket may be opened, or a fault begin, at any time

Ms next_of(Ms now, Ms period, Ms offset) { return ((now - offset) / period + 1) * period + offset; }

/// The last moment of period*k + offset at or before `now`, when it lies after `before`.
std::optional<Ms> due(Ms before, Ms now, Ms period, Ms offset) {
  const Ms last = (now - offset) / period * period + offset;
  return last > before ? std::optional(last) : std::nullopt;
}

}  // namespace

void FakeBinance::on_text(test::ScriptedSocket& socket, const std::string& text, Ms now) {
  const auto said = Json::parse(text, nullptr, false);
  if (!said.is_object() || said.value("method", "") != "SUBSCRIBE") return;
  if (faults_.fire(label, host, {"ws_no_ack"}, now) != nullptr) return;
  auto& session = session_of(socket);
  for (const auto& param : said["params"]) {
    const auto channel = param.get<std::string>();
    const auto at = channel.find("@kline_1m");
    if (channel == "!markPrice@arr@1s") session.marks = true;
    if (channel == "!forceOrder@arr") session.forced = true;
    if (at == std::string::npos) continue;
    if (const auto contract = find(sandbox::upper(channel.substr(0, at)))) session.bars.push_back(*contract);
  }
  socket.push(Json{{"result", nullptr}, {"id", said["id"]}}.dump());
}

FakeBinance::Session& FakeBinance::session_of(test::ScriptedSocket& socket) {
  const auto known = std::ranges::find(sessions_, &socket, &Session::socket);
  if (known != sessions_.end()) return *known;
  sessions_.emplace_back().socket = &socket;
  return sessions_.back();
}

Ms FakeBinance::next_push(Ms now) const {
  Ms next = now + look_every;
  for (const auto& session : sessions_) {
    if (!session.socket->open()) continue;
    if (!session.bars.empty()) next = std::min({next, next_of(now, minute, bar_lag), next_of(now, forming_every, 0)});
    if (session.marks) next = std::min(next, next_of(now, mark_every, 0));
    if (!session.forced) continue;
    const auto& orders = market_.forced_orders();
    const auto order = std::ranges::upper_bound(orders, now, {}, &ForcedOrder::at);
    if (order != orders.end()) next = std::min(next, order->at);
  }
  return next;
}

void FakeBinance::drop_sockets(Ms now) {
  std::erase_if(sessions_, [&](const Session& session) {
    if (!session.socket->open()) return true;
    if (faults_.fire(label, host, {"ws_drop"}, now) == nullptr) return false;
    session.socket->close(1006);
    return true;
  });
}

void FakeBinance::send(Session& session, const std::string& text, Ms now) {
  if (faults_.fire(label, host, {"ws_silence"}, now) != nullptr) return;
  const bool garbage = faults_.fire(label, host, {"ws_garbage"}, now) != nullptr;
  session.socket->push(garbage ? "\x01{\"e\":\"kline\",\"k\":{\"t\":" : text);
}

void FakeBinance::push(Ms before, Ms now) {
  drop_sockets(now);
  for (auto& session : sessions_) {
    if (const auto at = due(before, now, minute, bar_lag)) push_bars(session, *at - bar_lag - minute, now);
    if (const auto at = due(before, now, forming_every, 0); at && *at % minute != 0)
      push_bars(session, *at / minute * minute, now);
    if (session.marks && due(before, now, mark_every, 0)) send(session, mark_events(now), now);
    if (!session.forced) continue;
    const auto& orders = market_.forced_orders();
    auto order = std::ranges::upper_bound(orders, before, {}, &ForcedOrder::at);
    for (; order != orders.end() && order->at <= now; ++order) send(session, forced_event(*order), now);
  }
}

void FakeBinance::push_bars(Session& session, Ms opens_at, Ms now) {
  bool any = false;
  for (const auto contract : session.bars) {
    if (!market_.bar(contract, opens_at)) continue;
    any = true;
    send(session, kline_event(contract, opens_at, now), now);
  }
  if (!any && !session.bars.empty()) send(session, R"({"result":null,"id":0})", now);  // a recording without bars
}

/// A bar that is still open has traded its share of the volume, and its price is on the way from open to close.
std::string FakeBinance::kline_event(std::size_t contract, Ms opens_at, Ms now) const {
  auto bar = *market_.bar(contract, opens_at);
  const bool closed = now >= opens_at + minute;
  if (!closed) {
    const double part = static_cast<double>(now - opens_at) / static_cast<double>(minute);
    bar.close = bar.open + (bar.close - bar.open) * part;
    bar.high = std::max(bar.open, bar.close);
    bar.low = std::min(bar.open, bar.close);
    for (double* volume : {&bar.base, &bar.quote, &bar.taker_buy_quote}) *volume *= part;
  }
  return fmt::format(
      R"({{"e":"kline","E":{0},"s":"{1}","k":{{"t":{2},"T":{3},"s":"{1}","i":"1m","o":"{4:.8f}","c":"{5:.8f}",)"
      R"("h":"{6:.8f}","l":"{7:.8f}","v":"{8:.6f}","n":{9},"x":{10},"q":"{11:.4f}","V":"{12:.6f}","Q":"{13:.4f}"}}}})",
      now, market_.contracts()[contract].symbol, opens_at, opens_at + minute - 1, bar.open, bar.close, bar.high,
      bar.low, bar.base, bar.trades, closed, bar.quote, bar.quote > 0 ? bar.base * bar.taker_buy_quote / bar.quote : 0,
      bar.taker_buy_quote);
}

std::string FakeBinance::mark_events(Ms now) const {
  std::string out = "[";
  for (std::size_t i = 0; i < std::min(market_.contracts().size(), marked_contracts); ++i) {
    if (market_.contracts()[i].listed > now) continue;
    const auto running = market_.running(i, now);
    out += out.size() > 1 ? "," : "";
    out += fmt::format(R"({{"e":"markPriceUpdate","E":{},"s":"{}","p":"{:.8f}","i":"{:.8f}","r":"{:.8f}","T":{}}})",
                       now, market_.contracts()[i].symbol, market_.last_price(i, now), market_.last_price(i, now),
                       running ? running->rate : 0.0001,
                       running ? running->settles_at : (now / (8 * hour) + 1) * 8 * hour);
  }
  return out + "]";
}

std::string FakeBinance::forced_event(const ForcedOrder& order) const {
  return fmt::format(
      R"({{"e":"forceOrder","E":{0},"o":{{"s":"{1}","S":"{2}","o":"LIMIT","f":"IOC","q":"{3:.8f}","p":"{4:.8f}",)"
      R"("ap":"{4:.8f}","X":"FILLED","l":"{3:.8f}","z":"{3:.8f}","T":{0}}}}})",
      order.at, market_.contracts()[order.contract].symbol, order.sell ? "SELL" : "BUY", order.quantity, order.price);
}

}  // namespace simulation
