#include "common/health/feed_board.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/health/support.hpp"

namespace feed_board_test {

using health::FeedBoard;
using health::FeedKey;
using health::FeedState;
using health::FeedView;
using health_tests::at;
using market::Topic;
using testing::ElementsAre;
using namespace std::chrono_literals;

const FeedKey tickers{"bybit", Topic::tickers, ""};
const FeedKey liquidations{"bybit", Topic::liquidations, ""};
const FeedKey other{"okx", Topic::tickers, ""};
const health::FeedRules rules{60s, 20s};
const base::Error reset_error(base::ErrorKind::network, "bybit", "connection reset");

FeedView view_of(const FeedBoard& board, const FeedKey& key, health::Moment now) {
  for (auto& view : board.views(now)) {
    if (view.key == key) return view;
  }
  return {};
}
FeedState state_of(const FeedBoard& board, const FeedKey& key, health::Moment now) {
  return view_of(board, key, now).state;
}

TEST(FeedBoard, AFeedThatNeverComesUpIsDeadAfterItsRule) {
  FeedBoard board;
  board.expect(tickers, rules, at(0s));
  EXPECT_EQ(state_of(board, tickers, at(19s)), FeedState::quiet);
  EXPECT_EQ(state_of(board, tickers, at(20s)), FeedState::dead);
  EXPECT_EQ(view_of(board, tickers, at(20s)).why, "not connected yet");
}

TEST(FeedBoard, LiveNeedsDataAConnectionAloneIsQuiet) {
  FeedBoard board;
  board.expect(tickers, rules, at(0s));
  board.on_up(tickers, at(1s));
  EXPECT_EQ(state_of(board, tickers, at(2s)), FeedState::quiet);
  board.on_data(tickers, 0, std::nullopt, at(3s));  // an ack, a ping, an empty answer
  EXPECT_EQ(state_of(board, tickers, at(3s)), FeedState::quiet);
  board.on_data(tickers, 7, at(3s).wall, at(4s));
  EXPECT_EQ(state_of(board, tickers, at(5s)), FeedState::live);
  const auto view = view_of(board, tickers, at(6s));
  EXPECT_EQ(view.events, 7U);
  EXPECT_EQ(view.newest, at(3s).wall);
  EXPECT_EQ(view.received, at(4s).wall);
  EXPECT_EQ(view.age, 2s);
}

TEST(FeedBoard, SilenceBeyondTheNormalPeriodIsQuietNotDead) {
  FeedBoard board;
  board.expect(tickers, rules, at(0s));
  board.on_data(tickers, 1, std::nullopt, at(0s));
  EXPECT_EQ(state_of(board, tickers, at(60s)), FeedState::live);
  EXPECT_EQ(state_of(board, tickers, at(61s)), FeedState::quiet);
  EXPECT_EQ(view_of(board, tickers, at(61s)).why, "no data for 1m 1s");
  EXPECT_EQ(state_of(board, tickers, at(24h)), FeedState::quiet);
}

TEST(FeedBoard, RepeatedFailuresAreDeadFromTheFirstOneOn) {
  FeedBoard board;
  board.expect(tickers, rules, at(0s));
  board.on_data(tickers, 1, std::nullopt, at(0s));
  board.on_down(tickers, reset_error, at(10s));
  board.on_down(tickers, reset_error, at(25s));
  EXPECT_EQ(state_of(board, tickers, at(29s)), FeedState::quiet);
  EXPECT_EQ(state_of(board, tickers, at(30s)), FeedState::dead);
  EXPECT_EQ(view_of(board, tickers, at(30s)).why, "connection reset");
  board.on_data(tickers, 1, std::nullopt, at(40s));
  EXPECT_EQ(state_of(board, tickers, at(41s)), FeedState::live);
}

TEST(FeedBoard, AReconnectWithoutDataIsNotLiveByOldData) {
  FeedBoard board;
  board.expect(tickers, {10s, 20s}, at(0s));
  board.on_data(tickers, 1, std::nullopt, at(0s));
  board.on_down(tickers, reset_error, at(1s));
  board.on_up(tickers, at(30s));
  EXPECT_EQ(state_of(board, tickers, at(41s)), FeedState::quiet);
}

TEST(FeedBoard, AWrongClockMakesTheWholeExchangeSuspect) {
  FeedBoard board;
  board.expect(tickers, rules, at(0s));
  board.expect(other, rules, at(0s));
  board.on_data(tickers, 1, std::nullopt, at(0s));
  board.on_data(other, 1, std::nullopt, at(0s));
  board.doubt_clock("bybit", true);
  EXPECT_EQ(state_of(board, tickers, at(1s)), FeedState::suspect);
  EXPECT_EQ(state_of(board, other, at(1s)), FeedState::live);
  board.doubt_clock("bybit", false);
  EXPECT_EQ(state_of(board, tickers, at(1s)), FeedState::live);
}

TEST(FeedBoard, ASettlementTimeInThePastIsSuspectAfterTwoMinutes) {
  FeedBoard board;
  const FeedKey funding{"bybit", Topic::funding, ""};
  board.expect(funding, {10min, 20s}, at(0s));
  board.on_data(funding, 1, std::nullopt, at(0s));
  board.on_schedule(funding, at(60s).wall);
  EXPECT_EQ(state_of(board, funding, at(180s)), FeedState::live);
  EXPECT_EQ(state_of(board, funding, at(181s)), FeedState::suspect);
  board.on_schedule(funding, at(8h).wall);
  EXPECT_EQ(state_of(board, funding, at(181s)), FeedState::live);
}

TEST(FeedBoard, AnExchangeIsAsGoodAsItsWorstFeed) {
  FeedBoard board;
  for (const auto& key : {tickers, liquidations, other}) {
    board.expect(key, rules, at(0s));
    board.on_data(key, 1, std::nullopt, at(0s));
  }
  EXPECT_EQ(board.exchanges_live(at(1s)), 2U);
  board.on_down(liquidations, reset_error, at(1s));
  EXPECT_EQ(board.exchanges_live(at(2s)), 2U);
  EXPECT_EQ(board.exchanges_live(at(21s)), 1U);
  EXPECT_EQ(board.state("bybit", std::nullopt, at(21s)), FeedState::dead);
  EXPECT_EQ(board.state("bybit", Topic::tickers, at(21s)), FeedState::live);
  EXPECT_EQ(board.state("nowhere", std::nullopt, at(21s)), FeedState::off);
}

TEST(FeedBoard, WhatAnOperatorSwitchedOffCountsNowhere) {
  FeedBoard board;
  board.expect(tickers, rules, at(0s));
  board.expect(other, rules, at(0s));
  board.on_data(other, 1, std::nullopt, at(5s));
  board.on_data(tickers, 1, std::nullopt, at(9s));
  board.switch_off("bybit", true);
  EXPECT_THAT(board.exchanges(), ElementsAre("okx"));
  EXPECT_EQ(state_of(board, tickers, at(10s)), FeedState::off);
  EXPECT_EQ(board.newest_age(at(10s)), 5s);
  board.switch_off("bybit", false);
  EXPECT_THAT(board.exchanges(), ElementsAre("bybit", "okx"));
  EXPECT_EQ(board.newest_age(at(10s)), 1s);
}

TEST(FeedBoard, GapsAreCountedAndUnexpectedFeedsAreIgnored) {
  FeedBoard board;
  board.on_data(tickers, 1, std::nullopt, at(0s));
  EXPECT_FALSE(board.newest_age(at(0s)));
  board.expect(tickers, rules, at(0s));
  board.on_gap(tickers);
  EXPECT_EQ(view_of(board, tickers, at(1s)).gaps, 1U);
  board.forget(tickers);
  EXPECT_TRUE(board.views(at(1s)).empty());
}

TEST(FeedBoard, NewRulesKeepWhatIsKnown) {
  FeedBoard board;
  board.expect(tickers, rules, at(0s));
  board.on_data(tickers, 3, std::nullopt, at(0s));
  board.expect(tickers, {5s, 20s}, at(1s));
  EXPECT_EQ(view_of(board, tickers, at(2s)).events, 3U);
  EXPECT_EQ(state_of(board, tickers, at(6s)), FeedState::quiet);
}

TEST(FeedBoard, F21_AStepOfTheWallClockKillsNoFeedAndReanimatesNone) {
  FeedBoard board;
  board.expect(tickers, rules, at(0s));
  board.expect(other, rules, at(0s));
  board.on_data(tickers, 1, std::nullopt, at(10s));
  for (const auto step : {base::Millis{1h}, base::Millis{-1h}, base::Millis{-24h}}) {
    EXPECT_EQ(state_of(board, tickers, at(30s, step)), FeedState::live);
    EXPECT_EQ(state_of(board, other, at(30s, step)), FeedState::dead);
    EXPECT_EQ(board.newest_age(at(30s, step)), 20s);
  }
}

TEST(FeedBoard, ADoubtOutlastsAReconnectAndIsNamed) {
  FeedBoard board;
  board.expect(tickers, rules, at(0s));
  board.on_data(tickers, 1, std::nullopt, at(0s));
  board.doubt(tickers, "silent for 14m");
  EXPECT_EQ(state_of(board, tickers, at(1s)), FeedState::suspect);
  EXPECT_EQ(view_of(board, tickers, at(1s)).why, "silent for 14m");
  board.on_down(tickers, reset_error, at(2s));
  EXPECT_EQ(state_of(board, tickers, at(22s)), FeedState::dead) << "which is worse, and certain";
  board.on_up(tickers, at(30s));
  board.on_data(tickers, 1, std::nullopt, at(31s));
  EXPECT_EQ(state_of(board, tickers, at(31s)), FeedState::suspect);
  board.doubt(tickers, {});
  EXPECT_EQ(state_of(board, tickers, at(31s)), FeedState::live);
}

TEST(FeedBoard, DataThatComeByATimetableAreMissedAfterIt) {
  FeedBoard board;
  board.expect(tickers, {60s, 20s, 120s}, at(0s));
  board.expect(other, {60s, 20s, std::nullopt}, at(0s));
  board.on_data(tickers, 1, std::nullopt, at(0s));
  board.on_data(other, 1, std::nullopt, at(0s));
  EXPECT_EQ(state_of(board, tickers, at(120s)), FeedState::quiet);
  EXPECT_EQ(state_of(board, tickers, at(121s)), FeedState::suspect);
  EXPECT_EQ(view_of(board, tickers, at(121s)).why, "connected, and no data for 2m 1s");
  EXPECT_EQ(state_of(board, other, at(24h)), FeedState::quiet);
}

TEST(FeedBoard, AnExchangeIsUnreachableWhenTheNetworkIsInTheWayOfAllItsFeeds) {
  FeedBoard board;
  for (const auto& key : {tickers, liquidations}) {
    board.expect(key, rules, at(0s));
    board.on_data(key, 1, std::nullopt, at(1s));
  }
  const auto unreachable = [&] { return board.reach().front().unreachable; };
  board.on_down(tickers, reset_error, at(10s));
  EXPECT_FALSE(unreachable());
  board.on_down(liquidations, {base::ErrorKind::server, "bybit", "503"}, at(11s));
  EXPECT_FALSE(unreachable()) << "an answer came, if a bad one";
  board.on_down(liquidations, reset_error, at(12s));
  EXPECT_TRUE(unreachable());
  board.on_down(liquidations, {base::ErrorKind::refused, "bybit", "breaker open"}, at(13s));
  EXPECT_TRUE(unreachable()) << "our own guard says nothing new";
  EXPECT_EQ(board.reach().front().down_since, at(10s).steady);
  EXPECT_EQ(board.reach().front().newest, at(1s).steady);
}

}  // namespace feed_board_test
