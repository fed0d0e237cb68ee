// What can go wrong between a row and its reader, and what the sender does about it (TG-2, TG-3, CR-5, F-22, F-23).
#include "tests/unit/telegram/world.hpp"

namespace sender_failure_test {
using namespace test;
using store::Chat;
using store::Priority;
using store::RowState;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* mark = "\n<i>(possible repeat)</i>";

class SenderFailure : public World {};

TEST_F(SenderFailure, TG2_AFloodPausesTheChatAndKeepsTheOrder) {
  http_.next.push_back(FakeTelegram::refusal(429, "Too Many Requests", R"({"retry_after":30})"));
  start();
  say("first");
  say("second");
  clock_.advance(30s);
  EXPECT_EQ(http_.asked.size(), 1U);
  clock_.advance(1min);
  EXPECT_THAT(texts(), ElementsAre("first", "first", "second"));
  EXPECT_GE(http_.asked[1].at - http_.asked[0].at, 30'500ms);
  EXPECT_THAT(ears_.failures, ElementsAre("flood/pending"));
}

TEST_F(SenderFailure, TG2_APauseSurvivesARestartAndAClockThatWasSetBack) {
  http_.next.push_back(FakeTelegram::refusal(429, "Too Many Requests", R"({"retry_after":300})"));
  start();
  say("first");
  clock_.advance(1s);
  stop();
  clock_.step_wall(-24h);
  start();
  clock_.advance(295s);
  EXPECT_EQ(http_.asked.size(), 1U);
  clock_.advance(10s);
  EXPECT_EQ(http_.asked.size(), 2U);
}

TEST_F(SenderFailure, TG2_TheOtherChatGoesOn) {
  http_.next.push_back(FakeTelegram::refusal(429, "Too Many Requests", R"({"retry_after":300})"));
  start();
  say("signal");
  clock_.advance(1s);
  say("operator", Priority::signal, Chat::operators);
  clock_.advance(1s);
  EXPECT_THAT(ears_.said, ElementsAre("operator"));
}

TEST_F(SenderFailure, TG3_AMigratedChatKeepsItsNewIdForEver) {
  http_.next.push_back(FakeTelegram::refusal(400, "Bad Request: group chat was upgraded to a supergroup chat",
                                             R"({"migrate_to_chat_id":-100999})"));
  start();
  say("first");
  clock_.advance(10s);
  ASSERT_EQ(http_.asked.size(), 2U);
  EXPECT_EQ(http_.asked[1].chat(), "-100999");
  EXPECT_THAT(ears_.said, ElementsAre("first"));
  restart();
  say("second");
  clock_.advance(10s);
  EXPECT_EQ(http_.asked.back().chat(), "-100999");
}

TEST_F(SenderFailure, TG3_AClosedChatIsToldInTheOtherAndNothingIsLost) {
  http_.next.push_back(FakeTelegram::refusal(403, "Forbidden: bot was kicked from the channel chat"));
  start();
  const auto first = say("first");
  say("second");
  clock_.advance(50min);
  ASSERT_EQ(http_.asked.size(), 2U);
  EXPECT_EQ(http_.asked[1].chat(), "77");
  EXPECT_THAT(http_.asked[1].text(), HasSubstr("Cannot post to the signals chat"));
  EXPECT_THAT(http_.asked[1].text(), HasSubstr("bot was kicked"));
  EXPECT_EQ(row(first).state, RowState::pending);
  clock_.advance(15min);
  EXPECT_THAT(ears_.said, testing::IsSupersetOf({"first", "second"})) << "the hourly probe found it open again";
}

TEST_F(SenderFailure, TG3_AnInvalidTokenStopsTalkingAndLosesNothing) {
  http_.always = FakeTelegram::refusal(401, "Unauthorized");
  start();
  const auto id = say("first");
  clock_.advance(4min);
  EXPECT_EQ(http_.asked.size(), 1U);
  EXPECT_THAT(ears_.failures, ElementsAre("unauthorised/pending"));
  EXPECT_EQ(row(id).state, RowState::pending);
}

TEST_F(SenderFailure, TG3_HtmlThatDoesNotParseGoesOnceAsPlainText) {
  http_.next.push_back(FakeTelegram::refusal(400, "Bad Request: can't parse entities: Unclosed start tag"));
  start();
  auto what = draft("k");
  what.html = base::Html::bold("a < b");
  const auto id = accept(what);
  clock_.advance(10s);
  EXPECT_THAT(texts(), ElementsAre("<b>a &lt; b</b>", "a < b"));
  EXPECT_FALSE(http_.asked[1].body.contains("parse_mode"));
  EXPECT_EQ(row(id).state, RowState::sent);
  EXPECT_THAT(ears_.failures, ElementsAre("bad_html/pending")) << "counted as a bug of ours";
}

TEST_F(SenderFailure, TG3_PlainTextThatIsRefusedTooIsGivenUp) {
  http_.always = FakeTelegram::refusal(400, "Bad Request: can't parse entities: x");
  start();
  const auto id = say("k");
  clock_.advance(1min);
  EXPECT_EQ(http_.asked.size(), 2U);
  EXPECT_EQ(row(id).state, RowState::dead);
}

TEST_F(SenderFailure, TG3_AnEditThatChangesNothingIsDone) {
  start();
  const auto id = say("episode");
  clock_.advance(1s);
  http_.next.push_back(FakeTelegram::refusal(400, "Bad Request: message is not modified"));
  auto edit = draft("edit");
  edit.op = store::Op::edit;
  edit.refers_to = id;
  const auto edit_id = accept(edit);
  clock_.advance(10s);
  EXPECT_EQ(row(edit_id).state, RowState::sent);
  EXPECT_THAT(ears_.failures, IsEmpty());
}

TEST_F(SenderFailure, TG3_AMissingTopicFallsBackToTheChat) {
  http_.next.push_back(FakeTelegram::refusal(400, "Bad Request: message thread not found"));
  start({{Chat::signals, {"-1001", 5}}});
  say("first");
  clock_.advance(10s);
  ASSERT_EQ(http_.asked.size(), 2U);
  EXPECT_TRUE(http_.asked[0].body.contains("message_thread_id"));
  EXPECT_FALSE(http_.asked[1].body.contains("message_thread_id"));
  EXPECT_THAT(ears_.failures, ElementsAre("thread_not_found/pending"));
}

TEST_F(SenderFailure, TG3_AnUnknownRefusalDoesNotBlockTheLine) {
  http_.next.push_back(FakeTelegram::refusal(400, "Bad Request: something new"));
  start();
  const auto id = say("first");
  say("second");
  clock_.advance(10s);
  EXPECT_EQ(row(id).state, RowState::dead);
  EXPECT_EQ(row(id).last_error, "400 Bad Request: something new");
  EXPECT_THAT(ears_.said, ElementsAre("second"));
}

TEST_F(SenderFailure, TG3_ServerTroubleIsRetriedWithGrowingWaitsUpToAMinute) {
  http_.always = FakeTelegram::refusal(500, "Internal Server Error: restart");
  start();
  say("first");
  clock_.advance(10min);
  std::vector<std::int64_t> gaps;  // the test's jitter is the full one
  for (std::size_t i = 1; i < http_.asked.size(); ++i)
    gaps.push_back(std::chrono::round<std::chrono::seconds>(http_.asked[i].at - http_.asked[i - 1].at).count());
  ASSERT_GE(gaps.size(), 9U);
  gaps.erase(gaps.begin());  // shaped by the pace of a group as well
  gaps.resize(7);
  EXPECT_THAT(gaps, ElementsAre(testing::Ge(2), 4, 8, 16, 32, 60, 60));
  http_.always = nullptr;
  clock_.advance(2min);
  EXPECT_THAT(http_.asked.back().text(), testing::StartsWith("first\n<i>⏳ sent late"));
  EXPECT_THAT(http_.asked.back().text(), testing::Not(HasSubstr("repeat"))) << "Telegram said that it failed: no mark";
  EXPECT_THAT(ears_.said, ElementsAre("first"));
}

TEST_F(SenderFailure, CR5_ARequestThatNeverLeftIsSentAgainUnmarked) {
  http_.next.push_back(FakeTelegram::broken(base::Delivery::not_sent));
  start();
  say("signal");
  const auto beat = say("beat", Priority::heartbeat);
  clock_.advance(1min);
  EXPECT_THAT(texts(), ElementsAre("signal", "signal", "beat"));
  EXPECT_EQ(row(beat).state, RowState::sent);
}

TEST_F(SenderFailure, CR5_ASignalInDoubtIsRepeatedWithAMarkAHeartbeatIsDropped) {
  http_.next.push_back(FakeTelegram::broken(base::Delivery::unknown));
  start();
  say("signal");
  clock_.advance(1min);
  EXPECT_THAT(texts(), ElementsAre("signal", std::string("signal") + mark));
  http_.next.push_back(FakeTelegram::broken(base::Delivery::unknown));
  const auto beat = say("beat", Priority::heartbeat);
  clock_.advance(1min);
  EXPECT_EQ(row(beat).state, RowState::unknown);
  EXPECT_EQ(http_.asked.size(), 3U);
}

TEST_F(SenderFailure, CR5_TheMarkIsNotRepeatedHoweverManySendsAreInDoubt) {
  for (int i = 0; i < 3; ++i) http_.next.push_back(FakeTelegram::broken(base::Delivery::unknown));
  start();
  say("signal");
  clock_.advance(5min);
  EXPECT_EQ(texts().back(), std::string("signal") + mark);
  EXPECT_THAT(ears_.said, ElementsAre("signal"));
}

TEST_F(SenderFailure, CR5_ASendCutOffByTheEndOfTheProcessIsRepeatedOnceWithAMark) {
  http_.latency = 15s;
  start();
  const auto signal = say("signal");
  const auto waiting = say("waiting");
  clock_.advance(1s);
  EXPECT_EQ(row(signal).state, RowState::sending);
  restart();
  EXPECT_EQ(recovered_.to_repeat, 1);
  clock_.advance(1min);
  EXPECT_THAT(texts(), ElementsAre("signal", std::string("signal") + mark, "waiting"));
  EXPECT_EQ(row(waiting).state, RowState::sent);
  restart();
  clock_.advance(1min);
  EXPECT_EQ(http_.asked.size(), 3U);
}

TEST_F(SenderFailure, CR5_AHeartbeatCutOffByTheEndOfTheProcessIsNotRepeated) {
  http_.latency = 15s;
  start();
  const auto beat = say("beat", Priority::heartbeat);
  clock_.advance(1s);
  restart();
  EXPECT_EQ(recovered_.dropped, 1);
  clock_.advance(1min);
  EXPECT_EQ(http_.asked.size(), 1U);
  EXPECT_EQ(row(beat).state, RowState::unknown);
}

TEST_F(SenderFailure, F4_AnOutcomeThatTheDiskDoesNotTakeIsWrittenLaterNotSentAgain) {
  http_.latency = 5s;
  start();
  const auto id = say("signal");
  clock_.advance(1s);
  must(database_->query("PRAGMA query_only = 1", {}, [](const store::Row&) {}));  // writes fail, as on a full disk
  clock_.advance(1min);
  EXPECT_FALSE(ears_.store_errors.empty());
  EXPECT_EQ(http_.asked.size(), 1U);
  must(database_->query("PRAGMA query_only = 0", {}, [](const store::Row&) {}));
  clock_.advance(10s);
  EXPECT_EQ(row(id).state, RowState::sent);
  EXPECT_EQ(http_.asked.size(), 1U);
  EXPECT_THAT(ears_.said, ElementsAre("signal"));
}

TEST_F(SenderFailure, F23_ADayWithoutTelegramLosesNoSignalAndFloodsNobodyAfterwards) {
  http_.always = FakeTelegram::broken(base::Delivery::not_sent);
  start();
  int signals = 0;
  for (int hour = 0; hour < 24; ++hour) {
    for (int i = 0; i < 10; ++i) say("signal " + std::to_string(signals++));
    auto beat = draft("beat " + std::to_string(hour), Priority::heartbeat);
    beat.expires = clock_.wall_now() + 2h;
    accept(beat);
    clock_.advance(1h);
    if (hour == 12) restart();
  }
  EXPECT_LT(http_.asked.size(), 24U * 130U);
  http_.asked.clear();
  http_.always = nullptr;
  clock_.advance(1h);
  std::vector<std::string> expected;
  for (int i = 0; i < signals; ++i) expected.push_back("signal " + std::to_string(i));
  std::vector<std::string> seen;
  for (const auto& text : texts()) {
    if (text.starts_with("signal")) seen.push_back(text.substr(0, text.find('\n')));  // without its "sent late"
  }
  EXPECT_EQ(seen, expected);
  EXPECT_LE(http_.asked.size(), expected.size() + 2) << "old heartbeats are not said any more";
  std::size_t oldest = 0;
  for (std::size_t i = 0; i < http_.asked.size(); ++i) {
    while (http_.asked[i].at - http_.asked[oldest].at >= 60s) ++oldest;
    ASSERT_LE(i - oldest + 1, 20U);
  }
}

TEST_F(SenderFailure, TG16_TheTokenIsInNoErrorNoRowAndNoState) {
  http_.next.push_back(FakeTelegram::broken(base::Delivery::unknown));
  http_.next.push_back(FakeTelegram::broken(base::Delivery::not_sent));
  start();
  const auto id = say("signal");
  clock_.advance(2s);
  EXPECT_THAT(row(id).last_error, HasSubstr("reset by"));
  EXPECT_THAT(row(id).last_error, Not(HasSubstr("TOKEN")));
  clock_.advance(1min);
  EXPECT_THAT(ears_.texts, Not(HasSubstr("TOKEN")));
  stop();
  for (const char* file : {"volume.db", "volume.db-wal"})
    EXPECT_THAT(read_bytes(folder_ / file), Not(HasSubstr("TOKEN"))) << file;
}

TEST_F(SenderFailure, TG3_IdentifyTellsAWrongToken) {
  http_.next.push_back(FakeTelegram::refusal(401, "Unauthorized"));
  http_.next.push_back(FakeTelegram::broken(base::Delivery::not_sent));
  start();
  std::vector<base::ErrorKind> kinds;
  const auto ask = [&]() -> boost::asio::awaitable<void> {
    for (int i = 0; i < 2; ++i) {
      const auto identity = co_await telegram_.identify();
      if (identity) continue;
      kinds.push_back(identity.error().kind);
      EXPECT_THAT(identity.error().text(), Not(HasSubstr("TOKEN")));
    }
  };
  tasks_->spawn("ask", ask());
  clock_.advance(1s);
  EXPECT_THAT(kinds, ElementsAre(base::ErrorKind::permission, base::ErrorKind::network));
}

}  // namespace sender_failure_test
