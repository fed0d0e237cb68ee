// An exchange whose payloads are words, so that the loops are tested without any real one. Frames:
//   "ack ID" · "no ID" (refused) · "bar SYMBOL MINUTE CLOSE open|closed" · "liq SYMBOL MS [SIGN SIZE]" · "other"
//   (companion) · "pong" · "bye"
// REST: /instruments "BTC ETH"; /candles?symbol=S and /funding?symbol=S answer what the test wrote, one "MINUTE VALUE"
// a line; /tickers "BTC 1e9" (turnover; "BTC 1e9=2": at a price of 2, else 1).
#pragma once
#include <sstream>
#include <string>

#include "common/exchange/exchange.hpp"

namespace test {

inline constexpr base::WallTime toy_start = base::from_ms(1'767'225'600'000);

class ToyExchange : public exchange::Exchange {
 public:
  bool interest_one_by_one{};    ///< /interest?symbol=S
  int history_ways{1};           ///< /funding?symbol=S, then /other-funding?symbol=S
  bool gives_all_settlements{};  ///< /settlements: "SYMBOL MINUTE RATE", all contracts in one answer

  /// Bars by polls alone, of so many contracts.
  void poll_bars(std::size_t most) {
    traits_.candle_stream = false;
    traits_.polled_bars_max = most;
  }
  explicit ToyExchange(bool liquidations = false, std::string_view name = "toy") {
    traits_.name = name;
    traits_.title = "Toy";
    traits_.candle_stream = traits_.closes_bars = true;
    traits_.liquidation_stream = liquidations;
  }
  [[nodiscard]] const exchange::Traits& traits() const override { return traits_; }
  [[nodiscard]] int ways(market::Topic topic) const override {
    return topic == market::Topic::funding_history ? history_ways : 1;
  }
  [[nodiscard]] std::span<const exchange::Endpoint> endpoints() const override { return {}; }
  [[nodiscard]] std::vector<exchange::Ask> asks(market::Topic topic, const exchange::Want& want) const override {
    std::vector<exchange::Ask> out;
    if (topic == market::Topic::instruments) out.emplace_back(topic, "instruments", request("instruments"));
    if (topic == market::Topic::tickers) out.emplace_back(topic, "tickers", request("tickers"));
    if (topic == market::Topic::trades || topic == market::Topic::depth)
      for (const auto& symbol : want.symbols) {
        const std::string endpoint = topic == market::Topic::trades ? "trades" : "depth";
        out.emplace_back(topic, endpoint, request(endpoint + "?symbol=" + symbol));
        out.back().symbol = symbol;
      }
    if (topic == market::Topic::open_interest && interest_one_by_one)
      for (const auto& symbol : want.symbols) out.emplace_back(topic, "interest", request("interest?symbol=" + symbol));
    if (topic == market::Topic::funding_history && want.symbols.empty() && gives_all_settlements)
      out.emplace_back(topic, "settlements", request("settlements"));
    const bool history = topic == market::Topic::candles || topic == market::Topic::funding_history;
    if (history && !want.symbols.empty()) {
      const std::string endpoint = topic == market::Topic::candles ? "candles" : "funding";
      out.emplace_back(topic, endpoint,
                       request((want.way == 1 ? "other-" : "") + endpoint + "?symbol=" + want.symbols.front() +
                               "&from=" + std::to_string(want.from ? base::to_ms(*want.from) : 0)));
      out.back().symbol = want.symbols.front();
      if (topic == market::Topic::candles) out.back().bar_length = want.bar_length;
    }
    return out;
  }
  [[nodiscard]] base::Result<exchange::Reply> decode(const exchange::Ask& ask, std::string_view body,
                                                     const market::Universe&, base::WallTime now) const override {
    if (body == "garbage") return base::Error(base::ErrorKind::bad_data, "toy", "no words");
    exchange::Reply reply;
    if (ask.endpoint == "door") reply.door = body;
    std::istringstream words{std::string(body)};
    if (ask.topic == market::Topic::instruments)
      for (std::string symbol; words >> symbol;) {
        reply.instruments.push_back(instrument(symbol));
        reply.instruments.back().exchange = traits_.name;
      }
    if (ask.topic == market::Topic::trades) reply.events.emplace_back(market::Trade{});
    if (ask.topic == market::Topic::depth) reply.events.emplace_back(market::Depth{});
    for (auto& event : reply.events) std::visit([&](auto& one) { one.symbol = ask.symbol; }, event);
    if (ask.topic == market::Topic::candles)
      for (double minute = 0, close = 0; words >> minute >> close;)
        reply.events.emplace_back(bar(ask.symbol, minute, close, std::nullopt, now, ask.bar_length));
    if (ask.endpoint == "settlements")
      for (std::string symbol; words >> symbol;) {
        double minute = 0, rate = 0;
        words >> minute >> rate;
        reply.events.emplace_back(settlement(symbol, minute, rate, now));
      }
    if (ask.endpoint == "funding")
      for (double minute = 0, rate = 0; words >> minute >> rate;)
        reply.events.emplace_back(settlement(ask.symbol, minute, rate, now));
    if (ask.topic == market::Topic::tickers)
      for (std::string symbol; words >> symbol;) reply.events.emplace_back(ticker(symbol, words, now));
    for (auto& event : reply.events) std::visit([&](auto& one) { one.exchange = traits_.name; }, event);
    return reply;
  }
  [[nodiscard]] market::Verdict judge(const net::Response& response, base::WallTime) const override {
    market::Verdict verdict;
    verdict.status = response.status;
    if (response.status >= 500) verdict.outcome = market::Outcome::transient;
    if (response.status == 404) verdict.outcome = market::Outcome::bad_symbol;
    return verdict;
  }
  [[nodiscard]] std::vector<exchange::StreamPlan> streams(
      market::Topic topic, std::span<const market::Instrument* const> instruments) const override {
    const bool bars = topic == market::Topic::candles;
    if (!bars && !(topic == market::Topic::liquidations && traits_.liquidation_stream)) return {};
    exchange::StreamPlan plan(topic, bars ? "toy candles" : "toy liquidations", "wss://toy.example");
    for (const auto* instrument : instruments) plan.channels.push_back(instrument->symbol);
    plan.needs_ack = false;
    return {std::move(plan)};
  }
  [[nodiscard]] std::string subscribe_text(std::span<const std::string> channels, std::uint32_t id,
                                           base::WallTime) const override {
    std::string out = "sub " + std::to_string(id);
    for (const auto& channel : channels) out += " " + channel;
    return out;
  }
  [[nodiscard]] base::Result<exchange::Frame> decode_frame(std::string_view payload, const market::Universe&,
                                                           base::WallTime now) const override {
    using Kind = exchange::Frame::Kind;
    std::istringstream words{std::string(payload)};
    std::string verb, symbol, mark;
    words >> verb;
    exchange::Frame frame;
    if (verb == "ack" || verb == "no") {
      frame.kind = verb == "ack" ? Kind::ack : Kind::refused;
      words >> frame.request_id;
    } else if (verb == "bar") {
      double minute = 0, close = 0;
      words >> symbol >> minute >> close >> mark;
      frame.kind = Kind::data;
      frame.events.emplace_back(bar(symbol, minute, close, mark == "closed", now));
    } else if (verb == "liq") {
      market::Liquidation event;
      std::int64_t ms = 0;
      int sign = 0;
      words >> event.symbol >> ms;
      if (words >> sign >> event.raw_quantity) event.sign = static_cast<std::int8_t>(sign);
      event.exchange = "toy";
      event.at = toy_start + base::Millis{ms};
      frame.kind = Kind::data;
      frame.events.emplace_back(event);
    } else if (verb == "trade") {
      market::Trade event;
      words >> event.symbol;
      event.exchange = "toy";
      event.at = now;
      frame.kind = Kind::data;
      frame.events.emplace_back(event);
    } else if (verb == "other") {
      frame.kind = Kind::data;
      frame.companion = true;
    } else if (verb == "pong") {
      frame.kind = Kind::pong;
    } else if (verb == "bye") {
      frame.kind = Kind::notice;
      frame.reconnect = true;
    } else {
      return base::Error(base::ErrorKind::bad_data, "toy", "no such word");
    }
    return frame;
  }
  [[nodiscard]] std::optional<market::Instrument> describe(std::string_view symbol) const override {
    return instrument(std::string(symbol));
  }
  [[nodiscard]] std::string link(std::string_view) const override { return {}; }

  static market::Instrument instrument(const std::string& symbol) {
    market::Instrument out;
    out.exchange = "toy";
    out.symbol = out.base = out.asset = symbol;
    out.quote = out.settle = "USDT";
    return out;
  }
  static market::Candle bar(const std::string& symbol, double minute, double close, std::optional<bool> closed,
                            base::WallTime now, base::Millis length = base::Millis{60'000}) {
    market::Candle out;
    out.exchange = "toy";
    out.symbol = symbol;
    out.opened_at = toy_start + base::Millis{static_cast<std::int64_t>(minute * 60'000)};
    out.length = length;
    out.open = out.high = out.low = out.close = close;
    out.closed = closed;
    out.received_at = now;
    return out;
  }

  static market::Funding settlement(const std::string& symbol, double minute, double rate, base::WallTime now) {
    market::Funding out;
    out.exchange = "toy";
    out.symbol = symbol;
    out.rate = rate;
    out.settled = true;
    out.settles_at = toy_start + base::Millis{static_cast<std::int64_t>(minute * 60'000)};
    out.received_at = now;
    return out;
  }

 private:
  static market::Ticker ticker(const std::string& symbol, std::istringstream& words, base::WallTime now) {
    market::Ticker out;
    out.exchange = "toy";
    out.symbol = symbol;
    double turnover = 0;
    words >> turnover;
    out.last = 1;
    if (words.peek() == '=') {
      words.get();
      words >> *out.last;
    }
    out.quote_volume_24h = turnover;
    out.received_at = now;
    return out;
  }
  [[nodiscard]] net::Request request(const std::string& path) const {
    return net::Request("https://" + std::string(traits_.name) + ".example/" + path,
                        "toy " + path.substr(0, path.find('?')));
  }
  exchange::Traits traits_;
};

}  // namespace test
