// Directional findings from the pipeline to the reply that tells their end, with bars and exchanges of the test's own.
#include "tests/unit/app/keeper_life.hpp"

namespace outcome_keeper_test {
using namespace keeper_life;

/// Bars of 1 h with a range of 2: 1 R is 3, for a price of 100.
std::vector<market::Candle> hours(const std::string& symbol) {
  std::vector<market::Candle> out;
  for (int i = -30; i < 0; ++i) out.push_back(candle(symbol, noon + i * 60 * minute, 100, 60 * minute));
  return out;
}

class OutcomeKeeperTest : public ::testing::Test {
 protected:
  std::unique_ptr<Life> born(base::WallTime now) {
    auto life = std::make_unique<Life>(folder.path(), now);
    life->history = history;
    return life;
  }
  test::TempFolder folder;
  std::vector<market::Candle> history = hours("BTC");
};

TEST_F(OutcomeKeeperTest, ASignalWaitsForItsAtrAndComesWithItsPlan) {
  auto life = born(noon + Millis{20'000});
  life->find(finding("BTC", noon + Millis{20'000}));
  EXPECT_TRUE(life->reasons.empty());
  EXPECT_EQ(life->keeper->waiting(), 1U);
  life->find(finding("BTC", noon + Millis{20'001}));
  life->pass(Millis{1'000});
  EXPECT_EQ(life->reasons, (std::vector<desk::Reason>{desk::Reason::published, desk::Reason::cooldown}))
      << "what came meanwhile goes after it";
  EXPECT_EQ(life->words(1),
            "BTC turns\n🎯 Long from 100.00 · stop 97.000 (−3.00%)\n"
            "TP1 104.50 (+4.50%), half · TP2 109.00 (+9.00%) · at most 1d\n"
            "Size 0.33 × the account for a risk of 1.0% · fees 0.03 R\n"
            "Record: no closed trade yet\nInformation, not advice\nNo 1");
  ASSERT_EQ(life->rows().size(), 1U);
  EXPECT_EQ(life->rows()[0].state, "waiting");
  EXPECT_EQ(life->rows()[0].config, "c1");
  EXPECT_EQ(life->rows()[0].post, 1);
  ASSERT_EQ(life->questions.size(), 1U);
  EXPECT_TRUE(life->questions[0].urgent);
  EXPECT_EQ(life->questions[0].bar, 60 * minute);
  ASSERT_NE(life->keeper->plan_of("reversal/BTC"), nullptr);
  EXPECT_EQ(life->keeper->plan_of("reversal/BTC")->stop, 97);
  desk::Surroundings around;
  life->keeper->survey(finding("ETH", noon), around);
  EXPECT_EQ(around.open_long, 1);
  EXPECT_EQ(around.open_short, 0);
}

TEST_F(OutcomeKeeperTest, WithoutAnAtrInTwentySecondsItIsSaidWithoutAnEntry) {
  auto life = born(noon);
  life->latency = Millis{30'000};
  life->find(finding("BTC", noon));
  life->pass(Millis{19'000});
  EXPECT_TRUE(life->reasons.empty());
  life->pass(Millis{1'000});
  EXPECT_EQ(life->reasons, std::vector<desk::Reason>{desk::Reason::published});
  EXPECT_EQ(life->words(1), "BTC turns\n🎯 No entry: its usual range (ATR) is not known\nNo 1");
  life->pass(Millis{60'000});
  EXPECT_EQ(life->reasons.size(), 1U) << "the answer comes too late, and once is enough";
  EXPECT_TRUE(life->rows().empty());
}

TEST_F(OutcomeKeeperTest, AMessageWithAnEntryHasWordsForTheDayThatItGoesOutTooLate) {
  auto life = born(noon);
  auto one = finding("BTC", noon);
  one.setup->atr_1h = 2;
  life->find(one);
  EXPECT_NE(life->words(1).find("stop 97.000"), std::string::npos);
  EXPECT_EQ(life->late_words(1), "BTC turns\n🎯 No entry: too late to enter\nNo 1");
}

TEST_F(OutcomeKeeperTest, NobodyIsAskedForWhatIsNotSaid) {
  auto life = born(noon);
  auto one = finding("BTC", noon);
  one.fires = false;
  life->find(one);
  one = finding("BTC", noon, Direction::none);
  life->find(one);
  one = finding("ETH", noon);
  one.setup.reset();
  life->find(one);
  one = finding("OLD", noon - std::chrono::hours{1});
  life->find(one);
  EXPECT_TRUE(life->questions.empty());
  EXPECT_EQ(life->reasons.size(), 4U);
  one = finding("SOL", noon);
  one.setup->atr_1h = 2;
  life->find(one);
  EXPECT_TRUE(life->questions.empty()) << "the detector knows it";
  EXPECT_NE(life->words(3).find("stop 97.000"), std::string::npos) << life->words(3);
}

TEST_F(OutcomeKeeperTest, AGateThatTakesTheDirectionTakesTheTradeToo) {
  auto life = born(noon);
  auto dear = finding("BTC", noon);
  dear.setup->atr_1h = 0.3;  // 1 R is 0.45 %: fees are 0.22 R
  life->find(dear);
  EXPECT_EQ(life->words(1), "BTC turns\n🚫 No direction: fees would cost too much of the risk\nNo 1");
  EXPECT_TRUE(life->rows().empty());
  for (int i = 0; i < 7; ++i) {
    auto one = finding("C" + std::to_string(i), noon);
    one.setup->atr_1h = 2;
    life->find(one);
  }
  EXPECT_EQ(life->rows().size(), 5U) << "five in one direction";
}

TEST_F(OutcomeKeeperTest, AnOppositeSignalReplacesTheOneThatIsOpen) {
  auto life = born(noon);
  const auto point = [&](const std::string& symbol, Direction direction, const std::string& kind) {
    auto one = finding(symbol, life->clock.wall_now(), direction);
    one.kind = kind;
    one.key = kind + "/" + symbol;
    one.setup->atr_1h = 2;
    life->find(one);
  };
  point("BTC", Direction::long_side, "reversal");
  point("ETH", Direction::long_side, "reversal");
  point("BTC", Direction::long_side, "funding_extreme");
  EXPECT_TRUE(life->words(4).empty()) << "the same way, or another coin: nothing is replaced";
  point("BTC", Direction::short_side, "volume_spike");
  EXPECT_EQ(life->words(5), "↪️ No 1 is replaced: No 4 points short");
  EXPECT_EQ(life->outbox->find(5).value()->draft.refers_to, 1);
  EXPECT_TRUE(life->outbox->find(5).value()->draft.silent);
  EXPECT_EQ(life->words(6), "↪️ No 3 is replaced: No 4 points short");
  EXPECT_EQ(life->rows().size(), 4U);
  EXPECT_TRUE(life->rows()[0].running) << "its trade goes on by its own rules";
}

/// Up to the first target, down to the entry's neighbourhood, up to the second; funding is settled in between.
std::vector<market::Candle> way(const std::string& symbol) {
  std::vector<market::Candle> out;
  for (int i = 0; i < 90; ++i) {
    const double price = i < 20 ? 100 : i < 30 ? 104 : i < 80 ? 103 : 108.5;
    out.push_back(candle(symbol, noon + i * minute, price));
  }
  return out;
}
std::vector<market::Funding> funding() {
  market::Funding one;
  one.rate = 0.001;
  one.settled = true;
  one.settles_at = noon + 60 * minute;
  return {one};
}

TEST_F(OutcomeKeeperTest, BarsLeadItToItsEndAndTheReplyIsOfTheSameTransaction) {
  auto life = born(noon + Millis{20'000});
  life->settled = funding();
  life->find(finding("BTC", noon + Millis{20'000}));
  auto bars = way("BTC");
  auto forming = bars[30];
  forming.low = 1;
  forming.closed = false;
  life->live(std::vector<market::Candle>(bars.begin(), bars.begin() + 30));
  life->keeper->on_event(forming);
  forming.closed.reset();
  forming.received_at = forming.opened_at + minute;  // some seconds too early to be closed beyond doubt
  life->keeper->on_event(forming);
  auto hour = forming;
  hour.length = 60 * minute;
  hour.closed = true;
  life->keeper->on_event(hour);                                                    // of a warm-up
  for (int i = 30; i < 35; ++i) bars[static_cast<std::size_t>(i)].closed.reset();  // of REST: judged by their time
  for (int i = 30; i < 35; ++i) bars[static_cast<std::size_t>(i)].received_at = noon + (i + 1) * minute + Millis{2'000};
  auto other = forming;
  other.closed = true;
  other.exchange = "binance";
  life->keeper->on_event(other);
  life->live(std::vector<market::Candle>(bars.begin() + 30, bars.begin() + 81));
  EXPECT_EQ(life->rows()[0].running, true) << "told in a moment, not before the settlements are known";
  ASSERT_TRUE(life->database->change("ALTER TABLE outbox RENAME TO gone"));
  life->pass(Millis{10'000});
  EXPECT_FALSE(life->errors.empty());
  EXPECT_EQ(life->rows()[0].running, true) << "no end without its reply";
  ASSERT_TRUE(life->database->change("ALTER TABLE gone RENAME TO outbox"));
  life->pass(Millis{70'000});
  const auto row = life->rows()[0];
  EXPECT_FALSE(row.running);
  EXPECT_EQ(row.state, "closed");
  // Half at 104.5, half at 109, 1 R = 3; fees 0.05 % of 100, 52.25 and 54.5; 0.1 % of 100 on half of it.
  EXPECT_NEAR(row.result_r, 2.25 - 0.0005 * 206.75 / 3 - 0.05 / 3, 1e-12);
  EXPECT_EQ(life->replies, 1);
  const auto reply = life->outbox->find(2).value();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->draft.op, store::Op::reply);
  EXPECT_EQ(reply->draft.refers_to, 1);
  EXPECT_TRUE(reply->draft.silent);
  EXPECT_EQ(life->words(2).substr(0, life->words(2).find('\n')), "✅ BTC long +2.20 R: both targets");
  EXPECT_NE(life->words(2).find("Record: 1 closed, +2.20 R each: not enough data"), std::string::npos);
  EXPECT_EQ(life->questions.size(), 1U) << "the feed brought all bars";
  desk::Surroundings around;
  life->keeper->survey(finding("ETH", noon), around);
  EXPECT_EQ(around.open_long, 0);
  EXPECT_NEAR(around.today_r, row.result_r, 1e-12);
}

TEST_F(OutcomeKeeperTest, ARestartAndDowntimeChangeNothingOfTheResult) {
  const auto all = way("BTC");
  history.insert(history.end(), all.begin(), all.end());
  std::string bodies[2];
  for (const bool interrupted : {false, true}) {
    const test::TempFolder own;
    auto life = std::make_unique<Life>(own.path(), noon + Millis{20'000});
    const auto settle_in = [&] {
      life->history = history;
      life->settled = funding();
    };
    settle_in();
    life->find(finding("BTC", noon + Millis{20'000}));
    life->live(std::vector<market::Candle>(all.begin(), all.begin() + (interrupted ? 26 : 82)));
    if (interrupted) {
      life->keeper->save_progress();
      life->live(std::vector<market::Candle>(all.begin() + 26, all.begin() + 28));  // lost: not written down
      life.reset();
      life = std::make_unique<Life>(own.path(), noon + 85 * minute);
      settle_in();
      EXPECT_EQ(life->keeper->running(), 1U);
    }
    life->pass(Millis{120'000});
    ASSERT_EQ(life->rows().size(), 1U);
    EXPECT_EQ(life->rows()[0].state, "closed");
    EXPECT_EQ(life->questions.size(), 1U);
    bodies[interrupted ? 1 : 0] = life->rows()[0].body;
    EXPECT_EQ(life->words(2).empty(), false) << "the reply refers to the message of the life before";
  }
  EXPECT_EQ(bodies[0], bodies[1]);
}

TEST_F(OutcomeKeeperTest, WithoutBarsOfTheFeedTheyAreLookedUpEveryFiveMinutes) {
  const auto all = way("BTC");
  history.insert(history.end(), all.begin(), all.end());
  auto life = born(noon + Millis{20'000});
  life->find(finding("BTC", noon + Millis{20'000}));
  life->pass(90 * minute);
  EXPECT_EQ(life->rows()[0].state, "closed");
  EXPECT_GE(life->questions.size(), 10U);
  EXPECT_LE(life->questions.size(), 18U);
  EXPECT_GT(life->settlements_asked, 0);
}

TEST_F(OutcomeKeeperTest, AContractThatIsGoneIsVoid) {
  auto life = born(noon + Millis{20'000});
  for (const auto* symbol : {"BTC", "ETH"}) {
    auto one = finding(symbol, noon + Millis{20'000});
    one.setup->atr_1h = 2;
    life->find(one);
  }
  life->live({candle("BTC", noon + minute, 100)});
  life->failure = base::Error(base::ErrorKind::not_found, "okx", "not listed");
  life->pass(20 * minute);
  EXPECT_EQ(life->rows()[0].running, true) << "a list may have been cut short once";
  life->pass(30 * minute);
  EXPECT_EQ(life->rows()[0].state, "void");
  EXPECT_EQ(life->rows()[1].state, "void");
  EXPECT_EQ(life->replies, 2);
  EXPECT_EQ(life->rows()[0].result_r, 0);
}

TEST_F(OutcomeKeeperTest, AClosedTradeGetsItsPlacebosWhenItsDayAndTheNextAreOver) {
  const auto all = way("BTC");
  auto life = born(noon + Millis{20'000});
  life->find(finding("BTC", noon + Millis{20'000}));
  life->live(std::vector<market::Candle>(all.begin(), all.begin() + 82));
  life->pass(minute);
  ASSERT_EQ(life->rows()[0].state, "closed");
  for (int i = -144; i < 3 * 288; ++i)  // from the midnight before: it only falls
    life->history.push_back(candle("BTC", noon + i * 5 * minute, 100 - 0.05 * (i + 144), 5 * minute));
  life->questions.clear();
  life->clock.advance(34 * 60 * minute);  // to 23:20 of the next day
  EXPECT_TRUE(life->questions.empty());
  EXPECT_FALSE(life->rows()[0].placebo_r);
  life->clock.advance(120 * minute);
  ASSERT_EQ(life->questions.size(), 1U) << "once";
  EXPECT_EQ(life->questions[0].from, noon - 12 * 60 * minute);
  EXPECT_EQ(life->questions[0].to, noon + 36 * 60 * minute);
  EXPECT_FALSE(life->questions[0].urgent);
  ASSERT_TRUE(life->rows()[0].placebo_r);
  EXPECT_NEAR(*life->rows()[0].placebo_r, -1.03, 0.05) << "whoever bought that day lost";
  life->clock.advance(300 * minute);
  EXPECT_EQ(life->questions.size(), 1U);
}

TEST_F(OutcomeKeeperTest, APlaceboThatCannotBeHadIsAskedForOnce) {
  const auto all = way("BTC");
  auto life = born(noon + Millis{20'000});
  life->find(finding("BTC", noon + Millis{20'000}));
  life->live(std::vector<market::Candle>(all.begin(), all.begin() + 82));
  life->pass(minute);
  life->questions.clear();
  life->clock.advance(48 * 60 * minute);
  EXPECT_EQ(life->questions.size(), 1U) << "the exchange has no such bars any more";
  EXPECT_FALSE(life->rows()[0].placebo_r);
}

TEST_F(OutcomeKeeperTest, WhatTheFeedMissedIsLookedUpBeforeItGoesOn) {
  for (int i = 1; i < 12; ++i) history.push_back(candle("ETH", noon + i * minute, i < 11 ? 100 : 90));
  auto life = born(noon + Millis{20'000});
  auto one = finding("ETH", noon + Millis{20'000});
  one.setup->atr_1h = 2;
  life->find(one);
  life->live({candle("ETH", noon + minute, 100)});
  life->failure = base::Error(base::ErrorKind::network, "okx", "away");
  life->live({candle("ETH", noon + 11 * minute, 90)});  // nine bars are missing: somebody must look
  life->failure.reset();
  life->pass(6 * minute);
  EXPECT_EQ(life->rows()[0].state, "closed");
  EXPECT_NE(life->words(2).find("stopped"), std::string::npos) << life->words(2);
  EXPECT_NE(life->words(2).find("funding 0.00 R"), std::string::npos) << "no whole hour passed: none was settled";
  EXPECT_EQ(life->settlements_asked, 0);
}

TEST_F(OutcomeKeeperTest, AHoleInTheBarsIsNeverAnEnd) {
  history.push_back(candle("ETH", noon + 1 * minute, 100));
  history.push_back(candle("ETH", noon + 30 * minute, 200));
  auto life = born(noon + Millis{20'000});
  auto one = finding("ETH", noon + Millis{20'000});
  one.setup->atr_1h = 2;
  life->find(one);
  life->pass(minute);
  life->keeper->on_event(history[history.size() - 2]);
  life->pass(28 * minute);
  life->keeper->on_event(history.back());
  EXPECT_EQ(life->rows()[0].running, true) << "history is asked first";
  life->pass(10 * minute);
  EXPECT_EQ(life->rows()[0].state, "unobserved");
  EXPECT_EQ(life->words(2), "⚪ ETH long: it could not be observed, and does not count");
}

}  // namespace outcome_keeper_test
