#include <cmath>

#include <gtest/gtest.h>

#include "tests/unit/liquidation/bench.hpp"

namespace detector_test {

using namespace liquidation_test;

TEST(LiquidationDetector, SIG22_ACascadeOpensOnceAllConditionsHold) {
  Bench bench;
  const auto found = cascade(bench, start);
  EXPECT_TRUE(found.fires) << found.missing;
  EXPECT_EQ(found.phase, Phase::update);
  EXPECT_EQ(found.subject, "PEPE");
  EXPECT_EQ(found.key, "cascade/PEPE/long");
  EXPECT_NEAR(minute_sum(found), 150'000, 1);
  EXPECT_TRUE(found.missing.empty());
}

/// SIGNALS.md 7: usd, by which candidates are ranked; the third event of a run says more than its own size.
TEST(LiquidationDetector, SIG7_TheStrengthIsTheRunsUsdAndGrowsTenfoldByItsThirdEvent) {
  Bench bench;
  const auto strength = [&](base::WallTime at) { return of_kind(bench.feed(event(at, 10'000)), "cascade")->strength; };
  EXPECT_NEAR(strength(start), 10'000, 1e-6);
  EXPECT_NEAR(strength(start + 50s), 20'000 * std::sqrt(10), 1e-6);
  EXPECT_NEAR(strength(start + 100s), 300'000, 1e-6);
  EXPECT_NEAR(strength(start + 110s), 400'000, 1e-6);
  EXPECT_NEAR(strength(start + 171s), 10'000, 1e-6) << "after a lull of more than a minute another run begins";
}

TEST(LiquidationDetector, SIG22_EveryEventIsACandidateAndNamesWhatIsMissing) {
  Bench bench;
  bench.candles(start);
  bench.price(start, 97);
  std::string seen;
  for (int n = 0; n < 6; ++n) {
    const auto found = of_kind(bench.feed(event(start + n * 1s, 25'000)), "cascade");
    ASSERT_TRUE(found);
    seen += found->fires ? (found->phase == Phase::open ? "open " : "on ") : found->missing + " ";
  }
  EXPECT_EQ(seen, "sum_60s_usd sum_60s_usd sum_60s_usd events_60s or exchanges_60s open on ");
}

TEST(LiquidationDetector, SIG22_TwoExchangesAreBroadEnough) {
  Bench bench;
  bench.candles(start);
  bench.price(start, 97);
  EXPECT_FALSE(of_kind(bench.feed(event(start, 90'000, "bybit")), "cascade")->fires);
  const auto found = of_kind(bench.feed(event(start + 1s, 90'000, "binance")), "cascade");
  EXPECT_TRUE(found->fires) << found->missing;
  EXPECT_EQ(found->phase, Phase::open);
  const std::string text = base::visible_text(found->message().str());
  EXPECT_NE(text.find("2 exchanges"), std::string::npos) << text;
  EXPECT_NE(text.find("binance saturated 1/60 s"), std::string::npos) << text;
}

TEST(LiquidationDetector, SIG22_APriceThatStoodStillKeepsItShut) {
  Bench bench;
  bench.candles(start);
  desk::Finding last;
  for (int n = 0; n < 8; ++n) last = *of_kind(bench.feed(event(start + n * 1s, 50'000)), "cascade");
  EXPECT_FALSE(last.fires);
  EXPECT_EQ(last.missing, "price move in the forced direction");
}

TEST(LiquidationDetector, SIG22_WithoutCandlesTheEventsOwnPricesCountAndItSaysSo) {
  Bench bench;
  desk::Finding last;
  for (int n = 0; n < 6; ++n) {
    auto e = event(start + n * 1s, 30'000);
    e.price = 100 - n;
    last = *of_kind(bench.feed(e), "cascade");
  }
  EXPECT_TRUE(last.fires);
  EXPECT_NE(last.missing.find("no ATR"), std::string::npos);
  EXPECT_NE(base::visible_text(last.message().str()).find("the liquidations' own prices"), std::string::npos);
}

TEST(LiquidationDetector, SIG22_WithoutAnyPriceTheConditionIsMissingNotFalse) {
  Bench bench;
  desk::Finding last;
  for (int n = 0; n < 6; ++n) {
    auto e = event(start + n * 1s, 30'000);
    e.price = 0;
    last = *of_kind(bench.feed(e), "cascade");
  }
  EXPECT_TRUE(last.fires);
  EXPECT_EQ(last.missing, "price move: no price known");
}

TEST(LiquidationDetector, SIG22_TheTierRisesAndStays) {
  Bench bench;
  (void)cascade(bench, start);
  EXPECT_EQ(of_kind(bench.feed(event(start + 10s, 160'000)), "cascade")->tier, 2);
  EXPECT_EQ(of_kind(bench.feed(event(start + 11s, 700'000)), "cascade")->tier, 3);
  const auto later = of_kind(bench.feed(event(start + 100s, 400'000)), "cascade");
  EXPECT_EQ(later->tier, 3);
  EXPECT_EQ(later->phase, Phase::update);
}

TEST(LiquidationDetector, SIG22_ItClosesAfterTwoMinutesBelowAQuarterOfItsPeak) {
  Bench bench;
  (void)cascade(bench, start);  // the sum of 60 s falls below a quarter when the fifth print is a minute old: 64 s
  EXPECT_TRUE(bench.tick(start + 183s).empty());
  const auto found = bench.tick(start + 184s + 100ms);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].phase, Phase::close);
  EXPECT_TRUE(found[0].fires);
  EXPECT_EQ(found[0].missing, "not sampled: depth, trades");
  EXPECT_NEAR(found[0].strength, 150'000, 1);
  EXPECT_NE(base::visible_text(found[0].message().str()).find("over"), std::string::npos);
  const auto after = bench.tick(start + 300s);
  ASSERT_EQ(after.size(), 1U) << "a look back, and no more";
  EXPECT_EQ(after[0].kind, "reversal");
  EXPECT_TRUE(bench.tick(start + 600s).empty());
}

TEST(LiquidationDetector, SIG22_ATrickleDoesNotKeepItOpenAndAnewCascadeIsAnewEpisode) {
  Bench bench;
  (void)cascade(bench, start);
  for (int n = 1; n <= 17; ++n) (void)bench.feed(event(start + n * 10s, 1'000));
  const auto next = bench.feed(event(start + 190s, 1'000));
  ASSERT_EQ(next.size(), 3U) << "large print candidate, close, cascade candidate";
  EXPECT_EQ(next[1].phase, Phase::close);
  EXPECT_FALSE(next[2].fires);
}

TEST(LiquidationDetector, SIG22_TheTwoSidesAreEpisodesOfTheirOwn) {
  Bench bench;
  const auto longs = cascade(bench, start);
  EXPECT_TRUE(longs.fires);
  const auto shorts = of_kind(bench.feed(event(start + 8s, 150'000, "bybit", PositionSide::short_side)), "cascade");
  EXPECT_FALSE(shorts->fires);
  EXPECT_EQ(shorts->key, "cascade/PEPE/short");
  const auto again = of_kind(bench.feed(event(start + 9s, 1'000)), "cascade");
  EXPECT_NE(base::visible_text(again->message().str()).find("Shorts meanwhile $150k"), std::string::npos);
}

TEST(LiquidationDetector, SIG22_OwnMinutesRaiseTheLevel) {
  Bench bench;
  auto at = start - 120min;
  for (int n = 0; n < 60; ++n, at += 2min) (void)bench.feed(event(at, 60'000));
  const auto quiet = cascade(bench, start);
  EXPECT_FALSE(quiet.fires) << "three times $60k is asked";
  const auto found = of_kind(bench.feed(event(start + 7s, 50'000)), "cascade");
  EXPECT_TRUE(found->fires) << found->missing;
  EXPECT_NEAR(*found->evidence.front().threshold, 180'000, 1'000);
}

TEST(LiquidationDetector, SIG23_AnEpisodeOverALostFeedDoesNotReadSilenceAsCalm) {
  Bench bench;
  (void)cascade(bench, start);
  bench.detector.feed_state("bybit", liquidation::FeedState::dead);
  EXPECT_TRUE(bench.tick(start + 200s).empty());
  market::Gap gap;
  gap.exchange = "bybit";
  gap.topic = market::Topic::liquidations;
  gap.from = start + 10s;
  gap.to = start + 240s;
  EXPECT_TRUE(bench.feed(gap).empty());
  bench.detector.feed_state("bybit", liquidation::FeedState::live);
  EXPECT_TRUE(bench.tick(start + 350s).empty()) << "110 s after the feed came back";
  const auto found = bench.tick(start + 361s);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].phase, Phase::close);
  EXPECT_NE(found[0].missing.find("coverage"), std::string::npos);
  const std::string text = base::visible_text(found[0].message().str());
  EXPECT_NE(text.find("≥ $150k"), std::string::npos) << text;
  EXPECT_NE(text.find("gap within 5 min: bybit"), std::string::npos) << text;
}

TEST(LiquidationDetector, SIG23_AFeedThatStaysLostEndsItBlind) {
  Bench bench;
  (void)cascade(bench, start);
  bench.detector.feed_state("bybit", liquidation::FeedState::dead);
  EXPECT_TRUE(bench.tick(start + 10min).empty());
  const auto found = bench.tick(start + 17min);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NE(found[0].missing.find("coverage"), std::string::npos);
  EXPECT_NE(base::visible_text(found[0].message().str()).find("0/1 exchanges live · bybit not heard"),
            std::string::npos);
}

TEST(LiquidationDetector, SIG23_AnotherExchangesGapDoesNotHoldItOpen) {
  Bench bench;
  (void)cascade(bench, start);
  bench.detector.feed_state("okx", liquidation::FeedState::dead);
  const auto found = bench.tick(start + 185s);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NE(base::visible_text(found[0].message().str()).find("1/2 exchanges live · okx not heard"), std::string::npos);
}

TEST(LiquidationDetector, SIG21_ALargePrintFires) {
  Bench bench;
  const auto small = of_kind(bench.feed(event(start, 999'999)), "large_print");
  ASSERT_TRUE(small);
  EXPECT_FALSE(small->fires);
  EXPECT_EQ(small->missing, "usd");
  const auto large = of_kind(bench.feed(event(start + 1h, 1'000'000)), "large_print");
  EXPECT_TRUE(large->fires);
  EXPECT_EQ(large->phase, Phase::single);
  EXPECT_EQ(large->subject, "bybit PEPEUSDT");
  EXPECT_EQ(large->exchange, "bybit") << "else its symbol is taken for an asset, and nobody watches an asset PEPEUSDT";
  EXPECT_DOUBLE_EQ(large->strength, 1'000'000);
  EXPECT_TRUE(large->message);
}

TEST(LiquidationDetector, SIG21_TheAssetsOwnSizesRaiseTheLevelFromFourHundredOn) {
  Bench bench;
  auto at = start;
  for (int n = 0; n < 399; ++n, at += 10min) (void)bench.feed(event(at, 800'000));
  EXPECT_TRUE(of_kind(bench.feed(event(at, 1'200'000)), "large_print")->fires) << "399 known: the floor alone";
  EXPECT_FALSE(of_kind(bench.feed(event(at + 1s, 1'200'000)), "large_print")->fires) << "twice $800k is asked";
  EXPECT_TRUE(of_kind(bench.feed(event(at + 2s, 1'700'000)), "large_print")->fires);
}

market::Trade trade(base::WallTime at, double usd, market::TakerSide side) {
  market::Trade out;
  out.exchange = "bybit";
  out.symbol = "PEPEUSDT";
  out.side = side;
  out.price = 97;
  out.usd = usd;
  out.at = at;
  out.received_at = at;
  return out;
}

TEST(LiquidationDetector, SIG2_AnEpisodesSampleIsItsEvidence) {
  Bench bench;
  (void)bench.feed(trade(start, 1e6, market::TakerSide::buy));  // nothing is open yet
  (void)cascade(bench, start);
  (void)bench.feed(trade(start - 60s, 5e6, market::TakerSide::buy));  // a minute before the newest
  (void)bench.feed(trade(start, 300, market::TakerSide::buy));
  (void)bench.feed(trade(start + 2s, 700, market::TakerSide::sell));
  const auto half = of_kind(bench.feed(event(start + 7s, 20'000)), "cascade");
  EXPECT_DOUBLE_EQ(measured(*half, "taker_buy_share").value_or(0), 0.3);
  EXPECT_FALSE(measured(*half, "bids_25bps_usd"));
  EXPECT_NE(
      base::visible_text(half->message().str()).find("On bybit: takers bought 30% in a minute · not sampled: depth\n"),
      std::string::npos);
  market::Depth depth;
  depth.exchange = "bybit";
  depth.symbol = "PEPEUSDT";
  depth.bids = {{96.99, 10}, {90, 10}};
  depth.asks = {{97.01, 4}};
  (void)bench.feed(depth);
  const auto whole = of_kind(bench.feed(event(start + 8s, 20'000)), "cascade");
  EXPECT_DOUBLE_EQ(measured(*whole, "bids_25bps_usd").value_or(0), 969.9);
  EXPECT_DOUBLE_EQ(measured(*whole, "asks_25bps_usd").value_or(0), 388.04);
  const std::string text = base::visible_text(whole->message().str());
  EXPECT_NE(text.find("On bybit: bids $970, asks ≥ $388 within 25 bps · takers bought 30% in a minute"),
            std::string::npos)
      << text;
  const auto closed = bench.tick(start + 10min);
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].missing, "");
  EXPECT_DOUBLE_EQ(measured(closed[0], "taker_buy_share").value_or(0), 0.3);
}

TEST(LiquidationDetector, SIG1_AnotherCoinOfTheSameNameDoesNotJoinTheCascade) {
  Bench bench;
  bench.listed[1].asset = "PEPE@binance";
  bench.candles(start);
  bench.price(start, 97);
  EXPECT_FALSE(of_kind(bench.feed(event(start, 90'000, "bybit")), "cascade")->fires);
  const auto other = of_kind(bench.feed(event(start + 1s, 90'000, "binance")), "cascade");
  EXPECT_FALSE(other->fires);
  EXPECT_EQ(other->subject, "PEPE@binance");
}

}  // namespace detector_test
