#include <gtest/gtest.h>

#include "tests/unit/exchange/support.hpp"

namespace exchange {
namespace kucoin_test {

using market::Outcome;
using testing::now;

const auto kucoin = testing::described("kucoin");

struct Asked {
  Topic topic;
  std::string url;
  std::int64_t weight;
};

TEST(Kucoin, OneCallGivesContractsFundingOpenInterestAndTickers) {
  for (const auto& [topic, url, weight] :
       std::vector<Asked>{{Topic::server_time, "api/v1/timestamp", 2},
                          {Topic::instruments, "api/v1/contracts/active", 3},
                          {Topic::funding, "api/v1/contracts/active", 3},
                          {Topic::open_interest, "api/v1/contracts/active", 3},
                          {Topic::tickers, "api/v1/contracts/active", 3},
                          {Topic::funding_history, "api/v1/contract/funding-rates?symbol=ETHUSDTM", 5},
                          {Topic::candles, "api/v1/kline/query?symbol=ETHUSDTM&granularity=1", 3},
                          {Topic::trades, "api/v1/trade/history?symbol=ETHUSDTM", 5},
                          {Topic::depth, "api/v1/level2/depth20?symbol=ETHUSDTM", 5}}) {
    const auto asks = kucoin->asks(topic, testing::want({"ETHUSDTM"}));
    ASSERT_EQ(asks.size(), 1U) << url;
    EXPECT_EQ(asks[0].request.url, "https://rest.test/" + url);
    EXPECT_EQ(asks[0].costs[0].limit, "pool");
    EXPECT_EQ(asks[0].costs[0].units, weight) << url;
    EXPECT_EQ(asks[0].endpoint, url.substr(0, url.find('?')));
  }
  for (const auto topic : {Topic::liquidations, Topic::funding_intervals})
    EXPECT_TRUE(kucoin->asks(topic, testing::want({"ETHUSDTM"})).empty());
}

TEST(Kucoin, HistoriesGoInPages) {
  auto want = testing::want({"ETHUSDTM"});
  want.from = now - std::chrono::minutes{600};
  want.to = now;
  const auto asks = kucoin->asks(Topic::candles, want);
  ASSERT_EQ(asks.size(), 2U) << "500 a page";
  EXPECT_EQ(asks[1].request.url,
            "https://rest.test/api/v1/kline/query?symbol=ETHUSDTM&granularity=1&from=1763970000001&to=1764000000000");
  EXPECT_EQ(asks[1].bar_length, std::chrono::minutes{1});
  EXPECT_TRUE(kucoin->asks(Topic::open_interest, want).empty()) << "it keeps no history of it";
  want.from = now - std::chrono::hours{150};
  EXPECT_EQ(kucoin->asks(Topic::funding_history, want).size(), 2U) << "100 settlements, one an hour at most";
}

std::optional<base::WallTime> settles_at(const std::string& fields) {
  const auto reply = kucoin->decode(
      kucoin->asks(Topic::funding, {}).front(),
      R"({"code":"200000","data":[{"symbol":"ETHUSDTM","isInverse":false,"multiplier":0.01,"fundingFeeRate":0.0001)" +
          fields + "}]}",
      {}, now);
  return std::get<market::Funding>(reply->events.at(0)).settles_at;
}

TEST(Kucoin, WhatIsLeftToASettlementBecomesItsTime) {
  const auto hour = now + std::chrono::hours{1};
  EXPECT_EQ(settles_at(R"(,"nextFundingRateTime":3599200)"), hour) << "less what the answer took to come";
  EXPECT_EQ(settles_at(R"(,"nextFundingRateTime":3600900)"), hour);
  EXPECT_EQ(settles_at(R"(,"nextFundingRateTime":5,"nextFundingRateDateTime":1764003600000)"), hour) << "stated";
  EXPECT_FALSE(settles_at(R"(,"nextFundingRateTime":null)").has_value());
  EXPECT_FALSE(settles_at(R"(,"nextFundingRateTime":-5)").has_value());
  EXPECT_FALSE(settles_at(R"(,"nextFundingRateTime":1764003600000)").has_value()) << "no time to be left";
}

TEST(Kucoin, InstrumentsAndEventsComeFromTheSameAnswer) {
  const std::string body =
      R"({"code":"200000","data":[{"symbol":"XBTUSDM","baseCurrency":"XBT","quoteCurrency":"USD","settleCurrency":"XBT",
          "multiplier":-1.0,"isInverse":true,"status":"Open","tickSize":0.5,"fundingFeeRate":1.0E-4,
          "fundingRateGranularity":28800000,"openInterest":"5"}]})";
  const auto listed = kucoin->decode(kucoin->asks(Topic::instruments, {}).front(), body, {}, now);
  ASSERT_TRUE(listed && listed->instruments.size() == 1U);
  const auto& one = listed->instruments[0];
  EXPECT_EQ(one.base, "BTC");
  EXPECT_EQ(one.settle, "BTC");
  EXPECT_EQ(one.contract_size, 1.0);
  EXPECT_EQ(one.funding_interval, std::chrono::hours{8});
  EXPECT_EQ(one.tick_size, 0.5);
  EXPECT_TRUE(listed->events.empty());
  const auto said = kucoin->decode(kucoin->asks(Topic::tickers, {}).front(), body, {}, now);
  EXPECT_EQ(said->events.size(), 3U);
}

TEST(Kucoin, SpellingsAreUnderstood) {
  for (const auto& [symbol, expected] :
       std::vector<testing::Spelled>{{"XBTUSDTM", "BTC/USDT:USDT perp linear"},
                                     {"ETHUSDCM", "ETH/USDC:USDC perp linear"},
                                     {"XBTUSDM", "BTC/USD:BTC perp inverse"},
                                     {"1000PEPEUSDTM", "1000PEPE/USDT:USDT perp linear"},
                                     {"XBTMZ25", "BTC/USD:BTC future inverse"},
                                     {"XBTMA25", ""},
                                     {".XBTUSDTMFPI8H", ""},
                                     {".KXBTUSDM", ""},
                                     {"USDTM", ""},
                                     {"MZ25", ""},
                                     {"XBTUSDT", ""},
                                     {"M", ""},
                                     {"", ""}}) {
    EXPECT_EQ(testing::spelled(*kucoin, symbol), expected) << symbol;
  }
  EXPECT_EQ(kucoin->describe("XBTUSDM")->contract_size, 1.0) << "a lot is a dollar";
  EXPECT_FALSE(kucoin->describe("XBTUSDTM")->contract_size.has_value());
  EXPECT_EQ(kucoin->link("XBTUSDTM"), "https://www.kucoin.com/trade/futures/XBTUSDTM");
}

TEST(Kucoin, VerdictsComeFromTheEnvelope) {
  for (const auto& [status, body, expected] :
       std::vector<testing::Judged>{{200, R"({"code":"200000","data":[]})", Outcome::ok},
                                    {429, R"({"code":"429000","msg":"Too many requests"})", Outcome::soft_limit},
                                    {200, R"({"code":"429000","msg":"Too many requests"})", Outcome::soft_limit},
                                    {200, R"({"code":"1015","msg":"x"})", Outcome::banned},
                                    {429, R"({"code":"200002","msg":"x"})", Outcome::banned},
                                    {200, R"({"code":"100003","msg":"x"})", Outcome::bad_symbol},
                                    {400, R"({"code":"200003","msg":"x"})", Outcome::bad_symbol},
                                    {404, R"({"code":"404000","msg":"x"})", Outcome::bad_request},
                                    {400, R"({"code":"400100","msg":"x"})", Outcome::bad_request},
                                    {403, R"({"code":"400500","msg":"x"})", Outcome::blocked},
                                    {200, R"({"code":"500000","msg":"x"})", Outcome::transient},
                                    {200, R"({"data":[]})", Outcome::malformed},
                                    {200, "<html>", Outcome::malformed},
                                    {403, "<html>", Outcome::blocked}}) {
    EXPECT_EQ(kucoin->judge(testing::response(status, body), now).outcome, expected) << status << " " << body;
  }
  const auto until = [](const std::string& code) {
    return kucoin->judge(testing::response(200, R"({"code":")" + code + R"(","msg":"x"})"), now).banned_until;
  };
  EXPECT_EQ(until("1015"), now + std::chrono::seconds{30});
  EXPECT_EQ(until("200002"), now + std::chrono::seconds{10});
  EXPECT_FALSE(until("400500").has_value());
  const std::string limited = R"({"code":"429000","msg":"Too many requests"})";
  EXPECT_EQ(kucoin->judge(testing::response(429, limited, {{"gw-ratelimit-reset", "2500"}}), now).retry_after,
            base::Millis{2'500});
  EXPECT_FALSE(kucoin->judge(testing::response(429, limited), now).retry_after.has_value()) << "their overload";
}

TEST(Kucoin, TheDoorIsAskedForAndOpens) {
  const testing::Listed listed(*kucoin, testing::numbered("A", "USDTM", 301));
  const auto plans = kucoin->streams(Topic::candles, listed.pointers());
  ASSERT_EQ(plans.size(), 2U);
  ASSERT_TRUE(plans[0].door.has_value());
  const auto& door = *plans[0].door;
  EXPECT_EQ(door.request.method, "POST");
  EXPECT_EQ(door.request.url, "https://rest.test/api/v1/bullet-public");
  EXPECT_EQ(door.request.body, "");
  EXPECT_EQ(door.costs[0].units, 10);
  const auto reply = kucoin->decode(
      door,
      R"({"code":"200000","data":{"token":"a=b&c","instanceServers":[{"endpoint":"wss://ws.kucoin.test/endpoint","encrypt":true,"protocol":"websocket","pingInterval":18000,"pingTimeout":10000}]}})",
      {}, now);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->door, "wss://ws.kucoin.test/endpoint?token=a%3Db%26c&connectId=1764000000000");
  for (const char* body : {R"({"code":"200000","data":{"token":"","instanceServers":[{"endpoint":"wss://h/"}]}})",
                           R"({"code":"200000","data":{"token":"t","instanceServers":[]}})",
                           R"({"code":"200000","data":{"token":"t","instanceServers":[{"endpoint":"https://h/"}]}})"}) {
    EXPECT_FALSE(kucoin->decode(door, body, {}, now)) << body;
  }
}

TEST(Kucoin, SocketsAndTheirTexts) {
  const testing::Listed listed(*kucoin, {"AUSDTM", "BUSDTM"});
  const auto plans = kucoin->streams(Topic::candles, listed.pointers());
  ASSERT_EQ(plans.size(), 1U);
  EXPECT_EQ(plans[0].name, "kucoin candles");
  EXPECT_EQ(plans[0].batch_max, 50U);
  EXPECT_EQ(plans[0].ping, R"({"id":"ping","type":"ping"})");
  EXPECT_LT(plans[0].ping_every, std::chrono::seconds{18});
  EXPECT_EQ(
      kucoin->subscribe_text(plans[0].channels, 4, now),
      R"({"id":"4","type":"subscribe","topic":"/contractMarket/limitCandle:AUSDTM_1min,BUSDTM_1min","privateChannel":false,"response":true})");
  EXPECT_TRUE(kucoin->streams(Topic::liquidations, listed.pointers()).empty()) << "no public feed";
}

TEST(Kucoin, ControlFramesAreTold) {
  const auto frame = [](std::string_view text) { return *kucoin->decode_frame(text, {}, now); };
  EXPECT_EQ(frame(R"({"id":"x","type":"welcome"})").kind, Frame::Kind::other);
  EXPECT_EQ(frame(R"({"id":"ping","type":"pong"})").kind, Frame::Kind::pong);
  EXPECT_EQ(frame(R"({"id":"4","type":"ack"})").kind, Frame::Kind::ack);
  EXPECT_EQ(frame(R"({"id":"4","type":"ack"})").request_id, "4");
  const auto refused = frame(R"({"id":"5","type":"error","code":404,"data":"topic /contractMarket/x is not found"})");
  EXPECT_EQ(refused.kind, Frame::Kind::refused);
  EXPECT_EQ(refused.request_id, "5");
  EXPECT_EQ(refused.message, "topic /contractMarket/x is not found");
  EXPECT_EQ(frame(R"({"topic":"/contractMarket/level2:A","type":"message","data":{}})").kind, Frame::Kind::other);
}

TEST(Kucoin, ThePushedRateOfEachMinuteIsNoSettledOne) {
  const auto rate = [](int granularity) {
    const auto frame = kucoin->decode_frame(
        R"({"topic":"/contract/instrument:ETHUSDTM","type":"message","subject":"funding.rate","data":{"granularity":)" +
            std::to_string(granularity) + R"(,"fundingRate":0.0001,"timestamp":1764000000000}})",
        {}, now);
    return std::get<market::Funding>(frame->events.at(0));
  };
  EXPECT_TRUE(rate(28'800'000).settled);
  EXPECT_EQ(rate(28'800'000).settles_at, now);
  EXPECT_FALSE(rate(60'000).settled);
  EXPECT_FALSE(rate(60'000).settles_at.has_value());
  EXPECT_FALSE(rate(60'000).interval.has_value());
}

}  // namespace kucoin_test
}  // namespace exchange
