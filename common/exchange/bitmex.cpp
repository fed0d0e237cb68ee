#include "common/exchange/bitmex.hpp"

#include <algorithm>
#include <array>

#include "common/exchange/bitmex_rows.hpp"
#include "common/exchange/contract.hpp"
#include "common/exchange/envelope.hpp"

namespace exchange::bitmex {

using market::Outcome;

namespace {

constexpr std::string_view name = "bitmex";

constexpr std::array<Endpoint, 7> endpoints{{{"instrument", Topic::instruments},
                                             {"instrument/active", Topic::instruments},
                                             {"funding", Topic::funding_history},
                                             {"trade/bucketed", Topic::candles},
                                             {"trade", Topic::trades},
                                             {"liquidation", Topic::liquidations},
                                             {"orderBook/L2", Topic::depth}}};

std::vector<Ask> asks(const Settings& /*settings*/, Topic /*topic*/, const Want& /*want*/) { return {}; }

std::vector<StreamPlan> streams(const Settings& /*settings*/, Topic /*topic*/,
                                std::span<const market::Instrument* const> /*instruments*/) {
  return {};
}

/// An error is an object: {"error":{"message":"…","name":"HTTPError"}}. Its name says less than the status line does.
market::Verdict judge(const net::Response& response, base::WallTime received_at) {
  auto verdict = judge_status(response, received_at);
  if (verdict.outcome == Outcome::malformed || is_html(response)) return verdict;
  if (verdict.outcome == Outcome::ok && response.body.front() == '[') return verdict;
  Json json;
  const auto root = json.read(response.body, name);
  if (!root) {
    if (verdict.outcome == Outcome::ok) verdict.outcome = Outcome::malformed;
    return verdict;
  }
  const Value error = (*root)["error"];
  if (!error.is_object()) return verdict;
  verdict.code = error["name"].text();
  set_message(verdict, error["message"].text());
  if (response.status == 403) {  // the interface itself speaks: no ban of the address
    verdict.outcome = Outcome::unauthorised;
    verdict.banned_until.reset();
  }
  if (verdict.outcome == Outcome::ok) verdict.outcome = Outcome::bad_request;
  if (verdict.code == "RateLimitError") verdict.outcome = Outcome::soft_limit;
  return verdict;
}

std::string subscribe_text(std::span<const std::string> channels, std::uint32_t /*request_id*/,
                           base::WallTime /*now*/) {
  return R"({"op":"subscribe","args":[)" + quoted_list(channels) + "]}";
}

std::optional<Frame> plain_frame(std::string_view payload) {
  if (payload != "pong") return std::nullopt;
  Frame frame;
  frame.kind = Frame::Kind::pong;
  return frame;
}

Frame read_frame(Value root, const Scope& scope) {
  Frame frame;
  if (read_push(root, scope, frame)) return frame;
  if (root["subscribe"].present()) frame.kind = root["success"].is_true() ? Frame::Kind::ack : Frame::Kind::refused;
  if (root["info"].present()) frame.kind = Frame::Kind::notice;
  if (root["error"].present()) {
    frame.kind = Frame::Kind::refused;
    frame.message = root["error"].text();
  }
  return frame;
}

bool is_month_code(std::string_view tail) {  // "H26"
  return tail.size() == 3 && std::string_view("FGHJKMNQUVXZ").find(tail[0]) != std::string_view::npos &&
         tail[1] >= '0' && tail[1] <= '9' && tail[2] >= '0' && tail[2] <= '9';
}

/// "XBTUSD" (inverse, as all of XBT but those in USDT), "ETHUSDT" (linear), "ETHUSD" (quanto, settled in BTC),
/// "XBTH26", "ETHUSDH26" (dated), "ADAH26" (dated, in BTC). ".BXBT" is an index, "XBT_USDT" a spot pair.
std::optional<market::Instrument> describe(std::string_view symbol) {
  const bool clean = std::all_of(symbol.begin(), symbol.end(),
                                 [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == 'k'; });
  if (!clean) return std::nullopt;
  Spelling spelling;
  auto pair = symbol;
  if (pair.size() > 3 && is_month_code(pair.substr(pair.size() - 3))) {
    pair.remove_suffix(3);
    spelling.kind = market::ContractKind::future;
  }
  const bool dated = spelling.kind == market::ContractKind::future;
  static constexpr std::array<std::string_view, 4> quotes{"USDT", "USDC", "USD", "EUR"};
  const auto* const quote = std::find_if(quotes.begin(), quotes.end(), [&](std::string_view one) {
    return pair.ends_with(one) && pair.size() > one.size();
  });
  if (quote != quotes.end()) {
    spelling.base = pair.substr(0, pair.size() - quote->size());
    spelling.quote = *quote;
  } else if (dated) {
    spelling.base = pair;
    spelling.quote = pair == "XBT" ? "USD" : "BTC";
  } else {
    return std::nullopt;
  }
  const bool in_stable = spelling.quote == "USDT" || spelling.quote == "USDC";
  spelling.inverse = spelling.base == "XBT" && !in_stable;
  if (!in_stable) spelling.settle = "BTC";
  auto out = make_instrument(name, symbol, spelling);
  if (spelling.inverse) out.contract_size = 1;
  return out;
}

std::string link(std::string_view symbol) {
  return "https://www.bitmex.com/app/trade/" + net::encode_component(symbol);
}

}  // namespace

const Description description{
    .traits = {.name = name, .title = "BitMEX", .candle_rows_max = 1'000, .closed = "exchange closed 2026-09-23"},
    .endpoints = endpoints,
    .asks = asks,
    .read_reply = read_reply,
    .judge = judge,
    .streams = streams,
    .subscribe_text = subscribe_text,
    .read_frame = read_frame,
    .describe = describe,
    .link = link,
    .plain_frame = plain_frame};

}  // namespace exchange::bitmex
