#include "common/feed/sweep.hpp"

#include "tests/unit/feed/world.hpp"

namespace sweep_test {
using base::Millis;
using market::Topic;

/// A toy that names the contracts whose funding interval is not the usual 8 h: "/intervals" answers "ETH 4".
class IntervalToy final : public test::ToyExchange {
 public:
  IntervalToy() {
    traits_ = test::ToyExchange::traits();
    traits_.unlisted_funding_interval = std::chrono::hours{8};
  }
  [[nodiscard]] const exchange::Traits& traits() const override { return traits_; }
  [[nodiscard]] std::vector<exchange::Ask> asks(Topic topic, const exchange::Want& want) const override {
    if (topic != Topic::funding_intervals) return test::ToyExchange::asks(topic, want);
    std::vector<exchange::Ask> out;
    net::Request request("https://toy.example/intervals", "toy intervals");
    out.emplace_back(topic, "intervals", std::move(request));
    return out;
  }
  [[nodiscard]] base::Result<exchange::Reply> decode(const exchange::Ask& ask, std::string_view body,
                                                     const market::Universe& universe,
                                                     base::WallTime now) const override {
    if (ask.topic != Topic::funding_intervals) return test::ToyExchange::decode(ask, body, universe, now);
    exchange::Reply reply;
    std::istringstream words{std::string(body)};
    int hours = 0;
    for (std::string symbol; words >> symbol >> hours;) {
      market::Funding event;
      event.exchange = "toy";
      event.symbol = symbol;
      event.interval = std::chrono::hours{hours};
      reply.events.emplace_back(event);
    }
    return reply;
  }

 private:
  exchange::Traits traits_;
};

/// Rates by "/funding-0" or "/funding-1", liquidations by "/liquidations?from=MS".
class TwoWayToy final : public test::ToyExchange {
 public:
  [[nodiscard]] int ways(Topic topic) const override { return topic == Topic::funding ? 2 : 1; }
  [[nodiscard]] std::vector<exchange::Ask> asks(Topic topic, const exchange::Want& want) const override {
    std::vector<exchange::Ask> out;
    std::string path;
    if (topic == Topic::funding) path = "funding-" + std::to_string(want.way);
    if (topic == Topic::liquidations) path = "liquidations?from=" + std::to_string(base::to_ms(want.from.value()));
    if (topic == Topic::instruments) path = "instruments";
    net::Request request("https://toy.example/" + path, "toy " + path);
    out.emplace_back(topic, path.substr(0, path.find('?')), std::move(request));
    return out;
  }
  [[nodiscard]] base::Result<exchange::Reply> decode(const exchange::Ask& ask, std::string_view body,
                                                     const market::Universe& universe,
                                                     base::WallTime now) const override {
    if (ask.topic != Topic::liquidations) return test::ToyExchange::decode(ask, body, universe, now);
    exchange::Reply reply;
    std::istringstream words{std::string(body)};
    std::int64_t ms = 0;
    for (std::string symbol; words >> symbol >> ms;) {
      market::Trade trade;
      trade.symbol = symbol;
      if (body.ends_with("trade")) reply.events.emplace_back(trade);
      market::Liquidation event;
      event.exchange = "toy";
      event.symbol = symbol;
      event.at = test::toy_start + Millis{ms};
      reply.events.emplace_back(event);
    }
    return reply;
  }
};

/// Contracts, prices and rates all by "/all".
class OneAddressToy final : public test::ToyExchange {
 public:
  [[nodiscard]] std::vector<exchange::Ask> asks(Topic topic, const exchange::Want& /*want*/) const override {
    net::Request request("https://toy.example/all", "toy all");
    std::vector<exchange::Ask> out;
    out.emplace_back(topic, "all", std::move(request));
    return out;
  }
};

class SweepTest : public test::FeedTest {
 protected:
  SweepTest() {
    venue = feed::Venue(std::make_unique<IntervalToy>(), exchange::Settings{});
    venue.universe = market::Universe({test::ToyExchange::instrument("BTC"), test::ToyExchange::instrument("ETH")});
    http.answer_with([this](const net::Request&) { return test::response(status, body); });
  }
  feed::SweepReport sweep(feed::Sweeper& sweeper) {
    tasks.spawn("sweep", one(sweeper));
    clock.advance(Millis{60'000});
    return report;
  }
  boost::asio::awaitable<void> one(feed::Sweeper& sweeper) { report = co_await sweeper.sweep(false); }
  feed::Sweeper hourly(Topic topic) {
    std::vector<feed::PollJob> jobs;
    jobs.emplace_back(topic, Millis{std::chrono::hours{1}});
    return feed::Sweeper(fetcher, clock, log, sink, std::move(jobs));
  }
  std::map<std::string, std::optional<std::chrono::minutes>> intervals() const {
    std::map<std::string, std::optional<std::chrono::minutes>> out;
    for (const auto& event : heard)
      if (const auto* funding = std::get_if<market::Funding>(&event)) out[funding->symbol] = funding->interval;
    return out;
  }
  int status{200};
  std::string body{"BTC 1e9"};
  feed::Fetcher fetcher{venue, gate, clock, log};
  feed::SweepReport report;
};

TEST_F(SweepTest, WhatIsDueIsAskedOnceAPeriod) {
  auto sweeper = hourly(Topic::tickers);
  EXPECT_EQ(sweep(sweeper).asked, 1);
  EXPECT_EQ(sweep(sweeper).asked, 0);
  clock.advance(Millis{std::chrono::hours{1}});
  EXPECT_EQ(sweep(sweeper).asked, 1);
}

TEST_F(SweepTest, OneAddressIsAskedOnceForAllEventsAndOnceForTheContracts) {
  venue = feed::Venue(std::make_unique<OneAddressToy>(), exchange::Settings{});
  venue.universe = market::Universe({test::ToyExchange::instrument("BTC")});
  std::vector<feed::PollJob> jobs;
  for (const auto topic : {Topic::instruments, Topic::tickers, Topic::funding})
    jobs.emplace_back(topic, Millis{std::chrono::hours{1}});
  feed::Sweeper sweeper(fetcher, clock, log, sink, std::move(jobs));
  EXPECT_EQ(sweep(sweeper).asked, 2);
  EXPECT_FALSE(heard.empty()) << "the contracts' answer gives no events";
  EXPECT_EQ(log.live, 3) << "what answers another topic's question answers this one";
}

TEST_F(SweepTest, AnAddressThatFailsFailsForAllTopicsThatWantIt) {
  venue = feed::Venue(std::make_unique<OneAddressToy>(), exchange::Settings{});
  venue.universe = market::Universe({test::ToyExchange::instrument("BTC")});
  std::vector<feed::PollJob> jobs;
  for (const auto topic : {Topic::tickers, Topic::funding}) jobs.emplace_back(topic, Millis{std::chrono::hours{1}});
  feed::Sweeper sweeper(fetcher, clock, log, sink, std::move(jobs));
  status = 503;
  EXPECT_EQ(sweep(sweeper).asked, 1);
  EXPECT_EQ(log.live, 0);
  EXPECT_EQ(log.lost.size(), 2U);
  status = 200;
  EXPECT_EQ(sweep(sweeper).asked, 1) << "both are due again, in one request";
  EXPECT_EQ(log.live, 2);
}

TEST_F(SweepTest, AnHourlyPollThatFailedIsAskedAgainInTheNextSweep) {
  auto sweeper = hourly(Topic::tickers);
  status = 503;
  EXPECT_EQ(sweep(sweeper).failed, 1);
  status = 200;
  EXPECT_EQ(sweep(sweeper).asked, 1) << "else its feed stays dead for an hour";
  EXPECT_EQ(log.live, 1);
  EXPECT_EQ(sweep(sweeper).asked, 0);
}

TEST_F(SweepTest, BytesThatCannotBeReadAreAskedForAgainToo) {
  auto sweeper = hourly(Topic::tickers);
  body = "garbage";
  EXPECT_EQ(sweep(sweeper).failed, 1);
  EXPECT_EQ(sweep(sweeper).asked, 1);
}

TEST_F(SweepTest, WhatTheExchangeDoesNotKnowWaitsForItsTurn) {
  auto sweeper = hourly(Topic::tickers);
  status = 404;
  EXPECT_EQ(sweep(sweeper).failed, 1);
  EXPECT_EQ(log.lost.size(), 1U) << "a whole topic that is not there: we ask in the wrong place";
  EXPECT_EQ(sweep(sweeper).asked, 0);
}

TEST_F(SweepTest, AContractThatTheListOfIntervalsLeavesOutHasTheUsualOne) {
  auto sweeper = hourly(Topic::funding_intervals);
  body = "ETH 4";
  auto dated = test::ToyExchange::instrument("BTC-0626");
  dated.kind = market::ContractKind::future;
  venue.universe =
      market::Universe({test::ToyExchange::instrument("BTC"), test::ToyExchange::instrument("ETH"), std::move(dated)});
  (void)sweep(sweeper);
  using std::chrono::hours;
  EXPECT_EQ(intervals(),
            (std::map<std::string, std::optional<std::chrono::minutes>>{{"BTC", hours{8}}, {"ETH", hours{4}}}))
      << "and a dated contract has none";
}

struct WaysCase {
  const char* name;
  int first_status, second_status;
  std::vector<std::string> first_sweep, second_sweep;
};

TEST_F(SweepTest, WhereOneWayHasNothingTheNextIsTriedAndKept) {
  const std::vector<WaysCase> cases{
      {"the first lives", 200, 200, {"toy funding-0"}, {"toy funding-0"}},
      {"the first is gone", 404, 200, {"toy funding-0", "toy funding-1"}, {"toy funding-1"}},
      {"both are gone", 404, 404, {"toy funding-0", "toy funding-1"}, {"toy funding-1", "toy funding-0"}},
      {"the first is only down", 503, 200, {"toy funding-0"}, {"toy funding-0"}},
  };
  for (const auto& one : cases) {
    venue = feed::Venue(std::make_unique<TwoWayToy>(), exchange::Settings{});
    std::vector<std::string> asked;
    http.answer_with([&](const net::Request& request) {
      if (asked.empty() || asked.back() != request.label) asked.push_back(request.label);  // the guard retries a 503
      return test::response(request.label == "toy funding-0" ? one.first_status : one.second_status, "");
    });
    std::vector<feed::PollJob> jobs;
    jobs.emplace_back(Topic::funding, Millis{30'000});
    feed::Sweeper sweeper(fetcher, clock, log, sink, std::move(jobs));
    (void)sweep(sweeper);
    EXPECT_EQ(asked, one.first_sweep) << one.name;
    asked.clear();
    (void)sweep(sweeper);
    EXPECT_EQ(asked, one.second_sweep) << one.name;
  }
}

TEST_F(SweepTest, TheFirstWayIsTriedAgainADayLater) {
  venue = feed::Venue(std::make_unique<TwoWayToy>(), exchange::Settings{});
  http.answer_with(
      [&](const net::Request& request) { return test::response(request.label == "toy funding-0" ? status : 200, ""); });
  auto sweeper = hourly(Topic::funding);
  status = 404;
  (void)sweep(sweeper);
  status = 200;
  clock.advance(std::chrono::hours{25});
  (void)sweep(sweeper);
  EXPECT_EQ(http.sent().back().request.label, "toy funding-0");
}

TEST_F(SweepTest, LiquidationsAreAskedForFromThePollBeforeOn) {
  venue = feed::Venue(std::make_unique<TwoWayToy>(), exchange::Settings{});
  std::vector<feed::PollJob> jobs;
  jobs.emplace_back(Topic::liquidations, Millis{30'000});
  feed::Sweeper sweeper(fetcher, clock, log, sink, std::move(jobs));
  const auto from = [&] {
    const auto& url = http.sent().back().request.url;
    return base::from_ms(std::stoll(url.substr(url.find('=') + 1)));
  };
  const auto first = clock.wall_now();
  (void)sweep(sweeper);
  EXPECT_EQ(from(), first - Millis{60'000});
  status = 503;  // what was not answered is asked for again, all of it
  clock.advance(std::chrono::minutes{10});
  (void)sweep(sweeper);
  EXPECT_EQ(from(), first - Millis{60'000});
  clock.advance(std::chrono::hours{5});
  const auto late = clock.wall_now();
  (void)sweep(sweeper);
  EXPECT_EQ(from(), late - std::chrono::minutes{55}) << "no exchange answers for longer than an hour";
}

/// A poll looks back over the one before: what both bring is told once, to the bot and to those who judge the feed.
TEST_F(SweepTest, ALiquidationOfTwoPollsIsToldOnce) {
  venue = feed::Venue(std::make_unique<TwoWayToy>(), exchange::Settings{});
  venue.universe = market::Universe({test::ToyExchange::instrument("BTC")});
  std::vector<feed::PollJob> jobs;
  jobs.emplace_back(Topic::liquidations, Millis{10'000});
  feed::Sweeper sweeper(fetcher, clock, log, sink, std::move(jobs));
  body = "BTC 1000 BTC 2000";
  (void)sweep(sweeper);
  body = "BTC 2000 BTC 3000";
  (void)sweep(sweeper);
  EXPECT_EQ(heard.size(), 3U);
  EXPECT_EQ(log.content, 3U) << "else a quiet feed looks six times as busy";
  EXPECT_EQ(log.data, 3U);
}

TEST_F(SweepTest, TradesAmongLiquidationsAreForTheJudgesAlone) {
  venue = feed::Venue(std::make_unique<TwoWayToy>(), exchange::Settings{});
  venue.universe = market::Universe({test::ToyExchange::instrument("BTC")});
  std::vector<feed::PollJob> jobs;
  jobs.emplace_back(Topic::liquidations, Millis{10'000});
  feed::Sweeper sweeper(fetcher, clock, log, sink, std::move(jobs));
  body = "BTC 1000 trade";
  (void)sweep(sweeper);
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<market::Liquidation>(heard[0]));
  EXPECT_EQ(log.content, 2U);
}

TEST_F(SweepTest, SaysWhatChangedInTheListOfContracts) {
  auto sweeper = hourly(Topic::instruments);
  venue.universe = market::Universe();
  body = "BTC ETH";
  (void)sweep(sweeper);
  EXPECT_TRUE(log.contracts.empty()) << "the first list is no news";
  body = "BTC SOL";
  clock.advance(std::chrono::hours{1});
  (void)sweep(sweeper);
  EXPECT_EQ(log.contracts, (std::vector<std::string>{"gone ETH", "listed SOL"}));
}

TEST_F(SweepTest, AListOfContractsIsDataToo) {
  auto sweeper = hourly(Topic::instruments);
  body = "BTC ETH";
  (void)sweep(sweeper);
  EXPECT_EQ(log.data, 2U) << "a feed that only ever answers counts as silent";
  body = "";
  clock.advance(std::chrono::hours{1});
  (void)sweep(sweeper);
  EXPECT_EQ(log.data, 2U) << "an empty list is none";
}

/// Five contracts, all of them within five minutes: one a minute, and none is left out.
TEST_F(SweepTest, QuestionsOfEachContractAreSpreadOverTheirPeriod) {
  auto toy = std::make_unique<test::ToyExchange>();
  toy->interest_one_by_one = true;
  venue = feed::Venue(std::move(toy), exchange::Settings{});
  std::vector<feed::PollJob> jobs;
  jobs.emplace_back(Topic::open_interest, Millis{std::chrono::minutes{5}});
  jobs.back().spread = true;
  std::vector<std::string> contracts{"A", "B", "C", "D", "E"};
  feed::Sweeper sweeper(fetcher, clock, log, sink, std::move(jobs), [&] { return contracts; });
  const auto asked = [&] {
    std::string out;
    for (const auto& sent : http.sent()) out += sent.request.url.back();
    return out;
  };
  std::vector<std::string> after;
  for (int minute = 0; minute < 7; ++minute) {
    (void)sweep(sweeper);  // takes a minute
    after.push_back(asked());
  }
  EXPECT_EQ(after, (std::vector<std::string>{"A", "AB", "ABC", "ABCD", "ABCDE", "ABCDEA", "ABCDEAB"}));
  clock.advance(std::chrono::hours{1});
  (void)sweep(sweeper);
  EXPECT_EQ(asked(), "ABCDEABCDEAB") << "after a long pause each of them once";
  contracts.clear();
  EXPECT_EQ(sweep(sweeper).asked, 0);
}

}  // namespace sweep_test
