// A played exchange as the bots see it: their own description asks, the sandbox answers, their own decoder reads. What
// comes out is compared with the market that both sides never talked about, which finds a wrong unit on either side.
#pragma once
#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <span>

#include <gtest/gtest.h>

#include "common/exchange/exchange.hpp"
#include "tests/sandbox/exchange.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {

class ViewPeer final : public Peer {
 public:
  explicit ViewPeer(const std::string& path, Params headers = {}) {
    request_.path = request_.label = path;
    request_.host = request_.client = "127.0.0.1";
    request_.headers = std::move(headers);
  }
  void send(std::string text) override { texts.push_back(std::move(text)); }
  void ping() override { ++pings; }
  void vanish() override {}
  void close(std::uint16_t, std::string reason) override {
    closed = true;
    why = std::move(reason);
  }
  [[nodiscard]] const Request& request() const override { return request_; }
  std::vector<std::string> take() { return std::exchange(texts, {}); }
  /// The last text as JSON; null when nothing came.
  [[nodiscard]] Json last() const { return texts.empty() ? Json() : Json::parse(texts.back(), nullptr, false); }

  std::vector<std::string> texts;
  int pings{};
  bool closed{};
  std::string why;

 private:
  Request request_;
};

/// GET of a path with its query, from one address, without a socket.
[[nodiscard]] inline Request get_request(const std::string& target, Params headers = {}) {
  Request out;
  out.method = "GET";
  const auto question = target.find('?');
  out.path = out.label = url_decode(target.substr(0, question), false);
  if (question != std::string::npos) out.query = parse_form(target.substr(question + 1));
  out.client = out.host = "127.0.0.1";
  out.headers = std::move(headers);
  return out;
}

class BotsView {
 public:
  /// `rest`: what the exchange's REST address ends in.
  BotsView(Exchange& played, const std::string& name, std::map<std::string, std::string> doors,
           const std::string& rest = {})
      : played_(played) {
    exchange::Settings settings;
    settings.rest_url = "http://127.0.0.1:1/" + name + rest;
    for (auto& [door, path] : doors) settings.stream_urls[door] = "ws://127.0.0.1:1" + path;
    exchange_ = exchange::make_exchange(name, settings);
  }

  [[nodiscard]] const exchange::Exchange& description() const { return *exchange_; }
  [[nodiscard]] const market::Universe& universe() const { return universe_; }

  /// Everything that one sweep of a topic brings; each answer must be good and every row of it readable.
  exchange::Reply sweep(market::Topic topic, const exchange::Want& want, Ms now) {
    exchange::Reply out;
    auto asks = exchange_->asks(topic, want);
    for (std::size_t i = 0; i < asks.size(); ++i) {
      const auto ask = asks[i];
      const auto response = answer(ask.request, now);
      const auto received = base::from_ms(now);
      const auto verdict = exchange_->judge(response, received);
      EXPECT_EQ(verdict.outcome, market::Outcome::ok) << ask.request.url << ": " << response.body.substr(0, 300);
      auto reply = exchange_->decode(ask, response.body, universe_, received);
      if (!reply) {
        ADD_FAILURE() << ask.request.url << ": " << reply.error().text() << response.body.substr(0, 300);
        continue;
      }
      EXPECT_EQ(reply->rows_skipped, 0U) << ask.request.url << ": " << response.body.substr(0, 300);
      std::ranges::move(reply->events, std::back_inserter(out.events));
      std::ranges::move(reply->instruments, std::back_inserter(out.instruments));
      if (reply->server_time) out.server_time = reply->server_time;
      if (reply->next) asks.push_back(*reply->next);
    }
    return out;
  }

  void list(Ms now) { universe_ = market::Universe(sweep(market::Topic::instruments, {}, now).instruments); }

  /// What the first socket of a topic over these contracts says between `from` and `to`.
  market::Events listen(market::Topic topic, const std::vector<std::string>& symbols, Ms from, Ms to,
                        const std::function<void(Ms)>& each_step) {
    std::vector<const market::Instrument*> wanted;
    for (const auto& symbol : symbols) wanted.push_back(universe_.find(symbol));
    const auto plans = exchange_->streams(topic, wanted);
    if (plans.empty()) {
      ADD_FAILURE() << "no stream";
      return {};
    }
    const auto& plan = plans.front();
    Params headers;
    for (const auto& [name, value] : plan.headers) headers[lower(name)] = value;
    ViewPeer peer(net::parse_url(plan.url)->target, headers);
    EXPECT_TRUE(played_.ws_open(peer, from)) << plan.url;
    for (const auto& text : plan.hello) played_.ws_text(peer, text, from);
    for (std::size_t at = 0; at < plan.channels.size(); at += plan.batch_max) {
      const auto batch = std::span(plan.channels).subspan(at, std::min(plan.batch_max, plan.channels.size() - at));
      played_.ws_text(peer, exchange_->subscribe_text(batch, 1, base::from_ms(from)), from);
    }
    market::Events out;
    Ms pinged = from;
    for (Ms at = from; at <= to && !peer.closed; at += 100) {
      each_step(at);
      played_.tick(at);
      if (plan.ping && at - pinged >= plan.ping_every.count()) {
        played_.ws_text(peer, plan.ping_text(base::from_ms(at)), at);
        pinged = at;
      }
      for (const auto& text : peer.take()) read(text, at, out);
    }
    EXPECT_FALSE(peer.closed) << peer.why;
    EXPECT_GT(acks_, 0) << "nothing was acknowledged";
    played_.ws_closed(peer);
    return out;
  }

  /// What the sandbox says to a request, without a decoder.
  net::Response answer(const net::Request& asked, Ms now) {
    const auto url = net::parse_url(asked.url);
    Params headers;
    for (const auto& [name, value] : asked.headers) headers[lower(name)] = value;
    if (!asked.content_type.empty()) headers["content-type"] = asked.content_type;
    auto request = get_request(url->target, headers);
    request.method = asked.method;
    request.body = asked.body;
    const auto said = played_.http(request, now);
    net::Response out;
    out.status = said.status;
    out.body = said.body;
    for (const auto& [name, value] : said.headers) out.headers.emplace_back(lower(name), value);
    return out;
  }

  template <class Kind>
  [[nodiscard]] static std::vector<Kind> all_of(const market::Events& events, const std::string& symbol = {}) {
    std::vector<Kind> out;
    for (const auto& event : events) {
      const auto* one = std::get_if<Kind>(&event);
      if (one != nullptr && (symbol.empty() || one->symbol == symbol)) out.push_back(*one);
    }
    return out;
  }

 private:
  void read(const std::string& text, Ms now, market::Events& out) {
    const auto frame = exchange_->decode_frame(text, universe_, base::from_ms(now));
    if (!frame) {
      ADD_FAILURE() << text.substr(0, 300) << ": " << frame.error().text();
      return;
    }
    using Kind = exchange::Frame::Kind;
    EXPECT_NE(frame->kind, Kind::refused) << text;
    EXPECT_EQ(frame->rows_skipped, 0U) << text;
    acks_ += frame->kind == Kind::ack ? 1 : 0;
    out.insert(out.end(), frame->events.begin(), frame->events.end());
  }

  Exchange& played_;
  std::unique_ptr<exchange::Exchange> exchange_;
  market::Universe universe_;
  int acks_{};
};

}  // namespace sandbox
