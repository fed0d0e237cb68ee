// SIGNALS.md 3.4 and 3.5: intervals that change, rates at their limits, calm hours, clocks that stand still.
#include "bots/funding/clock.hpp"

#include <gtest/gtest.h>

#include "bots/funding/message.hpp"
#include "tests/unit/funding/bench.hpp"

namespace clock_test {

using namespace funding_test;
using funding::CalmLack;
using funding::CalmMeasure;
using funding::LimitLack;
using funding::LimitMeasure;

TEST(LimitRule, SIG34_Table) {
  struct Row {
    double rate;
    std::optional<double> cap, floor;
    bool said;
    LimitLack lack;
  };
  const auto none = std::nullopt;
  for (const Row& row :
       {Row{0.02, 0.02, -0.02, false, LimitLack::nothing}, Row{-0.02, 0.02, -0.02, false, LimitLack::nothing},
        Row{0.019999, 0.02, -0.02, false, LimitLack::nothing}, Row{0.01999, 0.02, -0.02, false, LimitLack::share},
        Row{-0.01999, 0.02, -0.02, false, LimitLack::share}, Row{0.02, 0.02, -0.02, true, LimitLack::said},
        Row{0.02, none, -0.02, false, LimitLack::no_limit}, Row{-0.02, 0.02, none, false, LimitLack::no_limit},
        Row{0, 0.02, -0.02, false, LimitLack::no_limit}, Row{-0.02, 0.02, 0.01, false, LimitLack::no_limit}})
    EXPECT_EQ(funding::decide(LimitMeasure{row.rate, row.cap, row.floor, row.said}), row.lack) << row.rate;
}

TEST(CalmRule, SIG34_Table) {
  for (const auto& [periods, said, lack] :
       {std::tuple{11U, false, CalmLack::periods}, std::tuple{12U, false, CalmLack::nothing},
        std::tuple{15U, false, CalmLack::nothing}, std::tuple{15U, true, CalmLack::said},
        std::tuple{16U, false, CalmLack::over}})
    EXPECT_EQ(funding::decide(CalmMeasure{periods, said}, {}), lack) << periods;
}

TEST(IntervalWatch, SIG34_ALongerTimeBetweenSettlementsIsBelievedWhenItIsSeenTwice) {
  funding::IntervalWatch watch;
  EXPECT_FALSE(watch.spaced(480min)) << "the first is no change";
  EXPECT_FALSE(watch.spaced(480min));
  EXPECT_EQ(watch.spaced(240min), minutes(480)) << "shorter: none can be missing";
  EXPECT_FALSE(watch.spaced(480min)) << "one may be missing";
  EXPECT_FALSE(watch.spaced(240min));
  EXPECT_FALSE(watch.spaced(480min)) << "again, but not in a row";
  EXPECT_EQ(watch.spaced(480min), minutes(240));
  EXPECT_EQ(watch.stated(60min), minutes(480));
  EXPECT_FALSE(watch.stated(60min));
  EXPECT_EQ(watch.stated(240min), minutes(60)) << "who states it is believed";
}

TEST(FundingClock, SIG34_AChangedIntervalIsToldOnce) {
  Bench bench;
  const Contract of{"bybit", "XUSDT"};
  EXPECT_FALSE(bench.feed(running(of, start + 1h, 0.0004, 480min), "funding_interval")) << "the first is no change";
  EXPECT_FALSE(bench.feed(running(of, start + 2h, 0.0004, 480min), "funding_interval"));
  const auto found = bench.feed(running(of, start + 9h, 0.0004, 60min), "funding_interval");
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->fires);
  EXPECT_EQ(found->key, "funding_interval/bybit/XUSDT");
  EXPECT_EQ(base::visible_text(found->message().str()),
            "⏱ XUSDT funding now every 1h, was every 8h · bybit · longs pay shorts\n"
            "Rate +0.0400% every 1h · 8h +0.320% · APR +350%\n"
            "Settles 10:00 UTC, 1h after this was seen\n"
            "Seen 2025-10-06 09:00:00 UTC");
  EXPECT_FALSE(bench.feed(running(of, start + 9h + 1min, 0.0004, 60min), "funding_interval"));
}

TEST(FundingClock, SIG34_AListThatLagsBehindTheStepDoesNotTurnItBack) {
  Bench bench;
  const Contract of;
  (void)bench.feed(listed(of, start, 480min));
  const auto unstated = [&](base::WallTime at, base::WallTime settles_at) {
    auto event = running(of, at, 0.0004, std::nullopt);
    event.settles_at = settles_at;
    return bench.feed(event, "funding_interval");
  };
  EXPECT_FALSE(unstated(start + 7h, start + 8h));
  EXPECT_TRUE(unstated(start + 8h + 1min, start + 9h)) << "every hour from now on";
  (void)bench.feed(listed(of, start + 8h + 30min, 480min));
  EXPECT_FALSE(unstated(start + 8h + 31min, start + 9h)) << "the list is an hour old";
  (void)bench.feed(listed(of, start + 10h + 2min, 480min));
  EXPECT_TRUE(unstated(start + 10h + 3min, start + 16h)) << "two hours later it counts again";
}

TEST(FundingClock, SIG34_SettlementsAloneTellAChange) {
  Bench bench;
  const Contract of;
  auto at = start;
  const auto settle = [&](base::Millis after) {
    at += after;
    return bench.feed(settled(of, at, 0.0004), "funding_interval");
  };
  for (int n = 0; n < 5; ++n) EXPECT_FALSE(settle(8h));
  const auto found = settle(4h);
  ASSERT_TRUE(found);
  EXPECT_EQ(measured(found->evidence, "interval_h"), 4);
  EXPECT_EQ(measured(found->evidence, "interval_before_h"), 8);
  EXPECT_FALSE(settle(8h)) << "one may be missing";
  EXPECT_TRUE(settle(8h));
}

TEST(FundingClock, SIG34_ARateAtItsCapOrFloorIsToldOnceUntilItHasLeftIt) {
  Bench bench;
  const Contract of;
  EXPECT_FALSE(bench.feed(running(of, start + 1min, 0.02, 480min), "funding_limit")) << "no limit is known";
  auto limits = listed(of, start, 480min);
  limits.cap = 0.02;
  limits.floor = -0.03;
  (void)bench.feed(limits);
  struct Step {
    double rate;
    bool fires;
  };
  auto at = start + 2min;
  for (const Step& step :
       {Step{0.0199, false}, Step{0.02, true}, Step{0.02, false}, Step{0.0181, false}, Step{0.02, false},
        Step{0.0179, false}, Step{0.02, true}, Step{-0.02, false}, Step{-0.03, true}}) {
    const auto found = bench.feed(running(of, at += 1min, step.rate, 480min), "funding_limit");
    ASSERT_TRUE(found) << step.rate;
    EXPECT_EQ(found->fires, step.fires) << step.rate << " " << found->missing;
    if (step.rate > -0.025) continue;
    EXPECT_EQ(base::visible_text(found->message().str()),
              "🧱 XUSDT funding at its floor −3.0000% · binance · shorts pay longs\n"
              "Rate −3.0000% every 8h · 8h −3.000% · APR −3285%\n"
              "Settles 08:00 UTC, 7h 49m after this was seen\n"
              "It goes no further, whatever the premium. Limits: −3.0000% to +2.0000%\n"
              "Seen 2025-10-06 00:11:00 UTC\n"
              "Rule: the rate stands at its limit; again after it has left it by a tenth");
  }
}

TEST(FundingClock, SIG34_TwelveOfSixteenCalmHoursAreToldOnce) {
  Bench bench;
  const Contract of;
  auto at = start;
  const auto settle = [&](double rate, base::Millis after = 1h) {
    at += after;
    return bench.feed(settled(of, at, rate), "funding_calm");
  };
  EXPECT_FALSE(settle(0.0001)) << "nobody knows yet that it settles hourly";
  for (int n = 1; n < 12; ++n) {
    const auto found = settle(n % 2 == 0 ? 0.00025 : -0.00025);
    ASSERT_TRUE(found);
    EXPECT_FALSE(found->fires) << n;
    EXPECT_EQ(found->strength, n);
  }
  const auto found = settle(0.0001);
  ASSERT_TRUE(found->fires) << found->missing;
  EXPECT_TRUE(found->silent);
  EXPECT_EQ(
      base::visible_text(found->message().str()),
      "🕓 XUSDT hourly funding calm 12 of 16 times · binance · every 4h again from about 17:00 UTC if it stays calm\n"
      "Last settled +0.0100% at 2025-10-06 13:00:00 UTC\n"
      "Rule of the exchange: 16 hourly settlements in a row of at most 0.025%");
  EXPECT_EQ(settle(0.0001)->missing, "said already of this run");
  EXPECT_FALSE(settle(0.00026)) << "not calm: none in a row";
  for (int n = 1; n < 12; ++n) EXPECT_FALSE(settle(0)->fires);
  EXPECT_TRUE(settle(0)->fires) << "another run";
  EXPECT_FALSE(settle(0, 2h)) << "an hour is missing";
}

TEST(FundingClock, SIG34_OnlyBinanceCountsCalmHours) {
  Bench bench;
  for (int n = 0; n < 14; ++n)
    EXPECT_FALSE(bench.feed(settled({"bybit", "XUSDT"}, start + n * 1h, 0.0001), "funding_calm"));
}

TEST(FundingClock, SIG35_ANextSettlementThatStandsStillForTwoMinutesSilencesTheContract) {
  Bench bench;
  const Contract of;
  for (int n = 0; n < 40; ++n) {
    auto past = settled(of, start - n * 8h, 0.0001 + 0.00001 * (n % 3));
    past.received_at = start + 1h;
    (void)bench.feed(past);
  }
  (void)bench.feed(running(of, start + 6h, 0.0001, 480min));
  auto frozen = running(of, start + 7h + 59min, 0.004, 480min);  // its clock stands still
  frozen.received_at = start + 8h + 2min - 1ms;
  EXPECT_TRUE(bench.feed(frozen, "funding_extreme")->fires) << "seconds after a settlement that is usual";
  auto other = frozen;
  other.symbol = "YUSDT";
  frozen.received_at = start + 8h + 2min;
  const auto found = bench.feed(frozen);
  ASSERT_EQ(found.size(), 1U) << "no other rule judges it";
  EXPECT_FALSE(found[0].fires);
  EXPECT_EQ(found[0].missing, "stale: next funding time is in the past");
  const auto why = bench.detector.last_evaluations("XUSDT");
  ASSERT_EQ(why.size(), 1U);
  EXPECT_EQ(why[0].missing, "stale: next funding time is in the past");
  (void)bench.feed(running(of, start + 9h, 0.0001, 480min));
  EXPECT_EQ(bench.detector.last_evaluations("XUSDT")[0].missing, "apr") << "it moves again";
}

TEST(FundingSetup, SIG31_OpenInterestThatGrewConfirmsAndTheTrendIsListedAsMissing) {
  const auto score = [](double change) { return *funding::factors(change, {})[0].score; };
  EXPECT_DOUBLE_EQ(score(0.05), 1);
  EXPECT_DOUBLE_EQ(score(0.5), 1);
  EXPECT_DOUBLE_EQ(score(0.025), 0.5);
  EXPECT_DOUBLE_EQ(score(-0.1), -1);
  EXPECT_FALSE(funding::factors(std::nullopt, {})[0].score);
  EXPECT_EQ(funding::factors(0.1, {})[1].name, "EMA trend");
  EXPECT_FALSE(funding::factors(0.1, {})[1].score);
}

TEST(FundingSetup, SIG31_AnExtremeCarriesItsContractItsMarkPriceAndItsFactors) {
  Bench bench;
  const Contract of;
  for (int n = 0; n < 40; ++n) {
    auto past = settled(of, start - n * 8h, 0.0001);
    past.received_at = start + 1h;
    (void)bench.feed(past);
  }
  const auto interest = [&](base::WallTime at, double coins) {
    market::OpenInterest event;
    event.exchange = of.exchange;
    event.symbol = of.symbol;
    event.base = coins;
    event.received_at = at;
    (void)bench.feed(event);
  };
  (void)bench.feed(running(of, start + 1h, 0.0001, 480min));
  for (int hour = 1; hour <= 26; ++hour) interest(start + hour * 1h, hour < 20 ? 1'000 : 1'072);
  auto event = running(of, start + 26h, 0.002, 480min);
  EXPECT_FALSE(bench.feed(event, "funding_extreme")->setup) << "no price, nothing to trade on";
  event = running(of, start + 33h, 0.002, 480min);
  event.mark = 12.5;
  interest(start + 33h, 1'072);
  auto found = bench.feed(event, "funding_extreme");
  ASSERT_TRUE(found->fires) << found->missing;
  ASSERT_TRUE(found->setup);
  EXPECT_EQ(found->setup->exchange, "binance");
  EXPECT_EQ(found->setup->symbol, "XUSDT");
  EXPECT_EQ(found->setup->price, 12.5);
  EXPECT_FALSE(found->setup->atr_1h);
  EXPECT_EQ(found->setup->factors.at(0).score, 1) << "7.2 % more than 24 h before";
  EXPECT_NE(base::visible_text(found->message().str()).find("Open interest +7.2% in 24 h (in coins): confirms"),
            std::string::npos);
}

}  // namespace clock_test
