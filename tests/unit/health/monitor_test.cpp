// The room as the app uses it: what a heartbeat shows, which alerts turn.
#include "common/health/monitor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/health/support.hpp"

namespace monitor_test {

using health::AlertChange;
using health::AlertKind;
using health::FeedKey;
using health::Monitor;
using health_tests::at;
using market::Topic;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

class MonitorTest : public testing::Test {
 protected:
  void data_from(const char* exchange, base::Millis after) {
    monitor_.feeds().on_data({exchange, Topic::tickers, ""}, 1, std::nullopt, at(after));
  }
  void data_from_all(base::Millis after) {
    for (const auto* exchange : {"binance", "bybit", "mexc", "okx"}) {
      monitor_.feeds().on_data({exchange, Topic::tickers, ""}, 1, std::nullopt, at(after));
    }
  }
  void SetUp() override {
    for (const auto* exchange : {"binance", "bybit", "mexc", "okx"}) {
      monitor_.expect({exchange, Topic::tickers, ""}, 60s, at(0s));
    }
    data_from_all(1s);
  }
  Monitor monitor_{"funding", {}, at(0s)};
};

TEST_F(MonitorTest, TheReportHasAllThatAHeartbeatShows) {
  for (int i = 0; i < 27; ++i) {
    monitor_.progress().cycle_started(at(i * 5min));
    monitor_.progress().cycle_finished(at(i * 5min + 2s));
  }
  for (int i = 0; i < 4; ++i) monitor_.on_signal();
  monitor_.on_error({base::ErrorKind::rate_limited, "okx tickers", "429"}, at(1h));
  monitor_.on_error({base::ErrorKind::rate_limited, "okx tickers", "429"}, at(2h));
  monitor_.on_error({base::ErrorKind::timeout, "bybit tickers", "no answer in 15 s"}, at(134min));
  monitor_.on_server_time("mexc", at(134min).wall + 3s, at(134min).wall, 0ms, 1ms);
  monitor_.on_server_time("okx", at(134min).wall, at(134min).wall, 0ms, 1ms);
  data_from_all(135min - 2s);

  const auto report = monitor_.report({1, 2, true}, at(135min));
  EXPECT_EQ(report.bot, "funding");
  EXPECT_EQ(report.at, at(135min).wall);
  EXPECT_EQ(report.started_at, at(0s).wall);
  EXPECT_EQ(report.uptime, 135min);
  EXPECT_EQ(report.cycles, 27U);
  EXPECT_EQ(report.signals, 4U);
  EXPECT_EQ(report.errors.total(), 3U);
  EXPECT_EQ(report.errors.largest_first()[0].category, health::Category::rate_limit);
  EXPECT_EQ(report.exchanges_live, 4U);
  EXPECT_EQ(report.exchanges_total, 4U);
  EXPECT_THAT(report.troubled, IsEmpty());
  EXPECT_EQ(report.newest_datum_age, 2s);
  ASSERT_THAT(report.clock_offsets, SizeIs(1));
  EXPECT_EQ(report.clock_offsets[0].exchange, "mexc");
  ASSERT_THAT(report.recent_errors, SizeIs(3));
  EXPECT_EQ(report.recent_errors[0].place, "bybit tickers");
  EXPECT_THAT(report.open_alerts, IsEmpty());
  EXPECT_EQ(report.outside.breakers_open, 1U);
  EXPECT_EQ(report.outside.outbox_pending, 2U);
  EXPECT_TRUE(report.outside.paused);
}

TEST_F(MonitorTest, AnExchangeThatGoesDownAndComesBackIsOneAlert) {
  const base::Error reset(base::ErrorKind::network, "bybit tickers", "connection reset");
  EXPECT_THAT(monitor_.check(at(2s)), IsEmpty());
  monitor_.feeds().on_down({"bybit", Topic::tickers, ""}, reset, at(10s));
  data_from("okx", 12s);  // our own network works
  EXPECT_THAT(monitor_.check(at(29s)), IsEmpty());
  const auto raised = monitor_.check(at(30s));
  ASSERT_THAT(raised, SizeIs(1));
  EXPECT_EQ(raised[0].alert.key(), "exchange_down/bybit");
  EXPECT_THAT(raised[0].alert.facts, ElementsAre("tickers: connection reset"));
  EXPECT_THAT(monitor_.check(at(31s)), IsEmpty());
  const auto report = monitor_.report({}, at(31s));
  EXPECT_EQ(report.exchanges_live, 3U);
  EXPECT_THAT(report.troubled, SizeIs(1));
  EXPECT_THAT(report.open_alerts, SizeIs(1));
  data_from_all(40s);
  const auto cleared = monitor_.check(at(41s));
  ASSERT_THAT(cleared, SizeIs(1));
  EXPECT_EQ(cleared[0].kind, AlertChange::Kind::cleared);
}

TEST_F(MonitorTest, AnExchangeThatIsSwitchedOffWhileDownIsNotLeftRinging) {
  monitor_.feeds().on_down({"bybit", Topic::tickers, ""}, {base::ErrorKind::network, "x", "reset"}, at(10s));
  data_from("okx", 12s);
  ASSERT_THAT(monitor_.check(at(30s)), SizeIs(1));
  monitor_.feeds().switch_off("bybit", true);
  const auto changes = monitor_.check(at(31s));
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_EQ(changes[0].kind, AlertChange::Kind::cleared);
}

TEST_F(MonitorTest, F27_TheStaleAlertFiresAlthoughTheLoopSaysNothingAnyMore) {
  monitor_.progress().cycle_finished(at(1s));
  data_from_all(170s);
  EXPECT_THAT(monitor_.check(at(180s)), IsEmpty());
  data_from_all(181s);
  const auto raised = monitor_.check(at(181s));
  ASSERT_THAT(raised, SizeIs(1));
  EXPECT_EQ(raised[0].alert.kind, AlertKind::stale_cycle);
}

TEST_F(MonitorTest, AHighErrorRateIsToldOnceAndEnds) {
  for (int i = 0; i < 150; ++i) monitor_.on_error({base::ErrorKind::timeout, "x", "slow"}, at(60s + i * 100ms));
  monitor_.progress().cycle_finished(at(100s));
  const auto raised = monitor_.check(at(100s));
  ASSERT_THAT(raised, SizeIs(1));
  EXPECT_EQ(raised[0].alert.kind, AlertKind::error_rate);
  EXPECT_THAT(monitor_.check(at(120s)), IsEmpty());
  monitor_.progress().cycle_finished(at(480s));
  EXPECT_THAT(monitor_.check(at(480s)), SizeIs(1));
}

TEST_F(MonitorTest, F21_AWrongClockIsToldAndTheExchangeIsSuspectUntilItAgreesAgain) {
  monitor_.on_server_time("bybit", at(2s).wall + 1h, at(2s).wall, 100ms, 1ms);
  const auto raised = monitor_.check(at(3s));
  ASSERT_THAT(raised, SizeIs(1));
  EXPECT_EQ(raised[0].alert.key(), "clock_offset/bybit");
  EXPECT_THAT(raised[0].alert.facts, ElementsAre("its clock is 1h ahead of ours"));
  EXPECT_EQ(monitor_.feeds().state("bybit", std::nullopt, at(3s)), health::FeedState::suspect);
  EXPECT_EQ(monitor_.feeds().exchanges_live(at(3s)), 3U);
  for (int i = 0; i < 3; ++i) monitor_.on_server_time("bybit", at(4s).wall, at(4s).wall, 100ms, 1ms);
  EXPECT_THAT(monitor_.check(at(5s)), SizeIs(1));
  EXPECT_EQ(monitor_.feeds().exchanges_live(at(5s)), 4U);
}

}  // namespace monitor_test
