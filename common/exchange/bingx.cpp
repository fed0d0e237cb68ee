#include "common/exchange/bingx.hpp"

#include <array>

#include "common/exchange/ask.hpp"
#include "common/exchange/bingx_rows.hpp"
#include "common/exchange/contract.hpp"
#include "common/exchange/inflate.hpp"

namespace exchange::bingx {

using market::Outcome;

namespace {

constexpr std::string_view name = "bingx";
constexpr int kline_rows_max = 1'440;
constexpr int funding_rows_max = 1'000;
constexpr int trades_max = 100;
constexpr int levels = 20;
constexpr std::size_t channels_max = 200;

constexpr std::array<CodeMeaning, 11> codes{{{"0", Outcome::ok},
                                             {"100410", Outcome::soft_limit},
                                             {"429", Outcome::soft_limit},
                                             {"100421", Outcome::bad_symbol},
                                             {"109421", Outcome::bad_symbol},
                                             {"109425", Outcome::bad_symbol},
                                             {"100419", Outcome::unauthorised},
                                             {"100413", Outcome::unauthorised},
                                             {"100500", Outcome::transient},
                                             {"100503", Outcome::transient},
                                             {"500", Outcome::transient}}};

Ask call(const Settings& settings, Topic topic, std::string_view endpoint, const Target& target) {
  return make_ask(settings, name, topic, endpoint, target, {"ip", 1});
}

std::vector<Ask> asks(const Settings& settings, Topic topic, const Want& want) {
  std::vector<Ask> out;
  const auto all = [&](std::string_view endpoint) { out.push_back(call(settings, topic, endpoint, Target(endpoint))); };
  const auto of_each = [&](std::string_view endpoint, std::optional<std::int64_t> limit) {
    for (const auto& symbol : want.symbols) {
      out.push_back(call(settings, topic, endpoint, Target(endpoint).with("symbol", symbol).with("limit", limit)));
      out.back().symbol = symbol;
    }
  };
  const auto history = [&](std::string_view endpoint, Rows rows, int rows_max, std::string_view interval) {
    add_history(out, want, rows, rows_max, [&](const std::string& symbol, const Page& page) {
      auto target = Target(endpoint).with("symbol", symbol);
      if (!interval.empty()) target.with("interval", interval);
      if (page.from_ms) target.with("startTime", *page.from_ms - 1);  // the rows after it
      return call(settings, topic, endpoint, target.with("endTime", page.to_ms).with("limit", page.rows));
    });
  };
  switch (topic) {
    case Topic::server_time: all("openApi/swap/v2/server/time"); break;
    case Topic::instruments: all("openApi/swap/v2/quote/contracts"); break;
    case Topic::funding: all("openApi/swap/v2/quote/premiumIndex"); break;
    case Topic::tickers: all("openApi/swap/v2/quote/ticker"); break;
    case Topic::open_interest:
      if (!want.from) of_each("openApi/swap/v2/quote/openInterest", std::nullopt);  // it keeps no history of it
      break;
    case Topic::funding_history:
      history("openApi/swap/v2/quote/fundingRate", Rows::settlements, funding_rows_max, {});
      break;
    case Topic::candles: {
      const auto interval = bar_name(bars, want.bar_length);
      if (!interval.empty()) history("openApi/swap/v3/quote/klines", Rows::bars, kline_rows_max, interval);
      break;
    }
    case Topic::trades: of_each("openApi/swap/v2/quote/trades", trades_max); break;
    case Topic::depth: of_each("openApi/swap/v2/quote/depth", levels); break;
    case Topic::funding_intervals:
    case Topic::liquidations: break;
  }
  return out;
}

/// "…the endpoint trigger frequency limit rule is currently in the disabled period and will be unblocked after
/// 1727193814249": the end of a ban, which no field states.
std::optional<base::WallTime> ban_end(std::string_view message) {
  constexpr std::string_view words = "unblocked after ";
  constexpr std::size_t digits_of_ms = 13;
  const auto at = message.find(words);
  if (at == std::string_view::npos) return std::nullopt;
  const auto digits = message.substr(at + words.size(), digits_of_ms);
  const auto ms = whole_number(digits);
  return ms && digits.size() == digits_of_ms && *ms > 0 ? std::optional(base::from_ms(*ms)) : std::nullopt;
}

market::Verdict judge(const net::Response& response, base::WallTime received_at) {
  auto verdict = judge_envelope(response, received_at, {.code_key = "code", .message_key = "msg", .codes = codes});
  if (verdict.outcome != Outcome::soft_limit) return verdict;
  if (const auto end = ban_end(verdict.message)) {
    verdict.outcome = Outcome::banned;
    verdict.banned_until = end;
  }
  return verdict;
}

std::vector<StreamPlan> streams(const Settings& settings, Topic topic,
                                std::span<const market::Instrument* const> instruments) {
  const auto door = settings.stream_urls.find("public");
  if (door == settings.stream_urls.end() || topic != Topic::candles) return {};
  StreamPlan plan(topic, door->second);
  plan.silence_max = std::chrono::seconds{30};  // the server pings every 5 s
  auto channels = channels_of(instruments, "");
  for (auto& channel : channels) channel += "@kline_1m";
  return sockets(name, plan, channels, channels_max);
}

std::string subscribe_text(std::span<const std::string> channels, std::uint32_t request_id, base::WallTime /*now*/) {
  if (channels.empty()) return {};
  return R"({"id":")" + std::to_string(request_id) + R"(","reqType":"sub","dataType":")" + channels.front() + "\"}";
}

/// {"id":"1","code":0,"msg":"SUCCESS","dataType":"","data":null}
Frame read_frame(Value root, const Scope& scope) {
  Frame frame;
  if (read_push(root, scope, frame)) return frame;
  frame.request_id = root["id"].text();
  frame.message = root["msg"].text();
  if (root["ping"].present()) {
    frame.kind = Frame::Kind::pong;
    frame.reply = "Pong";
  } else if (!frame.request_id.empty() && root["code"].present()) {
    frame.kind = root["code"].text() == "0" ? Frame::Kind::ack : Frame::Kind::refused;
  }
  return frame;
}

std::optional<Frame> plain_frame(std::string_view payload) {
  if (payload != "Ping" && payload != "Pong") return std::nullopt;
  Frame frame;
  frame.kind = Frame::Kind::pong;
  if (payload == "Ping") frame.reply = "Pong";
  return frame;
}

/// Every message comes as gzip; a stand-in may send text.
base::Result<std::string> unpack(std::string_view payload) {
  if (!is_gzip(payload)) return std::string(payload);
  return inflate(payload, "bingx stream");
}

/// "ETH-USDT"; "ETH-USD" is coin-margined and has addresses of its own.
std::optional<market::Instrument> describe(std::string_view symbol) {
  const auto dash = symbol.find('-');
  if (dash == std::string_view::npos || dash == 0) return std::nullopt;
  Spelling spelling{symbol.substr(0, dash), symbol.substr(dash + 1)};
  if (spelling.quote.empty() || spelling.quote.find('-') != std::string_view::npos) return std::nullopt;
  spelling.inverse = spelling.quote == "USD";
  auto out = make_instrument(name, symbol, spelling);
  if (!out.inverse) out.contract_size = 1;
  return out;
}

std::string link(std::string_view symbol) { return "https://bingx.com/en/perpetual/" + net::encode_component(symbol); }

}  // namespace

const Description description{
    .traits = {.name = name, .title = "BingX", .candle_stream = true, .candle_rows_max = kline_rows_max},
    .endpoints = endpoints(),
    .asks = asks,
    .read_reply = read_reply,
    .judge = judge,
    .streams = streams,
    .subscribe_text = subscribe_text,
    .read_frame = read_frame,
    .describe = describe,
    .link = link,
    .plain_frame = plain_frame,
    .unpack = unpack};

}  // namespace exchange::bingx
