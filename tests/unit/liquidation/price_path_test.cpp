#include "bots/liquidation/price_path.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace price_path_test {

using namespace std::chrono_literals;
using liquidation::PricePath;
using liquidation::PriceSource;

constexpr base::WallTime start = base::from_ms(1'759'708'800'000);

market::Candle bar(base::WallTime opened_at, double close, const std::string& symbol = "BTCUSDT") {
  market::Candle c;
  c.exchange = "binance";
  c.symbol = symbol;
  c.opened_at = opened_at;
  c.length = 1min;
  c.open = close;
  c.high = close + 0.5;
  c.low = close - 0.5;
  c.close = close;
  c.closed = true;
  c.received_at = opened_at + 61s;
  return c;
}

TEST(PricePath, WithoutAnyPriceThereIsNoMove) { EXPECT_EQ(PricePath{}.move(start).source, PriceSource::none); }

TEST(PricePath, SIG24_TheBandIsOfBarsThatFollowEachOtherOfOneInstrument) {
  PricePath path;
  EXPECT_FALSE(path.band_position(start, 2));
  const auto bars = [&](int from, int to, const std::string& symbol = "BTCUSDT") {
    for (int at = from; at < to; ++at) path.on_candle(bar(start + at * 1min, at % 2 == 0 ? 101 : 99, symbol), 1);
  };
  bars(0, 20);
  EXPECT_DOUBLE_EQ(*path.band_position(start + 20min, 2), -0.5) << "the newest close is 99";
  EXPECT_FALSE(path.band_position(start + 24min, 2)) << "no price of now";
  bars(21, 40);
  EXPECT_FALSE(path.band_position(start + 40min, 2)) << "a bar is missing: 19 follow each other";
  bars(40, 41);
  EXPECT_DOUBLE_EQ(*path.band_position(start + 41min, 2), 0.5);
  bars(45, 46, "BTCUSDC");
  EXPECT_FALSE(path.band_position(start + 46min, 2)) << "another instrument";
}

TEST(PricePath, CandlesGiveTheMoveAndTheAtr) {
  PricePath path;
  for (int at = 0; at < 30; ++at) path.on_candle(bar(start + at * 1min, 100), 1);
  EXPECT_DOUBLE_EQ(*path.move(start + 30min).atr, 1);
  path.on_candle(bar(start + 30min, 97), 1);
  const auto move = path.move(start + 31min + 20s);
  EXPECT_EQ(move.source, PriceSource::market);
  EXPECT_DOUBLE_EQ(move.from, 100);
  EXPECT_DOUBLE_EQ(move.to, 97);
}

TEST(PricePath, OpenBarsAndTickersMoveThePriceBeforeTheBarCloses) {
  PricePath path;
  path.on_candle(bar(start, 100), 1);
  auto open = bar(start + 1min, 99);
  open.closed = false;
  open.received_at = start + 80s;
  path.on_candle(open, 1);
  EXPECT_DOUBLE_EQ(path.move(start + 81s).to, 99);
  market::Ticker ticker;
  ticker.exchange = "binance";
  ticker.symbol = "BTCUSDT";
  ticker.last = 98;
  ticker.received_at = start + 90s;
  path.on_ticker(ticker, 1);
  EXPECT_DOUBLE_EQ(path.move(start + 91s).to, 98);
  ticker.symbol = "BTCUSDC";
  ticker.last = 50;
  ticker.received_at = start + 95s;
  path.on_ticker(ticker, 1);
  EXPECT_DOUBLE_EQ(path.move(start + 96s).to, 98) << "another instrument";
}

TEST(PricePath, OneInstrumentIsTheReferenceUntilItIsSilent) {
  PricePath path;
  path.on_candle(bar(start, 100), 1);
  path.on_candle(bar(start, 101, "BTCUSDC"), 1);
  EXPECT_DOUBLE_EQ(path.move(start + 1min).to, 100);
  path.on_candle(bar(start + 5min, 101, "BTCUSDC"), 1);
  EXPECT_DOUBLE_EQ(path.move(start + 6min).to, 101);
}

TEST(PricePath, UnitsOfAThousandAreComparable) {
  PricePath path;
  path.on_candle(bar(start, 20), 1'000);
  EXPECT_DOUBLE_EQ(path.move(start + 1min).to, 0.02);
}

TEST(PricePath, TheEventsOwnPricesStandInAndAreNamed) {
  PricePath path;
  path.on_liquidation(start, 100);
  path.on_liquidation(start + 40s, 99);
  path.on_liquidation(start + 70s, 98);
  const auto move = path.move(start + 70s);
  EXPECT_EQ(move.source, PriceSource::events);
  EXPECT_DOUBLE_EQ(move.from, 100);
  EXPECT_DOUBLE_EQ(move.to, 98);
  EXPECT_FALSE(move.atr);
  for (int at = 2; at < 40; ++at) path.on_liquidation(start + at * 1min, at % 2 == 0 ? 100 : 101);
  EXPECT_NEAR(*path.move(start + 39min).atr, 1, 0.1);
  EXPECT_EQ(path.move(start + 60min).source, PriceSource::none) << "too old to tell";
}

TEST(PricePath, NonsenseIsRefused) {
  PricePath path;
  path.on_liquidation(start, std::nan(""));
  path.on_liquidation(start, 0);
  auto bad = bar(start, 100);
  bad.close = -1;
  path.on_candle(bad, 1);
  bad = bar(start, 100);
  bad.length = 1h;
  path.on_candle(bad, 1);
  EXPECT_EQ(path.move(start).source, PriceSource::none);
}

}  // namespace price_path_test
