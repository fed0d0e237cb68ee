// Kraken's public stream: feeds of products; liquidations are trades of a type of their own.
#include <algorithm>

#include "tests/sandbox/kraken.hpp"
#include "tests/sandbox/market/tape.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {

constexpr Ms ping_most = minute + 5 * second;  ///< a ping is wanted each minute
constexpr std::size_t trades_of_snapshot = 10;

Json trade(const std::string& product, const Json& row, std::int64_t seq) {
  return Json{{"feed", "trade"},     {"product_id", product}, {"uid", row["uid"]},
              {"side", row["side"]}, {"type", row["type"]},   {"seq", seq},
              {"time", row["time"]}, {"qty", row["size"]},    {"price", row["price"]}};
}

}  // namespace

bool Kraken::ws_open(Peer& peer, Ms now) {
  if (peer.request().path != "/kraken/ws/v1") return false;
  auto& session = open_session(peer, now);
  reply(session, Json{{"event", "info"}, {"version", 1}}, now);
  return true;
}

void Kraken::on_text(Session& session, const std::string& text, Ms now) {
  const auto fail = [&](const std::string& words) {
    reply(session, Json{{"event", "error"}, {"message", words}}, now);
  };
  const auto message = Json::parse(text, nullptr, false);
  if (!message.is_object()) return reply(session, Json{{"event", "alert"}, {"message", "Bad websocket message"}}, now);
  const auto event = message.value("event", "");
  if (event == "ping") return reply(session, Json{{"event", "pong"}}, now);
  const bool add = event == "subscribe";
  if (!add && event != "unsubscribe") return fail("Invalid event");
  const auto feed = message.value("feed", "");
  const bool beats = feed == "heartbeat";
  if (!beats && feed != "trade" && feed != "ticker") return fail("Invalid feed");
  const auto products = beats ? Json::array({""}) : message.value("product_ids", Json::array());
  if (!products.is_array() || products.empty()) return fail("Invalid product id");
  for (const auto& product : products) {
    const auto id = product.is_string() ? product.get<std::string>() : std::string();
    const auto* contract = world_.find(venue_, id);
    if (!beats && (contract == nullptr || contract->symbol != id)) return fail("Invalid product id");
  }
  for (const auto& product : products) {
    const auto topic = feed + " " + product.get<std::string>();
    add ? void(session.topics.insert(topic)) : void(session.topics.erase(topic));
  }
  Json ack{{"event", add ? "subscribed" : "unsubscribed"}, {"feed", feed}};
  if (!beats) ack["product_ids"] = products;
  reply(session, ack, now);
  if (!add || feed != "trade") return;
  for (const auto& product : products) {
    auto rows = past_trades(*world_.find(venue_, product.get<std::string>()), now);
    Json trades = Json::array();
    for (std::size_t i = 0; i < std::min(rows.size(), trades_of_snapshot); ++i)
      trades.push_back(trade(product.get<std::string>(), rows[i], static_cast<std::int64_t>(i)));
    push(session, Json{{"feed", "trade_snapshot"}, {"product_id", product}, {"trades", trades}}, now);
  }
}

void Kraken::on_liquidation(const Liquidation& event) {
  const auto& contract = *event.contract;
  auto& list = pending_[contract.symbol];
  if (list.is_null()) list = Json::array();
  const Json row{{"uid", "liquidation-" + std::to_string(event.sequence)},
                 {"side", event.long_closed ? "sell" : "buy"},
                 {"type", "liquidation"},
                 {"time", event.time},
                 {"size", cut(event.size / contract.contract_size, contract.size_decimals)},
                 {"price", event.price}};
  list.push_back(trade(contract.symbol, row, static_cast<std::int64_t>(event.sequence)));
}

Json Kraken::live_ticker(const Contract& contract, Ms now) const {
  const auto rest = ticker(contract, now);
  const auto funding = world_.funding(contract, now);
  return Json{{"time", now},
              {"product_id", contract.symbol},
              {"funding_rate", rest["fundingRate"]},
              {"funding_rate_prediction", rest["fundingRatePrediction"]},
              {"relative_funding_rate", funding.rate},
              {"relative_funding_rate_prediction", funding.rate * 0.9},
              {"next_funding_rate_time", funding.next},
              {"leverage", "50x"},
              {"premium", 0.0},
              {"feed", "ticker"},
              {"bid", rest["bid"]},
              {"ask", rest["ask"]},
              {"bid_size", rest["bidSize"]},
              {"ask_size", rest["askSize"]},
              {"volume", rest["vol24h"]},
              {"volumeQuote", rest["volumeQuote"]},
              {"dtm", 0},
              {"index", rest["indexPrice"]},
              {"last", rest["last"]},
              {"change", rest["change24h"]},
              {"suspended", false},
              {"tag", "perpetual"},
              {"pair", rest["pair"]},
              {"openInterest", rest["openInterest"]},
              {"markPrice", rest["markPrice"]},
              {"maturityTime", 0},
              {"post_only", false},
              {"open", rest["open24h"]},
              {"high", rest["high24h"]},
              {"low", rest["low24h"]}};
}

void Kraken::push_topic(Session& session, const std::string& feed, const Contract& contract, Ms now) {
  if (feed == "ticker" && due(now, second)) push(session, live_ticker(contract, now), now);
  if (feed != "trade") return;
  if (const auto found = pending_.find(contract.symbol); found != pending_.end()) {
    for (const auto& one : found->second) push(session, one, now);
  }
  if (!due(now, second) || !contract.trading) return;
  const auto print = tape_of(world_, contract, 1, now).front();
  const Json row{{"uid", "fill-" + std::to_string(print.id)},
                 {"side", print.taker_buys ? "buy" : "sell"},
                 {"type", "fill"},
                 {"time", print.time},
                 {"size", cut(print.size / contract.contract_size, contract.size_decimals)},
                 {"price", print.price}};
  push(session, trade(contract.symbol, row, print.id), now);
}

void Kraken::push_due(Ms now) {
  for (auto& [peer, session] : sessions_) {
    if (session.closing) continue;
    if (now - session.last_in > ping_most) close(session, 1001, "no ping for a minute");
    for (const auto& topic : session.topics) {
      const auto parts = split(topic, ' ');
      if (parts[0] == "heartbeat") {
        if (due(now, second)) push(session, Json{{"feed", "heartbeat"}, {"time", now}}, now);
        continue;
      }
      if (const auto* contract = world_.find(venue_, parts[1])) push_topic(session, parts[0], *contract, now);
    }
  }
  pending_.clear();
}

}  // namespace sandbox
