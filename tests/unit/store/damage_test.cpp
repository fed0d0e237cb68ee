// F-7: whatever happened to the bytes, the bot starts: with the rows it had, or with a fresh file beside the old one.
#include <random>

#include <gmock/gmock.h>

#include "tests/unit/store/support.hpp"

namespace damage_test {
using store::Database;
using test::must;
using test::TempFolder;

/// A bot's database with some rows, folded into one file.
std::string sample(const TempFolder& folder) {
  {
    auto database = test::open_bot(folder);
    store::Outbox outbox(*database);
    for (int i = 0; i < 40; ++i) must(outbox.accept(test::draft("key " + std::to_string(i)), test::start_time));
    must(database->checkpoint());
  }
  return test::read_bytes(folder / "volume.db");
}

struct Seen {
  int sound{};
  int set_aside{};
  int refused{};
};

/// Opens what lies there and uses it; a database that opened must work.
void open_and_use(const TempFolder& folder, Seen& seen) {
  auto opened = store::open_bot(folder.path(), "volume", test::start_time);
  if (!opened) {
    ++seen.refused;
    EXPECT_THAT(opened.error().text(), testing::HasSubstr("its schema is version")) << "only this may stop a start";
    return;
  }
  if (opened->set_aside) {
    ++seen.set_aside;
    EXPECT_TRUE(std::filesystem::exists(*opened->set_aside));
  } else {
    ++seen.sound;
  }
  store::Outbox outbox(*opened->database);
  const auto accepted = outbox.accept(test::draft("after"), test::start_time);
  const store::Chat chats[] = {store::Chat::signals};
  const auto next = outbox.next_due("telegram", chats, test::start_time);
  if (!opened->set_aside) return;
  EXPECT_TRUE(accepted) << test::error_text(accepted);
  ASSERT_TRUE(next && next->row);
  EXPECT_EQ(next->row->draft.dedupe_key, "after");
}

void clear(const TempFolder& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) std::filesystem::remove(entry.path());
}

TEST(Damage, F7_RandomByteFlipsNeverStopTheStart) {
  const TempFolder folder;
  const std::string sound = sample(folder);
  std::mt19937 random(20260101);
  Seen seen;
  for (int round = 0; round < 100; ++round) {
    clear(folder);
    std::string bytes = sound;
    const int flips = 1 + static_cast<int>(random() % 8);
    // Every other round aims at the header and the schema, where flips do the most harm.
    const std::size_t range = round % 2 == 0 ? bytes.size() : std::min<std::size_t>(bytes.size(), 4'096);
    for (int i = 0; i < flips; ++i) {
      auto& byte = bytes[random() % range];
      byte = static_cast<char>(byte ^ static_cast<char>(1U << (random() % 8)));
    }
    test::write_bytes(folder / "volume.db", bytes);
    open_and_use(folder, seen);
  }
  EXPECT_GT(seen.set_aside, 10);
  EXPECT_GT(seen.sound, 10);
  std::printf("100 flipped files: %d usable, %d set aside, %d refused as newer\n", seen.sound, seen.set_aside,
              seen.refused);
}

TEST(Damage, F7_EveryByteOfTheHeaderFlipped) {
  const TempFolder folder;
  const std::string sound = sample(folder);
  Seen seen;
  for (std::size_t at = 0; at < 100; ++at) {
    clear(folder);
    std::string bytes = sound;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x55);
    test::write_bytes(folder / "volume.db", bytes);
    open_and_use(folder, seen);
  }
  EXPECT_GT(seen.set_aside, 16) << "at least the magic words";
  EXPECT_LE(seen.refused, 4) << "only the four bytes of the schema version";
}

TEST(Damage, F7_TruncatedAtAnyLength) {
  const TempFolder folder;
  const std::string sound = sample(folder);
  Seen seen;
  for (std::size_t size = 0; size < sound.size(); size += size < 200 ? 1 : 4'099) {
    clear(folder);
    test::write_bytes(folder / "volume.db", std::string_view(sound).substr(0, size));
    open_and_use(folder, seen);
  }
  EXPECT_EQ(seen.refused, 0);
  EXPECT_EQ(seen.sound, 1) << "an empty file is a new one; every other length is damage";
}

TEST(Damage, F7_AnOtherFileInItsPlaceIsSetAsideWithItsLog) {
  const TempFolder folder;
  test::write_bytes(folder / "volume.db", "this is no database at all, but some text that a person left here\n");
  test::write_bytes(folder / "volume.db-wal", "rest");
  auto opened = must(store::open_bot(folder.path(), "volume", test::start_time));
  ASSERT_TRUE(opened.set_aside);
  EXPECT_EQ(*opened.set_aside, (folder / "volume.db.corrupt-20260101T000000Z").string());
  EXPECT_THAT(test::read_bytes(*opened.set_aside), testing::StartsWith("this is no database"));
}

TEST(Damage, F7_ASecondDamagedFileInTheSameSecondGetsItsOwnName) {
  const TempFolder folder;
  for (int i = 0; i < 2; ++i) {
    test::write_bytes(folder / "volume.db", std::string(5'000, 'x'));
    EXPECT_TRUE(must(store::open_bot(folder.path(), "volume", test::start_time)).set_aside);
  }
  EXPECT_TRUE(std::filesystem::exists(folder / "volume.db.corrupt-20260101T000000Z"));
  EXPECT_TRUE(std::filesystem::exists(folder / "volume.db.corrupt-20260101T000000Z-2"));
}

TEST(Damage, F7_AnEmptyFileWithALogIsDamageNotANewFile) {
  const TempFolder folder;
  test::write_bytes(folder / "volume.db", "");
  test::write_bytes(folder / "volume.db-wal", std::string(5'000, 'w'));
  auto opened = must(store::open_bot(folder.path(), "volume", test::start_time));
  ASSERT_TRUE(opened.set_aside);
  EXPECT_EQ(test::read_bytes(*opened.set_aside + "-wal").size(), 5'000U);
}

TEST(Damage, AnIndexAddedByHandIsNoDamage) {
  const TempFolder folder;
  must(test::open_bot(folder)->change("CREATE INDEX by_hand ON signal (kind)"));
  EXPECT_FALSE(must(store::open_bot(folder.path(), "volume", test::start_time)).set_aside);
}

}  // namespace damage_test
