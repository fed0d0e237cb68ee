#include <gtest/gtest.h>

#include "tests/unit/exchange/support.hpp"

namespace exchange {
namespace hyperliquid_test {

using market::Outcome;
using testing::now;

const auto hyperliquid = testing::described("hyperliquid");

struct Asked {
  Topic topic;
  std::string endpoint, body;
  std::int64_t weight;
};

TEST(Hyperliquid, EveryQuestionIsABody) {
  for (const auto& [topic, endpoint, body, weight] :
       std::vector<Asked>{{Topic::server_time, "info/l2Book", R"({"type":"l2Book","coin":"BTC"})", 2},
                          {Topic::instruments, "info/meta", R"({"type":"meta"})", 20},
                          {Topic::funding, "info/metaAndAssetCtxs", R"({"type":"metaAndAssetCtxs"})", 20},
                          {Topic::tickers, "info/metaAndAssetCtxs", R"({"type":"metaAndAssetCtxs"})", 20},
                          {Topic::open_interest, "info/metaAndAssetCtxs", R"({"type":"metaAndAssetCtxs"})", 20},
                          {Topic::funding_history, "info/fundingHistory",
                           R"({"type":"fundingHistory","coin":"ETH","startTime":0})", 45},
                          {Topic::candles, "info/candleSnapshot",
                           R"({"type":"candleSnapshot","req":{"coin":"ETH","interval":"1m","startTime":0}})", 37},
                          {Topic::trades, "info/recentTrades", R"({"type":"recentTrades","coin":"ETH"})", 20},
                          {Topic::depth, "info/l2Book", R"({"type":"l2Book","coin":"ETH"})", 2}}) {
    const auto asks = hyperliquid->asks(topic, testing::want({"ETH"}));
    ASSERT_EQ(asks.size(), 1U) << body;
    EXPECT_EQ(asks[0].request.url, "https://rest.test/info");
    EXPECT_EQ(asks[0].request.method, "POST");
    EXPECT_EQ(asks[0].request.content_type, "application/json");
    EXPECT_EQ(asks[0].request.body, body);
    EXPECT_EQ(asks[0].endpoint, endpoint);
    EXPECT_EQ(asks[0].costs[0].limit, "weight");
    EXPECT_EQ(asks[0].costs[0].units, weight) << body;
  }
  for (const auto topic : {Topic::liquidations, Topic::funding_intervals})
    EXPECT_TRUE(hyperliquid->asks(topic, testing::want({"ETH"})).empty());
}

TEST(Hyperliquid, HistoriesGoInPagesAndWeighByTheirRows) {
  auto want = testing::want({"ETH"});
  want.from = now - std::chrono::minutes{1'059};
  want.to = now;
  const auto asks = hyperliquid->asks(Topic::candles, want);
  ASSERT_EQ(asks.size(), 2U);
  EXPECT_EQ(
      asks[0].request.body,
      R"({"type":"candleSnapshot","req":{"coin":"ETH","interval":"1m","startTime":1763936460000,"endTime":1763940000000}})");
  EXPECT_EQ(asks[0].costs[0].units, 21) << "60 rows";
  EXPECT_EQ(asks[1].costs[0].units, 37) << "1000 rows";
  EXPECT_EQ(asks[1].bar_length, std::chrono::minutes{1});
  EXPECT_TRUE(hyperliquid->asks(Topic::open_interest, want).empty());
}

std::string contexts(const std::string& universe, const std::string& list) {
  return R"([{"universe":[)" + universe + "]},[" + list + "]]";
}

TEST(Hyperliquid, ContextsBelongToTheCoinInTheirPlace) {
  const auto ask = hyperliquid->asks(Topic::funding, {}).front();
  const std::string one = R"({"funding":"0.0001","openInterest":"5","markPx":"2","oraclePx":"3","dayNtlVlm":"7"})";
  const auto reply = hyperliquid->decode(
      ask, contexts(R"({"name":"GONE","isDelisted":true},{"name":"ETH"},{"name":"B"})", one + "," + one + ",null"), {},
      now - base::Millis{1});
  ASSERT_TRUE(reply);
  ASSERT_EQ(reply->events.size(), 3U);
  EXPECT_EQ(reply->rows_skipped, 1U);
  const auto& funding = std::get<market::Funding>(reply->events[0]);
  EXPECT_EQ(funding.symbol, "ETH");
  EXPECT_EQ(funding.interval, std::chrono::hours{1});
  EXPECT_EQ(funding.settles_at, now) << "the next full hour";
  EXPECT_FALSE(std::get<market::Ticker>(reply->events[2]).last.has_value());
  for (const auto& body : {contexts(R"({"name":"A"},{"name":"B"})", one), contexts("", one), std::string("[[],[]]"),
                           std::string("[]"), std::string("{}")}) {
    EXPECT_FALSE(hyperliquid->decode(ask, body, {}, now)) << body;
  }
}

TEST(Hyperliquid, TheCheapestAnswerTellsTheTime) {
  const auto reply = hyperliquid->decode(hyperliquid->asks(Topic::server_time, {}).front(),
                                         R"({"coin":"BTC","time":1764000000000,"levels":[[],[]]})", {}, now);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->server_time, now);
  EXPECT_TRUE(reply->events.empty());
}

TEST(Hyperliquid, AMarketMarginedInAnotherCoinIsNotTakenForUsdc) {
  const auto quote = [](const std::string& collateral) {
    const auto reply =
        hyperliquid->decode(hyperliquid->asks(Topic::instruments, {}).front(),
                            R"({"universe":[{"name":"xyz:TSLA","szDecimals":3}])" + collateral + "}", {}, now);
    return reply->instruments.at(0).quote;
  };
  EXPECT_EQ(quote(""), "USDC");
  EXPECT_EQ(quote(R"(,"collateralToken":0)"), "USDC");
  EXPECT_EQ(quote(R"(,"collateralToken":7)"), "USD");
}

TEST(Hyperliquid, SpellingsAreUnderstood) {
  for (const auto& [symbol, expected] : std::vector<testing::Spelled>{{"ETH", "ETH/USDC:USDC perp linear"},
                                                                      {"kPEPE", "kPEPE/USDC:USDC perp linear"},
                                                                      {"xyz:TSLA", "TSLA/USDC:USDC perp linear"},
                                                                      {"@107", ""},
                                                                      {"PURR/USDC", ""},
                                                                      {"#0", ""},
                                                                      {"xyz#3", ""},
                                                                      {":TSLA", ""},
                                                                      {"xyz:", ""},
                                                                      {"a:b:c", ""},
                                                                      {"", ""}}) {
    EXPECT_EQ(testing::spelled(*hyperliquid, symbol), expected) << symbol;
  }
  const auto pepe = hyperliquid->describe("kPEPE");
  EXPECT_EQ(pepe->asset, "PEPE");
  EXPECT_EQ(pepe->unit_multiplier, 1000.0);
  EXPECT_EQ(pepe->contract_size, 1.0) << "sizes are coins";
  EXPECT_EQ(hyperliquid->link("xyz:TSLA"), "https://app.hyperliquid.xyz/trade/xyz%3ATSLA");
}

TEST(Hyperliquid, VerdictsComeFromTheStatusLine) {
  for (const auto& [status, body, expected] :
       std::vector<testing::Judged>{{200, "[[],[]]", Outcome::ok},
                                    {200, R"({"levels":[]})", Outcome::ok},
                                    {200, "[]", Outcome::ok},
                                    {200, "null", Outcome::bad_symbol},
                                    {200, R"({"status":"err","response":"x"})", Outcome::bad_request},
                                    {200, "what?", Outcome::malformed},
                                    {200, "<html>", Outcome::malformed},
                                    {200, "", Outcome::malformed},
                                    {429, "null", Outcome::soft_limit},
                                    {429, "<html>nginx", Outcome::soft_limit},
                                    {422, "Failed to deserialize", Outcome::bad_request},
                                    {500, "null", Outcome::transient},
                                    {502, "<html>", Outcome::transient},
                                    {451, "", Outcome::blocked},
                                    {403, "<html>", Outcome::blocked}}) {
    EXPECT_EQ(hyperliquid->judge(testing::response(status, body), now).outcome, expected) << status << " " << body;
  }
}

TEST(Hyperliquid, SocketsAndTheirTexts) {
  const testing::Listed listed(*hyperliquid, testing::numbered("xyz:A", "", 301));
  const auto plans = hyperliquid->streams(Topic::candles, listed.pointers());
  ASSERT_EQ(plans.size(), 2U);
  EXPECT_EQ(plans[0].url, "wss://stream.test/public");
  EXPECT_EQ(plans[0].batch_max, 1U);
  EXPECT_EQ(plans[0].ping, R"({"method":"ping"})");
  EXPECT_LT(plans[0].ping_every, std::chrono::seconds{60});
  EXPECT_EQ(hyperliquid->subscribe_text(plans[1].channels, 1, now),
            R"({"method":"subscribe","subscription":{"type":"candle","coin":"xyz:A300","interval":"1m"}})");
  EXPECT_TRUE(hyperliquid->streams(Topic::liquidations, listed.pointers()).empty()) << "no public feed";
}

TEST(Hyperliquid, ControlFramesAreTold) {
  const auto frame = [](std::string_view text) { return *hyperliquid->decode_frame(text, {}, now); };
  EXPECT_EQ(frame(R"({"channel":"pong"})").kind, Frame::Kind::pong);
  EXPECT_EQ(frame(R"({"channel":"subscriptionResponse","data":{"method":"subscribe"}})").kind, Frame::Kind::ack);
  const auto refused = frame(R"({"channel":"error","data":"Invalid subscription"})");
  EXPECT_EQ(refused.kind, Frame::Kind::refused);
  EXPECT_EQ(refused.message, "Invalid subscription");
  EXPECT_EQ(frame(R"({"channel":"allMids","data":{"mids":{}}})").kind, Frame::Kind::other);
}

TEST(Hyperliquid, ContextsWithoutNamesAreNoListedContracts) {
  const auto frame = hyperliquid->decode_frame(
      R"({"channel":"allDexsAssetCtxs","data":{"ctxs":[["",[{"markPx":"1","oraclePx":"1"}]],["xyz",[{"markPx":"2"},{"markPx":"x"}]]]}})",
      {}, now);
  ASSERT_TRUE(frame);
  ASSERT_EQ(frame->events.size(), 2U);
  EXPECT_EQ(market::symbol_of(frame->events[0]), "#0");
  EXPECT_EQ(market::symbol_of(frame->events[1]), "xyz#0");
  EXPECT_EQ(frame->rows_skipped, 1U);
}

}  // namespace hyperliquid_test
}  // namespace exchange
