#include "common/exchange/bybit.hpp"

#include <algorithm>
#include <array>

#include "common/exchange/ask.hpp"
#include "common/exchange/bybit_rows.hpp"
#include "common/exchange/contract.hpp"
#include "common/exchange/envelope.hpp"

namespace exchange::bybit {

using market::Outcome;

namespace {

constexpr std::string_view name = "bybit";
constexpr int kline_rows_max = 1'000;
constexpr int funding_rows_max = 200;
constexpr int interest_rows_max = 200;
constexpr int sample_rows_max = 1'000;          // of trades, and of a book's levels
constexpr std::size_t args_bytes_max = 20'000;  // of 21,000 characters allowed per connection
constexpr std::size_t args_batch_max = 10;      // one bad topic fails its whole message (EXCHANGES.md 3.4)

using std::chrono::hours;
using std::chrono::minutes;
constexpr std::array<BarName, 12> bars{{{minutes{1}, "1"},
                                        {minutes{3}, "3"},
                                        {minutes{5}, "5"},
                                        {minutes{15}, "15"},
                                        {minutes{30}, "30"},
                                        {hours{1}, "60"},
                                        {hours{2}, "120"},
                                        {hours{4}, "240"},
                                        {hours{6}, "360"},
                                        {hours{12}, "720"},
                                        {hours{24}, "D"},
                                        {hours{168}, "W"}}};
constexpr std::array<BarName, 6> interest_bars{{{minutes{5}, "5min"},
                                                {minutes{15}, "15min"},
                                                {minutes{30}, "30min"},
                                                {hours{1}, "1h"},
                                                {hours{4}, "4h"},
                                                {hours{24}, "1d"}}};

constexpr std::array<CodeMeaning, 7> codes{{{"0", Outcome::ok},
                                            {"10001", Outcome::bad_symbol},
                                            {"10006", Outcome::soft_limit},
                                            {"429", Outcome::soft_limit},
                                            {"10429", Outcome::soft_limit},
                                            {"10016", Outcome::transient},
                                            {"10024", Outcome::blocked}}};

Target linear(std::string_view endpoint) { return Target(endpoint).with("category", "linear"); }

Ask instruments_ask(const Settings& settings, std::string_view cursor) {
  constexpr std::string_view endpoint = "v5/market/instruments-info";
  auto target = linear(endpoint).with("limit", 1'000);
  if (!cursor.empty()) target.with_token("cursor", cursor);
  return make_ask(settings, name, Topic::instruments, endpoint, target, {"ip", 1});
}

bool is_month_code(std::string_view tail) {  // "H24"
  return tail.size() == 3 && std::string_view("FGHJKMNQUVXZ").find(tail[0]) != std::string_view::npos &&
         tail[1] >= '0' && tail[1] <= '9' && tail[2] >= '0' && tail[2] <= '9';
}

/// "BTC-27MAR26" (USDC), "BTCUSDT-27MAR26": nullopt for anything else with a dash.
std::optional<Spelling> dated_spelling(std::string_view symbol) {
  const auto dash = symbol.find('-');
  const auto front = symbol.substr(0, dash);
  const auto date = symbol.substr(dash + 1);
  if (front.empty() || date.size() < 6 || date.size() > 7 || date.find('-') != std::string_view::npos) {
    return std::nullopt;
  }
  Spelling spelling{front, "USDC"};
  spelling.kind = market::ContractKind::future;
  for (const std::string_view quote : {"USDT", "USDC", "USD"}) {
    if (!front.ends_with(quote) || front.size() == quote.size()) continue;
    spelling.base = front.substr(0, front.size() - quote.size());
    spelling.quote = quote;
    spelling.inverse = quote == "USD";
    break;
  }
  return spelling;
}

std::vector<Ask> asks(const Settings& settings, Topic topic, const Want& want) {
  std::vector<Ask> out;
  const auto ask_of = [&](std::string_view endpoint, const Target& target) {
    return make_ask(settings, name, topic, endpoint, target, {"ip", 1});
  };
  const auto add = [&](std::string_view endpoint, const Target& target) { out.push_back(ask_of(endpoint, target)); };
  /// `bar_key` empty: rows are settlements, at most one an hour.
  const auto history = [&](std::string_view endpoint, int rows_max, std::string_view bar_key, std::string_view bar,
                           std::string_view from_key, std::string_view to_key) {
    if (!bar_key.empty() && bar.empty()) return;
    add_history(out, want, bar_key.empty() ? Rows::settlements : Rows::bars, rows_max,
                [&](const std::string& symbol, const Page& page) {
                  auto target = linear(endpoint).with("symbol", symbol);
                  if (!bar_key.empty()) target.with(bar_key, bar);
                  // A start without an end is an error (EXCHANGES.md 3.1): the newest page then.
                  if (page.to_ms) target.with(from_key, page.from_ms);
                  target.with(to_key, page.to_ms).with("limit", page.rows);
                  return ask_of(endpoint, target);
                });
  };
  const auto sample = [&](std::string_view endpoint) {
    for (const auto& symbol : want.symbols) {
      add(endpoint, linear(endpoint).with("symbol", symbol).with("limit", sample_rows(want, sample_rows_max)));
      out.back().symbol = symbol;
    }
  };
  constexpr std::string_view tickers = "v5/market/tickers";
  switch (topic) {
    case Topic::server_time: add("v5/market/time", Target("v5/market/time")); break;
    case Topic::instruments: out.push_back(instruments_ask(settings, {})); break;
    case Topic::funding:
    case Topic::tickers: add(tickers, linear(tickers)); break;
    case Topic::open_interest:
      if (!want.from) {
        add(tickers, linear(tickers));
        break;
      }
      history("v5/market/open-interest", interest_rows_max, "intervalTime", bar_name(interest_bars, want.bar_length),
              "startTime", "endTime");
      break;
    case Topic::funding_history:
      history("v5/market/funding/history", funding_rows_max, "", "", "startTime", "endTime");
      break;
    case Topic::candles:
      history("v5/market/kline", kline_rows_max, "interval", bar_name(bars, want.bar_length), "start", "end");
      break;
    case Topic::trades: sample("v5/market/recent-trade"); break;
    case Topic::depth: sample("v5/market/orderbook"); break;
    case Topic::funding_intervals:
    case Topic::liquidations: break;
  }
  return out;
}

base::Result<Reply> read_paged(std::string_view endpoint, Value root, const Scope& scope) {
  auto reply = read_reply(endpoint, root, scope);
  if (!reply || scope.ask->topic != Topic::instruments) return reply;
  const auto cursor = root["result"]["nextPageCursor"].text();
  if (cursor.empty()) return reply;
  auto next = instruments_ask(scope.settings, cursor);
  if (next.request.url != scope.ask->request.url) reply->next = std::move(next);  // the same page twice has no end
  return reply;
}

market::Verdict judge(const net::Response& response, base::WallTime received_at) {
  auto verdict = judge_envelope(response, received_at, {"retCode", "retMsg", codes});
  if (verdict.code == "10024") {
    verdict.outcome = Outcome::blocked;
    verdict.banned_until.reset();
  }
  const auto reset = whole_number(net::header(response, "x-bapi-limit-reset-timestamp"));
  if (verdict.outcome == Outcome::soft_limit && !verdict.retry_after && reset && *reset > base::to_ms(received_at)) {
    verdict.retry_after = base::Millis{*reset - base::to_ms(received_at)};
  }
  return verdict;
}

std::vector<StreamPlan> streams(const Settings& settings, Topic topic,
                                std::span<const market::Instrument* const> instruments) {
  const auto door = settings.stream_urls.find("public");
  if (door == settings.stream_urls.end()) return {};
  if (topic != Topic::liquidations && topic != Topic::candles) return {};
  StreamPlan plan(topic, door->second);
  plan.batch_max = args_batch_max;
  plan.ping = R"({"op":"ping"})";
  plan.ping_every = std::chrono::seconds{20};
  const auto channels = channels_of(instruments, topic == Topic::liquidations ? "allLiquidation." : "kline.1.");
  return sockets(name, plan, channels, channels.size(), args_bytes_max);
}

std::string subscribe_text(std::span<const std::string> channels, std::uint32_t request_id, base::WallTime /*now*/) {
  return R"({"req_id":")" + std::to_string(request_id) + R"(","op":"subscribe","args":[)" + quoted_list(channels) +
         "]}";
}

Frame read_frame(Value root, const Scope& scope) {
  Frame frame;
  if (read_push(root, scope, frame)) return frame;
  const auto op = root["op"].text();
  frame.request_id = root["req_id"].text();
  if (op == "pong" || (op == "ping" && root["ret_msg"].text() == "pong")) {
    frame.kind = Frame::Kind::pong;
  } else if (op == "subscribe" && root["success"].present()) {
    frame.kind = root["success"].is_true() ? Frame::Kind::ack : Frame::Kind::refused;
    frame.message = root["ret_msg"].text();
  }
  return frame;
}

std::optional<market::Instrument> describe(std::string_view symbol) {
  Spelling spelling;
  if (symbol.find('-') != std::string_view::npos) {
    const auto dated = dated_spelling(symbol);
    if (!dated) return std::nullopt;
    spelling = *dated;
  } else if (symbol.ends_with("PERP")) {
    spelling.base = symbol.substr(0, symbol.size() - 4);
    spelling.quote = "USDC";
  } else if (symbol.ends_with("USDT") || symbol.ends_with("USDC")) {
    spelling.base = symbol.substr(0, symbol.size() - 4);
    spelling.quote = symbol.substr(symbol.size() - 4);
  } else {
    auto pair = symbol;
    if (symbol.size() > 3 && is_month_code(symbol.substr(symbol.size() - 3))) {
      pair = symbol.substr(0, symbol.size() - 3);
      spelling.kind = market::ContractKind::future;
    }
    if (!pair.ends_with("USD")) return std::nullopt;
    spelling.base = pair.substr(0, pair.size() - 3);
    spelling.quote = "USD";
    spelling.inverse = true;
  }
  if (spelling.base.empty()) return std::nullopt;
  auto out = make_instrument(name, symbol, spelling);
  out.contract_size = 1;
  return out;
}

std::string link(std::string_view symbol) {
  const auto encoded = net::encode_component(symbol);
  return "https://www.bybit.com/trade/" + std::string(symbol.ends_with("PERP") ? "usdc/" : "usdt/") + encoded;
}

constexpr std::array<Endpoint, 8> endpoints{{{"market/tickers", Topic::tickers},
                                             {"market/kline", Topic::candles},
                                             {"funding/history", Topic::funding_history},
                                             {"market/open-interest", Topic::open_interest},
                                             {"instruments-info", Topic::instruments},
                                             {"market/recent-trade", Topic::trades},
                                             {"market/orderbook", Topic::depth},
                                             {"market/time", Topic::server_time}}};

}  // namespace

const Description description{.traits = {.name = name,
                                         .title = "Bybit",
                                         .candle_stream = true,
                                         .liquidation_stream = true,
                                         .candle_rows_max = kline_rows_max,
                                         .closes_bars = true},
                              .endpoints = endpoints,
                              .asks = asks,
                              .read_reply = read_paged,
                              .judge = judge,
                              .streams = streams,
                              .subscribe_text = subscribe_text,
                              .read_frame = read_frame,
                              .describe = describe,
                              .link = link};

}  // namespace exchange::bybit
