// Waiting in line, soft limits, usage headers, and what of it outlives a restart.
#include <random>

#include "tests/unit/guard/gate_harness.hpp"

namespace test {
namespace gate_limit_test {

using base::ErrorKind;
using guard::BreakerState;
using guard::Refusal;

TEST(GateLimits, RL8_CallsGoInTheOrderTheyCame) {
  GateWorld w;
  std::vector<std::string> names;
  for (int i = 0; i < 10; ++i) names.push_back(std::to_string(i));
  for (const auto& name : names) w.ask_once(GateWorld::call(name, "slow"));
  w.clock.advance(100ms);
  EXPECT_EQ(w.http.sent.size(), 3U) << "the burst";
  w.clock.advance(20s);
  EXPECT_EQ(labels(w.http), names);
  EXPECT_EQ(w.heard.waits.size(), 7U);
}

TEST(GateLimits, RL8_AFullLineDropsItsOldestCall) {
  auto options = plain_options();
  options.line_max = 2;
  GateWorld w(options);
  for (const auto* const name : {"0", "1", "2", "a", "b", "c"}) w.ask_once(GateWorld::call(name, "slow"));
  w.clock.advance(0ms);
  ASSERT_TRUE(w.answers.contains("a"));
  EXPECT_EQ(w.answers.at("a").error().kind, ErrorKind::refused);
  EXPECT_EQ(w.heard.refusals.back().first, Refusal::crowded_out);
  w.clock.advance(10s);
  EXPECT_TRUE(w.answers.at("b"));
  EXPECT_TRUE(w.answers.at("c"));
}

TEST(GateLimits, RL8_CancellationEndsAWaitAtOnce) {
  GateWorld w;
  for (const auto* const name : {"0", "1", "2", "a"}) w.ask_once(GateWorld::call(name, "slow"));
  w.clock.advance(100ms);
  EXPECT_EQ(w.tasks.running(), 1U);
  w.stop();
  EXPECT_EQ(w.tasks.running(), 0U);
  EXPECT_EQ(w.http.sent.size(), 3U);
}

TEST(GateLimits, AWaitBeyondTheDeadlineIsRefusedAtOnceAndSaysHowLong) {
  GateWorld w;
  for (const auto* const name : {"0", "1", "2"}) EXPECT_TRUE(w.answer_once(name, "slow"));
  auto call = GateWorld::call("a", "slow");
  call.deadline = 1s;
  const auto refused = w.answer(std::move(call), 0ms);
  EXPECT_EQ(refused.error().kind, ErrorKind::refused);
  EXPECT_GT(*refused.error().retry_after, 1s);
  EXPECT_LT(*refused.error().retry_after, 1'500ms);
  EXPECT_EQ(w.heard.refusals.back().first, Refusal::too_long);
  EXPECT_EQ(w.gate->states().endpoints.at(0).totals.excluded, 1U) << "its permit went back";
}

TEST(GateLimits, CB6_A429BlocksTheKeyAndItsLimitsUntilRetryAfterAndTheRetryComesThen) {
  GateWorld w;
  w.http.script = [&w](const net::Request&) {
    return w.http.sent.size() == 1 ? ScriptedHttp::status(429, {{"retry-after", "20"}}) : ScriptedHttp::status(200);
  };
  w.ask(GateWorld::call("a"));
  w.clock.advance(1s);
  w.ask_once(GateWorld::call("same key"));
  auto same_limit = GateWorld::call("same limit");
  same_limit.endpoint = "tickers";
  w.ask_once(std::move(same_limit));
  auto neither = GateWorld::call("neither", "other");
  neither.endpoint = "tickers";
  EXPECT_TRUE(w.answer(std::move(neither)));
  EXPECT_EQ(w.http.sent.size(), 2U);
  w.clock.advance(19'400ms);
  EXPECT_EQ(w.http.sent.size(), 2U);
  w.clock.advance(100ms);
  EXPECT_EQ(w.http.sent.size(), 5U);
  EXPECT_TRUE(w.answers.at("a"));
  EXPECT_TRUE(w.answers.at("same key"));
  EXPECT_TRUE(w.answers.at("same limit"));
}

TEST(GateLimits, CB6_AHundred429LeaveTheCircuitClosedAndTheLimiterBlocked) {
  GateWorld w;
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(429, {{"retry-after", "7"}}); };
  for (int i = 0; i < 100; ++i) {
    const auto result = w.answer_once(std::to_string(i));
    EXPECT_EQ(result.error().kind, ErrorKind::rate_limited);
    EXPECT_EQ(result.error().retry_after, 7'500ms);
    auto hasty = GateWorld::call("hasty");
    hasty.deadline = 5s;
    EXPECT_EQ(w.answer(std::move(hasty), 0ms).error().kind, ErrorKind::refused);
    w.clock.advance(7'500ms);
  }
  EXPECT_EQ(w.http.sent.size(), 100U);
  EXPECT_EQ(w.state(), BreakerState::closed);
}

TEST(GateLimits, A429WithoutATimeWaitsLongerEachTimeAndAGoodAnswerEndsThat) {
  GateWorld w;
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(429); };
  for (const auto wait : {2'500ms, 4'500ms, 8'500ms, 16'500ms}) {
    EXPECT_EQ(w.answer_once("a").error().retry_after, wait);
    w.clock.advance(wait);
  }
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(200); };
  EXPECT_TRUE(w.answer_once("b"));
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(429); };
  EXPECT_EQ(w.answer_once("c").error().retry_after, 2'500ms);
}

TEST(GateLimits, F2_ARestartInsideABlockSendsNothing) {
  for (const bool without_costs : {false, true}) {
    GateWorld w;
    w.http.script = [](const net::Request&) { return ScriptedHttp::status(429, {{"retry-after", "600"}}); };
    auto call = GateWorld::call("a");
    if (without_costs) call.costs.clear();
    EXPECT_FALSE(w.answer(call));
    EXPECT_EQ(w.http.sent.size(), 1U);
    w.restart();
    w.clock.step_wall(48h);
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ(w.answer(call, 10s).error().kind, ErrorKind::refused);
      if (i == 5) w.restart();
    }
    EXPECT_EQ(w.http.sent.size(), 1U);
    w.clock.advance(501s);
    w.http.script = [](const net::Request&) { return ScriptedHttp::status(200); };
    EXPECT_TRUE(w.answer(call));
  }
}

TEST(GateLimits, RL7_ARestartGivesNoFreshBurst) {
  GateWorld w;
  for (int i = 0; i < 40; ++i) {
    w.ask_once(GateWorld::call(std::to_string(i), "slow"));
    w.clock.advance(50ms);
    w.restart();  // a crash loop
  }
  for (const auto& from : w.http.sent) {
    const auto in_window = std::count_if(w.http.sent.begin(), w.http.sent.end(), [&](const ScriptedHttp::Sent& one) {
      return one.at >= from.at && one.at <= from.at + 10s;
    });
    EXPECT_LE(in_window, slow_limit().share_max);
  }
}

TEST(GateLimits, RL3_TheUsageHeaderStopsTheLimiterUntilTheWindowEnds) {
  auto options = plain_options();
  options.limits["okx"]["weight"] =
      *guard::plan_limit("test", {2400, 60s, "x-used-weight", guard::UsageCounts::used}, 0.5);
  GateWorld w(options);
  w.http.script = [](const net::Request&) { return ScriptedHttp::status(200, {{"x-used-weight", "2300"}}); };
  EXPECT_TRUE(w.answer_once("a", "weight"));
  w.ask_once(GateWorld::call("b", "weight"));
  auto other = GateWorld::call("c", "other");
  EXPECT_TRUE(w.answer(std::move(other))) << "a header speaks of its own limit";
  EXPECT_EQ(w.answers.at("b").error().kind, ErrorKind::refused) << "half a minute is not enough";
  auto patient = GateWorld::call("d", "weight");
  patient.deadline = 2min;
  w.ask(std::move(patient));
  w.clock.advance(60s);
  EXPECT_TRUE(w.answers.at("d"));
}

TEST(GateLimits, CB9_AfterALostLedgerThereIsNoBurstAndOneProbe) {
  auto options = plain_options();
  options.cautious_start = true;
  GateWorld w(options);
  w.ask_once(GateWorld::call("a", "slow"));
  w.ask_once(GateWorld::call("b", "slow"));
  w.clock.advance(1s);
  EXPECT_EQ(w.http.sent.size(), 0U);
  EXPECT_EQ(w.answers.at("b").error().kind, ErrorKind::refused);
  w.clock.advance(1s);
  EXPECT_EQ(labels(w.http), std::vector<std::string>{"a"});
  w.ask_once(GateWorld::call("c", "slow"));
  w.clock.advance(2s);
  EXPECT_TRUE(w.answers.at("c"));
}

TEST(GateLimits, RL2_NoWindowOfTheExchangeEverSeesMoreThanTheShare) {
  GateWorld w;
  std::mt19937_64 rng(3);
  for (int i = 0; i < 600; ++i) {
    w.ask_once(GateWorld::call(std::to_string(i), "slow", 1 + static_cast<std::int64_t>(rng() % 2)));
    w.clock.advance(base::Millis{rng() % 3'000});
  }
  std::map<std::string, std::int64_t> costs;
  rng.seed(3);
  for (int i = 0; i < 600; ++i) {
    costs[std::to_string(i)] = 1 + static_cast<std::int64_t>(rng() % 2);
    static_cast<void>(rng());
  }
  ASSERT_GT(w.http.sent.size(), 100U);
  for (std::size_t i = 0; i < w.http.sent.size(); ++i) {
    std::int64_t sum = 0;
    for (std::size_t k = i; k < w.http.sent.size() && w.http.sent[k].at <= w.http.sent[i].at + 10s; ++k)
      sum += costs[w.http.sent[k].label];
    ASSERT_LE(sum, 10);
  }
}

}  // namespace gate_limit_test
}  // namespace test
