#include "common/exchange/gate.hpp"

#include <algorithm>
#include <array>

#include "common/exchange/ask.hpp"
#include "common/exchange/contract.hpp"
#include "common/exchange/envelope.hpp"
#include "common/exchange/gate_rows.hpp"

namespace exchange::gate {

using market::Outcome;

namespace {

constexpr std::string_view name = "gate";
constexpr int candle_rows_max = 1'999;  // of about 2,000
constexpr int funding_rows_max = 1'000;
constexpr int stats_rows_max = 100;
constexpr int liquidation_rows_max = 1'000;
constexpr int trade_rows_max = 1'000;
constexpr int depth_rows_max = 50;
constexpr std::int64_t liquidation_window_s = 3'600;   // from and to may not be further apart
constexpr std::size_t channels_max = 100;              // of one connection: one subscribe message each
constexpr std::int64_t seconds_max = 100'000'000'000;  // of a time stamp that can be one

using std::chrono::hours;
using std::chrono::minutes;
constexpr std::array<BarName, 6> stats_bars{{{minutes{5}, "5m"},
                                             {minutes{15}, "15m"},
                                             {minutes{30}, "30m"},
                                             {hours{1}, "1h"},
                                             {hours{4}, "4h"},
                                             {hours{24}, "1d"}}};

constexpr std::array<CodeMeaning, 16> codes{{{"TOO_MANY_REQUESTS", Outcome::soft_limit},
                                             {"TOO_FAST", Outcome::soft_limit},
                                             {"TOO_BUSY", Outcome::transient},
                                             {"SERVER_ERROR", Outcome::transient},
                                             {"INTERNAL", Outcome::transient},
                                             {"CONTRACT_NOT_FOUND", Outcome::bad_symbol},
                                             {"INVALID_PARAM_VALUE", Outcome::bad_request},
                                             {"INVALID_KEY", Outcome::unauthorised},
                                             {"INVALID_CREDENTIALS", Outcome::unauthorised},
                                             {"INVALID_SIGNATURE", Outcome::unauthorised},
                                             {"IP_FORBIDDEN", Outcome::unauthorised},
                                             {"FORBIDDEN", Outcome::unauthorised},
                                             {"READ_ONLY", Outcome::unauthorised},
                                             {"ACCOUNT_LOCKED", Outcome::unauthorised},
                                             {"MISSING_REQUIRED_HEADER", Outcome::unauthorised},
                                             {"REQUEST_EXPIRED", Outcome::unauthorised}}};

constexpr std::array<Endpoint, 9> endpoints{{{"contracts", Topic::instruments},
                                             {"contracts", Topic::funding},
                                             {"tickers", Topic::tickers},
                                             {"funding_rate", Topic::funding_history},
                                             {"contract_stats", Topic::open_interest},
                                             {"candlesticks", Topic::candles},
                                             {"liq_orders", Topic::liquidations},
                                             {"trades", Topic::trades},
                                             {"order_book", Topic::depth}}};

/// Sizes with decimals, as strings; without it they are cut to whole contracts (EXCHANGES.md 5).
const std::pair<std::string, std::string>& decimal_sizes() {
  static const std::pair<std::string, std::string> header{"X-Gate-Size-Decimal", "1"};
  return header;
}

/// The first whole second at or after it: both ends of a window are inclusive.
std::optional<std::int64_t> seconds_up(const std::optional<std::int64_t>& ms) {
  return ms ? std::optional((*ms + 999) / 1'000) : ms;
}
std::optional<std::int64_t> seconds_down(const std::optional<std::int64_t>& ms) {
  return ms ? std::optional(*ms / 1'000) : ms;
}

Target target_of(std::string_view endpoint) { return Target("api/v4/" + std::string(endpoint)); }

Ask ask_for(const Settings& settings, Topic topic, std::string_view endpoint, const Target& target) {
  auto ask = make_ask(settings, name, topic, endpoint, target, {std::string(endpoint), 1});
  ask.request.headers.push_back(decimal_sizes());
  return ask;
}

/// Where both ends or one of them are given, `limit` must not be, but of some.
struct History {
  std::string_view endpoint;
  int rows_max{};
  std::string_view bar{};  ///< "": rows are settlements
  bool limit_beside_ends{};
};
void add_pages(const Settings& settings, Topic topic, const Want& want, const History& history, std::vector<Ask>& out) {
  const auto rows = history.bar.empty() ? Rows::settlements : Rows::bars;
  add_history(out, want, rows, history.rows_max, [&](const std::string& symbol, const Page& page) {
    auto target = target_of(history.endpoint).with("contract", symbol);
    if (!history.bar.empty()) target.with("interval", history.bar);
    auto from = page.from_ms;
    // An end alone would be read as "from the default start".
    if (!from && page.to_ms) from = *page.to_ms - want.bar_length.count() * page.rows + 1;
    target.with("from", seconds_up(from)).with("to", seconds_down(page.to_ms));
    if (!from || history.limit_beside_ends) target.with("limit", page.rows);
    return ask_for(settings, topic, history.endpoint, target);
  });
}

void add_liquidations(const Settings& settings, const Want& want, std::vector<Ask>& out) {
  constexpr std::string_view endpoint = "futures/usdt/liq_orders";
  const auto seconds = [](const std::optional<base::WallTime>& time) {
    return seconds_down(time ? std::optional(base::to_ms(*time)) : std::nullopt);
  };
  auto from = seconds(want.from);
  const auto to = seconds(want.to);
  do {
    auto end = to;
    if (from && to) end = std::min(*to, *from + liquidation_window_s);
    auto target = target_of(endpoint).with("from", from).with("to", end).with("limit", liquidation_rows_max);
    out.push_back(ask_for(settings, Topic::liquidations, endpoint, target));
    if (from) *from += liquidation_window_s;
  } while (from && to && *from < *to && out.size() < static_cast<std::size_t>(pages_max));
}

void add_samples(const Settings& settings, Topic topic, const Want& want, std::string_view endpoint, int rows_max,
                 std::vector<Ask>& out) {
  for (const auto& symbol : want.symbols) {
    const int rows = want.rows_max > 0 ? std::min(want.rows_max, rows_max) : rows_max;
    auto target = target_of(endpoint).with("contract", symbol).with("limit", rows);
    if (topic == Topic::depth) target.with("with_id", "true");
    out.emplace_back(ask_for(settings, topic, endpoint, target)).symbol = symbol;
  }
}

std::vector<Ask> asks(const Settings& settings, Topic topic, const Want& want) {
  std::vector<Ask> out;
  const auto all = [&](std::string_view endpoint) {
    out.push_back(ask_for(settings, topic, endpoint, target_of(endpoint)));
  };
  switch (topic) {
    case Topic::instruments:
    case Topic::funding: all("futures/usdt/contracts"); break;
    case Topic::tickers: all("futures/usdt/tickers"); break;
    case Topic::open_interest: {
      if (!want.from) {
        all("futures/usdt/tickers");
        break;
      }
      const auto bar = bar_name(stats_bars, want.bar_length);
      if (!bar.empty())
        add_pages(settings, topic, want, {"futures/usdt/contract_stats", stats_rows_max, bar, true}, out);
      break;
    }
    case Topic::funding_history:
      add_pages(settings, topic, want, {"futures/usdt/funding_rate", funding_rows_max, {}, true}, out);
      break;
    case Topic::candles: {
      const auto bar = bar_name(bars, want.bar_length);
      if (!bar.empty()) add_pages(settings, topic, want, {"futures/usdt/candlesticks", candle_rows_max, bar}, out);
      break;
    }
    case Topic::liquidations: add_liquidations(settings, want, out); break;
    case Topic::trades: add_samples(settings, topic, want, "futures/usdt/trades", trade_rows_max, out); break;
    case Topic::depth: add_samples(settings, topic, want, "futures/usdt/order_book", depth_rows_max, out); break;
    case Topic::server_time:
    case Topic::funding_intervals: break;
  }
  return out;
}

/// A good answer is a bare array or object; a bad one has a "label".
market::Verdict judge(const net::Response& response, base::WallTime received_at) {
  auto verdict = judge_status(response, received_at);
  if (verdict.outcome == Outcome::malformed || is_html(response)) return verdict;
  if (verdict.outcome == Outcome::ok && response.body.front() == '[') return verdict;
  const auto members = envelope_members(response.body);
  const auto label = member(members, "label");
  if (label.empty()) {
    if (verdict.outcome == Outcome::ok && members.empty()) verdict.outcome = Outcome::malformed;
    return verdict;
  }
  if (response.status == 403) {  // the interface itself speaks: no ban of the address, whatever it is
    verdict.outcome = Outcome::bad_request;
    verdict.banned_until.reset();
  }
  apply_code(verdict, codes, label);
  const auto message = member(members, "message");
  set_message(verdict, message.empty() ? member(members, "detail") : message);
  const auto reset = whole_number(net::header(response, "x-gate-ratelimit-reset-timestamp"));
  if (verdict.outcome != Outcome::soft_limit || verdict.retry_after || !reset || *reset > seconds_max) return verdict;
  const auto wait = std::chrono::seconds{*reset} - received_at.time_since_epoch();
  if (wait > base::Millis{0}) verdict.retry_after = std::chrono::duration_cast<base::Millis>(wait);
  return verdict;
}

std::vector<StreamPlan> streams(const Settings& settings, Topic topic,
                                std::span<const market::Instrument* const> instruments) {
  const auto door = settings.stream_urls.find("public");
  const bool forced = topic == Topic::liquidations;
  if (door == settings.stream_urls.end() || (topic != Topic::candles && !forced)) return {};
  StreamPlan plan(topic, door->second);
  plan.headers.push_back(decimal_sizes());
  plan.batch_pause = base::Millis{100};
  plan.ping = R"({"time":{seconds},"channel":"futures.ping"})";
  plan.ping_every = std::chrono::seconds{20};
  const std::vector<std::string> all{"futures.public_liquidates,!all"};
  return sockets(name, plan, forced ? all : channels_of(instruments, "futures.candlesticks,1m,"), channels_max);
}

/// A channel is written "futures.candlesticks,1m,ETH_USDT": its name, then its payload. One name in one message.
std::string subscribe_text(std::span<const std::string> channels, std::uint32_t request_id, base::WallTime now) {
  if (channels.empty()) return {};
  std::vector<std::string> payload;
  const std::string_view channel = std::string_view(channels.front()).substr(0, channels.front().find(','));
  for (const auto& one : channels) {
    for (auto comma = one.find(','); comma != std::string::npos;) {
      const auto next = one.find(',', comma + 1);
      payload.push_back(one.substr(comma + 1, next == std::string::npos ? next : next - comma - 1));
      comma = next;
    }
  }
  return R"({"time":)" + std::to_string(base::to_ms(now) / 1'000) + R"(,"id":)" + std::to_string(request_id) +
         R"(,"channel":")" + std::string(channel) + R"(","event":"subscribe","payload":[)" + quoted_list(payload) +
         "]}";
}

Frame read_frame(Value root, const Scope& scope) {
  Frame frame;
  if (read_push(root, scope, frame)) return frame;
  const auto event = root["event"].text();
  const Value error = root["error"];
  frame.request_id = root["id"].text();
  if (root["channel"].text() == "futures.pong") {
    frame.kind = Frame::Kind::pong;
  } else if (error.is_object()) {
    frame.kind = Frame::Kind::refused;
    frame.message = error["message"].text();
  } else if (event == "subscribe" || event == "unsubscribe") {
    const bool done = root["result"]["status"].text() != "fail";
    frame.kind = done ? Frame::Kind::ack : Frame::Kind::refused;
  }
  return frame;
}

bool is_delivery_date(std::string_view text) {  // "20260327"
  return (text.size() == 8 && is_date(text.substr(2)) && text.starts_with("20")) || is_date(text);
}

/// "ETH_USDT", "BTC_USD" (inverse), "BTC_USDT_20260327". Other contracts in USD are quantos, settled in BTC.
std::optional<market::Instrument> describe(std::string_view symbol) {
  const auto first = symbol.find('_');
  if (first == 0 || first == std::string_view::npos) return std::nullopt;
  const auto second = symbol.find('_', first + 1);
  Spelling spelling{symbol.substr(0, first), symbol.substr(first + 1, second - first - 1)};
  if (second != std::string_view::npos) {
    if (!is_delivery_date(symbol.substr(second + 1))) return std::nullopt;
    spelling.kind = market::ContractKind::future;
  }
  // "BTC_USDT-20260327-90000-C" is an option.
  if (spelling.quote.empty() || spelling.quote.find('-') != std::string_view::npos) return std::nullopt;
  spelling.inverse = spelling.quote == "USD" && spelling.base == "BTC";
  if (spelling.quote == "USD") spelling.settle = "BTC";
  auto out = make_instrument(name, symbol, spelling);
  if (spelling.inverse) out.contract_size = 1;
  return out;
}

std::string link(std::string_view symbol) {
  const std::string settle = symbol.find("_USDT") == std::string_view::npos ? "BTC/" : "USDT/";
  return "https://www.gate.com/futures/" + settle + net::encode_component(symbol);
}

}  // namespace

const Description description{.traits = {.name = name,
                                         .title = "Gate",
                                         .candle_stream = true,
                                         .liquidation_poll = true,
                                         .liquidation_sides_learned = true,
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
                              .link = link};

}  // namespace exchange::gate
