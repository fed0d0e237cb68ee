#include "common/exchange/okx.hpp"

#include <algorithm>
#include <array>

#include "common/exchange/ask.hpp"
#include "common/exchange/contract.hpp"
#include "common/exchange/envelope.hpp"
#include "common/exchange/okx_rows.hpp"

namespace exchange::okx {

using market::Outcome;

namespace {

constexpr std::string_view name = "okx";
constexpr int candle_rows_max = 300;
constexpr int history_rows_max = 100;
constexpr int trade_rows_max = 500;
constexpr int depth_rows_max = 400;
constexpr std::size_t channels_max = 200;  // of one connection: a lost socket loses less
constexpr std::size_t batch_max = 100;     // 100 arguments stay far below the 64 KB of a request

using std::chrono::hours;
using std::chrono::minutes;
constexpr std::array<BarName, 12> bars{{{minutes{1}, "1m"},
                                        {minutes{3}, "3m"},
                                        {minutes{5}, "5m"},
                                        {minutes{15}, "15m"},
                                        {minutes{30}, "30m"},
                                        {hours{1}, "1H"},
                                        {hours{2}, "2H"},
                                        {hours{4}, "4H"},
                                        // From 6 h on the plain names open at Hong Kong's midnight.
                                        {hours{6}, "6Hutc"},
                                        {hours{12}, "12Hutc"},
                                        {hours{24}, "1Dutc"},
                                        {hours{168}, "1Wutc"}}};

constexpr std::array<CodeMeaning, 8> codes{{{"0", Outcome::ok},
                                            {"50001", Outcome::transient},
                                            {"50011", Outcome::soft_limit},
                                            {"50013", Outcome::transient},
                                            {"50026", Outcome::transient},
                                            {"50040", Outcome::soft_limit},
                                            {"51001", Outcome::bad_symbol},
                                            {"60018", Outcome::bad_symbol}}};

/// "candle1m:ETH-USDT-SWAP", "liquidation-orders:SWAP": channel and what it is about.
std::pair<std::string_view, std::string_view> split_channel(std::string_view channel) {
  const auto colon = channel.find(':');
  return {channel.substr(0, colon), colon == std::string_view::npos ? std::string_view{} : channel.substr(colon + 1)};
}

std::vector<Ask> asks(const Settings& settings, Topic topic, const Want& want) {
  std::vector<Ask> out;
  const auto target_of = [](std::string_view endpoint) { return Target("api/v5/" + std::string(endpoint)); };
  const auto ask_of = [&](std::string_view endpoint, const Target& target) {
    return make_ask(settings, name, topic, endpoint, target, {std::string(endpoint), 1});
  };
  const auto add = [&](std::string_view endpoint, const Target& target) { out.push_back(ask_of(endpoint, target)); };
  const auto swaps = [&](std::string_view endpoint) { add(endpoint, target_of(endpoint).with("instType", "SWAP")); };
  const auto history = [&](std::string_view endpoint, int rows_max, std::string_view bar) {
    add_history(out, want, bar.empty() ? Rows::settlements : Rows::bars, rows_max,
                [&](const std::string& symbol, const Page& page) {
                  auto target = target_of(endpoint).with("instId", symbol);
                  if (!bar.empty()) target.with("bar", bar);
                  // Paging is inverted and exclusive: `after` = older than, `before` = newer than (EXCHANGES.md 4.3).
                  if (page.to_ms) target.with("after", *page.to_ms + 1);
                  if (page.from_ms) target.with("before", *page.from_ms - 1);
                  return ask_of(endpoint, target.with("limit", page.rows));
                });
  };
  const auto sample = [&](std::string_view endpoint, std::string_view rows_key, int rows_max) {
    for (const auto& symbol : want.symbols) {
      add(endpoint, target_of(endpoint).with("instId", symbol).with(rows_key, sample_rows(want, rows_max)));
      out.back().symbol = symbol;
    }
  };
  switch (topic) {
    case Topic::server_time: add("public/time", target_of("public/time")); break;
    case Topic::instruments: swaps("public/instruments"); break;
    case Topic::funding: add("public/funding-rate", target_of("public/funding-rate").with("instId", "ANY")); break;
    case Topic::funding_history: history("public/funding-rate-history", history_rows_max, {}); break;
    case Topic::open_interest: swaps("public/open-interest"); break;
    case Topic::tickers:
      swaps("market/tickers");
      swaps("public/mark-price");
      break;
    case Topic::candles: {
      const auto bar = bar_name(bars, want.bar_length);
      if (bar.empty()) break;
      // The newest bars come from `candles`; what reaches back is asked of the deeper endpoint.
      if (want.from) {
        history("market/history-candles", history_rows_max, bar);
      } else {
        history("market/candles", candle_rows_max, bar);
      }
      break;
    }
    case Topic::trades: sample("market/trades", "limit", trade_rows_max); break;
    case Topic::depth: sample("market/books", "sz", depth_rows_max); break;
    case Topic::funding_intervals:
    case Topic::liquidations: break;
  }
  return out;
}

market::Verdict judge(const net::Response& response, base::WallTime received_at) {
  return judge_envelope(response, received_at, {"code", "msg", codes});
}

std::vector<StreamPlan> streams(const Settings& settings, Topic topic,
                                std::span<const market::Instrument* const> instruments) {
  const bool liquidations = topic == Topic::liquidations;
  const auto door = settings.stream_urls.find(liquidations ? "public" : "business");
  if (door == settings.stream_urls.end() || (!liquidations && topic != Topic::candles)) return {};
  StreamPlan plan(topic, door->second);
  plan.batch_max = batch_max;
  plan.ping = "ping";
  plan.ping_every = std::chrono::seconds{20};  // cut after 30 s without traffic
  plan.silence_max = std::chrono::seconds{45};
  plan.drop_before_connect = liquidations;
  const std::vector<std::string> all{"liquidation-orders:SWAP"};
  return sockets(name, plan, liquidations ? all : channels_of(instruments, "candle1m:"), channels_max);
}

std::string subscribe_text(std::span<const std::string> channels, std::uint32_t request_id, base::WallTime /*now*/) {
  std::string text = R"({"id":")" + std::to_string(request_id) + R"(","op":"subscribe","args":[)";
  for (const auto& channel : channels) {
    const auto [kind, about] = split_channel(channel);
    if (&channel != channels.data()) text += ',';
    text += R"({"channel":")" + std::string(kind) + "\",";
    text += (kind == "liquidation-orders" ? R"("instType":")" : R"("instId":")") + std::string(about) + "\"}";
  }
  return text + "]}";
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
  const auto event = root["event"].text();
  frame.request_id = root["id"].text();
  frame.message = root["msg"].text();
  if (event == "subscribe" || event == "unsubscribe") frame.kind = Frame::Kind::ack;
  if (event == "error" || event == "channel-conn-count-error") frame.kind = Frame::Kind::refused;
  if (event == "notice") {  // service upgrade: the connection will be closed
    frame.kind = Frame::Kind::notice;
    frame.reconnect = true;
  }
  return frame;
}

std::optional<market::Instrument> describe(std::string_view symbol) {
  const auto first = symbol.find('-');
  if (first == 0 || first == std::string_view::npos) return std::nullopt;
  const auto second = symbol.find('-', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  auto quote = symbol.substr(first + 1, second - first - 1);
  const auto tail = symbol.substr(second + 1);
  Spelling spelling;
  if (is_date(tail)) {
    spelling.kind = market::ContractKind::future;
  } else if (tail != "SWAP") {
    return std::nullopt;
  }
  spelling.base = symbol.substr(0, first);
  spelling.inverse = quote == "USD";
  // "ETH-USD_UM_XPERP-310404", "ETH-USD_UM-SWAP": margined in dollars, hence linear.
  if (quote.starts_with("USD_UM")) quote = "USD";
  if (quote.empty()) return std::nullopt;
  spelling.quote = quote;
  return make_instrument(name, symbol, spelling);
}

std::string link(std::string_view symbol) {
  return "https://www.okx.com/trade-swap/" + net::encode_component(lower_case(symbol));
}

constexpr std::array<Endpoint, 13> endpoints{{{"public/funding-rate", Topic::funding},
                                              {"public/funding-rate-history", Topic::funding_history},
                                              {"public/open-interest", Topic::open_interest},
                                              {"public/mark-price", Topic::tickers},
                                              {"public/instruments", Topic::instruments},
                                              {"public/liquidation-orders", Topic::liquidations},
                                              {"market/ticker", Topic::tickers},
                                              {"market/tickers", Topic::tickers},
                                              {"market/candles", Topic::candles},
                                              {"market/history-candles", Topic::candles},
                                              {"market/trades", Topic::trades},
                                              {"market/books", Topic::depth},
                                              {"public/time", Topic::server_time}}};

}  // namespace

const Description description{.traits = {.name = name,
                                         .title = "OKX",
                                         .candle_stream = true,
                                         .liquidation_stream = true,
                                         .liquidations_sampled = true,
                                         .candle_rows_max = candle_rows_max,
                                         .closes_bars = true},
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

}  // namespace exchange::okx
