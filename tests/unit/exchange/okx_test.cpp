#include <gtest/gtest.h>

#include "tests/unit/exchange/support.hpp"

namespace exchange {
namespace okx_test {

using market::Outcome;
using testing::now;

const auto owner = make_exchange("okx", testing::settings());
const Exchange& okx = *owner;

TEST(Okx, AsksNameAddressAndTheirOwnLimit) {
  const auto one = [](Topic topic) { return okx.asks(topic, {}).front(); };
  const auto funding = one(Topic::funding);
  EXPECT_EQ(funding.request.url, "https://rest.test/api/v5/public/funding-rate?instId=ANY");
  EXPECT_EQ(funding.endpoint, "public/funding-rate");
  EXPECT_EQ(funding.costs[0].limit, "public/funding-rate");
  EXPECT_EQ(one(Topic::instruments).request.url, "https://rest.test/api/v5/public/instruments?instType=SWAP");
  EXPECT_EQ(one(Topic::open_interest).request.url, "https://rest.test/api/v5/public/open-interest?instType=SWAP");
  EXPECT_EQ(okx.asks(Topic::tickers, {}).size(), 2U) << "tickers and mark prices";
  EXPECT_TRUE(okx.asks(Topic::liquidations, {}).empty());
}

TEST(Okx, PagingIsInvertedAndExclusive) {
  auto want = testing::want({"ETH-USDT-SWAP"});
  want.rows_max = 20;
  EXPECT_EQ(testing::urls(okx.asks(Topic::candles, want)),
            std::vector<std::string>{"https://rest.test/api/v5/market/candles?instId=ETH-USDT-SWAP&bar=1m&limit=20"});
  want.from = now - std::chrono::minutes{2};
  want.to = now;
  EXPECT_EQ(
      testing::urls(okx.asks(Topic::candles, want)),
      std::vector<std::string>{"https://rest.test/api/v5/market/history-candles?instId=ETH-USDT-SWAP&bar=1m&after="
                               "1764000000001&before=1763999879999&limit=3"});
}

TEST(Okx, SpellingsAreUnderstood) {
  for (const auto& [symbol, expected] :
       std::vector<testing::Spelled>{{"ETH-USDT-SWAP", "ETH/USDT:USDT perp linear"},
                                     {"ETH-USDC-SWAP", "ETH/USDC:USDC perp linear"},
                                     {"ETH-USD-SWAP", "ETH/USD:ETH perp inverse"},
                                     {"ETH-USD-260327", "ETH/USD:ETH future inverse"},
                                     {"ETH-USDT-260327", "ETH/USDT:USDT future linear"},
                                     {"ETH-USD_UM_XPERP-310404", "ETH/USD:USD future linear"},
                                     {"ETH-USDT", ""},
                                     {"ETH-USD-260327-3000-C", ""},
                                     {"-USDT-SWAP", ""},
                                     {"ETH--SWAP", ""},
                                     {"SWAP", ""}}) {
    EXPECT_EQ(testing::spelled(okx, symbol), expected) << symbol;
  }
  EXPECT_FALSE(okx.describe("ETH-USDT-SWAP")->contract_size.has_value());
}

TEST(Okx, VerdictsComeFromTheEnvelope) {
  const auto judge = [](int status, std::string code) {
    return okx.judge(testing::response(status, R"({"code":")" + code + R"(","msg":"m","data":[]})"), now);
  };
  EXPECT_EQ(judge(200, "0").outcome, Outcome::ok);
  EXPECT_EQ(judge(200, "50011").outcome, Outcome::soft_limit);
  EXPECT_EQ(judge(429, "50011").outcome, Outcome::soft_limit);
  EXPECT_EQ(judge(429, "50013").outcome, Outcome::soft_limit) << "the status line speaks first";
  EXPECT_EQ(judge(503, "50001").outcome, Outcome::transient);
  EXPECT_EQ(judge(200, "51001").outcome, Outcome::bad_symbol);
  EXPECT_EQ(judge(200, "51000").outcome, Outcome::bad_request);
  EXPECT_EQ(okx.judge(testing::response(200, R"({"data":[]})"), now).outcome, Outcome::malformed);
}

TEST(Okx, SocketsAndTheirTexts) {
  const auto liquidations = okx.streams(Topic::liquidations, {});
  ASSERT_EQ(liquidations.size(), 1U);
  EXPECT_EQ(liquidations[0].url, "wss://stream.test/public");
  EXPECT_TRUE(liquidations[0].drop_before_connect);
  EXPECT_EQ(liquidations[0].ping, "ping");
  EXPECT_EQ(okx.subscribe_text(liquidations[0].channels, 1, {}),
            R"({"id":"1","op":"subscribe","args":[{"channel":"liquidation-orders","instType":"SWAP"}]})");
  const testing::Listed listed(okx, testing::numbered("A", "-USDT-SWAP", 201));
  const auto candles = okx.streams(Topic::candles, listed.pointers());
  ASSERT_EQ(candles.size(), 2U);
  EXPECT_EQ(candles[0].url, "wss://stream.test/business");
  EXPECT_FALSE(candles[0].drop_before_connect);
  EXPECT_EQ(okx.subscribe_text(candles[1].channels, 2, {}),
            R"({"id":"2","op":"subscribe","args":[{"channel":"candle1m","instId":"A200-USDT-SWAP"}]})");
}

TEST(Okx, ControlFramesAreTold) {
  const auto frame = [](std::string_view text) { return *okx.decode_frame(text, {}, now); };
  EXPECT_EQ(frame("pong").kind, Frame::Kind::pong);
  const auto ack = frame(R"({"id":"7","event":"subscribe","arg":{"channel":"candle1m","instId":"X"},"connId":"a"})");
  EXPECT_EQ(ack.kind, Frame::Kind::ack);
  EXPECT_EQ(ack.request_id, "7");
  const auto refused = frame(R"({"event":"error","code":"60012","msg":"Invalid request","connId":"a"})");
  EXPECT_EQ(refused.kind, Frame::Kind::refused);
  EXPECT_EQ(refused.message, "Invalid request");
  const auto notice = frame(R"({"event":"notice","code":"64008","msg":"The connection will soon be closed"})");
  EXPECT_EQ(notice.kind, Frame::Kind::notice);
  EXPECT_TRUE(notice.reconnect);
  EXPECT_EQ(frame(R"({"event":"channel-conn-count","channel":"x","connCount":"1"})").kind, Frame::Kind::other);
  EXPECT_FALSE(okx.decode_frame("ping?", {}, now));
}

TEST(Okx, OneBadDetailDoesNotTakeTheOthersWithIt) {
  const auto frame = okx.decode_frame(
      R"({"arg":{"channel":"liquidation-orders","instType":"SWAP"},"data":[{"instId":"ETH-USDT-SWAP","details":[
          {"bkPx":"0","posSide":"long","side":"sell","sz":"1","ts":"1764000000000"},
          {"bkPx":"3","posSide":"","side":"sell","sz":"2","ts":"1764000000000"}]}]})",
      {}, now);
  ASSERT_TRUE(frame);
  ASSERT_EQ(frame->events.size(), 1U);
  EXPECT_EQ(frame->rows_skipped, 1U);
  const auto& event = std::get<market::Liquidation>(frame->events[0]);
  EXPECT_EQ(event.side, market::PositionSide::long_side) << "the order's side where the position's is not told";
  EXPECT_FALSE(event.usd.has_value()) << "contract size unknown";
}

}  // namespace okx_test
}  // namespace exchange
