// SIGNALS.md 2.4: after a cascade has closed, does the market lean back?
#include "bots/liquidation/reversal.hpp"

#include <gtest/gtest.h>

#include "tests/unit/liquidation/bench.hpp"

namespace reversal_test {

using namespace liquidation_test;
using liquidation::ReversalLack;
using liquidation::ReversalMeasure;

ReversalMeasure good() {
  ReversalMeasure m;
  m.side = PositionSide::long_side;
  m.liquidated_usd = 3'000'000;
  m.other_usd = 1'000'000;
  m.taker_buy_share = 0.61;
  m.band_position = -1;
  m.depth_lean = 1.0 / 3;
  m.price = 97;
  return m;
}

struct Case {
  const char* sentence;
  void (*change)(ReversalMeasure&);
  ReversalLack lack;
  double score;
};
class ReversalRule : public testing::TestWithParam<Case> {};

TEST_P(ReversalRule, SIG24_EachConditionDecidesAlone) {
  ReversalMeasure m = good();
  GetParam().change(m);
  EXPECT_EQ(liquidation::decide(m, {}), GetParam().lack) << GetParam().sentence;
  EXPECT_NEAR(liquidation::score_of(liquidation::factors(m, {})), GetParam().score, 1e-6) << GetParam().sentence;
}

INSTANTIATE_TEST_SUITE_P(
    Table, ReversalRule,
    testing::Values(
        Case{"all hold, each in full", [](ReversalMeasure&) {}, ReversalLack::nothing, 1},
        Case{"shorts, all mirrored",
             [](ReversalMeasure& m) {
               m.side = PositionSide::short_side;
               m.taker_buy_share = 0.39;
               m.band_position = 1;
               m.depth_lean = -1.0 / 3;
             },
             ReversalLack::nothing, 1},
        Case{"one and a half times the other side: no point for it",
             [](ReversalMeasure& m) { m.other_usd = 2'000'000; }, ReversalLack::nothing, 0.75},
        Case{"just less", [](ReversalMeasure& m) { m.other_usd = 2'000'001; }, ReversalLack::ratio, 0.75},
        Case{"nothing on the other side", [](ReversalMeasure& m) { m.other_usd = 0; }, ReversalLack::nothing, 1},
        Case{"no price", [](ReversalMeasure& m) { m.price.reset(); }, ReversalLack::price, 1},
        Case{"no depth: three are enough", [](ReversalMeasure& m) { m.depth_lean.reset(); }, ReversalLack::nothing,
             0.75},
        Case{"neither depth nor trades", [](ReversalMeasure& m) { m.depth_lean.reset(), m.taker_buy_share.reset(); },
             ReversalLack::factors, 0.5},
        Case{"takers still sell", [](ReversalMeasure& m) { m.taker_buy_share = 0.2; }, ReversalLack::nothing, 0.5},
        Case{"and the book leans with them a little",
             [](ReversalMeasure& m) { m.taker_buy_share = 0.2, m.depth_lean = 0.33; }, ReversalLack::score, 0.4975},
        Case{"back at the mean", [](ReversalMeasure& m) { m.band_position = 0; }, ReversalLack::nothing, 0.75},
        Case{"above the upper edge", [](ReversalMeasure& m) { m.band_position = 2; }, ReversalLack::nothing, 0.5},
        Case{"all against it",
             [](ReversalMeasure& m) { m.taker_buy_share = 0.3, m.band_position = 1.5, m.depth_lean = -1; },
             ReversalLack::score, -0.5}));

TEST(ReversalRule, SIG24_MissingFactorsAreNamed) {
  auto m = good();
  m.depth_lean.reset();
  m.band_position.reset();
  EXPECT_EQ(liquidation::missing_in(liquidation::factors(m, {})), "Bollinger band, depth");
}

/// A cascade of longs from 100 to 97, closed; the price is 97.2 and nothing was looked at yet.
struct Closed {
  Bench bench;
  Closed() {
    for (int back = 40; back > 0; --back) {
      market::Candle c;
      c.exchange = "bybit";
      c.symbol = "PEPEUSDT";
      c.opened_at = start - back * 1min;
      c.length = 1min;
      c.open = c.close = back % 2 == 0 ? 100.1 : 99.9;
      c.high = 100.5;
      c.low = 99.5;
      c.closed = true;
      c.received_at = c.opened_at + 61s;
      (void)bench.feed(c);
    }
    bench.price(start, 97);
    for (int n = 0; n < 6; ++n)
      (void)bench.feed(event(start + n * 1s, n == 3 ? 120'000 : 20'000, n == 3 ? "binance" : "bybit"));
    (void)bench.feed(event(start + 6s, 10'000, "bybit", PositionSide::short_side));
    bench.price(start + 180s, 97.2);
    const auto closed = bench.tick(start + 190s);
    EXPECT_EQ(closed.size(), 1U);
    EXPECT_EQ(closed.at(0).phase, Phase::close);
  }
  Findings trades(double buys, double sells) {
    Findings out;
    for (const auto side : {market::TakerSide::buy, market::TakerSide::sell}) {
      market::Trade t;
      t.exchange = "bybit";
      t.symbol = "PEPEUSDT";
      t.side = side;
      t.price = 97.2;
      t.usd = side == market::TakerSide::buy ? buys : sells;
      t.at = start + 185s;
      t.received_at = start + 192s;
      const auto found = bench.feed(t);
      out.insert(out.end(), found.begin(), found.end());
    }
    return out;
  }
  Findings book(double bids, double asks) {
    market::Depth depth;
    depth.exchange = "bybit";
    depth.symbol = "PEPEUSDT";
    depth.bids = {{97.19, bids}};
    depth.asks = {{97.21, asks}};
    depth.received_at = start + 193s;
    return bench.feed(depth);
  }
};

TEST(Reversal, SIG24_IsJudgedAsSoonAsTheBookWasLookedAt) {
  Closed closed;
  EXPECT_TRUE(closed.trades(700, 300).empty()) << "the book comes next";
  const auto found = closed.book(10, 4);
  ASSERT_EQ(found.size(), 1U);
  const auto& finding = found[0];
  EXPECT_TRUE(finding.fires) << finding.missing;
  EXPECT_EQ(finding.kind, "reversal");
  EXPECT_EQ(finding.direction, desk::Direction::long_side) << "against the cascade";
  EXPECT_TRUE(finding.needs_direction);
  EXPECT_EQ(finding.at, start + 193s);
  EXPECT_DOUBLE_EQ(finding.strength, 1);
  EXPECT_EQ(finding.key, "reversal/PEPE/long");
  EXPECT_DOUBLE_EQ(*measured(finding, "side_ratio"), 22);
  ASSERT_TRUE(finding.setup);
  EXPECT_EQ(finding.setup->exchange, "binance") << "the contract of which the most was liquidated";
  EXPECT_EQ(finding.setup->symbol, "1000PEPEUSDT");
  EXPECT_DOUBLE_EQ(finding.setup->price, 97'200) << "in that contract's unit";
  EXPECT_FALSE(finding.setup->atr_1h);
  EXPECT_EQ(finding.setup->factors.size(), 4U);
  EXPECT_EQ(base::visible_text(finding.message().str()),
            "🔁 PEPE long setup · $220k of longs liquidated · binance 1000PEPEUSDT at 97200\n"
            "Score 1.00 of 1\n• longs ×22.0 of the other side (+1.0)\n• takers bought 70% in a minute (+1.0)\n"
            "• price outside its Bollinger band (+1.0)\n• book 71% bids within 25 bps (+1.0)\n"
            "The cascade: 2025-10-06 00:00:00–00:03:10 UTC\n"
            "Rule: sides ≥ ×1.5, score ≥ 0.5 with ≥ 3 of 4 measured");
  EXPECT_TRUE(closed.book(10, 4).empty()) << "once";
  EXPECT_TRUE(closed.bench.tick(start + 300s).empty());
}

TEST(Reversal, SIG24_AMarketThatDoesNotLeanBackIsNoSetup) {
  Closed closed;
  (void)closed.trades(200, 800);
  const auto found = closed.book(2, 10);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_FALSE(found[0].fires);
  EXPECT_EQ(found[0].missing, "score");
  EXPECT_FALSE(found[0].setup);
  EXPECT_DOUBLE_EQ(found[0].strength, 0) << "two for, two against";
}

TEST(Reversal, SIG24_WithoutALookItIsJudgedByWhatIsKnownAfterHalfAMinute) {
  Closed closed;
  EXPECT_EQ(closed.bench.detector.due(), base::WallTime::min()) << "somebody must call";
  EXPECT_TRUE(closed.bench.tick(start + 219s).empty());
  const auto found = closed.bench.tick(start + 220s);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].missing, "factors_known");
  EXPECT_DOUBLE_EQ(*measured(found[0], "factors_known"), 2);
  EXPECT_EQ(closed.bench.detector.due(), desk::never);
}

TEST(Reversal, SIG24_AFreshCascadeOfTheSameSideIsNoReversal) {
  Closed closed;
  closed.bench.price(start + 194s, 94);
  for (int n = 0; n < 6; ++n) (void)closed.bench.feed(event(start + 195s + n * 1s, 50'000));
  EXPECT_TRUE(closed.book(10, 4).empty()) << "it goes on";
  EXPECT_TRUE(closed.bench.tick(start + 260s).empty());
}

TEST(Reversal, SIG24_TheLookOfTheOpeningIsNotTheLookBack) {
  Bench bench;
  (void)cascade(bench, start);
  market::Depth depth;
  depth.exchange = "bybit";
  depth.symbol = "PEPEUSDT";
  depth.bids = {{96.99, 10}};
  depth.asks = {{97.01, 1}};
  depth.received_at = start + 8s;
  EXPECT_TRUE(bench.feed(depth).empty());
  bench.price(start + 180s, 97);
  (void)bench.tick(start + 185s);
  const auto found = bench.tick(start + 215s);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_FALSE(measured(found[0], "depth_lean"));
}

market::OpenInterest interest(base::WallTime at, const std::string& exchange, double base) {
  market::OpenInterest out;
  out.exchange = exchange;
  out.symbol = exchange == "binance" ? "1000PEPEUSDT" : "PEPEUSDT";
  out.base = base;
  out.at = at;
  out.received_at = at + 1s;
  return out;
}

TEST(Reversal, SIG22_TheCascadeSaysHowOpenInterestChanged) {
  Bench bench;
  const auto text = [](const desk::Finding& finding) { return base::visible_text(finding.message().str()); };
  (void)bench.feed(interest(start - 31min, "okx", 100));  // not listed under this name
  (void)bench.feed(interest(start - 31min, "binance", 70));
  (void)bench.feed(interest(start - 4min, "bybit", 90'000));
  (void)bench.feed(interest(start - 3min, "binance", 60));  // thousands
  const auto first = cascade(bench, start);
  EXPECT_EQ(text(first).find("Open interest"), std::string::npos) << "nothing is known of now";
  EXPECT_FALSE(measured(first, "open_interest_change"));
  (void)bench.feed(interest(start + 20s, "binance", 57));
  const auto one = *of_kind(bench.feed(event(start + 21s, 1'000)), "cascade");
  EXPECT_DOUBLE_EQ(*measured(one, "open_interest_change_coins"), -3'000);
  EXPECT_DOUBLE_EQ(*measured(one, "open_interest_change"), -0.05);
  EXPECT_NE(text(one).find("Open interest −5.0% since before (−3,000 PEPE, −$291k) on 1 contract"), std::string::npos)
      << text(one);
  (void)bench.feed(interest(start + 40s, "bybit", 90'300));
  const auto both = *of_kind(bench.feed(event(start + 41s, 1'000)), "cascade");
  EXPECT_DOUBLE_EQ(*measured(both, "open_interest_change"), -0.018);
  EXPECT_NE(text(both).find("on 2 contracts"), std::string::npos);
}

TEST(AssetInterest, SIG22_WhatIsOlderThanHalfAnHourIsNotWhatWasBefore) {
  liquidation::AssetInterest all;
  const auto listed = instrument("bybit", "PEPEUSDT", "PEPE", "PEPE", 1);
  all.hear(interest(start - 30min - 1s, "bybit", 100), listed);
  all.hear(interest(start + 1s, "bybit", 90), listed);
  EXPECT_FALSE(all.since(start, 97));
  EXPECT_DOUBLE_EQ(all.since(start - 1s, std::nullopt)->share, -0.1);
  EXPECT_FALSE(all.since(start - 1s, std::nullopt)->usd) << "no price";
  EXPECT_FALSE(all.since(start + 1s, 97)) << "nothing newer";
}

TEST(Whynot, NamesTheNewestLookOfEachRule) {
  Closed closed;
  EXPECT_TRUE(closed.bench.detector.last_evaluations("BTC").empty());
  (void)closed.bench.tick(start + 220s);
  const auto all = closed.bench.detector.last_evaluations("PEPE");
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].kind, "large_print");
  EXPECT_EQ(all[0].missing, "usd");
  EXPECT_EQ(all[1].kind, "cascade of longs");
  EXPECT_TRUE(all[1].missing.empty()) << "it fired: " << all[1].missing;
  EXPECT_EQ(all[2].kind, "reversal of longs");
  EXPECT_EQ(all[2].missing, "factors_known");
  EXPECT_EQ(all[3].kind, "cascade of shorts");
  EXPECT_EQ(all[3].missing, "sum_60s_usd");
  EXPECT_EQ(desk::distance(all[3].conditions.at(0)), 0.9) << "$10k of $100k";
}

}  // namespace reversal_test
