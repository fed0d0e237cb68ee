#include <gtest/gtest.h>

#include "common/exchange/inflate.hpp"
#include "tests/unit/exchange/support.hpp"

namespace exchange {
namespace htx_test {

using market::Outcome;
using testing::now;

const auto htx = testing::described("htx");

struct Asked {
  Topic topic;
  int way;
  std::string url, limit;
};

TEST(Htx, AsksOfAllContractsAndOfOne) {
  const std::string host = "https://rest.test/";
  for (const auto& [topic, way, url, limit] : std::vector<Asked>{
           {Topic::server_time, 0, "api/v1/timestamp", "market"},
           {Topic::instruments, 0, "linear-swap-api/v1/swap_contract_info?business_type=swap", "reference"},
           {Topic::tickers, 0, "v2/linear-swap-ex/market/detail/batch_merged?business_type=swap", "market"},
           {Topic::funding, 0, "linear-swap-api/v1/swap_batch_funding_rate", "reference"},
           {Topic::funding, 1, "v5/market/funding_rate?contract_code=ETH-USDT", "v5"},
           {Topic::funding_intervals, 0, "linear-swap-api/v1/swap_query_elements", "reference"},
           {Topic::open_interest, 0, "linear-swap-api/v1/swap_open_interest?business_type=swap", "reference"},
           {Topic::open_interest, 1, "v5/market/open_interest?contract_code=ETH-USDT", "v5"},
           {Topic::funding_history, 0,
            "linear-swap-api/v1/swap_historical_funding_rate?contract_code=ETH-USDT&page_index=1&page_size=100",
            "reference"},
           {Topic::funding_history, 1, "v5/market/funding_rate_history?contract_code=ETH-USDT&limit=100", "v5"},
           {Topic::candles, 0, "linear-swap-ex/market/history/kline?contract_code=ETH-USDT&period=1min&size=2000",
            "market"},
           {Topic::liquidations, 0, "v5/market/liquidation_orders?contract_code=ETH-USDT&limit=100", "v5"},
           {Topic::trades, 0, "linear-swap-ex/market/history/trade?contract_code=ETH-USDT&size=2000", "market"},
           {Topic::depth, 0, "linear-swap-ex/market/depth?contract_code=ETH-USDT&type=step6", "market"}}) {
    auto want = testing::want({"ETH-USDT"});
    want.way = way;
    const auto asks = htx->asks(topic, want);
    ASSERT_EQ(asks.size(), 1U) << url;
    EXPECT_EQ(asks[0].request.url, host + url);
    EXPECT_EQ(asks[0].costs[0].limit, limit) << url;
    EXPECT_EQ(asks[0].endpoint, url.substr(0, url.find('?')));
    EXPECT_EQ(asks[0].request.proxy, "http://proxy.test:3128");
  }
}

TEST(Htx, TwoWaysWhereNobodyKnowsWhichLives) {
  for (const auto topic : {Topic::funding, Topic::open_interest, Topic::funding_history})
    EXPECT_EQ(htx->ways(topic), 2);
  for (const auto topic : {Topic::tickers, Topic::candles, Topic::instruments}) EXPECT_EQ(htx->ways(topic), 1);
  auto want = testing::want({"A-USDT", "B-USDT"});
  want.way = 1;
  EXPECT_EQ(htx->asks(Topic::funding, want).size(), 2U);
  EXPECT_EQ(htx->asks(Topic::open_interest, want)[1].symbol, "B-USDT");
}

TEST(Htx, CandlesAreAskedInSecondsByPages) {
  auto want = testing::want({"ETH-USDT"});
  want.from = now - std::chrono::minutes{2'500};
  want.to = now;
  const auto asks = htx->asks(Topic::candles, want);
  ASSERT_EQ(asks.size(), 2U);
  EXPECT_EQ(asks[1].request.url,
            "https://rest.test/linear-swap-ex/market/history/"
            "kline?contract_code=ETH-USDT&period=1min&from=1763880000&to=1764000000");
  EXPECT_EQ(asks[1].symbol, "ETH-USDT");
  want.bar_length = std::chrono::hours{24};
  EXPECT_TRUE(htx->asks(Topic::candles, want).empty()) << "its days begin in Hong Kong";
}

TEST(Htx, FundingIntervalsComeFromTheElements) {
  const auto ask = htx->asks(Topic::funding_intervals, {}).front();
  const auto reply = htx->decode(
      ask,
      R"({"status":"ok","data":[{"contract_code":"ETH-USDT","settle_period":4},{"contract_code":"B-USDT","settle_period":"8"},
          {"contract_code":"C-USDT"},{"contract_code":"D-USDT","settle_period":48}],"ts":1764000000000})",
      {}, now);
  ASSERT_TRUE(reply);
  ASSERT_EQ(reply->events.size(), 2U);
  const auto& first = std::get<market::Funding>(reply->events[0]);
  EXPECT_EQ(first.symbol, "ETH-USDT");
  EXPECT_EQ(first.interval, std::chrono::hours{4});
  EXPECT_FALSE(first.rate.has_value());
  EXPECT_EQ(std::get<market::Funding>(reply->events[1]).interval, std::chrono::hours{8});
  EXPECT_EQ(reply->rows_skipped, 1U) << "no contract settles every two days";
  EXPECT_EQ(reply->server_time, now);
}

TEST(Htx, SpellingsAreUnderstood) {
  for (const auto& [symbol, expected] :
       std::vector<testing::Spelled>{{"ETH-USDT", "ETH/USDT:USDT perp linear"},
                                     {"1000PEPE-USDT", "1000PEPE/USDT:USDT perp linear"},
                                     {"ETH-USD", "ETH/USD:ETH perp inverse"},
                                     {"ETH-USDT-260327", "ETH/USDT:USDT future linear"},
                                     {"ETH-USDT-CQ", "ETH/USDT:USDT future linear"},
                                     {"ETH260327", "ETH/USD:ETH future inverse"},
                                     {"ETH_NQ", "ETH/USD:ETH future inverse"},
                                     {"ETH", ""},
                                     {"ETHUSDT", ""},
                                     {"-USDT", ""},
                                     {"ETH-", ""},
                                     {"260327", ""},
                                     {"_CQ", ""},
                                     {"ETH_XX", ""},
                                     {"ETH-USDT-C-3000", ""},
                                     {"", ""}}) {
    EXPECT_EQ(testing::spelled(*htx, symbol), expected) << symbol;
  }
  EXPECT_FALSE(htx->describe("ETH-USDT")->contract_size.has_value()) << "only the list knows it";
  EXPECT_EQ(htx->link("ETH-USDT"), "https://www.htx.com/futures/linear_swap/exchange#contract_code=ETH-USDT");
}

TEST(Htx, VerdictsComeFromThreeEnvelopes) {
  for (const auto& [status, body, expected] : std::vector<testing::Judged>{
           {200, R"({"status":"ok","data":[],"ts":1})", Outcome::ok},
           {200, R"({"ch":"market.X.kline.1min","data":[{"id":1}],"status":"ok","ts":1})", Outcome::ok},
           {200, R"({"code":200,"message":"Success","data":[]})", Outcome::ok},
           {200, R"({"code":"200","msg":"","data":[]})", Outcome::ok},
           {200, R"({"status":"error","err_code":1032,"err_msg":"limit"})", Outcome::soft_limit},
           {429, R"({"status":"error","err_code":1032,"err_msg":"limit"})", Outcome::soft_limit},
           {429, "", Outcome::soft_limit},
           {200, R"({"status":"error","err_code":1004,"err_msg":"busy"})", Outcome::transient},
           {200, R"({"status":"error","err_code":1013,"err_msg":"x"})", Outcome::bad_symbol},
           {200, R"({"status":"error","err_code":1014,"err_msg":"x"})", Outcome::bad_symbol},
           {200, R"({"code":1013,"message":"x","data":null})", Outcome::bad_symbol},
           {200, R"({"code":1066,"message":"x","data":null})", Outcome::bad_request},
           {200, R"({"status":"error","err-code":"invalid-parameter","err-msg":"x"})", Outcome::bad_request},
           {200, R"({"data":[]})", Outcome::malformed},
           {200, "<html>", Outcome::malformed},
           {451, "{}", Outcome::blocked},
           {403, "<html>", Outcome::blocked},
           {502, "bad gateway", Outcome::transient}}) {
    EXPECT_EQ(htx->judge(testing::response(status, body), now).outcome, expected) << status << " " << body;
  }
  const std::string limited = R"({"status":"error","err_code":1032,"err_msg":"limit"})";
  const auto wait_of = [&](const std::string& reset) {
    return htx->judge(testing::response(200, limited, {{"ratelimit-reset", reset}}), now).retry_after;
  };
  EXPECT_EQ(wait_of("2500"), base::Millis{2'500}) << "what is left";
  EXPECT_EQ(wait_of("1764000002500"), base::Millis{2'500}) << "or when";
  EXPECT_FALSE(wait_of("1763999999999").has_value());
  EXPECT_EQ(htx->judge(testing::response(200, limited), now).code, "1032");
}

TEST(Htx, SocketsAndTheirTexts) {
  const testing::Listed listed(*htx, testing::numbered("A", "-USDT", 101));
  const auto candles = htx->streams(Topic::candles, listed.pointers());
  ASSERT_EQ(candles.size(), 2U);
  EXPECT_EQ(candles[0].url, "wss://stream.test/market");
  EXPECT_EQ(candles[1].channels, std::vector<std::string>{"market.A100-USDT.kline.1min"});
  EXPECT_EQ(candles[0].batch_max, 1U);
  EXPECT_EQ(htx->subscribe_text(candles[1].channels, 7, now), R"({"sub":"market.A100-USDT.kline.1min","id":"7"})");
  const auto liquidations = htx->streams(Topic::liquidations, listed.pointers());
  ASSERT_EQ(liquidations.size(), 1U);
  EXPECT_EQ(liquidations[0].url, "wss://stream.test/public");
  EXPECT_FALSE(liquidations[0].ping.has_value()) << "the server asks, we answer";
  EXPECT_EQ(htx->subscribe_text(liquidations[0].channels, 1, now),
            R"({"op":"sub","cid":"1","topic":"public.*.liquidation_orders","business_type":"swap"})");
  EXPECT_TRUE(htx->streams(Topic::tickers, listed.pointers()).empty());
}

TEST(Htx, PingsAreAnsweredWithWhatTheySaid) {
  const auto reply = [](std::string_view text) { return htx->decode_frame(text, {}, now)->reply.value_or(""); };
  EXPECT_EQ(reply(R"({"ping":1764000000000})"), R"({"pong":1764000000000})");
  EXPECT_EQ(reply(R"({"op":"ping","ts":"1764000000000"})"), R"({"op":"pong","ts":"1764000000000"})");
  EXPECT_EQ(reply(R"({"op":"ping","ts":1764000000000})"), R"({"op":"pong","ts":1764000000000})");
  EXPECT_EQ(reply(R"({"op":"ping","ts":"\",\"op\":\"auth"})"), "") << "only numbers are echoed";
  EXPECT_EQ(htx->decode_frame(R"({"ping":1})", {}, now)->kind, Frame::Kind::other) << "no data";
}

TEST(Htx, ControlFramesAreTold) {
  const auto frame = [](std::string_view text) { return *htx->decode_frame(text, {}, now); };
  EXPECT_EQ(frame(R"({"op":"sub","cid":"1","topic":"t","ts":1,"err-code":0})").kind, Frame::Kind::ack);
  EXPECT_EQ(frame(R"({"op":"sub","cid":"1","topic":"t","ts":1,"err-code":0})").request_id, "1");
  const auto refused = frame(R"({"op":"sub","cid":"2","topic":"t","ts":1,"err-code":2014,"err-msg":"subscribed"})");
  EXPECT_EQ(refused.kind, Frame::Kind::refused);
  EXPECT_EQ(refused.request_id, "2");
  EXPECT_EQ(refused.message, "subscribed");
  const auto ack = frame(R"({"id":"3","status":"ok","subbed":"market.X.kline.1min","ts":1})");
  EXPECT_EQ(ack.kind, Frame::Kind::ack);
  EXPECT_EQ(ack.request_id, "3");
  const auto bad = frame(R"({"status":"error","ts":1,"id":"4","err-code":"bad-request","err-msg":"invalid topic"})");
  EXPECT_EQ(bad.kind, Frame::Kind::refused);
  EXPECT_EQ(bad.message, "invalid topic");
  EXPECT_TRUE(frame(R"({"op":"close","ts":1})").reconnect);
  EXPECT_EQ(frame(R"({"op":"notify","topic":"public.*.contract_info","data":[]})").kind, Frame::Kind::other);
}

/// {"ping":7} as gzip.
constexpr std::string_view packed_ping{
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\x2a\xc8\xcc\x4b\x57\xb2\x32\xaf\x05\x00\xab\x4b\xc2\x77"
    "\x0a\x00\x00\x00",
    30};

TEST(Htx, FramesComePacked) {
  EXPECT_EQ(htx->decode_frame(packed_ping, {}, now)->reply, R"({"pong":7})");
  for (std::size_t length = 2; length < packed_ping.size(); ++length)
    EXPECT_FALSE(htx->decode_frame(packed_ping.substr(0, length), {}, now)) << length;
}

TEST(Inflate, F13_WhatIsTooLongIsGivenUpAtTheCap) {
  EXPECT_EQ(inflate(packed_ping, "t").value(), R"({"ping":7})");
  EXPECT_EQ(inflate(packed_ping, "t", 10).value(), R"({"ping":7})");
  const auto over = inflate(packed_ping, "t", 9);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().kind, base::ErrorKind::bad_data);
  EXPECT_NE(over.error().text().find("longer than 9 bytes"), std::string::npos);
  EXPECT_FALSE(inflate("", "t"));
  EXPECT_FALSE(inflate("\x1f\x8b nonsense", "t"));
  EXPECT_FALSE(inflate(std::string(packed_ping) + "more", "t"));
}

}  // namespace htx_test
}  // namespace exchange
