#include <gtest/gtest.h>

#include "tests/unit/exchange/support.hpp"

namespace exchange {
namespace bybit_test {

using market::Outcome;
using testing::now;

const auto owner = make_exchange("bybit", testing::settings());
const Exchange& bybit = *owner;

TEST(Bybit, OneCallGivesFundingOpenInterestAndTickers) {
  const std::string url = "https://rest.test/v5/market/tickers?category=linear";
  for (const auto topic : {Topic::funding, Topic::open_interest, Topic::tickers}) {
    const auto asks = bybit.asks(topic, testing::want({"ETHUSDT"}));
    ASSERT_EQ(asks.size(), 1U);
    EXPECT_EQ(asks[0].request.url, url);
    EXPECT_EQ(asks[0].costs[0].limit, "ip");
  }
  const auto reply = bybit.decode(
      bybit.asks(Topic::funding, {}).front(),
      R"({"retCode":0,"result":{"list":[{"symbol":"ETHUSDT","lastPrice":"10","openInterest":"6","openInterestValue":"60",
          "fundingRate":"0.1","nextFundingTime":"1764003600000"}]},"time":1764000000000})",
      {}, now);
  ASSERT_TRUE(reply);
  ASSERT_EQ(reply->events.size(), 3U);
  EXPECT_EQ(reply->server_time, now);
  const auto& interest = std::get<market::OpenInterest>(reply->events[1]);
  EXPECT_DOUBLE_EQ(*interest.raw, 6);
  EXPECT_DOUBLE_EQ(*interest.base, 3) << "one side: half of both";
  EXPECT_DOUBLE_EQ(*interest.quote, 30);
  EXPECT_FALSE(interest.single_side_raw.has_value());
}

TEST(Bybit, TheStatedSingleSideIsPreferredToHalf) {
  const auto reply = bybit.decode(
      bybit.asks(Topic::funding, {}).front(),
      R"({"retCode":0,"result":{"list":[{"symbol":"ETHUSDT","openInterest":"6","openInterestValue":"60","singleOpenInterest":"2"}]},"time":1764000000000})",
      {}, now);
  const auto& interest = std::get<market::OpenInterest>(reply->events[0]);
  EXPECT_DOUBLE_EQ(*interest.base, 2);
  EXPECT_DOUBLE_EQ(*interest.quote, 20);
}

TEST(Bybit, InstrumentPagesFollowTheCursor) {
  const auto first = bybit.asks(Topic::instruments, {}).front();
  EXPECT_EQ(first.request.url, "https://rest.test/v5/market/instruments-info?category=linear&limit=1000");
  const std::string page = R"({"retCode":0,"result":{"list":[],"nextPageCursor":"id%3D7%26x"},"time":1764000000000})";
  const auto reply = bybit.decode(first, page, {}, now);
  ASSERT_TRUE(reply && reply->next);
  EXPECT_EQ(reply->next->request.url, first.request.url + "&cursor=id%3D7%26x");
  EXPECT_FALSE(bybit.decode(*reply->next, page, {}, now)->next.has_value()) << "the same page again ends it";
}

TEST(Bybit, HistoriesNameTheirEnds) {
  auto want = testing::want({"ETHUSDT"});
  want.from = now - std::chrono::minutes{2};
  want.to = now;
  EXPECT_EQ(
      testing::urls(bybit.asks(Topic::candles, want)),
      std::vector<std::string>{"https://rest.test/v5/market/kline?category=linear&symbol=ETHUSDT&interval=1&start="
                               "1763999880000&end=1764000000000&limit=3"});
  want.to.reset();
  EXPECT_EQ(
      testing::urls(bybit.asks(Topic::funding_history, want)),
      std::vector<std::string>{"https://rest.test/v5/market/funding/history?category=linear&symbol=ETHUSDT&limit=200"})
      << "a start alone is an error there";
}

TEST(Bybit, SpellingsAreUnderstood) {
  for (const auto& [symbol, expected] :
       std::vector<testing::Spelled>{{"ETHUSDT", "ETH/USDT:USDT perp linear"},
                                     {"ETHPERP", "ETH/USDC:USDC perp linear"},
                                     {"ETH-27MAR26", "ETH/USDC:USDC future linear"},
                                     {"ETHUSDT-27MAR26", "ETH/USDT:USDT future linear"},
                                     {"ETHUSD", "ETH/USD:ETH perp inverse"},
                                     {"ETHUSDH26", "ETH/USD:ETH future inverse"},
                                     {"SHIB1000USDT", "SHIB1000/USDT:USDT perp linear"},
                                     {"1000PEPEUSDT", "1000PEPE/USDT:USDT perp linear"},
                                     {"PERP", ""},
                                     {"USDT", ""},
                                     {"USD", ""},
                                     {"-27MAR26", ""},
                                     {"ETH", ""},
                                     {"ETHUSDA26", ""}}) {
    EXPECT_EQ(testing::spelled(bybit, symbol), expected) << symbol;
  }
  EXPECT_EQ(bybit.describe("SHIB1000USDT")->asset, "SHIB");
}

TEST(Bybit, VerdictsComeFromTheEnvelope) {
  const auto ban = bybit.judge(testing::response(403, "access too frequent"), now);
  EXPECT_EQ(ban.outcome, Outcome::banned);
  EXPECT_EQ(ban.banned_until, now + std::chrono::minutes{10});
  EXPECT_EQ(bybit.judge(testing::response(403, "<HTML>CloudFront"), now).outcome, Outcome::blocked);
  EXPECT_EQ(bybit.judge(testing::response(403, R"({"retCode":10024,"retMsg":"x"})"), now).outcome, Outcome::blocked);
  EXPECT_EQ(bybit.judge(testing::response(200, R"({"retCode":0,"result":{}})"), now).outcome, Outcome::ok);
  EXPECT_EQ(bybit.judge(testing::response(200, R"({"result":{}})"), now).outcome, Outcome::malformed);
  EXPECT_EQ(bybit.judge(testing::response(200, R"({"retCode":10001,"retMsg":"Symbol Invalid"})"), now).outcome,
            Outcome::bad_symbol);
  const auto limited = bybit.judge(testing::response(200, R"({"retCode":10006,"retMsg":"Too many visits!"})",
                                                     {{"x-bapi-limit-reset-timestamp", "1764000002500"}}),
                                   now);
  EXPECT_EQ(limited.outcome, Outcome::soft_limit);
  EXPECT_EQ(limited.retry_after, base::Millis{2'500});
  EXPECT_EQ(limited.message, "Too many visits!");
}

TEST(Bybit, SocketsStayBelowTheCharactersOfAConnection) {
  const testing::Listed listed(bybit, testing::numbered("LONGNAME", "USDT", 805));
  const auto plans = bybit.streams(Topic::liquidations, listed.pointers());
  ASSERT_GE(plans.size(), 2U);
  std::size_t channels = 0;
  for (const auto& plan : plans) {
    std::string all;
    for (const auto& channel : plan.channels) all += "\"" + channel + "\",";
    EXPECT_LE(all.size(), 21'000U);
    EXPECT_EQ(plan.batch_max, 10U);
    EXPECT_EQ(plan.ping, R"({"op":"ping"})");
    channels += plan.channels.size();
  }
  EXPECT_EQ(channels, 805U);
  EXPECT_EQ(plans[0].channels[0], "allLiquidation.LONGNAME0USDT");
  EXPECT_EQ(bybit.streams(Topic::candles, listed.pointers())[0].channels[0], "kline.1.LONGNAME0USDT");
  EXPECT_EQ(bybit.subscribe_text(std::vector<std::string>{"a", "b"}, 9, {}),
            R"({"req_id":"9","op":"subscribe","args":["a","b"]})");
}

TEST(Bybit, ControlFramesAreTold) {
  const auto frame = [](std::string_view text) { return *bybit.decode_frame(text, {}, now); };
  EXPECT_EQ(frame(R"({"success":true,"ret_msg":"","req_id":"3","op":"subscribe"})").kind, Frame::Kind::ack);
  const auto refused = frame(R"({"success":false,"ret_msg":"handler not found","req_id":"4","op":"subscribe"})");
  EXPECT_EQ(refused.kind, Frame::Kind::refused);
  EXPECT_EQ(refused.request_id, "4");
  EXPECT_EQ(refused.message, "handler not found");
  EXPECT_EQ(frame(R"({"success":true,"ret_msg":"pong","req_id":"","op":"ping"})").kind, Frame::Kind::pong);
  EXPECT_EQ(frame(R"({"op":"pong","args":["1"]})").kind, Frame::Kind::pong);
  EXPECT_EQ(frame(R"({"topic":"orderbook.1.X","data":{}})").kind, Frame::Kind::other);
}

}  // namespace bybit_test
}  // namespace exchange
