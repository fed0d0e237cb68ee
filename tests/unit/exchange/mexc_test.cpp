#include <gtest/gtest.h>

#include "tests/unit/exchange/support.hpp"

namespace exchange {
namespace mexc_test {

using market::Outcome;
using testing::now;

const auto owner = make_exchange("mexc", testing::settings());
const Exchange& mexc = *owner;

TEST(Mexc, AsksNameAddressAndTheirOwnLimit) {
  const auto one = [](Topic topic) { return mexc.asks(topic, {}).front(); };
  EXPECT_EQ(one(Topic::tickers).request.url, "https://rest.test/api/v1/contract/ticker");
  EXPECT_EQ(one(Topic::open_interest).request.url, one(Topic::tickers).request.url);
  EXPECT_EQ(one(Topic::funding).request.url, "https://rest.test/api/v1/contract/funding_rate");
  EXPECT_EQ(one(Topic::instruments).costs[0].limit, "contract/detail");
  EXPECT_EQ(one(Topic::server_time).endpoint, "contract/ping");
}

TEST(Mexc, KlinesAreAskedInSeconds) {
  auto want = testing::want({"ETH_USDT"});
  want.from = now - std::chrono::minutes{2};
  want.to = now;
  const auto asks = mexc.asks(Topic::candles, want);
  ASSERT_EQ(asks.size(), 1U);
  EXPECT_EQ(asks[0].request.url,
            "https://rest.test/api/v1/contract/kline/ETH_USDT?interval=Min1&start=1763999880&end=1764000000");
  EXPECT_EQ(asks[0].endpoint, "contract/kline");
  EXPECT_EQ(asks[0].symbol, "ETH_USDT");
}

TEST(Mexc, ColumnsOfUnequalLengthAreRefused) {
  const auto ask = mexc.asks(Topic::candles, testing::want({"ETH_USDT"})).front();
  const auto body = [](std::string_view close) {
    return R"({"success":true,"code":0,"data":{"time":[1764000000,1764000060],"open":[1,2],"close":)" +
           std::string(close) + R"(,"high":[2,3],"low":[1,1],"vol":[5,6],"amount":[7,8]}})";
  };
  EXPECT_TRUE(mexc.decode(ask, body("[1,2]"), {}, now));
  EXPECT_FALSE(mexc.decode(ask, body("[1]"), {}, now));
  const auto one_bad = mexc.decode(ask, body("[1,0]"), {}, now);
  ASSERT_TRUE(one_bad);
  EXPECT_EQ(one_bad->events.size(), 1U);
  EXPECT_EQ(one_bad->rows_skipped, 1U);
}

TEST(Mexc, SpellingsAreUnderstood) {
  for (const auto& [symbol, expected] : std::vector<testing::Spelled>{{"ETH_USDT", "ETH/USDT:USDT perp linear"},
                                                                      {"ETH_USDC", "ETH/USDC:USDC perp linear"},
                                                                      {"ETH_USD", "ETH/USD:ETH perp inverse"},
                                                                      {"ETHUSDT", ""},
                                                                      {"_USDT", ""},
                                                                      {"ETH_", ""},
                                                                      {"A_B_C", ""}}) {
    EXPECT_EQ(testing::spelled(mexc, symbol), expected) << symbol;
  }
}

TEST(Mexc, VerdictsComeFromTheEnvelope) {
  const auto judge = [](int status, int code) {
    return mexc.judge(
        testing::response(status, R"({"success":false,"code":)" + std::to_string(code) + R"(,"message":"m"})"), now);
  };
  EXPECT_EQ(judge(200, 0).outcome, Outcome::ok);
  EXPECT_EQ(judge(200, 510).outcome, Outcome::soft_limit);
  EXPECT_EQ(judge(200, 500).outcome, Outcome::transient);
  EXPECT_EQ(judge(400, 1001).outcome, Outcome::bad_symbol);
  EXPECT_EQ(judge(200, 600).outcome, Outcome::bad_request);
  EXPECT_EQ(mexc.judge(testing::response(418, "{}"), now).outcome, Outcome::banned);
}

TEST(Mexc, SocketsAndTheirTexts) {
  const testing::Listed listed(mexc, testing::numbered("A", "_USDT", 101));
  EXPECT_TRUE(mexc.streams(Topic::liquidations, listed.pointers()).empty()) << "no public feed";
  const auto plans = mexc.streams(Topic::candles, listed.pointers());
  ASSERT_EQ(plans.size(), 2U);
  EXPECT_EQ(plans[1].batch_max, 1U);
  EXPECT_EQ(plans[1].ping, R"({"method":"ping"})");
  EXPECT_EQ(mexc.subscribe_text(plans[1].channels, 2, {}),
            R"({"method":"sub.kline","param":{"symbol":"A100_USDT","interval":"Min1"},"gzip":false})");
}

TEST(Mexc, ControlFramesAreTold) {
  const auto frame = [](std::string_view text) { return *mexc.decode_frame(text, {}, now); };
  EXPECT_EQ(frame(R"({"channel":"pong","data":1764000000000})").kind, Frame::Kind::pong);
  EXPECT_EQ(frame(R"({"channel":"rs.sub.kline","data":"success","ts":1764000000000})").kind, Frame::Kind::ack);
  const auto refused = frame(R"({"channel":"rs.error","data":"Contract doesn't exist!","ts":"1764000000000"})");
  EXPECT_EQ(refused.kind, Frame::Kind::refused);
  EXPECT_EQ(refused.message, "Contract doesn't exist!");
}

}  // namespace mexc_test
}  // namespace exchange
