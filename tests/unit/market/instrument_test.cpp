#include "common/market/instrument.hpp"

#include <gtest/gtest.h>

namespace instrument_test {
using market::Instrument;
using market::Universe;

struct UnitCase {
  const char* base;
  const char* asset;
  double multiplier;
};

TEST(SplitUnit, TakesTheMultiplierFromEitherEnd) {
  const UnitCase cases[] = {
      {"BTC", "BTC", 1},
      {"1000PEPE", "PEPE", 1e3},
      {"SHIB1000", "SHIB", 1e3},
      {"kPEPE", "PEPE", 1e3},
      {"1MBABYDOGE", "BABYDOGE", 1e6},
      {"1000000MOG", "MOG", 1e6},
      {"10000SATS", "SATS", 1e4},
      {"1000X", "1000X", 1},
      {"1INCH", "1INCH", 1},
      {"KAVA", "KAVA", 1},
      {"1000", "1000", 1},
      {"", "", 1},
  };
  for (const auto& c : cases) {
    const auto unit = market::split_unit(c.base);
    EXPECT_EQ(unit.asset, c.asset) << c.base;
    EXPECT_EQ(unit.multiplier, c.multiplier) << c.base;
  }
}

Instrument instrument(const char* symbol) {
  Instrument out;
  out.symbol = symbol;
  out.quote = "USDT";
  return out;
}

TEST(Universe, FindsByTheExchangesOwnSpellingAndKeepsTheFirstOfTwins) {
  auto twin = instrument("BTCUSDT");
  twin.base = "second";
  const Universe universe({instrument("ETHUSDT"), instrument("BTCUSDT"), twin});
  ASSERT_NE(universe.find("BTCUSDT"), nullptr);
  EXPECT_EQ(universe.find("BTCUSDT")->base, "");
  EXPECT_EQ(universe.find("btcusdt"), nullptr);
  EXPECT_EQ(universe.find(""), nullptr);
  EXPECT_EQ(universe.all().size(), 2U);
}

TEST(Universe, FindsEachOfThousandsAndNothingElse) {
  std::vector<market::Instrument> listed;
  for (int n = 0; n < 6'000; ++n) listed.push_back(instrument(("Q" + std::to_string(n) + "USDT").c_str()));
  const Universe first(std::move(listed));
  const Universe universe = first;  // a copy finds its own
  for (const auto& one : universe.all()) EXPECT_EQ(universe.find(one.symbol), &one) << one.symbol;
  for (int n = 6'000; n < 12'000; ++n) EXPECT_EQ(universe.find("Q" + std::to_string(n) + "USDT"), nullptr) << n;
  EXPECT_EQ(Universe().find("Q1USDT"), nullptr);
  EXPECT_EQ(Universe(std::vector<Instrument>{}).find("Q1USDT"), nullptr);
}

TEST(Watchable, IsALinearDollarPerpetualThatTrades) {
  EXPECT_TRUE(market::is_watchable(instrument("A")));
  auto future = instrument("A");
  future.kind = market::ContractKind::future;
  auto inverse = instrument("A");
  inverse.inverse = true;
  auto halted = instrument("A");
  halted.status = market::Status::halted;
  auto euro = instrument("A");
  euro.quote = "EUR";
  auto quanto = instrument("A");
  quanto.quote = "USD";
  quanto.settle = "BTC";
  for (const auto& other : {future, inverse, halted, euro, quanto}) EXPECT_FALSE(market::is_watchable(other));
  auto dollars = instrument("A");
  dollars.quote = dollars.settle = "USD";
  EXPECT_TRUE(market::is_watchable(dollars));
}

TEST(Watchable, AnInverseContractIsOneIfAllItsSizesAreDollars) {
  auto sized = instrument("A");
  sized.base = "A";
  sized.inverse = true;
  sized.sized_in_usd = true;
  sized.quote = "USD";
  sized.settle = sized.base;
  EXPECT_TRUE(market::is_watchable(sized));
  auto unsized = sized;
  unsized.sized_in_usd = false;
  auto dated = sized;
  dated.kind = market::ContractKind::future;
  auto elsewhere = sized;
  elsewhere.settle = "B";
  auto in_coin = sized;
  in_coin.quote = "BTC";
  for (const auto& other : {unsized, dated, elsewhere, in_coin}) EXPECT_FALSE(market::is_watchable(other));
  auto linear = instrument("A");
  linear.sized_in_usd = true;
  EXPECT_TRUE(market::is_watchable(linear)) << "says nothing of a linear one";
}

}  // namespace instrument_test
