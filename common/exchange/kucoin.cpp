#include "common/exchange/kucoin.hpp"

#include <algorithm>
#include <array>

#include "common/exchange/ask.hpp"
#include "common/exchange/contract.hpp"
#include "common/exchange/kucoin_rows.hpp"

namespace exchange::kucoin {

using market::Outcome;

namespace {

constexpr std::string_view name = "kucoin";
constexpr int kline_rows_max = 500;
constexpr int funding_rows_max = 100;
constexpr std::size_t channels_max = 300;  // of one connection
constexpr std::size_t batch_max = 50;      // of 100 allowed: one bad symbol fails its whole message

constexpr std::array<CodeMeaning, 9> codes{{{"200000", Outcome::ok},
                                            {"429000", Outcome::soft_limit},
                                            {"1015", Outcome::banned},
                                            {"200002", Outcome::banned},
                                            {"100003", Outcome::bad_symbol},
                                            {"200003", Outcome::bad_symbol},
                                            {"400500", Outcome::blocked},
                                            {"500000", Outcome::transient},
                                            {"404000", Outcome::bad_request}}};

/// What a request weighs in the pool of 2000 each 30 s (9; the single pages of KuCoin's documentation).
constexpr std::int64_t weight_of_contracts = 3;
constexpr std::int64_t weight_of_bullet = 10;
constexpr std::int64_t weight_of_time = 2;
constexpr std::int64_t weight_of_klines = 3;
constexpr std::int64_t weight_of_samples = 5;  // funding history, trades, depth

Ask weighed(const Settings& settings, Topic topic, std::string_view endpoint, const Target& target,
            std::int64_t weight) {
  return make_ask(settings, name, topic, endpoint, target, {"pool", weight});
}

std::vector<Ask> asks(const Settings& settings, Topic topic, const Want& want) {
  std::vector<Ask> out;
  const auto all = [&](std::string_view endpoint, std::int64_t weight) {
    out.push_back(weighed(settings, topic, endpoint, Target(endpoint), weight));
  };
  const auto history = [&](std::string_view endpoint, std::int64_t weight, Rows rows, int rows_max) {
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(want.bar_length).count();
    add_history(out, want, rows, rows_max, [&](const std::string& symbol, const Page& page) {
      auto target = Target(endpoint).with("symbol", symbol);
      if (rows == Rows::bars) target.with("granularity", minutes);
      target.with("from", page.from_ms).with("to", page.to_ms);
      return weighed(settings, topic, endpoint, target, weight);
    });
  };
  const auto sample = [&](std::string_view endpoint) {
    for (const auto& symbol : want.symbols) {
      out.push_back(weighed(settings, topic, endpoint, Target(endpoint).with("symbol", symbol), weight_of_samples));
      out.back().symbol = symbol;
    }
  };
  switch (topic) {
    case Topic::server_time: all("api/v1/timestamp", weight_of_time); break;
    case Topic::open_interest:
      if (want.from) break;  // it keeps no history of it
      [[fallthrough]];
    case Topic::instruments:
    case Topic::funding:
    case Topic::tickers: all("api/v1/contracts/active", weight_of_contracts); break;
    case Topic::funding_history:
      history("api/v1/contract/funding-rates", weight_of_samples, Rows::settlements, funding_rows_max);
      break;
    case Topic::candles:
      if (bar_name(bars, want.bar_length).empty()) break;
      history("api/v1/kline/query", weight_of_klines, Rows::bars, kline_rows_max);
      break;
    case Topic::trades: sample("api/v1/trade/history"); break;
    case Topic::depth: sample("api/v1/level2/depth20"); break;
    case Topic::funding_intervals:
    case Topic::liquidations: break;
  }
  return out;
}

/// How long a code keeps the address out (9.6).
std::optional<base::Millis> ban_of(std::string_view code) {
  if (code == "1015") return std::chrono::seconds{30};
  if (code == "200002") return std::chrono::seconds{10};
  return std::nullopt;
}

market::Verdict judge(const net::Response& response, base::WallTime received_at) {
  auto verdict = judge_envelope(response, received_at, {"code", "msg", codes, "200000"});
  if (const auto length = ban_of(verdict.code)) {
    verdict.outcome = Outcome::banned;
    verdict.banned_until = received_at + *length;
  }
  if (verdict.code == "400500") {
    verdict.outcome = Outcome::blocked;
    verdict.banned_until.reset();
  }
  // Without the header a 429000 is their overload (9.6): a wait of ours, not of theirs.
  const auto reset = whole_number(net::header(response, "gw-ratelimit-reset"));
  if (verdict.outcome == Outcome::soft_limit && !verdict.retry_after && reset && *reset > 0) {
    verdict.retry_after = base::Millis{*reset};
  }
  return verdict;
}

std::vector<StreamPlan> streams(const Settings& settings, Topic topic,
                                std::span<const market::Instrument* const> instruments) {
  const auto door = settings.stream_urls.find("public");
  if (door == settings.stream_urls.end() || topic != Topic::candles) return {};
  constexpr std::string_view endpoint = "api/v1/bullet-public";
  StreamPlan plan(topic, door->second);
  plan.door = weighed(settings, topic, endpoint, Target(endpoint), weight_of_bullet);
  plan.door->request.method = "POST";
  plan.batch_max = batch_max;
  plan.ping = R"({"id":"ping","type":"ping"})";
  plan.ping_every = std::chrono::seconds{15};   // of 18 s that bullet-public names…
  plan.silence_max = std::chrono::seconds{40};  // …and 10 s for the answer
  auto channels = channels_of(instruments, "/contractMarket/limitCandle:");
  for (auto& channel : channels) channel += "_1min";
  return sockets(name, plan, channels, channels_max);
}

/// One topic with its symbols in a row: "/contractMarket/limitCandle:A_1min,B_1min".
std::string subscribe_text(std::span<const std::string> channels, std::uint32_t request_id, base::WallTime /*now*/) {
  std::string topic;
  for (const std::string_view channel : channels) {
    topic += topic.empty() ? channel : "," + std::string(channel.substr(channel.find(':') + 1));
  }
  return R"({"id":")" + std::to_string(request_id) + R"(","type":"subscribe","topic":")" + topic +
         R"(","privateChannel":false,"response":true})";
}

Frame read_frame(Value root, const Scope& scope) {
  Frame frame;
  if (read_push(root, scope, frame)) return frame;
  const auto type = root["type"].text();
  frame.request_id = root["id"].text();
  if (type == "pong") frame.kind = Frame::Kind::pong;
  if (type == "ack") frame.kind = Frame::Kind::ack;
  if (type == "error") {
    frame.kind = Frame::Kind::refused;
    frame.message = root["data"].text();
  }
  return frame;
}

/// "ETHUSDTM", "ETHUSDM" (inverse), "ETHUSDCM"; dated "XBTMZ25" (inverse). XBT is BTC.
std::optional<market::Instrument> describe(std::string_view symbol) {
  Spelling spelling;
  if (symbol.ends_with('M')) {
    const auto pair = symbol.substr(0, symbol.size() - 1);
    for (const std::string_view quote : {"USDT", "USDC", "USD"}) {
      if (!pair.ends_with(quote) || pair.size() == quote.size()) continue;
      spelling.base = pair.substr(0, pair.size() - quote.size());
      spelling.quote = quote;
      break;
    }
  } else if (constexpr std::size_t term = 4; symbol.size() > term) {  // M, month, year
    const auto tail = symbol.substr(symbol.size() - term);
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    const bool month = std::string_view("FGHJKMNQUVXZ").find(tail[1]) != std::string_view::npos;
    if (tail[0] != 'M' || !month || !digit(tail[2]) || !digit(tail[3])) return std::nullopt;
    spelling.base = symbol.substr(0, symbol.size() - term);
    spelling.quote = "USD";
    spelling.kind = market::ContractKind::future;
  }
  if (spelling.base.empty() || spelling.base.starts_with('.')) return std::nullopt;
  spelling.inverse = spelling.quote == "USD";
  auto out = make_instrument(name, symbol, spelling);
  if (spelling.inverse) out.contract_size = 1;
  return out;
}

std::string link(std::string_view symbol) {
  return "https://www.kucoin.com/trade/futures/" + net::encode_component(symbol);
}

}  // namespace

const Description description{
    .traits = {.name = name, .title = "KuCoin", .candle_stream = true, .candle_rows_max = kline_rows_max},
    .endpoints = endpoints(),
    .asks = asks,
    .read_reply = read_reply,
    .judge = judge,
    .streams = streams,
    .subscribe_text = subscribe_text,
    .read_frame = read_frame,
    .describe = describe,
    .link = link};

}  // namespace exchange::kucoin
