// What the suite says of itself, as an operator reads it.
#include "common/desk/suite_messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace suite_messages_test {
using base::Millis;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

constexpr base::WallTime at = base::from_ms(1'765'253'220'000);  // 2025-12-09 04:07:00 UTC

std::string text(const base::Html& html) { return base::visible_text(html.str()); }

health::HealthReport calm() {
  health::HealthReport report;
  report.at = at;
  report.uptime = 2h + 15min;
  report.cycles = 1'027;
  report.signals = 4;
  report.exchanges_live = report.exchanges_total = 4;
  report.newest_datum_age = 2s;
  return report;
}

TEST(SuiteMessages, AStartSaysWhatIsWatchedAndWhatTheOperatorShouldKnow) {
  desk::StartFacts facts;
  facts.exchanges = 1;
  facts.heartbeat_every = 1h;
  facts.at = at;
  EXPECT_EQ(text(desk::started_message("Funding Bot", facts)),
            "🚀 Funding Bot started\n✅ Monitoring 1 exchange\n⏰ 2025-12-09 04:07:00 UTC\n💚 Heartbeat every 60 min");
  facts.exchanges = 4;
  facts.heartbeat_every = 30s;
  facts.notes = {"funding.db could not be read", std::string(400, 'x')};
  const auto said = text(desk::started_message("Funding Bot", facts));
  EXPECT_THAT(said, HasSubstr("Monitoring 4 exchanges\n"));
  EXPECT_THAT(said, HasSubstr("Heartbeat every 30 s\nℹ️ funding.db could not be read\n"));
  EXPECT_THAT(said, HasSubstr(std::string(300, 'x') + "…"));
  EXPECT_THAT(said, Not(HasSubstr(std::string(301, 'x'))));
}

TEST(SuiteMessages, AHeartbeatOfACalmBotIsShort) {
  EXPECT_EQ(text(desk::heartbeat_message("Funding Bot", calm())),
            "💚 Funding Bot — health check\n✅ Status: RUNNING\n⏱ Uptime: 2h 15m\n🔄 Cycles: 1,027   📣 Signals: 4\n"
            "⚠️ Errors: 0\n📡 4/4 exchanges live, newest datum 2s old; 0 breakers open; outbox 0\n"
            "⏰ 2025-12-09 04:07:00 UTC");
}

TEST(SuiteMessages, AHeartbeatCountsErrorsByCategoryAndShowsTheNewest) {
  auto report = calm();
  report.errors.by_category[static_cast<std::size_t>(health::Category::timeout)] = 1;
  report.errors.by_category[static_cast<std::size_t>(health::Category::rate_limit)] = 2;
  report.outside.breakers_open = 1;
  report.outside.outbox_pending = 3;
  health::JournalEntry entry;
  entry.last = at - 1h;
  entry.category = health::Category::timeout;
  entry.place = "bybit <tickers>";
  entry.cause = "no answer & no reason";
  entry.times = 5;
  report.recent_errors.push_back(entry);
  const auto html = desk::heartbeat_message("Funding Bot", report);
  EXPECT_THAT(text(html), HasSubstr("Errors: 3 (rate limit 2, timeout 1)"));
  EXPECT_THAT(text(html), HasSubstr("; 1 breaker open; outbox 3"));
  EXPECT_THAT(text(html),
              HasSubstr("\nRecent errors:\n[03:07:00] timeout, bybit <tickers>: no answer & no reason (×5)"));
  EXPECT_THAT(html.str(), HasSubstr("bybit &lt;tickers&gt;: no answer &amp; no reason")) << "from outside: escaped";
}

TEST(SuiteMessages, ADegradedHeartbeatNamesTheOpenAlert) {
  auto report = calm();
  health::Alert alert;
  alert.kind = health::AlertKind::error_rate;
  alert.since = at - 10min;
  report.open_alerts.push_back(alert);
  alert.kind = health::AlertKind::clock_offset;
  alert.subject = "OKX";
  report.open_alerts.push_back(alert);
  const auto said = text(desk::heartbeat_message("Funding Bot", report));
  EXPECT_THAT(said, HasSubstr("\n🔴 many errors since 03:57:00\n🔴 OKX clock is off since 03:57:00\n"));
}

TEST(SuiteMessages, ABanNamesTheHostItsEndAndTheExchangesWords) {
  const auto said =
      text(desk::ban_message("Volume Bot", "fapi.binance.com", "418 -1003: <way> too many requests", at + 2min, at));
  EXPECT_EQ(said,
            "⛔ Volume Bot: fapi.binance.com sent us away\n• until 2025-12-09 04:09:00 UTC, 2m; no bot asks it "
            "before, restarts included\n• it said: 418 -1003: <way> too many requests\n⏰ 2025-12-09 04:07:00 UTC");
}

TEST(SuiteMessages, ChangedContractsAreNamedByWhatHappened) {
  using Kind = market::ContractChange::Kind;
  std::vector<market::ContractChange> changes{{Kind::listed, "NEWUSDT", {}, {}},
                                              {Kind::interval, "AUSDT", "8 h", "4 h"},
                                              {Kind::gone, "OLDUSDT", {}, {}},
                                              {Kind::listed, "<X>USDT", {}, {}}};
  EXPECT_EQ(text(desk::contracts_message("Bybit", changes, at)),
            "🗂 Bybit contracts changed\n• new: NEWUSDT, <X>USDT\n• delisted: OLDUSDT\n"
            "• another funding interval: AUSDT 8 h → 4 h\n⏰ 2025-12-09 04:07:00 UTC");
  changes = {{Kind::other_coin, "XUSDT", "X", "X@gate (40 here, 1 elsewhere)"}};
  EXPECT_THAT(text(desk::contracts_message("Gate", changes, at)),
              HasSubstr("• another coin by its price, counted apart: XUSDT X → X@gate (40 here, 1 elsewhere)\n"));
  changes.assign(desk::contract_names_max + 7, {Kind::halted, "A", {}, {}});
  EXPECT_THAT(text(desk::contracts_message("Bybit", changes, at)), HasSubstr(", A and 7 more\n"));
}

TEST(SuiteMessages, AStatusIsNeverBetterThanTheWorstOfItsParts) {
  const auto status = [](const health::HealthReport& report) { return text(desk::heartbeat_message("Bot", report)); };
  auto report = calm();
  report.exchanges_live = 3;
  EXPECT_THAT(status(report), HasSubstr("⚠️ Status: DEGRADED"));
  EXPECT_EQ(status(report).substr(0, status(report).find('\n')), "🟡 Bot — health check")
      << "seen on a lock screen";
  report = calm();
  report.open_alerts.emplace_back();
  EXPECT_THAT(status(report), HasSubstr("Status: DEGRADED"));
  report.outside.paused = true;
  EXPECT_THAT(status(report), HasSubstr("⏸ Bot — health check\n⏸ Status: PAUSED"));
}

TEST(SuiteMessages, TroubledFeedsAreNamedSixAtMost) {
  auto report = calm();
  for (int i = 0; i < 8; ++i) {
    health::FeedView view;
    view.key = {"okx" + std::to_string(i), market::Topic::candles, {}};
    view.state = health::FeedState::dead;
    view.why = "connection reset";
    report.troubled.push_back(view);
  }
  const auto said = text(desk::heartbeat_message("Bot", report));
  EXPECT_THAT(said, HasSubstr("\n• okx5 candles DEAD: connection reset\n• … and 2 more"));
  EXPECT_THAT(said, Not(HasSubstr("okx6")));
}

TEST(SuiteMessages, AClockThatIsOffIsShown) {
  auto report = calm();
  health::OffsetView offset;
  offset.exchange = "mexc";
  offset.offset = Millis{-2'345};
  report.clock_offsets.push_back(offset);
  EXPECT_THAT(text(desk::heartbeat_message("Bot", report)), HasSubstr("mexc clock 2.3 s behind ours"));
  report.clock_offsets[0].offset = Millis{31'000};
  EXPECT_THAT(text(desk::heartbeat_message("Bot", report)), HasSubstr("mexc clock 31.0 s ahead of ours"));
}

TEST(SuiteMessages, AStopSumsUp) {
  auto report = calm();
  report.cycles = 1;
  report.errors.by_category[0] = 3;
  EXPECT_EQ(text(desk::stopped_message("Funding Bot", report)),
            "🛑 Funding Bot stopped\n⏱ Uptime 2h 15m · 1 cycle · 3 errors\n⏰ 2025-12-09 04:07:00 UTC");
}

TEST(SuiteMessages, AnAlertNamesWhatIsWrongAndItsEndHowLongItWas) {
  health::Alert alert;
  alert.kind = health::AlertKind::exchange_down;
  alert.subject = "Bybit";
  alert.facts = {"tickers: connection <reset>"};
  alert.since = at - 5min;
  alert.lasted = 5min;
  const auto html = desk::alert_message("Funding Bot", alert, at);
  EXPECT_EQ(text(html), "🔴 Funding Bot: Bybit not live\n• tickers: connection <reset>\n⏰ 2025-12-09 04:07:00 UTC");
  EXPECT_THAT(html.str(), HasSubstr("&lt;reset&gt;"));
  EXPECT_EQ(text(desk::recovered_message("Funding Bot", alert, at)),
            "🟢 Funding Bot: Bybit live again\n⏱ after 5m, since 04:02:00\n⏰ 2025-12-09 04:07:00 UTC");
}

TEST(SuiteMessages, EveryAlertHasWordsForItsEndThatAreNotThoseOfItsBeginning) {
  using health::AlertKind;
  std::set<std::string> words;
  for (const auto kind : {AlertKind::stale_cycle, AlertKind::error_rate, AlertKind::exchange_down,
                          AlertKind::clock_offset, AlertKind::storage, AlertKind::telegram}) {
    health::Alert alert;
    alert.kind = kind;
    const auto first_line = [](const std::string& said) {
      return said.substr(said.find("Bot"), said.find('\n') - said.find("Bot"));  // the coloured dot is no word
    };
    words.insert(first_line(text(desk::alert_message("Bot", alert, at))));
    words.insert(first_line(text(desk::recovered_message("Bot", alert, at))));
  }
  EXPECT_EQ(words.size(), 12U);
}

TEST(SuiteMessages, ACrashSaysWhetherTheBotGoesOn) {
  const auto goes_on = text(desk::crash_message("Bot", "cycles", "a <bug>", false, at));
  EXPECT_THAT(goes_on, HasSubstr("• cycles: a <bug>\n"));
  EXPECT_THAT(goes_on, HasSubstr("starts again in 10 s"));
  EXPECT_THAT(text(desk::crash_message("Bot", "cycles", "a <bug>", true, at)), HasSubstr("the bot exits"));
}

}  // namespace suite_messages_test
