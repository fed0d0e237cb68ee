// Random damage to a configuration: whatever the bytes are, the outcome is settings within their ranges or problems.
#include <random>

#include <gtest/gtest.h>

#include "tests/unit/config/support.hpp"

namespace mutation_test {

using namespace std::chrono_literals;

const std::string seed_text = R"([sample]
on = true
count = 7
share = 2.5e-1
title = 'a "title"'
every = "1h30m"
body_max = "2MiB"
symbols = ["BTCUSDT", "ETHUSDT"]
ids = [7, 9]
inner = { value = 3 }
[sample.limits]
weight = { units = 2400, per = "60s" }
"public/funding-rate" = { units = 10, per = "2s" }
)";

std::string damaged(std::mt19937_64& random) {
  static constexpr std::string_view pieces[] = {"[",   "]",     "{",  "}",    "\"", "'",         "=",
                                                ".",   "\n",    "#",  "[[",   "]]", "\\",        "\"\"\"",
                                                "nan", "1e999", "0x", "\xff", "\r", "[sample]\n"};
  std::string text = seed_text;
  const auto edits = 1 + random() % 3;
  for (std::uint64_t i = 0; i < edits && !text.empty(); ++i) {
    const auto at = random() % text.size();
    switch (random() % 4) {
      case 0: text[at] = static_cast<char>(random() % 256); break;
      case 1: text.erase(at, 1 + random() % 8); break;
      case 2: text.insert(at, pieces[random() % std::size(pieces)]); break;
      default: text.insert(at, text.substr(random() % text.size(), random() % 40)); break;
    }
  }
  return text;
}

TEST(F28_Mutation, DamagedTomlNeverCrashesAndNeverYieldsAValueOutsideItsRange) {
  std::mt19937_64 random(20251209);
  std::size_t accepted = 0, refused = 0;
  for (int i = 0; i < 4'000; ++i) {
    const auto text = damaged(random);
    const auto got = config_tests::read(text);
    (got.problems.empty() ? accepted : refused) += 1;
    ASSERT_TRUE(got.sample.count >= 1 && got.sample.count <= 10 && got.sample.share >= 0 && got.sample.share <= 1)
        << text;
    ASSERT_TRUE(got.sample.every >= 1s && got.sample.every <= 24h) << text;
    if (got.problems.empty()) {
      const auto again = config_tests::read(got.effective);
      ASSERT_TRUE(again.problems.empty()) << got.effective << again.problems.front();
      ASSERT_EQ(again.sample, got.sample) << text;
    }
  }
  EXPECT_GT(accepted, 100U);  // the damage must leave some files whole, or the loop proves nothing
  EXPECT_GT(refused, 1'000U);
}

TEST(F28_Mutation, DeepNestingIsRefusedNotFollowed) {
  const auto lists = config_tests::read("[sample]\nids = " + std::string(100'000, '['));
  EXPECT_EQ(lists.problems.size(), 1U);
  std::string dotted = "[sample";
  for (int i = 0; i < 2'000; ++i) dotted += ".a";
  EXPECT_FALSE(config_tests::read(dotted + "]\n").problems.empty());
}

}  // namespace mutation_test
