// Signals that are told together, over a real file and restarts.
#include <gtest/gtest.h>

#include "common/desk/desk.hpp"
#include "common/store/schema.hpp"
#include "tests/support/temp_folder.hpp"

namespace digests_test {
using base::operator""_html;
using base::Millis;
using desk::Finding;
using desk::Phase;
using desk::Reason;
using std::chrono::minutes;
using namespace std::chrono_literals;

constexpr base::WallTime noon = base::from_ms(1'767'268'800'000);

Finding spike(const std::string& symbol, base::WallTime at, Phase phase = Phase::single, int tier = 1) {
  Finding out;
  out.kind = "volume_spike";
  out.subject = "binance " + symbol;
  out.symbol = symbol;
  out.key = "volume_spike/binance/" + symbol;
  out.at = at;
  out.event_id = symbol + "/" + std::to_string(base::to_ms(at));
  out.phase = phase;
  out.tier = tier;
  out.fires = true;
  out.strength = tier;
  out.evidence.push_back({"z", 4.0 * tier, 3.0});
  out.message = [symbol, tier] {
    return base::Html::bold(symbol) + base::Html::text(" volume tier " + std::to_string(tier)) + "\nmore"_html;
  };
  return out;
}

class Digests : public ::testing::Test {
 protected:
  void SetUp() override { start(); }
  void start() {
    desk.reset();
    outbox.reset();
    database.reset();
    auto opened = store::open_bot(folder.path(), "volume", noon);
    ASSERT_TRUE(opened) << opened.error().text();
    database = std::move(opened.value().database);
    outbox = std::make_unique<store::Outbox>(*database);
    desk = std::make_unique<desk::Desk>(*database, *outbox, "terminal", policy);
  }
  void restart_with(const desk::GatePolicy& with) {
    policy = with;
    start();
  }
  desk::Handled handle(const Finding& finding, Millis after = Millis{0}) {
    const auto handled = desk->handle(finding, finding.at + after);
    EXPECT_TRUE(handled) << (handled ? "" : handled.error().text());
    return handled.value();
  }
  int tell(base::WallTime now, bool ending = false) {
    const auto told = desk->tell_digests(now, ending);
    EXPECT_TRUE(told) << (told ? "" : told.error().text());
    return told.value();
  }
  /// Visible text of a row, "!" before one that rings.
  std::string row(std::int64_t id) {
    const auto found = outbox->find(id);
    if (!found || !found.value()) return {};
    const auto& draft = found.value()->draft;
    return (draft.silent ? "" : "!") + std::string(store::to_string(draft.op)) + " " +
           base::visible_text(draft.html.str());
  }
  std::vector<store::SignalRow> signals() {
    return store::SignalLog(*database).since(noon - minutes{600}, 100).value();
  }
  desk::GatePolicy policy;
  test::TempFolder folder;
  std::unique_ptr<store::Database> database;
  std::unique_ptr<store::Outbox> outbox;
  std::unique_ptr<desk::Desk> desk;
};

TEST_F(Digests, TheFirstRingLeavesAtOnceAndWhatFollowsGoesOutTogether) {
  EXPECT_TRUE(handle(spike("AUSDT", noon)).outbox_id);
  for (const char* symbol : {"BUSDT", "CUSDT", "DUSDT"}) {
    const auto handled = handle(spike(symbol, noon + 500ms));
    EXPECT_EQ(handled.reason, Reason::published);
    EXPECT_FALSE(handled.outbox_id) << "it waits";
  }
  EXPECT_EQ(tell(noon + 2'400ms), 0) << "the last one is not two seconds ago";
  EXPECT_EQ(tell(noon + 2'500ms), 1);
  EXPECT_EQ(row(1), "!send AUSDT volume tier 1\nmore\nNo 1");
  EXPECT_EQ(row(2),
            "send \U0001F4EC 3 signals at once\n12:00 BUSDT volume tier 1\n12:00 CUSDT volume tier 1\n12:00 DUSDT "
            "volume tier 1");
  EXPECT_EQ(tell(noon + 20s), 0) << "told once";
  for (const auto& signal : signals()) EXPECT_EQ(signal.outbox_id, signal.subject == "binance AUSDT" ? 1 : 2);
}

TEST_F(Digests, ABurstThatDoesNotEndIsToldEveryTenSeconds) {
  handle(spike("A0", noon));
  int told = 0;
  for (int i = 1; i <= 25; ++i) {
    const auto now = noon + std::chrono::seconds(i);
    handle(spike("A" + std::to_string(i), now));
    told += tell(now);
  }
  EXPECT_EQ(told, 2);
}

TEST_F(Digests, OneAloneIsItsOwnLivingMessage) {
  handle(spike("AUSDT", noon));
  handle(spike("BUSDT", noon + 1s, Phase::open));
  EXPECT_EQ(tell(noon + 3s), 1);
  EXPECT_EQ(row(2), "!send BUSDT volume tier 1\nmore\nNo 2");
  ASSERT_TRUE(outbox->mark_sending(2));
  ASSERT_TRUE(outbox->mark_sent(2, 77, noon));
  EXPECT_EQ(handle(spike("BUSDT", noon + minutes{1}, Phase::update, 2)).reason, Reason::tier_rose);
  EXPECT_EQ(row(3), "edit BUSDT volume tier 2\nmore\nNo 2");
  EXPECT_EQ(row(4).substr(0, 7), "!reply ");
}

TEST_F(Digests, CR5_WhatWaitsSurvivesARestart) {
  handle(spike("AUSDT", noon));
  handle(spike("BUSDT", noon + 1s));
  handle(spike("CUSDT", noon + 1s));
  start();
  EXPECT_EQ(handle(spike("BUSDT", noon + 1s)).reason, Reason::seen_before);
  EXPECT_EQ(tell(noon + 10s), 1);
  EXPECT_NE(row(2).find("2 signals at once"), std::string::npos) << row(2);
  start();
  EXPECT_EQ(tell(noon + 20s), 0);
}

TEST_F(Digests, AnEndingBotDoesNotWait) {
  handle(spike("AUSDT", noon));
  handle(spike("BUSDT", noon + 1s));
  EXPECT_EQ(tell(noon + 1s), 0);
  EXPECT_EQ(tell(noon + 1s, true), 1);
}

TEST_F(Digests, AnEpisodeInADigestGetsAMessageOfItsOwnWhenItsTierRises) {
  handle(spike("AUSDT", noon));
  handle(spike("BUSDT", noon + 1s, Phase::open));
  handle(spike("CUSDT", noon + 1s, Phase::open));
  EXPECT_EQ(tell(noon + 5s), 1);
  EXPECT_EQ(handle(spike("BUSDT", noon + minutes{1}, Phase::update)).reason, Reason::updated);
  EXPECT_EQ(row(3), "") << "a line of a digest is not edited";
  EXPECT_EQ(handle(spike("BUSDT", noon + minutes{2}, Phase::update, 2)).reason, Reason::tier_rose);
  EXPECT_EQ(row(3), "!send BUSDT volume tier 2\nmore\nNo 2");
  EXPECT_EQ(handle(spike("BUSDT", noon + minutes{3}, Phase::close, 2)).reason, Reason::closed);
  EXPECT_EQ(row(4).substr(0, 5), "edit ");
  EXPECT_EQ(handle(spike("CUSDT", noon + minutes{3}, Phase::close)).reason, Reason::closed);
}

TEST_F(Digests, WhatIsOverTheBudgetIsToldWithinTheHourWithoutARing) {
  policy.rings_a_day = 2;
  policy.burst_idle = Millis{0};
  restart_with(policy);
  int rang = 0, collected = 0;
  for (int i = 0; i < 6; ++i) {
    const auto handled = handle(spike("A" + std::to_string(i), noon + minutes{i}));
    rang += handled.outbox_id ? 1 : 0;
    collected += handled.quiet == Reason::over_budget ? 1 : 0;
  }
  EXPECT_EQ(rang, 2);
  EXPECT_EQ(collected, 4);
  start();
  EXPECT_FALSE(handle(spike("B", noon + minutes{7})).outbox_id) << "the budget survives a restart";
  EXPECT_EQ(tell(noon + minutes{61}), 0) << "the first came at 12:02";
  EXPECT_EQ(tell(noon + minutes{62}), 1);
  EXPECT_EQ(row(3).substr(0, row(3).find('\n')), "send \U0001F5C2 5 signals less remarkable than those that ring");
  EXPECT_TRUE(handle(spike("C", noon + minutes{63}, Phase::single, 3)).outbox_id) << "a stronger one rings";
}

TEST_F(Digests, QuietHoursAreSilentAndToldAgainInTheMorning) {
  policy.quiet = desk::QuietHours::make("11:00-13:00", "UTC").value();
  policy.burst_idle = Millis{0};
  restart_with(policy);
  handle(spike("AUSDT", noon));
  handle(spike("BUSDT", noon + minutes{10}, Phase::open));
  EXPECT_EQ(row(1).substr(0, 4), "send") << "no ring";
  ASSERT_TRUE(outbox->mark_sending(2));
  ASSERT_TRUE(outbox->mark_sent(2, 77, noon));
  EXPECT_EQ(handle(spike("BUSDT", noon + minutes{20}, Phase::update, 2)).reason, Reason::tier_rose);
  EXPECT_EQ(row(4).substr(0, 6), "reply ") << "a rise does not ring either";
  EXPECT_EQ(handle(spike("BUSDT", noon + minutes{45}, Phase::update, 2)).reason, Reason::updated);
  EXPECT_EQ(tell(noon + minutes{59}), 0);
  EXPECT_EQ(tell(noon + minutes{60}), 1);
  const auto morning = row(5);
  EXPECT_EQ(morning.substr(0, morning.find('\n')), "send \U0001F305 2 signals in the quiet hours 11:00-13:00 UTC");
  EXPECT_EQ(handle(spike("BUSDT", noon + minutes{62}, Phase::update, 3)).reason, Reason::tier_rose);
  EXPECT_EQ(row(7).substr(0, 7), "!reply ") << row(6);
}

TEST_F(Digests, ADirectionIsNeverALineOfADigest) {
  handle(spike("AUSDT", noon));
  auto directed = spike("BUSDT", noon + 1s);
  directed.direction = desk::Direction::long_side;
  EXPECT_TRUE(handle(directed).outbox_id);
}

TEST_F(Digests, ADirectionThatAGateTookIsNotKeptAndTheMessageSaysWhy) {
  desk->survey = [](const Finding&, desk::Surroundings& around) { around.open_long = 10; };
  auto directed = spike("BUSDT", noon);
  directed.direction = desk::Direction::long_side;
  directed.setup.emplace();
  const auto handled = handle(directed);
  EXPECT_EQ(handled.undirected, Reason::open_max);
  EXPECT_NE(row(1).find("No direction: too many trades are open"), std::string::npos) << row(1);
  EXPECT_EQ(signals().front().direction, "none");
}

TEST_F(Digests, ASignalKeepsItsScoreItsSettingsAndHowItWasSaid) {
  desk->config_hash = "0badcafe";
  handle(spike("AUSDT", noon));
  handle(spike("BUSDT", noon + 1s));
  const auto rows = signals();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].said, "burst");
  EXPECT_EQ(rows[1].said, "ring");
  EXPECT_EQ(rows[1].config, "0badcafe");
  EXPECT_NEAR(rows[1].score, 57.1, 0.1);
}

TEST_F(Digests, ATransactionThatFailsLeavesNothingAndIsTriedAgain) {
  handle(spike("AUSDT", noon));
  handle(spike("BUSDT", noon + 1s));
  handle(spike("CUSDT", noon + 1s));
  ASSERT_TRUE(database->change("ALTER TABLE gate_state RENAME TO gone"));
  EXPECT_FALSE(desk->tell_digests(noon + 5s));
  ASSERT_TRUE(database->change("ALTER TABLE gone RENAME TO gate_state"));
  EXPECT_EQ(row(2), "");
  EXPECT_EQ(tell(noon + 6s), 1);
  EXPECT_NE(row(2).find("2 signals at once"), std::string::npos);
}

}  // namespace digests_test
