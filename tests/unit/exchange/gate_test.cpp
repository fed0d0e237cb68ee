#include <gtest/gtest.h>

#include "tests/unit/exchange/support.hpp"

namespace exchange {
namespace gate_test {

using market::Outcome;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::now;

const auto owner = make_exchange("gate", testing::settings());
const Exchange& gate = *owner;
const std::string rest = "https://rest.test/api/v4/futures/usdt/";

TEST(Gate, SweepsAreOneRequestEach) {
  for (const auto& [topic, endpoint] : std::vector<std::pair<Topic, std::string>>{{Topic::instruments, "contracts"},
                                                                                  {Topic::funding, "contracts"},
                                                                                  {Topic::tickers, "tickers"},
                                                                                  {Topic::open_interest, "tickers"}}) {
    const auto asks = gate.asks(topic, testing::want({"ETH_USDT"}));
    ASSERT_EQ(asks.size(), 1U);
    EXPECT_EQ(asks[0].request.url, rest + endpoint);
    EXPECT_EQ(asks[0].endpoint, "futures/usdt/" + endpoint);
    EXPECT_EQ(asks[0].costs[0].limit, asks[0].endpoint);
    EXPECT_EQ(asks[0].costs[0].units, 1);
    EXPECT_EQ(asks[0].request.proxy, "http://proxy.test:3128");
    ASSERT_EQ(asks[0].request.headers.size(), 1U);
    EXPECT_EQ(asks[0].request.headers[0].first, "X-Gate-Size-Decimal") << "or fractions of contracts are cut off";
    EXPECT_EQ(asks[0].request.headers[0].second, "1");
  }
  EXPECT_TRUE(gate.asks(Topic::funding_intervals, {}).empty());
  EXPECT_TRUE(gate.asks(Topic::server_time, {}).empty());
}

TEST(Gate, HistoriesAreAskedInWholeSeconds) {
  auto want = testing::want({"ETH_USDT"});
  want.from = now - minutes{2} + base::Millis{1};
  want.to = now + base::Millis{999};
  const auto candles = gate.asks(Topic::candles, want);
  EXPECT_EQ(testing::urls(candles),
            std::vector<std::string>{rest + "candlesticks?contract=ETH_USDT&interval=1m&from=1763999881&to=1764000000"})
      << "no limit beside the ends; both ends within what is wanted";
  EXPECT_EQ(candles[0].symbol, "ETH_USDT");
  EXPECT_EQ(candles[0].bar_length, minutes{1});
  want.from = now - hours{48};
  want.to = now;
  EXPECT_EQ(gate.asks(Topic::candles, want).size(), 2U) << "2,881 bars, 1,999 a page";
  EXPECT_EQ(testing::urls(gate.asks(Topic::funding_history, want)),
            std::vector<std::string>{rest + "funding_rate?contract=ETH_USDT&from=1763827200&to=1764000000&limit=49"});
  want.bar_length = minutes{5};
  want.from = now - minutes{10};
  EXPECT_EQ(testing::urls(gate.asks(Topic::open_interest, want)),
            std::vector<std::string>{rest + "contract_stats?contract=ETH_USDT&interval=5m&from=1763999400&to=1764000000"
                                            "&limit=3"});
  want.from.reset();
  want.rows_max = 3;
  EXPECT_EQ(testing::urls(gate.asks(Topic::candles, want)),
            std::vector<std::string>{rest + "candlesticks?contract=ETH_USDT&interval=5m&from=1763999101&to=1764000000"})
      << "an end alone would not mean the newest before it";
  want.to.reset();
  EXPECT_EQ(testing::urls(gate.asks(Topic::candles, want)),
            std::vector<std::string>{rest + "candlesticks?contract=ETH_USDT&interval=5m&limit=3"});
  want.bar_length = minutes{7};
  EXPECT_TRUE(gate.asks(Topic::candles, want).empty());
}

TEST(Gate, LiquidationsOfAllContractsAreOneRequestAnHour) {
  Want want;
  EXPECT_EQ(testing::urls(gate.asks(Topic::liquidations, want)),
            std::vector<std::string>{rest + "liq_orders?limit=1000"});
  want.from = now - seconds{30};
  EXPECT_EQ(testing::urls(gate.asks(Topic::liquidations, want)),
            std::vector<std::string>{rest + "liq_orders?from=1763999970&limit=1000"});
  want.from = now - hours{1} - seconds{1};
  want.to = now;
  EXPECT_EQ(testing::urls(gate.asks(Topic::liquidations, want)),
            (std::vector<std::string>{rest + "liq_orders?from=1763996399&to=1763999999&limit=1000",
                                      rest + "liq_orders?from=1763999999&to=1764000000&limit=1000"}))
      << "a window has at most an hour";
  for (const auto& window : {hours{0}, hours{1}}) {
    want.from = now - window;
    EXPECT_EQ(gate.asks(Topic::liquidations, want).size(), 1U);
  }
}

TEST(Gate, SamplesAreAskedByContract) {
  auto want = testing::want({"A_USDT", "B_USDT"});
  want.rows_max = 20;
  EXPECT_EQ(testing::urls(gate.asks(Topic::depth, want)),
            (std::vector<std::string>{rest + "order_book?contract=A_USDT&limit=20&with_id=true",
                                      rest + "order_book?contract=B_USDT&limit=20&with_id=true"}));
  want.rows_max = 5'000;
  EXPECT_EQ(gate.asks(Topic::trades, want)[1].request.url, rest + "trades?contract=B_USDT&limit=1000");
}

TEST(Gate, TheListOfContractsIsReadForWhatWasAsked) {
  const std::string body =
      R"([{"name":"ETH_USDT","type":"direct","quanto_multiplier":"0.01","last_price":"3000","funding_rate":"0.0001",
           "funding_interval":28800,"funding_next_apply":1764028800,"position_size":"50.5"}])";
  const auto funding = gate.decode(gate.asks(Topic::funding, {}).front(), body, {}, now);
  ASSERT_TRUE(funding);
  EXPECT_TRUE(funding->instruments.empty());
  ASSERT_EQ(funding->events.size(), 3U);
  const auto& rate = std::get<market::Funding>(funding->events[0]);
  EXPECT_EQ(rate.interval, hours{8});
  EXPECT_EQ(rate.settles_at, now + hours{8});
  const auto& interest = std::get<market::OpenInterest>(funding->events[1]);
  EXPECT_DOUBLE_EQ(*interest.raw, 50.5);
  EXPECT_DOUBLE_EQ(*interest.base, 0.505);
  const auto listed = gate.decode(gate.asks(Topic::instruments, {}).front(), body, {}, now);
  ASSERT_EQ(listed->instruments.size(), 1U);
  EXPECT_EQ(listed->instruments[0].funding_interval, hours{8});
  EXPECT_DOUBLE_EQ(*listed->instruments[0].contract_size, 0.01);
}

TEST(Gate, AContractWithoutItsSizeIsNotListed) {
  const auto reply = gate.decode(gate.asks(Topic::instruments, {}).front(),
                                 R"([{"name":"ETH_USDT","type":"direct","quanto_multiplier":"0"}])", {}, now);
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->instruments.empty());
  EXPECT_EQ(reply->rows_skipped, 1U);
}

TEST(Gate, AnIntervalOfHalfMinutesIsNone) {
  for (const char* interval : {"90", "86401", "-60"}) {
    const auto reply =
        gate.decode(gate.asks(Topic::funding, {}).front(),
                    R"([{"name":"ETH_USDT","quanto_multiplier":"1","funding_rate":"0","funding_interval":)" +
                        std::string(interval) + "}]",
                    {}, now);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->rows_skipped, 1U) << interval;
  }
}

TEST(Gate, SpellingsAreUnderstood) {
  for (const auto& [symbol, expected] :
       std::vector<testing::Spelled>{{"ETH_USDT", "ETH/USDT:USDT perp linear"},
                                     {"BTC_USD", "BTC/USD:BTC perp inverse"},
                                     {"ETH_USD", "ETH/USD:BTC perp linear"},
                                     {"BTC_USDT_20260327", "BTC/USDT:USDT future linear"},
                                     {"BTC_USD_20260327", "BTC/USD:BTC future inverse"},
                                     {"1INCH_USDT", "1INCH/USDT:USDT perp linear"},
                                     {"BTC_USDT-20260327-90000-C", ""},
                                     {"BTC_USDT_SOON", ""},
                                     {"BTCUSDT", ""},
                                     {"_USDT", ""},
                                     {"BTC_", ""}}) {
    EXPECT_EQ(testing::spelled(gate, symbol), expected) << symbol;
  }
  EXPECT_EQ(gate.describe("BTC_USD")->contract_size, 1);
  EXPECT_FALSE(gate.describe("ETH_USDT")->contract_size.has_value());
  EXPECT_FALSE(gate.describe("ETH_USD")->contract_size.has_value()) << "a quanto";
}

TEST(Gate, VerdictsComeFromTheLabel) {
  const auto judge = [](int status, const std::string& label, net::Headers headers = {}) {
    return gate.judge(testing::response(status, R"({"label":")" + label + R"(","message":"m"})", std::move(headers)),
                      now);
  };
  for (const auto& [status, label, outcome] :
       std::vector<std::tuple<int, std::string, Outcome>>{{429, "TOO_MANY_REQUESTS", Outcome::soft_limit},
                                                          {200, "TOO_MANY_REQUESTS", Outcome::soft_limit},
                                                          {400, "CONTRACT_NOT_FOUND", Outcome::bad_symbol},
                                                          {400, "INVALID_PARAM_VALUE", Outcome::bad_request},
                                                          {400, "NEW_LABEL", Outcome::bad_request},
                                                          {200, "NEW_LABEL", Outcome::bad_request},
                                                          {500, "SERVER_ERROR", Outcome::transient},
                                                          {503, "TOO_BUSY", Outcome::transient},
                                                          {200, "TOO_BUSY", Outcome::transient},
                                                          {401, "INVALID_KEY", Outcome::unauthorised},
                                                          {403, "FORBIDDEN", Outcome::unauthorised},
                                                          {418, "TOO_MANY_REQUESTS", Outcome::banned}}) {
    const auto verdict = judge(status, label);
    EXPECT_EQ(verdict.outcome, outcome) << status << ' ' << label;
    EXPECT_EQ(verdict.code, label);
    EXPECT_EQ(verdict.message, "m");
    EXPECT_FALSE(verdict.banned_until && outcome != Outcome::banned);
  }
  EXPECT_EQ(gate.judge(testing::response(200, "[]"), now).outcome, Outcome::ok);
  EXPECT_EQ(gate.judge(testing::response(200, R"({"id":1,"asks":[],"bids":[]})"), now).outcome, Outcome::ok);
  EXPECT_EQ(gate.judge(testing::response(200, "{}"), now).outcome, Outcome::malformed);
  EXPECT_EQ(gate.judge(testing::response(200, "<html>"), now).outcome, Outcome::malformed);
  EXPECT_EQ(gate.judge(testing::response(403, "<html>"), now).outcome, Outcome::blocked);
  EXPECT_EQ(gate.judge(testing::response(502, ""), now).outcome, Outcome::transient);
  EXPECT_EQ(judge(429, "TOO_MANY_REQUESTS", {{"x-gate-ratelimit-reset-timestamp", "1764000004"}}).retry_after,
            base::Millis{4'000});
  EXPECT_EQ(judge(429, "TOO_MANY_REQUESTS", {{"x-gate-ratelimit-reset-timestamp", "1763999999"}}).retry_after,
            std::nullopt);
  EXPECT_EQ(judge(429, "TOO_MANY_REQUESTS", {{"x-gate-ratelimit-reset-timestamp", "9223372036854775807"}}).retry_after,
            std::nullopt);
  EXPECT_EQ(judge(429, "TOO_MANY_REQUESTS", {{"retry-after", "9"}, {"x-gate-ratelimit-reset-timestamp", "1764000004"}})
                .retry_after,
            seconds{9});
}

TEST(Gate, BarsHaveTheirSocketsAndLiquidationsOneBesideThePolls) {
  const testing::Listed listed(gate, testing::numbered("A", "_USDT", 101));
  const auto plans = gate.streams(Topic::candles, listed.pointers());
  ASSERT_EQ(plans.size(), 2U);
  EXPECT_EQ(plans[0].url, "wss://stream.test/public");
  EXPECT_EQ(plans[0].channels.size(), 100U);
  EXPECT_EQ(plans[0].batch_max, 1U) << "a subscription has one contract's bars";
  EXPECT_EQ(plans[0].headers, (net::Headers{{"X-Gate-Size-Decimal", "1"}}));
  EXPECT_EQ(plans[0].ping_text(now), R"({"time":1764000000,"channel":"futures.ping"})");
  EXPECT_EQ(plans[1].name, "gate candles 2/2");
  EXPECT_EQ(
      gate.subscribe_text(plans[1].channels, 7, now),
      R"({"time":1764000000,"id":7,"channel":"futures.candlesticks","event":"subscribe","payload":["1m","A100_USDT"]})");
  EXPECT_EQ(
      gate.subscribe_text(std::vector<std::string>{"futures.tickers,A_USDT", "futures.tickers,B_USDT"}, 8, now),
      R"({"time":1764000000,"id":8,"channel":"futures.tickers","event":"subscribe","payload":["A_USDT","B_USDT"]})");
  const auto forced = gate.streams(Topic::liquidations, listed.pointers());
  ASSERT_EQ(forced.size(), 1U);
  EXPECT_EQ(
      gate.subscribe_text(forced[0].channels, 9, now),
      R"({"time":1764000000,"id":9,"channel":"futures.public_liquidates","event":"subscribe","payload":["!all"]})");
  EXPECT_TRUE(gate.traits().liquidation_poll);
  EXPECT_TRUE(gate.traits().liquidation_sides_learned);
  EXPECT_FALSE(gate.traits().liquidation_stream);
}

TEST(Gate, APushedForcedOrderHasItsSignAndNoSide) {
  const auto frame = gate.decode_frame(
      R"({"channel":"futures.public_liquidates","event":"update","result":[
          {"price":"2995","size":"-12.5","time":1764000001100,"contract":"ETH_USDT"},
          {"price":"2995","size":3,"time":1764000001100,"contract":"ETH_USDT"}]})",
      {}, now);
  ASSERT_TRUE(frame);
  ASSERT_EQ(frame->events.size(), 2U);
  for (const int i : {0, 1}) {
    const auto& one = std::get<market::Liquidation>(frame->events[static_cast<std::size_t>(i)]);
    EXPECT_FALSE(one.side);
    EXPECT_EQ(one.sign, i == 0 ? -1 : 1);
  }
}

TEST(Gate, APolledForcedOrderTellsItsOrderBesideThePosition) {
  const auto reply = gate.decode(
      gate.asks(Topic::liquidations, {}).front(),
      R"([{"time":1764000001,"contract":"ETH_USDT","size":600,"order_size":-150,"order_price":"3000","fill_price":"2999","left":0}])",
      {}, now);
  ASSERT_TRUE(reply);
  const auto& one = std::get<market::Liquidation>(reply->events.at(0));
  EXPECT_EQ(one.raw_quantity, 600);
  EXPECT_EQ(one.order_quantity, 150);
  EXPECT_EQ(one.side, market::PositionSide::long_side);
}

TEST(Gate, ControlFramesAreTold) {
  const auto frame = [](std::string_view text) { return *gate.decode_frame(text, {}, now); };
  const auto ack = frame(
      R"({"time":1764000000,"id":7,"channel":"futures.candlesticks","event":"subscribe","error":null,"result":{"status":"success"}})");
  EXPECT_EQ(ack.kind, Frame::Kind::ack);
  EXPECT_EQ(ack.request_id, "7");
  const auto refused = frame(
      R"({"time":1764000000,"id":8,"channel":"futures.candlesticks","event":"subscribe","error":{"code":2,"message":"unknown contract"},"result":null})");
  EXPECT_EQ(refused.kind, Frame::Kind::refused);
  EXPECT_EQ(refused.request_id, "8");
  EXPECT_EQ(refused.message, "unknown contract");
  EXPECT_EQ(frame(R"({"error":{"code":2,"message":"x"},"result":null})").kind, Frame::Kind::refused);
  EXPECT_EQ(frame(R"({"time":1,"channel":"futures.candlesticks","event":"subscribe","result":{"status":"fail"}})").kind,
            Frame::Kind::refused);
  EXPECT_EQ(frame(R"({"time":1,"channel":"futures.pong","event":"","result":null})").kind, Frame::Kind::pong);
  EXPECT_EQ(frame(R"({"time":1,"channel":"futures.order_book","event":"update","result":[{"p":"1","s":0}]})").kind,
            Frame::Kind::other)
      << "changes of a book are no book";
}

TEST(Gate, AnUnreadableBarDoesNotTakeTheOthersWithIt) {
  const auto frame = gate.decode_frame(
      R"({"time":1764000000,"channel":"futures.candlesticks","event":"update","result":[
          {"t":1764000000,"v":1,"c":"0","h":"1","l":"1","o":"1","n":"1m_ETH_USDT"},
          {"t":1764000000,"v":1,"c":"1","h":"1","l":"1","o":"1","n":"ETH"},
          {"t":1764000000,"v":1,"c":"1","h":"1","l":"1","o":"1","n":"1m_ETH_USDT"}]})",
      {}, now);
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->events.size(), 1U);
  EXPECT_EQ(frame->rows_skipped, 2U);
  EXPECT_FALSE(std::get<market::Candle>(frame->events[0]).base_volume.has_value()) << "contract size unknown";
}

TEST(Gate, NoVolumeIsNoneHoweverLargeAContractIs) {
  const auto frame = gate.decode_frame(
      R"({"channel":"futures.candlesticks","event":"update","result":[{"t":1764000000,"v":0,"c":"1","h":"1","l":"1","o":"1","n":"1m_ETH_USDT"}]})",
      {}, now);
  EXPECT_EQ(std::get<market::Candle>(frame->events.at(0)).base_volume, 0);
}

TEST(Gate, PagesForPeople) {
  EXPECT_EQ(gate.link("ETH_USDT"), "https://www.gate.com/futures/USDT/ETH_USDT");
  EXPECT_EQ(gate.link("BTC_USD"), "https://www.gate.com/futures/BTC/BTC_USD");
}

}  // namespace gate_test
}  // namespace exchange
