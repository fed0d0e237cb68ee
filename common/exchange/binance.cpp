#include "common/exchange/binance.hpp"

#include <algorithm>
#include <array>

#include "common/exchange/ask.hpp"
#include "common/exchange/binance_rows.hpp"
#include "common/exchange/contract.hpp"
#include "common/exchange/envelope.hpp"

namespace exchange::binance {

using market::Outcome;

namespace {

constexpr int funding_rows_max = 1'000;
constexpr int interest_rows_max = 500;
constexpr int trade_rows_max = 1'000;
constexpr std::array<int, 7> depth_rows{5, 10, 20, 50, 100, 500, 1'000};  // no other numbers are taken

using std::chrono::hours;
using std::chrono::minutes;
constexpr std::array<BarName, 14> bars{{{minutes{1}, "1m"},
                                        {minutes{3}, "3m"},
                                        {minutes{5}, "5m"},
                                        {minutes{15}, "15m"},
                                        {minutes{30}, "30m"},
                                        {hours{1}, "1h"},
                                        {hours{2}, "2h"},
                                        {hours{4}, "4h"},
                                        {hours{6}, "6h"},
                                        {hours{8}, "8h"},
                                        {hours{12}, "12h"},
                                        {hours{24}, "1d"},
                                        {hours{72}, "3d"},
                                        {hours{168}, "1w"}}};

constexpr std::array<CodeMeaning, 6> codes{{{"-1000", Outcome::transient},
                                            {"-1001", Outcome::transient},
                                            {"-1003", Outcome::soft_limit},
                                            {"-1007", Outcome::transient},
                                            {"-1008", Outcome::transient},
                                            {"-1121", Outcome::bad_symbol}}};

/// "limit <100 1, <500 2, <=1000 5, >1000 10" (EXCHANGES.md 2.3).
std::int64_t kline_weight(int limit) {
  if (limit < 100) return 1;
  if (limit < 500) return 2;
  return limit <= 1'000 ? 5 : 10;
}

/// "5, 10, 20, 50: 2, 100: 5, 500: 10, 1000: 20" (EXCHANGES.md 2.7).
std::int64_t depth_weight(int limit) {
  if (limit <= 50) return 2;
  if (limit <= 100) return 5;
  return limit <= 500 ? 10 : 20;
}

/// The end of the ban that the text of -1003 names: "banned until 1615183669840".
std::optional<base::WallTime> ban_end(std::string_view message) {
  constexpr std::string_view words = "banned until ";
  const auto at = message.find(words);
  if (at == std::string_view::npos) return std::nullopt;
  const auto digits = message.substr(at + words.size(), 13);
  const auto ms = whole_number(digits);
  return ms && digits.size() == 13 && *ms > 0 ? std::optional(base::from_ms(*ms)) : std::nullopt;
}

void read_event(Row& row, Value event, const Scope& scope, market::Events& out) {
  const auto kind = event["e"].text();
  if (kind == "forceOrder") {
    read_liquidation(row, event["o"], scope, out);
  } else if (kind == "kline") {
    read_kline_event(row, event, scope, out);
  } else if (kind == "markPriceUpdate") {
    read_mark_price(row, event, scope, out);
  } else if (kind == "24hrTicker" || kind == "24hrMiniTicker" || kind == "bookTicker") {
    read_ticker_event(row, event, scope, out);
  }
}

/// The answer to a SUBSCRIBE: {"result":null,"id":1}, or {"error":{…},"id":1}, or {"code":2,"msg":"…"}.
std::optional<Frame> control_frame(Value root) {
  const Value error = root["error"].present() ? root["error"] : root;
  Frame frame;
  frame.request_id = root["id"].text();
  if (error["code"].present() && error["msg"].present()) {
    frame.kind = Frame::Kind::refused;
    frame.message = error["msg"].text();
    return frame;
  }
  if (!root["result"].present()) return std::nullopt;
  frame.kind = Frame::Kind::ack;
  return frame;
}

}  // namespace

std::vector<Ask> asks(const Dialect& dialect, const Settings& settings, Topic topic, const Want& want) {
  std::vector<Ask> out;
  const auto at = [&](std::string_view tail) { return std::string(dialect.path) + std::string(tail); };
  const auto ask = [&](std::string_view endpoint, const Target& target, Cost cost) {
    return make_ask(settings, dialect.name, topic, endpoint, target, std::move(cost));
  };
  const auto all = [&](const std::string& endpoint, Cost cost) {
    out.push_back(ask(endpoint, Target(endpoint), std::move(cost)));
  };
  const auto weight = [](std::int64_t units) { return Cost{"weight", units}; };
  const auto funding = [&] {
    return Cost{std::string(dialect.funding_limit.empty() ? "weight" : dialect.funding_limit), 1};
  };
  const auto history = [&](const std::string& endpoint, std::string_view bar_key, int rows_max, const auto& cost_of) {
    const auto bar = bar_name(bars, want.bar_length);
    if (!bar_key.empty() && bar.empty()) return;
    add_history(out, want, bar_key.empty() ? Rows::settlements : Rows::bars, rows_max,
                [&](const std::string& symbol, const Page& page) {
                  Target target(endpoint);
                  target.with("symbol", symbol);
                  if (!bar_key.empty()) target.with(bar_key, bar);
                  target.with("startTime", page.from_ms).with("endTime", page.to_ms).with("limit", page.rows);
                  return ask(endpoint, target, cost_of(page.rows));
                });
  };
  const auto sample = [&](const std::string& endpoint, int rows, std::int64_t units) {
    for (const auto& symbol : want.symbols) {
      out.push_back(ask(endpoint, Target(endpoint).with("symbol", symbol).with("limit", rows), weight(units)));
      out.back().symbol = symbol;
    }
  };
  switch (topic) {
    case Topic::server_time: all(at("time"), weight(1)); break;
    case Topic::instruments: all(at("exchangeInfo"), weight(1)); break;
    case Topic::funding: all(at("premiumIndex"), weight(dialect.premium_weight)); break;
    case Topic::tickers: all(at("ticker/24hr"), weight(40)); break;
    case Topic::funding_intervals: all(at("fundingInfo"), funding()); break;
    case Topic::funding_history:
      if (want.symbols.empty()) {
        // Without a symbol: of all contracts, oldest first (developers.binance.com, Get Funding Rate History).
        const auto endpoint = at("fundingRate");
        Target target(endpoint);
        if (want.from) target.with("startTime", base::to_ms(*want.from));
        if (want.to) target.with("endTime", base::to_ms(*want.to));
        target.with("limit", funding_rows_max);
        out.push_back(ask(endpoint, target, funding()));
        break;
      }
      history(at("fundingRate"), "", funding_rows_max, [&](int) { return funding(); });
      break;
    case Topic::candles:
      history(at("klines"), "interval", kline_rows_max, [&](int rows) { return weight(kline_weight(rows)); });
      break;
    case Topic::open_interest:
      if (!dialect.open_interest) break;
      if (want.from) {
        constexpr std::string_view endpoint = "futures/data/openInterestHist";
        history(std::string(endpoint), "period", interest_rows_max, [&](int) {
          return Cost{std::string(endpoint), 1};
        });
        break;
      }
      for (const auto& symbol : want.symbols) {
        const auto endpoint = at("openInterest");
        out.push_back(ask(endpoint, Target(endpoint).with("symbol", symbol), weight(1)));
        out.back().symbol = symbol;
      }
      break;
    case Topic::trades: {
      const int rows = sample_rows(want, trade_rows_max);
      sample(at("trades"), rows, dialect.trades_weight);
      break;
    }
    case Topic::depth: {
      const int rows =
          *std::lower_bound(depth_rows.begin(), depth_rows.end() - 1, sample_rows(want, depth_rows.back()));
      sample(at("depth"), rows, depth_weight(rows));
      break;
    }
    case Topic::liquidations: break;
  }
  return out;
}

market::Verdict judge(const net::Response& response, base::WallTime received_at) {
  auto verdict = judge_status(response, received_at);
  if (response.status == 403) {  // its firewall; bans are 418 (EXCHANGES.md 2.6)
    verdict.outcome = Outcome::blocked;
    verdict.banned_until.reset();
  }
  if (verdict.outcome == Outcome::malformed || !response.body.starts_with('{')) return verdict;
  const auto members = envelope_members(response.body);
  const auto code = member(members, "code");
  const auto message = member(members, "msg");
  if (code.empty() || code == "200") return verdict;
  apply_code(verdict, codes, code);
  set_message(verdict, message);
  if (code == "-1003") {
    if (const auto end = ban_end(message)) {
      verdict.outcome = Outcome::banned;
      verdict.banned_until = end;
    }
  }
  return verdict;
}

std::vector<StreamPlan> streams(const Dialect& dialect, const Settings& settings, Topic topic,
                                std::span<const market::Instrument* const> instruments) {
  const auto door = settings.stream_urls.find("market");
  if (door == settings.stream_urls.end()) return {};
  std::vector<StreamPlan> out;
  if (topic == Topic::liquidations) {
    auto& plan = out.emplace_back(topic, stream_name(dialect.name, topic, 0, 1), door->second);
    plan.channels = {"!forceOrder@arr", "!markPrice@arr@1s"};
    plan.batch_max = 2;
    // A wrong path or region acknowledges and then stays silent: only the companion tells (EXCHANGES.md 2.4).
    plan.companion_silence_max = std::chrono::seconds{15};
  }
  if (topic == Topic::candles) {
    StreamPlan plan(topic, door->second);
    plan.batch_max = 50;
    std::vector<std::string> channels;
    for (const auto* instrument : instruments) channels.push_back(lower_case(instrument->symbol) + "@kline_1m");
    return sockets(dialect.name, plan, channels, dialect.candle_channels_max);
  }
  return out;
}

std::string subscribe_text(std::span<const std::string> channels, std::uint32_t request_id, base::WallTime /*now*/) {
  return R"({"method":"SUBSCRIBE","params":[)" + quoted_list(channels) + R"(],"id":)" + std::to_string(request_id) +
         "}";
}

Frame read_frame(Value root, const Scope& scope) {
  const Value data = root["data"].present() ? root["data"] : root;
  const Value first = data.is_array() ? data.at(0) : data;
  if (first["e"].present()) {
    Frame frame;
    frame.kind = Frame::Kind::data;
    frame.companion = first["e"].text() == "markPriceUpdate";
    each_row(data, frame.events, frame.rows_skipped,
             [&](Row& row, Value event, market::Events& out) { read_event(row, event, scope, out); });
    return frame;
  }
  if (auto control = control_frame(root)) return std::move(*control);
  return Frame{};
}

std::optional<market::Instrument> describe(const Dialect& dialect, std::string_view symbol) {
  Spelling spelling;
  auto pair = symbol;
  if (const auto bar = symbol.find('_'); dialect.coin_margined && bar != std::string_view::npos) {
    const auto tail = symbol.substr(bar + 1);
    pair = symbol.substr(0, bar);
    if (is_date(tail)) {
      spelling.kind = market::ContractKind::future;
    } else if (tail != "PERP") {
      return std::nullopt;
    }
    // COIN-M: "BTCUSD_PERP", "BTCUSD_260327".
    spelling.inverse = pair.ends_with("USD");
    if (tail == "PERP" && !spelling.inverse) return std::nullopt;
  }
  if (spelling.inverse) {
    spelling.quote = "USD";
  } else {
    const auto quote =
        std::find_if(dialect.quotes.begin(), dialect.quotes.end(), [&](auto known) { return pair.ends_with(known); });
    if (quote == dialect.quotes.end()) return std::nullopt;
    spelling.quote = *quote;
  }
  spelling.base = pair.substr(0, pair.size() - spelling.quote.size());
  if (spelling.base.empty()) return std::nullopt;
  auto out = make_instrument(dialect.name, symbol, spelling);
  if (!out.inverse) out.contract_size = 1;
  return out;
}

namespace {

constexpr std::array<std::string_view, 8> quotes{"USDT", "USDC", "BUSD", "FDUSD", "TUSD", "USD1", "BTC", "ETH"};
constexpr Dialect dialect{.name = "binance",
                          .path = "fapi/v1/",
                          .premium_weight = 10,
                          .trades_weight = 5,
                          .funding_limit = "fapi/v1/fundingRate",
                          .open_interest = true,
                          .candle_channels_max = 200,  // of 1024 allowed: a lost socket loses less
                          .coin_margined = true,
                          .quotes = quotes};

std::string link(std::string_view symbol) {
  return "https://www.binance.com/en/futures/" + net::encode_component(symbol);
}

constexpr std::array<Endpoint, 15> endpoints{{{"premiumIndex", Topic::funding},
                                              {"fundingInfo", Topic::funding_intervals},
                                              {"fundingRate", Topic::funding_history},
                                              {"openInterest", Topic::open_interest},
                                              {"openInterestHist", Topic::open_interest},
                                              {"ticker/24hr", Topic::tickers},
                                              {"ticker/price", Topic::tickers},
                                              {"ticker/bookTicker", Topic::tickers},
                                              {"klines", Topic::candles},
                                              {"exchangeInfo", Topic::instruments},
                                              {"allForceOrders", Topic::liquidations},
                                              {"trades", Topic::trades},
                                              {"aggTrades", Topic::trades},
                                              {"depth", Topic::depth},
                                              {"fapi/v1/time", Topic::server_time}}};

}  // namespace

const Description description{
    .traits = {.name = dialect.name,
               .title = "Binance",
               .candle_stream = true,
               .liquidation_stream = true,
               .liquidations_sampled = true,
               .candle_rows_max = kline_rows_max,
               .closes_bars = true,
               .unlisted_funding_interval = hours{8}},
    .endpoints = endpoints,
    .asks = [](const Settings& settings, Topic topic,
               const Want& want) { return asks(dialect, settings, topic, want); },
    .read_reply = read_reply,
    .judge = judge,
    .streams =
        [](const Settings& settings, Topic topic, std::span<const market::Instrument* const> instruments) {
          return streams(dialect, settings, topic, instruments);
        },
    .subscribe_text = subscribe_text,
    .read_frame = read_frame,
    .describe = [](std::string_view symbol) { return describe(dialect, symbol); },
    .link = link};

}  // namespace exchange::binance
