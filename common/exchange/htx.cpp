#include "common/exchange/htx.hpp"

#include <algorithm>
#include <array>

#include "common/exchange/ask.hpp"
#include "common/exchange/contract.hpp"
#include "common/exchange/htx_rows.hpp"
#include "common/exchange/inflate.hpp"

namespace exchange::htx {

using market::Outcome;

namespace {

constexpr std::string_view name = "htx";
constexpr int kline_rows_max = 2'000;
constexpr int funding_rows_max = 100;
constexpr int interest_rows_max = 200;
constexpr int liquidation_rows_max = 100;
constexpr std::size_t channels_max = 100;  // of one connection: one subscribe message each
constexpr std::size_t asked_bars = 6;      // of `bars`: those that open at UTC's times

constexpr std::array<CodeMeaning, 7> codes{{{"200", Outcome::ok},
                                            {"ok", Outcome::ok},
                                            {"429", Outcome::soft_limit},
                                            {"1032", Outcome::soft_limit},
                                            {"1004", Outcome::transient},
                                            {"1013", Outcome::bad_symbol},
                                            {"1014", Outcome::bad_symbol}}};

constexpr std::array<BarName, 4> interest_bars{{{std::chrono::hours{1}, "60min"},
                                                {std::chrono::hours{4}, "4hour"},
                                                {std::chrono::hours{12}, "12hour"},
                                                {std::chrono::hours{24}, "1day"}}};

/// Collects the asks of one topic.
class Asking {
 public:
  Asking(const Settings& settings, Topic topic, const Want& want) : settings_(settings), topic_(topic), want_(want) {}

  void all(std::string_view endpoint, std::string_view limit, bool swaps_only) {
    Target target(endpoint);
    if (swaps_only) target.with("business_type", "swap");
    out.push_back(ask_of(endpoint, target, limit));
  }
  /// One request a contract; `more` adds to its address.
  template <class More>
  void each(std::string_view endpoint, std::string_view limit, const More& more) {
    for (const auto& symbol : want_.symbols) {
      auto target = Target(endpoint).with("contract_code", symbol);
      more(target);
      out.push_back(ask_of(endpoint, target, limit));
      out.back().symbol = symbol;
    }
  }
  void candles() {
    constexpr std::string_view endpoint = "linear-swap-ex/market/history/kline";
    const auto bar = bar_name(std::span(bars).first(asked_bars), want_.bar_length);
    if (bar.empty()) return;
    add_history(out, want_, Rows::bars, kline_rows_max, [&](const std::string& symbol, const Page& page) {
      auto target = Target(endpoint).with("contract_code", symbol).with("period", bar);
      if (page.from_ms && page.to_ms) {  // in seconds, and never together with a size
        target.with("from", *page.from_ms / 1'000).with("to", *page.to_ms / 1'000);
      } else {
        target.with("size", page.rows);
      }
      return ask_of(endpoint, target, "market");
    });
  }
  [[nodiscard]] int rows(int most) const { return want_.rows_max > 0 ? std::min(want_.rows_max, most) : most; }
  std::vector<Ask> out;

 private:
  [[nodiscard]] Ask ask_of(std::string_view endpoint, const Target& target, std::string_view limit) const {
    return make_ask(settings_, name, topic_, endpoint, target, {std::string(limit), 1});
  }
  const Settings& settings_;
  Topic topic_;
  const Want& want_;
};

void ask_open_interest(Asking& asking, const Want& want) {
  const auto nothing_more = [](Target&) {};
  if (!want.from) {
    if (want.way == 1) return asking.each("v5/market/open_interest", "v5", nothing_more);
    return asking.all("linear-swap-api/v1/swap_open_interest", "reference", true);
  }
  const auto bar = bar_name(interest_bars, want.bar_length);
  if (bar.empty()) return;
  asking.each("linear-swap-api/v1/swap_his_open_interest", "reference", [&](Target& target) {
    target.with("period", bar).with("size", asking.rows(interest_rows_max)).with("amount_type", 1);
  });
}

/// The old call has pages without times, the new one times: it may hold the newest only (8.1).
void ask_funding_history(Asking& asking, const Want& want) {
  if (want.way == 0) {
    return asking.each("linear-swap-api/v1/swap_historical_funding_rate", "reference", [&](Target& target) {
      target.with("page_index", 1).with("page_size", asking.rows(funding_rows_max));
    });
  }
  asking.each("v5/market/funding_rate_history", "v5", [&](Target& target) {
    if (want.from) target.with("start_time", base::to_ms(*want.from));
    if (want.to) target.with("end_time", base::to_ms(*want.to));
    target.with("limit", asking.rows(funding_rows_max));
  });
}

std::vector<Ask> asks(const Settings& settings, Topic topic, const Want& want) {
  Asking asking(settings, topic, want);
  const auto nothing_more = [](Target&) {};
  switch (topic) {
    case Topic::server_time: asking.all("api/v1/timestamp", "market", false); break;
    case Topic::instruments: asking.all("linear-swap-api/v1/swap_contract_info", "reference", true); break;
    case Topic::funding_intervals: asking.all("linear-swap-api/v1/swap_query_elements", "reference", false); break;
    case Topic::tickers: asking.all("v2/linear-swap-ex/market/detail/batch_merged", "market", true); break;
    case Topic::funding:
      if (want.way == 1) {
        asking.each("v5/market/funding_rate", "v5", nothing_more);
      } else {
        asking.all("linear-swap-api/v1/swap_batch_funding_rate", "reference", false);
      }
      break;
    case Topic::open_interest: ask_open_interest(asking, want); break;
    case Topic::funding_history: ask_funding_history(asking, want); break;
    case Topic::candles: asking.candles(); break;
    case Topic::liquidations:
      asking.each("v5/market/liquidation_orders", "v5", [&](Target& target) {
        if (want.from) target.with("start_time", base::to_ms(*want.from));
        if (want.to) target.with("end_time", base::to_ms(*want.to));
        target.with("limit", asking.rows(liquidation_rows_max));
      });
      break;
    case Topic::trades:
      asking.each("linear-swap-ex/market/history/trade", "market",
                  [&](Target& target) { target.with("size", asking.rows(kline_rows_max)); });
      break;
    case Topic::depth:
      asking.each("linear-swap-ex/market/depth", "market", [](Target& target) { target.with("type", "step6"); });
      break;
  }
  return std::move(asking.out);
}

int ways(Topic topic) {
  return topic == Topic::funding || topic == Topic::open_interest || topic == Topic::funding_history ? 2 : 1;
}

/// "ratelimit-reset": ms that are left, or the time in ms; documents and clients differ.
std::optional<base::Millis> reset_wait(const net::Response& response, base::WallTime received_at) {
  constexpr std::int64_t moment_min = 100'000'000'000;
  const auto reset = whole_number(net::header(response, "ratelimit-reset"));
  if (!reset || *reset <= 0) return std::nullopt;
  if (*reset < moment_min) return base::Millis{*reset};
  const auto left = *reset - base::to_ms(received_at);
  return left > 0 ? std::optional(base::Millis{left}) : std::nullopt;
}

/// Three envelopes: {"status":"ok"|"error","err_code":…}, and {"code":200,…} of v3 and v5.
market::Verdict judge(const net::Response& response, base::WallTime received_at) {
  auto verdict = judge_status(response, received_at);
  if (verdict.outcome == Outcome::malformed || is_html(response)) return verdict;
  const auto& body = response.body;
  if (verdict.outcome == Outcome::ok &&
      (leading_member(body, "status") == "ok" || leading_member(body, "code") == "200")) {
    return verdict;
  }
  const auto members = envelope_members(body);
  std::string_view code = member(members, "code");
  if (const auto status = member(members, "status"); !status.empty()) code = status;
  if (code == "error") {
    code = member(members, "err_code");
    if (code.empty()) code = member(members, "err-code");
    if (code.empty()) code = "error";
  }
  if (code.empty()) {
    if (verdict.outcome == Outcome::ok) verdict.outcome = Outcome::malformed;
    return verdict;
  }
  if (code == "ok" || code == "200") return verdict;
  apply_code(verdict, codes, code);
  for (const std::string_view key : {"err_msg", "err-msg", "message", "msg"}) {
    if (verdict.message.empty()) set_message(verdict, member(members, key));
  }
  if (verdict.outcome == Outcome::soft_limit && !verdict.retry_after) {
    verdict.retry_after = reset_wait(response, received_at);
  }
  return verdict;
}

std::vector<StreamPlan> streams(const Settings& settings, Topic topic,
                                std::span<const market::Instrument* const> instruments) {
  const bool liquidations = topic == Topic::liquidations;
  const auto door = settings.stream_urls.find(liquidations ? "public" : "market");
  if (door == settings.stream_urls.end() || (!liquidations && topic != Topic::candles)) return {};
  StreamPlan plan(topic, door->second);
  plan.batch_pause = base::Millis{100};
  plan.silence_max = std::chrono::seconds{30};  // the server pings every 5 s
  std::vector<std::string> channels{"public.*.liquidation_orders"};
  if (!liquidations) {
    channels = channels_of(instruments, "market.");
    for (auto& channel : channels) channel += ".kline.1min";
  }
  return sockets(name, plan, channels, channels_max);
}

/// One topic a message. "swap" keeps dated contracts out of the topic of all (8.4).
std::string subscribe_text(std::span<const std::string> channels, std::uint32_t request_id, base::WallTime /*now*/) {
  if (channels.empty()) return {};
  const auto& channel = channels.front();
  const auto id = std::to_string(request_id);
  if (!channel.starts_with("public.")) return R"({"sub":")" + channel + R"(","id":")" + id + "\"}";
  return R"({"op":"sub","cid":")" + id + R"(","topic":")" + channel + R"(","business_type":"swap"})";
}

Frame read_frame(Value root, const Scope& scope) {
  Frame frame;
  if (read_push(root, scope, frame)) return frame;
  const auto op = root["op"].text();
  const auto error = root["err-code"].text();
  frame.message = root["err-msg"].text();
  if (root["ping"].present() && whole_number(root["ping"].text())) {
    frame.reply = R"({"pong":)" + std::string(root["ping"].text()) + "}";
  } else if (op == "ping") {
    const auto stamp = root["ts"].text();
    if (whole_number(stamp)) {
      const std::string quote = root["ts"].is_string() ? "\"" : "";
      frame.reply = R"({"op":"pong","ts":)" + quote + std::string(stamp) + quote + "}";
    }
  } else if (op == "sub") {
    frame.request_id = root["cid"].text();
    frame.kind = error.empty() || error == "0" ? Frame::Kind::ack : Frame::Kind::refused;
  } else if (op == "close" || op == "error") {
    frame.kind = Frame::Kind::notice;
    frame.reconnect = op == "close";
  } else if (root["subbed"].present()) {
    frame.request_id = root["id"].text();
    frame.kind = Frame::Kind::ack;
  } else if (root["status"].text() == "error") {
    frame.request_id = root["id"].text();
    frame.kind = Frame::Kind::refused;
  }
  return frame;
}

bool is_alias(std::string_view text) { return text == "CW" || text == "NW" || text == "CQ" || text == "NQ"; }

/// "ETH-USDT", "ETH-USD", "ETH-USDT-211210", "ETH-USDT-CQ"; of the inverse futures "ETH200925" and "ETH_CQ".
std::optional<market::Instrument> describe(std::string_view symbol) {
  Spelling spelling;
  if (const auto dash = symbol.find('-'); dash != std::string_view::npos) {
    spelling.base = symbol.substr(0, dash);
    const auto rest = symbol.substr(dash + 1);
    const auto second = rest.find('-');
    spelling.quote = rest.substr(0, second);
    spelling.inverse = spelling.quote == "USD";
    if (second != std::string_view::npos) {
      const auto term = rest.substr(second + 1);
      if (!is_date(term) && !is_alias(term)) return std::nullopt;
      spelling.kind = market::ContractKind::future;
    }
  } else {
    constexpr std::size_t date_length = 6;
    constexpr std::size_t alias_length = 3;
    const auto underscore = symbol.find('_');
    const bool aliased = underscore != std::string_view::npos;
    const auto tail = aliased ? alias_length : date_length;
    if (symbol.size() <= tail) return std::nullopt;
    const auto term = symbol.substr(symbol.size() - tail);
    if (aliased ? !(term.starts_with('_') && is_alias(term.substr(1))) : !is_date(term)) return std::nullopt;
    spelling = {symbol.substr(0, symbol.size() - tail), "USD"};
    spelling.inverse = true;
    spelling.kind = market::ContractKind::future;
  }
  if (spelling.base.empty() || spelling.quote.empty()) return std::nullopt;
  return make_instrument(name, symbol, spelling);
}

std::string link(std::string_view symbol) {
  return "https://www.htx.com/futures/linear_swap/exchange#contract_code=" + net::encode_component(symbol);
}

/// Every message comes as gzip; a stand-in may send text.
base::Result<std::string> unpack(std::string_view payload) {
  if (!is_gzip(payload)) return std::string(payload);
  return inflate(payload, "htx stream");
}

}  // namespace

const Description description{.traits = {.name = name,
                                         .title = "HTX",
                                         .candle_stream = true,
                                         .liquidation_stream = true,
                                         .candle_rows_max = kline_rows_max},
                              .endpoints = endpoints(),
                              .asks = asks,
                              .read_reply = read_reply,
                              .judge = judge,
                              .streams = streams,
                              .subscribe_text = subscribe_text,
                              .read_frame = read_frame,
                              .describe = describe,
                              .link = link,
                              .unpack = unpack,
                              .ways = ways};

}  // namespace exchange::htx
