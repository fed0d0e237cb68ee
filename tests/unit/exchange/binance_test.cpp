#include <gtest/gtest.h>

#include "tests/unit/exchange/support.hpp"

namespace exchange {
namespace binance_test {

using market::Outcome;
using testing::now;

const auto owner = make_exchange("binance", testing::settings());
const Exchange& binance = *owner;

TEST(Binance, AsksNameAddressAndWeight) {
  struct Line {
    Topic topic;
    std::string url, limit;
    std::int64_t units;
  };
  for (const auto& line : {Line{Topic::server_time, "fapi/v1/time", "weight", 1},
                           {Topic::instruments, "fapi/v1/exchangeInfo", "weight", 1},
                           {Topic::funding, "fapi/v1/premiumIndex", "weight", 10},
                           {Topic::tickers, "fapi/v1/ticker/24hr", "weight", 40},
                           {Topic::funding_intervals, "fapi/v1/fundingInfo", "fapi/v1/fundingRate", 1}}) {
    const auto asks = binance.asks(line.topic, {});
    ASSERT_EQ(asks.size(), 1U) << line.url;
    EXPECT_EQ(asks[0].request.url, "https://rest.test/" + line.url);
    EXPECT_EQ(asks[0].request.proxy, "http://proxy.test:3128");
    EXPECT_EQ(asks[0].endpoint, line.url);
    ASSERT_EQ(asks[0].costs.size(), 1U);
    EXPECT_EQ(asks[0].costs[0].limit, line.limit);
    EXPECT_EQ(asks[0].costs[0].units, line.units);
  }
  EXPECT_TRUE(binance.asks(Topic::liquidations, testing::want({"ETHUSDT"})).empty());
}

TEST(Binance, OpenInterestIsAskedPerContract) {
  const auto asks = binance.asks(Topic::open_interest, testing::want({"ETHUSDT", "BTCUSDT"}));
  EXPECT_EQ(testing::urls(asks), (std::vector<std::string>{"https://rest.test/fapi/v1/openInterest?symbol=ETHUSDT",
                                                           "https://rest.test/fapi/v1/openInterest?symbol=BTCUSDT"}));
  auto past = testing::want({"ETHUSDT"});
  past.from = now - std::chrono::hours{1};
  past.to = now;
  past.bar_length = std::chrono::minutes{5};
  EXPECT_EQ(
      testing::urls(binance.asks(Topic::open_interest, past)),
      std::vector<std::string>{"https://rest.test/futures/data/openInterestHist?symbol=ETHUSDT&period=5m&startTime="
                               "1763996400000&endTime=1764000000000&limit=13"});
}

TEST(Binance, KlineWeightFollowsTheLimit) {
  for (const auto& [rows, weight] :
       {std::pair{99, 1}, {100, 2}, {499, 2}, {500, 5}, {1'000, 5}, {1'001, 10}, {0, 10}}) {
    auto want = testing::want({"ETHUSDT"});
    want.rows_max = rows;
    const auto asks = binance.asks(Topic::candles, want);
    ASSERT_EQ(asks.size(), 1U);
    EXPECT_EQ(asks[0].costs[0].units, weight) << rows;
    EXPECT_EQ(asks[0].symbol, "ETHUSDT");
    EXPECT_EQ(asks[0].bar_length, std::chrono::minutes{1});
  }
  auto odd = testing::want({"ETHUSDT"});
  odd.bar_length = std::chrono::minutes{7};
  EXPECT_TRUE(binance.asks(Topic::candles, odd).empty()) << "a bar length that the exchange does not have";
}

TEST(Binance, CandleHistoryIsPaged) {
  auto want = testing::want({"ETHUSDT"});
  want.from = now - std::chrono::minutes{1'999};
  want.to = now;
  const auto asks = binance.asks(Topic::candles, want);
  ASSERT_EQ(asks.size(), 2U);
  EXPECT_NE(asks[0].request.url.find("&limit=500"), std::string::npos) << asks[0].request.url;
  EXPECT_NE(asks[1].request.url.find("endTime=1764000000000&limit=1500"), std::string::npos) << asks[1].request.url;
}

TEST(Binance, SpellingsAreUnderstood) {
  for (const auto& [symbol, expected] :
       std::vector<testing::Spelled>{{"ETHUSDT", "ETH/USDT:USDT perp linear"},
                                     {"ETHUSDC", "ETH/USDC:USDC perp linear"},
                                     {"1000PEPEUSDT", "1000PEPE/USDT:USDT perp linear"},
                                     {"ETHBTC", "ETH/BTC:BTC perp linear"},
                                     {"ETHUSDT_260327", "ETH/USDT:USDT future linear"},
                                     {"ETHUSD_PERP", "ETH/USD:ETH perp inverse"},
                                     {"ETHUSD_260327", "ETH/USD:ETH future inverse"},
                                     {"BTCDOMUSDT", "BTCDOM/USDT:USDT perp linear"},
                                     {"USDT", ""},
                                     {"ETHUSDT_PERP", ""},
                                     {"ETHUSDT_X", ""},
                                     {"ETH", ""},
                                     {"", ""},
                                     {"_PERP", ""}}) {
    EXPECT_EQ(testing::spelled(binance, symbol), expected) << symbol;
  }
  const auto pepe = binance.describe("1000PEPEUSDT");
  EXPECT_EQ(pepe->asset, "PEPE");
  EXPECT_EQ(pepe->unit_multiplier, 1'000);
  EXPECT_EQ(pepe->contract_size, 1);
  EXPECT_FALSE(binance.describe("ETHUSD_PERP")->contract_size.has_value()) << "not in the spelling";
}

TEST(Binance, VerdictsReadBanEndCodesAndUsage) {
  const auto ban = binance.judge(
      testing::response(418, R"({"code":-1003,"msg":"IP banned until 1764000123456. Bye."})", {{"retry-after", "9"}}),
      now);
  EXPECT_EQ(ban.outcome, Outcome::banned);
  EXPECT_EQ(ban.banned_until, base::from_ms(1'764'000'123'456));
  EXPECT_EQ(ban.retry_after, base::Millis{9'000});
  const auto without_end = binance.judge(testing::response(418, "{}", {{"retry-after", "120"}}), now);
  EXPECT_EQ(without_end.banned_until, now + std::chrono::seconds{120});
  EXPECT_EQ(binance.judge(testing::response(403, "{}"), now).outcome, Outcome::blocked) << "its firewall";
  EXPECT_FALSE(binance.judge(testing::response(403, "{}"), now).banned_until.has_value());
  EXPECT_EQ(binance.judge(testing::response(200, "[]"), now).outcome, Outcome::ok);
  EXPECT_EQ(binance.judge(testing::response(400, R"({"code":-1121,"msg":"Invalid symbol."})"), now).outcome,
            Outcome::bad_symbol);
  EXPECT_EQ(binance.judge(testing::response(400, R"({"code":-1102,"msg":"Mandatory."})"), now).code, "-1102");
}

TEST(Binance, SettlementsOfAllContractsAreOneRequest) {
  exchange::Want want;
  want.from = base::from_ms(1'760'000'000'000);
  want.to = base::from_ms(1'760'000'060'000);
  const auto asks = binance.asks(Topic::funding_history, want);
  ASSERT_EQ(asks.size(), 1U);
  EXPECT_TRUE(
      asks[0].request.url.ends_with("/fapi/v1/fundingRate?startTime=1760000000000&endTime=1760000060000&limit=1000"))
      << asks[0].request.url;
  const auto reply =
      binance.decode(asks[0],
                     R"([{"symbol":"BTCUSDT","fundingTime":1760000000000,"fundingRate":"0.0001","markPrice":"1"},
                         {"symbol":"ETHUSDT","fundingTime":1760000000005,"fundingRate":"-0.0002","markPrice":"1"}])",
                     {}, now);
  ASSERT_TRUE(reply) << reply.error().text();
  ASSERT_EQ(reply.value().events.size(), 2U);
  EXPECT_EQ(market::symbol_of(reply.value().events[1]), "ETHUSDT");
}

TEST(Binance, LiquidationSocketCarriesItsCompanion) {
  const auto plans = binance.streams(Topic::liquidations, {});
  ASSERT_EQ(plans.size(), 1U);
  EXPECT_EQ(plans[0].url, "wss://stream.test/market");
  EXPECT_EQ(plans[0].channels, (std::vector<std::string>{"!forceOrder@arr", "!markPrice@arr@1s"}));
  EXPECT_EQ(plans[0].companion_silence_max, std::chrono::seconds{15});
  EXPECT_FALSE(plans[0].ping.has_value());
  EXPECT_EQ(binance.subscribe_text(plans[0].channels, 3, {}),
            R"({"method":"SUBSCRIBE","params":["!forceOrder@arr","!markPrice@arr@1s"],"id":3})");
}

TEST(Binance, CandleSocketsCarryTwoHundredStreams) {
  const testing::Listed listed(binance, testing::numbered("A", "USDT", 401));
  const auto plans = binance.streams(Topic::candles, listed.pointers());
  ASSERT_EQ(plans.size(), 3U);
  EXPECT_EQ(plans[0].channels.size(), 200U);
  EXPECT_EQ(plans[2].channels, std::vector<std::string>{"a400usdt@kline_1m"});
  EXPECT_EQ(plans[2].name, "binance candles 3/3");
  EXPECT_TRUE(binance.streams(Topic::funding, listed.pointers()).empty());
}

TEST(Binance, ControlFramesAreTold) {
  const auto kind = [](std::string_view text) { return binance.decode_frame(text, {}, now)->kind; };
  EXPECT_EQ(kind(R"({"result":null,"id":4})"), Frame::Kind::ack);
  EXPECT_EQ(binance.decode_frame(R"({"result":null,"id":4})", {}, now)->request_id, "4");
  const auto refused = binance.decode_frame(R"({"error":{"code":2,"msg":"Invalid request"},"id":5})", {}, now);
  EXPECT_EQ(refused->kind, Frame::Kind::refused);
  EXPECT_EQ(refused->request_id, "5");
  EXPECT_EQ(refused->message, "Invalid request");
  EXPECT_EQ(kind(R"({"code":3,"msg":"Invalid JSON","id":6})"), Frame::Kind::refused);
  EXPECT_EQ(kind(R"({"what":"is this"})"), Frame::Kind::other);
  EXPECT_EQ(kind("[]"), Frame::Kind::other);
  EXPECT_FALSE(binance.decode_frame("oops", {}, now));
}

TEST(Binance, MarkPricesAreTheCompanion) {
  const auto frame = binance.decode_frame(
      R"([{"e":"markPriceUpdate","E":1764000000000,"s":"ETHUSDT","p":"3000","i":"3001","r":"0.0001","T":1764003600000}])",
      {}, now);
  ASSERT_TRUE(frame);
  EXPECT_TRUE(frame->companion);
  EXPECT_EQ(frame->events.size(), 1U);
  const auto forced = binance.decode_frame(
      R"({"e":"forceOrder","E":1,"o":{"s":"ETHBTC","S":"SELL","q":"1","p":"0.05","ap":"0.05","z":"1","T":1764000000000}})",
      {}, now);
  ASSERT_EQ(forced->events.size(), 1U);
  EXPECT_FALSE(forced->companion);
  const auto& event = std::get<market::Liquidation>(forced->events[0]);
  EXPECT_FALSE(event.usd.has_value()) << "quoted in BTC";
  EXPECT_DOUBLE_EQ(*event.base, 1);
}

TEST(Binance, UnreadableRowsAreCountedNotGuessed) {
  const auto ask = binance.asks(Topic::funding, {}).front();
  const auto reply = binance.decode(
      ask,
      R"([{"symbol":"A USDT","nextFundingTime":1764003600000},{"symbol":"BUSDT","markPrice":"-1","nextFundingTime":1764003600000},
               {"symbol":"CUSDT","lastFundingRate":"0.1","nextFundingTime":7},{"symbol":"DUSDT","lastFundingRate":"0.1","nextFundingTime":1764003600000}])",
      {}, now);
  ASSERT_TRUE(reply);
  ASSERT_EQ(reply->events.size(), 1U);
  EXPECT_EQ(market::symbol_of(reply->events[0]), "DUSDT");
  EXPECT_EQ(reply->rows_skipped, 3U);
  EXPECT_FALSE(binance.decode(ask, R"({"code":-1,"msg":"x"})", {}, now)) << "not the endpoint's shape";
}

}  // namespace binance_test
}  // namespace exchange
