// What a stream asks for again, and a stream beside polls.
#include "common/feed/channels.hpp"
#include "tests/unit/feed/stream_world.hpp"

namespace stream_again_test {
using base::Millis;
using test::StreamTest;

TEST_F(StreamTest, SubscribesAgainOnTheSameSocketAndARefusalThereIsHarmless) {
  acknowledge_all();
  run(plan({"a", "b", "c"}));
  clock.advance(Millis{5'000});
  ws.sockets()[0]->push("liq BTC 5000");
  clock.advance(Millis{5'000});
  ws.on_write = [](test::ScriptedSocket& socket, const std::string& text) {
    if (text.starts_with("sub ")) socket.push("no " + text.substr(4, text.find(' ', 4) - 4));  // "already subscribed"
  };
  const auto gaps = count_gaps();
  stream->apply(health::Remedy::resubscribe);
  clock.advance(Millis{5'000});
  EXPECT_EQ(ws.sockets().size(), 1U);
  EXPECT_EQ(subscriptions(0), (std::vector<std::string>{"sub 1 a b", "sub 2 c", "sub 3 a b", "sub 4 c"}));
  EXPECT_TRUE(stream->refused().empty());
  EXPECT_EQ(count_gaps(), gaps + 1) << "what was missed is told";
  const auto& gap = std::get<market::Gap>(heard.back());
  EXPECT_LE(gap.from, test::toy_start + Millis{6'000}) << "since the last data";
}

TEST_F(StreamTest, OneSilentChannelOfManyIsSubscribedAgainAlone) {
  acknowledge_all();
  run(plan({"bars BTC", "bars ETH", "bars SOL"}));
  for (int times = 0; times < 10; ++times) {
    clock.advance(Millis{30'000});
    for (const char* symbol : {"BTC", "ETH"}) ws.sockets()[0]->push("liq " + std::string(symbol) + " 1");
  }
  clock.advance(Millis{1'000});
  const auto before = subscriptions(0).size();
  stream->apply(health::Remedy::resubscribe);
  clock.advance(Millis{5'000});
  ASSERT_EQ(subscriptions(0).size(), before + 1);
  EXPECT_EQ(subscriptions(0).back(), "sub 3 bars SOL");
}

TEST_F(StreamTest, WhereAllSpeakAllAreInDoubt) {
  acknowledge_all();
  run(plan({"bars BTC", "bars ETH"}));
  clock.advance(Millis{2'000});
  for (const char* symbol : {"BTC", "ETH"}) ws.sockets()[0]->push("liq " + std::string(symbol) + " 1");
  clock.advance(Millis{2'000});
  stream->apply(health::Remedy::resubscribe);
  clock.advance(Millis{5'000});
  EXPECT_EQ(subscriptions(0).back(), "sub 2 bars BTC bars ETH");
}

TEST_F(StreamTest, OnlyWhatWasNotAcknowledgedIsAskedForOnceMore) {
  bool deaf = true;
  ws.on_write = [&](test::ScriptedSocket& socket, const std::string& text) {
    if (!text.starts_with("sub ") || (deaf && text.find(" c") != std::string::npos)) return;
    socket.push("ack " + text.substr(4, text.find(' ', 4) - 4));
  };
  run(plan({"a", "b", "c"}));
  clock.advance(Millis{9'000});
  EXPECT_EQ(log.live, 0);
  deaf = false;
  clock.advance(Millis{6'000});
  EXPECT_EQ(ws.sockets().size(), 1U) << "the other channels go on";
  EXPECT_EQ(subscriptions(0), (std::vector<std::string>{"sub 1 a b", "sub 2 c", "sub 3 c"}));
  EXPECT_EQ(log.live, 1);
}

TEST_F(StreamTest, TwiceInVainEndsTheConnection) {
  ws.on_write = [](test::ScriptedSocket&, const std::string&) {};
  run(plan({"a"}));
  clock.advance(Millis{30'000});
  EXPECT_GE(ws.sockets().size(), 2U);
  EXPECT_EQ(subscriptions(0), (std::vector<std::string>{"sub 1 a", "sub 2 a"}));
  EXPECT_NE(log.lost.front().find("not acknowledged"), std::string::npos);
}

TEST(Channels, AContractsChannelNamesIt) {
  const base::SteadyTime now{Millis{1'000}};
  const std::vector<std::string> all{"kline.1.PEPEUSDT", "kline.1.1000PEPEUSDT", "btcusdt_260327@kline_1m",
                                     "btcusdt@kline_1m", "market.ETH-USDT.kline.1min"};
  struct Case {
    const char* symbol;
    std::size_t channel;
  };
  for (const auto& [symbol, channel] : {Case{"PEPEUSDT", 0}, Case{"1000PEPEUSDT", 1}, Case{"BTCUSDT_260327", 2},
                                        Case{"BTCUSDT", 3}, Case{"ETH-USDT", 4}}) {
    feed::Channels channels(all);
    channels.heard(symbol, now);
    auto others = all;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(channel));
    EXPECT_EQ(channels.in_doubt(now), others) << symbol;
    EXPECT_EQ(channels.in_doubt(now + feed::Channels::silent_after + Millis{1}), all) << symbol;
  }
  feed::Channels channels(all);
  channels.heard("SOLUSDT", now);
  EXPECT_EQ(channels.in_doubt(now), all);
  feed::Channels without({"kline.1.1000PEPEUSDT", "kline.1.ETHUSDT"});
  without.heard("PEPEUSDT", now);
  EXPECT_EQ(without.in_doubt(now).size(), 2U) << "that of another contract is none of its own";
}

/// Gate's forced orders: polled with a side, pushed before that with a sign that is learned.
TEST_F(StreamTest, BesideThePollsItsLossIsNoneAndItSpeaksOnceItsSidesAreLearned) {
  venue.two_ways.emplace();
  acknowledge_all();
  run(plan({"a"}));
  clock.advance(Millis{2'000});
  auto* socket = ws.sockets().at(0).get();
  const auto poll = [&](int second, double size) {
    market::Liquidation one;
    one.symbol = "BTC";
    one.raw_quantity = size;
    one.side = market::PositionSide::long_side;
    one.at = test::toy_start + Millis{second * 1'000};
    market::Events events{one};
    venue.two_ways->polled(events, clock.wall_now());
  };
  poll(0, 99);
  for (int i = 1; i <= 8; ++i) {
    socket->push("liq BTC " + std::to_string(i * 10'000) + " -1 " + std::to_string(i));
    clock.advance(Millis{1'000});
    poll(i * 10, i);
  }
  EXPECT_TRUE(heard.empty()) << "until then the polls tell them";
  socket->push("liq BTC 90000 -1 9");
  clock.advance(Millis{1'000});
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(std::get<market::Liquidation>(heard[0]).side, market::PositionSide::long_side);
  socket->close(1'001);
  clock.advance(Millis{20'000});
  EXPECT_EQ(ws.sockets().size(), 2U);
  EXPECT_TRUE(log.lost.empty());
  EXPECT_EQ(count_gaps(), 0U);
  EXPECT_EQ(log.live, 0) << "the polls say that";
  EXPECT_FALSE(log.errors.empty());
}

}  // namespace stream_again_test
