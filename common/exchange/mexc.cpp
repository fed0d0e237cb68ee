#include "common/exchange/mexc.hpp"

#include <array>

#include "common/exchange/ask.hpp"
#include "common/exchange/contract.hpp"
#include "common/exchange/envelope.hpp"
#include "common/exchange/mexc_rows.hpp"

namespace exchange::mexc {

using market::Outcome;

namespace {

constexpr std::string_view name = "mexc";
constexpr int kline_rows_max = 2'000;
constexpr int funding_rows_max = 100;
constexpr int sample_rows_max = 100;       // of trades, and of a book's levels
constexpr std::size_t channels_max = 100;  // of one connection: one subscribe message each

constexpr std::array<CodeMeaning, 7> codes{{{"0", Outcome::ok},
                                            {"500", Outcome::transient},
                                            {"501", Outcome::transient},
                                            {"510", Outcome::soft_limit},
                                            {"1001", Outcome::bad_symbol},
                                            {"1002", Outcome::bad_symbol},
                                            {"6005", Outcome::bad_symbol}}};

/// "kline:Min1:ETH_USDT"
struct KlineChannel {
  std::string_view interval, symbol;
};
KlineChannel split_channel(std::string_view channel) {
  const auto first = channel.find(':');
  const auto second = channel.find(':', first + 1);
  return {channel.substr(first + 1, second - first - 1), channel.substr(second + 1)};
}

std::vector<Ask> asks(const Settings& settings, Topic topic, const Want& want) {
  std::vector<Ask> out;
  const auto target_of = [](std::string_view endpoint) { return Target("api/v1/" + std::string(endpoint)); };
  const auto ask_of = [&](std::string_view endpoint, const Target& target) {
    return make_ask(settings, name, topic, endpoint, target, {std::string(endpoint), 1});
  };
  const auto all = [&](std::string_view endpoint) { out.push_back(ask_of(endpoint, target_of(endpoint))); };
  const auto seconds = [](const std::optional<std::int64_t>& ms) { return ms ? std::optional(*ms / 1'000) : ms; };
  const auto sample = [&](std::string_view endpoint) {
    for (const auto& symbol : want.symbols) {
      const auto target = target_of(std::string(endpoint) + "/" + net::encode_component(symbol));
      out.push_back(ask_of(endpoint, Target(target).with("limit", sample_rows(want, sample_rows_max))));
      out.back().symbol = symbol;
    }
  };
  switch (topic) {
    case Topic::server_time: all("contract/ping"); break;
    case Topic::instruments: all("contract/detail"); break;
    case Topic::funding: all("contract/funding_rate"); break;
    case Topic::open_interest:
    case Topic::tickers: all("contract/ticker"); break;
    case Topic::funding_history:
      for (const auto& symbol : want.symbols) {
        constexpr std::string_view endpoint = "contract/funding_rate/history";
        const int rows = want.rows_max > 0 ? std::min(want.rows_max, funding_rows_max) : funding_rows_max;
        auto target = target_of(endpoint).with("symbol", symbol).with("page_num", 1).with("page_size", rows);
        out.push_back(ask_of(endpoint, target));
        out.back().symbol = symbol;
      }
      break;
    case Topic::candles: {
      constexpr std::string_view endpoint = "contract/kline";
      const auto bar = bar_name(bars, want.bar_length);
      if (bar.empty()) break;
      add_history(out, want, Rows::bars, kline_rows_max, [&](const std::string& symbol, const Page& page) {
        auto target = target_of(std::string(endpoint) + "/" + net::encode_component(symbol)).with("interval", bar);
        return ask_of(endpoint, target.with("start", seconds(page.from_ms)).with("end", seconds(page.to_ms)));
      });
      break;
    }
    case Topic::trades: sample("contract/deals"); break;
    case Topic::depth: sample("contract/depth"); break;
    case Topic::funding_intervals:
    case Topic::liquidations: break;
  }
  return out;
}

/// An order book is documented without the envelope that all others have (EXCHANGES.md 6.7).
market::Verdict judge(const net::Response& response, base::WallTime received_at) {
  auto verdict = judge_envelope(response, received_at, {"code", "message", codes});
  if (verdict.outcome != Outcome::malformed || is_html(response) || response.body.empty()) return verdict;
  const auto members = envelope_members(response.body);
  const bool is_book = member(members, "code").empty() && !member(members, "version").empty();
  if (is_book && judge_status(response, received_at).outcome == Outcome::ok) verdict.outcome = Outcome::ok;
  return verdict;
}

std::vector<StreamPlan> streams(const Settings& settings, Topic topic,
                                std::span<const market::Instrument* const> instruments) {
  const auto door = settings.stream_urls.find("edge");
  if (door == settings.stream_urls.end() || topic != Topic::candles) return {};
  StreamPlan plan(topic, door->second);
  plan.batch_pause = base::Millis{100};
  plan.ping = R"({"method":"ping"})";
  plan.ping_every = std::chrono::seconds{15};
  return sockets(name, plan, channels_of(instruments, "kline:Min1:"), channels_max);
}

std::string subscribe_text(std::span<const std::string> channels, std::uint32_t /*request_id*/,
                           base::WallTime /*now*/) {
  if (channels.empty()) return {};
  const auto [interval, symbol] = split_channel(channels.front());
  return R"({"method":"sub.kline","param":{"symbol":")" + std::string(symbol) + R"(","interval":")" +
         std::string(interval) + R"("},"gzip":false})";
}

Frame read_frame(Value root, const Scope& scope) {
  Frame frame;
  if (read_push(root, scope, frame)) return frame;
  const auto channel = root["channel"].text();
  if (channel == "pong") frame.kind = Frame::Kind::pong;
  if (channel.starts_with("rs.sub.")) frame.kind = Frame::Kind::ack;
  if (channel == "rs.error") {
    frame.kind = Frame::Kind::refused;
    frame.message = root["data"].text();
  }
  return frame;
}

std::optional<market::Instrument> describe(std::string_view symbol) {
  const auto bar = symbol.find('_');
  if (bar == 0 || bar == std::string_view::npos || bar + 1 == symbol.size()) return std::nullopt;
  Spelling spelling{symbol.substr(0, bar), symbol.substr(bar + 1)};
  if (spelling.quote.find('_') != std::string_view::npos) return std::nullopt;
  spelling.inverse = spelling.quote == "USD";
  return make_instrument(name, symbol, spelling);
}

std::string link(std::string_view symbol) {
  return "https://futures.mexc.com/exchange/" + net::encode_component(symbol);
}

constexpr std::array<Endpoint, 8> endpoints{{{"contract/ticker", Topic::tickers},
                                             {"contract/funding_rate", Topic::funding},
                                             {"contract/funding_rate/history", Topic::funding_history},
                                             {"contract/kline", Topic::candles},
                                             {"contract/detail", Topic::instruments},
                                             {"contract/deals", Topic::trades},
                                             {"contract/depth", Topic::depth},
                                             {"contract/ping", Topic::server_time}}};

}  // namespace

const Description description{
    .traits = {.name = name, .title = "MEXC", .candle_stream = true, .candle_rows_max = kline_rows_max},
    .endpoints = endpoints,
    .asks = asks,
    .read_reply = read_reply,
    .judge = judge,
    .streams = streams,
    .subscribe_text = subscribe_text,
    .read_frame = read_frame,
    .describe = describe,
    .link = link};

}  // namespace exchange::mexc
