#include "common/feed/sweep.hpp"

#include "tests/unit/feed/world.hpp"

namespace {
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

}  // namespace
