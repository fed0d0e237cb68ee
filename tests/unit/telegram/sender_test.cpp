// What goes out, in which order, how fast.
#include "tests/unit/telegram/world.hpp"

namespace sender_test {
using namespace test;
using store::Chat;
using store::Op;
using store::Priority;
using store::RowState;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SenderTest : public World {};

TEST_F(SenderTest, AnAcceptedRowGoesOutAtOnceAndIsMarkedSent) {
  start();
  const auto id = say("hello");
  clock_.advance(100ms);
  EXPECT_THAT(texts(), ElementsAre("hello"));
  EXPECT_EQ(http_.asked[0].chat(), "-1001");
  EXPECT_EQ(row(id).state, RowState::sent);
  EXPECT_EQ(row(id).message_id, 1'001);
  EXPECT_THAT(ears_.said, ElementsAre("hello"));
  EXPECT_EQ(ears_.last_took, 50ms);
  EXPECT_EQ(ears_.last_waited, 50ms);
}

TEST_F(SenderTest, NewsThatWaitedForTelegramSaysSo) {
  start();
  http_.always = FakeTelegram::broken(base::Delivery::not_sent);
  say("signal");
  say("reply", Priority::reply, Chat::operators);
  clock_.advance(16min);
  http_.always = {};
  http_.asked.clear();
  clock_.advance(2min);
  std::vector<std::string> said = texts();
  ASSERT_EQ(said.size(), 2U);
  std::sort(said.begin(), said.end());
  EXPECT_EQ(said[0], "reply") << "no news: nobody minds";
  EXPECT_THAT(said[1], HasSubstr("signal\n<i>⏳ sent late: it waited 16m"));
  say("next");
  clock_.advance(10s);
  EXPECT_EQ(texts().back(), "next");
  sender_->set_late_after(1h);
  http_.always = FakeTelegram::broken(base::Delivery::not_sent);
  say("patient");
  clock_.advance(16min);
  http_.always = {};
  clock_.advance(2min);
  EXPECT_EQ(texts().back(), "patient") << "a reload changed what counts as late";
}

TEST_F(SenderTest, SIG5_HowOldASignalIsCountsFromWhatHappenedAndALateOneHasNoEntry) {
  start();
  const auto happened = [&](std::string key, base::Millis ago, std::string late) {
    auto what = draft(std::move(key));
    what.happened = clock_.wall_now() - ago;
    what.late_html = base::Html::text(late);
    accept(what);
  };
  happened("enter at 100", 4min, "no entry");
  clock_.advance(10s);
  EXPECT_EQ(texts().back(), "text of enter at 100");
  http_.always = FakeTelegram::broken(base::Delivery::not_sent);
  happened("enter at 200", 4min, "no entry");
  happened("a burst", 4min, "");
  clock_.advance(90s);
  http_.always = {};
  http_.asked.clear();
  clock_.advance(2min);
  const auto said = texts();
  ASSERT_EQ(said.size(), 2U);
  EXPECT_THAT(said[0], testing::StartsWith("no entry\n⏳ <i>late: this happened "));
  EXPECT_THAT(said[0], HasSubstr(" before it was sent</i>"));
  EXPECT_THAT(said[1], testing::StartsWith("text of a burst\n⏳ <i>late: this happened "));
  EXPECT_THAT(said[1], HasSubstr(" before it was sent</i>")) << "neither has waited for five minutes";
}

TEST_F(SenderTest, TG4_AllPartsOfALateSignalAreOfItsLateWords) {
  start();
  auto what = draft("long");
  what.happened = clock_.wall_now() - 10min;
  what.html = base::Html::text(std::string(9'000, 'e'));
  what.late_html = base::Html::text(std::string(6'000, 'n'));
  accept(what);
  clock_.advance(30s);
  const auto said = texts();
  ASSERT_EQ(said.size(), 2U);
  for (const auto& part : said) {
    EXPECT_THAT(part, HasSubstr("nnn"));
    EXPECT_THAT(part, testing::Not(HasSubstr("eee")));
  }
}

TEST_F(SenderTest, RowsFromBeforeTheStartGoOutWithoutANotice) {
  start();
  must(outbox_->accept(draft("left over"), clock_.wall_now()));
  restart();
  clock_.advance(1s);
  EXPECT_THAT(ears_.said, ElementsAre("left over"));
}

TEST_F(SenderTest, ARowWithoutANoticeIsFoundWithinAMinute) {
  start();
  must(outbox_->accept(draft("unnoticed"), clock_.wall_now()));
  clock_.advance(61s);
  EXPECT_THAT(ears_.said, ElementsAre("unnoticed"));
}

TEST_F(SenderTest, TG1_OneUnderWayAChatTwoABotInOrder) {
  start();
  http_.latency = 3s;
  for (int i = 0; i < 5; ++i) {
    say("s" + std::to_string(i));
    say("o" + std::to_string(i), Priority::signal, Chat::operators);
  }
  clock_.advance(1s);
  EXPECT_EQ(http_.in_flight, 2);
  clock_.advance(5min);
  EXPECT_EQ(http_.in_flight_most, 2);
  std::vector<std::string> signals;
  for (const auto& asked : http_.asked) {
    if (asked.chat() == "-1001") signals.push_back(asked.text());
  }
  EXPECT_THAT(signals, ElementsAre("s0", "s1", "s2", "s3", "s4"));
}

TEST_F(SenderTest, TG1_ChatsThatShareAnIdShareTheirLane) {
  start({{Chat::signals, {"-1001", std::nullopt}}, {Chat::operators, {"-1001", std::nullopt}}});
  EXPECT_EQ(sender_->lanes(), 1U);
  http_.latency = 3s;
  say("signal");
  say("operator", Priority::signal, Chat::operators);
  clock_.advance(1min);
  EXPECT_EQ(http_.in_flight_most, 1);
  EXPECT_THAT(ears_.said, ElementsAre("signal", "operator"));
}

TEST_F(SenderTest, TG1_EditsShareTheGroupsBudget) {
  start();
  const auto first = say("message");
  clock_.advance(1min);
  for (int i = 0; i < 600; ++i) {
    auto edit = draft("edit " + std::to_string(i));
    edit.op = Op::edit;
    edit.refers_to = first;
    accept(edit);
    if (i % 10 == 0) say("signal " + std::to_string(i));
    clock_.advance(1s);
  }
  int in_one_minute = 0;
  for (const auto& asked : http_.asked) in_one_minute += asked.at >= start_time + 5min && asked.at < start_time + 6min;
  EXPECT_LE(in_one_minute, 20);
  EXPECT_GE(in_one_minute, 17);
}

TEST_F(SenderTest, TG12_ACriticalRowOvertakesALineThatWaitsForItsPace) {
  start();
  for (int i = 0; i < 10; ++i) say("signal " + std::to_string(i));
  clock_.advance(500ms);
  say("critical", Priority::critical);
  clock_.advance(10s);
  ASSERT_GE(http_.asked.size(), 2U);
  EXPECT_EQ(http_.asked[1].text(), "critical");
}

TEST_F(SenderTest, TG11_CoalescedEditsSendTheNewestTextOnly) {
  start();
  const auto id = say("episode");
  clock_.advance(1s);
  for (int i = 0; i < 5; ++i) {
    auto edit = draft("edit " + std::to_string(i));
    edit.html = base::Html::text("total " + std::to_string(i));
    edit.op = Op::edit;
    edit.refers_to = id;
    must(outbox_->accept(edit, clock_.wall_now()));
  }
  sender_->notice();
  clock_.advance(1min);
  EXPECT_THAT(texts(), ElementsAre("episode", "total 4"));
  EXPECT_EQ(http_.asked[1].method(), "editMessageText");
  EXPECT_EQ(http_.asked[1].body["message_id"], 1'001);
}

TEST_F(SenderTest, RepliesNameTheirMessageAndKeepThreadAndSilence) {
  start({{Chat::signals, {"-1001", 5}}});
  const auto id = say("episode");
  auto reply = draft("reply");
  reply.op = Op::reply;
  reply.refers_to = id;
  reply.silent = true;
  accept(reply);
  clock_.advance(1min);
  ASSERT_EQ(http_.asked.size(), 2U);
  EXPECT_EQ(http_.asked[1].body["reply_parameters"]["message_id"], 1'001);
  EXPECT_EQ(http_.asked[1].body["message_thread_id"], 5);
  EXPECT_EQ(http_.asked[1].body["disable_notification"], true);
}

TEST_F(SenderTest, TG4_ALongMessageGoesInNumberedPartsAndGoesOnAfterARestart) {
  start();
  auto what = draft("long");
  std::string words;
  for (int i = 0; i < 2'000; ++i) words += "word" + std::to_string(i) + " ";
  what.html = base::Html::text(words);
  const auto id = accept(what);
  clock_.advance(2s);
  ASSERT_EQ(http_.asked.size(), 1U);
  restart();
  clock_.advance(1min);
  EXPECT_EQ(row(id).state, RowState::sent);
  EXPECT_EQ(row(id).message_id, 1'001);
  ASSERT_GE(http_.asked.size(), 3U);
  for (std::size_t i = 0; i < http_.asked.size(); ++i)
    EXPECT_THAT(http_.asked[i].text(), testing::StartsWith("<b>" + std::to_string(i + 1) + "/" +
                                                           std::to_string(http_.asked.size()) + "</b>\n"));
  EXPECT_THAT(ears_.said, ElementsAre("long"));
}

TEST_F(SenderTest, HA3_WithoutTheLeaseNothingGoesOut) {
  lease_.value = false;
  start();
  const auto id = say("hello");
  clock_.advance(1min);
  EXPECT_THAT(http_.asked, IsEmpty());
  EXPECT_EQ(row(id).attempts, 0);
  lease_.value = true;
  clock_.advance(2s);
  EXPECT_EQ(row(id).state, RowState::sent);
}

TEST_F(SenderTest, HA3_TheLeaseIsAskedRightBeforeEachSend) {
  start();
  for (int i = 0; i < 3; ++i) say(std::to_string(i));
  clock_.advance(1min);
  EXPECT_GE(lease_.asked, 6) << "before a row is taken, and again before it goes";
}

TEST_F(SenderTest, F3_FlushWaitsForWhatCanGoOutInTime) {
  start();
  for (int i = 0; i < 3; ++i) say(std::to_string(i), Priority::signal, Chat::operators);
  std::int64_t left = -1;
  base::WallTime ended;
  const auto flush = [&]() -> boost::asio::awaitable<void> {
    left = co_await sender_->flush(clock_.steady_now() + 10s);
    ended = clock_.wall_now();
  };
  tasks_->spawn("flush", flush());
  clock_.advance(10s);
  EXPECT_EQ(left, 0);
  EXPECT_EQ(ears_.said.size(), 3U);
  EXPECT_LT(ended, start_time + 3s) << "no longer than needed";
}

TEST_F(SenderTest, F3_FlushDoesNotWaitForWhatCannotGoOutInTime) {
  http_.always = FakeTelegram::refusal(429, "Too Many Requests", R"({"retry_after":600})");
  start();
  say("hello");
  clock_.advance(1s);
  std::int64_t left = -1;
  const auto flush = [&]() -> boost::asio::awaitable<void> {
    left = co_await sender_->flush(clock_.steady_now() + 10s);
  };
  tasks_->spawn("flush", flush());
  clock_.advance(200ms);
  EXPECT_EQ(left, 1);
}

TEST_F(SenderTest, TheTerminalShowsWhatAChannelWouldSee) {
  use_terminal = true;
  start();
  auto what = draft("k");
  what.sink = "terminal";
  what.html = base::Html::bold("BTC < 10");
  const auto id = accept(what);
  auto edit = what;
  edit.dedupe_key = "e";
  edit.op = Op::edit;
  edit.refers_to = id;
  clock_.advance(1ms);
  accept(edit);
  clock_.advance(1ms);
  EXPECT_THAT(printed_, ElementsAre("BTC < 10", "[edit of 1] BTC < 10"));
  EXPECT_THAT(http_.asked, IsEmpty());
}

}  // namespace sender_test
