#include "common/exchange/kraken.hpp"

#include <algorithm>
#include <array>

#include "common/exchange/ask.hpp"
#include "common/exchange/contract.hpp"
#include "common/exchange/envelope.hpp"
#include "common/exchange/kraken_rows.hpp"

namespace exchange::kraken {

using market::Outcome;

namespace {

constexpr std::string_view name = "kraken";
constexpr int candle_rows_max = 2'000;
constexpr std::size_t polled_bars_max = 50;
constexpr std::size_t channels_max = 400;  // of one connection; a channel is one contract
constexpr std::size_t products_batch_max = 50;
constexpr base::Millis ping_every = std::chrono::seconds{45};  // wanted every 60 s
constexpr base::Millis silence_max = std::chrono::seconds{120};
constexpr base::Millis no_trade_for = std::chrono::minutes{5};
constexpr std::string_view liveliest = "PF_XBTUSD";

/// The words of the futures interface, and those of the spot one, which answers in a form of its own.
constexpr std::array<CodeMeaning, 22> codes{{{"success", Outcome::ok},
                                             {"apiLimitExceeded", Outcome::soft_limit},
                                             {"EAPI:Rate limit exceeded", Outcome::soft_limit},
                                             {"EGeneral:Too many requests", Outcome::soft_limit},
                                             {"EService:Throttled", Outcome::soft_limit},
                                             {"Server Error", Outcome::transient},
                                             {"Unavailable", Outcome::transient},
                                             {"marketUnavailable", Outcome::transient},
                                             {"unknownError", Outcome::transient},
                                             {"EService:Unavailable", Outcome::transient},
                                             {"EService:Busy", Outcome::transient},
                                             {"EService:Timeout", Outcome::transient},
                                             {"EGeneral:Internal error", Outcome::transient},
                                             {"EGeneral:Temporary lockout", Outcome::banned},
                                             {"contractNotFound", Outcome::bad_symbol},
                                             {"notFound", Outcome::bad_symbol},
                                             {"EQuery:Unknown asset pair", Outcome::bad_symbol},
                                             {"authenticationError", Outcome::unauthorised},
                                             {"accountInactive", Outcome::unauthorised},
                                             {"EAPI:Invalid key", Outcome::unauthorised},
                                             {"EAPI:Invalid signature", Outcome::unauthorised},
                                             {"EGeneral:Permission denied", Outcome::unauthorised}}};

constexpr std::array<Endpoint, 8> endpoints{{{"tickers", Topic::tickers},
                                             {"tickers", Topic::funding},
                                             {"instruments", Topic::instruments},
                                             {"historical-funding-rates", Topic::funding_history},
                                             {"historicalfundingrates", Topic::funding_history},
                                             {"charts/v1/trade", Topic::candles},
                                             {"history", Topic::trades},
                                             {"orderbook", Topic::depth}}};

constexpr std::string_view api = "derivatives/api/v3/";

std::vector<Ask> asks(const Settings& settings, Topic topic, const Want& want) {
  std::vector<Ask> out;
  const auto add = [&](std::string_view endpoint, const Target& target) -> Ask& {
    return out.emplace_back(make_ask(settings, name, topic, endpoint, target, {"ip", 1}));
  };
  const auto all = [&](std::string_view endpoint) { add(endpoint, Target(std::string(api) + std::string(endpoint))); };
  const auto of_each = [&](std::string_view endpoint) {
    for (const auto& symbol : want.symbols) {
      add(endpoint, Target(std::string(api) + std::string(endpoint)).with("symbol", symbol)).symbol = symbol;
    }
  };
  const auto seconds = [](const std::optional<std::int64_t>& ms, std::int64_t up) {
    return ms ? std::optional((*ms + up) / 1'000) : ms;
  };
  switch (topic) {
    case Topic::instruments: all("instruments"); break;
    case Topic::funding:
    case Topic::tickers: all("tickers"); break;
    case Topic::open_interest:  // of the past there is none
      if (!want.from) all("tickers");
      break;
    case Topic::funding_history: of_each("historical-funding-rates"); break;  // always the whole history
    case Topic::candles: {
      const auto bar = bar_name(bars, want.bar_length);
      if (bar.empty()) break;
      constexpr std::string_view endpoint = "charts/v1/trade";
      add_history(out, want, Rows::bars, candle_rows_max, [&](const std::string& symbol, const Page& page) {
        auto target =
            Target("api/" + std::string(endpoint) + "/" + net::encode_component(symbol) + "/" + std::string(bar));
        target.with("from", seconds(page.from_ms, 999)).with("to", seconds(page.to_ms, 0));
        return make_ask(settings, name, topic, endpoint, target, {"ip", 1});
      });
      break;
    }
    case Topic::trades: of_each("history"); break;
    case Topic::depth: of_each("orderbook"); break;
    case Topic::liquidations:  // they are flagged trades, of one contract each: the stream has them
    case Topic::server_time:
    case Topic::funding_intervals: break;
  }
  return out;
}

/// {"result":"error","error":"…"}; newer answers have a list of them: {"errors":[{"code":87,"message":"…"}]}. The spot
/// interface has a list of words: {"error":["EAPI:…"]}.
struct Problem {
  std::string code, message;
};
std::optional<Problem> problem_of(std::string_view body) {
  const auto members = envelope_members(body);
  if (const auto error = member(members, "error"); !error.empty()) return Problem{std::string(error), {}};
  Json json;
  const auto root = json.read(body, name);
  if (!root) return std::nullopt;
  const Value words = (*root)["error"];
  if (words.is_array() && words.size() > 0) return Problem{std::string(words.at(0).text()), {}};
  const Value listed = (*root)["errors"].at(0);
  if (listed.is_object()) return Problem{std::string(listed["code"].text()), std::string(listed["message"].text())};
  return std::nullopt;
}

market::Verdict judge(const net::Response& response, base::WallTime received_at) {
  auto verdict = judge_status(response, received_at);
  if (verdict.outcome == Outcome::malformed || is_html(response)) return verdict;
  if (leading_member(response.body, "result") == "success") {
    apply_code(verdict, codes, "success");
    return verdict;
  }
  const auto members = envelope_members(response.body);
  // Candles come without an envelope.
  if (verdict.outcome == Outcome::ok && !member(members, "more_candles").empty()) return verdict;
  if (member(members, "result") == "success") {
    apply_code(verdict, codes, "success");
    return verdict;
  }
  const auto problem = problem_of(response.body);
  if (!problem) {
    if (verdict.outcome == Outcome::ok) verdict.outcome = Outcome::malformed;
    return verdict;
  }
  apply_code(verdict, codes, problem->code);
  constexpr std::string_view no_such_contract = "87";
  if (problem->code == no_such_contract && verdict.outcome == Outcome::bad_request)
    verdict.outcome = Outcome::bad_symbol;
  set_message(verdict, problem->message.empty() ? problem->code : problem->message);
  return verdict;
}

std::vector<StreamPlan> streams(const Settings& settings, Topic topic,
                                std::span<const market::Instrument* const> instruments) {
  const auto door = settings.stream_urls.find("public");
  if (door == settings.stream_urls.end() || topic != Topic::liquidations) return {};
  StreamPlan plan(topic, door->second);
  plan.batch_max = products_batch_max;
  // A request at least every 60 s keeps the connection; this one is answered, and the feed it opens goes on.
  plan.ping = R"({"event":"subscribe","feed":"heartbeat"})";
  plan.ping_every = ping_every;
  plan.silence_max = silence_max;
  plan.drop_before_connect = true;  // each subscription begins with the trades of before
  auto plans = sockets(name, plan, channels_of(instruments, ""), channels_max);
  // All trades come on this feed. Where the liveliest contract has none for so long, the socket is deaf, acks or not.
  for (auto& one : plans)
    if (std::ranges::find(one.channels, liveliest) != one.channels.end()) one.companion_silence_max = no_trade_for;
  return plans;
}

std::string subscribe_text(std::span<const std::string> channels, std::uint32_t /*request_id*/,
                           base::WallTime /*now*/) {
  return R"({"event":"subscribe","feed":"trade","product_ids":[)" + quoted_list(channels) + "]}";
}

Frame read_frame(Value root, const Scope& scope) {
  Frame frame;
  if (read_push(root, scope, frame)) return frame;
  const auto event = root["event"].text();
  frame.message = root["message"].text();
  if (root["feed"].text() == "heartbeat" || event == "pong") {
    frame.kind = Frame::Kind::pong;
  } else if (event == "subscribed" || event == "unsubscribed") {
    frame.kind = Frame::Kind::ack;
  } else if (event == "error" || event == "subscribed_failed") {
    frame.kind = Frame::Kind::refused;
  } else if (event == "alert" || event == "info") {
    frame.kind = Frame::Kind::notice;
  }
  return frame;
}

std::string upper_case(std::string_view ascii) {
  std::string out(ascii);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

/// "PF_XBTUSD" linear, "PI_XBTUSD" inverse, "PV_XRPXBT" vanilla; F in place of P: dated, "FI_XBTUSD_260327". Older
/// answers write them small.
std::optional<market::Instrument> describe(std::string_view symbol) {
  const auto upper = upper_case(symbol);
  const std::string_view all = upper;
  const auto first = all.find('_');
  if (first != 2) return std::nullopt;
  const auto second = all.find('_', first + 1);
  const bool has_date = second != std::string_view::npos;
  const char term = all[0];
  const char form = all[1];
  if ((term != 'P' && term != 'F') || (form != 'F' && form != 'I' && form != 'V')) return std::nullopt;
  if (has_date != (term == 'F') || (has_date && !is_date(all.substr(second + 1)))) return std::nullopt;
  const auto pair = all.substr(first + 1, second - first - 1);
  static constexpr std::array<std::string_view, 6> quotes{"USDT", "USDC", "USD", "XBT", "EUR", "GBP"};
  const auto* const quote = std::find_if(quotes.begin(), quotes.end(), [&](std::string_view one) {
    return pair.ends_with(one) && pair.size() > one.size();
  });
  if (quote == quotes.end()) return std::nullopt;
  Spelling spelling{pair.substr(0, pair.size() - quote->size()), *quote == "XBT" ? "BTC" : *quote};
  spelling.inverse = form == 'I';
  if (term == 'F') spelling.kind = market::ContractKind::future;
  auto out = make_instrument(name, symbol, spelling);
  out.contract_size = 1;
  return out;
}

std::string link(std::string_view symbol) {
  return "https://futures.kraken.com/trade/futures/" + net::encode_component(lower_case(symbol));
}

}  // namespace

const Description description{.traits = {.name = name,
                                         .title = "Kraken Futures",
                                         .liquidation_stream = true,
                                         .polled_bars_max = polled_bars_max,
                                         .candle_rows_max = candle_rows_max},
                              .endpoints = endpoints,
                              .asks = asks,
                              .read_reply = read_reply,
                              .judge = judge,
                              .streams = streams,
                              .subscribe_text = subscribe_text,
                              .read_frame = read_frame,
                              .describe = describe,
                              .link = link};

}  // namespace exchange::kraken
