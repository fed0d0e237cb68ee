#include "common/exchange/deribit.hpp"

#include <algorithm>
#include <array>

#include "common/exchange/ask.hpp"
#include "common/exchange/contract.hpp"
#include "common/exchange/deribit_rows.hpp"

namespace exchange::deribit {

using market::Outcome;

namespace {

constexpr std::string_view name = "deribit";
constexpr int candle_rows_max = 1'000;
constexpr int funding_rows_max = 700;
constexpr int trades_max = 1'000;
constexpr int samples_max = 100;
constexpr int levels_max = 20;
constexpr std::int64_t credits_a_call = 500;  // of a pool of 50,000 that fills by 10,000 a second
constexpr std::size_t batch_max = 50;
constexpr std::size_t channels_max = 200;
constexpr std::size_t judged_bytes_max = std::size_t{64} << 10U;  // no error is longer

/// What the futures are margined in; each has answers of its own.
constexpr std::array<std::string_view, 4> currencies{"BTC", "ETH", "USDC", "USDT"};

constexpr std::array<CodeMeaning, 7> codes{{{"10028", Outcome::soft_limit},
                                            {"10066", Outcome::soft_limit},
                                            {"10040", Outcome::transient},
                                            {"10041", Outcome::transient},
                                            {"11051", Outcome::transient},
                                            {"13020", Outcome::bad_symbol},
                                            {"13009", Outcome::unauthorised}}};

Ask call(const Settings& settings, Topic topic, std::string_view endpoint, const Target& target) {
  return make_ask(settings, name, topic, endpoint, target, {"credits", credits_a_call});
}

Ask instruments_ask(const Settings& settings, std::string_view currency) {
  constexpr std::string_view endpoint = "public/get_instruments";
  return call(settings, Topic::instruments, endpoint,
              Target(endpoint).with("currency", currency).with("kind", "future"));
}

std::vector<Ask> asks(const Settings& settings, Topic topic, const Want& want) {
  std::vector<Ask> out;
  const auto each_currency = [&](std::string_view endpoint, const auto& more) {
    for (const auto currency : currencies) {
      auto target = Target(endpoint).with("currency", currency).with("kind", "future");
      more(target);
      out.push_back(call(settings, topic, endpoint, target));
    }
  };
  const auto history = [&](std::string_view endpoint, Rows rows, int rows_max, std::string_view resolution) {
    if (!want.from || !want.to) return;  // it wants both ends
    Want paged = want;
    if (rows == Rows::settlements) paged.bar_length = std::chrono::hours{1};  // a figure each hour, over 8 of them
    add_history(out, paged, rows, rows_max, [&](const std::string& symbol, const Page& page) {
      auto target = Target(endpoint).with("instrument_name", symbol);
      target.with("start_timestamp", page.from_ms).with("end_timestamp", page.to_ms);
      if (!resolution.empty()) target.with("resolution", resolution);
      return call(settings, topic, endpoint, target);
    });
  };
  const auto sample = [&](std::string_view endpoint, std::string_view key, std::int64_t most) {
    for (const auto& symbol : want.symbols) {
      out.push_back(call(settings, topic, endpoint, Target(endpoint).with("instrument_name", symbol).with(key, most)));
      out.back().symbol = symbol;
    }
  };
  switch (topic) {
    case Topic::server_time: out.push_back(call(settings, topic, "public/get_time", Target("public/get_time"))); break;
    case Topic::instruments: out.push_back(instruments_ask(settings, currencies.front())); break;
    case Topic::open_interest:
      if (want.from) break;  // it keeps no history of it
      [[fallthrough]];
    case Topic::funding:
    case Topic::tickers: each_currency("public/get_book_summary_by_currency", [](Target&) {}); break;
    case Topic::funding_history:
      history("public/get_funding_rate_history", Rows::settlements, funding_rows_max, {});
      break;
    case Topic::candles: {
      const auto resolution = bar_name(bars, want.bar_length);
      if (!resolution.empty()) history("public/get_tradingview_chart_data", Rows::bars, candle_rows_max, resolution);
      break;
    }
    case Topic::liquidations:
      each_currency("public/get_last_trades_by_currency", [&](Target& target) {
        if (want.from) target.with("start_timestamp", base::to_ms(*want.from));
        if (want.to) target.with("end_timestamp", base::to_ms(*want.to));
        target.with("count", trades_max);
      });
      break;
    case Topic::trades: sample("public/get_last_trades_by_instrument", "count", samples_max); break;
    case Topic::depth: sample("public/get_order_book", "depth", levels_max); break;
    case Topic::funding_intervals: break;
  }
  return out;
}

/// Contracts come by currency: the lists of all of them are the pages of one answer.
base::Result<Reply> read_paged(std::string_view endpoint, Value root, const Scope& scope) {
  auto reply = read_reply(endpoint, root, scope);
  if (!reply || scope.ask == nullptr || !endpoint_is(endpoint, "public/get_instruments")) return reply;
  for (std::size_t at = 0; at + 1 < currencies.size(); ++at) {
    if (scope.ask->request.url != instruments_ask(scope.settings, currencies[at]).request.url) continue;
    reply->next = instruments_ask(scope.settings, currencies[at + 1]);
  }
  return reply;
}

/// {"jsonrpc":"2.0","error":{"message":"not_found","code":13020},…}, mostly with a 400.
market::Verdict judge(const net::Response& response, base::WallTime received_at) {
  auto verdict = judge_status(response, received_at);
  if (verdict.outcome == Outcome::malformed || is_html(response)) return verdict;
  if (verdict.outcome == Outcome::ok && response.body.size() > judged_bytes_max) return verdict;
  Json json;
  const auto root = json.read(response.body, name);
  const Value error = root ? (*root)["error"] : Value{};
  const auto code = error["code"].text();
  if (!code.empty()) {
    apply_code(verdict, codes, code);
    set_message(verdict, error["message"].text());
  } else if (verdict.outcome == Outcome::ok && (!root || !(*root)["result"].present())) {
    verdict.outcome = Outcome::malformed;
  }
  return verdict;
}

std::string json_rpc(std::string_view id, std::string_view method, std::string_view params) {
  return R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"method":"public/)" + std::string(method) +
         R"(","params":{)" + std::string(params) + "}}";
}

std::vector<StreamPlan> streams(const Settings& settings, Topic topic,
                                std::span<const market::Instrument* const> instruments) {
  const bool liquidations = topic == Topic::liquidations;
  const auto door = settings.stream_urls.find("public");
  if (door == settings.stream_urls.end() || (!liquidations && topic != Topic::candles)) return {};
  StreamPlan plan(topic, door->second);
  plan.hello.push_back(json_rpc("\"hello\"", "set_heartbeat", R"("interval":30)"));
  plan.batch_max = batch_max;
  plan.silence_max = std::chrono::seconds{75};  // the server asks every 30 s
  std::vector<std::string> channels;
  if (liquidations) {  // they are flags on the trades of all futures
    for (const auto currency : currencies) channels.push_back("trades.future." + std::string(currency) + ".100ms");
    plan.companion_silence_max = std::chrono::minutes{5};  // without any trade of any future: deaf, heartbeats or not
  } else {
    channels = channels_of(instruments, "chart.trades.");
    for (auto& channel : channels) channel += ".1";
  }
  return sockets(name, plan, channels, channels_max);
}

std::string subscribe_text(std::span<const std::string> channels, std::uint32_t request_id, base::WallTime /*now*/) {
  return json_rpc(std::to_string(request_id), "subscribe", R"("channels":[)" + quoted_list(channels) + "]");
}

Frame read_frame(Value root, const Scope& scope) {
  Frame frame;
  if (read_push(root, scope, frame)) return frame;
  frame.request_id = root["id"].text();
  const Value result = root["result"];
  if (root["method"].text() == "heartbeat") {
    frame.kind = Frame::Kind::pong;
    if (root["params"]["type"].text() == "test_request") frame.reply = json_rpc("\"test\"", "test", "");
  } else if (root["error"].is_object()) {
    frame.kind = Frame::Kind::refused;
    frame.message = root["error"]["message"].text();
    frame.reconnect = root["error"]["code"].text() == "10028";  // the session ends with it
  } else if (result.is_array()) {                               // the channels that were understood
    frame.kind = result.size() > 0 ? Frame::Kind::ack : Frame::Kind::refused;
    if (frame.kind == Frame::Kind::refused) frame.message = "no such channel";
  } else if (result.present() && frame.request_id == "test") {
    frame.kind = Frame::Kind::pong;
  }
  return frame;
}

/// "27JUN25", "3JUN22"
bool is_day(std::string_view text) {
  if (text.size() < 6 || text.size() > 7) return false;
  static constexpr std::array<std::string_view, 12> months{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                           "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
  const auto digits = [](std::string_view part) {
    return std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  const auto month = text.substr(text.size() - 5, 3);
  return std::find(months.begin(), months.end(), month) != months.end() && digits(text.substr(0, text.size() - 5)) &&
         digits(text.substr(text.size() - 2));
}

/// "ETH-PERPETUAL" and "ETH-27JUN25" (inverse), "ETH_USDC-PERPETUAL"; no options, combinations and spot pairs.
std::optional<market::Instrument> describe(std::string_view symbol) {
  const auto dash = symbol.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto pair = symbol.substr(0, dash);
  const auto term = symbol.substr(dash + 1);
  const auto underscore = pair.find('_');
  Spelling spelling{pair.substr(0, underscore), "USD"};
  spelling.inverse = underscore == std::string_view::npos;
  if (!spelling.inverse) spelling.quote = pair.substr(underscore + 1);
  if (term != "PERPETUAL") {
    if (!is_day(term)) return std::nullopt;
    spelling.kind = market::ContractKind::future;
  }
  if (spelling.base.empty() || spelling.quote.empty()) return std::nullopt;
  auto out = make_instrument(name, symbol, spelling);
  out.sized_in_usd = out.inverse;
  return out;
}

std::string link(std::string_view symbol) { return "https://www.deribit.com/futures/" + net::encode_component(symbol); }

}  // namespace

const Description description{.traits = {.name = name,
                                         .title = "Deribit",
                                         .candle_stream = true,
                                         .liquidation_stream = true,
                                         .candle_rows_max = candle_rows_max},
                              .endpoints = endpoints(),
                              .asks = asks,
                              .read_reply = read_paged,
                              .judge = judge,
                              .streams = streams,
                              .subscribe_text = subscribe_text,
                              .read_frame = read_frame,
                              .describe = describe,
                              .link = link};

}  // namespace exchange::deribit
