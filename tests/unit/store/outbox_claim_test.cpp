// A row that enters as `sending`, because its line is idle and the sender is ready (decision 0009).
#include <functional>

#include <gmock/gmock.h>

#include "common/store/outbox.hpp"
#include "tests/unit/store/support.hpp"

namespace outbox_claim_test {
using namespace std::chrono_literals;
using store::Chat;
using store::Outbox;
using store::RowState;
using test::draft;
using test::must;
using test::start_time;

/// A file and an outbox that are new for each case.
struct Fresh {
  test::TempFolder folder;
  std::unique_ptr<store::Database> database{test::open_bot(folder)};
  Outbox outbox{*database};

  std::int64_t accept(store::Draft what) { return must(outbox.accept(what, start_time)).id; }
  std::int64_t accept_in(Chat chat, const std::string& sink = "telegram") {
    auto what = draft("before");
    what.chat = chat;
    what.sink = sink;
    return accept(what);
  }
  store::OutboxRow row(std::int64_t id) { return must(outbox.find(id)).value(); }
};

store::Draft claimed(std::vector<Chat> line, bool repeatable = true) {
  auto out = draft("k");
  out.claim = std::move(line);
  out.repeatable = repeatable;
  return out;
}

TEST(OutboxClaim, CR5_ARowIsClaimedOnlyWhenNothingOfItsLineWaitsOrIsUnderWay) {
  const std::vector<Chat> own{Chat::signals};
  const std::vector<Chat> both{Chat::signals, Chat::operators};
  struct Case {
    const char* name;
    std::vector<Chat> line;
    std::function<void(Fresh&)> before;
    bool claimed;
  };
  const Case cases[] = {
      {"an empty outbox", own, [](Fresh&) {}, true},
      {"no claim", {}, [](Fresh&) {}, false},
      {"one waits", own, [](Fresh& at) { at.accept_in(Chat::signals); }, false},
      {"one is under way", own, [](Fresh& at) { must(at.outbox.mark_sending(at.accept_in(Chat::signals))); }, false},
      {"one waits for its retry", own,
       [](Fresh& at) {
         const auto id = at.accept_in(Chat::signals);
         must(at.outbox.mark_sending(id));
         must(at.outbox.mark_retry(id, start_time + 1h, "e", false, start_time));
       },
       false},
      {"one was sent", own,
       [](Fresh& at) {
         const auto id = at.accept_in(Chat::signals);
         must(at.outbox.mark_sending(id));
         must(at.outbox.mark_sent(id, 1, start_time));
       },
       true},
      {"one waits in another line", own, [](Fresh& at) { at.accept_in(Chat::operators); }, true},
      {"one is under way in another line", own,
       [](Fresh& at) { must(at.outbox.mark_sending(at.accept_in(Chat::operators))); }, true},
      {"the line has two chats, the other one waits", both, [](Fresh& at) { at.accept_in(Chat::operators); }, false},
      {"one waits for another sink", own, [](Fresh& at) { at.accept_in(Chat::signals, "terminal"); }, true},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.name);
    Fresh at;
    one.before(at);
    const auto accepted = must(at.outbox.accept(claimed(one.line), start_time));
    EXPECT_EQ(accepted.claimed, one.claimed);
    const auto row = at.row(accepted.id);
    EXPECT_EQ(row.state, one.claimed ? RowState::sending : RowState::pending);
    EXPECT_EQ(row.attempts, one.claimed ? 1 : 0);
  }
}

TEST(OutboxClaim, CR5_AKnownKeyIsNotClaimedAndAnEditNeverIs) {
  Fresh at;
  const auto first = must(at.outbox.accept(claimed({Chat::signals}), start_time));
  must(at.outbox.mark_sent(first.id, 7, start_time));
  const auto again = must(at.outbox.accept(claimed({Chat::signals}), start_time));
  EXPECT_TRUE(again.duplicate);
  EXPECT_FALSE(again.claimed);
  auto edit = claimed({Chat::signals});
  edit.dedupe_key = "edit";
  edit.op = store::Op::edit;
  edit.refers_to = first.id;
  EXPECT_FALSE(must(at.outbox.accept(edit, start_time)).claimed);
}

TEST(OutboxClaim, CR5_AClaimedRowThatWasCutOffIsInDoubtLikeAnyOther) {
  for (const bool repeatable : {true, false}) {
    Fresh at;
    const auto id = at.accept(claimed({Chat::signals}, repeatable));
    const auto recovered = must(at.outbox.recover_after_restart(start_time));
    EXPECT_EQ(recovered.to_repeat, repeatable ? 1 : 0);
    EXPECT_EQ(at.row(id).state, repeatable ? RowState::pending : RowState::unknown);
    EXPECT_EQ(at.row(id).ambiguous, repeatable);
  }
}

TEST(OutboxClaim, CR5_AClaimedRowThatCouldNotGoStandsInTheLineAgainUntried) {
  Fresh at;
  const auto id = at.accept(claimed({Chat::signals}));
  at.accept_in(Chat::signals);
  must(at.outbox.mark_not_tried(id));
  EXPECT_EQ(at.row(id).attempts, 0);
  const Chat chats[] = {Chat::signals};
  EXPECT_EQ(must(at.outbox.next_due("telegram", chats, start_time)).row->id, id) << "before what came later";
}

TEST(OutboxClaim, CR5_TheCallersTransactionTakesItBack) {
  Fresh at;
  const auto done = at.database->transact([&]() -> base::Result<void> {
    EXPECT_TRUE(must(at.outbox.accept(claimed({Chat::signals}), start_time)).claimed);
    return base::Error(base::ErrorKind::storage, "test", "the rest failed");
  });
  EXPECT_FALSE(done);
  EXPECT_EQ(must(at.outbox.stats()).pending, 0);
}

}  // namespace outbox_claim_test
