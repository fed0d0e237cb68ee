// A limit that cannot be split: the bots book turns of it in the shared ledger.
#include "tests/unit/guard/gate_harness.hpp"

namespace test {
namespace gate_turns_test {

using base::ErrorKind;
using guard::Refusal;

guard::GateOptions with_turns() {
  auto out = plain_options();
  guard::DocumentedLimit detail;
  detail.units = 1;
  detail.per = 5s;
  detail.undivided = true;
  out.limits["okx"]["detail"] = *guard::plan_limit("test", detail, 0.2);
  return out;
}

guard::Call detail(const std::string& label, base::Millis deadline = 60s) {
  auto out = GateWorld::call(label, "detail");
  out.attempts_max = 1;
  out.deadline = deadline;
  return out;
}

constexpr const char* turns = "okx detail";

TEST(GateTurns, RL7_TheFirstCallGoesAndBooksTheTurn) {
  GateWorld w(with_turns());
  EXPECT_TRUE(w.answer(detail("mine")));
  EXPECT_GE(w.ledger.next_turn.at(turns), w.clock.wall_now() + 4s) << "the others see when the next one may go";
}

TEST(GateTurns, RL7_ACallWaitsForTheTurnThatAnotherBotBooked) {
  GateWorld w(with_turns());
  w.ledger.next_turn[turns] = w.clock.wall_now() + 3s;
  const auto asked_at = w.clock.steady_now();
  w.ask(detail("mine"));
  w.clock.advance(2'900ms);
  EXPECT_TRUE(w.http.sent.empty());
  w.clock.advance(200ms);
  ASSERT_EQ(w.http.sent.size(), 1U);
  EXPECT_GE(w.http.sent[0].at - asked_at, 3s);
  EXPECT_TRUE(w.answers.at("mine"));
}

TEST(GateTurns, RL7_CallsOfOneBotAreATurnApartToo) {
  GateWorld w(with_turns());
  for (const auto* const label : {"a", "b", "c"}) w.ask(detail(label));
  w.clock.advance(30s);
  ASSERT_EQ(w.http.sent.size(), 3U);
  for (std::size_t i = 1; i < 3; ++i) EXPECT_GE(w.http.sent[i].at - w.http.sent[i - 1].at, 5s);
}

TEST(GateTurns, RL7_TheTurnIsThatOfTheRequestNotOfTheLineBeforeIt) {
  GateWorld w(with_turns());
  for (const auto* const label : {"a", "b", "c"}) EXPECT_TRUE(w.answer_once(label, "slow"));
  auto both = detail("mine");
  both.costs.push_back({"slow", 1});
  const auto asked_at = w.clock.wall_now();
  w.ask(both);
  const auto sent = w.http.sent.size();
  while (w.http.sent.size() == sent && w.clock.wall_now() < asked_at + 60s) w.clock.advance(100ms);
  ASSERT_GT(w.clock.wall_now(), asked_at + 300ms) << "it had to wait in the line";
  const auto every = std::chrono::ceil<base::Millis>(with_turns().limits.at("okx").at("detail").interval);
  EXPECT_GE(w.ledger.next_turn.at(turns), w.clock.wall_now() + every - 200ms);
}

TEST(GateTurns, ATurnBeyondTheDeadlineIsRefusedAtOnceAndSaysHowLong) {
  GateWorld w(with_turns());
  w.ledger.next_turn[turns] = w.clock.wall_now() + 4s;
  const auto refused = w.answer(detail("mine", 2s), 0ms);
  EXPECT_EQ(refused.error().kind, ErrorKind::refused);
  EXPECT_EQ(*refused.error().retry_after, 4s);
  EXPECT_EQ(w.heard.refusals.back().first, Refusal::too_long);
  EXPECT_TRUE(w.http.sent.empty());
  EXPECT_EQ(w.gate->states().endpoints.at(0).totals.excluded, 1U) << "its permit went back";
}

// It was sent with no time to be answered in, and its timeout was counted against the exchange.
TEST(GateTurns, ATurnThatComesWhenTheTimeIsOverIsNotUsed) {
  GateWorld w(with_turns());
  w.ledger.next_turn[turns] = w.clock.wall_now() + 2s;
  const auto refused = w.answer(detail("mine", 2s), 2s + 50ms);
  ASSERT_FALSE(refused);
  ASSERT_EQ(w.heard.refusals.size(), 1U);
  EXPECT_EQ(refused.error().kind, ErrorKind::refused);
  EXPECT_EQ(refused.error().delivery, base::Delivery::not_sent);
  EXPECT_EQ(w.heard.refusals.back().first, Refusal::too_long);
  EXPECT_TRUE(w.http.sent.empty());
  EXPECT_EQ(w.gate->states().endpoints.at(0).totals.excluded, 1U) << "its permit went back";
}

TEST(GateTurns, CB9_WithoutTheLedgerNobodyKnowsWhoseTurnItIs) {
  GateWorld w(with_turns());
  w.ledger.cannot_write = true;
  const auto refused = w.answer(detail("mine"));
  EXPECT_EQ(refused.error().kind, ErrorKind::storage);
  EXPECT_EQ(w.heard.refusals.back().first, Refusal::ledger);
  EXPECT_TRUE(w.http.sent.empty());
}

TEST(GateTurns, RL7_ABanThatAnotherBotMetMeanwhileStopsTheCall) {
  GateWorld w(with_turns());
  w.ledger.next_turn[turns] = w.clock.wall_now() + 3s;
  w.ask(detail("mine"));
  w.clock.advance(1s);
  ASSERT_TRUE(w.ledger.put_ban(w.foreign_ban(60s)));
  w.clock.advance(10s);
  EXPECT_TRUE(w.http.sent.empty());
  EXPECT_EQ(w.answers.at("mine").error().kind, ErrorKind::refused);
}

TEST(GateTurns, ALimitThatIsSplitBooksNothing) {
  GateWorld w(with_turns());
  EXPECT_TRUE(w.answer_once("shared", "slow"));
  EXPECT_TRUE(w.ledger.next_turn.empty());
}

}  // namespace gate_turns_test
}  // namespace test
