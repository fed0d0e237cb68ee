// Rows that hold a picture (decision 0019).
#include "tests/unit/store/support.hpp"

namespace outbox_picture_test {
using store::Chat;
using store::Op;
using store::Outbox;
using store::Priority;
using store::RowState;
using test::draft;
using test::must;
using test::start_time;
using test::TempFolder;

class OutboxPicture : public testing::Test {
 protected:
  std::int64_t accept(const store::Draft& what) { return must(outbox_.accept(what, now_)).id; }
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
  void send(std::int64_t id) {
    must(outbox_.mark_sending(id));
    must(outbox_.mark_sent(id, 100, now_));
  }

  TempFolder folder_;
  std::unique_ptr<store::Database> database_ = test::open_bot(folder_);
  Outbox outbox_{*database_};
  base::WallTime now_ = start_time;
};

TEST_F(OutboxPicture, APictureBelongsToAMessageThatWasSent) {
  const auto reply_with = [&](std::int64_t target, std::string key, std::string picture) {
    auto what = draft(std::move(key), Priority::reply);
    what.op = Op::reply;
    what.refers_to = target;
    what.picture = std::move(picture);
    return accept(what);
  };
  const auto dead = accept(draft("dead"));
  must(outbox_.mark_dead(dead, "refused", now_));
  const auto orphan = reply_with(dead, "orphan", "{}");
  EXPECT_EQ(next_key(), "");
  EXPECT_EQ(state(orphan), RowState::dead);
  reply_with(dead, "words", "");
  EXPECT_EQ(next_key(), "words") << "a reply without a picture says it all the same";
  send(next().row->id);
  const auto sent = accept(draft("sent"));
  const auto picture = reply_with(sent, "picture", "{}");
  EXPECT_EQ(next_key(), "sent");
  send(sent);
  EXPECT_EQ(next().row->id, picture);
  auto alone = draft("report");
  alone.picture = "{}";
  send(picture);
  accept(alone);
  EXPECT_EQ(next_key(), "report");
}

TEST_F(OutboxPicture, F23_APictureCountsAgainstTheBounds) {
  Outbox small(*database_, {100, 2'000});
  auto what = draft("picture", Priority::reply);
  what.picture = std::string(3'000, 'x');
  const auto accepted = must(small.accept(what, now_));
  EXPECT_EQ(accepted.dropped, 1);
  EXPECT_EQ(row(accepted.id).state, RowState::dead);
  EXPECT_EQ(row(accepted.id).draft.picture, "");
}

TEST(OutboxMigration, RowsFromBeforePicturesComeBackWithoutOne) {
  const TempFolder folder;
  {
    auto old = must(store::Database::open(folder / "volume.db", store::bot_migrations().first(1), {}));
    must(old.database->change(
        "INSERT INTO outbox (dedupe_key, sink, chat, priority, op, html, silent, repeatable, state, place, next_at_ms, "
        "created_ms) VALUES ('old', 'telegram', 'signals', 1, 'send', 'words', 0, 1, 'pending', 1, 0, 0)",
        {}));
  }
  const auto database = test::open_bot(folder);
  Outbox outbox(*database);
  const auto found = must(outbox.find(1));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->draft.html.str(), "words");
  EXPECT_EQ(found->draft.picture, "");
}

}  // namespace outbox_picture_test
