#include <gtest/gtest.h>

#include "tests/unit/exchange/support.hpp"

namespace exchange {
namespace bitmex_test {

using market::Outcome;
using std::chrono::hours;
using testing::now;

const auto owner = make_exchange("bitmex", testing::settings());
const Exchange& bitmex = *owner;

Ask ask_of(Topic topic, const std::string& endpoint) {
  return {topic, endpoint, net::Request("https://rest.test", "b")};
}

TEST(Bitmex, IsClosedAndNotAsked) {
  EXPECT_EQ(bitmex.traits().closed, "exchange closed 2026-09-23");
  const testing::Listed listed(bitmex, {"XBTUSD"});
  for (int topic = 0; topic <= static_cast<int>(Topic::depth); ++topic) {
    EXPECT_TRUE(bitmex.asks(static_cast<Topic>(topic), testing::want({"XBTUSD"})).empty());
    EXPECT_TRUE(bitmex.streams(static_cast<Topic>(topic), listed.pointers()).empty());
  }
  EXPECT_FALSE(bitmex.traits().liquidation_stream);
  EXPECT_FALSE(bitmex.traits().candle_stream);
}

TEST(Bitmex, NoOtherExchangeIsClosed) {
  for (const auto name : exchange_names()) {
    const auto made = make_exchange(name, testing::settings());
    EXPECT_EQ(made->traits().closed.empty(), name != "bitmex") << name;
  }
}

TEST(Bitmex, SpellingsAreUnderstood) {
  for (const auto& [symbol, expected] : std::vector<testing::Spelled>{{"XBTUSD", "BTC/USD:BTC perp inverse"},
                                                                      {"XBTEUR", "BTC/EUR:BTC perp inverse"},
                                                                      {"XBTUSDT", "BTC/USDT:USDT perp linear"},
                                                                      {"ETHUSDT", "ETH/USDT:USDT perp linear"},
                                                                      {"ETHUSD", "ETH/USD:BTC perp linear"},
                                                                      {"XBTH26", "BTC/USD:BTC future inverse"},
                                                                      {"XBTUSDTH26", "BTC/USDT:USDT future linear"},
                                                                      {"ETHUSDH26", "ETH/USD:BTC future linear"},
                                                                      {"ADAH26", "ADA/BTC:BTC future linear"},
                                                                      {".BXBT", ""},
                                                                      {"XBT_USDT", ""},
                                                                      {"USD", ""},
                                                                      {"XBT", ""},
                                                                      {"", ""}}) {
    EXPECT_EQ(testing::spelled(bitmex, symbol), expected) << symbol;
  }
}

TEST(Bitmex, AnIntervalIsATimeOfTheDay) {
  for (const auto& [text, interval] : std::vector<std::pair<std::string, std::optional<std::chrono::minutes>>>{
           {"\"2000-01-01T08:00:00.000Z\"", hours{8}},
           {"\"2000-01-01T04:30:00.000Z\"", std::chrono::minutes{270}},
           {"\"2000-01-02T00:00:00.000Z\"", hours{24}},
           {"null", std::nullopt}}) {
    const auto reply =
        bitmex.decode(ask_of(Topic::instruments, "instrument"),
                      R"([{"symbol":"XBTUSD","fundingRate":0.1,"fundingInterval":)" + text + "}]", {}, now);
    ASSERT_TRUE(reply);
    EXPECT_EQ(std::get<market::Funding>(reply->events.at(0)).interval, interval) << text;
  }
}

TEST(Bitmex, AQuantoCountsNeitherCoinsNorDollars) {
  const auto reply = bitmex.decode(
      ask_of(Topic::instruments, "instrument"),
      R"([{"symbol":"ETHUSD","isQuanto":true,"isInverse":false,"underlyingToPositionMultiplier":5,"multiplier":100,"openInterest":7,"openValue":9}])",
      {}, now);
  ASSERT_EQ(reply->instruments.size(), 1U);
  EXPECT_FALSE(reply->instruments[0].contract_size.has_value());
  const auto& interest = std::get<market::OpenInterest>(reply->events.at(0));
  EXPECT_EQ(interest.raw, 7);
  EXPECT_FALSE(interest.base.has_value());
  EXPECT_FALSE(interest.quote.has_value());
}

TEST(Bitmex, ABarOfUnknownLengthHasNoOpening) {
  const auto reply = bitmex.decode(
      ask_of(Topic::candles, "trade/bucketed"),
      R"([{"timestamp":"2025-11-24T16:01:00.000Z","symbol":"XBTUSD","open":1,"high":1,"low":1,"close":1}])", {}, now);
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->events.empty());
  EXPECT_EQ(reply->rows_skipped, 1U);
}

TEST(Bitmex, ALiquidationHasNoStampOfItsOwn) {
  const auto frame = bitmex.decode_frame(
      R"({"table":"liquidation","action":"insert","data":[{"orderID":"o","symbol":"XBTUSD","side":"Buy","price":5,"leavesQty":10}]})",
      {}, now);
  const auto& event = std::get<market::Liquidation>(frame->events.at(0));
  EXPECT_EQ(event.at, now);
  EXPECT_EQ(event.side, market::PositionSide::short_side);
  for (const char* action : {"update", "delete"}) {
    const auto more = bitmex.decode_frame(R"({"table":"liquidation","action":")" + std::string(action) +
                                              R"(","data":[{"orderID":"o","symbol":"XBTUSD","leavesQty":5}]})",
                                          {}, now);
    EXPECT_EQ(more->kind, Frame::Kind::data);
    EXPECT_TRUE(more->events.empty()) << action;
  }
}

TEST(Bitmex, VerdictsComeFromTheStatusLine) {
  const auto judge = [](int status, const std::string& name) {
    return bitmex.judge(testing::response(status, R"({"error":{"message":"m","name":")" + name + R"("}})"), now);
  };
  for (const auto& [status, name, outcome] :
       std::vector<std::tuple<int, std::string, Outcome>>{{400, "HTTPError", Outcome::bad_request},
                                                          {401, "HTTPError", Outcome::unauthorised},
                                                          {403, "HTTPError", Outcome::unauthorised},
                                                          {429, "RateLimitError", Outcome::soft_limit},
                                                          {503, "HTTPError", Outcome::transient},
                                                          {200, "HTTPError", Outcome::bad_request}}) {
    const auto verdict = judge(status, name);
    EXPECT_EQ(verdict.outcome, outcome) << status;
    EXPECT_EQ(verdict.code, name);
    EXPECT_EQ(verdict.message, "m");
    EXPECT_FALSE(verdict.banned_until.has_value());
  }
  EXPECT_EQ(bitmex.judge(testing::response(200, "[]"), now).outcome, Outcome::ok);
  EXPECT_EQ(bitmex.judge(testing::response(200, "{oops"), now).outcome, Outcome::malformed);
  EXPECT_EQ(bitmex.judge(testing::response(403, "<html>"), now).outcome, Outcome::blocked);
}

TEST(Bitmex, ControlFramesAreTold) {
  const auto frame = [](std::string_view text) { return *bitmex.decode_frame(text, {}, now); };
  EXPECT_EQ(frame("pong").kind, Frame::Kind::pong);
  EXPECT_EQ(frame(R"({"success":true,"subscribe":"trade","request":{}})").kind, Frame::Kind::ack);
  EXPECT_EQ(frame(R"({"status":400,"error":"Unknown table","request":{}})").kind, Frame::Kind::refused);
  EXPECT_EQ(frame(R"({"info":"Welcome","version":"1"})").kind, Frame::Kind::notice);
  EXPECT_EQ(bitmex.subscribe_text(std::vector<std::string>{"liquidation"}, 1, now),
            R"({"op":"subscribe","args":["liquidation"]})");
}

}  // namespace bitmex_test
}  // namespace exchange
