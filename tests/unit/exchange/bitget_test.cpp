#include <gtest/gtest.h>

#include "tests/unit/exchange/support.hpp"

namespace exchange {
namespace bitget_test {

using market::Outcome;
using std::chrono::hours;
using std::chrono::minutes;
using testing::now;

const auto owner = make_exchange("bitget", testing::settings());
const Exchange& bitget = *owner;
const std::string v2 = "https://rest.test/api/v2/mix/market/";
const std::string product = "productType=USDT-FUTURES";

TEST(Bitget, SweepsAreOneRequestEach) {
  for (const auto& [topic, endpoint] : std::vector<std::pair<Topic, std::string>>{{Topic::instruments, "contracts"},
                                                                                  {Topic::funding, "current-fund-rate"},
                                                                                  {Topic::tickers, "tickers"},
                                                                                  {Topic::open_interest, "tickers"}}) {
    const auto asks = bitget.asks(topic, testing::want({"ETHUSDT"}));
    ASSERT_EQ(asks.size(), 1U);
    EXPECT_EQ(asks[0].request.url, v2 + endpoint + "?" + product);
    EXPECT_EQ(asks[0].endpoint, "v2/mix/market/" + endpoint);
    ASSERT_EQ(asks[0].costs.size(), 2U);
    EXPECT_EQ(asks[0].costs[0].limit, asks[0].endpoint);
    EXPECT_EQ(asks[0].costs[1].limit, "ip");
  }
  auto past = testing::want({"ETHUSDT"});
  past.from = now;
  EXPECT_TRUE(bitget.asks(Topic::open_interest, past).empty()) << "there is none of the past";
  EXPECT_EQ(testing::urls(bitget.asks(Topic::liquidations, {})),
            std::vector<std::string>{"https://rest.test/api/v3/market/liquidations?category=USDT-FUTURES&limit=100"});
}

TEST(Bitget, HistoriesNameTheirEnds) {
  auto want = testing::want({"ETHUSDT"});
  want.from = now - minutes{2};
  want.to = now;
  const auto candles = bitget.asks(Topic::candles, want);
  EXPECT_EQ(testing::urls(candles),
            std::vector<std::string>{v2 + "candles?" + product +
                                     "&symbol=ETHUSDT&granularity=1m&startTime=1763999880000&endTime=1764000000001"
                                     "&limit=3"});
  EXPECT_EQ(candles[0].bar_length, minutes{1});
  want.bar_length = hours{4};
  want.from.reset();
  want.to.reset();
  want.rows_max = 7;
  EXPECT_EQ(testing::urls(bitget.asks(Topic::candles, want)),
            std::vector<std::string>{v2 + "candles?" + product + "&symbol=ETHUSDT&granularity=4H&limit=7"});
  want.bar_length = minutes{7};
  EXPECT_TRUE(bitget.asks(Topic::candles, want).empty());
}

TEST(Bitget, SettledRatesComeInNumberedPages) {
  auto want = testing::want({"ETHUSDT"});
  const auto page = [&](int rows, int number) {
    return v2 + "history-fund-rate?" + product + "&symbol=ETHUSDT&pageSize=" + std::to_string(rows) +
           "&pageNo=" + std::to_string(number);
  };
  EXPECT_EQ(testing::urls(bitget.asks(Topic::funding_history, want)), std::vector<std::string>{page(100, 1)});
  want.to = now;
  want.from = now - hours{24 * 30};
  want.bar_length = hours{8};
  EXPECT_EQ(testing::urls(bitget.asks(Topic::funding_history, want)), std::vector<std::string>{page(91, 1)});
  want.bar_length = minutes{1};
  const auto hourly = testing::urls(bitget.asks(Topic::funding_history, want));
  ASSERT_EQ(hourly.size(), 8U) << "721 hours";
  EXPECT_EQ(hourly.back(), page(100, 8));
  want.from = now - hours{24 * 3'000};
  EXPECT_EQ(bitget.asks(Topic::funding_history, want).size(), 20U) << "bounded";
  want.rows_max = 1;
  EXPECT_EQ(testing::urls(bitget.asks(Topic::funding_history, want)), std::vector<std::string>{page(1, 1)});
}

TEST(Bitget, ADepthIsOneOfThoseItKnows) {
  for (const auto& [rows, step] : std::vector<std::pair<int, std::string>>{
           {1, "1"}, {2, "5"}, {5, "5"}, {15, "15"}, {20, "50"}, {0, "50"}, {500, "50"}}) {
    auto want = testing::want({"ETHUSDT"});
    want.rows_max = rows;
    EXPECT_EQ(
        testing::urls(bitget.asks(Topic::depth, want)),
        std::vector<std::string>{v2 + "merge-depth?" + product + "&symbol=ETHUSDT&precision=scale0&limit=" + step});
  }
  EXPECT_EQ(testing::urls(bitget.asks(Topic::trades, testing::want({"ETHUSDT"}))),
            std::vector<std::string>{v2 + "fills?" + product + "&symbol=ETHUSDT&limit=100"});
}

TEST(Bitget, SpellingsAreUnderstood) {
  for (const auto& [symbol, expected] :
       std::vector<testing::Spelled>{{"ETHUSDT", "ETH/USDT:USDT perp linear"},
                                     {"1000BONKUSDT", "1000BONK/USDT:USDT perp linear"},
                                     {"ETHPERP", "ETH/USDC:USDC perp linear"},
                                     {"ETHUSDC", "ETH/USDC:USDC perp linear"},
                                     {"ETHUSD", "ETH/USD:ETH perp inverse"},
                                     {"ETHUSDH26", "ETH/USD:ETH future inverse"},
                                     {"ETHUSDTZ25", "ETH/USDT:USDT future linear"},
                                     {"ETHUSD_260327", "ETH/USD:ETH future inverse"},
                                     {"ETHUSDT_UMCBL", "ETH/USDT:USDT perp linear"},
                                     {"ETHUSD_DMCBL", "ETH/USD:ETH perp inverse"},
                                     {"ETHPERP_CMCBL", "ETH/USDC:USDC perp linear"},
                                     {"ETHUSD_DMCBL_260327", "ETH/USD:ETH future inverse"},
                                     {"ETHUSDT_SPBL", ""},
                                     {"ETHUSDT_", ""},
                                     {"ETHBTC", ""},
                                     {"USDT", ""},
                                     {"USD", ""},
                                     {"PERP", ""},
                                     {"", ""}}) {
    EXPECT_EQ(testing::spelled(bitget, symbol), expected) << symbol;
  }
  EXPECT_EQ(bitget.describe("ETHUSDT")->contract_size, 1);
  EXPECT_FALSE(bitget.describe("ETHUSD")->contract_size.has_value()) << "its sizes are coins, not dollars";
}

TEST(Bitget, VerdictsComeFromTheEnvelope) {
  const auto judge = [](int status, const std::string& code) {
    return bitget.judge(testing::response(status, R"({"code":")" + code + R"(","msg":"m","data":null})"), now);
  };
  for (const auto& [status, code, outcome] : std::vector<std::tuple<int, std::string, Outcome>>{
           {200, "00000", Outcome::ok},           {429, "429", Outcome::soft_limit},
           {200, "429", Outcome::soft_limit},     {400, "30006", Outcome::soft_limit},
           {200, "30007", Outcome::soft_limit},   {400, "25004", Outcome::soft_limit},
           {400, "40000", Outcome::blocked},      {403, "40000", Outcome::blocked},
           {200, "40015", Outcome::transient},    {400, "40200", Outcome::transient},
           {400, "40034", Outcome::bad_symbol},   {400, "40102", Outcome::bad_symbol},
           {400, "40072", Outcome::bad_symbol},   {400, "25100", Outcome::bad_symbol},
           {400, "40309", Outcome::bad_symbol},   {400, "40017", Outcome::bad_request},
           {400, "400172", Outcome::bad_request}, {400, "40019", Outcome::bad_request},
           {400, "40054", Outcome::bad_request},  {404, "40404", Outcome::bad_request},
           {400, "99999", Outcome::bad_request},  {403, "99999", Outcome::banned},
           {503, "40015", Outcome::transient}}) {
    const auto verdict = judge(status, code);
    EXPECT_EQ(verdict.outcome, outcome) << status << ' ' << code;
    EXPECT_EQ(verdict.code, code);
    EXPECT_EQ(verdict.message, code == "00000" ? "" : "m");
    EXPECT_EQ(verdict.banned_until.has_value(), outcome == Outcome::banned) << status << ' ' << code;
  }
  EXPECT_EQ(bitget.judge(testing::response(200, R"({"data":[]})"), now).outcome, Outcome::malformed);
  EXPECT_EQ(bitget.judge(testing::response(200, R"({"msg":"success","data":[1],"code":"00000"})"), now).outcome,
            Outcome::ok)
      << "wherever the code stands";
  EXPECT_EQ(bitget.judge(testing::response(429, "slow down"), now).outcome, Outcome::soft_limit);
}

TEST(Bitget, SocketsAndTheirTexts) {
  const testing::Listed listed(bitget, testing::numbered("A", "USDT", 51));
  const auto candles = bitget.streams(Topic::candles, listed.pointers());
  ASSERT_EQ(candles.size(), 2U);
  EXPECT_EQ(candles[0].url, "wss://stream.test/public");
  EXPECT_EQ(candles[0].channels.size(), 50U);
  EXPECT_EQ(candles[0].ping, "ping");
  EXPECT_LE(candles[0].ping_every, std::chrono::seconds{30});
  EXPECT_GE(candles[0].batch_pause * 10, std::chrono::seconds{1}) << "10 messages a second";
  EXPECT_EQ(bitget.subscribe_text(std::vector<std::string>{"candle1m,A0USDT", "candle1m,A1USDT"}, 1, now),
            R"({"op":"subscribe","args":[{"instType":"USDT-FUTURES","channel":"candle1m","instId":"A0USDT"},)"
            R"({"instType":"USDT-FUTURES","channel":"candle1m","instId":"A1USDT"}]})");
  EXPECT_EQ(candles[1].channels, std::vector<std::string>{"candle1m,A50USDT"});
  const auto liquidations = bitget.streams(Topic::liquidations, listed.pointers());
  ASSERT_EQ(liquidations.size(), 1U) << "one subscription has the whole category";
  EXPECT_EQ(liquidations[0].url, "wss://stream.test/uta");
  EXPECT_EQ(bitget.subscribe_text(liquidations[0].channels, 1, now),
            R"({"op":"subscribe","args":[{"instType":"usdt-futures","topic":"liquidation"}]})");
  EXPECT_TRUE(bitget.streams(Topic::tickers, listed.pointers()).empty());
}

TEST(Bitget, ControlFramesAreTold) {
  const auto frame = [](std::string_view text) { return *bitget.decode_frame(text, {}, now); };
  EXPECT_EQ(frame("pong").kind, Frame::Kind::pong);
  EXPECT_EQ(frame(R"({"event":"subscribe","arg":{"instType":"usdt-futures","topic":"liquidation"}})").kind,
            Frame::Kind::ack);
  const auto refused = frame(
      R"({"event":"error","arg":{"instType":"USDT-FUTURES","channel":"candle1m","instId":"X"},"code":30001,"msg":"doesn't exist"})");
  EXPECT_EQ(refused.kind, Frame::Kind::refused);
  EXPECT_EQ(refused.message, "doesn't exist");
  EXPECT_EQ(frame(R"({"event":"login","code":0})").kind, Frame::Kind::other);
  EXPECT_TRUE(
      frame(R"({"action":"update","arg":{"instType":"USDT-FUTURES","channel":"books","instId":"X"},"data":[{}]})")
          .events.empty())
      << "changes of a book are no book";
  EXPECT_FALSE(bitget.decode_frame("pong?", {}, now));
}

TEST(Bitget, WhatALiquidationCountsIsConfigured) {
  const std::string push =
      R"({"arg":{"instType":"usdt-futures","topic":"liquidation"},"data":[{"symbol":"ETHUSDT","side":"buy","price":"10","amount":"40","ts":"1764000000000"}]})";
  const auto read = [&](const Exchange& exchange) {
    return std::get<market::Liquidation>(exchange.decode_frame(push, {}, now)->events.at(0));
  };
  const auto quote = read(bitget);
  EXPECT_EQ(quote.unit, market::SizeUnit::quote);
  EXPECT_EQ(quote.usd, 40);
  EXPECT_EQ(quote.base, 4);
  auto settings = testing::settings();
  settings.liquidation_unit = market::SizeUnit::base;
  const auto coins = read(*make_exchange("bitget", settings));
  EXPECT_EQ(coins.unit, market::SizeUnit::base);
  EXPECT_EQ(coins.base, 40);
  EXPECT_EQ(coins.usd, 400);
}

TEST(Bitget, ALiquidationWithoutASideIsCountedNotGuessed) {
  const auto frame = bitget.decode_frame(
      R"({"arg":{"instType":"usdt-futures","topic":"liquidation"},"data":[
          {"symbol":"ETHUSDT","side":"","price":"10","amount":"40","ts":"1764000000000"},
          {"symbol":"ETHUSDT","side":"sell","price":"10","amount":"40","ts":"1764000000000"}]})",
      {}, now);
  ASSERT_TRUE(frame);
  ASSERT_EQ(frame->events.size(), 1U);
  EXPECT_EQ(frame->rows_skipped, 1U);
  EXPECT_EQ(std::get<market::Liquidation>(frame->events[0]).side, market::PositionSide::short_side);
}

TEST(Bitget, TicksAreStepsOfTheLastPlace) {
  const auto reply = bitget.decode(
      bitget.asks(Topic::instruments, {}).front(),
      R"({"code":"00000","data":[{"symbol":"ETHUSDT","baseCoin":"ETH","quoteCoin":"USDT","priceEndStep":"5","pricePlace":"2","fundInterval":"4"},
                                 {"symbol":"XUSDT","pricePlace":"999","priceEndStep":"1"}]})",
      {}, now);
  ASSERT_EQ(reply->instruments.size(), 2U);
  EXPECT_DOUBLE_EQ(*reply->instruments[0].tick_size, 0.05);
  EXPECT_EQ(reply->instruments[0].funding_interval, hours{4});
  EXPECT_FALSE(reply->instruments[1].tick_size.has_value());
  EXPECT_EQ(reply->instruments[1].base, "X");
}

TEST(Bitget, ATickersOwnTimeGoesBeforeTheAnswers) {
  const auto ticker = [](const std::string& row) {
    const auto reply = bitget.decode(
        bitget.asks(Topic::tickers, {}).front(),
        R"({"code":"00000","requestTime":1764000000009,"data":[{"symbol":"AUSDT")" + row + "}]}", {}, now);
    return std::get<market::Ticker>(reply->events.at(0));
  };
  EXPECT_EQ(ticker(R"(,"ts":"1764000000000")").at, now);
  EXPECT_EQ(ticker("").at, now + base::Millis{9});
}

TEST(Bitget, PagesForPeople) {
  EXPECT_EQ(bitget.link("ETHUSDT"), "https://www.bitget.com/futures/usdt/ETHUSDT");
  EXPECT_EQ(bitget.link("ETHPERP"), "https://www.bitget.com/futures/usdc/ETHPERP");
  EXPECT_EQ(bitget.link("ETHUSD"), "https://www.bitget.com/futures/usd/ETHUSD");
}

}  // namespace bitget_test
}  // namespace exchange
