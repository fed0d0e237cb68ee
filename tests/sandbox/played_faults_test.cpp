// The planned faults reach every exchange that the real description can talk to here.
#include <set>

#include "tests/sandbox/played.hpp"

namespace sandbox {
namespace played_faults_test {

using exchange::Topic;

struct Doors {
  Venue venue;
  std::map<std::string, std::string> streams;
  std::string rest;
  std::string one;  ///< a contract, as its pushes name it
  Topic topic{Topic::candles};
};

class PlayedFaultsTest : public PlayedTest, public testing::WithParamInterface<Doors> {
 protected:
  PlayedFaultsTest() : PlayedTest(GetParam().venue, GetParam().streams, GetParam().rest) {}

  void fault(Json settings) {
    settings["path"] = "/" + std::string(to_string(venue_)) + "/*";
    Request request;
    request.method = "POST";
    request.path = "/control/fault";
    request.body = settings.dump();
    EXPECT_EQ(app_.http(request, start).status, 200);
  }
  int fired() {
    Request request;
    request.method = "GET";
    request.path = "/control/faults";
    return Json::parse(app_.http(request, start).body).at(0)["fired"];
  }
  Heard heard(Ms from = start) { return listen(GetParam().topic, from, from + 5 * second); }
  static std::set<std::string> symbols(const Heard& all) {
    std::set<std::string> out;
    for (const auto& event : all.events) out.insert(market::symbol_of(event));
    return out;
  }
};

TEST_P(PlayedFaultsTest, WithoutAFaultThereIsData) {
  const auto all = heard();
  EXPECT_GT(all.acks, 0);
  EXPECT_FALSE(all.events.empty());
  EXPECT_FALSE(all.closed);
}

TEST_P(PlayedFaultsTest, ASilentFeedAcknowledgesAndSaysNothing) {
  fault({{"kind", "ws_silence"}});
  const auto all = heard();
  EXPECT_GT(all.acks, 0);
  EXPECT_TRUE(all.events.empty());
  EXPECT_FALSE(all.closed);
  EXPECT_GT(fired(), 0);
}

TEST_P(PlayedFaultsTest, AWrongPathAcknowledgesAndSaysNothing) {
  fault({{"kind", "ws_mute"}});
  const auto all = heard();
  EXPECT_GT(all.acks, 0);
  EXPECT_TRUE(all.events.empty());
  EXPECT_FALSE(all.closed);
  EXPECT_GT(fired(), 0);
}

TEST_P(PlayedFaultsTest, AFrozenFeedSaysItsFirstMessageAgainAndAgain) {
  fault({{"kind", "ws_repeat"}});
  const auto all = heard();
  EXPECT_GT(all.events.size(), 10U);
  EXPECT_EQ(symbols(all).size(), 1U);
  EXPECT_GT(fired(), 10);
}

TEST_P(PlayedFaultsTest, OneTopicOfManyCanDie) {
  const auto before = symbols(heard());
  fault({{"kind", "ws_silence"}, {"match", GetParam().one}});
  const auto after = symbols(heard(start + 10 * second));
  EXPECT_EQ(after.size() + 1, before.size());
  EXPECT_GT(after.size(), 5U);
  EXPECT_GT(fired(), 0);
}

TEST_P(PlayedFaultsTest, AHalfOpenSocketIsSilentAndDoesNotClose) {
  const auto whole = heard().events.size();
  fault({{"kind", "ws_half_open"}, {"from", 12}});
  const auto all = heard(start + 10 * second);
  EXPECT_FALSE(all.events.empty());
  EXPECT_LT(all.events.size(), whole);
  EXPECT_FALSE(all.closed);
  EXPECT_GT(fired(), 0);
}

TEST_P(PlayedFaultsTest, AnAcknowledgementCanBeWithheld) {
  fault({{"kind", "ws_no_ack"}});
  EXPECT_EQ(heard().acks, 0);
  EXPECT_GT(fired(), 0);
}

TEST_P(PlayedFaultsTest, GarbageIsNoData) {
  fault({{"kind", "ws_garbage"}});
  const auto all = heard();
  EXPECT_TRUE(all.events.empty());
  EXPECT_GT(all.unreadable, 0);
}

TEST_P(PlayedFaultsTest, ADropEndsTheConnection) {
  fault({{"kind", "ws_drop"}, {"from", 1}});
  EXPECT_TRUE(heard().closed);
  EXPECT_GT(fired(), 0);
}

TEST_P(PlayedFaultsTest, AnOutageAndABanAreSeenAsSuch) {
  const auto ask = exchange_->asks(Topic::instruments, {}).at(0);
  fault({{"kind", "status"}, {"status", 503}, {"count", 1}});
  const auto outcome = [&](Ms now) { return exchange_->judge(answered(ask, now), base::from_ms(now)).outcome; };
  EXPECT_EQ(outcome(start), market::Outcome::transient);
  EXPECT_EQ(outcome(start), market::Outcome::ok);
  fault({{"kind", "ban"}, {"seconds", 20}});
  const auto refused = outcome(start);
  EXPECT_TRUE(refused == market::Outcome::banned || refused == market::Outcome::soft_limit);
  EXPECT_NE(outcome(start + 19 * second), market::Outcome::ok);
  EXPECT_EQ(outcome(start + 21 * second), market::Outcome::ok);
}

TEST_P(PlayedFaultsTest, WrongPathsAreRefused) {
  auto ask = exchange_->asks(Topic::instruments, {}).at(0);
  ask.request.url = "http://127.0.0.1/" + std::string(to_string(venue_)) + "/nothing/here";
  EXPECT_GE(answered(ask, start).status, 400);
  Request request;
  request.path = "/" + std::string(to_string(venue_)) + "/nothing/here";
  Response refusal;
  auto* service = app_.upgrade(request, refusal, start);
  Caller caller(request);
  EXPECT_FALSE(service->ws_open(caller, start));
}

INSTANTIATE_TEST_SUITE_P(
    Venues, PlayedFaultsTest,
    testing::Values(Doors{Venue::gate, {{"public", "/v4/ws/usdt"}}, "", "1m_SOL_USDT"},
                    Doors{Venue::bitget, {{"public", "/v2/ws/public"}, {"uta", "/v3/ws/public"}}, "", "SOLUSDT"},
                    Doors{Venue::kraken, {{"public", "/ws/v1"}}, "", "PF_SOLUSD", Topic::liquidations},
                    Doors{Venue::kucoin, {{"public", ""}}, "", "SOLUSDTM_1min"},
                    Doors{Venue::htx,
                          {{"market", "/linear-swap-ws"}, {"public", "/linear-swap-notification"}},
                          "",
                          "market.SOL-USDT."},
                    Doors{Venue::hyperliquid, {{"public", "/ws"}}, "", "\"s\":\"SOL\""},
                    Doors{Venue::deribit, {{"public", "/ws/api/v2"}}, "/api/v2", "chart.trades.SOL_USDC-PERPETUAL"},
                    Doors{Venue::aster, {{"market", "/ws"}}, "", "SOLUSDT"}),
    [](const auto& each) { return std::string(to_string(each.param.venue)); });

}  // namespace played_faults_test
}  // namespace sandbox
