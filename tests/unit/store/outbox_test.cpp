#include "common/store/outbox.hpp"

#include <functional>
#include <vector>

#include <gmock/gmock.h>

#include "tests/unit/store/support.hpp"

namespace outbox_test {
using store::Chat;
using store::Op;
using store::Outbox;
using store::Priority;
using store::RowState;
using test::draft;
using test::must;
using test::start_time;
using test::TempFolder;
using namespace std::chrono_literals;

class OutboxTest : public testing::Test {
 protected:
  TempFolder folder_;
  std::unique_ptr<store::Database> database_ = test::open_bot(folder_);
  Outbox outbox_{*database_};
  base::WallTime now_ = start_time;

  std::int64_t accept(const store::Draft& what) { return must(outbox_.accept(what, now_)).id; }
  std::int64_t accept(std::string key, Priority priority = Priority::signal) {
    return accept(draft(std::move(key), priority));
  }
  store::Draft edit_of(std::int64_t target, std::string key) {
    auto out = draft(std::move(key));
    out.op = Op::edit;
    out.refers_to = target;
    return out;
  }
  Outbox::Next next() {
    const Chat both[] = {Chat::signals, Chat::operators};
    return must(outbox_.next_due("telegram", both, now_));
  }
  std::string next_key() {
    const auto found = next();
    return found.row ? found.row->draft.dedupe_key : "";
  }
  store::OutboxRow row(std::int64_t id) { return must(outbox_.find(id)).value(); }
  RowState state(std::int64_t id) { return row(id).state; }
  void send(std::int64_t id, std::int64_t message_id = 100) {
    must(outbox_.mark_sending(id));
    must(outbox_.mark_sent(id, message_id, now_));
  }
};

TEST_F(OutboxTest, CR5_EveryColumnOfARowComesBack) {
  auto what = draft("k");
  what.chat = Chat::operators;
  what.priority = Priority::reply;
  what.silent = true;
  what.repeatable = false;
  what.expires = now_ + 1h;
  what.html = base::Html::bold("a < b");
  what.picture = R"({"picture":"signal"})";
  what.happened = now_ - 3s;
  what.late_html = base::Html::bold("late");
  const auto id = accept(what);
  const auto back = row(id);
  EXPECT_EQ(back.draft.chat, Chat::operators);
  EXPECT_EQ(back.draft.priority, Priority::reply);
  EXPECT_TRUE(back.draft.silent);
  EXPECT_FALSE(back.draft.repeatable);
  EXPECT_EQ(back.draft.expires, now_ + 1h);
  EXPECT_EQ(back.draft.html.str(), "<b>a &lt; b</b>");
  EXPECT_EQ(back.draft.picture, R"({"picture":"signal"})");
  EXPECT_EQ(back.draft.happened, now_ - 3s);
  EXPECT_EQ(back.draft.late_html.str(), "<b>late</b>");
  EXPECT_EQ(back.created, now_);
  EXPECT_EQ(back.state, RowState::pending);
}

TEST_F(OutboxTest, CR5_AKnownKeyIsNotAcceptedTwiceEvenAfterItWasSent) {
  const auto id = accept("k");
  send(id);
  const auto again = must(outbox_.accept(draft("k"), now_));
  EXPECT_TRUE(again.duplicate);
  EXPECT_EQ(again.id, id);
  EXPECT_FALSE(next().row);
}

TEST_F(OutboxTest, TG12_UrgencyThenAgeOrdersTheLine) {
  accept("heartbeat", Priority::heartbeat);
  accept("reply", Priority::reply);
  accept("signal 1");
  accept("signal 2");
  accept("critical", Priority::critical);
  std::vector<std::string> order;
  while (const auto found = next().row) {
    order.push_back(found->draft.dedupe_key);
    send(found->id);
  }
  EXPECT_THAT(order, testing::ElementsAre("critical", "signal 1", "signal 2", "reply", "heartbeat"));
}

TEST_F(OutboxTest, TG12_WaitingMakesARowMoreUrgentButNeverCritical) {
  const auto heartbeat = accept("heartbeat", Priority::heartbeat);
  now_ += 20min;
  accept("signal");
  EXPECT_EQ(next_key(), "heartbeat");
  now_ += 24h;
  accept("critical", Priority::critical);
  EXPECT_EQ(next_key(), "critical");
  send(next().row->id);
  EXPECT_EQ(next().row->id, heartbeat);
}

TEST_F(OutboxTest, CR5_EverySettledStateIsReachedOnlyFromSending) {
  struct Case {
    const char* name;
    std::function<base::Result<void>(std::int64_t)> mark;
    RowState becomes;
  };
  const auto retry = [&](std::int64_t id, bool maybe) -> base::Result<void> {
    auto done = outbox_.mark_retry(id, now_, "e", maybe, now_);
    if (!done) return done.error();
    return {};
  };
  const std::vector<Case> cases{
      {"sent", [&](auto id) { return outbox_.mark_sent(id, 5, now_); }, RowState::sent},
      {"part", [&](auto id) { return outbox_.mark_part_sent(id, 5, now_); }, RowState::pending},
      {"not tried", [&](auto id) { return outbox_.mark_not_tried(id); }, RowState::pending},
      {"plain", [&](auto id) { return outbox_.mark_plain(id, "e"); }, RowState::pending},
      {"retry", [&](auto id) { return retry(id, false); }, RowState::pending},
      {"doubtful retry", [&](auto id) { return retry(id, true); }, RowState::pending},
  };
  for (const auto& test : cases) {
    const auto id = accept(test.name);
    EXPECT_FALSE(test.mark(id)) << test.name << ": from pending";
    must(outbox_.mark_sending(id));
    EXPECT_FALSE(outbox_.mark_sending(id)) << test.name << ": twice";
    must(test.mark(id));
    EXPECT_EQ(state(id), test.becomes) << test.name;
    EXPECT_FALSE(test.mark(id)) << test.name << ": again";
    if (state(id) == RowState::pending) must(outbox_.mark_dead(id, "done", now_));
  }
}

TEST_F(OutboxTest, CR5_ADoubtfulSendIsRepeatedMarkedOrDroppedByItsClass) {
  const auto signal = accept("signal");
  const auto heartbeat = accept("heartbeat", Priority::heartbeat);
  for (const auto id : {signal, heartbeat}) must(outbox_.mark_sending(id));
  EXPECT_EQ(must(outbox_.mark_retry(signal, now_, "timeout", true, now_)), RowState::pending);
  EXPECT_EQ(must(outbox_.mark_retry(heartbeat, now_, "timeout", true, now_)), RowState::unknown);
  EXPECT_TRUE(row(signal).ambiguous);
  EXPECT_EQ(row(signal).last_error, "timeout");
  must(outbox_.mark_sending(signal));
  EXPECT_EQ(must(outbox_.mark_retry(signal, now_, "refused", false, now_)), RowState::pending);
  EXPECT_TRUE(row(signal).ambiguous) << "the doubt about the first send stays";
}

TEST_F(OutboxTest, CR5_RowsCutOffByACrashAreInDoubt) {
  const auto before = accept("never tried");
  const auto signal = accept("signal");
  const auto heartbeat = accept("heartbeat", Priority::heartbeat);
  const auto base_row = accept("base");
  send(base_row);
  const auto edit = accept(edit_of(base_row, "edit"));
  for (const auto id : {signal, heartbeat, edit}) must(outbox_.mark_sending(id));
  database_.reset();
  database_ = test::open_bot(folder_);
  Outbox again(*database_);
  const auto recovered = must(again.recover_after_restart(now_));
  EXPECT_EQ(recovered.to_repeat, 1);
  EXPECT_EQ(recovered.dropped, 1);
  const auto look = [&](std::int64_t id) { return must(again.find(id)).value(); };
  EXPECT_EQ(look(before).state, RowState::pending);
  EXPECT_FALSE(look(before).ambiguous);
  EXPECT_EQ(look(signal).state, RowState::pending);
  EXPECT_TRUE(look(signal).ambiguous);
  EXPECT_EQ(look(heartbeat).state, RowState::unknown);
  EXPECT_EQ(look(edit).state, RowState::pending) << "an edit doubles nothing";
  EXPECT_FALSE(look(edit).ambiguous);
}

TEST_F(OutboxTest, TG2_TheHeadWaitsForItsRetryAndSoDoesTheLine) {
  const auto first = accept("first");
  accept("second");
  must(outbox_.mark_sending(first));
  must(outbox_.mark_retry(first, now_ + 30s, "503", false, now_));
  EXPECT_FALSE(next().row);
  EXPECT_EQ(next().wake_at, now_ + 30s);
  now_ += 30s;
  EXPECT_EQ(next_key(), "first");
}

TEST_F(OutboxTest, F21_AClockSetBackADayDoesNotHoldARowForADay) {
  const auto id = accept("first");
  must(outbox_.mark_sending(id));
  must(outbox_.mark_retry(id, now_ + 30s, "503", false, now_));
  now_ -= 24h;
  EXPECT_EQ(next_key(), "first");
}

TEST_F(OutboxTest, PartsOfOneMessageStayTogether) {
  const auto id = accept("long");
  must(outbox_.mark_sending(id));
  must(outbox_.mark_part_sent(id, 77, now_));
  accept("critical", Priority::critical);
  EXPECT_EQ(next_key(), "long");
  EXPECT_EQ(next().row->parts_sent, 1);
  must(outbox_.mark_sending(id));
  must(outbox_.mark_sent(id, 78, now_));
  EXPECT_EQ(row(id).message_id, 77) << "edits and replies mean the first part";
}

TEST_F(OutboxTest, ChatsAndSinksAreSeparateLines) {
  auto what = draft("operator");
  what.chat = Chat::operators;
  accept(what);
  auto other = draft("elsewhere");
  other.sink = "terminal";
  accept(other);
  const Chat signals[] = {Chat::signals};
  EXPECT_FALSE(must(outbox_.next_due("telegram", signals, now_)).row);
  EXPECT_EQ(must(outbox_.next_due("terminal", signals, now_)).row->draft.dedupe_key, "elsewhere");
}

TEST_F(OutboxTest, TG11_ANewerEditTakesThePlaceOfAnOlderOne) {
  const auto id = accept("episode");
  send(id, 55);
  const auto first = accept(edit_of(id, "edit 1"));
  accept("another signal");
  const auto second = accept(edit_of(id, "edit 2"));
  EXPECT_EQ(state(first), RowState::superseded);
  const auto found = next().row;
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, second) << "it stands where the older one stood";
  EXPECT_EQ(found->target_message_id, 55);
}

TEST_F(OutboxTest, TG11_AnEditOfAMessageThatWasNeverTriedReplacesItsText) {
  const auto id = accept("episode");
  auto newer = edit_of(id, "edit");
  newer.late_html = base::Html::text("and its late words");
  const auto edit = accept(newer);
  EXPECT_EQ(state(edit), RowState::superseded);
  EXPECT_EQ(row(id).draft.html.str(), "text of edit");
  EXPECT_EQ(row(id).draft.late_html.str(), "and its late words");
  send(next().row->id);
  EXPECT_FALSE(next().row);
}

TEST_F(OutboxTest, TG11_AnEditWaitsForAMessageThatIsUnderWay) {
  const auto id = accept("episode");
  must(outbox_.mark_sending(id));
  const auto edit = accept(edit_of(id, "edit"));
  EXPECT_FALSE(next().row);
  EXPECT_FALSE(next().wake_at);
  must(outbox_.mark_sent(id, 9, now_));
  ASSERT_TRUE(next().row);
  EXPECT_EQ(next().row->id, edit);
  EXPECT_EQ(next().row->target_message_id, 9);
}

TEST_F(OutboxTest, TG11_AnEditOfAnEditMeansTheMessageItself) {
  const auto id = accept("episode");
  send(id, 55);
  const auto first = accept(edit_of(id, "edit 1"));
  send(first);
  const auto second = accept(edit_of(first, "edit 2"));
  EXPECT_EQ(row(second).draft.refers_to, id);
  EXPECT_EQ(next().row->target_message_id, 55);
}

TEST_F(OutboxTest, AnEditOfAMessageThatWillNeverBeThereIsDead) {
  const auto dead = accept("dead");
  must(outbox_.mark_dead(dead, "400", now_));
  EXPECT_EQ(state(accept(edit_of(dead, "edit of dead"))), RowState::dead);
  EXPECT_EQ(state(accept(edit_of(4'711, "edit of nothing"))), RowState::dead);
  const auto later = accept("later");
  must(outbox_.mark_sending(later));
  const auto edit = accept(edit_of(later, "edit"));
  must(outbox_.mark_dead(later, "400", now_));
  EXPECT_FALSE(next().row);
  EXPECT_EQ(state(edit), RowState::dead);
}

TEST_F(OutboxTest, AReplyWaitsForItsTargetAndGoesAloneIfThatDies) {
  const auto id = accept("episode");
  auto reply = draft("reply", Priority::critical);
  reply.op = Op::reply;
  reply.refers_to = id;
  accept(reply);
  EXPECT_EQ(next_key(), "episode") << "although the reply is more urgent";
  must(outbox_.mark_dead(id, "400", now_));
  const auto found = next().row;
  ASSERT_TRUE(found);
  EXPECT_EQ(found->draft.dedupe_key, "reply");
  EXPECT_FALSE(found->target_message_id);
}

TEST_F(OutboxTest, AnExpiredRowIsNotSaidAnyMore) {
  auto what = draft("old", Priority::heartbeat);
  what.expires = now_ + 1h;
  const auto id = accept(what);
  EXPECT_EQ(next_key(), "old");
  now_ += 1h;
  EXPECT_FALSE(next().row);
  EXPECT_EQ(state(id), RowState::dead);
}

TEST_F(OutboxTest, F23_HeartbeatsGiveWayThenRepliesNeverSignals) {
  Outbox small(*database_, {4, 1 << 20});
  const auto put = [&](const char* key, Priority priority) { return must(small.accept(draft(key, priority), now_)); };
  const auto old_beat = put("beat 1", Priority::heartbeat).id;
  const auto reply = put("reply", Priority::reply).id;
  const auto new_beat = put("beat 2", Priority::heartbeat).id;
  put("signal 1", Priority::signal);
  EXPECT_EQ(put("signal 2", Priority::signal).dropped, 1);
  EXPECT_EQ(state(old_beat), RowState::dead);
  EXPECT_EQ(put("signal 3", Priority::signal).dropped, 1);
  EXPECT_EQ(state(new_beat), RowState::dead);
  put("signal 4", Priority::signal);
  EXPECT_EQ(state(reply), RowState::dead);
  const auto refused = small.accept(draft("signal 5"), now_);
  ASSERT_FALSE(refused) << "nothing that was accepted is lost, so this one is not accepted";
  EXPECT_EQ(refused.error().kind, base::ErrorKind::storage);
  EXPECT_EQ(must(small.stats()).pending, 4);
}

TEST_F(OutboxTest, F23_BytesAreBoundedToo) {
  Outbox small(*database_, {1'000, 10'000});
  auto beat = draft("beat", Priority::heartbeat);
  beat.html = base::Html::text(std::string(6'000, 'x'));
  const auto id = must(small.accept(beat, now_)).id;
  auto signal = draft("signal");
  signal.html = base::Html::text(std::string(6'000, 'y'));
  EXPECT_EQ(must(small.accept(signal, now_)).dropped, 1);
  EXPECT_EQ(state(id), RowState::dead);
  EXPECT_LE(must(small.stats()).pending_bytes, 10'000);
}

TEST_F(OutboxTest, StatisticsNameTheOldestThatWaits) {
  EXPECT_FALSE(must(outbox_.stats()).oldest);
  const auto first = accept("first");
  now_ += 5min;
  const auto second = accept("second");
  EXPECT_EQ(must(outbox_.stats()).oldest, start_time);
  send(first);
  must(outbox_.mark_sending(second));
  const auto stats = must(outbox_.stats());
  EXPECT_EQ(stats.pending, 1);
  EXPECT_EQ(stats.oldest, now_);
}

TEST_F(OutboxTest, PruningKeepsWhatSomebodyRefersTo) {
  const auto plain = accept("plain");
  const auto edited = accept("edited");
  send(plain);
  send(edited);
  accept(edit_of(edited, "edit"));
  const auto waiting = accept("waiting");
  EXPECT_EQ(must(outbox_.prune(now_ + 1s)), 1);
  EXPECT_FALSE(must(outbox_.find(plain)));
  EXPECT_TRUE(must(outbox_.find(edited)));
  EXPECT_TRUE(must(outbox_.find(waiting)));
}

}  // namespace outbox_test
