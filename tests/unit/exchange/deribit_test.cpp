#include <gtest/gtest.h>

#include "tests/unit/exchange/support.hpp"

namespace exchange {
namespace deribit_test {

using market::Outcome;
using testing::now;

const auto deribit = testing::described("deribit");

struct Asked {
  Topic topic;
  std::string url;
};

TEST(Deribit, SummariesComeByCurrency) {
  for (const auto topic : {Topic::funding, Topic::tickers, Topic::open_interest}) {
    const auto asks = deribit->asks(topic, testing::want({"ETH-PERPETUAL"}));
    ASSERT_EQ(asks.size(), 4U);
    EXPECT_EQ(asks[2].request.url, "https://rest.test/public/get_book_summary_by_currency?currency=USDC&kind=future");
    EXPECT_EQ(asks[2].endpoint, "public/get_book_summary_by_currency");
    EXPECT_EQ(asks[2].costs[0].limit, "credits");
    EXPECT_EQ(asks[2].costs[0].units, 500);
  }
}

TEST(Deribit, AsksNameBothEndsOfAHistory) {
  auto want = testing::want({"ETH-PERPETUAL"});
  for (const auto topic : {Topic::candles, Topic::funding_history}) EXPECT_TRUE(deribit->asks(topic, want).empty());
  want.from = now - std::chrono::minutes{2};
  want.to = now;
  const std::string host = "https://rest.test/public/";
  const std::string ends = "instrument_name=ETH-PERPETUAL&start_timestamp=1763999880000&end_timestamp=1764000000000";
  for (const auto& [topic, url] :
       std::vector<Asked>{{Topic::candles, "get_tradingview_chart_data?" + ends + "&resolution=1"},
                          {Topic::funding_history, "get_funding_rate_history?" + ends},
                          {Topic::trades, "get_last_trades_by_instrument?instrument_name=ETH-PERPETUAL&count=100"},
                          {Topic::depth, "get_order_book?instrument_name=ETH-PERPETUAL&depth=20"},
                          {Topic::server_time, "get_time"}}) {
    EXPECT_EQ(testing::urls(deribit->asks(topic, want)), std::vector<std::string>{host + url});
  }
  const auto liquidations = deribit->asks(Topic::liquidations, want);
  ASSERT_EQ(liquidations.size(), 4U);
  EXPECT_EQ(liquidations[0].request.url,
            host +
                "get_last_trades_by_currency?currency=BTC&kind=future&start_timestamp=1763999880000&end_timestamp="
                "1764000000000&count=1000");
  EXPECT_TRUE(deribit->asks(Topic::open_interest, want).empty()) << "it keeps no history of it";
  want.from = now - std::chrono::hours{1'000};
  want.bar_length = std::chrono::hours{8};
  EXPECT_EQ(deribit->asks(Topic::funding_history, want).size(), 2U) << "a figure each hour, 700 a page";
}

TEST(Deribit, ContractsOfAllCurrenciesAreOneAnswer) {
  const std::string body = R"({"jsonrpc":"2.0","result":[],"usOut":1764000000000000})";
  auto ask = deribit->asks(Topic::instruments, {}).front();
  std::vector<std::string> currencies;
  for (;;) {
    const auto at = ask.request.url.find("currency=") + 9;
    currencies.push_back(ask.request.url.substr(at, ask.request.url.find('&', at) - at));
    const auto reply = deribit->decode(ask, body, {}, now);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->server_time, now);
    if (!reply->next) break;
    ask = *reply->next;
  }
  EXPECT_EQ(currencies, (std::vector<std::string>{"BTC", "ETH", "USDC", "USDT"}));
}

TEST(Deribit, FundingHasASpanAndNoSettlement) {
  const auto reply = deribit->decode(
      deribit->asks(Topic::funding, {}).front(),
      R"({"jsonrpc":"2.0","result":[{"instrument_name":"ETH-PERPETUAL","mark_price":1,"funding_8h":2.6e-06,"current_funding":0},
          {"instrument_name":"ETH-27MAR26","mark_price":1},{"instrument_name":"ETH-PERPETUAL","funding_8h":"x"},
          {"instrument_name":"ETH_USDC","mark_price":1}]})",
      {}, now);
  ASSERT_TRUE(reply);
  ASSERT_EQ(reply->events.size(), 3U) << "a rate and two prices";
  EXPECT_EQ(reply->rows_skipped, 1U) << "a spot pair is no fault";
  const auto& funding = std::get<market::Funding>(reply->events[0]);
  EXPECT_DOUBLE_EQ(*funding.rate, 2.6e-06);
  EXPECT_EQ(funding.interval, std::chrono::hours{8});
  EXPECT_FALSE(funding.settles_at.has_value());
}

TEST(Deribit, ColumnsOfUnequalLengthAreRefused) {
  auto want = testing::want({"ETH-PERPETUAL"});
  want.from = now;
  want.to = now;
  const auto ask = deribit->asks(Topic::candles, want).front();
  const auto body = [](std::string_view close, std::string_view rest) {
    return R"({"result":{"status":"ok","ticks":[1764000000000,1764000060000],"open":[1,2],"high":[2,3],"low":[1,1],"close":)" +
           std::string(close) + std::string(rest) + "}}";
  };
  EXPECT_EQ(deribit->decode(ask, body("[1,2]", R"(,"volume":[1,1],"cost":[2,2])"), {}, now)->events.size(), 2U);
  EXPECT_TRUE(deribit->decode(ask, body("[1,2]", ""), {}, now)) << "volumes may be missing";
  EXPECT_FALSE(deribit->decode(ask, body("[1]", ""), {}, now));
  EXPECT_FALSE(deribit->decode(ask, body("[1,2]", R"(,"cost":[2])"), {}, now));
  const auto one_bad = deribit->decode(ask, body("[1,0]", ""), {}, now);
  EXPECT_EQ(one_bad->events.size(), 1U);
  EXPECT_EQ(one_bad->rows_skipped, 1U);
  const auto none = deribit->decode(
      ask,
      R"({"result":{"status":"no_data","ticks":[],"open":[],"high":[],"low":[],"close":[],"volume":[],"cost":[]}})", {},
      now);
  EXPECT_TRUE(none && none->events.empty());
}

TEST(Deribit, WhoWasLiquidated) {
  struct Flagged {
    std::string flag, direction;
    std::vector<market::PositionSide> expected;
  };
  using enum market::PositionSide;
  for (const auto& [flag, direction, expected] : std::vector<Flagged>{{"T", "sell", {long_side}},
                                                                      {"T", "buy", {short_side}},
                                                                      {"M", "sell", {short_side}},
                                                                      {"M", "buy", {long_side}},
                                                                      {"MT", "sell", {long_side, short_side}},
                                                                      {"MT", "buy", {short_side, long_side}},
                                                                      {"none", "buy", {}}}) {
    const auto frame = deribit->decode_frame(
        R"({"jsonrpc":"2.0","method":"subscription","params":{"channel":"trades.future.ETH.100ms","data":[{"instrument_name":"ETH-PERPETUAL","trade_id":"7","timestamp":1764000000000,"price":3000,"amount":600,"direction":")" +
            direction + R"(","liquidation":")" + flag + R"("}]}})",
        {}, now);
    ASSERT_TRUE(frame);
    std::vector<market::PositionSide> sides;
    std::vector<std::string> identities;
    for (const auto& event : frame->events) {
      const auto* liquidation = std::get_if<market::Liquidation>(&event);
      if (liquidation == nullptr) continue;
      sides.push_back(liquidation->side.value());
      identities.push_back(market::identity(event));
      EXPECT_DOUBLE_EQ(*liquidation->usd, 600);
      EXPECT_DOUBLE_EQ(*liquidation->base, 0.2);
    }
    EXPECT_EQ(sides, expected) << flag << " " << direction;
    EXPECT_EQ(frame->companion, expected.empty()) << "an ordinary trade is no news of liquidations";
    if (identities.size() == 2) {
      EXPECT_NE(identities[0], identities[1]);
    }
  }
}

TEST(Deribit, SpellingsAreUnderstood) {
  for (const auto& [symbol, expected] :
       std::vector<testing::Spelled>{{"ETH-PERPETUAL", "ETH/USD:ETH perp inverse"},
                                     {"ETH_USDC-PERPETUAL", "ETH/USDC:USDC perp linear"},
                                     {"ETH_USDT-PERPETUAL", "ETH/USDT:USDT perp linear"},
                                     {"ETH-27MAR26", "ETH/USD:ETH future inverse"},
                                     {"ETH-3JUN22", "ETH/USD:ETH future inverse"},
                                     {"ETH_USDC-27MAR26", "ETH/USDC:USDC future linear"},
                                     {"ETH-27MAR26-3000-C", ""},
                                     {"ETH-FS-27MAR26_PERP", ""},
                                     {"ETH_USDC", ""},
                                     {"ETH", ""},
                                     {"-PERPETUAL", ""},
                                     {"ETH_-PERPETUAL", ""},
                                     {"ETH-XXMAR26", ""},
                                     {"ETH-27MAX26", ""},
                                     {"", ""}}) {
    EXPECT_EQ(testing::spelled(*deribit, symbol), expected) << symbol;
  }
  EXPECT_EQ(deribit->link("ETH-PERPETUAL"), "https://www.deribit.com/futures/ETH-PERPETUAL");
}

TEST(Deribit, VerdictsComeFromTheError) {
  const auto error = [](int code) {
    return R"({"jsonrpc":"2.0","error":{"message":"m","code":)" + std::to_string(code) + "}}";
  };
  for (const auto& [status, body, expected] :
       std::vector<testing::Judged>{{200, R"({"jsonrpc":"2.0","result":[]})", Outcome::ok},
                                    {200, R"({"result":1764000000000})", Outcome::ok},
                                    {200, R"({"jsonrpc":"2.0"})", Outcome::malformed},
                                    {200, "{cut", Outcome::malformed},
                                    {200, "<html>", Outcome::malformed},
                                    {400, error(13020), Outcome::bad_symbol},
                                    {200, error(13020), Outcome::bad_symbol},
                                    {400, error(10028), Outcome::soft_limit},
                                    {429, error(10028), Outcome::soft_limit},
                                    {400, error(-32602), Outcome::bad_request},
                                    {200, error(-32602), Outcome::bad_request},
                                    {400, error(11051), Outcome::transient},
                                    {503, error(13020), Outcome::bad_symbol},
                                    {502, "bad gateway", Outcome::transient},
                                    {403, "<html>", Outcome::blocked}}) {
    const auto verdict = deribit->judge(testing::response(status, body), now);
    EXPECT_EQ(verdict.outcome, expected) << status << " " << body;
  }
  EXPECT_EQ(deribit->judge(testing::response(400, error(13020)), now).code, "13020");
  EXPECT_EQ(deribit->judge(testing::response(400, error(13020)), now).message, "m");
}

TEST(Deribit, SocketsAndTheirTexts) {
  const testing::Listed listed(*deribit, testing::numbered("A", "_USDC-PERPETUAL", 201));
  const auto liquidations = deribit->streams(Topic::liquidations, listed.pointers());
  ASSERT_EQ(liquidations.size(), 1U);
  EXPECT_EQ(liquidations[0].channels.size(), 4U);
  EXPECT_EQ(liquidations[0].channels[1], "trades.future.ETH.100ms");
  EXPECT_EQ(liquidations[0].hello,
            std::vector<std::string>{
                R"({"jsonrpc":"2.0","id":"hello","method":"public/set_heartbeat","params":{"interval":30}})"});
  EXPECT_GT(liquidations[0].silence_max, std::chrono::seconds{60});
  EXPECT_EQ(liquidations[0].companion_silence_max, std::chrono::minutes{5}) << "trades come all the time";
  const auto candles = deribit->streams(Topic::candles, listed.pointers());
  ASSERT_EQ(candles.size(), 2U);
  EXPECT_EQ(candles[1].channels, std::vector<std::string>{"chart.trades.A200_USDC-PERPETUAL.1"});
  EXPECT_EQ(candles[1].hello.size(), 1U);
  EXPECT_EQ(deribit->subscribe_text(std::vector<std::string>{"a", "b"}, 9, now),
            R"({"jsonrpc":"2.0","id":9,"method":"public/subscribe","params":{"channels":["a","b"]}})");
}

TEST(Deribit, ControlFramesAreTold) {
  const auto frame = [](std::string_view text) { return *deribit->decode_frame(text, {}, now); };
  const auto asked = frame(R"({"jsonrpc":"2.0","method":"heartbeat","params":{"type":"test_request"}})");
  EXPECT_EQ(asked.reply, R"({"jsonrpc":"2.0","id":"test","method":"public/test","params":{}})");
  EXPECT_EQ(asked.kind, Frame::Kind::pong);
  EXPECT_FALSE(frame(R"({"jsonrpc":"2.0","method":"heartbeat","params":{"type":"heartbeat"}})").reply.has_value());
  EXPECT_EQ(frame(R"({"jsonrpc":"2.0","id":"hello","result":"ok"})").kind, Frame::Kind::other);
  EXPECT_EQ(frame(R"({"jsonrpc":"2.0","id":"test","result":{"version":"1.2.26"}})").kind, Frame::Kind::pong);
  const auto ack = frame(R"({"jsonrpc":"2.0","id":9,"result":["a","b"]})");
  EXPECT_EQ(ack.kind, Frame::Kind::ack);
  EXPECT_EQ(ack.request_id, "9");
  EXPECT_EQ(frame(R"({"jsonrpc":"2.0","id":9,"result":[]})").kind, Frame::Kind::refused);
  const auto refused = frame(R"({"jsonrpc":"2.0","id":9,"error":{"code":10028,"message":"too_many_requests"}})");
  EXPECT_EQ(refused.kind, Frame::Kind::refused);
  EXPECT_EQ(refused.request_id, "9");
  EXPECT_EQ(refused.message, "too_many_requests");
  EXPECT_TRUE(refused.reconnect) << "the session ends with it";
  EXPECT_EQ(frame(R"({"method":"subscription","params":{"channel":"platform_state","data":{}}})").kind,
            Frame::Kind::other);
  EXPECT_EQ(
      frame(
          R"({"method":"subscription","params":{"channel":"book.X.100ms","data":{"type":"change","bids":[],"asks":[]}}})")
          .kind,
      Frame::Kind::other)
      << "changes alone are no book";
}

}  // namespace deribit_test
}  // namespace exchange
