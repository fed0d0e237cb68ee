// One cheap question over REST about a stream that is silent.
#include "common/feed/evidence.hpp"

#include <gmock/gmock.h>

#include "tests/unit/feed/world.hpp"

namespace evidence_test {
using base::Millis;
using market::Topic;

exchange::Settings settings() {
  exchange::Settings out;
  out.rest_url = "https://rest.example";
  return out;
}

std::vector<exchange::Ask> asks_of(const char* name, Topic topic, const char* symbol) {
  return feed::evidence_asks(*exchange::make_exchange(name, settings()), topic, {symbol, "ETH-USDT"}, test::toy_start);
}

TEST(Evidence, IsAskedForWhereRestHasItInFewRequests) {
  EXPECT_EQ(asks_of("bitget", Topic::liquidations, "BTCUSDT").size(), 1U);
  EXPECT_EQ(asks_of("deribit", Topic::liquidations, "BTC_USDC-PERPETUAL").size(), 4U) << "one a currency";
  EXPECT_EQ(asks_of("htx", Topic::liquidations, "BTC-USDT").size(), 2U) << "of the liveliest contracts";
  EXPECT_TRUE(asks_of("kraken", Topic::liquidations, "PF_XBTUSD").empty());
  using Pair = std::pair<const char*, const char*>;
  for (const auto& [name, symbol] : std::vector<Pair>{{"gate", "BTC_USDT"},
                                                      {"bitget", "BTCUSDT"},
                                                      {"htx", "BTC-USDT"},
                                                      {"kucoin", "XBTUSDTM"},
                                                      {"hyperliquid", "BTC"},
                                                      {"deribit", "BTC_USDC-PERPETUAL"}}) {
    const auto asks = asks_of(name, Topic::candles, symbol);
    ASSERT_EQ(asks.size(), 1U) << name;
    EXPECT_EQ(asks[0].topic, Topic::trades) << name;
  }
}

/// Liquidations and trades by "MS", a flagged one and one that is not.
class FlagToy final : public test::ToyExchange {
 public:
  [[nodiscard]] std::vector<exchange::Ask> asks(Topic topic, const exchange::Want& want) const override {
    net::Request request("https://toy.example/trades?symbol=" + want.symbols.at(0), "toy trades");
    std::vector<exchange::Ask> out;
    out.emplace_back(topic, "trades", std::move(request));
    return out;
  }
  [[nodiscard]] base::Result<exchange::Reply> decode(const exchange::Ask& /*ask*/, std::string_view body,
                                                     const market::Universe& /*universe*/,
                                                     base::WallTime /*now*/) const override {
    exchange::Reply reply;
    std::istringstream words{std::string(body)};
    std::int64_t ms = 0;
    for (std::string kind; words >> kind >> ms;) {
      market::Liquidation forced;
      market::Trade trade;
      forced.at = trade.at = test::toy_start + Millis{ms};
      if (kind == "forced") reply.events.emplace_back(forced);
      if (kind == "trade") reply.events.emplace_back(trade);
    }
    return reply;
  }
};

class AskEvidence : public test::FeedTest {
 protected:
  /// What the observer hears of an answer, a minute after the toy's start.
  std::vector<base::WallTime> told(Topic topic, const char* body) {
    venue = feed::Venue(std::make_unique<FlagToy>(), exchange::Settings{});
    http.answer_with([body](const net::Request&) { return test::response(200, body); });
    clock.advance(Millis{60'000});
    auto asks = feed::evidence_asks(*venue.description, topic, {"BTC"}, clock.wall_now());
    EXPECT_EQ(asks.size(), 1U);
    auto asking = feed::ask_evidence(fetcher, clock, log, topic, std::move(asks));
    tasks.spawn("evidence", std::move(asking));
    clock.advance(Millis{1'000});
    return log.evidence;
  }
  feed::Fetcher fetcher{venue, gate, clock, log};
};

TEST_F(AskEvidence, TellsOfTheNewestTrade) {
  EXPECT_THAT(told(Topic::candles, "trade 20000 trade 59000 trade 7000"),
              testing::ElementsAre(test::toy_start + Millis{59'000}));
}

TEST_F(AskEvidence, TellsOfTheNewestLiquidationThatTheStreamMustHaveHadByNow) {
  EXPECT_THAT(told(Topic::liquidations, "forced 7000 trade 25000 forced 20000 forced 59000"),
              testing::ElementsAre(test::toy_start + Millis{20'000}));
}

TEST_F(AskEvidence, SaysNothingWhereThereIsNone) {
  EXPECT_THAT(told(Topic::liquidations, "trade 20000"), testing::IsEmpty());
}

}  // namespace evidence_test
