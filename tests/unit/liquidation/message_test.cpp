#include "bots/liquidation/message.hpp"

#include <gtest/gtest.h>

namespace message_test {

using namespace std::chrono_literals;
using liquidation::CascadeDetails;
using market::PositionSide;

constexpr base::WallTime start = base::from_ms(1'759'708'930'000);  // 2025-10-06 00:02:10 UTC

CascadeDetails sample() {
  CascadeDetails d;
  d.asset = "BTC";
  d.tier = 2;
  d.level_usd = 2'000'000;
  d.since = start;
  d.until = start + 134s;
  d.now.side = PositionSide::long_side;
  d.now.price = {.source = liquidation::PriceSource::market, .from = 95'000, .to = 93'400, .atr = 500.0};
  d.total_usd = 6'200'000;
  d.events = 42;
  d.other_side_usd = 120'000;
  d.by_exchange = {{"Binance", 4'000'000, 30}, {"Bybit", 2'200'000, 12}};
  d.peak_60s_usd = 4'130'000;
  d.peak_at = start + 70s;
  d.largest_usd = 812'000;
  d.largest_exchange_title = "Bybit";
  d.price_source = liquidation::PriceSource::market;
  d.price_from = 95'120;
  d.price_extreme = 93'000;
  d.price_to = 93'400;
  d.coverage.live = 5;
  d.coverage.known = 6;
  d.coverage.lost.push_back({"OKX", liquidation::FeedState::dead});
  d.coverage.saturated.push_back({"Binance", 38});
  return d;
}

TEST(CascadeMessage, SaysItAllAndNeverABareTotalFromAPartialFeed) {
  EXPECT_EQ(base::visible_text(liquidation::cascade_message(sample()).str()),
            "🌊 BTC longs liquidated ≥ $4.13M in 60 s · price −2.23% · 2 exchanges\n"
            "Total ≥ $6.20M, 42 orders: Binance $4.00M · Bybit $2.20M\n"
            "Shorts meanwhile $120k\n"
            "Peak $4.13M in 60 s at 00:03:20 · largest order $812k (13%, Bybit)\n"
            "Price 95120 → 93000, then 93400 · 3.2 ATR in 60 s\n"
            "Tier 2 of 3 · 2025-10-06 00:02:10–00:04:24 UTC (2m 14s)\n"
            "Coverage: 5/6 exchanges live · OKX not heard · Binance saturated 38/60 s\n"
            "Rule: 60 s sum ≥ $2.00M, ≥ 5 orders or 2 exchanges, forced move ≥ 1.5 ATR");
}

TEST(CascadeMessage, TheLastEditHasTheTotalAndTheNote) {
  auto details = sample();
  details.phase = desk::Phase::close;
  details.note = "Coverage: a feed of it was lost meanwhile, the total is a lower bound";
  const std::string text = base::visible_text(liquidation::cascade_message(details).str());
  EXPECT_TRUE(text.starts_with("🏁 BTC longs liquidated ≥ $6.20M in 2m 14s, over · price −2.23% · 2 exchanges\n"))
      << "as far as it went; what came after the cascade is in the path: " << text;
  EXPECT_NE(text.find("Price 95120 → 93000, then 93400"), std::string::npos);
  EXPECT_NE(text.find("a feed of it was lost meanwhile"), std::string::npos);
}

TEST(CascadeMessage, AMoveAgainstTheForcedOneHasAMinusAndNothingHasNone) {
  auto details = sample();
  details.now.price.to = 95'200;
  auto text = base::visible_text(liquidation::cascade_message(details).str());
  EXPECT_NE(text.find("· −0.4 ATR in 60 s"), std::string::npos) << text;
  details.now.price.to = 95'010;
  text = base::visible_text(liquidation::cascade_message(details).str());
  EXPECT_NE(text.find("· 0.0 ATR in 60 s"), std::string::npos) << text;
}

TEST(CascadeMessage, AfterTheLastEventTheLowerBoundStillHasItsReason) {
  auto details = sample();
  details.coverage = {};
  details.coverage.live = details.coverage.known = 1;
  details.coverage.saturated.push_back({"Binance", 0});
  const std::string text = base::visible_text(liquidation::cascade_message(details).str());
  EXPECT_NE(text.find("Coverage: 1/1 exchanges live · Binance tells at most one a second"), std::string::npos) << text;
  EXPECT_EQ(text.find("0/60"), std::string::npos);
}

TEST(CascadeMessage, OneExchangeIsNamedAndAWholeFeedNeedsNoBound) {
  auto details = sample();
  details.by_exchange.resize(1);
  details.by_exchange[0].exchange_title = "Bybit";
  details.coverage = {};
  details.coverage.live = details.coverage.known = 1;
  details.price_source = liquidation::PriceSource::none;
  const std::string text = base::visible_text(liquidation::cascade_message(details).str());
  EXPECT_TRUE(text.starts_with("🌊 BTC longs liquidated $4.13M in 60 s · Bybit\n")) << text;
  EXPECT_NE(text.find("Price not known"), std::string::npos);
  EXPECT_EQ(text.find("Total ≥"), std::string::npos);
}

liquidation::PrintDetails print() {
  liquidation::PrintDetails d;
  d.asset = "BTC";
  d.symbol = "BTCUSDT";
  d.exchange_title = "Binance";
  d.side = PositionSide::long_side;
  d.usd = 2'400'000;
  d.price = 95'120.5;
  d.tick_size = 0.1;
  d.base_units = 25.231;
  d.base = "BTC";
  d.at = start;
  d.measure = {.usd = 2'400'000, .events = 1'240, .quantile995 = 600'000};
  d.thresholds.floor_usd = 1'000'000;
  return d;
}

TEST(PrintMessage, SaysWhoseHowBigAndAgainstWhat) {
  EXPECT_EQ(base::visible_text(liquidation::print_message(print()).str()),
            "💥 BTC $2.40M long liquidated · Binance · at 95120.5\n"
            "BTCUSDT: 25.231 BTC in one order\n"
            "99.5% of its 1,240 orders of 7 days are below $600k\n"
            "2025-10-06 00:02:10 UTC\n"
            "Rule: ≥ $1.20M");
}

TEST(PrintMessage, AShortHistoryAndAnUnknownSideAreSaid) {
  auto details = print();
  details.side.reset();
  details.base_units.reset();
  details.measure.events = 120;
  const std::string text = base::visible_text(liquidation::print_message(details).str());
  EXPECT_NE(text.find("position liquidated (side not known)"), std::string::npos) << text;
  EXPECT_NE(text.find("(120 of 400): the coin's floor decides"), std::string::npos) << text;
  EXPECT_NE(text.find("Rule: ≥ $1.00M"), std::string::npos) << text;
}

}  // namespace message_test
