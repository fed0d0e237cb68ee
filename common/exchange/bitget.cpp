#include "common/exchange/bitget.hpp"

#include <algorithm>
#include <array>

#include "common/exchange/ask.hpp"
#include "common/exchange/bitget_rows.hpp"
#include "common/exchange/contract.hpp"
#include "common/exchange/envelope.hpp"

namespace exchange::bitget {

using market::Outcome;

namespace {

constexpr std::string_view name = "bitget";
constexpr std::string_view product = "USDT-FUTURES";
constexpr int candle_rows_max = 1'000;
constexpr int funding_rows_max = 100;
constexpr int liquidation_rows_max = 100;
constexpr int trade_rows_max = 100;
constexpr int depth_rows_max = 50;
constexpr int funding_pages_max = 20;
constexpr std::size_t channels_max = 50;  // of one connection, as advised; 1,000 are allowed
constexpr std::size_t args_batch_max = 25;
constexpr base::Millis ping_every = std::chrono::seconds{25};  // wanted every 30 s

constexpr std::string_view success = "00000";
constexpr std::array<CodeMeaning, 33> codes{
    {{success, Outcome::ok},           {"429", Outcome::soft_limit},     {"30006", Outcome::soft_limit},
     {"30007", Outcome::soft_limit},   {"25004", Outcome::soft_limit},   {"40000", Outcome::blocked},
     {"40010", Outcome::transient},    {"40015", Outcome::transient},    {"40200", Outcome::transient},
     {"40725", Outcome::transient},    {"45001", Outcome::transient},    {"40034", Outcome::bad_symbol},
     {"40072", Outcome::bad_symbol},   {"40102", Outcome::bad_symbol},   {"40309", Outcome::bad_symbol},
     {"25100", Outcome::bad_symbol},   {"40017", Outcome::bad_request},  {"400172", Outcome::bad_request},
     {"40019", Outcome::bad_request},  {"40054", Outcome::bad_request},  {"40404", Outcome::bad_request},
     {"40001", Outcome::unauthorised}, {"40002", Outcome::unauthorised}, {"40005", Outcome::unauthorised},
     {"40006", Outcome::unauthorised}, {"40008", Outcome::unauthorised}, {"40009", Outcome::unauthorised},
     {"40011", Outcome::unauthorised}, {"40012", Outcome::unauthorised}, {"40014", Outcome::unauthorised},
     {"40018", Outcome::unauthorised}, {"40037", Outcome::unauthorised}, {"40038", Outcome::unauthorised}}};

constexpr std::array<Endpoint, 25> endpoints{{{"v3/market/tickers", Topic::tickers},
                                              {"v2/mix/market/tickers", Topic::tickers},
                                              {"v2/mix/market/ticker", Topic::tickers},
                                              {"mix/v1/market/tickers", Topic::tickers},
                                              {"mix/v1/market/ticker", Topic::tickers},
                                              {"market/symbol-price", Topic::tickers},
                                              {"market/mark-price", Topic::tickers},
                                              {"market/current-fund-rate", Topic::funding},
                                              {"market/current-fundRate", Topic::funding},
                                              {"market/funding-time", Topic::funding},
                                              {"market/history-fund-rate", Topic::funding_history},
                                              {"market/history-fundRate", Topic::funding_history},
                                              {"market/open-interest", Topic::open_interest},
                                              {"market/candles", Topic::candles},
                                              {"market/history-candles", Topic::candles},
                                              {"market/liquidations", Topic::liquidations},
                                              {"market/contracts", Topic::instruments},
                                              {"market/instruments", Topic::instruments},
                                              {"market/fills", Topic::trades},
                                              {"market/fills-history", Topic::trades},
                                              {"market/history-fills", Topic::trades},
                                              {"market/merge-depth", Topic::depth},
                                              {"market/orderbook", Topic::depth},
                                              {"market/depth", Topic::depth},
                                              {"public/time", Topic::server_time}}};

Target v2(std::string_view endpoint) { return Target("api/" + std::string(endpoint)).with("productType", product); }

Ask ask_for(const Settings& settings, Topic topic, std::string_view endpoint, const Target& target) {
  auto ask = make_ask(settings, name, topic, endpoint, target, {std::string(endpoint), 1});
  ask.costs.push_back({"ip", 1});
  return ask;
}

Ask& add(const Settings& settings, Topic topic, std::string_view endpoint, const Target& target,
         std::vector<Ask>& out) {
  return out.emplace_back(ask_for(settings, topic, endpoint, target));
}

/// Pages are numbered from the newest on; there are no times to ask for.
void add_funding_history(const Settings& settings, const Want& want, std::vector<Ask>& out) {
  constexpr std::string_view endpoint = "v2/mix/market/history-fund-rate";
  int rows = funding_rows_max;
  if (want.from && want.to && *want.to > *want.from) {
    const auto interval = std::max<base::Millis>(want.bar_length, std::chrono::hours{1});
    rows = static_cast<int>(
        std::min<std::int64_t>((*want.to - *want.from) / interval + 1, funding_pages_max * funding_rows_max));
  }
  if (want.rows_max > 0) rows = std::min(rows, want.rows_max);
  for (const auto& symbol : want.symbols) {
    for (int page = 1; (page - 1) * funding_rows_max < rows; ++page) {
      auto target = v2(endpoint).with("symbol", symbol);
      target.with("pageSize", std::min(rows, funding_rows_max)).with("pageNo", page);
      add(settings, Topic::funding_history, endpoint, target, out).symbol = symbol;
    }
  }
}

void add_candles(const Settings& settings, const Want& want, std::vector<Ask>& out) {
  constexpr std::string_view endpoint = "v2/mix/market/candles";
  const auto bar = bar_name(bars, want.bar_length);
  if (bar.empty()) return;
  add_history(out, want, Rows::bars, candle_rows_max, [&](const std::string& symbol, const Page& page) {
    // Whether the end belongs to the answer is not documented: a millisecond later it does, and nothing else with it.
    const auto end = page.to_ms ? std::optional(*page.to_ms + 1) : page.to_ms;
    auto target = v2(endpoint).with("symbol", symbol).with("granularity", bar);
    target.with("startTime", page.from_ms).with("endTime", end).with("limit", page.rows);
    return ask_for(settings, Topic::candles, endpoint, target);
  });
}

void add_samples(const Settings& settings, Topic topic, const Want& want, std::vector<Ask>& out) {
  const bool depth = topic == Topic::depth;
  const std::string_view endpoint = depth ? "v2/mix/market/merge-depth" : "v2/mix/market/fills";
  const int most = depth ? depth_rows_max : trade_rows_max;
  const int rows = want.rows_max > 0 ? std::min(want.rows_max, most) : most;
  for (const auto& symbol : want.symbols) {
    auto target = v2(endpoint).with("symbol", symbol);
    if (depth) target.with("precision", "scale0");
    // It knows these depths alone: the next one above what is wanted.
    const int step = rows <= 1 ? 1 : rows <= 5 ? 5 : rows <= 15 ? 15 : depth_rows_max;
    target.with("limit", depth ? step : rows);
    add(settings, topic, endpoint, target, out).symbol = symbol;
  }
}

std::vector<Ask> asks(const Settings& settings, Topic topic, const Want& want) {
  std::vector<Ask> out;
  const auto all = [&](std::string_view endpoint) { add(settings, topic, endpoint, v2(endpoint), out); };
  switch (topic) {
    case Topic::instruments: all("v2/mix/market/contracts"); break;
    case Topic::funding: all("v2/mix/market/current-fund-rate"); break;
    case Topic::open_interest:  // of the past there is none
    case Topic::tickers:
      if (topic == Topic::tickers || !want.from) all("v2/mix/market/tickers");
      break;
    case Topic::funding_history: add_funding_history(settings, want, out); break;
    case Topic::candles: add_candles(settings, want, out); break;
    case Topic::liquidations: {
      constexpr std::string_view endpoint = "v3/market/liquidations";
      const int rows = want.rows_max > 0 ? std::min(want.rows_max, liquidation_rows_max) : liquidation_rows_max;
      auto target = Target("api/" + std::string(endpoint)).with("category", product).with("limit", rows);
      add(settings, topic, endpoint, target, out);
      break;
    }
    case Topic::trades:
    case Topic::depth: add_samples(settings, topic, want, out); break;
    case Topic::server_time:
    case Topic::funding_intervals: break;
  }
  return out;
}

market::Verdict judge(const net::Response& response, base::WallTime received_at) {
  auto verdict = judge_envelope(response, received_at, {"code", "msg", codes, success});
  if (!is_html(response) && meaning_of(codes, verdict.code) == Outcome::blocked) {
    verdict.outcome = Outcome::blocked;
    verdict.banned_until.reset();
  }
  return verdict;
}

/// A channel is written "liquidation" (v3, a whole category) or "candle1m,ETHUSDT" (v2).
std::vector<StreamPlan> streams(const Settings& settings, Topic topic,
                                std::span<const market::Instrument* const> instruments) {
  const bool candles = topic == Topic::candles;
  if ((!candles && topic != Topic::liquidations) || instruments.empty()) return {};
  const auto door = settings.stream_urls.find(candles ? "public" : "uta");
  if (door == settings.stream_urls.end()) return {};
  StreamPlan plan(topic, door->second);
  plan.batch_max = args_batch_max;
  plan.ping = "ping";
  plan.ping_every = ping_every;
  const std::vector<std::string> all{"liquidation"};
  return sockets(name, plan, candles ? channels_of(instruments, "candle1m,") : all, channels_max);
}

std::string subscribe_text(std::span<const std::string> channels, std::uint32_t /*request_id*/,
                           base::WallTime /*now*/) {
  std::string text = R"({"op":"subscribe","args":[)";
  for (const auto& channel : channels) {
    if (&channel != channels.data()) text += ',';
    const auto comma = channel.find(',');
    if (comma == std::string::npos) {
      text += R"({"instType":")" + lower_case(product) + R"(","topic":")" + channel + R"("})";
    } else {
      text += R"({"instType":")" + std::string(product) + R"(","channel":")" + channel.substr(0, comma) +
              R"(","instId":")" + channel.substr(comma + 1) + R"("})";
    }
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
  if (event == "subscribe" || event == "unsubscribe") frame.kind = Frame::Kind::ack;
  if (event == "error") {
    frame.kind = Frame::Kind::refused;
    frame.message = root["msg"].text();
  }
  return frame;
}

bool is_month_code(std::string_view tail) {  // "H26"
  return tail.size() == 3 && std::string_view("FGHJKMNQUVXZ").find(tail[0]) != std::string_view::npos &&
         tail[1] >= '0' && tail[1] <= '9' && tail[2] >= '0' && tail[2] <= '9';
}

/// v1's names of a market: "UMCBL" (USDT), "DMCBL" (coins), "CMCBL" (USDC), and those of the demonstration.
bool is_market_code(std::string_view part) {
  if (part.starts_with('S')) part.remove_prefix(1);
  return part == "UMCBL" || part == "DMCBL" || part == "CMCBL";
}

/// "ETHUSDT", "ETHPERP" (USDC), "ETHUSD" (inverse), "ETHUSDH26", "ETHUSD_260327"; v1: "ETHUSD_DMCBL".
std::optional<market::Instrument> describe(std::string_view symbol) {
  Spelling spelling;
  auto pair = symbol.substr(0, symbol.find('_'));
  for (auto rest = symbol.substr(pair.size()); !rest.empty();) {
    rest.remove_prefix(1);
    const auto part = rest.substr(0, rest.find('_'));
    if (is_date(part)) {
      spelling.kind = market::ContractKind::future;
    } else if (!is_market_code(part)) {
      return std::nullopt;
    }
    rest.remove_prefix(part.size());
  }
  if (pair.size() > 3 && is_month_code(pair.substr(pair.size() - 3))) {
    pair.remove_suffix(3);
    spelling.kind = market::ContractKind::future;
  }
  std::size_t quote_size = 4;
  if (pair.ends_with("PERP")) {
    spelling.quote = "USDC";
  } else if (pair.ends_with("USDT") || pair.ends_with("USDC")) {
    spelling.quote = pair.substr(pair.size() - quote_size);
  } else if (pair.ends_with("USD")) {
    quote_size = 3;
    spelling.quote = "USD";
    spelling.inverse = true;
  } else {
    return std::nullopt;
  }
  spelling.base = pair.substr(0, pair.size() - quote_size);
  if (spelling.base.empty()) return std::nullopt;
  auto out = make_instrument(name, symbol, spelling);
  if (!spelling.inverse) out.contract_size = 1;
  return out;
}

std::string link(std::string_view symbol) {
  const bool coins = !symbol.ends_with("USDT") && !symbol.ends_with("PERP");
  const std::string market = symbol.ends_with("PERP") ? "usdc/" : coins ? "usd/" : "usdt/";
  return "https://www.bitget.com/futures/" + market + net::encode_component(symbol);
}

}  // namespace

const Description description{.traits = {.name = name,
                                         .title = "Bitget",
                                         .candle_stream = true,
                                         .liquidation_stream = true,
                                         .liquidations_sampled = true,
                                         .candle_rows_max = candle_rows_max},
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

}  // namespace exchange::bitget
