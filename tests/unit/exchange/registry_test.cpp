#include <gtest/gtest.h>

#include "tests/unit/exchange/support.hpp"

namespace exchange {
namespace registry_test {

TEST(Registry, MakesEveryExchangeByItsName) {
  for (const auto name : exchange_names()) {
    const auto made = make_exchange(name, testing::settings());
    ASSERT_NE(made, nullptr) << name;
    EXPECT_EQ(made->traits().name, name);
    EXPECT_FALSE(made->traits().title.empty());
    EXPECT_GT(made->traits().candle_rows_max, 0);
    EXPECT_TRUE(made->link("X").starts_with("https://"));
  }
  EXPECT_EQ(make_exchange("nowhere", testing::settings()), nullptr);
}

TEST(Registry, OnlySampledLiquidationsAreLowerBounds) {
  std::vector<std::string_view> sampled;
  for (const auto name : exchange_names()) {
    const auto made = make_exchange(name, {});
    const auto& traits = made->traits();
    if (traits.liquidations_sampled) sampled.push_back(name);
    EXPECT_TRUE(!traits.liquidations_sampled || traits.liquidation_stream) << name;
  }
  EXPECT_EQ(sampled, (std::vector<std::string_view>{"binance", "okx", "bitget"})) << "their documents say so";
}

TEST(Registry, EveryAskNamesItsLimitsAndItsEndpoint) {
  for (const auto name : exchange_names()) {
    const auto made = make_exchange(name, testing::settings());
    std::optional<market::Instrument> listed;
    for (const char* form :
         {"ETHUSDT", "ETH-USDT-SWAP", "ETH_USDT", "PF_ETHUSD", "ETH-USDT", "ETHUSDTM", "ETH-PERPETUAL", "ETH"})
      if (!listed) listed = made->describe(form);
    ASSERT_TRUE(listed) << name;
    for (int topic = 0; topic <= static_cast<int>(Topic::depth); ++topic) {
      for (const auto& ask : made->asks(static_cast<Topic>(topic), testing::want({listed->symbol}))) {
        EXPECT_FALSE(ask.endpoint.empty());
        EXPECT_FALSE(ask.costs.empty()) << ask.request.url;
        EXPECT_TRUE(ask.request.label.starts_with(std::string(name) + " ")) << ask.request.label;
        EXPECT_EQ(ask.topic, static_cast<Topic>(topic));
        const auto broken = made->decode(ask, "{\"cut", {}, testing::now);
        EXPECT_FALSE(broken);
      }
    }
  }
}

}  // namespace registry_test
}  // namespace exchange
