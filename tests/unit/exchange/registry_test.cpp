#include <fstream>
#include <map>

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

/// The blocks of the shipped configuration, and of those that are turned off what is said of it.
std::map<std::string, std::string, std::less<>> shipped_blocks() {
  std::map<std::string, std::string, std::less<>> out;
  std::ifstream file(PERPWATCH_CONFIG_DIR "/common.toml");
  constexpr std::string_view head = "[exchange.";
  std::string* reason = nullptr;
  for (std::string line; std::getline(file, line);) {
    const auto end = line.find(']');
    if (line.starts_with('[')) reason = nullptr;
    if (line.starts_with(head) && line.find('.', head.size()) > end)
      reason = &(out[line.substr(head.size(), end - head.size())] = "on");
    if (reason != nullptr && line.starts_with("enabled = false"))
      *reason = line.find('#') == std::string::npos ? "" : line.substr(line.find('#') + 1);
  }
  return out;
}

TEST(Registry, EveryExchangeHasABlockInTheShippedConfigurationAndOffNeedsAReason) {
  const auto blocks = shipped_blocks();
  EXPECT_EQ(blocks.size(), exchange_names().size());
  for (const auto name : exchange_names()) {
    const auto block = blocks.find(name);
    ASSERT_NE(block, blocks.end()) << name;
    EXPECT_GE(block->second.size(), 2U) << name << " is off without a reason";
    if (!make_exchange(name, {})->traits().closed.empty()) {
      EXPECT_NE(block->second, "on") << name << " is gone";
    }
  }
}

TEST(Registry, OnlySampledLiquidationsAreLowerBounds) {
  std::vector<std::string_view> sampled;
  for (const auto name : exchange_names()) {
    const auto made = make_exchange(name, {});
    const auto& traits = made->traits();
    if (traits.liquidations_sampled) sampled.push_back(name);
    EXPECT_TRUE(!traits.liquidations_sampled || traits.liquidation_stream) << name;
  }
  EXPECT_EQ(sampled, (std::vector<std::string_view>{"binance", "okx", "bitget", "aster"})) << "their documents say so";
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
