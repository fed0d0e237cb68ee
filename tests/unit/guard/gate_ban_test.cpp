// Bans of the host: ours, and those that another bot wrote while we waited.
#include "tests/unit/guard/gate_harness.hpp"

namespace test {
namespace gate_ban_test {

using base::ErrorKind;
using guard::Refusal;

TEST(GateBans, F2_NotOneRequestGoesToABannedHostFromAnyEndpointBeforeItsTime) {
  GateWorld w;
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(418, {{"retry-after", "120"}}); };
  EXPECT_EQ(w.answer_once("a").error().kind, ErrorKind::banned);
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(200); };
  for (int i = 0; i < 12; ++i) {
    auto call = GateWorld::call("b");
    call.endpoint = "e" + std::to_string(i);
    const auto refused = w.answer(std::move(call), 10s);
    EXPECT_EQ(refused.error().kind, ErrorKind::refused);
    EXPECT_TRUE(refused.error().retry_after);
    if (i % 3 == 0) w.restart();
    if (i == 5) w.clock.step_wall(24h);
    if (i == 7) w.clock.step_wall(-48h);
  }
  EXPECT_EQ(w.http.sent.size(), 1U);
  EXPECT_EQ(w.heard.refusals.back().first, Refusal::ban);
  w.clock.advance(1s);
  EXPECT_TRUE(w.answer_once("c"));
}

TEST(GateBans, TheBanIsWrittenBeforeAnybodyActsOnTheReply) {
  GateWorld w;
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(418); };
  bool written_first = false;
  struct Watch final : guard::Observer {
    GateWorld& w;
    bool& written_first;
    Watch(GateWorld& world, bool& first) : w(world), written_first(first) {}
    void on_call(const guard::CallReport&) override { written_first = w.ledger.memory.ban("www.okx.com")->has_value(); }
    void on_breaker(const guard::BreakerKey&, const guard::BreakerChange&) override {}
    void on_ban(const guard::HostBan&) override {}
    void on_wait(const std::string&, const std::string&, base::Millis) override {}
    void on_refused(const guard::BreakerKey&, Refusal, std::optional<base::Millis>) override {}
    void on_ledger_error(const base::Error&) override {}
  } watch(w, written_first);
  guard::Gate gate(w.http, w.clock, w.ledger, watch, plain_options(), [] { return 0.5; });
  const auto ask = [&]() -> boost::asio::awaitable<void> {
    const auto call = GateWorld::call("a");
    const guard::Judge judge = judge_by_status;
    const auto result = co_await gate.send(call, judge);
    EXPECT_FALSE(result);
  };
  w.tasks.spawn("a", ask());
  w.clock.advance(1s);
  EXPECT_TRUE(written_first);
}

TEST(GateBans, RL7_ABanThatAnotherBotWritesStopsAWaitingCall) {
  GateWorld w;
  for (const auto* const name : {"0", "1", "2"}) EXPECT_TRUE(w.answer_once(name, "slow"));
  w.ask_once(GateWorld::call("waiting", "slow"));
  w.clock.advance(500ms);
  ASSERT_FALSE(w.answers.contains("waiting"));
  ASSERT_TRUE(w.ledger.put_ban(w.foreign_ban(10min)));
  w.clock.advance(10s);
  EXPECT_EQ(w.answers.at("waiting").error().kind, ErrorKind::refused);
  EXPECT_EQ(w.http.sent.size(), 3U);
}

TEST(GateBans, RL7_ABanThatAnotherBotWritesStopsARetry) {
  GateWorld w;
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(503); };
  w.ask(GateWorld::call("a"));
  w.clock.advance(100ms);
  ASSERT_TRUE(w.ledger.put_ban(w.foreign_ban(10min)));
  w.clock.advance(10s);
  EXPECT_EQ(w.http.sent.size(), 1U);
  EXPECT_EQ(w.answers.at("a").error().kind, ErrorKind::server);
}

TEST(GateBans, RL7_TheLedgerIsReadBeforeTheWaitAndRightBeforeTheRequest) {
  GateWorld w;
  EXPECT_TRUE(w.answer_once("a"));
  EXPECT_EQ(w.ledger.reads, 2);
}

TEST(GateBans, CB6_ABlockedRegionIsLeftForAnHourThenTwo) {
  GateWorld w;
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(451, {}, 1s); };
  EXPECT_EQ(w.answer(GateWorld::call("a"), 2s).error().kind, ErrorKind::permission);
  EXPECT_EQ(w.heard.bans.back().wait.remaining, 1h);
  w.clock.advance(1h - 10s);
  EXPECT_EQ(w.answer_once("b").error().kind, ErrorKind::refused);
  w.clock.advance(10s);
  w.ask_once(GateWorld::call("probe"));
  w.clock.advance(100ms);
  EXPECT_EQ(w.answer_once("others").error().kind, ErrorKind::refused);
  EXPECT_EQ(w.heard.refusals.back().first, Refusal::host_probe);
  w.clock.advance(1s);
  EXPECT_EQ(w.http.sent.size(), 2U);
  EXPECT_EQ(w.heard.bans.back().wait.remaining, 2h);
  w.clock.advance(2h);
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(200); };
  EXPECT_TRUE(w.answer_once("good probe"));
  EXPECT_TRUE(w.answer_once("rest"));
  EXPECT_FALSE(w.gate->states().hosts.at(0).ban);
}

TEST(GateBans, AProbeThatFailsOtherwiseOpensNothingAndMakesWayForTheNext) {
  GateWorld w;
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(451); };
  EXPECT_FALSE(w.answer_once("a"));
  w.clock.advance(1h);
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(500, {}, 1s); };
  EXPECT_FALSE(w.answer(GateWorld::call("b"), 100ms));
  EXPECT_FALSE(w.answer_once("c"));
  EXPECT_EQ(w.http.sent.size(), 2U);
  w.stop();
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(200, {}, 1s); };
  w.ask_once(GateWorld::call("d"));
  w.clock.advance(100ms);
  EXPECT_EQ(w.answer_once("e").error().kind, ErrorKind::refused) << "still one at a time";
  w.clock.advance(2s);
  EXPECT_TRUE(w.answers.at("d"));
}

TEST(GateBans, RL4_TheServersTimeMayStandInTheBody) {
  GateWorld w;
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(418); };
  const auto until = w.clock.wall_now() + 5min;
  guard::Judge judge = [until](const net::Response& response) {
    auto verdict = judge_by_status(response);
    verdict.banned_until = until;
    return verdict;
  };
  const auto ask = [&]() -> boost::asio::awaitable<void> {
    const auto call = GateWorld::call("a");
    const auto result = co_await w.gate->send(call, judge);
    EXPECT_FALSE(result);
  };
  w.tasks.spawn("a", ask());
  w.clock.advance(1s);
  EXPECT_EQ(w.heard.bans.at(0).wait.remaining, 5min - 10ms + 500ms);
  EXPECT_EQ(w.gate->states().hosts.at(0).ban_for, 5min - 10ms + 500ms - 990ms);
}

TEST(GateBans, AnOperatorMayLetTheProbeGoBeforeItsTime) {
  GateWorld w;
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(451); };
  EXPECT_FALSE(w.answer_once("a"));
  EXPECT_TRUE(w.gate->try_blocked("www.okx.com"));
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(200); };
  EXPECT_TRUE(w.answer_once("b"));
}

}  // namespace gate_ban_test
}  // namespace test
