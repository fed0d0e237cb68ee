// The planned faults reach every exchange that the real description can talk to here.
#include "tests/sandbox/played.hpp"

namespace sandbox {
namespace played_faults_test {

using exchange::Topic;

struct Doors {
  Venue venue;
  std::map<std::string, std::string> streams;
  std::string rest;
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
  Heard heard() { return listen(Topic::candles, start, start + 5 * second); }
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
    testing::Values(Doors{Venue::kucoin, {{"public", ""}}, ""},
                    Doors{Venue::htx, {{"market", "/linear-swap-ws"}, {"public", "/linear-swap-notification"}}, ""},
                    Doors{Venue::hyperliquid, {{"public", "/ws"}}, ""},
                    Doors{Venue::deribit, {{"public", "/ws/api/v2"}}, "/api/v2"},
                    Doors{Venue::aster, {{"market", "/ws"}}, ""}),
    [](const auto& each) { return std::string(to_string(each.param.venue)); });

}  // namespace played_faults_test
}  // namespace sandbox
