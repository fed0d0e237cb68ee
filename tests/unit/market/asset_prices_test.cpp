#include "common/market/asset_prices.hpp"

#include <gtest/gtest.h>

namespace market {
namespace asset_prices_test {

using base::Millis;

constexpr base::WallTime start = base::from_ms(1'767'225'600'000);

Instrument contract(const std::string& exchange, const std::string& base = "X") {
  Instrument out;
  out.exchange = exchange;
  out.symbol = base + "USDT";
  out.base = base;
  out.quote = out.settle = "USDT";
  const auto unit = split_unit(base);
  out.asset = unit.asset;
  out.unit_multiplier = unit.multiplier;
  return out;
}

/// Prices once a minute, of exchanges that list an X.
class AssetPricesTest : public ::testing::Test {
 protected:
  void say(const Instrument& instrument, double price, double turnover_usd = 1e6) {
    Ticker ticker;
    ticker.exchange = instrument.exchange;
    ticker.symbol = instrument.symbol;
    ticker.index = price;
    ticker.quote_volume_24h = turnover_usd;
    ticker.received_at = now;
    prices.hear(ticker, instrument);
  }
  void look() {
    for (const auto& move : prices.judge(now))
      moves.push_back(move.exchange + ": " + move.change.before + " > " + move.asset);
    now += Millis{60'000};
  }
  std::string counted(const Instrument& instrument) const {
    const auto* name = prices.counted_as(instrument);
    return name == nullptr ? instrument.asset : *name;
  }
  AssetPrices prices;
  base::WallTime now = start;
  std::vector<std::string> moves;
  Instrument a = contract("a"), b = contract("b"), c = contract("c"), d = contract("d");
};
using Moves = std::vector<std::string>;

TEST_F(AssetPricesTest, AnotherCoinOfTheSameNameIsSplitOffAtTheFirstLook) {
  say(a, 1.00);
  say(b, 1.02);
  say(c, 40, 1e12);  // turnover is easily made: the exchanges decide
  look();
  EXPECT_EQ(moves, Moves{"c: X > X@c"});
  EXPECT_EQ(counted(c), "X@c");
  EXPECT_EQ(counted(a), "X");
}

TEST_F(AssetPricesTest, UnitsAreNoDifference) {
  const auto thousand = contract("a", "1000XY");
  const auto kilo = contract("b", "kXY");
  const auto single = contract("c", "XY");
  for (const auto* one : {&thousand, &kilo}) ASSERT_EQ(one->asset, single.asset);
  say(thousand, 1000);
  say(kilo, 1010);
  say(single, 1);
  look();
  EXPECT_EQ(moves, Moves{});
}

TEST_F(AssetPricesTest, TwoWithTheSameOtherPriceShareTheOtherCoin) {
  for (const auto* one : {&a, &b, &c}) say(*one, 1);
  say(d, 7);
  const auto e = contract("e");
  say(e, 7.1);
  look();
  EXPECT_EQ(counted(d), "X@d");
  EXPECT_EQ(counted(e), "X@d");
}

TEST_F(AssetPricesTest, OfTwoTheLargerTurnoverKeepsTheNameAndGoesOnKeepingIt) {
  say(a, 1, 5e6);
  say(b, 3, 6e6);
  look();
  EXPECT_EQ(moves, Moves{"a: X > X@a"});
  for (int i = 0; i < 30; ++i) {
    say(a, 1, 9e6);
    say(b, 3, 6e6);
    look();
  }
  EXPECT_EQ(moves.size(), 1U);
}

TEST_F(AssetPricesTest, AFastMarketDoesNotSplit) {
  for (int minute = 0; minute < 60; ++minute) {  // b follows two minutes later, 8 % behind
    const bool behind = minute % 5 < 2;
    say(a, 1);
    say(c, 1);
    say(b, behind ? 1.08 : 1.0);
    look();
  }
  EXPECT_EQ(moves, Moves{});
}

TEST_F(AssetPricesTest, WhatStaysApartIsSplitAfterThreeMinutesAndReturnsAfterFifteen) {
  const auto minute_with = [&](double of_c) {
    say(a, 1);
    say(b, 1);
    say(c, of_c);
    look();
  };
  minute_with(1);
  for (int minute = 0; minute < 3; ++minute) minute_with(1.04);
  EXPECT_EQ(moves, Moves{});
  minute_with(1.04);
  EXPECT_EQ(moves, Moves{"c: X > X@c"});
  for (int minute = 0; minute < 40; ++minute) minute_with(1.025);  // between the two bounds: as it is
  EXPECT_EQ(moves.size(), 1U);
  for (int minute = 0; minute < 15; ++minute) minute_with(1.01);
  EXPECT_EQ(moves.size(), 1U);
  minute_with(1.01);
  EXPECT_EQ(moves.back(), "c: X@c > X");
  EXPECT_EQ(counted(c), "X");
}

TEST_F(AssetPricesTest, OneMisreadPriceOfAKnownContractSplitsNothing) {
  for (int minute = 0; minute < 5; ++minute) {
    say(a, 1);
    say(b, 1);
    say(c, minute == 3 ? 1000 : 1);
    look();
  }
  EXPECT_EQ(moves, Moves{});
}

TEST_F(AssetPricesTest, ASilentExchangeIsNotJudgedByItsOldPrice) {
  say(a, 1);
  say(b, 1, 1e9);  // of two, its price would decide
  look();
  for (int minute = 0; minute < 10; ++minute) {
    say(a, 1 + 0.1 * minute);
    look();
  }
  EXPECT_EQ(moves, Moves{});
}

TEST_F(AssetPricesTest, AnOutageDoesNotHandTheNameToAnotherCoin) {
  const auto e = contract("e");
  const auto minute_of = [&](bool outage) {
    say(a, 1);
    if (!outage) {
      say(b, 1);
      say(c, 1);
    }
    say(d, 5);
    say(e, 5);
    look();
  };
  minute_of(false);
  EXPECT_EQ(moves, (Moves{"d: X > X@d", "e: X > X@d"}));
  for (int minute = 0; minute < 30; ++minute) minute_of(true);
  EXPECT_EQ(moves.size(), 2U);
}

TEST_F(AssetPricesTest, WithoutAPriceTheNameDecides) {
  say(a, 1);
  look();
  Ticker silent;
  silent.exchange = "b";
  silent.symbol = b.symbol;
  silent.received_at = now;
  silent.quote_volume_24h = 1e9;
  prices.hear(silent, b);
  look();
  EXPECT_EQ(moves, Moves{});
  EXPECT_EQ(counted(b), "X");
}

TEST_F(AssetPricesTest, TheIndexCountsBeforeALastTradeThatMayBeOld) {
  Ticker ticker;
  ticker.exchange = "c";
  ticker.symbol = c.symbol;
  ticker.last = 2;
  ticker.index = 1;
  ticker.received_at = now;
  say(a, 1);
  say(b, 1);
  prices.hear(ticker, c);
  ticker.index.reset();
  prices.hear(ticker, c);  // another answer of the same minute knows less
  look();
  EXPECT_EQ(moves, Moves{});
}

TEST_F(AssetPricesTest, DatedHaltedAndCoinQuotedContractsAreNotCompared) {
  auto dated = contract("b");
  dated.kind = ContractKind::future;
  auto halted = contract("c");
  halted.status = Status::halted;
  auto in_coins = contract("d");
  in_coins.quote = "BTC";
  say(a, 1);
  for (const auto& other : {dated, halted, in_coins}) say(other, 9);
  look();
  EXPECT_EQ(moves, Moves{});
}

}  // namespace asset_prices_test
}  // namespace market
