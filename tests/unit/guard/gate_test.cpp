// What becomes of each kind of answer: the table of RESILIENCE.md 1.2.
#include "common/guard/gate.hpp"

#include <cmath>

#include "tests/unit/guard/gate_harness.hpp"

namespace test {
namespace gate_test {

using base::ErrorKind;
using guard::BreakerState;
using guard::Refusal;

TEST(Gate, AGoodAnswerComesBackAndIsReported) {
  GateWorld w;
  const auto result = w.answer_once("a");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 200);
  ASSERT_EQ(w.heard.calls.size(), 1U);
  EXPECT_EQ(w.heard.calls[0].exchange, "okx");
  EXPECT_EQ(w.heard.calls[0].host, "www.okx.com");
  EXPECT_EQ(w.heard.calls[0].endpoint, "funding");
  EXPECT_EQ(w.heard.calls[0].outcome, market::Outcome::ok);
  EXPECT_EQ(w.heard.calls[0].kind, std::nullopt);
  EXPECT_EQ(w.heard.calls[0].elapsed, 10ms);
  EXPECT_EQ(w.heard.calls[0].attempt, 1);
  EXPECT_TRUE(w.heard.waits.empty());
}

struct Row {
  const char* what;
  ScriptedHttp::Answer answer;
  ErrorKind kind;
  bool counts;   ///< as a failure of the breaker
  bool retried;  ///< within half a minute
  bool banned;
};

TEST(Gate, CB6_EachOutcomeHasItsEffect) {
  const std::vector<Row> table{
      {"503", ScriptedHttp::status(503), ErrorKind::server, true, true, false},
      {"408", ScriptedHttp::status(408), ErrorKind::server, true, true, false},
      {"a body that cannot be read", ScriptedHttp::status(299), ErrorKind::bad_data, true, true, false},
      {"connection reset", ScriptedHttp::broken(ErrorKind::network), ErrorKind::network, true, true, false},
      {"timeout", ScriptedHttp::broken(ErrorKind::timeout), ErrorKind::timeout, true, true, false},
      {"a body over the cap", ScriptedHttp::broken(ErrorKind::bad_data), ErrorKind::bad_data, true, true, false},
      {"a refused redirect", ScriptedHttp::broken(ErrorKind::permission), ErrorKind::permission, true, false, false},
      {"429", ScriptedHttp::status(429), ErrorKind::rate_limited, false, true, false},
      {"418", ScriptedHttp::status(418), ErrorKind::banned, false, false, true},
      {"403", ScriptedHttp::status(403), ErrorKind::banned, false, false, true},
      {"451", ScriptedHttp::status(451), ErrorKind::permission, false, false, true},
      {"404", ScriptedHttp::status(404), ErrorKind::not_found, false, false, false},
      {"400", ScriptedHttp::status(400), ErrorKind::internal, false, false, false},
      {"401", ScriptedHttp::status(401), ErrorKind::permission, false, false, false},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.what);
    GateWorld w;
    w.http.script = [&row](const net::Request&) { return row.answer; };
    const auto result = w.answer(GateWorld::call("a"), 30s);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, row.kind);
    EXPECT_EQ(w.http.sent.size(), row.retried ? 3U : 1U);
    const auto totals = w.gate->states().endpoints.at(0).totals;
    EXPECT_EQ(totals.failed, row.counts ? w.http.sent.size() : 0U);
    EXPECT_EQ(totals.excluded, row.counts ? 0U : w.http.sent.size());
    EXPECT_EQ(w.heard.bans.size(), row.banned ? 1U : 0U);
    EXPECT_EQ(w.gate->states().hosts.at(0).ban.has_value(), row.banned);
    EXPECT_EQ(w.heard.calls.size(), w.http.sent.size());
    EXPECT_EQ(w.heard.calls.at(0).kind, row.kind);
    EXPECT_EQ(w.gate->states().hosts.at(0).in_flight, 0);
    EXPECT_TRUE(w.failures.empty());
  }
}

TEST(Gate, CB2_FiveFailuresOpenTheCircuitAndNothingMoreIsSent) {
  GateWorld w;
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(500); };
  for (const auto* const name : {"a", "b", "c", "d", "e"}) EXPECT_FALSE(w.answer_once(name));
  EXPECT_EQ(w.state(), BreakerState::open);
  ASSERT_EQ(w.heard.changes.size(), 1U);
  EXPECT_EQ(w.heard.changes[0].first.text(), "okx www.okx.com funding");
  const auto refused = w.answer_once("f");
  EXPECT_EQ(refused.error().kind, ErrorKind::refused);
  EXPECT_EQ(refused.error().delivery, base::Delivery::not_sent);
  EXPECT_LT(*refused.error().retry_after, 15s);
  EXPECT_EQ(w.http.sent.size(), 5U);
  EXPECT_EQ(w.heard.refusals.back().first, Refusal::breaker);
}

TEST(Gate, CB8_ARefusalByTheBreakerTakesNoUnitOfAnyLimit) {
  GateWorld w;
  EXPECT_TRUE(w.answer_once("a", "slow"));
  ASSERT_TRUE(w.gate->isolate(GateWorld::call("a").key(), "anna", "maintenance"));
  const auto left = [&w] { return w.gate->states().limiters.back().remaining; };
  const auto before = left();
  EXPECT_FALSE(w.answer_once("b", "slow"));
  EXPECT_EQ(left(), before);
  EXPECT_EQ(w.heard.waits.size(), 0U);
}

TEST(Gate, CB4_TwoCallsRaceForOneProbe) {
  GateWorld w;
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(500); };
  for (const auto* const name : {"a", "b", "c", "d", "e"}) EXPECT_FALSE(w.answer_once(name));
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(200); };
  w.clock.advance(15s);
  w.ask_once(GateWorld::call("first"));
  w.ask_once(GateWorld::call("second"));
  w.clock.advance(1s);
  EXPECT_EQ(w.http.sent.size(), 6U);
  EXPECT_TRUE(w.answers.at("first"));
  EXPECT_EQ(w.answers.at("second").error().kind, ErrorKind::refused);
  EXPECT_TRUE(w.answer_once("third"));
  EXPECT_EQ(w.state(), BreakerState::closed);
}

TEST(Gate, CB2_SlowAnswersOpenTheCircuit) {
  GateWorld w;
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(200, {}, 6s); };
  for (int i = 0; i < 10; ++i) {
    auto call = GateWorld::call(std::to_string(i));
    EXPECT_TRUE(w.answer(std::move(call), 7s));
  }
  EXPECT_EQ(w.state(), BreakerState::open);
  EXPECT_EQ(w.heard.changes.back().second.reason, guard::BreakerReason::slow_rate);
}

TEST(Gate, RL5_RetriesWithFullJitterAndComesBackWithTheGoodAnswer) {
  GateWorld w;
  w.http.script = [&w](const net::Request&) { return ScriptedHttp::status(w.http.sent.size() < 3 ? 503 : 200); };
  EXPECT_TRUE(w.answer(GateWorld::call("a"), 5s));
  ASSERT_EQ(w.http.sent.size(), 3U);
  EXPECT_EQ(w.http.sent[1].at - w.http.sent[0].at, 10ms + 250ms);
  EXPECT_EQ(w.http.sent[2].at - w.http.sent[1].at, 10ms + 500ms);
  EXPECT_EQ(w.heard.calls.back().attempt, 3);
}

TEST(Gate, RL5_ARetryThatWouldMissTheDeadlineIsNotMade) {
  GateWorld w;
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(503); };
  auto call = GateWorld::call("a");
  call.deadline = 700ms;
  EXPECT_EQ(w.answer(std::move(call), 5s).error().kind, ErrorKind::server);
  EXPECT_EQ(w.http.sent.size(), 2U);
}

TEST(Gate, RL5_AServersRetryAfterIsWaitedForInsteadOfTheBackoff) {
  GateWorld w;
  w.http.script = [&w](const net::Request&) {
    return w.http.sent.size() < 2 ? ScriptedHttp::status(503, {{"retry-after", "4"}}) : ScriptedHttp::status(200);
  };
  EXPECT_TRUE(w.answer(GateWorld::call("a"), 10s));
  ASSERT_EQ(w.http.sent.size(), 2U);
  EXPECT_EQ(w.http.sent[1].at - w.http.sent[0].at, 10ms + 4'500ms);
}

TEST(Gate, RL6_AStormOfFailuresExhaustsTheRetryBudget) {
  auto options = plain_options();
  options.breaker.consecutive_failures = 1'000;
  options.breaker.failure_rate = 1;
  options.breaker.calls_min = options.breaker.window_calls = 1'000;
  GateWorld w(options);
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(503); };
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(w.answer(GateWorld::call(std::to_string(i)), 5s));
  EXPECT_LE(w.http.sent.size(), 110U);
  EXPECT_LT(w.gate->states().hosts.at(0).retry_tokens, 5.0);
}

TEST(Gate, ThreeAttemptsAreTheMost) {
  GateWorld w;
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(503); };
  auto call = GateWorld::call("a");
  call.attempts_max = 50;
  EXPECT_FALSE(w.answer(std::move(call), 30s));
  EXPECT_EQ(w.http.sent.size(), 3U);
}

TEST(Gate, ACircuitThatOpensBetweenAttemptsLeavesTheServersOwnError) {
  auto options = plain_options();
  options.breaker.consecutive_failures = 2;
  GateWorld w(options);
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(503); };
  EXPECT_EQ(w.answer(GateWorld::call("a"), 30s).error().kind, ErrorKind::server);
  EXPECT_EQ(w.http.sent.size(), 2U);
}

TEST(Gate, NoRequestMayTakeLongerThanTheProbeRuleOrTheDeadlineAllow) {
  GateWorld w;
  auto call = GateWorld::call("a");
  call.request.total_timeout = 10min;
  EXPECT_TRUE(w.answer(call));
  EXPECT_EQ(w.http.last_timeout, 15s);
  call.deadline = 3s;
  EXPECT_TRUE(w.answer(call));
  EXPECT_EQ(w.http.last_timeout, 3s);
}

TEST(Gate, AtMostFourRequestsOfAHostAreUnderWay) {
  GateWorld w;
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(200, {}, 1s); };
  for (int i = 0; i < 10; ++i) w.ask_once(GateWorld::call(std::to_string(i)));
  w.clock.advance(500ms);
  EXPECT_EQ(w.http.in_flight, 4);
  w.clock.advance(5s);
  EXPECT_EQ(w.http.sent.size(), 10U);
  EXPECT_EQ(w.http.peak, 4);
}

TEST(Gate, CB10_CancelledCallsGiveEverythingBack) {
  GateWorld w;
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(200, {}, 10s); };
  for (int i = 0; i < 6; ++i) w.ask_once(GateWorld::call(std::to_string(i)));
  w.clock.advance(1s);
  w.stop();
  EXPECT_EQ(w.tasks.running(), 0U);
  const auto view = w.gate->states();
  EXPECT_EQ(view.hosts.at(0).in_flight, 0);
  EXPECT_EQ(view.endpoints.at(0).totals.permits, 6U);
  EXPECT_EQ(view.endpoints.at(0).totals.excluded, 6U);
  EXPECT_TRUE(w.heard.calls.empty());
  EXPECT_TRUE(w.failures.empty());
}

TEST(Gate, ACallThatNamesAnUnknownLimitOrCostsTooMuchIsAConfigError) {
  GateWorld w;
  EXPECT_EQ(w.answer_once("a", "typo").error().kind, ErrorKind::config);
  EXPECT_EQ(w.answer(GateWorld::call("b", "slow", 4)).error().kind, ErrorKind::config);
  EXPECT_EQ(w.answer(GateWorld::call("c", "slow", -1)).error().kind, ErrorKind::config);
  auto twice = GateWorld::call("d", "slow", 2);
  twice.costs.push_back({"slow", 2});
  EXPECT_EQ(w.answer(twice).error().kind, ErrorKind::config);
  EXPECT_TRUE(w.http.sent.empty());
  EXPECT_EQ(w.heard.refusals.back().first, Refusal::bad_call);
  EXPECT_EQ(w.gate->states().endpoints.at(0).totals.permits, 0U);
}

TEST(Gate, CB7_AnOperatorsDoingsAreSavedToldAndSurviveARestart) {
  GateWorld w;
  const auto key = GateWorld::call("a").key();
  EXPECT_FALSE(w.gate->isolate(key, "anna", "unknown yet"));
  EXPECT_TRUE(w.answer_once("a"));
  EXPECT_TRUE(w.gate->isolate(key, "anna", "maintenance"));
  EXPECT_EQ(w.heard.changes.back().second.who, "anna");
  w.restart();
  const auto view = w.gate->states().endpoints.at(0);
  EXPECT_EQ(view.state, BreakerState::forced_open);
  EXPECT_EQ(view.who, "anna");
  EXPECT_EQ(view.why, "maintenance");
  EXPECT_FALSE(w.answer_once("b"));
  EXPECT_TRUE(w.gate->close(key, "ben", "done"));
  EXPECT_TRUE(w.answer_once("c"));
  EXPECT_TRUE(w.gate->disable(key, "ben", "no more of it"));
  EXPECT_EQ(w.state(), BreakerState::disabled);
  EXPECT_TRUE(w.gate->reset(key, "ben", "normal again"));
  EXPECT_EQ(w.state(), BreakerState::closed);
}

TEST(Gate, CB9_AnOpenCircuitIsStillOpenAfterARestart) {
  GateWorld w;
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(500); };
  for (const auto* const name : {"a", "b", "c", "d", "e"}) EXPECT_FALSE(w.answer_once(name));
  w.restart();
  EXPECT_EQ(w.state(), BreakerState::open);
  EXPECT_FALSE(w.answer_once("f"));
  EXPECT_EQ(w.http.sent.size(), 5U);
  w.clock.advance(15s);
  EXPECT_FALSE(w.answer_once("g"));
  EXPECT_EQ(w.http.sent.size(), 6U) << "one probe";
  EXPECT_EQ(w.gate->states().endpoints.at(0).openings, 2);
}

TEST(Gate, CR2_ALedgerThatCannotWriteStopsNothingAndIsTold) {
  GateWorld w;
  w.ledger.cannot_write = true;
  EXPECT_TRUE(w.answer_once("a"));
  EXPECT_FALSE(w.heard.ledger_errors.empty());
}

TEST(Gate, AnUnreadableLedgerFailsTheLoad) {
  GateWorld w;
  w.ledger.cannot_read = true;
  EXPECT_EQ(w.gate->load().error().kind, ErrorKind::storage);
  EXPECT_EQ(w.answer_once("a").error().kind, ErrorKind::storage);
}

}  // namespace gate_test
}  // namespace test
