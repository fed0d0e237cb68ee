#include <gtest/gtest.h>

#include "tests/unit/exchange/support.hpp"

namespace exchange {
namespace bingx_test {

using market::Outcome;

const auto owner = make_exchange("bingx", testing::settings());
const Exchange& bingx = *owner;

TEST(BingX, OneRequestTellsEachThingOfAllContractsButOpenInterest) {
  for (const auto& [topic, url] : {std::pair{Topic::instruments, "openApi/swap/v2/quote/contracts"},
                                   {Topic::funding, "openApi/swap/v2/quote/premiumIndex"},
                                   {Topic::tickers, "openApi/swap/v2/quote/ticker"},
                                   {Topic::server_time, "openApi/swap/v2/server/time"}}) {
    const auto asks = bingx.asks(topic, {});
    ASSERT_EQ(asks.size(), 1U) << url;
    EXPECT_EQ(asks[0].request.url, std::string("https://rest.test/") + url);
    EXPECT_EQ(asks[0].costs.at(0).limit, "ip");
  }
  EXPECT_EQ(bingx.asks(Topic::open_interest, testing::want({"A-USDT", "B-USDT"})).size(), 2U);
  EXPECT_TRUE(bingx.asks(Topic::liquidations, {}).empty());
  EXPECT_TRUE(bingx.streams(Topic::liquidations, {}).empty());
}

TEST(BingX, AHistoryBeginsBehindTheTimeThatIsAsked) {
  auto want = testing::want({"ETH-USDT"});
  want.from = testing::now;
  want.to = testing::now + std::chrono::minutes{4};
  EXPECT_EQ(
      testing::urls(bingx.asks(Topic::candles, want)),
      std::vector<std::string>{"https://rest.test/openApi/swap/v3/quote/klines?symbol=ETH-USDT&interval=1m&startTime="
                               "1763999999999&endTime=1764000240000&limit=5"});
}

TEST(BingX, ABanNamesItsEndInWordsAlone) {
  const auto verdict = [](const char* message) {
    return bingx.judge(testing::response(200, std::string(R"({"code":100410,"msg":")") + message + R"(","data":{}})"),
                       testing::now);
  };
  EXPECT_EQ(verdict("rate limited").outcome, Outcome::soft_limit);
  const auto ban = verdict("in the disabled period and will be unblocked after 1764000060000");
  EXPECT_EQ(ban.outcome, Outcome::banned);
  EXPECT_EQ(ban.banned_until, base::from_ms(1'764'000'060'000));
  EXPECT_EQ(verdict("will be unblocked after 17640000").outcome, Outcome::soft_limit);
  EXPECT_EQ(bingx.judge(testing::response(200, R"({"data":[]})"), testing::now).outcome, Outcome::malformed);
}

TEST(BingX, ChannelsAreSubscribedOneByOneAndPingsAnswered) {
  const testing::Listed listed(bingx, testing::numbered("A", "-USDT", 201));
  const auto plans = bingx.streams(Topic::candles, listed.pointers());
  ASSERT_EQ(plans.size(), 2U);
  EXPECT_EQ(plans[0].batch_max, 1U);
  const std::vector<std::string> one{"ETH-USDT@kline_1m"};
  EXPECT_EQ(bingx.subscribe_text(one, 7, testing::now), R"({"id":"7","reqType":"sub","dataType":"ETH-USDT@kline_1m"})");
  const auto ping = bingx.decode_frame("Ping", {}, testing::now);
  ASSERT_TRUE(ping);
  EXPECT_EQ(ping->reply, "Pong");
  const auto ack =
      bingx.decode_frame(R"({"id":"7","code":0,"msg":"SUCCESS","dataType":"","data":null})", {}, testing::now);
  EXPECT_EQ(ack->kind, Frame::Kind::ack);
  EXPECT_EQ(ack->request_id, "7");
  const auto refused = bingx.decode_frame(R"({"id":"8","code":80015,"msg":"dataType not support"})", {}, testing::now);
  EXPECT_EQ(refused->kind, Frame::Kind::refused);
  EXPECT_EQ(refused->message, "dataType not support");
}

TEST(BingX, SpellingsAreUnderstood) {
  for (const auto& [symbol, expected] : std::vector<testing::Spelled>{{"ETH-USDT", "ETH/USDT:USDT perp linear"},
                                                                      {"ETH-USDC", "ETH/USDC:USDC perp linear"},
                                                                      {"ETH-USD", "ETH/USD:ETH perp inverse"},
                                                                      {"ETHUSDT", ""},
                                                                      {"-USDT", ""},
                                                                      {"ETH-", ""},
                                                                      {"ETH-USDT-1", ""}}) {
    EXPECT_EQ(testing::spelled(bingx, symbol), expected) << symbol;
  }
}

}  // namespace bingx_test
}  // namespace exchange
