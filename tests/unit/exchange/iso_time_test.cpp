#include "common/exchange/iso_time.hpp"

#include <gtest/gtest.h>

#include "common/exchange/json.hpp"

namespace exchange {
namespace iso_time_test {

TEST(IsoTime, IsReadToTheMillisecond) {
  for (const auto& [text, ms] :
       std::vector<std::pair<std::string_view, std::int64_t>>{{"2025-11-24T16:00:00.250Z", 1'764'000'000'250},
                                                              {"2025-11-24T16:00:00Z", 1'764'000'000'000},
                                                              {"2025-11-24T16:00:00", 1'764'000'000'000},
                                                              {"2025-11-24 16:00:00+00:00", 1'764'000'000'000},
                                                              {"2025-11-24T16:00:00.2Z", 1'764'000'000'200},
                                                              {"2025-11-24T16:00:00.250999Z", 1'764'000'000'250},
                                                              {"2000-01-01T08:00:00.000Z", 946'713'600'000}}) {
    const auto read = iso_time(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(base::to_ms(*read), ms) << text;
  }
}

TEST(IsoTime, AnythingElseIsNone) {
  for (const std::string_view text :
       {"", "2025", "2025-11-24", "2025-13-24T16:00:00Z", "2025-02-30T16:00:00Z", "2025-11-24T24:00:00Z",
        "2025-11-24T16:60:00Z", "2025-11-24T16:00:00.Z", "2025-11-24T16:00:00+02:00", "2025-11-24T16:00:00Zx",
        "1999-12-31T23:59:59Z", "+025-11-24T16:00:00Z", "2025-1-124T16:00:00Z", "2025-11-24T1:600:00Z",
        "1764000000000"}) {
    EXPECT_FALSE(iso_time(text)) << text;
  }
}

TEST(IsoTime, AFieldMayBeANumberOrAbsent) {
  Json json;
  const auto root = json.read(
      R"({"iso":"2025-11-24T16:00:00Z","ms":1764000000000,"null":null,"bad":"2025-99-24T16:00:00Z","words":"soon"})",
      "test");
  ASSERT_TRUE(root);
  Row row;
  EXPECT_EQ(read_iso(row, (*root)["iso"]), base::from_ms(1'764'000'000'000));
  EXPECT_EQ(read_iso(row, (*root)["ms"]), base::from_ms(1'764'000'000'000));
  EXPECT_FALSE(read_iso(row, (*root)["null"]));
  EXPECT_FALSE(read_iso(row, (*root)["none"]));
  EXPECT_TRUE(row.ok());
  Row refused;
  EXPECT_FALSE(read_iso(refused, (*root)["bad"]));
  EXPECT_FALSE(refused.ok());
  Row words;
  EXPECT_FALSE(read_iso(words, (*root)["words"]));
  EXPECT_FALSE(words.ok());
  Row needed;
  (void)needed_iso(needed, (*root)["null"]);
  EXPECT_FALSE(needed.ok());
}

}  // namespace iso_time_test
}  // namespace exchange
