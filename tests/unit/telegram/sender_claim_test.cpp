// A new message whose line is idle enters the outbox as `sending` and goes without another commit (decision 0009).
#include <functional>

#include "tests/unit/telegram/world.hpp"

namespace sender_claim_test {
using namespace test;
using store::Chat;
using store::RowState;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SenderClaim : public World {
 protected:
  /// As the desk does it: claim and row in one transaction, the sender hears of it afterwards.
  store::Outbox::Accepted accept_claimed(const std::string& key) {
    const auto accepted = must(database_->transact([&]() -> base::Result<store::Outbox::Accepted> {
      auto what = draft(key);
      what.html = base::Html::text(key);
      what.claim = sender_->claim(Chat::signals);
      return outbox_->accept(what, clock_.wall_now());
    }));
    return accepted;
  }
  std::int64_t post(const std::string& key) {
    const auto accepted = accept_claimed(key);
    if (accepted.claimed)
      sender_->take(Chat::signals, accepted.id);
    else
      sender_->notice();
    return accepted.id;
  }
};

TEST_F(SenderClaim, CR5_AClaimedRowGoesOutAtOnceAndOnce) {
  start();
  const auto id = post("signal");
  EXPECT_EQ(row(id).state, RowState::sending) << "committed before the call";
  EXPECT_THAT(http_.asked, IsEmpty());
  clock_.advance(0ms);
  EXPECT_THAT(texts(), ElementsAre("signal"));
  clock_.advance(100ms);
  EXPECT_EQ(row(id).state, RowState::sent);
  EXPECT_EQ(row(id).attempts, 1);
  EXPECT_THAT(ears_.said, ElementsAre("signal"));
  clock_.advance(10min);
  EXPECT_THAT(texts(), ElementsAre("signal"));
}

TEST_F(SenderClaim, CR5_ThereIsNoClaimUnlessTheLineCanSendThisInstant) {
  struct Case {
    const char* name;
    std::function<void()> before;
    bool ready;
  };
  const Case cases[] = {
      {"idle", [] {}, true},
      {"no lease", [this] { lease_.value = false; }, false},
      {"the limiter wants a pause", [this] { say("a"), clock_.advance(100ms); }, false},
      {"and had it", [this] { say("a"), clock_.advance(4s); }, true},
      {"under way", [this] { http_.latency = 5s, say("a"), clock_.advance(4s); }, false},
      {"Telegram told it to wait",
       [this] {
         http_.next.push_back(FakeTelegram::refusal(429, "Too Many Requests", R"({"retry_after":300})"));
         say("a"), clock_.advance(10s);
       },
       false},
      {"another chat is busy",
       [this] { http_.latency = 5s, say("a", store::Priority::signal, Chat::operators), clock_.advance(1s); }, true},
      {"an outcome is not written yet",
       [this] {
         http_.latency = 5s, say("a"), clock_.advance(1s);
         must(database_->query("PRAGMA query_only = 1", {}, [](const store::Row&) {}));
         clock_.advance(6s);
         must(database_->query("PRAGMA query_only = 0", {}, [](const store::Row&) {}));
       },
       false},
      {"woken, and about to look", [this] { sender_->notice(); }, false},
      {"the lanes ended", [this] { tasks_->stop(), clock_.advance(0ms); }, false},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.name);
    stop();
    std::filesystem::remove_all(folder_.path());
    std::filesystem::create_directory(folder_.path());
    lease_.value = true;
    http_.latency = 50ms;
    http_.next.clear();
    start();
    clock_.advance(5min);
    one.before();
    EXPECT_EQ(!sender_->claim(Chat::signals).empty(), one.ready);
    lease_.value = true;
    clock_.advance(1h);
  }
}

TEST_F(SenderClaim, CR5_ChatsThatShareALaneShareItsClaim) {
  start({{Chat::signals, {"77", std::nullopt}}, {Chat::operators, {"77", std::nullopt}}});
  EXPECT_THAT(sender_->claim(Chat::signals), ElementsAre(Chat::signals, Chat::operators));
}

TEST_F(SenderClaim, CR5_WhatCannotGoAfterAllStandsInTheLineAgainAndIsNotMarked) {
  struct Case {
    const char* name;
    std::function<void()> between, after;
  };
  const Case cases[] = {
      {"the lease is lost", [this] { lease_.value = false; }, [this] { lease_.value = true; }},
      {"others used the limiter up",
       [this] {
         const auto talk = [this]() -> boost::asio::awaitable<void> {
           const telegram::Sender::Direct what{Chat::signals, base::Html::text("past the outbox"), false, false};
           (void)co_await sender_->post_direct(what);
         };
         tasks_->spawn("talk", talk());
         io_.poll();
       },
       [] {}},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.name);
    stop();
    std::filesystem::remove_all(folder_.path());
    std::filesystem::create_directory(folder_.path());
    start();
    clock_.advance(5min);
    http_.asked.clear();
    const auto accepted = accept_claimed("signal");
    ASSERT_TRUE(accepted.claimed);
    one.between();
    sender_->take(Chat::signals, accepted.id);
    say("later");
    clock_.advance(100ms);
    EXPECT_EQ(row(accepted.id).state, RowState::pending);
    EXPECT_EQ(row(accepted.id).attempts, 0);
    one.after();
    clock_.advance(1min);
    auto said = texts();
    ASSERT_GE(said.size(), 2U);
    EXPECT_EQ(said[said.size() - 2], "signal") << "in its order, without a mark";
    EXPECT_EQ(said.back(), "later");
    EXPECT_EQ(row(accepted.id).state, RowState::sent);
  }
}

TEST_F(SenderClaim, CR5_WhatComesMeanwhileGoesAfterIt) {
  start();
  post("first");
  EXPECT_EQ(row(post("second")).state, RowState::pending);
  clock_.advance(1min);
  EXPECT_THAT(texts(), ElementsAre("first", "second"));
}

TEST_F(SenderClaim, CR5_AClaimedRowThatTheProcessDidNotLiveToSendIsRepeatedWithAMark) {
  start();
  const auto accepted = accept_claimed("signal");
  ASSERT_TRUE(accepted.claimed);
  restart();
  EXPECT_EQ(recovered_.to_repeat, 1);
  clock_.advance(1min);
  ASSERT_EQ(http_.asked.size(), 1U);
  EXPECT_THAT(texts()[0], HasSubstr("possible repeat"));
}

TEST_F(SenderClaim, F3_AFlushWaitsForIt) {
  start();
  post("signal");
  std::optional<std::int64_t> left;
  const auto flush = [&]() -> boost::asio::awaitable<void> {
    left = co_await sender_->flush(clock_.steady_now() + 10s);
  };
  tasks_->spawn("flush", flush());
  clock_.advance(1s);
  EXPECT_EQ(left, 0);
  EXPECT_THAT(ears_.said, ElementsAre("signal"));
}

TEST_F(SenderClaim, CR2_AReadThatFailsKeepsItForTheNextLook) {
  start();
  const auto accepted = accept_claimed("signal");
  must(database_->change("ALTER TABLE outbox RENAME TO gone"));
  sender_->take(Chat::signals, accepted.id);
  clock_.advance(1s);
  EXPECT_FALSE(ears_.store_errors.empty());
  must(database_->change("ALTER TABLE gone RENAME TO outbox"));
  EXPECT_THAT(sender_->claim(Chat::signals), IsEmpty()) << "one is claimed already";
  clock_.advance(10s);
  EXPECT_THAT(ears_.said, ElementsAre("signal"));
}

TEST_F(SenderClaim, TheLanesAreIdleBetweenMessages) {
  start();
  EXPECT_TRUE(sender_->idle());
  post("signal");
  EXPECT_FALSE(sender_->idle());
  clock_.advance(10ms);
  EXPECT_FALSE(sender_->idle()) << "under way";
  clock_.advance(1s);
  EXPECT_TRUE(sender_->idle());
}

}  // namespace sender_claim_test
