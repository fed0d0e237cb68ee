// Where Aster differs from Binance, whose language it speaks.
#include <gtest/gtest.h>

#include "tests/unit/exchange/support.hpp"

namespace exchange {
namespace aster_test {

const auto owner = make_exchange("aster", testing::settings());
const Exchange& aster = *owner;

TEST(Aster, AsksOfItsOwnAddressesAtItsOwnWeights) {
  struct Line {
    Topic topic;
    std::string url;
    std::int64_t units;
  };
  for (const auto& line : {Line{Topic::server_time, "fapi/v3/time", 1},
                           {Topic::instruments, "fapi/v3/exchangeInfo", 1},
                           {Topic::funding, "fapi/v3/premiumIndex", 1},
                           {Topic::funding_intervals, "fapi/v3/fundingInfo", 1},
                           {Topic::tickers, "fapi/v3/ticker/24hr", 40}}) {
    const auto asks = aster.asks(line.topic, {});
    ASSERT_EQ(asks.size(), 1U) << line.url;
    EXPECT_EQ(asks[0].request.url, "https://rest.test/" + line.url);
    EXPECT_EQ(asks[0].costs.at(0).limit, "weight");
    EXPECT_EQ(asks[0].costs.at(0).units, line.units);
  }
  const auto rates = aster.asks(Topic::funding_history, testing::want({"ETHUSDT"}));
  ASSERT_EQ(rates.size(), 1U);
  EXPECT_EQ(rates[0].endpoint, "fapi/v3/fundingRate");
  EXPECT_EQ(rates[0].costs.at(0).limit, "weight") << "it has no limit of its own here";
  EXPECT_TRUE(aster.asks(Topic::open_interest, testing::want({"ETHUSDT"})).empty()) << "it tells nobody";
}

TEST(Aster, ASocketCarriesTwoHundredChannels) {
  const testing::Listed listed(aster, testing::numbered("A", "USDT", 201));
  const auto plans = aster.streams(Topic::candles, listed.pointers());
  ASSERT_EQ(plans.size(), 2U);
  EXPECT_EQ(plans[0].channels.size(), 200U);
  EXPECT_EQ(plans[0].name, "aster candles 1/2");
  const auto forced = aster.streams(Topic::liquidations, listed.pointers());
  ASSERT_EQ(forced.size(), 1U);
  EXPECT_EQ(forced[0].channels, (std::vector<std::string>{"!forceOrder@arr", "!markPrice@arr@1s"}));
  EXPECT_EQ(forced[0].companion_silence_max, std::chrono::seconds{15});
}

TEST(Aster, SpellingsAreUnderstood) {
  for (const auto& [symbol, expected] :
       std::vector<testing::Spelled>{{"ETHUSDT", "ETH/USDT:USDT perp linear"},
                                     {"BTCUSD1", "BTC/USD1:USD1 perp linear"},
                                     {"1000PEPEUSDT", "1000PEPE/USDT:USDT perp linear"},
                                     {"ETHUSD_PERP", ""},
                                     {"ETHUSDT_260327", ""},
                                     {"USDT", ""},
                                     {"", ""}}) {
    EXPECT_EQ(testing::spelled(aster, symbol), expected) << symbol;
  }
  EXPECT_EQ(aster.describe("ETHUSDT")->exchange, "aster");
  EXPECT_EQ(aster.link("ETHUSDT"), "https://www.asterdex.com/en/futures/v1/ETHUSDT");
}

TEST(Aster, WhatItSaysIsItsOwn) {
  const auto frame = aster.decode_frame(
      R"({"e":"forceOrder","E":1,"o":{"s":"ETHUSDT","S":"SELL","q":"2","p":"3000","ap":"3001","z":"2","T":1764000000000}})",
      {}, testing::now);
  ASSERT_TRUE(frame);
  ASSERT_EQ(frame->events.size(), 1U);
  const auto& event = std::get<market::Liquidation>(frame->events[0]);
  EXPECT_EQ(event.exchange, "aster");
  EXPECT_EQ(event.side, market::PositionSide::long_side);
  EXPECT_EQ(event.usd, 6'002);
  const auto broken = aster.decode(aster.asks(Topic::funding, {}).at(0), "{}", {}, testing::now);
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().text().find("aster"), std::string::npos) << broken.error().text();
}

}  // namespace aster_test
}  // namespace exchange
