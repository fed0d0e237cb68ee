#include "common/exchange/hyperliquid.hpp"

#include <algorithm>
#include <array>

#include "common/exchange/ask.hpp"
#include "common/exchange/contract.hpp"
#include "common/exchange/hyperliquid_rows.hpp"

namespace exchange::hyperliquid {

using market::Outcome;

namespace {

constexpr std::string_view name = "hyperliquid";
constexpr int candle_rows_max = 1'000;     // of the newest 5000, which are all that there is
constexpr int funding_rows_max = 500;      // an answer holds so many, from its start on
constexpr std::size_t channels_max = 300;  // of 1000 subscriptions an address may have
constexpr std::string_view channel_prefix = "candle/";

using std::chrono::hours;
using std::chrono::minutes;
constexpr std::array<BarName, 13> bars{{{minutes{1}, "1m"},
                                        {minutes{3}, "3m"},
                                        {minutes{5}, "5m"},
                                        {minutes{15}, "15m"},
                                        {minutes{30}, "30m"},
                                        {hours{1}, "1h"},
                                        {hours{2}, "2h"},
                                        {hours{4}, "4h"},
                                        {hours{8}, "8h"},
                                        {hours{12}, "12h"},
                                        {hours{24}, "1d"},
                                        {hours{72}, "3d"},
                                        {hours{168}, "1w"}}};

/// What a question weighs of the 1200 a minute (11.6): small for the book, and more for each so many rows of some.
constexpr std::int64_t weight_small = 2;
constexpr std::int64_t weight_plain = 20;
constexpr std::int64_t candles_a_weight = 60;
constexpr std::int64_t items_a_weight = 20;
std::int64_t weight_of(std::int64_t rows, std::int64_t rows_a_weight) {
  return weight_plain + (rows + rows_a_weight - 1) / rows_a_weight;
}

/// A question is its body: `members` beside the type.
Ask question(const Settings& settings, Topic topic, std::string_view type, const std::string& members,
             std::int64_t weight) {
  auto ask = make_ask(settings, name, topic, "info/" + std::string(type), Target("info"), {"weight", weight});
  ask.request.method = "POST";
  ask.request.content_type = "application/json";
  ask.request.body = R"({"type":")" + std::string(type) + "\"" + members + "}";
  return ask;
}

std::string coin_member(const std::string& symbol) { return R"("coin":")" + symbol + "\""; }

/// A start is needed; 0 is the oldest there is.
std::string times(const Page& page) {
  std::string text = R"("startTime":)" + std::to_string(page.from_ms.value_or(0));
  if (page.to_ms) text += R"(,"endTime":)" + std::to_string(*page.to_ms);
  return text;
}

std::vector<Ask> asks(const Settings& settings, Topic topic, const Want& want) {
  std::vector<Ask> out;
  const auto all = [&](std::string_view type) { out.push_back(question(settings, topic, type, "", weight_plain)); };
  const auto sample = [&](std::string_view type, std::int64_t weight) {
    for (const auto& symbol : want.symbols) {
      out.push_back(question(settings, topic, type, "," + coin_member(symbol), weight));
      out.back().symbol = symbol;
    }
  };
  switch (topic) {
    case Topic::server_time:  // the cheapest answer with a time
      out.push_back(question(settings, topic, "l2Book", "," + coin_member("BTC"), weight_small));
      break;
    case Topic::instruments: all("meta"); break;
    case Topic::open_interest:
      if (want.from) break;  // it keeps no history of it
      [[fallthrough]];
    case Topic::funding:
    case Topic::tickers: all("metaAndAssetCtxs"); break;
    case Topic::funding_history:
      add_history(out, want, Rows::settlements, funding_rows_max, [&](const std::string& symbol, const Page& page) {
        return question(settings, topic, "fundingHistory", "," + coin_member(symbol) + "," + times(page),
                        weight_of(page.rows, items_a_weight));
      });
      break;
    case Topic::candles: {
      const auto bar = bar_name(bars, want.bar_length);
      if (bar.empty()) break;
      add_history(out, want, Rows::bars, candle_rows_max, [&](const std::string& symbol, const Page& page) {
        const auto members =
            R"(,"req":{)" + coin_member(symbol) + R"(,"interval":")" + std::string(bar) + "\"," + times(page) + "}";
        return question(settings, topic, "candleSnapshot", members, weight_of(page.rows, candles_a_weight));
      });
      break;
    }
    case Topic::trades: sample("recentTrades", weight_plain); break;
    case Topic::depth: sample("l2Book", weight_small); break;
    case Topic::funding_intervals:
    case Topic::liquidations: break;
  }
  return out;
}

/// No envelope: the status line speaks. A `null` is the answer to an unknown coin, and to too much weight under a 429;
/// {"status":"err","response":"…"} a question that was not understood.
market::Verdict judge(const net::Response& response, base::WallTime received_at) {
  auto verdict = judge_status(response, received_at);
  if (verdict.outcome != Outcome::ok) return verdict;
  const std::string_view body = response.body;
  const auto first = body.find_first_not_of(" \t\r\n");
  const auto rest = first == std::string_view::npos ? std::string_view{} : body.substr(first);
  if (rest.starts_with("null")) {
    verdict.outcome = Outcome::bad_symbol;
  } else if (!rest.starts_with('{') && !rest.starts_with('[')) {
    verdict.outcome = Outcome::malformed;
  } else if (leading_member(rest, "status") == "err") {
    verdict.outcome = Outcome::bad_request;
    set_message(verdict, member(envelope_members(rest), "response"));
  }
  return verdict;
}

std::vector<StreamPlan> streams(const Settings& settings, Topic topic,
                                std::span<const market::Instrument* const> instruments) {
  const auto door = settings.stream_urls.find("public");
  if (door == settings.stream_urls.end() || topic != Topic::candles) return {};
  StreamPlan plan(topic, door->second);
  plan.batch_pause = base::Millis{50};  // 2000 messages a minute
  plan.ping = R"({"method":"ping"})";
  plan.ping_every = std::chrono::seconds{30};  // closed after 60 s without a word of ours
  plan.silence_max = std::chrono::seconds{70};
  return sockets(name, plan, channels_of(instruments, channel_prefix), channels_max);
}

std::string subscribe_text(std::span<const std::string> channels, std::uint32_t /*request_id*/,
                           base::WallTime /*now*/) {
  if (channels.empty()) return {};
  const auto coin = std::string_view(channels.front()).substr(channel_prefix.size());
  return R"({"method":"subscribe","subscription":{"type":"candle",)" + coin_member(std::string(coin)) +
         R"(,"interval":"1m"}})";
}

Frame read_frame(Value root, const Scope& scope) {
  Frame frame;
  if (read_push(root, scope, frame)) return frame;
  const auto channel = root["channel"].text();
  if (channel == "pong") frame.kind = Frame::Kind::pong;
  if (channel == "subscriptionResponse") frame.kind = Frame::Kind::ack;
  if (channel == "error") {
    frame.kind = Frame::Kind::refused;
    frame.message = root["data"].text();
  }
  return frame;
}

/// "ETH", "kPEPE" (1000 PEPE), "xyz:TSLA" of a builder's dex; no spot market.
std::optional<market::Instrument> describe(std::string_view symbol) {
  if (!is_perpetual(symbol)) return std::nullopt;
  const auto colon = symbol.find(':');
  const Spelling spelling{colon == std::string_view::npos ? symbol : symbol.substr(colon + 1), "USDC"};
  if (spelling.base.empty() || colon == 0 || spelling.base.find(':') != std::string_view::npos) return std::nullopt;
  auto out = make_instrument(name, symbol, spelling);
  out.contract_size = 1;
  return out;
}

std::string link(std::string_view symbol) {
  return "https://app.hyperliquid.xyz/trade/" + net::encode_component(symbol);
}

}  // namespace

const Description description{
    .traits = {.name = name, .title = "Hyperliquid", .candle_stream = true, .candle_rows_max = candle_rows_max},
    .endpoints = endpoints(),
    .asks = asks,
    .read_reply = read_reply,
    .judge = judge,
    .streams = streams,
    .subscribe_text = subscribe_text,
    .read_frame = read_frame,
    .describe = describe,
    .link = link};

}  // namespace exchange::hyperliquid
