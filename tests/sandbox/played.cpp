#include "tests/sandbox/played.hpp"

#include <algorithm>
#include <cmath>

#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {

using exchange::Topic;
constexpr double exact = 1e-9;
constexpr const char* here = "127.0.0.1";

Settings no_background() {
  Settings out;
  out.seed = 7;
  return out;
}

exchange::Settings settings_of(Venue venue, const std::map<std::string, std::string>& streams,
                               const std::string& rest) {
  exchange::Settings out;
  const auto name = std::string(to_string(venue));
  out.rest_url = "http://127.0.0.1/" + name + rest;
  for (const auto& [door, path] : streams) out.stream_urls[door] = "ws://127.0.0.1/" + name + path;
  return out;
}

/// The request that arrives when somebody asks for `url`.
Request arriving(const std::string& url) {
  Request out;
  const auto host = url.find("://") + 3;
  const auto path = url.find('/', host);
  const auto target = path == std::string::npos ? std::string("/") : url.substr(path);
  const auto question = target.find('?');
  out.method = "GET";
  out.path = target.substr(0, question);
  if (question != std::string::npos) out.query = parse_form(target.substr(question + 1));
  out.headers["host"] = here;
  out.client = here;
  out.host = here;
  return out;
}

void near(const std::optional<double>& value, double wanted, double relative, const char* what) {
  ASSERT_TRUE(value) << what << " is absent";
  EXPECT_NEAR(*value, wanted, std::abs(wanted) * relative + 1e-15) << what;
}

}  // namespace

PlayedTest::PlayedTest(Venue venue, const std::map<std::string, std::string>& streams, const std::string& rest)
    : venue_(venue),
      app_(no_background(), start),
      exchange_(exchange::make_exchange(to_string(venue), settings_of(venue, streams, rest))) {
  universe_ = market::Universe(sweep(Topic::instruments, {}, start).instruments);
}

const Contract& PlayedTest::contract(const std::string& coin) { return *app_.world().find(venue_, coin); }

exchange::Want PlayedTest::want_of(const Contract& contract) {
  exchange::Want out;
  out.symbols = {contract.symbol};
  return out;
}

net::Response PlayedTest::answered(const exchange::Ask& ask, Ms now) {
  auto request = arriving(ask.request.url);
  request.method = ask.request.method;
  request.body = ask.request.body;
  if (!ask.request.content_type.empty()) request.headers["content-type"] = ask.request.content_type;
  const auto said = app_.http(request, now);
  net::Response out;
  out.status = said.status;
  out.body = said.body;
  for (const auto& [name, value] : said.headers) out.headers.emplace_back(lower(name), value);
  return out;
}

exchange::Reply PlayedTest::sweep(Topic topic, const exchange::Want& want, Ms now) {
  exchange::Reply all;
  std::deque<exchange::Ask> asks;
  for (auto& ask : exchange_->asks(topic, want)) asks.push_back(std::move(ask));
  EXPECT_FALSE(asks.empty()) << market::to_string(topic);
  while (!asks.empty()) {
    const auto ask = asks.front();
    asks.pop_front();
    const auto response = answered(ask, now);
    const auto verdict = exchange_->judge(response, base::from_ms(now));
    EXPECT_EQ(verdict.outcome, market::Outcome::ok) << ask.request.url << ask.request.body << response.body;
    auto reply = exchange_->decode(ask, response.body, universe_, base::from_ms(now));
    EXPECT_TRUE(reply) << ask.request.url << response.body.substr(0, 500);
    if (!reply) continue;
    EXPECT_EQ(reply->rows_skipped, 0U) << ask.request.url << response.body.substr(0, 500);
    std::ranges::move(reply->events, std::back_inserter(all.events));
    std::ranges::move(reply->instruments, std::back_inserter(all.instruments));
    if (reply->server_time) all.server_time = reply->server_time;
    if (reply->next) asks.push_back(*reply->next);
  }
  return all;
}

PlayedTest::Heard PlayedTest::listen(Topic topic, Ms from, Ms to, const Json& action) {
  Heard out;
  std::vector<const market::Instrument*> wanted;
  for (const auto& instrument : universe_.all()) {
    if (market::is_watchable(instrument)) wanted.push_back(&instrument);
  }
  for (const auto& plan : exchange_->streams(topic, wanted)) {
    auto url = plan.url;
    if (plan.door) {
      const auto reply = exchange_->decode(*plan.door, answered(*plan.door, from).body, universe_, base::from_ms(from));
      url = reply ? reply->door : "";
    }
    auto request = arriving(url);
    Response refusal;
    auto* service = app_.upgrade(request, refusal, from);
    Caller caller(request);
    EXPECT_NE(service, nullptr) << url;
    if (service == nullptr || !service->ws_open(caller, from)) {
      out.closed = true;
      continue;
    }
    for (const auto& hello : plan.hello) service->ws_text(caller, hello, from);
    std::uint32_t id = 0;
    const std::span<const std::string> channels(plan.channels);
    for (std::size_t at = 0; at < channels.size(); at += plan.batch_max) {
      const auto batch = channels.subspan(at, std::min(plan.batch_max, channels.size() - at));
      service->ws_text(caller, exchange_->subscribe_text(batch, ++id, base::from_ms(from)), from);
    }
    if (!action.is_null()) {
      Request act;
      act.method = "POST";
      act.path = "/control/action";
      act.body = action.dump();
      EXPECT_EQ(app_.http(act, from).status, 200);
    }
    Ms spoken = from;
    for (Ms at = from; at <= to && !caller.closed; at += 100) {
      app_.tick(at);
      for (; !caller.frames.empty(); caller.frames.pop_front()) {
        auto frame = exchange_->decode_frame(caller.frames.front(), universe_, base::from_ms(at));
        if (!frame || frame->rows_skipped > 0) {
          ++out.unreadable;
          continue;
        }
        out.acks += frame->kind == exchange::Frame::Kind::ack ? 1 : 0;
        out.refused += frame->kind == exchange::Frame::Kind::refused ? 1 : 0;
        std::ranges::move(frame->events, std::back_inserter(out.events));
        if (frame->reply) service->ws_text(caller, *frame->reply, at);
      }
      if (plan.ping && base::Millis(at - spoken) >= plan.ping_every)
        service->ws_text(caller, plan.ping_text(base::from_ms(at)), spoken = at);
    }
    out.closed = out.closed || caller.closed;
    service->ws_closed(caller);
  }
  return out;
}

void PlayedTest::check_instruments() {
  std::size_t seen = 0;
  for (const auto& each : app_.world().contracts(venue_)) {
    const auto* instrument = universe_.find(each->symbol);
    const bool sized_in_usd = each->kind == Contract::Kind::inverse && venue_ == Venue::deribit;
    const bool watched = (each->kind == Contract::Kind::perpetual || sized_in_usd) && each->trading;
    EXPECT_EQ(instrument != nullptr && market::is_watchable(*instrument), watched) << each->symbol;
    if (!watched || instrument == nullptr) continue;
    ++seen;
    EXPECT_EQ(instrument->asset, each->coin);
    EXPECT_EQ(instrument->unit_multiplier, each->unit);
    near(instrument->contract_size, stated_contract_size(*each), exact, "contract size");
    if (instrument->tick_size) near(instrument->tick_size, std::pow(10.0, -each->price_decimals), exact, "tick size");
    if (instrument->funding_interval) {
      EXPECT_EQ(instrument->funding_interval->count(), each->interval_hours * 60);
    }
  }
  EXPECT_GE(seen, 8U);
}

void PlayedTest::check_tickers(const std::string& coin) {
  const auto& each = contract(coin);
  const auto found = of<market::Ticker>(sweep(Topic::tickers, want_of(each), start).events, each.symbol);
  ASSERT_EQ(found.size(), 1U);
  const auto& ticker = found[0];
  const auto stats = app_.world().day_stats(each, start);
  if (ticker.last) near(ticker.last, stats.last, exact, "last");
  if (ticker.mark) near(ticker.mark, app_.world().mark(each, start), 1e-6, "mark");
  if (ticker.index) near(ticker.index, app_.world().index(each, start), 1e-6, "index");
  EXPECT_TRUE(ticker.last || ticker.mark);
  if (ticker.base_volume_24h) near(ticker.base_volume_24h, stats.base, 1e-3, "base volume");
  near(ticker.quote_volume_24h, stats.quote, 1e-3, "quote volume");
  if (ticker.change_24h) {
    EXPECT_NEAR(*ticker.change_24h, stats.last / stats.open - 1, 1e-4);
  }
}

void PlayedTest::check_funding(const std::string& coin) {
  const auto& each = contract(coin);
  const auto found = of<market::Funding>(sweep(Topic::funding, want_of(each), start).events, each.symbol);
  ASSERT_EQ(found.size(), 1U);
  const auto state = app_.world().funding(each, start);
  near(found[0].rate, state.rate, 1e-6, "rate");
  if (found[0].settles_at) {
    EXPECT_EQ(base::to_ms(*found[0].settles_at), state.next);
  }
  if (found[0].interval) {
    EXPECT_EQ(found[0].interval->count(), state.interval_hours * 60);
  }
  EXPECT_FALSE(found[0].settled);
}

void PlayedTest::check_funding_history(const std::string& coin) {
  const auto& each = contract(coin);
  auto want = want_of(each);
  want.from = base::from_ms(start - 3 * day);
  want.to = base::from_ms(start);
  const auto found = of<market::Funding>(sweep(Topic::funding_history, want, start).events, each.symbol);
  const auto paid = app_.world().settlements(each, start - 3 * day, start, start);
  ASSERT_GE(found.size(), paid.size());
  for (const auto& row : paid) {
    const auto same = std::ranges::find_if(found, [&](const market::Funding& event) {
      return event.settles_at && std::abs(base::to_ms(*event.settles_at) - row.time) < second;
    });
    ASSERT_NE(same, found.end()) << row.time;
    EXPECT_TRUE(same->settled);
    near(same->rate, row.rate, 1e-6, "settled rate");
  }
}

void PlayedTest::check_open_interest(const std::string& coin) {
  const auto& each = contract(coin);
  const auto found = of<market::OpenInterest>(sweep(Topic::open_interest, want_of(each), start).events, each.symbol);
  ASSERT_EQ(found.size(), 1U);
  const double size = app_.world().open_interest(each, start);
  near(found[0].base, size, 1e-3, "open interest");
  if (found[0].quote) near(found[0].quote, size * app_.world().mark(each, start), 1e-3, "its worth");
}

void PlayedTest::check_candles(const std::string& coin) {
  const auto& each = contract(coin);
  auto want = want_of(each);
  want.from = base::from_ms(start - 30 * minute);
  want.to = base::from_ms(start - minute);
  const auto found = of<market::Candle>(sweep(Topic::candles, want, start).events, each.symbol);
  ASSERT_EQ(found.size(), 30U);
  for (const auto& candle : found) {
    const auto bar = app_.world().bar(each, base::to_ms(candle.opened_at), minute, start);
    ASSERT_TRUE(bar);
    EXPECT_EQ(candle.length, base::Millis(minute));
    near(candle.open, bar->open, exact, "open");
    near(candle.high, bar->high, exact, "high");
    near(candle.low, bar->low, exact, "low");
    near(candle.close, bar->close, exact, "close");
    if (candle.base_volume) near(candle.base_volume, bar->base, 0.01, "base volume");
    if (candle.quote_volume) near(candle.quote_volume, bar->quote, 0.01, "quote volume");
    EXPECT_TRUE(candle.base_volume || candle.quote_volume);
  }
}

void PlayedTest::check_candle_stream(const std::string& coin) {
  const auto& each = contract(coin);
  const auto heard = listen(Topic::candles, start + 50 * second, start + 80 * second);
  EXPECT_GT(heard.acks, 0);
  EXPECT_EQ(heard.refused, 0);
  EXPECT_EQ(heard.unreadable, 0);
  EXPECT_FALSE(heard.closed);
  const auto bar = *app_.world().bar(each, start, minute, start + 80 * second);
  int whole = 0;
  for (const auto& candle : of<market::Candle>(heard.events, each.symbol)) {
    if (base::to_ms(candle.opened_at) != start || base::to_ms(candle.received_at) < start + minute) continue;
    ++whole;
    near(candle.open, bar.open, exact, "open");
    near(candle.high, bar.high, exact, "high");
    near(candle.low, bar.low, exact, "low");
    near(candle.close, bar.close, exact, "close");
    if (candle.base_volume) near(candle.base_volume, bar.base, 0.01, "base volume");
    if (candle.quote_volume) near(candle.quote_volume, bar.quote, 0.01, "quote volume");
  }
  EXPECT_GT(whole, 0);
}

void PlayedTest::check_liquidation_stream(const std::string& coin) {
  const auto& each = contract(coin);
  const auto exchange = std::string(to_string(venue_));
  for (const bool long_closed : {true, false}) {
    const Ms at = start + (long_closed ? 0 : minute);
    const Json print{{"kind", "print"},
                     {"exchange", exchange},
                     {"symbol", coin},
                     {"usd", 5e6},
                     {"side", long_closed ? "long" : "short"}};
    const auto heard = listen(Topic::liquidations, at, at + 3 * second, print);
    EXPECT_GT(heard.acks, 0);
    EXPECT_EQ(heard.refused, 0);
    EXPECT_EQ(heard.unreadable, 0);
    const auto found = of<market::Liquidation>(heard.events, each.symbol);
    const auto large = std::ranges::find_if(found, [](const auto& event) { return event.usd.value_or(0) > 4e6; });
    ASSERT_NE(large, found.end());
    EXPECT_EQ(large->side, long_closed ? market::PositionSide::long_side : market::PositionSide::short_side);
    near(large->usd, 5e6, 0.01, "usd");
    near(large->base, 5e6 / app_.world().last(each, at), 0.01, "size");
    EXPECT_EQ(base::to_ms(large->at), at);
  }
}

void PlayedTest::check_server_time() {
  if (exchange_->asks(Topic::server_time, {}).empty()) GTEST_SKIP() << "no endpoint";
  const auto reply = sweep(Topic::server_time, {}, start);
  ASSERT_TRUE(reply.server_time);
  EXPECT_EQ(base::to_ms(*reply.server_time), start);
}

}  // namespace sandbox
