#include <fstream>

#include "common/feed/recorder.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/unit/feed/stream_world.hpp"

namespace stream_test {
using base::Millis;
using test::StreamTest;

TEST_F(StreamTest, SubscribesInTheExchangesBatches) {
  acknowledge_all();
  run(plan({"a", "b", "c"}));
  clock.advance(Millis{2'000});
  EXPECT_EQ(subscriptions(0), (std::vector<std::string>{"sub 1 a b", "sub 2 c"}));
  EXPECT_EQ(log.live, 1);
}

TEST_F(StreamTest, SaysHelloBeforeItSubscribes) {
  acknowledge_all();
  auto greeting = plan({"a"});
  greeting.hello = {"hello", "beat 30"};
  run(std::move(greeting));
  clock.advance(Millis{2'000});
  std::vector<std::string> written;
  for (const auto& one : ws.sockets().at(0)->written()) written.push_back(one.text);
  EXPECT_EQ(written, (std::vector<std::string>{"hello", "beat 30", "sub 1 a"}));
}

/// A handed-out address is good for one connection: it is asked for again before the next.
TEST_F(StreamTest, AsksForItsAddressBeforeEachConnect) {
  acknowledge_all();
  int asked = 0;
  http.answer_with([&](const net::Request& request) {
    EXPECT_EQ(request.method, "POST");
    return test::response(200, ++asked == 2 ? "" : "wss://toy.example/token" + std::to_string(asked));
  });
  auto handed_out = plan({"a"});
  net::Request request("https://toy.example/door", "toy door");
  request.method = "POST";
  handed_out.door.emplace(market::Topic::liquidations, "door", std::move(request));
  run(std::move(handed_out));
  clock.advance(Millis{2'000});
  ASSERT_EQ(ws.sockets().size(), 1U);
  EXPECT_EQ(ws.sockets().at(0)->endpoint.url, "wss://toy.example/token1");
  ws.sockets().at(0)->close(1'001);
  clock.advance(Millis{20'000});
  ASSERT_EQ(ws.sockets().size(), 2U) << "an answer without an address is an error, and asked again";
  EXPECT_EQ(ws.sockets().at(1)->endpoint.url, "wss://toy.example/token3");
  EXPECT_EQ(log.errors.at(1).find("toy liquidations: no address"), 0U) << log.errors.at(1);
}

/// Kraken's and Deribit's trades took the place of the sample that a cascade had asked of Binance: its book was said to
/// be Kraken's.
TEST_F(StreamTest, TradesAmongLiquidationsAreForTheJudgesAlone) {
  acknowledge_all();
  venue.universe = market::Universe({test::ToyExchange::instrument("BTC")});
  run(plan({"BTC"}));
  clock.advance(Millis{2'000});
  ws.sockets()[0]->push("trade BTC");
  ws.sockets()[0]->push("liq BTC 2000");
  clock.advance(Millis{100});
  const auto count = [&](auto is) { return std::count_if(heard.begin(), heard.end(), is); };
  EXPECT_EQ(count([](const auto& event) { return std::holds_alternative<market::Liquidation>(event); }), 1);
  EXPECT_EQ(count([](const auto& event) { return std::holds_alternative<market::Trade>(event); }), 0);
  EXPECT_EQ(log.content, 2U);
  EXPECT_EQ(log.data, 2U) << "a socket that hears trades lives";
}

TEST_F(StreamTest, ARefusedBatchIsAskedForAgainOneByOne) {
  ws.on_write = [](test::ScriptedSocket& socket, const std::string& text) {
    const std::string id = text.substr(4, text.find(' ', 4) - 4);
    socket.push((text.find("bad") != std::string::npos ? "no " : "ack ") + id);
  };
  run(plan({"good", "bad"}));
  clock.advance(Millis{6'000});
  EXPECT_EQ(stream->refused(), std::set<std::string>{"bad"});
  EXPECT_EQ(subscriptions(0).size(), 3U) << "the batch, then each of its channels";
  EXPECT_EQ(log.live, 1) << "one bad channel does not keep the others from being live";
}

TEST_F(StreamTest, ARefusedChannelIsNotAskedForAfterAReconnect) {
  ws.on_write = [](test::ScriptedSocket& socket, const std::string& text) {
    const std::string id = text.substr(4, text.find(' ', 4) - 4);
    socket.push((text.find("bad") != std::string::npos ? "no " : "ack ") + id);
  };
  run(plan({"good", "bad"}));
  clock.advance(Millis{6'000});
  ws.sockets()[0]->close(1001, "going away");
  clock.advance(Millis{20'000});
  ASSERT_EQ(ws.sockets().size(), 2U);
  EXPECT_EQ(subscriptions(1).size(), 1U);
  EXPECT_EQ(subscriptions(1)[0].find("bad"), std::string::npos);
}

TEST_F(StreamTest, F10_SilenceEndsTheConnectionAndAGapTellsHowLongItWasBlind) {
  acknowledge_all();
  run(plan({"a"}));
  clock.advance(Millis{2'000});
  ASSERT_EQ(count_gaps(), 1U) << "the start itself: nothing before it was seen";
  ws.sockets()[0]->push("liq BTC 2000");
  clock.advance(Millis{59'000});
  EXPECT_EQ(ws.sockets().size(), 1U);
  clock.advance(Millis{30'000});
  ASSERT_EQ(ws.sockets().size(), 2U);
  ASSERT_EQ(count_gaps(), 2U);
  const auto& gap = std::get<market::Gap>(heard.back());
  EXPECT_LE(gap.from, test::toy_start + Millis{4'000}) << "blind since the last frame, not since the reconnect";
  EXPECT_GE(gap.to, gap.from + Millis{60'000});
}

TEST_F(StreamTest, ASilentCompanionMeansADeadSocketAlthoughFramesCome) {
  acknowledge_all();
  auto with_companion = plan({"a"});
  with_companion.companion_silence_max = Millis{15'000};
  run(std::move(with_companion));
  for (int second = 0; second < 14; ++second) {
    clock.advance(Millis{1'000});
    if (!ws.sockets().empty()) ws.sockets()[0]->push("liq BTC 1");
  }
  EXPECT_EQ(ws.sockets().size(), 1U);
  for (int second = 0; second < 10; ++second) {
    clock.advance(Millis{1'000});
    ws.sockets()[0]->push("liq BTC 1");
  }
  EXPECT_EQ(ws.sockets().size(), 2U);
  EXPECT_NE(log.lost.front().find("companion"), std::string::npos);
}

TEST_F(StreamTest, AnAcknowledgementAloneProvesNothingWhereACompanionShould) {
  acknowledge_all();
  auto with_companion = plan({"a"});
  with_companion.companion_silence_max = Millis{15'000};
  run(std::move(with_companion));
  clock.advance(Millis{120'000});  // a retired path: every socket is acknowledged and stays silent
  EXPECT_GE(ws.sockets().size(), 3U);
  EXPECT_EQ(log.live, 0);
  EXPECT_GE(log.lost.size(), 3U);
  EXPECT_GE(count_gaps(), 2U) << "what was missed is asked for all the same";
  while (ws.open_now() == 0) clock.advance(Millis{1'000});
  ws.sockets().back()->push("pong");
  clock.advance(Millis{1'000});
  EXPECT_EQ(log.live, 0) << "a server may answer pings on a path that has no data";
  ws.sockets().back()->push("other");
  clock.advance(Millis{1'000});
  EXPECT_EQ(log.live, 1);
}

TEST_F(StreamTest, SocketsThatSayASnapshotAndThenNothingAreNotLiveAgainAndAgain) {
  acknowledge_all();
  run(plan({"a"}));
  const auto snapshots = [&](Millis span) {
    for (auto sockets = ws.sockets().size(); span > Millis{0}; span -= Millis{1'000}) {
      clock.advance(Millis{1'000});
      if (ws.sockets().size() > sockets) ws.sockets().back()->push("liq BTC 2000");
      sockets = ws.sockets().size();
    }
  };
  snapshots(Millis{400'000});
  EXPECT_GE(ws.sockets().size(), 5U);
  EXPECT_LE(log.live, 2) << "the first two may find a calm market";
  EXPECT_LE(log.data, 2U);
  while (ws.open_now() == 0) clock.advance(Millis{1'000});
  for (int second = 0; second < 40; ++second) {
    ws.sockets().back()->push("liq BTC 3000");
    clock.advance(Millis{1'000});
  }
  EXPECT_EQ(log.live, 3) << "one that goes on is believed";
}

TEST_F(StreamTest, AfterASocketThatSaidNothingOnlyDataShowsThatOneLives) {
  acknowledge_all();
  run(plan({"a"}));
  clock.advance(Millis{2'000});
  ws.sockets()[0]->push("liq BTC 2000");
  clock.advance(Millis{70'000});
  ASSERT_EQ(ws.sockets().size(), 2U);
  EXPECT_EQ(log.live, 2) << "the first one fell silent; the next one may find a calm market";
  clock.advance(Millis{300'000});
  EXPECT_GE(ws.sockets().size(), 5U);
  EXPECT_EQ(log.live, 2) << "each further one was acknowledged, and as silent as the one before";
  while (ws.open_now() == 0) clock.advance(Millis{1'000});
  ws.sockets().back()->push("liq BTC 400000");
  clock.advance(Millis{1'000});
  EXPECT_EQ(log.live, 3);
  ws.sockets().back()->close(1001, "going away");
  clock.advance(Millis{10'000});
  EXPECT_EQ(log.live, 4) << "an end that is no silence casts no doubt on the next one";
}

TEST_F(StreamTest, RenewalConnectsTheNewSocketBeforeTheOldOneGoes) {
  acknowledge_all();
  auto short_lived = plan({"a"});
  short_lived.age_max = Millis{30'000};
  run(std::move(short_lived));
  std::size_t open_min = 2;
  for (int step = 0; step < 40; ++step) {
    clock.advance(Millis{1'000});
    for (const auto& socket : ws.sockets())
      if (socket->open()) socket->push("liq BTC 1");
    if (step > 2) open_min = std::min(open_min, ws.open_now());
  }
  EXPECT_GE(ws.sockets().size(), 2U);
  EXPECT_GE(open_min, 1U) << "there was always a connection";
  EXPECT_EQ(count_gaps(), 1U) << "and no gap but the start";
}

TEST_F(StreamTest, F25_AtMostOneConnectInTwoSeconds) {
  ws.refusal = test::network_error();
  run(plan({"a"}));
  clock.advance(Millis{120'000});
  const auto& times = ws.attempt_times();
  ASSERT_GE(times.size(), 3U);
  for (std::size_t i = 1; i < times.size(); ++i) EXPECT_GE(times[i] - times[i - 1], Millis{2'000});
  EXPECT_LE(times.size(), 12U) << "and the pauses grow";
}

TEST_F(StreamTest, RL7_ABanThatIsMetWhileAStreamWaitsForItsTurnIsKept) {
  for (int others = 0; others < 5; ++others) (void)pacer.book(clock.steady_now());
  run(plan({"a"}));
  clock.advance(Millis{500});
  guard::HostBan ban;
  ban.host = "toy.example";
  ban.wait = guard::save_wait(Millis{60'000}, clock.wall_now(), clock.boot_now());
  ASSERT_TRUE(ledger.put_ban(ban));
  clock.advance(Millis{59'000});
  EXPECT_EQ(ws.attempts(), 0U);
  clock.advance(Millis{20'000});
  EXPECT_GE(ws.attempts(), 1U);
}

TEST_F(StreamTest, RL7_ABannedHostIsNotDialled) {
  guard::HostBan ban;
  ban.host = "toy.example";
  ban.wait = guard::save_wait(Millis{60'000}, clock.wall_now(), clock.boot_now());
  ASSERT_TRUE(ledger.put_ban(ban));
  run(plan({"a"}));
  clock.advance(Millis{59'000});
  EXPECT_EQ(ws.attempts(), 0U);
  clock.advance(Millis{10'000});
  EXPECT_EQ(ws.attempts(), 1U);
}

TEST_F(StreamTest, ASnapshotOfThePastIsDropped) {
  acknowledge_all();
  auto okx_like = plan({"a"});
  okx_like.drop_before_connect = true;
  run(std::move(okx_like));
  clock.advance(Millis{5'000});
  ws.sockets()[0]->push("liq BTC -60000");
  ws.sockets()[0]->push("liq BTC 5000");
  clock.advance(Millis{1'000});
  EXPECT_EQ(log.data, 1U);
}

TEST_F(StreamTest, AContractThatIsNotListedIsNotPassedOn) {
  acknowledge_all();
  run(plan({"a"}));
  clock.advance(Millis{2'000});
  ws.sockets()[0]->push("liq BTCUSD_PERP 2000");
  clock.advance(Millis{1'000});
  EXPECT_EQ(log.data, 0U);
}

TEST_F(StreamTest, OneBadMessageIsCountedAndTheNextIsRead) {
  acknowledge_all();
  run(plan({"a"}));
  clock.advance(Millis{2'000});
  ws.sockets()[0]->push("gibberish");
  ws.sockets()[0]->push("liq BTC 2000");
  clock.advance(Millis{1'000});
  EXPECT_EQ(log.data, 1U);
  EXPECT_EQ(log.errors.size(), 1U);
}

TEST_F(StreamTest, ABurstOf200InOneWriteReachesTheSinkWhole) {
  acknowledge_all();
  run(plan({"a"}));
  clock.advance(Millis{2'000});
  for (int i = 0; i < 200; ++i) ws.sockets()[0]->push("liq BTC " + std::to_string(2'000 + i));
  clock.advance(Millis{1'000});
  EXPECT_EQ(log.data, 200U);
}

TEST_F(StreamTest, WhatComesIsRecordedAsItCame) {
  const test::TempFolder folder;
  feed::RecorderSettings settings;
  settings.folder = folder.path();
  settings.bot = "toy";
  {
    feed::Recorder recorder(settings, io.get_executor(), clock,
                            [](const base::Error& e) { ADD_FAILURE() << e.text(); });
    venue.recorder = &recorder;
    acknowledge_all();
    http.answer_with([](const net::Request&) { return test::response(200, "wss://toy.example/token"); });
    auto handed_out = plan({"BTC"});
    handed_out.door.emplace(market::Topic::liquidations, "door", net::Request("https://toy.example/door", "toy door"));
    run(std::move(handed_out));
    clock.advance(Millis{1'000});
    ws.sockets().at(0)->push("liq BTC 5");
    ws.sockets().at(0)->push("nonsense");
    clock.advance(Millis{1'000});
    tasks.stop();
    clock.advance(Millis{5'000});
    venue.recorder = nullptr;
  }
  std::string records;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string file{std::istreambuf_iterator<char>(in), {}};
    EXPECT_TRUE(feed::each_record(file, "file", [&](const feed::Record& record) {
      records += record.source + " '" + std::string(record.bytes) + "'; ";
      return true;
    }));
  }
  EXPECT_EQ(records,
            "door 'wss://toy.example/token'; toy liquidations 'ack 1'; toy liquidations 'liq BTC 5'; "
            "toy liquidations 'nonsense'; ");
}

TEST_F(StreamTest, ConnectsAnewAndTakesTheOtherAddressOnTheJudgesWord) {
  acknowledge_all();
  venue.settings.stream_urls = {{"public", "wss://toy.example/ws"}, {"public_alternative", "wss://other.example/ws"}};
  run(plan({"a"}));
  EXPECT_TRUE(stream->has_alternative());
  clock.advance(Millis{2'000});
  stream->apply(health::Remedy::reconnect);
  clock.advance(Millis{10'000});
  ASSERT_EQ(ws.sockets().size(), 2U);
  EXPECT_EQ(ws.sockets()[1]->endpoint.url, "wss://toy.example/ws");
  EXPECT_NE(log.lost.back().find("not believed"), std::string::npos);
  stream->apply(health::Remedy::alternative);
  clock.advance(Millis{15'000});
  ASSERT_EQ(ws.sockets().size(), 3U);
  EXPECT_EQ(ws.sockets()[2]->endpoint.url, "wss://other.example/ws");
  EXPECT_FALSE(ws.sockets()[1]->open());
}

TEST_F(StreamTest, ASnapshotOfThePastIsNoSignOfLifeButAMisreadTimeIsShownToTheJudge) {
  acknowledge_all();
  auto with_snapshot = plan({"a"});
  with_snapshot.drop_before_connect = true;
  run(std::move(with_snapshot));
  clock.advance(Millis{2'000});
  ws.sockets()[0]->push("liq BTC -60000");
  clock.advance(Millis{1'000});
  EXPECT_EQ(log.content, 0U);
  ws.sockets()[0]->push("liq BTC -1765000000000");  // seconds read as milliseconds: 1970
  ws.sockets()[0]->push("liq BTC 2500");
  clock.advance(Millis{1'000});
  EXPECT_EQ(log.content, 2U);
  EXPECT_EQ(log.data, 1U);
}

}  // namespace stream_test
