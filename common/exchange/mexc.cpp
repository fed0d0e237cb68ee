#include "common/exchange/mexc.hpp"

#include <array>

#include "common/exchange/ask.hpp"
#include "common/exchange/contract.hpp"
#include "common/exchange/envelope.hpp"
#include "common/exchange/mexc_rows.hpp"

namespace exchange {

using market::Outcome;

namespace {

constexpr std::string_view name = "mexc";
constexpr int kline_rows_max = 2'000;
constexpr int funding_rows_max = 100;
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

}  // namespace

const Traits& Mexc::traits() const {
  static constexpr Traits traits{
      .name = name, .title = "MEXC", .candle_stream = true, .candle_rows_max = kline_rows_max};
  return traits;
}

std::vector<Ask> Mexc::asks(Topic topic, const Want& want) const {
  std::vector<Ask> out;
  const auto target_of = [](std::string_view endpoint) { return Target("api/v1/" + std::string(endpoint)); };
  const auto add = [&](std::string_view endpoint, const Target& target) -> Ask& {
    return out.emplace_back(make_ask(settings_, name, topic, endpoint, target, {std::string(endpoint), 1}));
  };
  const auto all = [&](std::string_view endpoint) { add(endpoint, target_of(endpoint)); };
  const auto seconds = [](const std::optional<std::int64_t>& ms) { return ms ? std::optional(*ms / 1'000) : ms; };
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
        add(endpoint, target).symbol = symbol;
      }
      break;
    case Topic::candles: {
      constexpr std::string_view endpoint = "contract/kline";
      const auto bar = bar_name(mexc::bars, want.bar_length);
      if (bar.empty()) break;
      for (const auto& symbol : want.symbols) {
        for (const auto& page : pages(want, kline_rows_max)) {
          auto target = target_of(std::string(endpoint) + "/" + net::encode_component(symbol)).with("interval", bar);
          auto& ask = add(endpoint, target.with("start", seconds(page.from_ms)).with("end", seconds(page.to_ms)));
          ask.symbol = symbol;
          ask.bar_length = want.bar_length;
        }
      }
      break;
    }
    case Topic::funding_intervals:
    case Topic::liquidations:
    case Topic::trades:
    case Topic::depth: break;
  }
  return out;
}

base::Result<Reply> Mexc::decode(const Ask& ask, std::string_view body, const market::Universe& universe,
                                 base::WallTime received_at) const {
  const auto json = Json::parse(body, ask.request.label);
  if (!json) return json.error();
  return mexc::read_reply(ask.endpoint, json->root(), Scope{*this, universe, received_at, ask.symbol, ask.bar_length});
}

market::Verdict Mexc::judge(const net::Response& response, base::WallTime received_at) const {
  auto verdict = judge_status(response, received_at);
  if (verdict.outcome == Outcome::malformed || is_html(response)) return verdict;
  const auto members = envelope_unless_ok(response.body, "code");
  const auto code = member(members, "code");
  if (code.empty()) {
    if (verdict.outcome == Outcome::ok) verdict.outcome = Outcome::malformed;
    return verdict;
  }
  apply_code(verdict, codes, code);
  if (code != "0") set_message(verdict, member(members, "message"));
  return verdict;
}

std::vector<StreamPlan> Mexc::streams(Topic topic, std::span<const market::Instrument* const> instruments) const {
  const auto door = settings_.stream_urls.find("edge");
  if (door == settings_.stream_urls.end() || topic != Topic::candles) return {};
  std::vector<std::string> channels;
  channels.reserve(instruments.size());
  for (const auto* instrument : instruments) channels.push_back("kline:Min1:" + instrument->symbol);
  const auto parts = split_channels(channels, channels_max, std::size_t{64} << 10U);
  std::vector<StreamPlan> out;
  for (std::size_t at = 0; at < parts.size(); ++at) {
    auto& plan = out.emplace_back(topic, stream_name(name, topic, at, parts.size()), door->second);
    plan.channels = parts[at];
    plan.batch_pause = base::Millis{100};
    plan.ping = R"({"method":"ping"})";
    plan.ping_every = std::chrono::seconds{15};
  }
  return out;
}

std::string Mexc::subscribe_text(std::span<const std::string> channels, std::uint32_t /*request_id*/,
                                 base::WallTime /*now*/) const {
  if (channels.empty()) return {};
  const auto [interval, symbol] = split_channel(channels.front());
  return R"({"method":"sub.kline","param":{"symbol":")" + std::string(symbol) + R"(","interval":")" +
         std::string(interval) + R"("},"gzip":false})";
}

base::Result<Frame> Mexc::decode_frame(std::string_view payload, const market::Universe& universe,
                                       base::WallTime received_at) const {
  const auto json = Json::parse(payload, "mexc stream");
  if (!json) return json.error();
  const Value root = json->root();
  Frame frame;
  if (mexc::read_push(root, Scope{*this, universe, received_at, {}, {}}, frame)) return frame;
  const auto channel = root["channel"].text();
  if (channel == "pong") frame.kind = Frame::Kind::pong;
  if (channel.starts_with("rs.sub.")) frame.kind = Frame::Kind::ack;
  if (channel == "rs.error") {
    frame.kind = Frame::Kind::refused;
    frame.message = root["data"].text();
  }
  return frame;
}

std::optional<market::Instrument> Mexc::describe(std::string_view symbol) const {
  const auto bar = symbol.find('_');
  if (bar == 0 || bar == std::string_view::npos || bar + 1 == symbol.size()) return std::nullopt;
  Spelling spelling{symbol.substr(0, bar), symbol.substr(bar + 1)};
  if (spelling.quote.find('_') != std::string_view::npos) return std::nullopt;
  spelling.inverse = spelling.quote == "USD";
  return make_instrument(name, symbol, spelling);
}

std::string Mexc::link(std::string_view symbol) const {
  return "https://futures.mexc.com/exchange/" + net::encode_component(symbol);
}

}  // namespace exchange
