#include "common/desk/desk.hpp"

#include <array>
#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "common/store/schema.hpp"
#include "tests/support/temp_folder.hpp"

namespace desk_test {
using base::operator""_html;
using base::Millis;
using desk::Finding;
using desk::Phase;
using desk::Reason;
using std::chrono::minutes;

constexpr base::WallTime noon = base::from_ms(1'767'268'800'000);

Finding spike(Phase phase, minutes after = minutes{0}, int tier = 1) {
  Finding out;
  out.kind = "volume_spike";
  out.subject = "binance BTCUSDT";
  out.symbol = "BTCUSDT";
  out.key = "volume_spike/binance/BTCUSDT";
  out.at = noon + after;
  out.event_id = "candle/binance/BTCUSDT/" + std::to_string(base::to_ms(out.at));
  out.phase = phase;
  out.tier = tier;
  out.fires = true;
  out.strength = 4;
  out.evidence.push_back({"z", 4.2, 3.0});
  out.message = [after] {
    return "<b>BTCUSDT</b> volume\nmore "_html + base::Html::text(std::to_string(after.count()) + " min");
  };
  return out;
}

/// A desk over a real file, which can be opened again as after a restart.
class DeskTest : public ::testing::Test {
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
    desk = std::make_unique<desk::Desk>(*database, *outbox, "terminal", desk::GatePolicy{});
  }
  Reason handle(const Finding& finding) {
    const auto handled = desk->handle(finding, finding.at);
    EXPECT_TRUE(handled) << (handled ? "" : handled.error().text());
    return handled.value().reason;
  }
  /// Ops of all rows, oldest first: "send", "edit!" for one that rings.
  std::vector<std::string> rows() {
    std::vector<std::string> out;
    for (std::int64_t id = 1; id < 50; ++id) {
      const auto row = outbox->find(id);
      if (!row || !row.value()) break;
      const auto& draft = row.value()->draft;
      out.push_back(std::string(store::to_string(draft.op)) + (draft.silent ? "" : "!"));
    }
    return out;
  }
  test::TempFolder folder;
  std::unique_ptr<store::Database> database;
  std::unique_ptr<store::Outbox> outbox;
  std::unique_ptr<desk::Desk> desk;
};

TEST_F(DeskTest, CR5_ASignalIsOneTransactionOfItsThreeRows) {
  EXPECT_EQ(handle(spike(Phase::single)), Reason::published);
  store::SignalLog log(*database);
  const auto signals = log.since(noon - minutes{1}, 10);
  ASSERT_TRUE(signals);
  ASSERT_EQ(signals.value().size(), 1U);
  EXPECT_EQ(signals.value()[0].outbox_id, 1);
  EXPECT_EQ(rows(), std::vector<std::string>{"send!"});
  store::GateState gates(*database);
  EXPECT_TRUE(gates.get("volume_spike/binance/BTCUSDT").value().has_value());
}

TEST_F(DeskTest, CR5_ASignalIsClaimedWhenTheSenderGivesAClaimAndNothingElseIs) {
  struct Case {
    const char* name;
    bool ready;
    Finding finding;
    Reason reason;
    bool claimed;
  };
  const Case cases[] = {
      {"the sender is busy", false, spike(Phase::open), Reason::published, false},
      {"an update", true, spike(Phase::update, minutes{1}, 2), Reason::tier_rose, false},
      {"the sender is ready", true, spike(Phase::single, minutes{90}), Reason::published, true},
      {"said before", true, spike(Phase::single, minutes{90}), Reason::seen_before, false},
  };
  bool ready = false;
  desk->claim = [&](store::Chat chat) { return ready ? std::vector<store::Chat>{chat} : std::vector<store::Chat>(); };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.name);
    for (std::int64_t id = 1; id < 9; ++id) (void)outbox->mark_dead(id, "out of the way", noon);
    ready = one.ready;
    const auto handled = desk->handle(one.finding, one.finding.at);
    ASSERT_TRUE(handled);
    EXPECT_EQ(handled.value().reason, one.reason);
    EXPECT_EQ(handled.value().claimed, one.claimed);
    if (!handled.value().outbox_id) continue;
    const auto row = outbox->find(*handled.value().outbox_id).value().value();
    EXPECT_EQ(row.state, one.claimed ? store::RowState::sending : store::RowState::pending);
  }
}

TEST_F(DeskTest, CR5_AClaimOfATransactionThatFailsLeavesNothingUnderWay) {
  desk->claim = [](store::Chat chat) { return std::vector<store::Chat>{chat}; };
  ASSERT_TRUE(database->change("ALTER TABLE gate_state RENAME TO gone"));
  desk->cooldown_by_symbol["BTCUSDT"] = Millis{0};
  EXPECT_FALSE(desk->handle(spike(Phase::single), noon));
  ASSERT_TRUE(database->change("ALTER TABLE gone RENAME TO gate_state"));
  EXPECT_EQ(outbox->stats().value().pending, 0);
  const auto handled = desk->handle(spike(Phase::single), noon);
  ASSERT_TRUE(handled);
  EXPECT_TRUE(handled.value().claimed);
}

TEST_F(DeskTest, ACandidateLeavesNoTrace) {
  auto candidate = spike(Phase::single);
  candidate.fires = false;
  EXPECT_EQ(handle(candidate), Reason::conditions);
  EXPECT_TRUE(rows().empty());
}

TEST_F(DeskTest, WhatRingsDoesNotWaitBehindSilentSignals) {
  auto silent = spike(Phase::single);
  silent.silent = true;
  silent.key += "/predicted";
  EXPECT_EQ(handle(silent), Reason::published);
  EXPECT_EQ(handle(spike(Phase::single, minutes{0}, 2)), Reason::published);
  const std::array chats{store::Chat::signals};
  const auto next = outbox->next_due("terminal", chats, noon);
  ASSERT_TRUE(next && next.value().row);
  EXPECT_FALSE(next.value().row->draft.silent);
}

TEST_F(DeskTest, ARiseOfAMessageThatIsNotOutYetIsToldByThatMessage) {
  EXPECT_EQ(handle(spike(Phase::open)), Reason::published);
  EXPECT_EQ(handle(spike(Phase::update, minutes{1}, 2)), Reason::tier_rose);
  EXPECT_EQ(rows(), (std::vector<std::string>{"send!", "edit"}));
}

TEST_F(DeskTest, CooldownAndDedupSurviveARestart) {
  EXPECT_EQ(handle(spike(Phase::single)), Reason::published);
  start();
  EXPECT_EQ(handle(spike(Phase::single)), Reason::seen_before);
  EXPECT_EQ(handle(spike(Phase::single, minutes{30})), Reason::cooldown);
  EXPECT_EQ(handle(spike(Phase::single, minutes{60})), Reason::published);
  EXPECT_EQ(rows().size(), 2U);
}

TEST_F(DeskTest, AnEpisodeIsOneMessageThatIsEditedAndRingsWhenItsTierRises) {
  EXPECT_EQ(handle(spike(Phase::open)), Reason::published);
  ASSERT_TRUE(outbox->mark_sending(1));
  ASSERT_TRUE(outbox->mark_sent(1, 77, noon));
  EXPECT_EQ(handle(spike(Phase::update, minutes{1})), Reason::updated);
  EXPECT_EQ(handle(spike(Phase::update, minutes{2}, 2)), Reason::tier_rose);
  EXPECT_EQ(handle(spike(Phase::update, minutes{3}, 2)), Reason::updated);
  EXPECT_EQ(handle(spike(Phase::close, minutes{4}, 2)), Reason::closed);
  EXPECT_EQ(rows(), (std::vector<std::string>{"send!", "edit", "edit", "reply!", "edit", "edit"}));
  const auto reply = outbox->find(4);
  EXPECT_EQ(base::visible_text(reply.value()->draft.html.str()), "⬆️ BTCUSDT volume spike: tier 2 of 3");
}

TEST_F(DeskTest, AnUpdateThatReadsTheSameIsNoEditButKeepsTheEpisode) {
  const auto same = [](Phase phase, minutes after) {
    auto finding = spike(phase, after);
    finding.message = [] { return "the same words"_html; };
    return finding;
  };
  EXPECT_EQ(handle(same(Phase::open, minutes{0})), Reason::published);
  ASSERT_TRUE(outbox->mark_sending(1));
  ASSERT_TRUE(outbox->mark_sent(1, 77, noon));
  for (int minute = 1; minute <= 45; ++minute) EXPECT_EQ(handle(same(Phase::update, minutes{minute})), Reason::updated);
  EXPECT_EQ(rows(), std::vector<std::string>{"send!"});
  start();  // the store has heard of it within the half hour after which an episode counts as lost
  EXPECT_EQ(handle(same(Phase::close, minutes{60})), Reason::closed);
  EXPECT_EQ(rows(), (std::vector<std::string>{"send!", "edit"}));
}

TEST_F(DeskTest, AfterARestartTheSameMessageGoesOn) {
  EXPECT_EQ(handle(spike(Phase::open)), Reason::published);
  ASSERT_TRUE(outbox->mark_sending(1));
  ASSERT_TRUE(outbox->mark_sent(1, 77, noon));
  start();
  EXPECT_EQ(handle(spike(Phase::open, minutes{1})), Reason::updated);
  const auto edit = outbox->find(2);
  ASSERT_TRUE(edit && edit.value());
  EXPECT_EQ(edit.value()->draft.refers_to, 1);
}

TEST_F(DeskTest, OneEventMayDecideFindingsOfTwoKeys) {
  auto other = spike(Phase::single);
  other.key = "large_print/BTC";
  EXPECT_EQ(handle(spike(Phase::single)), Reason::published);
  EXPECT_EQ(handle(other), Reason::published);
}

TEST_F(DeskTest, ALateSignalSaysSo) {
  ASSERT_TRUE(desk->handle(spike(Phase::single), noon + minutes{12}));
  EXPECT_NE(outbox->find(1).value()->draft.html.str().find("late: this happened 12m before"), std::string::npos);
}

TEST_F(DeskTest, TheWordsOfATradeComeWithADirectionOnTimeAndInAMessageOfItsOwn) {
  const auto directed = [](minutes after, std::string key) {
    auto out = spike(Phase::single, after);
    out.key = std::move(key);
    out.direction = desk::Direction::long_side;
    out.trade = [] { return base::Html::text("from 100"); };
    return out;
  };
  const auto words = [&](std::int64_t id) { return outbox->find(id).value()->draft.html.str(); };
  EXPECT_EQ(handle(directed(minutes{0}, "a")), Reason::published);
  EXPECT_NE(words(1).find("\nfrom 100\n"), std::string::npos) << words(1);
  const auto on_time = outbox->find(1).value()->draft;
  EXPECT_EQ(on_time.happened, noon) << "the sender judges by it when it goes out";
  EXPECT_EQ(on_time.late_html.str().find("from 100"), std::string::npos);
  EXPECT_EQ(on_time.late_html.str().substr(0, 12), words(1).substr(0, 12)) << "the same signal, without an entry";
  ASSERT_TRUE(desk->handle(directed(minutes{1}, "b"), noon + minutes{7}));
  EXPECT_EQ(words(2).find("from 100"), std::string::npos);
  EXPECT_NE(words(2).find("before it was sent, too late to enter"), std::string::npos) << words(2);
  EXPECT_FALSE(outbox->find(2).value()->draft.happened) << "it says so itself: not a second time";
  desk->survey = [](const Finding&, desk::Surroundings& around) { around.cost_r = 9; };
  EXPECT_EQ(handle(directed(minutes{20}, "c")), Reason::published);
  EXPECT_EQ(words(3).find("from 100"), std::string::npos) << "a gate took the direction";
  desk->survey = {};
  auto policy = desk->policy();
  policy.rings_a_day = 1e-6;
  desk->set_policy(policy);
  EXPECT_EQ(handle(directed(minutes{21}, "d")), Reason::published);
  EXPECT_FALSE(outbox->find(4).value()) << "over the budget: it waits for a digest";
  policy.rings_a_day = 0;
  desk->set_policy(policy);
  ASSERT_TRUE(desk->tell_digests(noon + minutes{200}));
  EXPECT_EQ(words(4).find("from 100"), std::string::npos) << "too late by then";
}

TEST_F(DeskTest, CR5_WhatIsKeptWithASignalIsOfItsTransaction) {
  std::vector<std::string> kept;
  bool fails = true;
  desk->on_published = [&](const Finding& finding, const desk::Handled& handled, base::WallTime) -> base::Result<void> {
    EXPECT_TRUE(database->in_transaction());
    EXPECT_TRUE(handled.signal_id);
    if (fails) return base::Error(base::ErrorKind::storage, "test", "no");
    kept.push_back(std::string(desk::to_string(finding.direction)));
    return {};
  };
  auto directed = spike(Phase::single);
  directed.direction = desk::Direction::short_side;
  EXPECT_FALSE(desk->handle(directed, noon));
  EXPECT_TRUE(rows().empty()) << "nothing of it was kept";
  fails = false;
  EXPECT_EQ(handle(directed), Reason::published);
  EXPECT_EQ(handle(directed), Reason::seen_before);
  EXPECT_EQ(kept, std::vector<std::string>{"short"});
  desk->survey = [](const Finding&, desk::Surroundings& around) { around.cost_r = 9; };
  auto other = directed;
  other.key = "other";
  EXPECT_EQ(handle(other), Reason::published);
  EXPECT_EQ(kept.back(), "none") << "as it is told";
}

TEST_F(DeskTest, ASymbolMayHaveItsOwnCooldown) {
  desk->cooldown_by_symbol["BTCUSDT"] = minutes{10};
  EXPECT_EQ(handle(spike(Phase::single)), Reason::published);
  EXPECT_EQ(handle(spike(Phase::single, minutes{11})), Reason::published);
}

TEST(CandidateJson, HasFiveKeysAndNoOther) {
  auto finding = spike(Phase::single);
  finding.direction = desk::Direction::short_side;
  const auto line = nlohmann::json::parse(desk::candidate_json(finding));
  EXPECT_EQ(line, (nlohmann::json{{"time_ms", 1'767'268'800'000},
                                  {"symbol", "BTCUSDT"},
                                  {"kind", "volume_spike"},
                                  {"direction", "short"},
                                  {"score", 4.0}}));
}

TEST(CandidateJson, IsJsonWhateverASymbolAndAStrengthAre) {
  for (const double strength : {0.0, -0.0001, 1e-300, 1e22, 3.0, 0.1 + 0.2, 12'345'678.9}) {
    auto finding = spike(Phase::single);
    finding.strength = strength;
    finding.symbol = "A\"B\\C\n\xF0\x9F\x94\xA5";
    const auto line = nlohmann::json::parse(desk::candidate_json(finding));
    EXPECT_EQ(line["score"].get<double>(), strength);
    EXPECT_TRUE(line["score"].is_number_float());
    EXPECT_EQ(line["symbol"], finding.symbol);
  }
  auto broken = spike(Phase::single);
  broken.strength = std::numeric_limits<double>::quiet_NaN();
  broken.symbol = "\xFF";
  const auto line = nlohmann::json::parse(desk::candidate_json(broken));
  EXPECT_TRUE(line["score"].is_null());
}

TEST(EvidenceJson, KeepsValuesWithTheirThresholdsAndNoNonFiniteNumber) {
  auto finding = spike(Phase::single);
  finding.evidence.push_back({"odd", std::numeric_limits<double>::infinity(), std::nullopt});
  const auto evidence = nlohmann::json::parse(desk::evidence_json(finding));
  EXPECT_EQ(evidence["conditions"][0]["threshold"], 3.0);
  EXPECT_TRUE(evidence["conditions"][1]["value"].is_null());
}

TEST_F(DeskTest, AnOpenEpisodesMemoIsThatOfItsNewestWordsAndOutlivesAKill) {
  const auto memo_at = [&](minutes after) -> std::string {
    start();
    const auto open = desk->open_episodes(noon + after);
    EXPECT_TRUE(open);
    return open->empty() ? "none" : open->front().key + ": " + open->front().memo;
  };
  auto finding = spike(Phase::open);
  finding.memo = "first";
  (void)handle(finding);
  EXPECT_EQ(memo_at(minutes{1}), "volume_spike/binance/BTCUSDT: first");
  finding = spike(Phase::update, minutes{5});
  finding.memo = "second\tline\n";
  (void)handle(finding);
  EXPECT_EQ(memo_at(minutes{6}), "volume_spike/binance/BTCUSDT: second\tline\n");
  EXPECT_EQ(memo_at(minutes{35}), "none") << "nobody heard of it for so long that it has ended";
  (void)handle(spike(Phase::close, minutes{8}));
  EXPECT_EQ(memo_at(minutes{9}), "none");
}

}  // namespace desk_test
