#include "common/feed/watchlist.hpp"

#include <gtest/gtest.h>

namespace watchlist_test {
using feed::Watchlist;
using feed::WatchSettings;

market::Instrument instrument(const std::string& base, const std::string& exchange = "binance") {
  market::Instrument out;
  out.exchange = exchange;
  out.symbol = base + "USDT";
  out.base = base;
  const auto unit = market::split_unit(base);
  out.asset = unit.asset;
  out.quote = out.settle = "USDT";
  return out;
}

market::Ticker ticker(const std::string& base, double turnover) {
  market::Ticker out;
  out.exchange = "binance";
  out.symbol = base + "USDT";
  out.quote_volume_24h = turnover;
  return out;
}

TEST(Watchlist, InModeAllAFloorOfTurnoverDecidesAndTheLargestComeFirst) {
  WatchSettings settings;
  settings.turnover_floor_usd = 100;
  Watchlist list(settings);
  list.on_ticker(ticker("BTC", 1'000));
  list.on_ticker(ticker("ETH", 5'000));
  list.on_ticker(ticker("DUST", 99));
  const market::Universe universe({instrument("BTC"), instrument("ETH"), instrument("DUST"), instrument("UNKNOWN")});
  const auto selected = list.select(universe);
  ASSERT_EQ(selected.size(), 2U);
  EXPECT_EQ(selected[0]->symbol, "ETHUSDT");
  EXPECT_EQ(selected[1]->symbol, "BTCUSDT");
}

TEST(Watchlist, NeverMoreThanTheMaximum) {
  WatchSettings settings;
  settings.turnover_floor_usd = 0;
  settings.contracts_max = 1;
  const Watchlist list(settings);
  EXPECT_EQ(list.select(market::Universe({instrument("BTC"), instrument("ETH")})).size(), 1U);
}

TEST(Watchlist, ListedNamesAreSymbolsOrAssets) {
  WatchSettings settings;
  settings.mode = WatchSettings::Mode::listed;
  settings.symbols = {"BTCUSDT", "PEPE"};
  const Watchlist list(settings);
  EXPECT_TRUE(list.watches(instrument("BTC")));
  EXPECT_TRUE(list.watches(instrument("1000PEPE")));
  EXPECT_FALSE(list.watches(instrument("ETH")));
  auto okx = instrument("BTC", "okx");
  okx.symbol = "BTC-USDT-SWAP";
  EXPECT_TRUE(list.watches(okx)) << "BTCUSDT means that contract at every exchange, however it spells it";
}

TEST(Watchlist, NeverWinsInBothModes) {
  WatchSettings settings;
  settings.turnover_floor_usd = 0;
  settings.never = {"BTC"};
  EXPECT_FALSE(Watchlist(settings).watches(instrument("BTC")));
  settings.mode = WatchSettings::Mode::listed;
  settings.symbols = {"BTCUSDT"};
  EXPECT_FALSE(Watchlist(settings).watches(instrument("BTC")));
}

TEST(Watchlist, TurnoverOfAnExchangeWithoutQuoteVolumeIsCoinsTimesPrice) {
  WatchSettings settings;
  settings.turnover_floor_usd = 1'000;
  Watchlist list(settings);
  market::Ticker coins;
  coins.exchange = "okx";
  coins.symbol = "BTCUSDT";
  coins.base_volume_24h = 2;
  coins.last = 600;
  list.on_ticker(coins);
  EXPECT_EQ(list.turnover_usd("okx", "BTCUSDT"), 1'200);
}

}  // namespace watchlist_test
