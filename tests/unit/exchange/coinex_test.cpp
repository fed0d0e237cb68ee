#include <gtest/gtest.h>

#include "tests/unit/exchange/support.hpp"

namespace exchange {
namespace coinex_test {

const auto owner = make_exchange("coinex", testing::settings());
const Exchange& coinex = *owner;

TEST(CoinEx, ContractsAndOpenInterestAreOneAnswer) {
  const auto contracts = coinex.asks(Topic::instruments, {});
  const auto interest = coinex.asks(Topic::open_interest, {});
  ASSERT_EQ(contracts.size(), 1U);
  ASSERT_EQ(interest.size(), 1U);
  EXPECT_EQ(contracts[0].request.url, interest[0].request.url);
  const auto reply = coinex.decode(
      contracts[0],
      R"({"code":0,"data":[{"market":"ETHUSDT","contract_type":"linear","base_ccy":"ETH","quote_ccy":"USDT",
      "tick_size":"0.01","open_interest_volume":"7"},{"market":"X"}],"message":"OK"})",
      {}, testing::now);
  ASSERT_TRUE(reply);
  ASSERT_EQ(reply->instruments.size(), 1U);
  EXPECT_EQ(reply->instruments[0].tick_size, 0.01);
  ASSERT_EQ(reply->events.size(), 1U);
  EXPECT_EQ(std::get<market::OpenInterest>(reply->events[0]).base, 7);
  EXPECT_EQ(reply->rows_skipped, 1U);
}

TEST(CoinEx, BarsAreTheNewestOnesWhateverTimesAreWanted) {
  auto want = testing::want({"ETHUSDT"});
  want.from = testing::now;
  want.to = testing::now + std::chrono::minutes{4};
  EXPECT_EQ(testing::urls(coinex.asks(Topic::candles, want)),
            std::vector<std::string>{"https://rest.test/futures/kline?market=ETHUSDT&period=1min&limit=1000"});
  want.rows_max = 3;
  EXPECT_EQ(testing::urls(coinex.asks(Topic::candles, want)),
            std::vector<std::string>{"https://rest.test/futures/kline?market=ETHUSDT&period=1min&limit=3"});
  EXPECT_TRUE(coinex.streams(Topic::candles, {}).empty());
}

TEST(CoinEx, SpellingsAreUnderstood) {
  for (const auto& [symbol, expected] : std::vector<testing::Spelled>{{"ETHUSDT", "ETH/USDT:USDT perp linear"},
                                                                      {"ETHUSDC", "ETH/USDC:USDC perp linear"},
                                                                      {"ETHUSD", "ETH/USD:ETH perp inverse"},
                                                                      {"ETH-USDT", ""},
                                                                      {"USDT", ""},
                                                                      {"ETH", ""}}) {
    EXPECT_EQ(testing::spelled(coinex, symbol), expected) << symbol;
  }
  EXPECT_FALSE(market::is_watchable(*coinex.describe("ETHUSD"))) << "nothing says that all its sizes are dollars";
}

}  // namespace coinex_test
}  // namespace exchange
