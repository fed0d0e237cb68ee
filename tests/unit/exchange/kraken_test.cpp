#include <gtest/gtest.h>

#include "tests/unit/exchange/support.hpp"

namespace exchange {
namespace kraken_test {

using market::Outcome;
using std::chrono::hours;
using std::chrono::minutes;
using testing::now;

const auto owner = make_exchange("kraken", testing::settings());
const Exchange& kraken = *owner;
const std::string api = "https://rest.test/derivatives/api/v3/";

TEST(Kraken, SweepsAreOneRequestEach) {
  for (const auto& [topic, endpoint] : std::vector<std::pair<Topic, std::string>>{{Topic::instruments, "instruments"},
                                                                                  {Topic::funding, "tickers"},
                                                                                  {Topic::tickers, "tickers"},
                                                                                  {Topic::open_interest, "tickers"}}) {
    const auto asks = kraken.asks(topic, testing::want({"PF_ETHUSD"}));
    ASSERT_EQ(asks.size(), 1U);
    EXPECT_EQ(asks[0].request.url, api + endpoint);
    EXPECT_EQ(asks[0].endpoint, endpoint);
    EXPECT_EQ(asks[0].costs[0].limit, "ip");
  }
  EXPECT_TRUE(kraken.asks(Topic::liquidations, {}).empty());
  auto past = testing::want({"PF_ETHUSD"});
  past.from = now;
  EXPECT_TRUE(kraken.asks(Topic::open_interest, past).empty());
}

TEST(Kraken, WhatIsAskedByContractNamesIt) {
  auto want = testing::want({"PF_ETHUSD", "PI_XBTUSD"});
  EXPECT_EQ(testing::urls(kraken.asks(Topic::funding_history, want)),
            (std::vector<std::string>{api + "historical-funding-rates?symbol=PF_ETHUSD",
                                      api + "historical-funding-rates?symbol=PI_XBTUSD"}));
  EXPECT_EQ(kraken.asks(Topic::funding_history, want)[1].symbol, "PI_XBTUSD");
  EXPECT_EQ(kraken.asks(Topic::trades, want)[0].request.url, api + "history?symbol=PF_ETHUSD");
  EXPECT_EQ(kraken.asks(Topic::depth, want)[0].request.url, api + "orderbook?symbol=PF_ETHUSD");
}

TEST(Kraken, BarsAreAskedInWholeSecondsOfAPath) {
  auto want = testing::want({"PF_ETHUSD"});
  want.from = now - minutes{2} + base::Millis{1};
  want.to = now + base::Millis{999};
  const std::string path = "https://rest.test/api/charts/v1/trade/PF_ETHUSD/";
  const auto asks = kraken.asks(Topic::candles, want);
  EXPECT_EQ(testing::urls(asks), std::vector<std::string>{path + "1m?from=1763999881&to=1764000000"});
  EXPECT_EQ(asks[0].symbol, "PF_ETHUSD");
  EXPECT_EQ(asks[0].bar_length, minutes{1});
  EXPECT_EQ(asks[0].endpoint, "charts/v1/trade") << "one breaker for all contracts";
  want.from = now - hours{48};
  EXPECT_EQ(kraken.asks(Topic::candles, want).size(), 2U);
  want.bar_length = hours{4};
  want.from.reset();
  want.to.reset();
  EXPECT_EQ(testing::urls(kraken.asks(Topic::candles, want)), std::vector<std::string>{path + "4h"});
  want.bar_length = minutes{7};
  EXPECT_TRUE(kraken.asks(Topic::candles, want).empty());
}

TEST(Kraken, FundingIsMadeAFractionOfThePrice) {
  const auto reply = kraken.decode(kraken.asks(Topic::funding, {}).front(),
                                   R"({"result":"success","serverTime":"2025-11-24T16:00:00.000Z","tickers":[
          {"symbol":"PF_ETHUSD","markPrice":3000,"fundingRate":0.3},
          {"symbol":"PI_XBTUSD","markPrice":90000,"fundingRate":-1e-9},
          {"symbol":"PF_XBTUSD","indexPrice":50000,"fundingRate":5},
          {"symbol":"PF_SOLUSD","fundingRate":5}]})",
                                   {}, now);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->server_time, now);
  std::vector<market::Funding> rates;
  for (const auto& event : reply->events) {
    if (const auto* rate = std::get_if<market::Funding>(&event)) rates.push_back(*rate);
  }
  ASSERT_EQ(rates.size(), 3U) << "without a price nobody can say what fraction it is";
  EXPECT_DOUBLE_EQ(*rates[0].rate, 1e-4) << "linear: USD of a coin";
  EXPECT_DOUBLE_EQ(*rates[1].rate, -9e-5) << "inverse: coins of a dollar";
  EXPECT_DOUBLE_EQ(*rates[2].rate, 1e-4) << "the index where there is no mark";
  EXPECT_EQ(rates[0].interval, hours{1});
  EXPECT_FALSE(rates[0].settles_at.has_value());
}

TEST(Kraken, AListThatSaysAnotherSizeIsBelieved) {
  auto contract = *kraken.describe("PF_ETHUSD");
  contract.contract_size = 10;
  const market::Universe universe({contract});
  const auto frame = kraken.decode_frame(
      R"({"feed":"trade","product_id":"PF_ETHUSD","uid":"u","side":"buy","type":"liquidation","time":1764000000000,"qty":2,"price":5})",
      universe, now);
  const auto& event = std::get<market::Liquidation>(frame->events.at(0));
  EXPECT_EQ(event.unit, market::SizeUnit::contracts);
  EXPECT_EQ(event.base, 20);
  EXPECT_EQ(event.usd, 100);
  EXPECT_EQ(event.side, market::PositionSide::short_side) << "a bought one was a short";
}

TEST(Kraken, OrdinaryTradesAreNoNewsOfLiquidations) {
  const auto frame = [](const std::string& type) {
    return *kraken.decode_frame(R"({"feed":"trade","product_id":"PF_ETHUSD","uid":"u","side":"buy","type":")" + type +
                                    R"(","time":1764000000000,"qty":2,"price":5})",
                                {}, now);
  };
  EXPECT_TRUE(frame("fill").companion);
  EXPECT_TRUE(frame("termination").companion);
  EXPECT_EQ(frame("fill").events.size(), 1U);
  EXPECT_FALSE(frame("liquidation").companion);
  EXPECT_EQ(frame("liquidation").events.size(), 2U) << "it is a trade, too";
}

TEST(Kraken, SpellingsAreUnderstood) {
  for (const auto& [symbol, expected] :
       std::vector<testing::Spelled>{{"PF_XBTUSD", "BTC/USD:USD perp linear"},
                                     {"PI_XBTUSD", "BTC/USD:BTC perp inverse"},
                                     {"pi_xrpusd", "XRP/USD:XRP perp inverse"},
                                     {"FI_ETHUSD_260327", "ETH/USD:ETH future inverse"},
                                     {"FF_XBTUSD_260327", "BTC/USD:USD future linear"},
                                     {"PV_XRPXBT", "XRP/BTC:BTC perp linear"},
                                     {"PF_PEPEUSD", "PEPE/USD:USD perp linear"},
                                     {"in_xbtusd", ""},
                                     {"rr_xbtusd", ""},
                                     {"PF_XBTUSD_260327", ""},
                                     {"FI_XBTUSD", ""},
                                     {"FI_XBTUSD_SOON", ""},
                                     {"OI_XBTUSD_260327", ""},
                                     {"PF_USD", ""},
                                     {"PF_", ""},
                                     {"XBTUSD", ""}}) {
    EXPECT_EQ(testing::spelled(kraken, symbol), expected) << symbol;
  }
  EXPECT_TRUE(market::is_watchable(*kraken.describe("PF_XBTUSD")));
  EXPECT_FALSE(market::is_watchable(*kraken.describe("PI_XBTUSD")));
  EXPECT_FALSE(market::is_watchable(*kraken.describe("FF_XBTUSD_260327")));
  EXPECT_FALSE(market::is_watchable(*kraken.describe("PV_XRPXBT")));
}

TEST(Kraken, VerdictsComeFromTheEnvelope) {
  const auto judge = [](int status, const std::string& body) {
    return kraken.judge(testing::response(status, body), now);
  };
  const auto error = [&](int status, const std::string& word) {
    return judge(status, R"({"result":"error","error":")" + word + R"(","serverTime":"2025-11-24T16:00:00Z"})");
  };
  EXPECT_EQ(judge(200, R"({"result":"success","tickers":[]})").outcome, Outcome::ok);
  EXPECT_EQ(judge(200, R"({"tickers":[{"a":1}],"result":"success"})").outcome, Outcome::ok);
  EXPECT_EQ(judge(200, R"({"candles":[],"more_candles":false})").outcome, Outcome::ok);
  EXPECT_EQ(judge(200, R"({"tickers":[]})").outcome, Outcome::malformed);
  EXPECT_EQ(judge(200, "[]").outcome, Outcome::malformed);
  EXPECT_EQ(error(200, "apiLimitExceeded").outcome, Outcome::soft_limit);
  EXPECT_EQ(error(429, "apiLimitExceeded").outcome, Outcome::soft_limit);
  EXPECT_EQ(error(200, "Server Error").outcome, Outcome::transient);
  EXPECT_EQ(error(503, "Unavailable").outcome, Outcome::transient);
  EXPECT_EQ(error(200, "authenticationError").outcome, Outcome::unauthorised);
  EXPECT_EQ(error(400, "invalidArgument").outcome, Outcome::bad_request);
  const auto spot = judge(200, R"({"error":["EAPI:Rate limit exceeded"]})");
  EXPECT_EQ(spot.outcome, Outcome::soft_limit);
  EXPECT_EQ(spot.code, "EAPI:Rate limit exceeded");
  const auto unknown = judge(
      400, R"({"result":"error","errors":[{"code":87,"message":"Contract does not exist"}],"status":"BAD_REQUEST"})");
  EXPECT_EQ(unknown.outcome, Outcome::bad_symbol);
  EXPECT_EQ(unknown.code, "87");
  EXPECT_EQ(unknown.message, "Contract does not exist");
  EXPECT_EQ(judge(451, "<html>").outcome, Outcome::blocked);
  EXPECT_EQ(judge(520, "").outcome, Outcome::transient);
}

TEST(Kraken, SocketsAndTheirTexts) {
  const testing::Listed listed(kraken, testing::numbered("PF_A", "USD", 401));
  const auto plans = kraken.streams(Topic::liquidations, listed.pointers());
  ASSERT_EQ(plans.size(), 2U);
  EXPECT_EQ(plans[0].url, "wss://stream.test/public");
  EXPECT_TRUE(plans[0].drop_before_connect) << "a subscription begins with a snapshot of older trades";
  EXPECT_EQ(plans[0].ping, R"({"event":"subscribe","feed":"heartbeat"})");
  EXPECT_LT(plans[0].ping_every, std::chrono::seconds{60});
  EXPECT_EQ(kraken.subscribe_text(std::vector<std::string>{"PF_A0USD", "PF_A1USD"}, 1, now),
            R"({"event":"subscribe","feed":"trade","product_ids":["PF_A0USD","PF_A1USD"]})");
  EXPECT_FALSE(plans[0].companion_silence_max) << "rare contracts alone may be silent for long";
  const testing::Listed lively(kraken, {"PF_A0USD", "PF_XBTUSD"});
  EXPECT_EQ(kraken.streams(Topic::liquidations, lively.pointers())[0].companion_silence_max, std::chrono::minutes{5});
  EXPECT_TRUE(kraken.streams(Topic::candles, listed.pointers()).empty());
  EXPECT_FALSE(kraken.traits().candle_stream);
  EXPECT_GT(kraken.traits().polled_bars_max, 0U);
}

TEST(Kraken, ControlFramesAreTold) {
  const auto frame = [](std::string_view text) { return *kraken.decode_frame(text, {}, now); };
  EXPECT_EQ(frame(R"({"event":"subscribed","feed":"trade","product_ids":["PF_XBTUSD"]})").kind, Frame::Kind::ack);
  EXPECT_EQ(frame(R"({"event":"subscribed","feed":"heartbeat"})").kind, Frame::Kind::pong);
  EXPECT_EQ(frame(R"({"feed":"heartbeat","time":1764000000000})").kind, Frame::Kind::pong);
  EXPECT_EQ(frame(R"({"event":"subscribed_failed","feed":"trade"})").kind, Frame::Kind::refused);
  const auto refused = frame(R"({"event":"error","message":"Invalid product id"})");
  EXPECT_EQ(refused.kind, Frame::Kind::refused);
  EXPECT_EQ(refused.message, "Invalid product id");
  EXPECT_EQ(frame(R"({"event":"info","version":1})").kind, Frame::Kind::notice);
  EXPECT_EQ(frame(R"({"event":"alert","message":"x"})").kind, Frame::Kind::notice);
  EXPECT_EQ(frame(R"({"feed":"book","product_id":"PF_XBTUSD","side":"sell","seq":1,"price":1,"qty":0})").kind,
            Frame::Kind::other);
}

TEST(Kraken, PagesForPeople) {
  EXPECT_EQ(kraken.link("PF_XBTUSD"), "https://futures.kraken.com/trade/futures/pf_xbtusd");
}

}  // namespace kraken_test
}  // namespace exchange
