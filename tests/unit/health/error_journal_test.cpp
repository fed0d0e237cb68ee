#include "common/health/error_journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/health/support.hpp"

namespace error_journal_test {

using base::Error;
using base::ErrorKind;
using health::Category;
using health::ErrorJournal;
using health_tests::at;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

Error timeout_of(const std::string& place) { return {ErrorKind::timeout, place, "no answer in 15 s"}; }

TEST(ErrorJournal, EveryKindHasACategoryAndAWordOrIsHeldBack) {
  std::size_t held_back = 0;
  for (std::size_t i = 0; i < base::error_kind_count; ++i) {
    const auto category = health::category_of(static_cast<ErrorKind>(i));
    if (!category) {
      ++held_back;
    } else {
      EXPECT_FALSE(health::to_string(*category).empty());
    }
  }
  EXPECT_EQ(held_back, 1U);
  EXPECT_EQ(health::category_of(ErrorKind::refused), std::nullopt);
  EXPECT_EQ(health::category_of(ErrorKind::server), Category::server);
  EXPECT_EQ(health::category_of(ErrorKind::storage), Category::internal);
}

TEST(ErrorJournal, CountsByCategoryTheLargestFirst) {
  ErrorJournal journal;
  journal.add(timeout_of("bybit tickers"), at(0s));
  journal.add(Error(ErrorKind::rate_limited, "okx tickers", "429"), at(1s));
  journal.add(Error(ErrorKind::rate_limited, "okx tickers", "429"), at(2s));
  EXPECT_EQ(journal.total().total(), 3U);
  EXPECT_THAT(journal.total().largest_first(), ElementsAre(health::ErrorCounts::Share{Category::rate_limit, 2},
                                                           health::ErrorCounts::Share{Category::timeout, 1}));
}

TEST(ErrorJournal, WhatOurOwnGuardHeldBackIsCountedApartAndIsNoError) {
  ErrorJournal journal;
  journal.add(Error(ErrorKind::refused, "okx tickers", "breaker open"), at(0s));
  EXPECT_EQ(journal.total().total(), 0U);
  EXPECT_EQ(journal.total().held_back, 1U);
  EXPECT_THAT(journal.recent(5), IsEmpty());
}

TEST(ErrorJournal, CountsPerWindow) {
  ErrorJournal journal;
  for (int minute = 0; minute < 90; ++minute) journal.add(timeout_of("x"), at(minute * 1min));
  EXPECT_EQ(journal.total().total(), 90U);
  EXPECT_EQ(journal.since(5min, at(89min)).total(), 6U);  // to the full minute
  EXPECT_EQ(journal.since(24h, at(89min)).total(), 60U);  // an hour is kept
  EXPECT_EQ(journal.since(5min, at(200min)).total(), 0U);
}

TEST(ErrorJournal, ABurstOfOneErrorIsOneEntryWithACount) {
  ErrorJournal journal;
  for (int i = 0; i < 100; ++i) journal.add(timeout_of("bybit tickers"), at(i * 1s));
  journal.add(timeout_of("okx tickers"), at(100s));
  journal.add(timeout_of("bybit tickers"), at(101s));
  const auto recent = journal.recent(10);
  ASSERT_EQ(recent.size(), 2U);
  EXPECT_EQ(recent[0].place, "bybit tickers");
  EXPECT_EQ(recent[0].times, 101U);
  EXPECT_EQ(recent[0].first, at(0s).wall);
  EXPECT_EQ(recent[0].last, at(101s).wall);
  EXPECT_EQ(recent[1].place, "okx tickers");
}

TEST(ErrorJournal, TheSameErrorAfterAPauseIsANewEntry) {
  ErrorJournal journal;
  journal.add(timeout_of("x"), at(0s));
  journal.add(timeout_of("x"), at(61s));
  EXPECT_EQ(journal.recent(10).size(), 2U);
}

TEST(ErrorJournal, KeepsTheNewestAndNoMore) {
  ErrorJournal journal;
  for (int i = 0; i < 1'000; ++i) journal.add(timeout_of("place " + std::to_string(i)), at(i * 1s));
  const auto all = journal.recent(1'000);
  EXPECT_EQ(all.size(), ErrorJournal::entries_max);
  EXPECT_EQ(all.front().place, "place 999");
  EXPECT_EQ(journal.recent(2).size(), 2U);
}

TEST(ErrorJournal, TextFromOutsideIsOneShortLine) {
  ErrorJournal journal;
  journal.add(Error(ErrorKind::bad_data, "x", "<html>\n\x01" + std::string(5'000, 'a')), at(0s));
  const auto cause = journal.recent(1).front().cause;
  EXPECT_LE(cause.size(), 200U);
  EXPECT_EQ(cause.substr(0, 8), "<html> a");
}

TEST(ErrorJournal, F21_AStepOfTheWallClockLosesNoErrorAndKeepsNoneTooLong) {
  ErrorJournal journal;
  journal.add(timeout_of("x"), at(0s));
  journal.add(timeout_of("x"), at(30s, -24h));
  EXPECT_EQ(journal.since(5min, at(1min, -24h)).total(), 2U);
  EXPECT_EQ(journal.recent(5).size(), 1U);
  EXPECT_EQ(journal.since(5min, at(10min, -24h)).total(), 0U);
}

}  // namespace error_journal_test
