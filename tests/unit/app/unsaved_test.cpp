// What is posted past the outbox while the disk takes nothing.
#include "common/app/unsaved.hpp"

#include "tests/unit/telegram/world.hpp"

namespace unsaved_test {
using namespace test;
using store::Chat;
using testing::ElementsAre;

class UnsavedTest : public World {
 protected:
  void SetUp() override {
    start();
    unsaved_ = std::make_unique<app::Unsaved>(*sender_, clock_, [](const base::Error&) {});
    tasks_->spawn("unsaved", unsaved_->run());
  }
  void TearDown() override {
    stop();
    unsaved_.reset();
  }
  void offer(const std::string& key, const std::string& text) {
    unsaved_->offer({key, Chat::signals, base::Html::text(text), true});
  }
  std::unique_ptr<app::Unsaved> unsaved_;
};

TEST_F(UnsavedTest, CR2_WhatWasPostedIsKnownByItsKeyUntilItIsForgotten) {
  offer("a", "old");
  offer("a", "ignored");
  clock_.advance(10s);
  EXPECT_THAT(texts(), ElementsAre("old"));
  ASSERT_TRUE(unsaved_->posted("a"));
  EXPECT_EQ(unsaved_->posted("a")->message_id, 1'001);
  unsaved_->forget("a");
  EXPECT_FALSE(unsaved_->posted("a"));
}

TEST_F(UnsavedTest, CR2_WhatNobodyWillBringToTheOutboxIsNotTakenForTheNextOfItsKey) {
  offer("posted", "old");
  clock_.advance(10s);
  unsaved_->let_go("posted");
  EXPECT_FALSE(unsaved_->posted("posted")) << "the next signal of this key would be marked sent with an old id";
  offer("waiting", "said");
  unsaved_->let_go("waiting");
  clock_.advance(10s);
  EXPECT_THAT(texts(), ElementsAre("old", "said")) << "it is still said";
  EXPECT_FALSE(unsaved_->posted("waiting"));
  EXPECT_EQ(unsaved_->size(), 0U);
  unsaved_->let_go("unknown");
}

}  // namespace unsaved_test
