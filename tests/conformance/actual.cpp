#include "tests/conformance/actual.hpp"

#include <array>
#include <cctype>
#include <charconv>

#include "tests/conformance/records.hpp"

namespace conformance {

using exchange::Topic;

namespace {

/// What a case says of its request: "GET https://host/path?query (remark)", "POST https://host/path {body}".
struct Asked {
  std::string path;  ///< of a POST with a "type", that too: "/info/candleSnapshot" (Hyperliquid)
  std::string query;
  nlohmann::json body;
};

Asked asked_of(const std::string& endpoint) {
  Asked out;
  const auto scheme = endpoint.find("://");
  const auto end = endpoint.find_first_of("? {", scheme);
  out.path = endpoint.substr(0, end);
  if (end != std::string::npos && endpoint[end] == '?') out.query = endpoint.substr(end, endpoint.find(' ', end) - end);
  if (const auto open = endpoint.find('{'); open != std::string::npos) {
    out.body = nlohmann::json::parse(endpoint.substr(open), nullptr, false);
    if (out.body.is_object() && out.body.contains("type")) out.path += "/" + out.body["type"].get<std::string>();
    if (out.body.is_object() && out.body.contains("req")) out.body = nlohmann::json(out.body["req"]);
  }
  return out;
}

/// Whole words between slashes.
bool has_parts(const std::string& path, std::string_view parts) {
  const auto at = path.find("/" + std::string(parts));
  if (at == std::string::npos) return false;
  const auto after = at + 1 + parts.size();
  return after == path.size() || path[after] == '/';
}

bool is_of_kind(Topic topic, std::string_view kind) {
  return (kind == "funding" && topic == Topic::funding) || (kind == "instruments" && topic == Topic::instruments);
}

/// The longest that fits; of two topics of one address that of the kind, else the first.
std::optional<exchange::Endpoint> endpoint_of(const Case& item, const exchange::Exchange& exchange) {
  std::optional<exchange::Endpoint> best;
  const auto path = asked_of(item.endpoint).path;
  const auto rank = [&](const exchange::Endpoint& one) {
    return std::pair(one.tail.size(), is_of_kind(one.topic, item.kind));
  };
  for (const auto& known : exchange.endpoints())
    if (has_parts(path, known.tail) && (!best || rank(*best) < rank(known))) best = known;
  return best;
}

/// The first of these that the query or the body names.
std::string value_of(const Asked& asked, std::initializer_list<std::string_view> keys) {
  for (const auto key : keys) {
    const std::string name(key);
    if (asked.body.is_object() && asked.body.contains(name) && asked.body[name].is_string())
      return asked.body[name].get<std::string>();
    for (const char* before : {"?", "&"}) {
      const auto sought = before + name + "=";
      const auto at = asked.query.find(sought);
      if (at == std::string::npos) continue;
      const auto begin = at + sought.size();
      return asked.query.substr(begin, asked.query.find('&', begin) - begin);
    }
  }
  return {};
}

/// The parts of a path behind an endpoint: ".../kline/BTC_USDT", ".../trade/PF_XBTUSD/1m".
std::string path_tail(const std::string& path, std::string_view endpoint, int index) {
  auto at = path.find("/" + std::string(endpoint) + "/");
  if (at == std::string::npos) return {};
  at += endpoint.size() + 2;
  for (; index > 0; --index) {
    at = path.find('/', at);
    if (at == std::string::npos) return {};
    ++at;
  }
  return path.substr(at, path.find('/', at) - at);
}

std::optional<double> leading_number(const std::string& text) {
  double value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} ? std::optional(value) : std::nullopt;
}

std::string disorder_of(const market::Events& events) {
  const market::Candle* before = nullptr;
  for (const auto& event : events) {
    const auto* candle = std::get_if<market::Candle>(&event);
    if (candle != nullptr && before != nullptr && candle->opened_at < before->opened_at) return "candles descend";
    if (candle != nullptr) before = candle;
  }
  return {};
}

Actual actual_of(const Case& item, const exchange::Exchange& exchange, const market::Universe& universe,
                 const market::Events& events, const std::vector<market::Instrument>& instruments) {
  Actual out;
  out.records = records_of(item.kind, exchange, universe, events, instruments);
  out.disorder = disorder_of(events);
  return out;
}

Actual refusal(const base::Error& error) {
  Actual out;
  out.error = error.text();
  return out;
}

/// When the cases were received matters to none of them; a date after all of them keeps bans in the future or past
/// alike.
constexpr base::WallTime received{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}};

std::optional<Actual> decode_frame_case(const Case& item, const exchange::Exchange& exchange) {
  const auto universe = universe_of(item, exchange);
  const auto frame = exchange.decode_frame(item.payload, universe, received);
  if (!frame) return refusal(frame.error());
  if (frame->kind == exchange::Frame::Kind::other) return std::nullopt;
  return actual_of(item, exchange, universe, frame->events, {});
}

Actual judge_case(const Case& item, const exchange::Exchange& exchange) {
  net::Response response;
  const auto status = item.expected.find("http_status");
  response.status = status != item.expected.end() && status->is_number() ? status->get<int>() : 200;
  response.body = item.payload;
  const auto headers = item.expected.value("response_headers", nlohmann::json::object());
  for (const auto& [key, value] : headers.items()) {
    std::string lower = key;
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    response.headers.emplace_back(std::move(lower), value.is_string() ? value.get<std::string>() : value.dump());
  }
  Actual out;
  out.records.push_back(record_of(exchange.judge(response, received)));
  return out;
}

}  // namespace

exchange::Settings test_settings() {
  exchange::Settings settings;
  settings.rest_url = "https://exchange.test";
  for (const char* door : {"market", "public", "business", "edge", "uta"}) {
    settings.stream_urls[door] = std::string("wss://exchange.test/") + door;
  }
  return settings;
}

std::unique_ptr<exchange::Exchange> describe_exchange(const std::string& name) {
  return exchange::make_exchange(name, test_settings());
}

market::Universe universe_of(const Case& item, const exchange::Exchange& exchange) {
  std::vector<market::Instrument> instruments;
  const auto context = item.expected.value("context", nlohmann::json::object());
  const auto sizes = context.value("contract_multipliers", nlohmann::json::object());
  for (const auto& [symbol, size] : sizes.items()) {
    auto instrument = exchange.describe(symbol);
    if (!instrument) continue;
    instrument->contract_size = size.is_number() ? size.get<double>() : leading_number(size.get<std::string>());
    instruments.push_back(std::move(*instrument));
  }
  return market::Universe(std::move(instruments));
}

std::optional<exchange::Ask> ask_of(const Case& item, const exchange::Exchange& exchange) {
  const auto stem = endpoint_of(item, exchange);
  if (!stem) return std::nullopt;
  exchange::Ask ask(stem->topic, std::string(stem->tail), net::Request("https://exchange.test/", item.name));
  const auto asked = asked_of(item.endpoint);
  ask.symbol = item.expected.value("request_symbol", std::string{});
  if (ask.symbol.empty())
    ask.symbol = value_of(asked, {"symbol", "instId", "contract", "contract_code", "instrument_name", "coin"});
  if (ask.symbol.empty()) ask.symbol = path_tail(asked.path, stem->tail, 0);
  auto bar = value_of(asked, {"interval", "bar", "period", "intervalTime", "granularity", "resolution", "binSize"});
  if (bar.empty()) bar = path_tail(asked.path, stem->tail, 1);
  ask.bar_length = interval_length(bar);
  return ask;
}

std::optional<Actual> decode_case(const Case& item) {
  const auto exchange = describe_exchange(item.exchange);
  if (!exchange) return std::nullopt;
  if (item.kind == "error") return judge_case(item, *exchange);
  if (!is_known_kind(item.kind)) return std::nullopt;
  if (item.transport == "ws") return decode_frame_case(item, *exchange);
  const auto ask = ask_of(item, *exchange);
  if (!ask) return std::nullopt;
  const auto universe = universe_of(item, *exchange);
  const auto reply = exchange->decode(*ask, item.payload, universe, received);
  if (!reply) return refusal(reply.error());
  return actual_of(item, *exchange, universe, reply->events, reply->instruments);
}

base::Millis interval_length(const std::string& words) {
  static constexpr std::string_view digits = "0123456789";
  const auto first = words.find_first_of(digits);
  const auto last = words.find_last_of(digits);
  const bool numbered = first != std::string::npos;
  const auto before = numbered ? words.substr(0, first) : std::string{};
  const auto after = numbered ? words.substr(last + 1) : words;
  // "Hour4" says the unit before the number, "4h" and "candle4H" behind it, Bybit's "240" not at all: minutes.
  const bool unit_first = before == "Min" || before == "Hour" || before == "Day" || before == "Week";
  const auto unit = unit_first ? before : after.empty() && numbered ? std::string("m") : after;
  const bool month = unit.starts_with("M") && unit != "Min";
  if (words.empty() || month) return base::Millis{0};
  static const std::map<char, std::chrono::seconds> seconds{{'s', std::chrono::seconds{1}},
                                                            {'m', std::chrono::minutes{1}},
                                                            {'h', std::chrono::hours{1}},
                                                            {'d', std::chrono::hours{24}},
                                                            {'w', std::chrono::hours{168}}};
  const auto found = seconds.find(static_cast<char>(std::tolower(static_cast<unsigned char>(unit.at(0)))));
  if (found == seconds.end()) return base::Millis{0};
  return found->second * (numbered ? std::stoi(words.substr(first, last - first + 1)) : 1);
}

}  // namespace conformance
