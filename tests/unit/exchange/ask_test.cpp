#include "common/exchange/ask.hpp"

#include <gtest/gtest.h>

#include "common/exchange/contract.hpp"
#include "common/exchange/envelope.hpp"
#include "tests/unit/exchange/support.hpp"

namespace exchange {
namespace ask_test {

constexpr std::int64_t minute = 60'000;

Want bars(std::optional<std::int64_t> from, std::optional<std::int64_t> to, int rows_max) {
  Want want;
  if (from) want.from = base::from_ms(*from);
  if (to) want.to = base::from_ms(*to);
  want.rows_max = rows_max;
  return want;
}

TEST(Pages, OneWhereAnEndIsOpen) {
  const auto newest = pages(bars({}, {}, 0), 300);
  ASSERT_EQ(newest.size(), 1U);
  EXPECT_EQ(newest[0].rows, 300);
  EXPECT_EQ(pages(bars({}, {}, 20), 300)[0].rows, 20);
  EXPECT_EQ(pages(bars({}, {}, 5'000), 300)[0].rows, 300);
  EXPECT_EQ(pages(bars(minute, {}, 0), 300)[0].from_ms, minute);
}

TEST(Pages, CoverARangeOnceOldestFirst) {
  const std::int64_t last = 999 * minute;
  const auto got = pages(bars(0, last, 0), 300);
  ASSERT_EQ(got.size(), 4U);
  EXPECT_EQ(got.front().from_ms, 0);
  EXPECT_EQ(got.back().to_ms, last);
  std::vector<int> opens(1'000, 0);
  for (const auto& page : got) {
    int rows = 0;
    for (std::int64_t open = 0; open < 1'000; ++open) {
      if (open * minute < *page.from_ms || open * minute > *page.to_ms) continue;
      ++opens.at(static_cast<std::size_t>(open));
      ++rows;
    }
    EXPECT_LE(rows, 300);
    EXPECT_EQ(rows, page.rows);
  }
  EXPECT_EQ(std::count(opens.begin(), opens.end(), 1), 1'000);
}

TEST(Pages, RowsMaxKeepsTheNewest) {
  const auto got = pages(bars(0, 999 * minute, 10), 300);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].rows, 10);
  EXPECT_GT(*got[0].from_ms, 989 * minute);
  EXPECT_LE(*got[0].from_ms, 990 * minute);
}

TEST(Pages, AnEmptyRangeAsksNothingAndAnEndlessOneIsBounded) {
  EXPECT_TRUE(pages(bars(10 * minute, 9 * minute, 0), 300).empty());
  EXPECT_EQ(pages(bars(0, 1'764'000'000'000, 0), 10).size(), static_cast<std::size_t>(pages_max));
}

TEST(Target, EncodesValuesAndLeavesTokensEncoded) {
  Target target("a/b");
  target.with("x", "1 &2").with("n", std::optional<std::int64_t>{}).with("m", 7).with_token("cursor", "id%3D1%26=&\"");
  EXPECT_EQ(target.text(), "a/b?x=1%20%262&m=7&cursor=id%3D1%26%3D%26%22");
}

TEST(SplitChannels, RespectsCountAndBytes) {
  const std::vector<std::string> five{"aaaa", "bbbb", "cccc", "dddd", "eeee"};
  EXPECT_EQ(split_channels(five, 2, 1'000).size(), 3U);
  const auto by_bytes = split_channels(five, 100, 14);  // two names with quotes and comma each
  ASSERT_EQ(by_bytes.size(), 3U);
  EXPECT_EQ(by_bytes[0], (std::vector<std::string>{"aaaa", "bbbb"}));
  EXPECT_TRUE(split_channels({}, 2, 10).empty());
}

TEST(SizeOf, TurnsContractsCoinsAndUsdIntoEachOther) {
  const Contract linear{.dollars = true, .size = 0.1};
  const Contract inverse{.inverse = true, .dollars = true, .size = 100};
  using market::SizeUnit;
  EXPECT_DOUBLE_EQ(*size_of(13, SizeUnit::contracts, linear, 2).base, 1.3);
  EXPECT_DOUBLE_EQ(*size_of(13, SizeUnit::contracts, linear, 2).quote, 2.6);
  EXPECT_DOUBLE_EQ(*size_of(13, SizeUnit::contracts, inverse, 2).quote, 1'300);
  EXPECT_DOUBLE_EQ(*size_of(13, SizeUnit::contracts, inverse, 2).base, 650);
  EXPECT_DOUBLE_EQ(*size_of(10, SizeUnit::quote, linear, 4).base, 2.5);
  EXPECT_FALSE(size_of(13, SizeUnit::contracts, linear, {}).quote.has_value());
  EXPECT_FALSE(size_of(13, SizeUnit::contracts, Contract{}, 2).base.has_value());
  EXPECT_FALSE(size_of(1e308, SizeUnit::base, linear, 1e10).quote.has_value()) << "never a number that is none";
}

TEST(JudgeStatus, FollowsTheTable) {
  using market::Outcome;
  struct Line {
    int status;
    std::string_view body;
    Outcome outcome;
  };
  for (const auto& [status, body, outcome] : {Line{200, "{}", Outcome::ok},
                                              {200, "", Outcome::malformed},
                                              {200, " <html>", Outcome::malformed},
                                              {400, "{}", Outcome::bad_request},
                                              {401, "{}", Outcome::unauthorised},
                                              {403, "<html>", Outcome::blocked},
                                              {403, "{}", Outcome::banned},
                                              {404, "{}", Outcome::bad_request},
                                              {408, "", Outcome::transient},
                                              {418, "{}", Outcome::banned},
                                              {429, "", Outcome::soft_limit},
                                              {451, "{}", Outcome::blocked},
                                              {500, "", Outcome::transient},
                                              {503, "<html>", Outcome::transient}}) {
    const auto verdict = judge_status(testing::response(status, std::string(body)), testing::now);
    EXPECT_EQ(verdict.outcome, outcome) << status << " " << body;
    EXPECT_EQ(verdict.status, status);
  }
}

TEST(RetryAfter, F19_SecondsAndDatesUnclamped) {
  const auto wait = [](std::string text) {
    return retry_after(testing::response(429, "", {{"retry-after", std::move(text)}}), testing::now);
  };
  EXPECT_EQ(wait("7"), base::Millis{7'000});
  EXPECT_EQ(wait("0"), base::Millis{0});
  EXPECT_EQ(wait("-1"), base::Millis{-1'000});
  EXPECT_EQ(wait("1000000000"), std::chrono::seconds{1'000'000'000});
  EXPECT_GT(wait("9000000000000000000").value(), base::Millis{0});
  EXPECT_EQ(wait("Mon, 24 Nov 2025 16:00:30 GMT"), base::Millis{30'000});
  EXPECT_FALSE(wait("soon").has_value());
  EXPECT_FALSE(wait("").has_value());
}

TEST(Message, IsCutBetweenCharacters) {
  market::Verdict verdict;
  set_message(verdict, std::string(199, 'a') + "\xC3\xA9" + "tail");
  EXPECT_EQ(verdict.message, std::string(199, 'a'));
}

}  // namespace ask_test
}  // namespace exchange
