// What the detector does with the events themselves: repeats, late and broken ones, order, stores, limits.
#include <algorithm>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "tests/unit/liquidation/bench.hpp"

namespace events_test {

using namespace liquidation_test;

TEST(LiquidationDetector, TheSameEventCountsOnce) {
  Bench bench;
  auto e = event(start, 2'000'000);
  EXPECT_EQ(bench.feed(e).size(), 2U);
  e.received_at += 30s;
  EXPECT_TRUE(bench.feed(e).empty());
}

TEST(LiquidationDetector, AnOldEventTeachesAndNeverFires) {
  Bench bench;
  auto e = event(start, 5'000'000);
  e.received_at = start + 2min + 1ms;
  for (const auto& finding : bench.feed(e)) {
    EXPECT_FALSE(finding.fires);
    EXPECT_NE(finding.missing.find("late"), std::string::npos);
  }
}

TEST(LiquidationDetector, EventsWithoutASizeOrASideAreNotGuessed) {
  Bench bench;
  auto e = event(start, 2'000'000);
  e.usd.reset();
  e.base.reset();
  EXPECT_TRUE(bench.feed(e).empty());
  e = event(start, std::nan(""));
  EXPECT_TRUE(bench.feed(e).empty());
  e = event(start, 2'000'000);
  e.side.reset();
  const auto found = bench.feed(e);
  ASSERT_EQ(found.size(), 1U) << "no cascade without a side";
  EXPECT_TRUE(found[0].fires);
  EXPECT_NE(base::visible_text(found[0].message().str()).find("side not known"), std::string::npos);
}

TEST(LiquidationDetector, ALeadingClockDoesNotMakeTheOthersOld) {
  Bench bench;
  auto e = event(start + 1h, 50'000, "okx");
  e.received_at = start;
  (void)bench.feed(e);
  EXPECT_NEAR(minute_sum(*of_kind(bench.feed(event(start + 1s, 60'000)), "cascade")), 110'000, 1);
}

TEST(LiquidationDetector, OrderOfReceiptWithinAMinuteDoesNotChangeTheSums) {
  std::vector<market::Liquidation> events;
  for (int n = 0; n < 12; ++n) events.push_back(event(start + n * 2s, 20'000 + n, n % 2 == 0 ? "bybit" : "okx"));
  std::mt19937_64 random(2);
  for (int round = 0; round < 5; ++round) {
    Bench bench;
    bench.candles(start);
    bench.price(start, 97);
    for (const auto& e : events) (void)bench.feed(e);
    const auto last = of_kind(bench.feed(event(start + 30s, 1)), "cascade");
    EXPECT_NEAR(minute_sum(*last), 240'067, 0.01);
    EXPECT_TRUE(last->fires);
    std::shuffle(events.begin(), events.end(), random);
  }
}

TEST(LiquidationDetector, APrefixGivesTheSameFindings) {
  std::vector<market::Event> tape;
  for (int n = 0; n < 400; ++n) {
    const auto at = start + n * 7s;
    const bool burst = n % 60 > 50;
    tape.emplace_back(event(at, burst ? 90'000 : 800, n % 3 == 0 ? "okx" : "bybit",
                            n % 4 == 0 ? PositionSide::short_side : PositionSide::long_side));
  }
  const auto run = [&](std::size_t count) {
    Bench bench;
    bench.candles(start);
    std::string seen;
    std::size_t fired = 0;
    for (std::size_t at = 0; at < count; ++at) {
      bench.price(market::received_at(tape[at]), 100 - 0.2 * static_cast<double>(at));
      Findings out = bench.feed(tape[at]);
      bench.detector.on_time(market::received_at(tape[at]), out);
      for (const auto& f : out) {
        seen += f.kind + f.event_id + (f.fires ? "!" : "?") + std::to_string(f.strength) + f.missing + "\n";
        if (f.fires) ++fired, seen += f.message().str();
      }
    }
    EXPECT_TRUE(count < tape.size() || fired > 20) << fired;
    return seen;
  };
  const std::string whole = run(tape.size());
  for (const std::size_t cut : {40U, 120U, 333U}) EXPECT_TRUE(whole.starts_with(run(cut)));
  EXPECT_EQ(whole, run(tape.size()));
}

TEST(LiquidationDetector, PopulationsSurviveAStore) {
  Bench first;
  auto at = start - 100h;
  for (int n = 0; n < 450; ++n, at += 10min) (void)first.feed(event(at, 800'000));
  const auto blob = first.detector.save("PEPE");
  ASSERT_TRUE(blob);
  Bench second;
  ASSERT_TRUE(second.detector.restore("PEPE", *blob));
  EXPECT_FALSE(of_kind(second.feed(event(start, 1'200'000)), "large_print")->fires);
  EXPECT_FALSE(second.detector.restore("PEPE", blob->substr(0, 40)));
  EXPECT_FALSE(second.detector.restore("PEPE", "nonsense"));
  EXPECT_FALSE(second.detector.save("BTC"));
}

TEST(LiquidationDetector, AssetsAreBounded) {
  liquidation::Settings settings = Bench::small_floors();
  settings.assets_max = 1;
  Bench bench(settings);
  EXPECT_FALSE(bench.feed(event(start, 5'000)).empty());
  auto unlisted = event(start, 5'000);
  unlisted.symbol = "OTHERUSDT";
  EXPECT_TRUE(bench.feed(unlisted).empty());
}

}  // namespace events_test
